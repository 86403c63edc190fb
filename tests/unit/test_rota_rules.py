"""Each rule of the rota by itself, at its edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common import words
from app.rota.fill import Facts, fill
from app.rota.rules import Duty, Expert, Slot, monday, obstacles, quarter_start, refused

DAY = date(2027, 1, 9)  # a Saturday
SLOT = Slot(DAY, "pm")
FREE = Expert("1", "E001", "甲", frozenset({(5, "pm")}), 2, 0, (), date(2027, 12, 31))


def codes(expert: Expert, duties: int = 0, **more: bool) -> list[str]:
    return [note.code for note in obstacles(expert, SLOT, duties, **more)]


@pytest.mark.parametrize(
    ("expert", "duties", "found"),
    [
        (FREE, 0, []),
        (FREE, 1, []),
        (FREE, 2, ["limit"]),
        (replace(FREE, weekly_limit=None), 99, []),
        (replace(FREE, available=frozenset({(5, "am"), (4, "pm")})), 0, ["unavailable"]),
        (replace(FREE, check_until=DAY), 0, []),
        (replace(FREE, check_until=DAY - timedelta(days=1)), 0, ["check-expired"]),
        (replace(FREE, check_until=None), 0, ["check-missing"]),
        (replace(FREE, leave=((DAY, DAY),)), 0, ["leave"]),
        (replace(FREE, leave=((DAY - timedelta(days=3), DAY - timedelta(days=1)),)), 0, []),
        (replace(FREE, leave=((DAY + timedelta(days=1), DAY + timedelta(days=3)),)), 0, []),
    ],
)
def test_each_rule_at_its_edge(expert: Expert, duties: int, found: list[str]) -> None:
    assert codes(expert, duties) == found


def test_only_the_law_and_ones_own_chair_are_beyond_asking() -> None:
    all_at_once = replace(FREE, available=frozenset(), leave=((DAY, DAY),), check_until=date(2026, 1, 1))
    notes = obstacles(all_at_once, SLOT, 9, already=True, absent=True)
    assert [n.code for n in notes] == ["check-expired", "already", "absent", "leave", "limit", "unavailable"]
    barrier = refused(notes)
    assert barrier is not None and barrier.code == "check-expired"
    assert refused(obstacles(replace(FREE, leave=((DAY, DAY),)), SLOT, 9)) is None


def test_reasons_are_words_in_either_language() -> None:
    (note,) = obstacles(replace(FREE, available=frozenset()), SLOT, 0)
    words.set_language("zh")
    assert note.text() == "周六下午不值班"
    words.set_language("en")
    assert note.text() == "does not do duty on Sat afternoon"


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_weeks_begin_on_monday_and_quarters_with_their_month(day: date) -> None:
    assert monday(day).weekday() == 0 and monday(day) <= day < monday(day) + timedelta(days=7)
    assert Slot(day, "am").week == Slot(monday(day), "pm").week
    first = quarter_start(day)
    assert first.day == 1 and first.month in (1, 4, 7, 10) and first <= day and (day - first).days < 93


def test_the_limit_counts_the_days_of_the_same_week_outside_the_period() -> None:
    before = Duty(Slot(DAY - timedelta(days=3), "am"), "1")
    facts = Facts([replace(FREE, weekly_limit=1)], {SLOT: 1}, outside=[before])
    filled = fill(facts)
    assert not filled.duties and [n.code for n in filled.gaps[0].reasons["1"]] == ["limit"]


def test_a_duty_is_handed_on_so_that_no_seat_stays_empty() -> None:
    """Only A can do Sunday, but stands on Saturday: B takes that over."""
    sunday = Slot(DAY + timedelta(days=1), "am")
    both = replace(FREE, available=frozenset({(5, "pm"), (6, "am")}), weekly_limit=1)
    other = replace(FREE, id="2", number="E002", load=50)
    standing = [Duty(SLOT, "1", id="a")]
    moved = fill(Facts([both, other], {SLOT: 1, sunday: 1}, standing))
    assert {(duty.slot, duty.expert_id) for duty in moved.duties} == {(SLOT, "2"), (sunday, "1")}
    assert moved.removed == tuple(standing) and not moved.gaps
    pinned = fill(Facts([both, other], {SLOT: 1, sunday: 1}, [replace(standing[0], pinned=True)]))
    assert [gap.slot for gap in pinned.gaps] == [sunday] and not pinned.removed
