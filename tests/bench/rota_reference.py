"""The textbook CP-SAT model of the bench's quarter, in a process of its own: two solvers in one do not get along.

    python -m tests.bench.rota_reference      prints {"seconds": ..., "proven": ..., "cost": ...}

One boolean for each expert and session, a sum for each rule, products for the squares, one weighted objective; the same
weights, with empty seats so dear that none is left for fairness. All cores, as the library comes.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Hashable
from datetime import timedelta
from time import perf_counter
from typing import Any

from ortools.sat.python import cp_model

from app.rota.fairness import CLOSE, DUTY, HOLIDAY, WEEKEND, WISH
from app.rota.problem import Facts
from app.rota.rules import Expert, Slot, obstacles
from tests.bench.bench_rota import LONGEST, quarter

EMPTY = 100_000
Seats = dict[Slot, Any]


def solve(facts: Facts) -> dict[str, object]:
    """Seconds from the facts to the answer; `cost` is fairness alone where no seat is empty."""
    began = perf_counter()
    model = cp_model.CpModel()
    seats: dict[str, Seats] = {
        e.id: {slot: model.new_bool_var("") for slot in facts.needed if not obstacles(e, slot)} for e in facts.experts
    }
    terms: list[Any] = []
    for slot, needed in facts.needed.items():
        short = model.new_int_var(0, needed, "")
        model.add(sum(mine[slot] for mine in seats.values() if slot in mine) + short == needed)
        terms.append(EMPTY * short)
    for expert in facts.experts:
        _limits(model, facts, expert, seats[expert.id])
        terms += _fairness(model, facts, expert, seats[expert.id])
    model.minimize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = LONGEST
    status = solver.solve(model)
    proven = status == cp_model.OPTIMAL
    return {
        "seconds": perf_counter() - began,
        "proven": proven,
        "cost": round(solver.objective_value) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None,
    }


def _limits(model: cp_model.CpModel, facts: Facts, expert: Expert, mine: Seats) -> None:
    kinds: list[tuple[Callable[[Slot], Hashable], int | None]] = [
        (lambda slot: slot.day, expert.daily_limit),
        (lambda slot: slot.week, expert.weekly_limit),
        (lambda slot: slot.month, expert.monthly_limit),
        (lambda slot: slot.month if slot.weekend else None, facts.limits.weekend_duties),
    ]
    for key, limit in kinds:
        for group, columns in _groups(mine, key).items():
            if group is not None and limit is not None:
                model.add(sum(columns) <= limit)
    most = facts.limits.consecutive_days
    if most is None:
        return
    for day in sorted({slot.day for slot in mine}):
        stretch = [day + timedelta(days=n) for n in range(most + 1)]
        model.add(sum(column for slot, column in mine.items() if slot.day in stretch) <= most)


def _groups(mine: Seats, key: Callable[[Slot], Hashable]) -> dict[Hashable, list[Any]]:
    groups: dict[Hashable, list[Any]] = defaultdict(list)
    for slot, column in mine.items():
        groups[key(slot)].append(column)
    return groups


def _fairness(model: cp_model.CpModel, facts: Facts, expert: Expert, mine: Seats) -> list[Any]:
    kinds: list[tuple[int, int, list[Any]]] = [
        (DUTY, expert.load, list(mine.values())),
        (WEEKEND, expert.weekends, [column for slot, column in mine.items() if slot.weekend]),
        (HOLIDAY, expert.holidays, [column for slot, column in mine.items() if slot.day in facts.holidays]),
    ]
    terms = []
    for weight, before, columns in kinds:
        most = before + len(columns)
        count, square = model.new_int_var(0, most, ""), model.new_int_var(0, most * most, "")
        model.add(count == before + sum(columns))
        model.add_multiplication_equality(square, [count, count])
        terms.append(weight * square)
    terms += [-WISH * expert.wish(slot) * column for slot, column in mine.items()]
    pairs = [
        [column for slot, column in mine.items() if slot.day in (day, day + timedelta(days=1))]
        for day in sorted({slot.day for slot in mine})
    ]
    for columns in [*_groups(mine, lambda slot: slot.week).values(), *pairs]:
        beyond = model.new_int_var(0, len(columns), "")
        model.add(beyond >= sum(columns) - 1)
        terms.append(CLOSE * beyond)
    return terms


if __name__ == "__main__":
    sys.stdout.write(json.dumps(solve(quarter())))
