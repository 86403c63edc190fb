"""Bookings that an absence touched and that were arranged otherwise since. The clients must be told all the same, so
they stay on the call list; which ones they were is remembered in the audit chain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.common.clock import local
from app.common.notes import Note
from app.common.words import N_
from app.rota.facts import Roster
from app.rota.rules import short
from db.engine import Tx
from db.models import Appointment, Assignment, AuditEntry, AuditSubject, Staff

REPLACED, REBOOKED = "rota.replaced", "rota.rebooked"
"""Their audit entries name the absent duty and each booking that went."""


def settled_bookings(
    tx: Tx, roster: Roster, absent: Iterable[Assignment], still_hers: Sequence[Appointment]
) -> dict[Appointment, Note]:
    """By their new time, with what was arranged. What was undone meanwhile is among `still_hers` again."""
    rows = {row.id: row for row in absent}
    query = (
        select(AuditEntry.subjects)
        .join(AuditSubject, (AuditEntry.device == AuditSubject.device) & (AuditEntry.seq == AuditSubject.seq))
        .where(AuditSubject.subject.in_(rows), AuditEntry.act.in_((REPLACED, REBOOKED)))
    )
    named = {subject for subjects in tx.execute(query).scalars() for subject in subjects} if rows else set()
    wanted = (Appointment.id.in_(named - {row.id for row in still_hers}), Appointment.status == "booked")
    found = tx.execute(select(Appointment).where(*wanted).order_by(Appointment.starts_at, Appointment.id)).scalars()
    return {row: _outcome(tx, row) for row in found if row.centre_id == roster.centre_id}


def _outcome(tx: Tx, row: Appointment) -> Note:
    person = tx.get(Staff, row.staff_id) if row.staff_id else None
    at = local(row.starts_at)
    return Note.of(
        "arranged",
        N_("now with {name}, {day} {time}"),
        name=person.name if person else "",
        day=short(at.date()),
        time=f"{at:%H:%M}",
    )
