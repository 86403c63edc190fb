"""What makes one rota fairer than another, as whole numbers to be added up: the least is the fairest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from app.rota.milp import INF
from app.rota.model import Model
from app.rota.rules import Expert, Slot

DUTY, WEEKEND, HOLIDAY = 6, 3, 3
"""For each square of an expert's duties, weekend duties and holiday duties, what was carried over included."""
WISH = 4
"""Off for a duty that was wished for, on for one that is disliked."""
CLOSE = 1
"""For each duty of an expert beyond the first in a week, and for each two days in a row."""

_DAY = timedelta(days=1)


def costs_of(model: Model) -> dict[int, int]:
    """Adds the columns that fairness needs; gives the cost of each column."""
    found: dict[int, int] = {}
    for expert in model.experts.values():
        mine = model.mine[expert.id]
        if mine:
            _even(model, expert, mine, found)
            _wishes(model, expert, mine, found)
            _spread(model, expert, mine, found)
    return found


def _even(model: Model, expert: Expert, mine: Sequence[Slot], found: dict[int, int]) -> None:
    holidays = model.facts.holidays
    held = [duty.slot for duty in model.fixed if duty.expert_id == expert.id]
    _squares(model, expert.id, mine, expert.load + len(held), DUTY, found)
    weekend = sum(slot.weekend for slot in held)
    _squares(model, expert.id, [s for s in mine if s.weekend], expert.weekends + weekend, WEEKEND, found)
    holiday = sum(slot.day in holidays for slot in held)
    _squares(model, expert.id, [s for s in mine if s.day in holidays], expert.holidays + holiday, HOLIDAY, found)


def _squares(model: Model, who: str, slots: Sequence[Slot], before: int, weight: int, found: dict[int, int]) -> None:
    """The n-th duty costs what it adds to the square: a column for each, the cheapest first by themselves."""
    if not slots:
        return
    columns = [model.seat[slot, who] for slot in slots]
    steps = [model.programme.column(whole=False) for _ in columns]
    for n, step in enumerate(steps):
        model.follows(step, partial(_more_than, columns, n))
        found[step] = weight * (2 * (before + n) + 1)
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
    for day in sorted(days):
        if day + _DAY in days:
            pair = (day, day + _DAY)
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
