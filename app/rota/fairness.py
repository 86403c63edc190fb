"""What makes one rota fairer than another, as whole numbers to be added up: the least is the fairest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from app.common.progress import CancelToken
from app.rota.milp import INF
from app.rota.model import Model, check
from app.rota.rules import Expert, Slot

DUTY, WEEKEND, HOLIDAY = 6, 3, 3
"""For each square of an expert's duties, weekend duties and holiday duties, what was carried over included."""
WISH = 4
"""Off for a duty that was wished for, on for one that is disliked."""
HOLE = 30
"""For each square of the seats that stay empty on a session: rather one here and one there than nobody at all."""
CLOSE = 1
"""For each duty of an expert beyond the first in a week, and in two days that follow each other."""

_DAY = timedelta(days=1)


def costs_of(model: Model, cancel: CancelToken | None = None) -> dict[int, int]:
    """Adds the columns that fairness needs; gives the cost of each column. Raises Cancelled."""
    found: dict[int, int] = {}
    for slot, short in model.missing.items():
        _square(model, [short], round(model.programme.upper[short]), model.given_up[slot], HOLE, found)
    for expert in model.experts.values():
        check(cancel)
        mine = model.mine[expert.id]
        if mine:
            _even(model, expert, mine, found)
            _wishes(model, expert, mine, found)
            _spread(model, expert, mine, found)
    return found


def _even(model: Model, expert: Expert, mine: Sequence[Slot], found: dict[int, int]) -> None:
    holidays = model.facts.holidays
    held = {duty.slot for duty in model.fixed if duty.expert_id == expert.id}
    kinds: tuple[tuple[int, int, Callable[[Slot], bool]], ...] = (
        (DUTY, expert.load, lambda slot: True),
        (WEEKEND, expert.weekends, lambda slot: slot.weekend),
        (HOLIDAY, expert.holidays, lambda slot: slot.day in holidays),
    )
    for weight, carried, counted in kinds:
        columns = [model.seat[slot, expert.id] for slot in mine if counted(slot)]
        _square(model, columns, len(columns), carried + sum(map(counted, held)), weight, found)


def _square(model: Model, columns: list[int], most: int, before: int, weight: int, found: dict[int, int]) -> None:
    """The square of `before` and the sum of `columns`, which is `most` at most: the n-th one more costs what it adds
    to the square. A column for each; the cheapest are taken first by themselves."""
    steps = [model.programme.column(whole=False) for _ in range(most)]
    for n, step in enumerate(steps):
        model.follows(step, partial(_more_than, columns, n))
        found[step] = weight * (2 * (before + n) + 1)
    if steps:
        model.programme.row(0, [(column, 1) for column in columns] + [(step, -1) for step in steps], 0)


def _more_than(columns: Sequence[int], n: int, values: Sequence[float]) -> float:
    return float(sum(values[column] for column in columns) > n + 0.5)


def _wishes(model: Model, expert: Expert, mine: Sequence[Slot], found: dict[int, int]) -> None:
    for slot in mine if expert.wishes else ():
        wish = expert.wish(slot)
        if wish:
            found[model.seat[slot, expert.id]] = -WISH * wish


def _spread(model: Model, expert: Expert, mine: Sequence[Slot], found: dict[int, int]) -> None:
    held = model.held.get(expert.id, ())
    for week in sorted({slot.week for slot in mine}):
        columns = [model.seat[slot, expert.id] for slot in mine if slot.week == week]
        _beyond_one(model, columns, sum(slot.week == week for slot in held), found)
    days = {slot.day for slot in (*mine, *held)}
    for day in sorted(days | {day - _DAY for day in days}):
        pair = (day, day + _DAY)
        if days.issuperset(pair) or expert.daily_limit > 1:
            columns = [model.seat[slot, expert.id] for slot in mine if slot.day in pair]
            _beyond_one(model, columns, sum(slot.day in pair for slot in held), found)


def _beyond_one(model: Model, columns: list[int], held: int, found: dict[int, int]) -> None:
    free = max(0, 1 - held)
    if len(columns) <= free:
        return
    if not free:
        for column in columns:
            found[column] = found.get(column, 0) + CLOSE
        return
    beyond = model.programme.column(0, len(columns) - free, whole=False)
    model.follows(beyond, lambda values: max(0.0, sum(values[column] for column in columns) - free))
    model.programme.row(-INF, [*((column, 1) for column in columns), (beyond, -1)], free)
    found[beyond] = CLOSE
