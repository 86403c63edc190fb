"""One question after the other put to the same model, each with the answers to those before it as a condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from app.common.progress import CancelToken
from app.rota.milp import INF
from app.rota.model import Model, Place
from app.rota.problem import Facts, Filled, Load, find_gaps
from app.rota.rules import Duty

Costs = Mapping[int, int]
Question = Callable[[], Costs]
"""Gives the cost of each column; may add columns and rows before it does."""


@dataclass(frozen=True, slots=True)
class Found:
    """`costs`: what each question came to. `distance` is that of the first one that was not proven."""

    chosen: list[Place]
    costs: tuple[int, ...]
    proven: bool
    distance: float


def search(model: Model, questions: Sequence[Question], until: float, cancel: CancelToken | None) -> Found:
    """The earlier a question, the more it counts: none is bought with a worse answer to one before it. All but the
    last may take half of the time left. Raises Cancelled."""
    chosen: list[Place] = []
    totals: list[int] = []
    distances: list[float] = []
    for n, question in enumerate(questions):
        costs = question()
        now = perf_counter()
        deadline = until if n == len(questions) - 1 else now + (until - now) / 2
        answer = model.programme.minimise(costs, model.values(chosen), deadline, cancel)
        chosen = model.chosen(answer.values)
        values = model.values(chosen)
        total = round(sum(values[column] * cost for column, cost in costs.items()))
        totals.append(total)
        if total > answer.bound:
            distances.append((total - answer.bound) / max(1, abs(total)))
        if costs:
            model.programme.row(-INF, costs.items(), total)
    return Found(chosen, tuple(totals), not distances, distances[0] if distances else 0.0)


def board(facts: Facts, fixed: Sequence[Duty], found: Found, began: float) -> Filled:
    """What was found, as the board it makes and how that differs from the standing one."""
    before: dict[Place, Duty] = {}
    for duty in sorted(facts.standing, key=lambda duty: (not duty.pinned, not duty.published, duty), reverse=True):
        before[duty.slot, duty.expert_id] = duty
    rank = {e.id: n for n, e in enumerate(sorted(facts.experts, key=lambda e: (e.number, e.id)))}
    duties = [*fixed, *(before.get(place, Duty(*place)) for place in found.chosen)]
    duties.sort(key=lambda duty: (duty.slot, rank.get(duty.expert_id, len(rank)), duty))
    return Filled(
        duties=tuple(duties),
        added=tuple(duty for duty in duties if (duty.slot, duty.expert_id) not in before),
        removed=tuple(sorted(set(facts.standing) - set(duties))),
        gaps=find_gaps(facts, duties),
        loads=loads_of(facts, duties),
        optimal=found.proven,
        seconds=perf_counter() - began,
        distance=found.distance,
    )


def loads_of(facts: Facts, duties: Sequence[Duty]) -> dict[str, Load]:
    """Expert id -> how much they have with `duties`, what was carried over included."""
    places = {(duty.slot, duty.expert_id) for duty in duties}
    count = Counter(who for _, who in places)
    weekends = Counter(who for slot, who in places if slot.weekend)
    holidays = Counter(who for slot, who in places if slot.day in facts.holidays)
    return {
        e.id: Load(e.load + count[e.id], e.weekends + weekends[e.id], e.holidays + holidays[e.id])
        for e in facts.experts
    }
