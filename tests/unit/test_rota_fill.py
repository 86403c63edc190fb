"""自动排班 never breaks a rule, never moves what is pinned, wastes no seat and is as even as it can be."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common.errors import Cancelled
from app.common.progress import CancelToken
from app.people.columns import EXPERTS
from app.people.expert_rows import read_experts
from app.people.sheets import read_book
from app.rota.fill import Facts, Filled, fill
from app.rota.rules import HALVES, Duty, Expert, Slot, obstacles

MONDAY = date(2027, 1, 4)
DUTY_DAYS = (0, 2, 4, 5, 6)


def slots(weeks: int, needed: int) -> dict[Slot, int]:
    days = [MONDAY + timedelta(days=7 * week + day) for week in range(weeks) for day in DUTY_DAYS]
    return {Slot(day, half): needed for day, half in product(days, HALVES)}


@st.composite
def situations(draw: st.DrawFn) -> Facts:
    weeks = draw(st.integers(1, 3))
    needed = slots(weeks, draw(st.integers(1, 3)))
    places = st.tuples(st.sampled_from(DUTY_DAYS), st.sampled_from(HALVES))
    days = st.integers(-3, 7 * weeks).map(lambda n: MONDAY + timedelta(days=n))
    experts = [
        Expert(
            id=f"id{n}",
            number=f"E{n:03}",
            name=f"甲{n}",
            available=frozenset(draw(st.sets(places, max_size=10))),
            weekly_limit=draw(st.sampled_from([None, 1, 2, 3])),
            load=draw(st.integers(0, 8)),
            leave=tuple((day, day + timedelta(days=2)) for day in draw(st.lists(days, max_size=2))),
            check_until=draw(st.sampled_from([date(2028, 1, 1), date(2028, 1, 1), MONDAY + timedelta(days=4), None])),
        )
        for n in range(draw(st.integers(0, 9)))
    ]
    pairs = [(slot, expert.id) for slot in needed for expert in experts]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8)) if pairs else []
    standing = [Duty(slot, who, draw(st.booleans()), f"a{n}") for n, (slot, who) in enumerate(chosen)]
    return Facts(experts, needed, standing)


def per_week(filled: Filled) -> Counter[tuple[str, tuple[int, int]]]:
    return Counter((duty.expert_id, duty.slot.week) for duty in filled.duties)


@given(situations())
def test_nothing_it_adds_or_keeps_breaks_a_rule(facts: Facts) -> None:
    filled = fill(facts)
    experts = {expert.id: expert for expert in facts.experts}
    weeks = per_week(filled)
    for duty in filled.duties:
        if not duty.pinned:
            others = weeks[duty.expert_id, duty.slot.week] - 1
            assert obstacles(experts[duty.expert_id], duty.slot, others) == ()
    assert len({(duty.slot, duty.expert_id) for duty in filled.duties}) == len(filled.duties)


@given(situations())
def test_pinned_duties_stay_and_the_result_is_always_the_same(facts: Facts) -> None:
    filled = fill(facts)
    assert {duty for duty in facts.standing if duty.pinned} <= set(filled.duties)
    turned = Facts(facts.experts[::-1], facts.needed, facts.standing[::-1])
    again = fill(turned)
    assert (again.duties, again.added, again.removed) == (filled.duties, filled.added, filled.removed)


@given(situations())
def test_filling_what_is_filled_changes_nothing(facts: Facts) -> None:
    first = fill(facts)
    second = fill(Facts(facts.experts, facts.needed, first.duties))
    assert not second.added and not second.removed


@given(situations())
def test_a_gap_gives_a_reason_for_everybody_who_is_not_there(facts: Facts) -> None:
    filled = fill(facts)
    for gap in filled.gaps:
        on = {duty.expert_id for duty in filled.duties if duty.slot == gap.slot}
        assert gap.missing == facts.needed[gap.slot] - len(on) > 0
        assert set(gap.reasons) == {expert.id for expert in facts.experts} - on
        assert all(gap.reasons.values()), "somebody free was left out"


@given(situations())
def test_fewest_gaps_and_the_most_even_loads(facts: Facts) -> None:
    """Against the same question put as a minimum-cost flow (sums of squares), solved by brute cancelling."""
    bare = Facts(facts.experts, facts.needed)
    filled = fill(bare)
    seats = sum(facts.needed.values())
    assert len(filled.duties) == _most_seats(bare)
    if len(filled.duties) == seats:
        assert filled.optimal
        assert not _cheaper_exchange(bare, filled)


def _graph(facts: Facts) -> dict[Slot, list[Expert]]:
    return {slot: [e for e in facts.experts if not obstacles(e, slot, -1)] for slot in facts.needed}


def _most_seats(facts: Facts) -> int:
    """Ford-Fulkerson, week by week, in the plainest form."""
    graph = _graph(facts)
    on: dict[Slot, set[str]] = {slot: set() for slot in graph}

    def place(slot: Slot, seen: set[str]) -> bool:
        for expert in graph[slot]:
            if expert.id in on[slot] or expert.id in seen:
                continue
            seen.add(expert.id)
            mine = [s for s in on if s.week == slot.week and expert.id in on[s]]
            if expert.weekly_limit is None or len(mine) < expert.weekly_limit:
                on[slot].add(expert.id)
                return True
            for other in mine:
                on[other].discard(expert.id)
                on[slot].add(expert.id)
                if place(other, seen):
                    return True
                on[slot].discard(expert.id)
                on[other].add(expert.id)
        return False

    for slot, needed in facts.needed.items():
        for _ in range(needed):
            place(slot, set())
    return sum(map(len, on.values()))


def _cheaper_exchange(facts: Facts, filled: Filled) -> bool:
    """Whether one duty could go, directly, from somebody with two more than another who may take it."""
    graph, weeks = _graph(facts), per_week(filled)
    for duty in filled.duties:
        on = {d.expert_id for d in filled.duties if d.slot == duty.slot}
        for expert in graph[duty.slot]:
            room = expert.weekly_limit is None or weeks[expert.id, duty.slot.week] < expert.weekly_limit
            if expert.id not in on and room and filled.loads[duty.expert_id] - filled.loads[expert.id] >= 2:
                return True
    return False


@pytest.fixture(scope="module")
def experts() -> list[Expert]:
    path = Path(__file__).parents[1] / "fixtures" / "experts-2027.csv"
    rows, refused = read_experts(read_book(path, EXPERTS), year=2027, today=MONDAY)
    assert len(rows) == 64 and not refused
    return [
        Expert(
            row.number,
            row.number,
            row.name,
            frozenset(row.availability),
            row.weekly_limit,
            row.last_quarter,
            row.leave,
            row.record_check,
            row.specialities,
        )
        for row in rows
    ]


def test_a_quarter_of_the_64_experts_is_filled_without_a_gap(experts: list[Expert]) -> None:
    facts = Facts(experts, slots(13, 3))
    filled = fill(facts)
    assert len(filled.duties) == 390 and filled.optimal
    assert max(per_week(filled).values()) <= 3
    assert not any(
        duty.slot.day > expert.check_until
        for duty in filled.duties
        for expert in experts
        if expert.id == duty.expert_id and expert.check_until
    )


def test_it_can_be_stopped_and_says_how_far_it_is(experts: list[Expert]) -> None:
    token = CancelToken()
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 3:
            token.cancel()

    with pytest.raises(Cancelled):
        fill(Facts(experts, slots(2, 3)), progress, token)
    assert seen == [(1, 20), (2, 20), (3, 20)]
