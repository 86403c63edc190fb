"""What a row of the experts' list means."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common import words
from app.common.errors import UserError
from app.common.recurrence import every
from app.people.columns import EXPERTS
from app.people.expert_rows import ExpertRow, read_experts, read_row
from app.people.leave_text import LeaveRead, WishRead, read_leave, read_leaves, written
from app.people.rows import RefusedRow
from app.people.sheets import Book, Form, SheetRow, Table, read_book

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
TODAY = date(2026, 11, 23)
KEYS = tuple(column.key for column in EXPERTS)
GOOD = {"number": "E001", "name": "林诺芳", "availability": "周一上午"}


def table(*lines: dict[str, str]) -> Table:
    rows = tuple(SheetRow(i, tuple((GOOD | line).get(key, "") for key in KEYS)) for i, line in enumerate(lines, 2))
    return Table("", (), KEYS, {key: i for i, key in enumerate(KEYS)}, rows)


def taken(**cells: str) -> ExpertRow:
    one = table(cells)
    found = read_row(one, one.rows[0], year=2027, today=TODAY)
    assert isinstance(found, ExpertRow)
    return found


def refused(**cells: str) -> list[str]:
    one = table(cells)
    found = read_row(one, one.rows[0], year=2027, today=TODAY)
    assert isinstance(found, RefusedRow)
    return [problem.note.code for problem in found.problems]


def test_the_real_list() -> None:
    rows, out = read_experts(read_book(FIXTURES / "experts-2027.csv", EXPERTS), year=2027, today=TODAY)
    raw = list(csv.DictReader((FIXTURES / "experts-2027.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert (len(rows), out) == (64, [])
    assert not any(row.warnings for row in rows)
    for row, line in zip(rows, raw, strict=True):
        assert len(row.availability) == len(line["可值班时段"].split("、"))
        assert len(row.leave) == len(set(filter(None, line["请假"].split("；"))))
        assert (str(row.weekly_limit), str(row.last_quarter)) == (line["每周最多"], line["上季度值班"])
        assert str(row.record_check) == line["无犯罪记录证明有效期"]
        assert row.specialities == tuple(line["专长"].split("、"))
        assert all(first.year == 2027 and first <= last for first, last, *_ in row.leave)
        days = [re.sub("[月.]", "-", item).strip("日") for item in line["请假"].split("；") if item]
        assert {f"{a.month}-{a.day}" for a, *_ in row.leave} == {"-".join(day.split("-")[:2]) for day in days}


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("3.8-3.10", date(2027, 3, 8), date(2027, 3, 10)),
        ("3.8-10", date(2027, 3, 8), date(2027, 3, 10)),
        ("3.8～3.10", date(2027, 3, 8), date(2027, 3, 10)),
        ("３．８－３．１０", date(2027, 3, 8), date(2027, 3, 10)),
        ("3月8日至10日", date(2027, 3, 8), date(2027, 3, 10)),
        ("3月8日-3月10日", date(2027, 3, 8), date(2027, 3, 10)),
        ("2027-03-08至2027-03-10", date(2027, 3, 8), date(2027, 3, 10)),
        ("2027-3-8-2027-3-10", date(2027, 3, 8), date(2027, 3, 10)),
        ("2027.3.8-3.10", date(2027, 3, 8), date(2027, 3, 10)),
        ("1月7日", date(2027, 1, 7), date(2027, 1, 7)),
        ("2027-01-07", date(2027, 1, 7), date(2027, 1, 7)),
        ("1-7", date(2027, 1, 7), date(2027, 1, 7)),
        ("12.28-1.3", date(2027, 12, 28), date(2028, 1, 3)),
        ("2026.12.28-1.3", date(2026, 12, 28), date(2027, 1, 3)),
        ("1.30-2.6", date(2027, 1, 30), date(2027, 2, 6)),
    ],
)
def test_leave(written: str, first: date, last: date) -> None:
    assert read_leave(written, year=2027) == (first, last)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2.27-2.30", "date.impossible"),
        ("3.10-3.8", "leave.backwards"),
        ("寒假", "date.unreadable"),
        ("2.29", "date.impossible"),
    ],
)
def test_leave_that_cannot_be_refuses_the_row(written: str, code: str) -> None:
    with pytest.raises(UserError) as caught:
        read_leave(written, year=2027)
    assert caught.value.code == code
    assert refused(leave=f"1.4；{written}") == [code]


def test_leave_without_a_year_needs_one() -> None:
    with pytest.raises(UserError) as caught:
        read_leave("3.8-3.10", year=None)
    assert caught.value.code == "date.year_missing"


@given(st.dates(date(2027, 1, 1), date(2027, 12, 31)), st.integers(0, 60), st.sampled_from([".", "月", "/"]))
def test_every_leave_is_read_back(first: date, length: int, mark: str) -> None:
    last = date.fromordinal(first.toordinal() + length)
    end = "日" if mark == "月" else ""
    text = f"{first.month}{mark}{first.day}{end}-{last.month}{mark}{last.day}{end}"
    assert read_leave(text, year=2027) == (first, last)


YEAR_END = date(2027, 12, 31)


@pytest.mark.parametrize(
    ("written", "rows"),
    [
        ("1月7日下午", [(date(2027, 1, 7), date(2027, 1, 7), "pm", "")]),
        ("1.7上午", [(date(2027, 1, 7), date(2027, 1, 7), "am", "")]),
        ("1月7日 下午2点", [(date(2027, 1, 7), date(2027, 1, 7), "pm", "")]),
        ("2027-01-07 am", [(date(2027, 1, 7), date(2027, 1, 7), "am", "")]),
        ("1-7下午", [(date(2027, 1, 7), date(2027, 1, 7), "pm", "")]),
        ("1月7日(周四)", [(date(2027, 1, 7), date(2027, 1, 7), "", "")]),
        ("1月7日全天", [(date(2027, 1, 7), date(2027, 1, 7), "", "")]),
        ("1.7上午-1.7下午", [(date(2027, 1, 7), date(2027, 1, 7), "", "")]),
        (
            "1.30下午-2.6",
            [(date(2027, 1, 30), date(2027, 1, 30), "pm", ""), (date(2027, 1, 31), date(2027, 2, 6), "", "")],
        ),
        (
            "1.30下午至2.1上午",
            [
                (date(2027, 1, 30), date(2027, 1, 30), "pm", ""),
                (date(2027, 1, 31), date(2027, 1, 31), "", ""),
                (date(2027, 2, 1), date(2027, 2, 1), "am", ""),
            ],
        ),
        (
            "1.30下午-1.31上午",
            [(date(2027, 1, 30), date(2027, 1, 30), "pm", ""), (date(2027, 1, 31), date(2027, 1, 31), "am", "")],
        ),
        ("1.30上午-2.6下午", [(date(2027, 1, 30), date(2027, 2, 6), "", "")]),
        ("3.8-3.10每天下午", [(date(2027, 3, 8), date(2027, 3, 10), "pm", "")]),
        ("每周三下午", [(date(2027, 1, 6), YEAR_END, "pm", "FREQ=WEEKLY;BYDAY=WE")]),
        ("周三下午", [(date(2027, 1, 6), YEAR_END, "pm", "FREQ=WEEKLY;BYDAY=WE")]),
        ("每周三下午(3.1-6.30)", [(date(2027, 3, 3), date(2027, 6, 30), "pm", "FREQ=WEEKLY;BYDAY=WE")]),
        ("3.1-6.30每周三", [(date(2027, 3, 3), date(2027, 6, 30), "", "FREQ=WEEKLY;BYDAY=WE")]),
        ("3.3起隔周周五上午", [(date(2027, 3, 5), YEAR_END, "am", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR")]),
        ("3.3起每两周的周五", [(date(2027, 3, 5), YEAR_END, "", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR")]),
        ("每隔一周周五（3月3日起）", [(date(2027, 3, 5), YEAR_END, "", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR")]),
        ("every second Friday pm from 3.3起", [(date(2027, 3, 5), YEAR_END, "pm", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR")]),
        ("every Wed pm", [(date(2027, 1, 6), YEAR_END, "pm", "FREQ=WEEKLY;BYDAY=WE")]),
        ("每周三到6.30", [(date(2027, 1, 6), date(2027, 6, 30), "", "FREQ=WEEKLY;BYDAY=WE")]),
    ],
)
def test_half_days_and_recurring_leave(written: str, rows: list[tuple[date, date, str, str]]) -> None:
    found, notes = read_leaves(written, year=2027)
    assert [tuple(one) for one in found] == rows and not notes
    row = taken(leave=written)
    assert list(row.leave) == sorted(rows) and row.warnings == ()


def test_what_had_to_be_assumed_of_a_leave_is_said() -> None:
    words.set_language("en")
    assert [p.note.code for p in taken(leave="隔周周三下午").warnings] == ["leave.turn"]
    assert "2027-01-06" in taken(leave="隔周周三下午").warnings[0].note.text()
    assert [p.note.code for p in taken(leave="3.8-3.10上午").warnings] == ["leave.until-noon"]
    assert refused(leave="每周三（3.4-3.8）") == ["leave.backwards"]
    assert refused(leave="每周三看情况") == ["date.unreadable"]


@given(st.dates(date(2027, 1, 1), date(2027, 12, 31)), st.integers(0, 40), st.sampled_from(["", "上午", "下午"]),
       st.sampled_from(["", "上午", "下午"]))  # fmt: skip
def test_half_days_at_both_ends_are_kept(first: date, length: int, begins: str, ends: str) -> None:
    """Every half day between the ends is off, and no other."""
    last = first + timedelta(days=length)
    text = f"{first.month}月{first.day}日{begins}至{last.month}月{last.day}日{ends}"
    rows, _ = read_leaves(text, year=2027)
    day, off, wanted = first - timedelta(days=1), set(), set()
    while day <= last + timedelta(days=1):
        for half in ("am", "pm"):
            if any(one.first <= day <= one.last and one.half in ("", half) for one in rows):
                off.add((day, half))
            after = (day, half) >= (first, "pm" if begins == "下午" else "am")
            if after and (day, half) <= (last, "am" if ends == "上午" else "pm"):
                wanted.add((day, half))
        day += timedelta(days=1)
    if first == last and (begins, ends) == ("下午", "上午"):
        return
    if first == last:
        halves = {{"上午": "am", "下午": "pm"}[one] for one in (begins, ends) if one}
        wanted = {(first, half) for half in (halves if len(halves) == 1 else {"am", "pm"})}
    assert off == wanted


@given(
    st.dates(date(2027, 1, 1), date(2027, 12, 31)),
    st.integers(0, 90),
    st.sampled_from(["", "am", "pm"]),
    st.integers(0, 4),
)
def test_leave_is_written_as_it_could_be_typed(first: date, length: int, half: str, weeks: int) -> None:
    rule = every(weeks, first.weekday()) if weeks else ""
    leave = LeaveRead(first, first + timedelta(days=length), half, rule)
    text = written(leave)
    assert text is not None and read_leaves(text, year=2020) == ([leave], [])


def test_a_recurrence_that_nobody_types_is_not_written() -> None:
    assert written(LeaveRead(date(2027, 1, 6), date(2027, 6, 30), "", "FREQ=MONTHLY;BYDAY=+1WE")) is None


def test_limits_and_wishes() -> None:
    row = taken(
        monthly_limit="4次", daily_limit="2", wishes="周六上午、1月7日下午，周日", dislikes="周一至周二上午；看情况"
    )
    assert (row.monthly_limit, row.daily_limit) == (4, 2)
    assert row.wishes == (
        WishRead(5, None, "am"),
        WishRead(6, None),
        WishRead(None, date(2027, 1, 7), "pm"),
    )
    assert row.dislikes == (WishRead(0, None, "am"), WishRead(1, None, "am"))
    assert [(p.column, p.note.code) for p in row.warnings] == [("dislikes", "date.unreadable")]
    plain = taken()
    assert (plain.monthly_limit, plain.daily_limit, plain.wishes, plain.dislikes) == (None, None, (), ())
    assert taken(daily_limit="5").daily_limit == 2 and taken(daily_limit="不限").daily_limit == 2
    assert taken(daily_limit="0").daily_limit == 1 and taken(monthly_limit="不限").monthly_limit is None


@pytest.mark.parametrize(
    ("written", "sessions"),
    [
        ("周一上午、周三下午", ((0, "am"), (2, "pm"))),
        ("星期日下午", ((6, "pm"),)),
        ("周天上午", ((6, "am"),)),
        ("周六", ((5, "am"), (5, "pm"))),
        ("周六全天", ((5, "am"), (5, "pm"))),
        ("周一至周三上午", ((0, "am"), (1, "am"), (2, "am"))),
        ("周六至周日", ((5, "am"), (5, "pm"), (6, "am"), (6, "pm"))),
        ("Mon am; Friday afternoon", ((0, "am"), (4, "pm"))),
        ("周一上午，周一上午", ((0, "am"),)),
    ],
)
def test_availability(written: str, sessions: tuple[tuple[int, str], ...]) -> None:
    row = taken(availability=written)
    assert row.availability == sessions
    assert row.warnings == ()


def test_what_is_not_understood_is_a_warning() -> None:
    assert [p.note.code for p in taken(availability="周一上午、看情况").warnings] == ["availability.odd"]
    assert [p.note.code for p in taken(availability="").warnings] == ["availability.none"]
    assert [p.note.code for p in taken(weekly_limit="多").warnings] == ["number.odd"]
    assert [p.note.code for p in taken(record_check="2026-01-01").warnings] == ["check.expired"]
    assert [p.note.code for p in taken(leave="3月8日晚上").warnings] == ["leave.half"]


def test_numbers() -> None:
    row = taken(weekly_limit="2次", last_quarter="６")
    assert (row.weekly_limit, row.last_quarter) == (2, 6)
    assert taken(weekly_limit="不限").weekly_limit is None
    assert taken(number=" ｅ００１ ").number == "E001"


def test_refusals() -> None:
    assert refused(number="", name="") == ["number.missing", "name.missing"]
    assert refused(record_check="2027-02-30") == ["date.impossible"]


@given(
    st.dictionaries(
        st.sampled_from(KEYS), st.text(st.sampled_from("周一二日上下午至-.；、月0123456789日 x"), max_size=20)
    )
)
def test_any_cells_are_an_expert_or_reasons(cells: dict[str, str]) -> None:
    one = table(cells)
    found = read_row(one, one.rows[0], year=2027, today=TODAY)
    if isinstance(found, RefusedRow):
        assert all(problem.note.text() for problem in found.problems)
    else:
        assert all(one.first <= one.last for one in found.leave)
        assert len(set(found.availability)) == len(found.availability)


def test_a_staff_number_twice() -> None:
    one = table({}, {}, {"name": "毛明诺"})
    rows, out = read_experts(Book(Path("x.csv"), Form.CSV, (one,)), year=2027, today=TODAY)
    assert [row.row.number for row in rows] == [2, 3]
    assert [(r.row.number, r.problems[0].note.code) for r in out] == [(4, "number.twice")]
