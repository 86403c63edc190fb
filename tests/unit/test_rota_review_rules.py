"""The calendar and the rules at their edges: year ends, leap days, strange recurrences, rows that came twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.common import words
from app.common.errors import UserError
from app.common.recurrence import check_rule, every, monthly, parts_of, read_rule, said
from app.rota.pattern import Exceptional, Pattern, occurrences, sessions
from app.rota.pattern_change import split
from app.rota.rules import Away, Expert, Limits, Slot, over_centre_limit, over_limit, quarter_before, quarter_start
from app.rota.versions import Line, differences, latest

DAYS = st.dates(date(2026, 1, 1), date(2032, 12, 31))
HOURS = {"am": ("08:30", "11:30"), "pm": ("14:00", "17:00")}
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=1000000",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;BYSECOND=0",
        "FREQ=WEEKLY;UNTIL=20270101T000000Z",
        "FREQ=WEEKLY;UNTIL=99999999",
        "FREQ=WEEKLY;COUNT=x",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY\nRRULE:FREQ=SECONDLY",
        "FREQ=WEEKLY;UNTIL=20270101\nRRULE:FREQ=SECONDLY",
        "FREQ=WEEKLY;WKST=MO\nDTSTART:19000101T000000",
        "FREQ=YEARLY;BYEASTER=0",
        "FREQ=MONTHLY;BYMONTHDAY=",
        "INTERVAL=2",
        "every second week",
        "",
    ],
)
def test_a_rule_that_the_calendar_does_not_keep_is_refused_at_once(rule: str) -> None:
    with pytest.raises(UserError) as refused:
        read_rule(rule, date(2027, 1, 4))
    assert refused.value.code == "rule"


_PARTS = st.sampled_from(
    [
        *(f"FREQ={name}" for name in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY", "SECONDLY", "")),
        *(f"INTERVAL={n}" for n in ("1", "2", "0", "²", "999", "-1", "1.5")),
        *(f"BYDAY={n}" for n in ("MO", "5MO", "-1SU", "MO,TU", "0MO", "99FR", "")),
        *(f"BYMONTHDAY={n}" for n in ("31", "30", "-31", "0", "400", "a")),
        *(f"BYSETPOS={n}" for n in ("1", "-1", "2", "366", "0")),
        *(f"BYMONTH={n}" for n in ("2", "13", "0")),
        *(f"COUNT={n}" for n in ("1", "0", "-3", "1000000000", "²")),
        *(f"UNTIL={n}" for n in ("20270601", "20270601T000000Z", "2027", "00000000", "٢٠٢٧٠٦٠١")),
        "WKST=SU",
        "\n",
        "=",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_PARTS, max_size=5).map(";".join), DAYS)
def test_any_text_is_a_rule_or_is_refused_in_words(rule: str, start: date) -> None:
    words.set_language("zh")
    assert isinstance(said(rule), str)
    try:
        check_rule(rule, start)
    except UserError as error:
        assert error.text()
        return
    assert parts_of(rule)
    days = occurrences(Pattern(start.weekday(), "am", 1, valid_from=start, rule=rule), start, start + timedelta(400))
    assert days == sorted(set(days)) and all(start <= day for day in days)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYMONTHDAY=31;BYSETPOS=2",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31;BYDAY=MO",
    ],
)
def test_a_rule_that_never_comes_true_is_told_and_soon(rule: str) -> None:
    with pytest.raises(UserError) as refused:
        check_rule(rule, date(2027, 1, 4))
    assert refused.value.code == "rule-never"


@given(st.integers(0, 6), DAYS, st.integers(1, 4), DAYS, st.integers(0, 120))
def test_alternate_weeks_keep_their_turn_over_year_ends_and_in_any_window(
    weekday: int, begins: date, weeks: int, first: date, length: int
) -> None:
    """Week 53, leap days and where the board happens to look change nothing."""
    pattern = Pattern(weekday, "am", 2, valid_from=begins, rule=every(weeks))
    last = first + timedelta(days=length)
    anchor = begins + timedelta(days=(weekday - begins.weekday()) % 7)
    wanted = [
        day
        for day in (first + timedelta(days=n) for n in range(length + 1))
        if day >= anchor and (day - anchor).days % (7 * weeks) == 0
    ]
    assert occurrences(pattern, first, last) == wanted


@given(st.integers(0, 6), DAYS, st.sampled_from([1, 2, 3, 4, -1]), st.integers(2, 4), st.integers(1, 800))
def test_a_change_from_a_day_on_moves_no_turn(weekday: int, begins: date, nth: int, weeks: int, later: int) -> None:
    for rule in (every(weeks), monthly(nth, weekday), ""):
        old = Pattern(weekday, "am", 2, valid_from=begins, rule=rule)
        new = Pattern(weekday, "am", 3, valid_from=begins, rule=rule)
        day, last = begins + timedelta(days=later), begins + timedelta(days=later + 200)
        stays, comes = split(old, new, day)
        parts = [*(occurrences(stays, begins, last) if stays else ()), *occurrences(comes, begins, last)]
        assert parts == occurrences(old, begins, last), "each day once, none more, none less"


@given(DAYS, st.integers(0, 6))
def test_the_fifth_weekday_is_only_in_months_that_have_one(begins: date, weekday: int) -> None:
    code = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[weekday]
    pattern = Pattern(weekday, "am", 1, valid_from=begins, rule=f"FREQ=MONTHLY;BYDAY=+5{code}")
    days = occurrences(pattern, begins, begins + timedelta(days=800))
    assert all(day.day > 28 and day.weekday() == weekday for day in days)
    months = {(day.year, day.month) for day in days}
    day = begins
    while day <= begins + timedelta(days=800):
        if day.day > 28 and day.weekday() == weekday:
            assert (day.year, day.month) in months
        day += DAY


def test_a_pattern_of_29_february_and_one_that_ended() -> None:
    yearly = Pattern(1, "am", 1, valid_from=date(2028, 2, 29), rule="FREQ=YEARLY")
    assert occurrences(yearly, date(2028, 1, 1), date(2033, 1, 1)) == [date(2028, 2, 29), date(2032, 2, 29)]
    ended = Pattern(0, "am", 1, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))
    assert occurrences(ended, date(2027, 1, 1), date(2027, 12, 31)) == []
    assert occurrences(ended, date(2026, 12, 21), date(2027, 1, 31)) == [date(2026, 12, 21), date(2026, 12, 28)]


def test_an_unreadable_rule_of_one_pattern_leaves_the_other_half_days_on_the_board() -> None:
    """It may have been written by a newer program on another PC. Its half days are shown as every week: a seat too
    many is seen, one that is missing is not."""
    monday = date(2027, 1, 4)
    odd = Pattern(0, "am", 2, valid_from=monday, rule="FREQ=FORTNIGHTLY")
    plain = Pattern(2, "pm", 3, valid_from=monday)
    found = sessions([odd, plain], (), (), HOURS, monday, monday + timedelta(days=13))
    assert {slot: one.needed for slot, one in found.items()} == {
        Slot(monday, "am"): 2,
        Slot(monday + 7 * DAY, "am"): 2,
        Slot(monday + 2 * DAY, "pm"): 3,
        Slot(monday + 9 * DAY, "pm"): 3,
    }


def test_leave_with_a_rule_that_nobody_can_read_counts_as_every_day() -> None:
    """It may have been written by a newer program on another PC."""
    away = Away(date(2027, 1, 1), date(2027, 2, 1), "am", "FREQ=FORTNIGHTLY")
    assert away.covers(Slot(date(2027, 1, 4), "am")) and not away.covers(Slot(date(2027, 1, 4), "pm"))


@given(DAYS)
def test_quarters_before_and_after_a_turn_of_the_year(day: date) -> None:
    begins = quarter_start(day)
    assert begins <= day and begins.day == 1 and begins.month in (1, 4, 7, 10)
    before = quarter_before(day)
    assert quarter_start(begins - DAY) == before and 90 <= (begins - before).days <= 92


def test_weeks_and_months_count_across_the_edges_of_a_year() -> None:
    """Week 53 of 2026 ends on 3 January 2027; December and January are two months."""
    expert = Expert("e", "E1", "甲", weekly_limit=1, monthly_limit=1)
    held = [Slot(date(2026, 12, 31), "am")]
    new_year = Slot(date(2027, 1, 3), "am")
    note = over_limit(expert, new_year, held)
    assert note is not None and note.code == "limit"
    assert over_limit(expert, Slot(date(2027, 1, 4), "am"), held) is None
    running = [Slot(date(2026, 12, 30) + n * DAY, "am") for n in range(3)]
    row = over_centre_limit(Slot(date(2027, 1, 2), "am"), running, Limits(consecutive_days=3))
    assert row is not None and row.code == "row"


@given(st.permutations(range(4)))
def test_two_exceptions_of_one_half_day_need_the_same_order_only(order: list[int]) -> None:
    """The caller gives them by their stamps, which are the same on every PC: the last one counts."""
    day = date(2027, 1, 4)
    extra = [Exceptional(day, "am", n, reason=str(n)) for n in order]
    found = sessions([Pattern(0, "am", 9)], extra, {day}, HOURS, day, day)
    assert found[Slot(day, "am")].needed == order[-1]


LINES = st.lists(
    st.builds(
        Line,
        st.builds(Slot, st.dates(date(2027, 1, 4), date(2027, 1, 8)), st.sampled_from(["am", "pm"])),
        st.sampled_from("abcd"),
        st.sampled_from([None, "1", "2"]),
        st.sampled_from("wxyz"),
    ),
    max_size=12,
)


@given(LINES, LINES)
def test_told_changes_lead_from_one_state_to_the_other(before: list[Line], now: list[Line]) -> None:
    def state(lines: list[Line]) -> dict[tuple[Slot, str], str | None]:
        found: dict[tuple[Slot, str], str | None] = {}
        for line in sorted(lines, key=lambda one: one.key):
            found.setdefault((line.slot, line.staff_id), line.room_id)
        return found

    held, wanted = state(before), state(now)
    for one in differences(before, now):
        if one.before is not None:
            assert held.pop((one.slot, one.before.staff_id)) == one.before.room_id
        if one.now is not None:
            held[one.slot, one.now.staff_id] = one.now.room_id
    assert held == wanted


@given(LINES)
def test_the_newest_version_of_a_day_is_the_only_one_that_speaks(lines: list[Line]) -> None:
    first, last = date(2027, 1, 4), date(2027, 1, 8)
    older = (first, last, lines)
    newer = (first, date(2027, 1, 5), ())
    found, days = latest([older, newer])
    assert len(days) == 5
    assert all(slot.day > date(2027, 1, 5) for slot in found)
