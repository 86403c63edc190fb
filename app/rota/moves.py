"""Moving one duty and exchanging two: what speaks against each place, worked out once when an expert is picked up."""

from __future__ import annotations

from datetime import date

from app.common.errors import Confirmation, UserError
from app.common.words import N_, tr
from app.rota import acts
from app.rota.facts import Roster, counts
from app.rota.gaps import reason_text
from app.rota.naming import slot_of
from app.rota.rules import Slot
from app.rota.views import Targets
from db.engine import Tx
from db.models import Assignment


def targets(roster: Roster, staff_id: str, row: Assignment | None) -> Targets:
    """Where an expert could go; `row` is the duty that she would leave. UserError if she is no expert here."""
    expert = roster.expert(staff_id)
    left = slot_of(row) if row is not None else None
    slots = {slot: roster.obstacles(staff_id, slot, leaving=left) for slot in {*roster.needed, *roster.by_slot}}
    swaps = {}
    for other in roster.rows if left is not None else ():
        if counts(other) and other.staff_id != staff_id and other.staff_id in roster.experts:
            swaps[other.id] = roster.obstacles(other.staff_id, left, leaving=slot_of(other)) if left else ()
    return Targets(staff_id, expert.name, left, slots, swaps)


def exchange(
    tx: Tx, roster: Roster, one: Assignment, other: Assignment, confirmed: frozenset[str]
) -> tuple[Assignment, Assignment]:
    """Each takes the other's session and room. UserError where a rule allows nothing else; else one question."""
    here, there = slot_of(one), slot_of(other)
    if one.staff_id == other.staff_id or here == there:
        raise UserError("same-duty", N_("These two cannot be exchanged: it would change nothing."))
    if not (counts(one) and counts(other)):
        raise UserError("not-standing", N_("Only duties that stand on the rota are exchanged."))
    first = _against(roster, one.staff_id, there, here)
    second = _against(roster, other.staff_id, here, there)
    if (first or second) and "against-rule" not in confirmed:
        question = N_("{reasons}. Exchange them anyway?")
        raise Confirmation("against-rule", question, reasons=tr("; ").join(part for part in (first, second) if part))
    rooms = one.room_id, other.room_id
    for row in (one, other):
        acts.take_off(row)
        roster.drop(row)
    gone = acts.place(tx, roster, there, one.staff_id, pinned=bool(first), room_id=rooms[1])
    come = acts.place(tx, roster, here, other.staff_id, pinned=bool(second), room_id=rooms[0])
    return gone, come


def weeks(one: date, other: date) -> tuple[date, date]:
    """The whole weeks from the earlier to the later day: what a move between them has to look at."""
    return acts.week_of(min(one, other))[0], acts.week_of(max(one, other))[1]


def _against(roster: Roster, staff_id: str, slot: Slot, leaving: Slot) -> str:
    """What speaks against it, in words; UserError if nobody may wave it through."""
    expert = roster.expert(staff_id)
    notes = roster.obstacles(staff_id, slot, leaving=leaving)
    words = tr("{name}, {slot}: {reason}", name=expert.name, slot=slot.words(), reason=reason_text(notes))
    acts.refuse(roster, slot, staff_id, notes)
    return words if notes else ""
