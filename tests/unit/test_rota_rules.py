"""Each rule of the rota by itself, at its edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.common import words
from app.rota.fill import fill
from app.rota.problem import Facts, find_gaps
from app.rota.rules import (
    NO_LIMITS,
    Away,
    Duty,
    Expert,
    Limits,
    Slot,
    Wish,
    monday,
    obstacles,
    quarter_start,
    refused,
)
from tests.unit.rota_facts import situations
from tests.unit.rota_validator import broken_rules

DAY = date(2027, 1, 9)  # a Saturday
SLOT = Slot(DAY, "pm")
FREE = Expert("1", "E001", "甲", frozenset({(5, "pm")}), 2, 0, (), date(2027, 12, 31))


def day(offset: int, half: str = "am") -> Slot:
    """A half day so many days from the Saturday."""
    return Slot(DAY + timedelta(days=offset), half)


def codes(expert: Expert, *others: Slot, limits: Limits = NO_LIMITS) -> list[str]:
    return [note.code for note in obstacles(expert, SLOT, others, limits)]


@pytest.mark.parametrize(
    ("expert", "found"),
    [
        (FREE, []),
        (replace(FREE, available=frozenset({(5, "am"), (4, "pm")})), ["unavailable"]),
        (replace(FREE, check_until=DAY), []),
        (replace(FREE, check_until=DAY - timedelta(days=1)), ["check-expired"]),
        (replace(FREE, check_until=None), ["check-missing"]),
        (replace(FREE, leave=(Away(DAY, DAY),)), ["leave"]),
        (replace(FREE, leave=(Away(DAY, DAY, "pm"),)), ["leave"]),
        (replace(FREE, leave=(Away(DAY, DAY, "am"),)), []),
        (replace(FREE, leave=(Away(DAY - timedelta(days=3), DAY - timedelta(days=1)),)), []),
        (replace(FREE, leave=(Away(DAY + timedelta(days=1), DAY + timedelta(days=3)),)), []),
        (replace(FREE, leave=(Away(DAY - timedelta(days=7), DAY, rule="FREQ=WEEKLY"),)), ["leave"]),
        (replace(FREE, leave=(Away(DAY - timedelta(days=7), DAY, rule="FREQ=WEEKLY;INTERVAL=2"),)), []),
    ],
)
def test_each_rule_about_the_expert_at_its_edge(expert: Expert, found: list[str]) -> None:
    assert codes(expert) == found


@pytest.mark.parametrize(
    ("expert", "others", "found"),
    [
        (FREE, [day(1)], []),
        (FREE, [day(1), day(-2)], ["limit"]),
        (FREE, [day(2), day(-6)], []),
        (replace(FREE, weekly_limit=None), [day(n) for n in (-5, -4, -3, -2, 1)], []),
        (FREE, [day(0)], ["same-day"]),
        (replace(FREE, daily_limit=2), [day(0)], []),
        (replace(FREE, daily_limit=2, weekly_limit=9), [day(0), day(0, "ev")], ["same-day"]),
        (replace(FREE, monthly_limit=2), [day(-8), day(8)], ["month"]),
        (replace(FREE, monthly_limit=2), [day(-9), day(8)], []),
    ],
)
def test_each_limit_of_an_expert_at_its_edge(expert: Expert, others: list[Slot], found: list[str]) -> None:
    assert codes(expert, *others) == found


@pytest.mark.parametrize(
    ("limits", "others", "found"),
    [
        (Limits(consecutive_days=2), [day(1)], []),
        (Limits(consecutive_days=2), [day(1), day(2)], ["row"]),
        (Limits(consecutive_days=2), [day(-1), day(1)], ["row"]),
        (Limits(consecutive_days=2), [day(-2), day(1)], []),
        (Limits(weekend_duties=2), [day(1), day(7)], ["weekends"]),
        (Limits(weekend_duties=2), [day(1), day(6)], []),
        (Limits(weekend_duties=2), [day(1), day(28)], []),
    ],
)
def test_each_limit_of_the_centre_at_its_edge(limits: Limits, others: list[Slot], found: list[str]) -> None:
    assert codes(replace(FREE, weekly_limit=None), *others, limits=limits) == found


@given(situations(days=10, most=3), st.integers(0, 2), st.data())
def test_the_rules_say_what_a_second_opinion_says(facts: Facts, n: int, data: st.DataObject) -> None:
    assume(n < len(facts.experts))
    expert = facts.experts[n]
    slots = sorted({*facts.needed, *(duty.slot for duty in facts.standing)})
    slot = data.draw(st.sampled_from(slots))
    others = data.draw(st.lists(st.sampled_from(slots), unique=True).map(lambda ones: [o for o in ones if o != slot]))
    duties = [Duty(one, expert.id) for one in others]
    asked = replace(facts, outside=(), barred=frozenset())
    free = not obstacles(expert, slot, others, facts.limits)
    assert free == (not broken_rules(asked, [*duties, Duty(slot, expert.id)], given=duties))


def test_only_the_law_and_ones_own_chair_are_beyond_asking() -> None:
    all_at_once = replace(FREE, available=frozenset(), leave=(Away(DAY, DAY),), check_until=date(2026, 1, 1))
    notes = obstacles(all_at_once, SLOT, [day(-5), day(1)], already=True, absent=True)
    assert [n.code for n in notes] == ["check-expired", "already", "absent", "leave", "limit", "unavailable"]
    barrier = refused(notes)
    assert barrier is not None and barrier.code == "check-expired"
    assert refused(obstacles(replace(FREE, leave=(Away(DAY, DAY),)), SLOT, [day(-5), day(1)])) is None


@pytest.mark.parametrize(
    ("wishes", "found"),
    [
        ((), 0),
        ((Wish(True, weekday=5),), 1),
        ((Wish(False, weekday=5, half="am"),), 0),
        ((Wish(True, weekday=5), Wish(False, day=DAY)), -1),
        ((Wish(True, weekday=5), Wish(False, weekday=5, half="pm")), -1),
    ],
)
def test_the_nearer_wish_is_the_one_that_counts(wishes: tuple[Wish, ...], found: int) -> None:
    assert replace(FREE, wishes=wishes).wish(SLOT) == found


def test_reasons_are_words_in_either_language() -> None:
    (note,) = obstacles(replace(FREE, available=frozenset()), SLOT)
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


def test_a_missing_speciality_is_told_apart_from_a_missing_person() -> None:
    """Two seats, both taken: nobody there knows it, one who does has no seat left, one does not know it either."""
    able = frozenset({(5, "pm")})
    people = [replace(FREE, id=n, number=n, available=able) for n in ("1", "2", "3")]
    people.append(replace(FREE, id="4", number="4", specialities=("亲子",)))
    facts = Facts(people, {SLOT: 2}, specialities={SLOT: ("亲子",)})
    (gap,) = find_gaps(facts, [Duty(SLOT, "1"), Duty(SLOT, "2")])
    assert (gap.missing, gap.lacking) == (0, ("亲子",))
    assert {who: [note.code for note in notes] for who, notes in gap.reasons.items()} == {
        "3": ["speciality"],
        "4": ["full"],
    }
