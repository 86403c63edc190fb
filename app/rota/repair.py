"""What no longer holds is mended with the fewest changes, proven: absences, late leave, an expired check, who has left.

Only the seats that were lost are filled; what was empty before is the fill's to see to. Pinned duties never move,
published ones and drafts only where nobody is directly free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from time import perf_counter

from app.common.progress import CancelToken, Progress, silent
from app.rota.fairness import costs_of
from app.rota.model import Model, Place, check
from app.rota.problem import Facts, Filled, slots_of
from app.rota.rules import Duty, Slot, obstacles
from app.rota.search import Found, Question, board, search

CHANGE, TOLD = 1000, 1
"""For each duty that is new or goes; on top for a published one that goes, which people have been told of."""


def repair(
    facts: Facts, progress: Progress = silent, cancel: CancelToken | None = None, *, seconds: float = 60
) -> Filled:
    """Proposes; saves nothing. In this order: as few of the lost seats as possible stay empty, the fewest changes,
    specialities, fairness. Raises Cancelled soon after the token is set."""
    began = perf_counter()
    progress(0, 0)
    check(cancel)
    pinned = [duty for duty in facts.standing if duty.pinned]
    holding = _holding(facts, pinned)
    seats = _seats(facts)
    until = began + seconds
    stays = [*pinned, *holding]
    direct: Found | None = None
    if _at_peace(facts, pinned, holding):
        direct = _directly(facts, stays, seats, until, cancel)
        if direct.proven and direct.costs[0] == 0:
            return board(facts, stays, direct, began)
    chain = _by_chains(facts, pinned, holding, seats, until, cancel, direct)
    if chain is None:
        assert direct is not None
        return board(facts, stays, direct, began)
    return board(facts, pinned, chain, began)


def _holding(facts: Facts, pinned: Sequence[Duty]) -> list[Duty]:
    """The standing duties that could be taken on today if only the pinned ones stood; each place once."""
    experts = {expert.id: expert for expert in facts.experts}
    held = slots_of((*pinned, *facts.outside))
    taken = {(duty.slot, duty.expert_id) for duty in pinned}
    found = []
    for duty in sorted(facts.standing, key=lambda duty: (not duty.published, duty)):
        place = (duty.slot, duty.expert_id)
        expert = experts.get(duty.expert_id)
        if duty.pinned or place in taken or expert is None:
            continue
        taken.add(place)
        others = held.get(expert.id, ())
        if not obstacles(expert, duty.slot, others, facts.limits, absent=place in facts.barred):
            found.append(duty)
    return sorted(found)


def _at_peace(facts: Facts, pinned: Sequence[Duty], holding: Sequence[Duty]) -> bool:
    """Whether no two of them are too many together."""
    experts = {expert.id: expert for expert in facts.experts}
    held = slots_of((*pinned, *holding, *facts.outside))
    return not any(
        obstacles(
            experts[duty.expert_id],
            duty.slot,
            [slot for slot in held[duty.expert_id] if slot != duty.slot],
            facts.limits,
        )
        for duty in holding
    )


def _seats(facts: Facts) -> dict[Slot, int]:
    """How many are to be on each slot: those who stood there, those who called in absent, and no more than needed."""
    lost = facts.barred if facts.lost is None else facts.lost
    standing = {(duty.slot, duty.expert_id) for duty in facts.standing}
    there = Counter(slot for slot, _ in standing | lost)
    return {slot: min(needed, there[slot]) for slot, needed in facts.needed.items()}


def _directly(
    facts: Facts, stays: Sequence[Duty], seats: Mapping[Slot, int], until: float, cancel: CancelToken | None
) -> Found:
    """Somebody free for each lost seat and nothing else: no other repair that fills as many has fewer changes."""
    model = Model(facts, stays, (), _open(stays, seats), cancel)
    questions: tuple[Question, ...] = (
        lambda: dict.fromkeys(model.missing.values(), 1),
        lambda: dict.fromkeys(model.uncovered.values(), 1),
        lambda: costs_of(model, cancel),
    )
    return search(model, questions, until, cancel)


def _open(stays: Sequence[Duty], seats: Mapping[Slot, int]) -> dict[Slot, int]:
    there = Counter(slot for slot, _ in {(duty.slot, duty.expert_id) for duty in stays})
    return {slot: wanted for slot, wanted in seats.items() if wanted > there[slot]}


def _by_chains(
    facts: Facts,
    pinned: Sequence[Duty],
    holding: Sequence[Duty],
    seats: Mapping[Slot, int],
    until: float,
    cancel: CancelToken | None,
    direct: Found | None,
) -> Found | None:
    """One leaves a duty for the empty seat and another takes that. None where this fills no more than `direct`."""
    published = {(duty.slot, duty.expert_id) for duty in holding if duty.published}
    model = Model(facts, pinned, {(duty.slot, duty.expert_id) for duty in holding}, seats, cancel)

    def empty() -> dict[int, int]:
        return dict.fromkeys(model.missing.values(), 1)

    if direct is not None:
        most = search(model, [empty], until, cancel)
        if most.proven and direct.proven and most.costs[0] == direct.costs[0]:
            return None

    def changes() -> dict[int, int]:
        return {column: _change(place, model.kept, published) for place, column in model.seat.items()}

    questions: tuple[Question, ...] = (
        empty,
        changes,
        lambda: dict.fromkeys(model.uncovered.values(), 1),
        lambda: costs_of(model, cancel),
    )
    return search(model, questions, until, cancel)


def _change(place: Place, kept: frozenset[Place], published: set[Place]) -> int:
    """What it costs to be on it: a duty that goes costs by not being there."""
    if place not in kept:
        return CHANGE
    return -CHANGE - (TOLD if place in published else 0)
