"""A repair changes as little as can be, proven against every other; what is pinned never moves."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.common.errors import Cancelled
from app.common.progress import CancelToken
from app.rota.fill import fill
from app.rota.problem import Facts, Filled
from app.rota.repair import repair
from app.rota.rules import Away, Duty, Expert, Slot
from tests.unit.rota_facts import (
    MONDAY,
    Place,
    alone,
    every_board,
    places_of,
    quarter,
    real_experts,
    situations,
    uncovered,
    unfairness,
)
from tests.unit.rota_validator import broken_rules

FEW = settings(max_examples=60)


def pinned(facts: Facts) -> list[Duty]:
    return [duty for duty in facts.standing if duty.pinned]


@FEW
@given(situations())
def test_pinned_duties_never_move_and_no_rule_is_broken(facts: Facts) -> None:
    mended = repair(facts)
    assert set(pinned(facts)) <= set(mended.duties)
    assert broken_rules(facts, mended.duties, given=pinned(facts)) == []
    assert set(mended.duties) | set(mended.removed) == set(facts.standing) | set(mended.added)
    assert mended.optimal


@FEW
@given(situations(), st.randoms(use_true_random=False))
def test_the_same_facts_in_any_order_give_the_same_repair(facts: Facts, chance: Random) -> None:
    experts, standing = list(facts.experts), list(facts.standing)
    chance.shuffle(experts)
    chance.shuffle(standing)
    turned = repair(replace(facts, experts=experts, standing=standing))
    assert (turned.duties, turned.gaps) == (repair(facts).duties, repair(facts).gaps)


@FEW
@given(situations())
def test_what_holds_is_left_alone_and_a_repair_leaves_nothing_to_repair(facts: Facts) -> None:
    mended = repair(facts)
    again = repair(replace(facts, standing=mended.duties, lost=frozenset()))
    assert not again.added and not again.removed


@settings(max_examples=150)
@given(situations(most=3, standing=5, pool=3))
def test_no_repair_is_better_by_trying_them_all(facts: Facts) -> None:
    candidates = alone(facts, pinned(facts))
    seats = _seats(facts)
    standing = places_of(facts.standing)
    boards = [
        board
        for board in every_board(facts, pinned(facts), 9, candidates)
        if not _too_many(board, board - standing, seats)
    ]
    found = places_of(repair(facts).duties)
    assert _score(facts, seats, found) == min(_score(facts, seats, board) for board in boards)


def _seats(facts: Facts) -> dict[Slot, int]:
    there = Counter(slot for slot, _ in places_of(facts.standing) | facts.barred)
    return {slot: min(needed, there[slot]) for slot, needed in facts.needed.items()}


def _too_many(board: frozenset[Place], new: frozenset[Place], seats: dict[Slot, int]) -> bool:
    there = Counter(slot for slot, _ in board)
    return any(there[slot] > seats.get(slot, 0) for slot, _ in new)


def _score(facts: Facts, seats: dict[Slot, int], board: frozenset[Place]) -> tuple[int, ...]:
    there = Counter(slot for slot, _ in board)
    standing = places_of(facts.standing)
    told = places_of(duty for duty in facts.standing if duty.published)
    return (
        sum(max(0, wanted - there[slot]) for slot, wanted in seats.items()),
        len(board ^ standing),
        len(told - board),
        uncovered(facts, board),
        unfairness(facts, board),
    )


@pytest.fixture(scope="module")
def experts() -> list[Expert]:
    return real_experts()


@pytest.fixture(scope="module")
def published(experts: list[Expert]) -> Facts:
    """A published quarter, one duty of each of the first weeks pinned."""
    facts = quarter(experts)
    filled = fill(facts)
    standing = [replace(d, id=str(n), published=True, pinned=n % 30 == 0) for n, d in enumerate(filled.duties)]
    return replace(facts, standing=standing)


def _absent(facts: Facts, gone: Duty) -> Filled:
    standing = [duty for duty in facts.standing if duty != gone]
    return repair(replace(facts, standing=standing, barred=frozenset({(gone.slot, gone.expert_id)})))


@pytest.mark.parametrize("n", [1, 100, 250, 389])
def test_after_one_absence_one_comes_and_nobody_else_moves(published: Facts, n: int) -> None:
    gone = published.standing[n]
    mended = _absent(published, gone)
    assert [duty.slot for duty in mended.added] == [gone.slot] and not mended.removed
    assert mended.optimal and not mended.gaps
    assert broken_rules(published, mended.duties, given=pinned(published)) == []


def test_a_late_leave_vacates_what_is_not_pinned_and_only_that(published: Facts, experts: list[Expert]) -> None:
    busy = max(experts, key=lambda e: (sum(d.expert_id == e.id for d in published.standing), e.id))
    away = replace(busy, leave=(*busy.leave, Away(date(2027, 1, 1), date(2027, 12, 31))))
    facts = replace(published, experts=[away if e.id == busy.id else e for e in experts])
    mended = repair(facts)
    hers = [duty for duty in published.standing if duty.expert_id == busy.id and not duty.pinned]
    assert hers and list(mended.removed) == sorted(hers)
    assert sorted(d.slot for d in mended.added) == sorted(d.slot for d in hers)
    assert mended.optimal and not mended.gaps


def test_seats_that_were_empty_before_are_not_a_matter_of_the_repair(published: Facts) -> None:
    """The quarter is planned up to the end of January only."""
    planned = replace(published, standing=[d for d in published.standing if d.slot.day.month == 1])
    gone = planned.standing[7]
    mended = _absent(planned, gone)
    assert [duty.slot for duty in mended.added] == [gone.slot] and not mended.removed


def _expert(name: str, *offered: int, limit: int | None = 1) -> Expert:
    places = frozenset((day, "am") for day in offered)
    return Expert(name, name, name, places, limit, check_until=date(2028, 1, 1))


def test_a_chain_only_where_nobody_is_directly_free() -> None:
    """A is ill on Monday. B may come on both days, but only once a week; C only on Wednesday."""
    one, two = Slot(MONDAY, "am"), Slot(MONDAY + timedelta(days=2), "am")
    people = [_expert("A", 0), _expert("B", 0, 2), _expert("C", 2)]
    facts = Facts(people, {one: 1, two: 1}, [Duty(two, "B", id="b")], barred=frozenset({(one, "A")}))
    chain = repair(facts)
    assert places_of(chain.duties) == {(one, "B"), (two, "C")} and chain.optimal
    direct = repair(replace(facts, experts=[*people, _expert("D", 0)]))
    assert places_of(direct.added) == {(one, "D")} and not direct.removed
    held = repair(replace(facts, standing=[Duty(two, "B", pinned=True, id="b")]))
    assert [gap.slot for gap in held.gaps] == [one] and not held.added and not held.removed


def test_a_draft_moves_rather_than_a_published_duty() -> None:
    one, two, three = (Slot(MONDAY + timedelta(days=n), "am") for n in (0, 2, 4))
    people = [_expert("A", 0), _expert("B", 0, 2), _expert("C", 0, 4), _expert("D", 2, 4)]
    standing = [Duty(two, "B", id="b", published=True), Duty(three, "C", id="c")]
    mended = repair(Facts(people, {one: 1, two: 1, three: 1}, standing, barred=frozenset({(one, "A")})))
    assert mended.removed == (standing[1],) and places_of(mended.added) == {(one, "C"), (three, "D")}


def test_a_stopped_repair_says_so(published: Facts) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        repair(published, cancel=token)
