"""自动排班, as pure calculation: fewest gaps, then the most even duties, nothing against a rule.

Seats are filled one after another. Each takes the least burdened expert who can be reached, directly or by
handing a duty of this run on to somebody else (an alternating path); so no further exchange could make the
loads more even. What stood before the run is kept as long as it breaks no rule, and is handed on only where
a seat would otherwise stay empty. Pinned duties never move. The same facts always give the same result.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from app.common.notes import Note
from app.common.progress import CancelToken, Progress, silent
from app.rota.rules import Duty, Expert, Slot, obstacles

Week = tuple[int, int]
_Step = tuple[Slot, str, Slot | None]


@dataclass(frozen=True, slots=True)
class Gap:
    """缺岗: how many are missing, and why each expert who is not on it cannot be (expert id -> obstacles)."""

    slot: Slot
    missing: int
    reasons: Mapping[str, tuple[Note, ...]]


@dataclass(frozen=True, slots=True)
class Filled:
    """`duties` is the whole board after the run; `added` and `removed` are how it differs from before."""

    duties: tuple[Duty, ...]
    added: tuple[Duty, ...]
    removed: tuple[Duty, ...]
    gaps: tuple[Gap, ...]
    loads: Mapping[str, int]
    optimal: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Facts:
    """`needed`: seats per slot. `standing`: duties on these slots. `outside`: duties on other days of the same weeks,
    for the weekly limits. `barred`: who called in absent from what."""

    experts: Sequence[Expert]
    needed: Mapping[Slot, int]
    standing: Sequence[Duty] = ()
    outside: Sequence[Duty] = ()
    barred: frozenset[tuple[Slot, str]] = frozenset()


def fill(facts: Facts, progress: Progress = silent, cancel: CancelToken | None = None) -> Filled:
    """Proposes; saves nothing. Raises Cancelled between two seats if asked to stop."""
    began = perf_counter()
    board = Board(facts)
    slots = sorted(facts.needed)
    moved = False
    for done, slot in enumerate(slots):
        if cancel is not None:
            cancel.check()
        while len(board.on[slot]) < facts.needed[slot]:
            if board.seat(slot, handing_on_old=False):
                continue
            if not board.seat(slot, handing_on_old=True):
                break
            moved = True
        progress(done + 1, len(slots))
    gaps = find_gaps(facts, board.duties())
    before = {(duty.slot, duty.expert_id): duty for duty in facts.standing}
    after = board.duties()
    kept = {(duty.slot, duty.expert_id) for duty in after}
    return Filled(
        duties=after,
        added=tuple(duty for duty in after if (duty.slot, duty.expert_id) not in before),
        removed=tuple(sorted(duty for key, duty in before.items() if key not in kept)),
        gaps=gaps,
        loads=dict(board.load),
        optimal=not gaps and not moved,
        seconds=perf_counter() - began,
    )


def find_gaps(facts: Facts, duties: Sequence[Duty]) -> tuple[Gap, ...]:
    """Where `duties` leave seats empty, with each expert's reasons."""
    on: dict[Slot, set[str]] = defaultdict(set)
    weeks: Counter[tuple[str, Week]] = Counter()
    for duty in (*duties, *facts.outside):
        on[duty.slot].add(duty.expert_id)
        weeks[duty.expert_id, duty.slot.week] += 1
    found = []
    for slot, needed in sorted(facts.needed.items()):
        missing = needed - len(on[slot])
        if missing > 0:
            reasons = {
                expert.id: obstacles(
                    expert, slot, weeks[expert.id, slot.week], absent=(slot, expert.id) in facts.barred
                )
                for expert in facts.experts
                if expert.id not in on[slot]
            }
            found.append(Gap(slot, missing, reasons))
    return tuple(found)


class Board:
    """Who sits where while seats are being filled."""

    def __init__(self, facts: Facts) -> None:
        self.experts = {expert.id: expert for expert in sorted(facts.experts, key=lambda e: (e.number, e.id))}
        self.rank = {expert_id: place for place, expert_id in enumerate(self.experts)}
        self.load: dict[str, int] = {expert.id: expert.load for expert in self.experts.values()}
        self.on: dict[Slot, dict[str, Duty]] = {slot: {} for slot in sorted(facts.needed)}
        self.held: dict[str, dict[Week, list[Slot]]] = defaultdict(dict)
        self.busy: Counter[tuple[str, Week]] = Counter()
        self.old: set[tuple[Slot, str]] = set()
        self._candidates = {slot: self._eligible(slot, facts) for slot in self.on}
        for duty in facts.outside:
            self.busy[duty.expert_id, duty.slot.week] += 1
        self._place_standing(facts)
        able = {expert_id for slot in self.on for expert_id in self._candidates[slot]}
        self._able = sorted(able, key=self.rank.__getitem__)

    def _eligible(self, slot: Slot, facts: Facts) -> tuple[str, ...]:
        return tuple(
            expert_id
            for expert_id, expert in self.experts.items()
            if not obstacles(expert, slot, -1, absent=(slot, expert_id) in facts.barred)
        )

    def _place_standing(self, facts: Facts) -> None:
        """Pinned ones as they are; the others while no rule speaks against them."""
        for duty in sorted(facts.standing, key=lambda d: (not d.pinned, d)):
            if duty.slot not in self.on:
                continue
            if not duty.pinned:
                expert = self.experts.get(duty.expert_id)
                if expert is None or duty.expert_id not in self._candidates[duty.slot] or self._full(duty):
                    continue
            self._sit(duty)
            self.old.add((duty.slot, duty.expert_id))

    def _full(self, duty: Duty) -> bool:
        limit = self.experts[duty.expert_id].weekly_limit
        return limit is not None and self.busy[duty.expert_id, duty.slot.week] >= limit

    def duties(self) -> tuple[Duty, ...]:
        """The whole board, by session and staff number."""
        return tuple(
            self.on[slot][expert_id]
            for slot in self.on
            for expert_id in sorted(self.on[slot], key=lambda e: (self.rank.get(e, len(self.rank)), e))
        )

    def _sit(self, duty: Duty) -> None:
        self.on[duty.slot][duty.expert_id] = duty
        self.busy[duty.expert_id, duty.slot.week] += 1
        self.load[duty.expert_id] = self.load.get(duty.expert_id, 0) + 1
        if not duty.pinned:
            self.held[duty.expert_id].setdefault(duty.slot.week, []).append(duty.slot)

    def _rise(self, slot: Slot, expert_id: str) -> None:
        duty = self.on[slot].pop(expert_id)
        self.busy[expert_id, slot.week] -= 1
        self.load[expert_id] -= 1
        if not duty.pinned:
            self.held[expert_id][slot.week].remove(slot)

    def seat(self, slot: Slot, *, handing_on_old: bool) -> bool:
        """Puts one more expert on `slot`; False if nobody can be reached."""
        search = _Search(self, slot, handing_on_old)
        path = search.run()
        for taken, expert_id, left in path:
            if left is not None:
                self._rise(left, expert_id)
                self.old.discard((left, expert_id))
            self._sit(Duty(taken, expert_id))
        return bool(path)

    def least(self) -> int:
        """The smallest load that anybody who can be used has: nothing better need be looked for."""
        return min((self.load[expert_id] for expert_id in self._able), default=0)

    def candidates(self, slot: Slot) -> tuple[str, ...]:
        return self._candidates[slot]


class _Search:
    """The shortest way from an empty seat to the least burdened expert.

    Nodes: a slot to be filled; an expert's week; an expert. An expert with room in the week may end the way there, or
    leave a duty of any week; one whose week is full may leave one of that week only. Each node is passed once,
    so the exchange stays within every limit.
    """

    def __init__(self, board: Board, start: Slot, handing_on_old: bool) -> None:
        self.board = board
        self.old_too = handing_on_old
        self.came: dict[Slot, tuple[Slot, str] | None] = {start: None}
        self.queue: deque[tuple[Slot, int]] = deque([(start, 0)])
        self.weeks: set[tuple[str, Week]] = set()
        self.free: set[str] = set()
        self.best: tuple[int, int, int, int] | None = None
        self.end: tuple[Slot, str] | None = None

    def run(self) -> list[_Step]:
        """(slot taken, expert, slot left or None) from the end of the way to its start; empty if there is none."""
        least = self.board.least()
        while self.queue:
            self._look(*self.queue.popleft())
            if self.best is not None and self.best[0] <= least:
                break
        return self._way()

    def _look(self, slot: Slot, depth: int) -> None:
        board, week = self.board, slot.week
        for expert_id in board.candidates(slot):
            if (expert_id, week) in self.weeks or expert_id in board.on[slot]:
                continue
            self.weeks.add((expert_id, week))
            limit, busy = board.experts[expert_id].weekly_limit, board.busy[expert_id, week]
            self._leave(slot, expert_id, week, depth)
            if (limit is None or busy < limit) and expert_id not in self.free:
                self.free.add(expert_id)
                key = (board.load[expert_id], depth, busy, board.rank[expert_id])
                if self.best is None or key < self.best:
                    self.best, self.end = key, (slot, expert_id)
                for other in board.held[expert_id]:
                    if (expert_id, other) not in self.weeks:
                        self.weeks.add((expert_id, other))
                        self._leave(slot, expert_id, other, depth)

    def _leave(self, slot: Slot, expert_id: str, week: Week, depth: int) -> None:
        for left in self.board.held[expert_id].get(week, ()):
            if left in self.came or (not self.old_too and (left, expert_id) in self.board.old):
                continue
            self.came[left] = (slot, expert_id)
            self.queue.append((left, depth + 1))

    def _way(self) -> list[_Step]:
        if self.end is None:
            return []
        slot, expert_id = self.end
        steps: list[_Step] = [(slot, expert_id, None)]
        before = self.came[slot]
        while before is not None:
            taken, expert_id = before
            steps.append((taken, expert_id, slot))
            slot = taken
            before = self.came[slot]
        return steps
