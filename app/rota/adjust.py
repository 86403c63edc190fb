"""A proposal changed by hand before it is adopted: one duty taken over alone, one left out. Pure functions.

Neither can break a rule that the whole proposal keeps: each leaves an expert with a part of her proposed duties.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.common.notes import Note
from app.common.words import N_, tr
from app.rota.rules import Duty, Slot
from app.rota.views import GapView, Proposal

BY_HAND = "gap.left-out"


def part(proposal: Proposal, slot: Slot, staff_id: str) -> Proposal:
    """Only what it says about one expert on one session. A new duty comes with the expert's own duties that it takes
    off, since the rules may allow it only then. Nothing at all if it says nothing about them there."""
    added = tuple(duty for duty in proposal.added if _is(duty, slot, staff_id))
    own = tuple(duty for duty in proposal.removed if duty.expert_id == staff_id)
    removed = own if added else tuple(duty for duty in own if duty.slot == slot)
    return replace(proposal, added=added, removed=removed)


def rest(proposal: Proposal, taken: Proposal, base: frozenset[tuple[str, str, bool, bool]]) -> Proposal:
    """What remains once `taken` is adopted; `base` is the board since then."""
    done = {(duty.slot, duty.expert_id) for duty in taken.added}
    gone = {duty.id for duty in taken.removed}
    return replace(
        proposal,
        added=tuple(duty for duty in proposal.added if (duty.slot, duty.expert_id) not in done),
        removed=tuple(duty for duty in proposal.removed if duty.id not in gone),
        duties=tuple(replace(d, new=False) if (d.slot, d.staff_id) in done else d for d in proposal.duties),
        base=base,
    )


def without(proposal: Proposal, slot: Slot, staff_id: str) -> Proposal:
    """Leaves one proposed duty out: its seat is empty then. Duties that stand already are not touched."""
    left = next((d for d in proposal.duties if d.new and d.slot == slot and d.staff_id == staff_id), None)
    if left is None:
        return proposal
    fairness = replace(
        proposal.fairness,
        duties=_less(proposal.fairness.duties, left.number, True),
        with_last_quarter=_less(proposal.fairness.with_last_quarter, left.number, True),
        weekends=_less(proposal.fairness.weekends, left.number, slot.weekend),
    )
    return replace(
        proposal,
        added=tuple(duty for duty in proposal.added if not _is(duty, slot, staff_id)),
        duties=tuple(duty for duty in proposal.duties if duty is not left),
        gaps=_with_gap(proposal.gaps, slot, left.number, left.name),
        fairness=fairness,
        optimal=False,
    )


def _with_gap(gaps: tuple[GapView, ...], slot: Slot, number: str, name: str) -> tuple[GapView, ...]:
    held = next((gap for gap in gaps if gap.slot == slot), None)
    missing = (held.missing if held else 0) + 1
    short = Note.of(BY_HAND, N_("{n} missing · left out by hand"), n=missing)
    long = Note.of(BY_HAND, N_("You left {name} out of the proposal."), name=name)
    reasons = {number: tr("left out of the proposal by hand"), **(held.reasons if held else {})}
    made = GapView(slot, missing, (held.free if held else 0) + 1, short, long, reasons, held.lacking if held else ())
    return tuple(sorted((*(gap for gap in gaps if gap is not held), made), key=lambda gap: gap.slot))


def _less(counted: Mapping[str, int], number: str, one: bool) -> dict[str, int]:
    return {key: value - (one and key == number) for key, value in counted.items()}


def _is(duty: Duty, slot: Slot, staff_id: str) -> bool:
    return duty.slot == slot and duty.expert_id == staff_id
