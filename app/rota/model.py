"""The rota as a whole-number programme: who may sit where, within every limit; what it costs is told by the callers.

What is fixed is no part of the choice: it takes seats and uses up limits. A limit that it already exceeds leaves
nothing to choose, so that there is always a solution, be it an empty one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from app.common.progress import CancelToken
from app.rota.milp import INF, Programme
from app.rota.problem import Facts, slots_of
from app.rota.rules import Duty, Expert, Slot, obstacles

Place = tuple[Slot, str]
"""A slot and the id of an expert who might be on it."""

_DAY = timedelta(days=1)


class Model:
    """`fixed` never moves; `kept` are the standing duties that may go; `seats`: how many of each slot's are to be
    filled. `seat` has the column of each place that may be chosen, `missing` and `uncovered` the columns of what would
    stay empty or without a speciality; `given_up`: how many of a slot are not even to be filled. Raises Cancelled."""

    def __init__(
        self,
        facts: Facts,
        fixed: Sequence[Duty],
        kept: Collection[Place] = (),
        seats: Mapping[Slot, int] | None = None,
        cancel: CancelToken | None = None,
    ) -> None:
        self.facts = facts
        self.programme = Programme()
        self.experts = {e.id: e for e in sorted(facts.experts, key=lambda e: (e.number, e.id))}
        self.fixed = sorted(fixed)
        self.held = slots_of((*self.fixed, *facts.outside))
        self.kept = frozenset(kept)
        self.seat: dict[Place, int] = {}
        self.missing: dict[Slot, int] = {}
        self.given_up: dict[Slot, int] = {}
        self.uncovered: dict[tuple[Slot, str], int] = {}
        self.mine: dict[str, list[Slot]] = {who: [] for who in self.experts}
        self._there: dict[Slot, set[str]] = defaultdict(set)
        self._follows: list[tuple[int, Callable[[Sequence[float]], float]]] = []
        for duty in self.fixed:
            self._there[duty.slot].add(duty.expert_id)
        wanted = facts.needed if seats is None else seats
        for slot in sorted({*wanted, *(slot for slot, _ in kept)}):
            self._add_slot(slot, wanted.get(slot, 0))
            check(cancel)
        for expert in self.experts.values():
            self._add_limits(expert)
            check(cancel)

    # --- who may sit where ---

    def _add_slot(self, slot: Slot, wanted: int) -> None:
        room = max(0, wanted - len(self._there[slot]))
        here = [who for who in self.experts if (room or (slot, who) in self.kept) and self._able(slot, who)]
        for who in here:
            self.seat[slot, who] = self.programme.column()
            self.mine[who].append(slot)
        columns = [self.seat[slot, who] for who in here]
        kept = [self.seat[slot, who] for who in here if (slot, who) in self.kept]
        if room:
            self.missing[slot] = self._short(columns, room)
            self.given_up[slot] = max(0, self.facts.needed.get(slot, 0) - wanted)
        if len(kept) <= room:
            self._at_most(columns, room)
        else:
            self._overfull(columns, kept, room)
        if self.facts.needed.get(slot):
            self._add_specialities(slot, here)

    def _able(self, slot: Slot, who: str) -> bool:
        expert = self.experts[who]
        if (slot.day.weekday(), slot.half) not in expert.available or who in self._there[slot]:
            return False
        absent = (slot, who) in self.facts.barred
        return not obstacles(expert, slot, self.held.get(who, ()), self.facts.limits, absent=absent)

    def _short(self, columns: list[int], wanted: int) -> int:
        """A column for how many of `wanted` are missing from `columns`."""
        short = self.programme.column(0, wanted, whole=False)
        self.programme.row(wanted, [*_each(columns), (short, 1)], INF)
        self.follows(short, lambda values: max(0, wanted - sum(values[column] for column in columns)))
        return short

    def _overfull(self, columns: list[int], kept: list[int], room: int) -> None:
        """More stand there than are needed: they may stay, but nobody comes unless enough of them leave."""
        new = [column for column in columns if column not in set(kept)]
        if not room or not new:
            for column in new:
                self.programme.row(0, [(column, 1)], 0)
            return
        comes = self.programme.column()
        self.follows(comes, lambda values: float(any(values[column] for column in new)))
        self.programme.row(-INF, [*_each(new), (comes, -room)], 0)
        self.programme.row(-INF, [*_each(columns), (comes, len(kept) - room)], len(kept))

    def _add_specialities(self, slot: Slot, here: list[str]) -> None:
        there = {one for who in self._there[slot] if who in self.experts for one in self.experts[who].specialities}
        for one in dict.fromkeys(self.facts.specialities.get(slot, ())):
            if one not in there:
                able = [self.seat[slot, who] for who in here if one in self.experts[who].specialities]
                self.uncovered[slot, one] = self._short(able, 1)

    # --- limits ---

    def _add_limits(self, expert: Expert) -> None:
        mine, held = self.mine[expert.id], self.held.get(expert.id, [])
        for slots, limit in limited(expert, mine, held, self.facts):
            self._at_most([self.seat[slot, expert.id] for slot in slots], limit)
        in_a_row = self.facts.limits.consecutive_days
        if in_a_row is not None:
            self._add_row_limit(expert, in_a_row)

    def _at_most(self, columns: list[int], limit: int) -> None:
        if len(columns) > limit:
            self.programme.row(-INF, _each(columns), limit)

    def _add_row_limit(self, expert: Expert, most: int) -> None:
        """In every stretch of `most` + 1 days at least one without duty."""
        held = {slot.day for slot in self.held.get(expert.id, ())}
        days: dict[date, list[int]] = {}
        for slot in self.mine[expert.id]:
            if slot.day not in held:
                days.setdefault(slot.day, []).append(self.seat[slot, expert.id])
        busy: dict[date, list[int]] = {}
        for stretch in stretches(set(days) | held, most + 1):
            free = [day for day in stretch if day in days]
            for day in free:
                if day not in busy:
                    busy[day] = days[day] if expert.daily_limit == 1 else [self._busy(days[day])]
            columns = [column for day in free for column in busy[day]]
            self._at_most(columns, max(0, most - (len(stretch) - len(free))))

    def _busy(self, columns: list[int]) -> int:
        """A column that is 1 where any of `columns` is."""
        if len(columns) == 1:
            return columns[0]
        busy = self.programme.column(whole=False)
        self.follows(busy, lambda values: max(values[column] for column in columns))
        for column in columns:
            self.programme.row(-INF, [(column, 1), (busy, -1)], 0)
        return busy

    # --- solutions ---

    def follows(self, column: int, rule: Callable[[Sequence[float]], float]) -> None:
        """`column` is what `rule` makes of the columns before it."""
        self._follows.append((column, rule))

    def values(self, chosen: Collection[Place]) -> list[float]:
        """All columns where exactly `chosen` are seated."""
        found = [0.0] * len(self.programme.lower)
        for place in chosen:
            found[self.seat[place]] = 1.0
        for column, rule in self._follows:
            found[column] = rule(found)
        return found

    def chosen(self, values: Sequence[float]) -> list[Place]:
        """Who is seated, by slot and staff number."""
        return [place for place, column in self.seat.items() if values[column] > 0.5]


def limited(
    expert: Expert, mine: Iterable[Slot], held: Iterable[Slot], facts: Facts
) -> Iterator[tuple[list[Slot], int]]:
    """Each group of slots of which the expert may have so many only; what is held is already taken off."""
    slots, taken = list(mine), list(held)
    yield from _groups(slots, taken, lambda slot: slot.day, expert.daily_limit)
    yield from _groups(slots, taken, lambda slot: slot.week, expert.weekly_limit)
    yield from _groups(slots, taken, lambda slot: slot.month, expert.monthly_limit)
    weekend = [slot for slot in slots if slot.weekend], [slot for slot in taken if slot.weekend]
    yield from _groups(*weekend, lambda slot: slot.month, facts.limits.weekend_duties)


def _groups(
    slots: list[Slot], taken: list[Slot], by: Callable[[Slot], Hashable], limit: int | None
) -> Iterator[tuple[list[Slot], int]]:
    if limit is None:
        return
    groups: dict[Hashable, list[Slot]] = {}
    for slot in slots:
        groups.setdefault(by(slot), []).append(slot)
    used = Counter(by(slot) for slot in taken)
    for key, group in groups.items():
        yield group, max(0, limit - used[key])


def stretches(days: Collection[date], length: int) -> Iterator[list[date]]:
    """Every run of `length` days that all are among `days`."""
    for day in sorted(days):
        stretch = [day + n * _DAY for n in range(length)]
        if all(one in days for one in stretch):
            yield stretch


def check(cancel: CancelToken | None) -> None:
    """Raises Cancelled if it was asked for."""
    if cancel is not None:
        cancel.check()


def _each(columns: Iterable[int]) -> list[tuple[int, int]]:
    return [(column, 1) for column in columns]
