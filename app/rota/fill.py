"""自动排班, as pure calculation: no seat empty that need be, no rule broken, and then as fair as can be, proven.

One question after the other, each with the answers to those before it as a condition: empty seats, specialities that
nobody there has, standing drafts given up, fairness. Pinned and published duties never move. The same facts always
give the same rota.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from time import perf_counter

from app.common.progress import CancelToken, Progress, silent
from app.rota.fairness import costs_of
from app.rota.milp import INF
from app.rota.model import Model
from app.rota.problem import Facts, Filled, Load, find_gaps
from app.rota.rules import Duty


def fill(
    facts: Facts,
    progress: Progress = silent,
    cancel: CancelToken | None = None,
    *,
    keep_drafts: bool = True,
    seconds: float = 60,
) -> Filled:
    """Proposes; saves nothing. Standing drafts stay where no rule speaks against them unless one must go to fill a
    seat; without `keep_drafts` they are as if they were not there. After `seconds` the best found so far is given,
    not proven. Raises Cancelled soon after the token is set."""
    began = perf_counter()
    progress(0, 0)
    if cancel is not None:
        cancel.check()
    fixed = [duty for duty in facts.standing if duty.fixed]
    drafts = [duty for duty in facts.standing if not duty.fixed] if keep_drafts else []
    model = Model(facts, fixed, {(duty.slot, duty.expert_id) for duty in drafts})
    standing = [model.seat[place] for place in sorted(model.kept) if place in model.seat]
    values: Sequence[float] = model.values(())
    proven, cost, bound = True, 0, 0
    stages = (
        dict.fromkeys(model.missing.values(), 1),
        dict.fromkeys(model.uncovered.values(), 1),
        dict.fromkeys(standing, -1),
        costs_of(model),
    )
    values = model.values(())
    for costs in stages:
        answer = model.programme.minimise(costs, values, began + seconds, cancel)
        values, cost, bound = answer.values, answer.cost, answer.bound
        proven = proven and answer.proven
        if costs:
            model.programme.row(-INF, costs.items(), answer.cost)
    return _filled(facts, model, values, proven, (cost - bound) / max(1, abs(cost)), began)


def _filled(facts: Facts, model: Model, values: Sequence[float], proven: bool, distance: float, began: float) -> Filled:
    before = {(duty.slot, duty.expert_id): duty for duty in facts.standing}
    found = [before.get(place, Duty(*place)) for place in model.chosen(values)]
    rank = {who: n for n, who in enumerate(model.experts)}
    duties = tuple(sorted((*model.fixed, *found), key=lambda d: (d.slot, rank.get(d.expert_id, len(rank)), d)))
    kept = {(duty.slot, duty.expert_id) for duty in duties}
    return Filled(
        duties=duties,
        added=tuple(duty for duty in duties if (duty.slot, duty.expert_id) not in before),
        removed=tuple(sorted(duty for place, duty in before.items() if place not in kept)),
        gaps=find_gaps(facts, duties),
        loads=loads_of(facts, duties),
        optimal=proven,
        seconds=perf_counter() - began,
        distance=0.0 if proven else distance,
    )


def loads_of(facts: Facts, duties: Sequence[Duty]) -> dict[str, Load]:
    """Expert id -> how much they have with `duties`, what was carried over included."""
    count = Counter(duty.expert_id for duty in duties)
    weekends = Counter(duty.expert_id for duty in duties if duty.slot.weekend)
    holidays = Counter(duty.expert_id for duty in duties if duty.slot.day in facts.holidays)
    return {
        e.id: Load(e.load + count[e.id], e.weekends + weekends[e.id], e.holidays + holidays[e.id])
        for e in facts.experts
    }
