"""自动排班 never breaks a rule, never moves what is fixed, and no rota is better than the one that it finds."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.common.errors import Cancelled
from app.common.progress import CancelToken
from app.rota.fill import fill
from app.rota.problem import Facts, Filled
from app.rota.rules import Duty, Expert, Limits, Slot
from tests.unit.rota_facts import (
    MONDAY,
    Place,
    alone,
    empty_seats,
    every_board,
    places_of,
    quarter,
    real_experts,
    situations,
    uncovered,
    unfairness,
)
from tests.unit.rota_validator import broken_rules, overfull

ROOT = Path(__file__).parents[2]
FEW = settings(max_examples=60)


def fixed(facts: Facts) -> list[Duty]:
    return [duty for duty in facts.standing if duty.fixed]


@FEW
@given(situations())
def test_no_hard_rule_is_broken_whatever_stands_there(facts: Facts) -> None:
    filled = fill(facts)
    assert broken_rules(facts, filled.duties, given=fixed(facts)) == []
    assert overfull(facts, filled.duties) == []
    assert filled.optimal and filled.distance == 0


@FEW
@given(situations())
def test_pinned_and_published_duties_never_move_be_they_nonsense(facts: Facts) -> None:
    for filled in (fill(facts), fill(facts, keep_drafts=False)):
        assert set(fixed(facts)) <= set(filled.duties)
        assert not any(duty.fixed for duty in filled.removed)
        assert set(filled.duties) | set(filled.removed) == set(facts.standing) | set(filled.added)


@FEW
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(facts: Facts, chance: Random) -> None:
    experts, standing, outside = list(facts.experts), list(facts.standing), list(facts.outside)
    needed = list(facts.needed.items())
    for one in (experts, standing, outside, needed):
        chance.shuffle(one)
    turned = replace(facts, experts=experts, standing=standing, outside=outside, needed=dict(needed))
    assert _what(fill(turned)) == _what(fill(facts)) == _what(fill(facts))


def _what(filled: Filled) -> tuple[object, ...]:
    return filled.duties, filled.added, filled.removed, filled.gaps, dict(filled.loads)


@FEW
@given(situations())
def test_filling_what_is_filled_changes_nothing(facts: Facts) -> None:
    first = fill(facts)
    second = fill(replace(facts, standing=first.duties))
    assert not second.added and not second.removed


@FEW
@given(situations())
def test_a_gap_gives_a_reason_for_everybody_who_is_not_there(facts: Facts) -> None:
    filled = fill(facts)
    found = {gap.slot: gap for gap in filled.gaps}
    board = places_of(filled.duties)
    assert sum(gap.missing for gap in found.values()) == empty_seats(facts, board)
    assert sum(len(gap.lacking) for gap in found.values()) == uncovered(facts, board)
    for slot, gap in found.items():
        on = {who for there, who in board if there == slot}
        assert set(gap.reasons) == {expert.id for expert in facts.experts} - on
        assert all(gap.reasons.values()), "somebody free was left out"


@settings(max_examples=150)
@given(situations(most=3, standing=5, pool=3), st.booleans())
def test_no_rota_is_better_by_trying_them_all(facts: Facts, keep: bool) -> None:
    candidates = alone(facts, fixed(facts))
    standing = places_of(facts.standing) if keep else frozenset[Place]()
    boards = [
        board
        for board in every_board(facts, fixed(facts), 9, candidates)
        if not overfull(replace(facts, standing=_duties(standing | places_of(fixed(facts)))), _duties(board))
        and (keep or not _more_than_needed(facts, board))
    ]
    found = places_of(fill(facts, keep_drafts=keep).duties)
    assert _score(facts, standing, found) == min(_score(facts, standing, board) for board in boards)


def _score(facts: Facts, standing: frozenset[Place], board: frozenset[Place]) -> tuple[int, ...]:
    return empty_seats(facts, board), uncovered(facts, board), len(standing - board), unfairness(facts, board)


def _more_than_needed(facts: Facts, board: frozenset[Place]) -> bool:
    given = places_of(fixed(facts))
    return any(sum(slot == there for there, _ in board) > facts.needed.get(slot, 0) for slot, _ in board - given)


def _duties(board: frozenset[Place]) -> list[Duty]:
    return [Duty(*place) for place in board]


@pytest.fixture(scope="module")
def experts() -> list[Expert]:
    return real_experts()


@pytest.fixture(scope="module")
def filled_quarter(experts: list[Expert]) -> Filled:
    return fill(quarter(experts))


def test_a_quarter_of_the_64_experts_is_proven_and_has_no_gap(experts: list[Expert], filled_quarter: Filled) -> None:
    facts = quarter(experts)
    assert len(filled_quarter.duties) == sum(facts.needed.values()) == 390
    assert filled_quarter.optimal and not filled_quarter.gaps
    assert broken_rules(facts, filled_quarter.duties) == []


def test_what_a_quarter_is_filled_with_stays(experts: list[Expert], filled_quarter: Filled) -> None:
    """Also where all of it may be given up and fairness asks for another: one expert comes back with no duty yet."""
    late = replace(experts[3], id="new", number="E999", load=0)
    again = fill(replace(quarter([*experts, late]), standing=filled_quarter.duties))
    assert again.duties == filled_quarter.duties
    anew = fill(replace(quarter([*experts, late]), standing=filled_quarter.duties), keep_drafts=False)
    assert anew.loads["new"].duties > 0 and not anew.gaps


def test_20_of_the_64_leave_gaps_and_each_has_its_reasons(experts: list[Expert]) -> None:
    facts = quarter(experts[:20])
    filled = fill(facts)
    assert filled.optimal and filled.gaps and broken_rules(facts, filled.duties) == []
    assert sum(gap.missing for gap in filled.gaps) == 390 - len(filled.duties)
    for gap in filled.gaps:
        assert len(gap.reasons) + 3 - gap.missing == 20 and all(gap.reasons.values())


def test_empty_seats_are_spread_over_the_sessions() -> None:
    """Two experts who may once a week each: two sessions of two get one each."""
    offered = frozenset({(0, "am"), (2, "am")})
    pair = [Expert(n, n, n, offered, 1, check_until=date(2028, 1, 1)) for n in ("1", "2")]
    one, other = Slot(MONDAY, "am"), Slot(MONDAY + timedelta(days=2), "am")
    assert [gap.missing for gap in fill(Facts(pair, {one: 2, other: 2})).gaps] == [1, 1]


def test_a_fixed_duty_against_a_limit_uses_it_up_and_harms_nobody_else() -> None:
    days = [MONDAY + timedelta(days=n) for n in (0, 2, 4)]
    offered = frozenset({(0, "am"), (2, "am"), (4, "am")})
    pair = [Expert(n, n, n, offered, 1, check_until=date(2028, 1, 1)) for n in ("1", "2")]
    pinned = [Duty(Slot(day, "am"), "1", pinned=True) for day in days[:2]]
    filled = fill(Facts(pair, {Slot(day, "am"): 1 for day in days}, pinned))
    assert places_of(filled.added) == {(Slot(days[2], "am"), "2")} and filled.optimal


def _free(name: str, **more: Any) -> Expert:
    offered = frozenset((day, half) for day in range(7) for half in ("am", "pm"))
    return Expert(name, name, name, offered, check_until=date(2028, 1, 1), **more)


def test_who_has_had_more_carries_less() -> None:
    """Four weekday sessions, four weekend ones and a holiday among them: what was carried over decides who comes."""
    slots = {Slot(MONDAY + timedelta(days=2 * n), "am"): 1 for n in range(2)}
    filled = fill(Facts([_free("1", load=2), _free("2")], slots))
    assert {who: load.duties for who, load in filled.loads.items()} == {"1": 2, "2": 2}
    saturday = Slot(MONDAY + timedelta(days=5), "am")
    assert places_of(fill(Facts([_free("1", weekends=1), _free("2")], {saturday: 1})).duties) == {(saturday, "2")}
    feast = Facts([_free("1", holidays=1), _free("2")], {saturday: 1}, holidays=frozenset({saturday.day}))
    assert places_of(fill(feast).duties) == {(saturday, "2")}


def test_too_many_drafts_stay_and_one_comes_only_where_enough_have_left() -> None:
    """One seat, two drafts. Both are the only ones for a session each: both go there, and a third takes the seat."""
    crowded, *others = (Slot(MONDAY + timedelta(days=n), "am") for n in (0, 2, 4))
    pair = [replace(_free(n, weekly_limit=1), specialities=(n,)) for n in ("1", "2")]
    third = replace(_free("3", weekly_limit=1), available=frozenset({(0, "am")}), specialities=("3",))
    drafts = [Duty(crowded, "1", id="a"), Duty(crowded, "2", id="b")]
    calm = Facts([*pair, third], {crowded: 1}, drafts, specialities={crowded: ("3",)})
    assert places_of(fill(calm).duties) == {(crowded, "3")}, "a speciality is worth the two drafts"
    assert fill(replace(calm, specialities={})).duties == tuple(drafts)
    wanted = Facts([*pair, third], {crowded: 1} | dict.fromkeys(others, 1), drafts)
    moved = fill(wanted)
    assert not moved.gaps and (crowded, "3") in places_of(moved.duties)


class TiredToken(CancelToken):
    """Is set when it has been looked at a few times."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    @property
    def cancelled(self) -> bool:
        self.looks -= 1
        if self.looks < 0:
            self.cancel()
        return super().cancelled


@pytest.mark.parametrize("looks", [0, 3])
def test_it_can_be_stopped_while_it_searches(experts: list[Expert], looks: int) -> None:
    seen: list[tuple[int, int]] = []
    with pytest.raises(Cancelled):
        fill(quarter(experts), lambda done, total: seen.append((done, total)), TiredToken(looks))
    assert seen == [(0, 0)]


def test_without_time_it_gives_a_rota_that_claims_nothing(experts: list[Expert]) -> None:
    facts = quarter(experts)
    filled = fill(facts, seconds=0)
    assert not filled.optimal and filled.distance > 0
    assert broken_rules(facts, filled.duties) == []


def test_every_process_finds_the_same_and_says_nothing(experts: list[Expert]) -> None:
    """Whatever the order in which this Python's sets are walked; standard output belongs to the command line."""
    script = (
        "import sys\n"
        "from app.rota.fill import fill\n"
        "heavy = {'highspy', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "from tests.unit.rota_facts import quarter, real_experts\n"
        "from dataclasses import replace\n"
        "facts = quarter(real_experts()[:12])\n"
        "filled = fill(replace(facts, limits=replace(facts.limits, weekend_duties=1)))\n"
        "sys.stderr.write(repr(filled.duties))\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        for seed in ("1", "2")
    ]
    facts = quarter(experts[:12])
    here = fill(replace(facts, limits=Limits(facts.limits.consecutive_days, 1)))
    assert [run.stdout for run in runs] == ["", ""]
    assert runs[0].stderr == runs[1].stderr == repr(here.duties)
