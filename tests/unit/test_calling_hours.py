"""When one may telephone: read where it is certain, never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common.clock import at_centre, local
from app.rota.calling_hours import reach, read_hours

MONDAY, SATURDAY = date(2027, 1, 4), date(2027, 1, 9)


@pytest.mark.parametrize(
    ("words", "day", "hour", "state"),
    [
        ("18:00 以后", MONDAY, 18, "now"),
        ("18:00 以后", MONDAY, 9, "later"),
        ("18 点后", MONDAY, 17, "later"),
        ("18 点后", MONDAY, 23, "later"),
        ("12:00-13:30", MONDAY, 12, "now"),
        ("12:00–13:30", MONDAY, 14, "later"),
        ("下午5点到7点", MONDAY, 18, "now"),
        ("晚上7点半以后", MONDAY, 19, "later"),
        ("周末", SATURDAY, 10, "now"),
        ("周末", MONDAY, 10, "later"),
        ("工作日 17:30 以后", SATURDAY, 18, "later"),
        ("周一至周五12点到14点", MONDAY, 13, "now"),
        ("周一、三、五18点后", MONDAY, 19, "now"),
        ("周一、三、五18点后", SATURDAY, 19, "later"),
        ("12:00-13:00；18:00-20:00", MONDAY, 19, "now"),
        ("随时", MONDAY, 9, "now"),
        ("随时", MONDAY, 23, "later"),
        ("", MONDAY, 9, "unclear"),
        ("6点以后", MONDAY, 19, "unclear"),
        ("晚上", MONDAY, 19, "unclear"),
        ("不要打家里电话", MONDAY, 9, "unclear"),
        ("18点后，不要打座机", MONDAY, 19, "unclear"),
        ("周末，10点后", MONDAY, 11, "unclear"),
        ("18:00 以后（同时：周末）", MONDAY, 19, "unclear"),
        ("20:00-18:00", MONDAY, 19, "unclear"),
        ("25点后", MONDAY, 19, "unclear"),
    ],
)
def test_what_is_certain_is_read_and_nothing_else(words: str, day: date, hour: int, state: str) -> None:
    assert reach(words, at_centre(day, hour)).state == state, read_hours(words)


def test_later_says_when(words: str = "工作日 17:30 以后") -> None:
    opens = reach(words, at_centre(SATURDAY, 9)).opens
    assert opens is not None and f"{local(opens):%Y-%m-%d %H:%M}" == "2027-01-11 17:30"


@given(st.text("周一三五日至到、；，点后前以0123456789:- 上下午晚末工作不要打", max_size=14), st.integers(0, 23))
def test_no_words_make_it_fall_over_and_nobody_is_called_at_night(words: str, hour: int) -> None:
    found = reach(words, at_centre(MONDAY, hour))
    assert found.state in ("now", "unclear", "later")
    if found.state == "now":
        windows = read_hours(words)
        assert windows and any(0 in one.weekdays and one.begins <= hour * 60 < one.ends for one in windows)
