"""What an answer to a swap request does, inside a transaction."""

from __future__ import annotations

from datetime import datetime

from app.common.errors import Confirmation
from app.common.notes import Note
from app.common.words import N_
from app.rota.acts import refuse
from app.rota.facts import Roster
from app.rota.gaps import reason_text
from app.rota.rules import Slot
from app.rota.swap_rules import DECLINED
from db.engine import Tx
from db.models import Assignment, SwapRequest
from db.replica.stamping import new_id


def write_answer(row: SwapRequest, agreed: bool, how: str, user_id: str, at: datetime) -> None:
    """Only the answer; two PCs may each write one, and both stay (see the merge groups)."""
    row.answer = "agreed" if agreed else DECLINED
    row.answered_by, row.answered_at, row.answered_how = user_id, at, how


def hand_over(tx: Tx, duty: Assignment, to_staff_id: str) -> Assignment:
    """The same seat for somebody else: room, pin and publication stay, and are in force at once."""
    made = Assignment(
        id=new_id(tx),
        stream="org",
        centre_id=duty.centre_id,
        day=duty.day,
        half=duty.half,
        staff_id=to_staff_id,
        state=duty.state,
        pinned=duty.pinned,
        room_id=duty.room_id,
        replaces_id=duty.replaces_id,
    )
    tx.add(made)
    duty.state, duty.pinned = "removed", False
    return made


def check(
    roster: Roster, duty: Assignment, to_staff_id: str, back: Assignment | None, confirmed: frozenset[str]
) -> None:
    """Both sides, as they would stand after the exchange."""
    given = Slot(duty.day, duty.half)
    returned = Slot(back.day, back.half) if back is not None else None
    sides = [(to_staff_id, given, returned)] + ([(duty.staff_id, returned, given)] if returned is not None else [])
    against: list[tuple[str, Slot, tuple[Note, ...]]] = []
    for who, slot, leaving in sides:
        expert = roster.expert(who)
        notes = roster.obstacles(who, slot, leaving=leaving)
        refuse(roster, slot, who, notes)
        if notes:
            against.append((expert.name, slot, notes))
    if against and "against-rule" not in confirmed:
        name, slot, notes = against[0]
        raise Confirmation(
            "against-rule",
            N_("{name}, {slot}: {reason}. Do it all the same?"),
            name=name,
            slot=slot.words(),
            reason=reason_text(tuple(note for _, _, notes in against for note in notes)),
        )
