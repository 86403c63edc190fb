"""Rotas made up by Hypothesis, sensible and nonsensical, and the real list; the score of a rota, counted by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import chain, combinations
from pathlib import Path

from hypothesis import strategies as st

from app.people.columns import EXPERTS
from app.people.expert_rows import read_experts
from app.people.sheets import read_book
from app.rota.fairness import CLOSE, DUTY, HOLE, HOLIDAY, WEEKEND, WISH
from app.rota.problem import Facts
from app.rota.rules import HALVES, NO_LIMITS, Away, Duty, Expert, Limits, Slot, Wish
from tests.unit.rota_validator import broken_rules

MONDAY = date(2027, 1, 4)
DUTY_DAYS = (0, 2, 4, 5, 6)
SKILLS = ("亲子", "情绪")
Place = tuple[Slot, str]


def sessions(first: date, last: date, needed: int) -> dict[Slot, int]:
    """Both halves of every duty day."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {Slot(day, half): needed for day in days if day.weekday() in DUTY_DAYS for half in HALVES}


def real_experts() -> list[Expert]:
    """The 64 of the list."""
    path = Path(__file__).parents[1] / "fixtures" / "experts-2027.csv"
    rows, refused = read_experts(read_book(path, EXPERTS), year=2027, today=date(2027, 1, 1))
    assert len(rows) == 64 and not refused
    return [
        Expert(
            id=row.number,
            number=row.number,
            name=row.name,
            available=frozenset(row.availability),
            weekly_limit=row.weekly_limit,
            load=row.last_quarter,
            leave=tuple(Away(*leave) for leave in row.leave),
            check_until=row.record_check,
            specialities=row.specialities,
        )
        for row in rows
    ]


def quarter(experts: Sequence[Expert]) -> Facts:
    """1 January to 31 March 2027, three a session, with the centre's limits and the holidays of the year."""
    feast = frozenset(date(2027, 2, 5) + timedelta(days=n) for n in range(8)) | {date(2027, 1, 1)}
    return Facts(
        experts, sessions(date(2027, 1, 1), date(2027, 3, 31), 3), limits=Limits(2, 2), holidays=frozenset(feast)
    )


_days = st.integers(-3, 15).map(lambda n: MONDAY + timedelta(days=n))
_halves = st.sampled_from(HALVES)
_offers = st.one_of(
    st.just(frozenset((day, half) for day in DUTY_DAYS for half in HALVES)),
    st.sets(st.tuples(st.sampled_from(DUTY_DAYS), _halves), max_size=10).map(frozenset),
)
_leave = st.builds(
    lambda first, days, half, rule: Away(first, first + timedelta(days=days), half, rule),
    _days,
    st.integers(0, 9),
    st.sampled_from(["", "", "am", "pm"]),
    st.sampled_from(["", "", "FREQ=WEEKLY", "FREQ=DAILY;INTERVAL=2"]),
)
_wishes = st.builds(
    Wish,
    prefer=st.booleans(),
    weekday=st.sampled_from([None, *DUTY_DAYS]),
    half=st.sampled_from(["", "am", "pm"]),
)


@st.composite
def an_expert(draw: st.DrawFn, n: int) -> Expert:
    return Expert(
        id=f"id{n}",
        number=f"E{9 - n}",
        name=f"甲{n}",
        available=draw(_offers),
        weekly_limit=draw(st.sampled_from([None, None, 1, 2, 3])),
        load=draw(st.integers(0, 6)),
        leave=tuple(draw(st.lists(_leave, max_size=1))),
        check_until=draw(st.sampled_from([date(2028, 1, 1)] * 4 + [MONDAY + timedelta(days=4), None])),
        specialities=tuple(sorted(draw(st.sets(st.sampled_from(SKILLS))))),
        monthly_limit=draw(st.sampled_from([None, None, 2, 4])),
        daily_limit=draw(st.sampled_from([1, 1, 1, 2])),
        weekends=draw(st.integers(0, 2)),
        holidays=draw(st.integers(0, 2)),
        wishes=tuple(draw(st.lists(_wishes, max_size=2))),
    )


@st.composite
def situations(
    draw: st.DrawFn, *, days: int = 12, most: int = 7, seats: int = 3, standing: int = 8, pool: int = 99
) -> Facts:
    """Standing duties of people who are not in the list, on sessions that are not held, twice the same: all happens.
    `pool`: at most so many different sessions."""
    slots = sorted(sessions(MONDAY, MONDAY + timedelta(days=days - 1), 1))
    slots = sorted(draw(st.sets(st.sampled_from(slots), min_size=1, max_size=pool))) if pool < len(slots) else slots
    needed = {slot: draw(st.integers(0, seats)) for slot in draw(st.sets(st.sampled_from(slots), min_size=1))}
    experts = [draw(an_expert(n)) for n in range(draw(st.integers(0, most)))]
    somebody = st.sampled_from([*(expert.id for expert in experts), "gone"])
    duties = st.builds(
        Duty,
        slot=st.sampled_from(slots),
        expert_id=somebody,
        pinned=st.booleans(),
        published=st.booleans(),
        id=st.uuids().map(str),
    )
    around = st.builds(
        Duty,
        slot=st.builds(Slot, day=st.sampled_from([-1, days]).map(lambda n: MONDAY + timedelta(days=n)), half=_halves),
        expert_id=somebody,
    )
    return Facts(
        experts=experts,
        needed=needed,
        standing=draw(st.lists(duties, max_size=standing)),
        outside=draw(st.lists(around, max_size=3)),
        barred=draw(st.frozensets(st.tuples(st.sampled_from(slots), somebody), max_size=3)),
        specialities={slot: draw(st.sampled_from([(), (), SKILLS[:1], SKILLS])) for slot in sorted(needed)},
        limits=draw(
            st.sampled_from([NO_LIMITS, NO_LIMITS, Limits(1, None), Limits(2, 1), Limits(2, None), Limits(None, 2)])
        ),
        holidays=draw(st.frozensets(_days, max_size=3)),
    )


def places_of(duties: Iterable[Duty]) -> frozenset[Place]:
    return frozenset((duty.slot, duty.expert_id) for duty in duties)


def empty_seats(facts: Facts, board: Iterable[Place]) -> int:
    there = Counter(slot for slot, _ in board)
    return sum(max(0, needed - there[slot]) for slot, needed in facts.needed.items())


def uncovered(facts: Facts, board: Iterable[Place]) -> int:
    skills = {expert.id: expert.specialities for expert in facts.experts}
    known = {(slot, one) for slot, who in board for one in skills.get(who, ())}
    wanted = {(slot, one) for slot, found in facts.specialities.items() if facts.needed[slot] for one in found}
    return len(wanted - known)


def unfairness(facts: Facts, board: frozenset[Place]) -> int:
    """By the definitions of the decision record, one expert after the other."""
    there = Counter(slot for slot, _ in board)
    total = sum(HOLE * max(0, needed - there[slot]) ** 2 for slot, needed in facts.needed.items())
    around = places_of(facts.outside)
    for expert in facts.experts:
        mine = [slot for slot, who in board if who == expert.id]
        total += DUTY * (expert.load + len(mine)) ** 2
        total += WEEKEND * (expert.weekends + sum(slot.day.weekday() > 4 for slot in mine)) ** 2
        total += HOLIDAY * (expert.holidays + sum(slot.day in facts.holidays for slot in mine)) ** 2
        total -= WISH * sum(expert.wish(slot) for slot in mine)
        total += CLOSE * _close({*mine, *(slot for slot, who in around if who == expert.id)})
    return total


def _close(slots: set[Slot]) -> int:
    weeks = Counter(slot.day.isocalendar()[:2] for slot in slots)
    pairs = Counter(slot.day - timedelta(days=back) for slot in slots for back in (0, 1))
    return sum(n - 1 for n in (*weeks.values(), *pairs.values()))


def every_board(facts: Facts, fixed: Sequence[Duty], most: int, candidates: Sequence[Place]) -> list[frozenset[Place]]:
    """Every choice among at most `most` candidates that breaks no rule, together with what is fixed."""
    assert len(candidates) <= most
    given = places_of(fixed)
    found = []
    for chosen in chain.from_iterable(combinations(candidates, n) for n in range(len(candidates) + 1)):
        duties = [*fixed, *(Duty(*place) for place in chosen)]
        if not broken_rules(facts, duties, given=fixed):
            found.append(given | frozenset(chosen))
    return found


def alone(facts: Facts, fixed: Sequence[Duty]) -> list[Place]:
    """Every place that could be given to somebody if nothing but what is fixed stood."""
    given = places_of(fixed)
    slots = {*facts.needed, *(duty.slot for duty in facts.standing)}
    return [
        (slot, expert.id)
        for slot in sorted(slots)
        for expert in facts.experts
        if (slot, expert.id) not in given and not broken_rules(facts, [*fixed, Duty(slot, expert.id)], given=fixed)
    ]
