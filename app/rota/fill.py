"""自动排班, as pure calculation: no seat empty that need be, no rule broken, and then as fair as can be, proven.

In this order: empty seats, specialities that nobody there has, standing drafts given up, fairness. Pinned and
published duties never move. The same facts always give the same rota.
"""

from __future__ import annotations

from time import perf_counter

from app.common.progress import CancelToken, Progress, silent
from app.rota.fairness import costs_of
from app.rota.model import Model, check
from app.rota.problem import Facts, Filled
from app.rota.search import board, search


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
    check(cancel)
    fixed = [duty for duty in facts.standing if duty.fixed]
    drafts = [duty for duty in facts.standing if not duty.fixed] if keep_drafts else []
    model = Model(facts, fixed, {(duty.slot, duty.expert_id) for duty in drafts}, cancel=cancel)
    questions = (
        lambda: dict.fromkeys(model.missing.values(), 1),
        lambda: dict.fromkeys(model.uncovered.values(), 1),
        lambda: {column: -1 for place, column in model.seat.items() if place in model.kept},
        lambda: costs_of(model, cancel),
    )
    return board(facts, fixed, search(model, questions, began + seconds, cancel), began)
