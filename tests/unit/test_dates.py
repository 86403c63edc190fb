"""Dates as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common.dates import read_day, year_in_name
from app.common.errors import UserError

MARCH = date(2011, 3, 5)


@pytest.mark.parametrize(
    "written",
    [
        "2011-03-05", "2011-3-5", "2011.3.5", "2011/3/5", "2011/03/05", "20110305", "2011年3月5日",
        "2011年03月05日", "２０１１年３月５日", "２０１１０３０５", "2011 年 3 月 5 日", "2011年3月5号",
        " 2011-03-05 ", "2011-03-05 14:30", "2011-03-05T00:00:00", "2011年3月5日（周六）", "2011.3.5 星期六",
        "2011-03-05 上午", "2011年3月5日 周六 下午2:30", "2011年3月5日上午9时", "2011—3—5", "2011。3。5",
        "40607", "40607.0", "2011-3.5",
    ],
)  # fmt: skip
def test_a_date_in_every_style(written: str) -> None:
    assert read_day(written) == MARCH


@pytest.mark.parametrize("written", ["3.5", "3月5日", "3/5", "03-05", "3-5", "３．５", "3月5号"])
def test_a_date_without_its_year_takes_the_given_one(written: str) -> None:
    assert read_day(written, year=2011) == MARCH
    with pytest.raises(UserError) as caught:
        read_day(written)
    assert caught.value.code == "date.year_missing"


@pytest.mark.parametrize(
    "written", ["2011-02-30", "20110230", "2011年13月1日", "2011.0.5", "13.5", "2.30", "2.29", "4月31日"]
)
def test_a_date_that_does_not_exist(written: str) -> None:
    with pytest.raises(UserError) as caught:
        read_day(written, year=2011)
    assert caught.value.code == "date.impossible"
    assert written in caught.value.text()


@pytest.mark.parametrize(
    "written", ["去年", "2011年3月", "201103", "11-3-5", "3/5/2011", "2011年3-5", "2011-3月5", "99999", "0"]
)
def test_what_is_not_guessed(written: str) -> None:
    with pytest.raises(UserError) as caught:
        read_day(written, year=2023)
    assert caught.value.code == "date.unreadable"


def test_nothing_is_a_missing_date() -> None:
    with pytest.raises(UserError) as caught:
        read_day("  ")
    assert caught.value.code == "date.missing"


def test_leap_days() -> None:
    assert read_day("2.29", year=2024) == date(2024, 2, 29)


@given(
    st.dates(date(1928, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["{y}-{m}-{d}", "{y}.{m}.{d}", "{y}/{m:02}/{d:02}", "{y}{m:02}{d:02}", "{y}年{m}月{d}日"]),
    st.booleans(),
)
def test_every_day_round_trips(day: date, form: str, wide: bool) -> None:
    text = form.format(y=day.year, m=day.month, d=day.day)
    if wide:
        text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
    assert read_day(text) == day
    assert read_day(str((day - date(1899, 12, 30)).days)) == day


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_a_sentence(text: str) -> None:
    try:
        assert isinstance(read_day(text, year=2024), date)
    except UserError as error:
        assert error.text()


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("register-2023.csv", 2023),
        ("2023年上半年来访登记.xlsx", 2023),
        ("来访登记２０２３.csv", 2023),
        ("register.csv", None),
        ("20230105.csv", None),
        ("2023-2024学年.csv", None),
        ("2023-2023.csv", 2023),
        ("room3021.csv", None),
    ],
)
def test_the_year_in_a_file_name(name: str, year: int | None) -> None:
    assert year_in_name(name) == year
