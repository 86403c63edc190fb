"""What the fill and the repair are asked, and what they answer: plain facts, no search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.common.notes import Note
from app.common.words import N_
from app.rota.rules import NO_LIMITS, Duty, Expert, Limits, Slot, lacks, obstacles


@dataclass(frozen=True, slots=True)
class Facts:
    """`needed`: seats per slot; `specialities`: which of them each slot must have somebody for. `standing`: duties on
    these slots. `outside`: duties around them, for the limits of weeks, months and days in a row. `barred`: who called
    in absent from what; `lost`: which of these were seats that a repair should fill (without it all of `barred`).
    `holidays`: days whose duties are spread evenly on their own."""

    experts: Sequence[Expert]
    needed: Mapping[Slot, int]
    standing: Sequence[Duty] = ()
    outside: Sequence[Duty] = ()
    barred: frozenset[tuple[Slot, str]] = frozenset()
    specialities: Mapping[Slot, tuple[str, ...]] = field(default_factory=dict)
    limits: Limits = NO_LIMITS
    holidays: frozenset[date] = frozenset()
    lost: frozenset[tuple[Slot, str]] | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """缺岗: how many are missing, which specialities nobody there has, and why each expert who is not on it cannot be
    (expert id -> obstacles; empty: could be). `missing` is 0 where only a speciality is."""

    slot: Slot
    missing: int
    reasons: Mapping[str, tuple[Note, ...]]
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """How often an expert is on duty, what was carried over included."""

    duties: int = 0
    weekends: int = 0
    holidays: int = 0


@dataclass(frozen=True, slots=True)
class Filled:
    """`duties` is the whole board after the run; `added` and `removed` are how it differs from before. `optimal`: it is
    proven that no rota is better; else `distance` says by which share the best one could be at most (0.02 is 2%)."""

    duties: tuple[Duty, ...]
    added: tuple[Duty, ...]
    removed: tuple[Duty, ...]
    gaps: tuple[Gap, ...]
    loads: Mapping[str, Load]
    optimal: bool
    seconds: float
    distance: float = 0.0


def slots_of(duties: Sequence[Duty]) -> dict[str, list[Slot]]:
    """Expert id -> the slots of all their duties, each once, in order."""
    found: dict[str, list[Slot]] = defaultdict(list)
    for slot, who in sorted({(duty.slot, duty.expert_id) for duty in duties}):
        found[who].append(slot)
    return found


def find_gaps(facts: Facts, duties: Sequence[Duty]) -> tuple[Gap, ...]:
    """Where `duties` leave seats empty or specialities uncovered, with each expert's reasons."""
    held = slots_of((*duties, *facts.outside))
    on: dict[Slot, set[str]] = defaultdict(set)
    for duty in duties:
        on[duty.slot].add(duty.expert_id)
    skills = {expert.id: set(expert.specialities) for expert in facts.experts}
    found = []
    for slot, needed in sorted(facts.needed.items()):
        missing = max(0, needed - len(on[slot]))
        there = set().union(*(skills.get(who, set()) for who in on[slot])) if on[slot] else set()
        lacking = tuple(one for one in facts.specialities.get(slot, ()) if one not in there) if needed else ()
        if missing or lacking:
            reasons = {
                e.id: _against(facts, e, slot, held, lacking if not missing else ())
                for e in facts.experts
                if e.id not in on[slot]
            }
            found.append(Gap(slot, missing, reasons, lacking))
    return tuple(found)


def _against(
    facts: Facts, expert: Expert, slot: Slot, held: Mapping[str, list[Slot]], wanted: tuple[str, ...]
) -> tuple[Note, ...]:
    """`wanted`: the seats are all taken, only somebody with one of these would do."""
    notes = obstacles(expert, slot, held.get(expert.id, ()), facts.limits, absent=(slot, expert.id) in facts.barred)
    lack = lacks(expert, wanted)
    if lack is not None:
        return lack, *notes
    return notes if notes or not wanted else (Note.of("full", N_("all seats of it are taken")),)
