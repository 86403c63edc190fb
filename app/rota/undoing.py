"""What undo and redo may not bring back, however unchanged the rows are: a rule or a later act has come in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.common.errors import UserError
from app.common.words import N_
from app.rota.bookings import TAKEN, overlapping
from app.rota.facts import counts
from app.rota.rules import Expert, Slot, check_expired, refused
from db.engine import Tx
from db.models import Appointment, Assignment, Publication, Staff
from db.models.base import Synced

Seat = tuple[str, date, str, str]
"""Centre, day, half, staff id."""

CHANGED_SINCE = N_("This was changed again in the meantime, so it cannot be undone.")
REFUSALS = frozenset({"changed-since", "already", "check-expired", "booked"})
"""After one of these the act is not offered again."""

_DAY = timedelta(days=1)


def places(rows: Iterable[Synced]) -> dict[str, object]:
    """What decides whether a row takes up somebody's time, by row id; to be compared after the rows were put back."""
    return {row.id: _place(row) for row in rows}


def _place(row: Synced) -> object:
    if isinstance(row, Assignment):
        return _seat(row) if counts(row) else None
    if isinstance(row, Appointment):
        return (row.centre_id, row.staff_id, row.room_id, row.starts_at) if row.status in TAKEN else None
    return None


def refuse_collisions(tx: Tx, rows: Iterable[Synced], before: dict[str, object]) -> None:
    """Called with the rows put back and not yet committed. UserError if an expert would sit twice on one session or
    without a valid check, or if a booking would take a time that somebody else was given since."""
    moved = [row for row in rows if _place(row) is not None and _place(row) != before.get(row.id)]
    if not moved:
        return
    tx.flush()
    _refuse_seats(tx, [row for row in moved if isinstance(row, Assignment)])
    for row in moved:
        if isinstance(row, Appointment):
            _refuse_booking(tx, row)


def refuse_under_newer(tx: Tx, versions: Iterable[Publication]) -> None:
    """UserError if any of these was followed by a version of the same days that stands: what that one says would no
    longer be so."""
    ours = {row.id: row for row in versions}
    for row in ours.values():
        same = (Publication.centre_id == row.centre_id, Publication.withdrawn.is_(False))
        days = (Publication.first <= row.last, Publication.last >= row.first)
        others = tx.execute(select(Publication).where(*same, *days)).scalars()
        if any(_order(other) > _order(row) for other in others if other.id not in ours):
            raise UserError("changed-since", CHANGED_SINCE)


def _order(row: Publication) -> tuple[datetime, int, str]:
    return row.at, row.number, row.id


def _seat(row: Assignment) -> Seat:
    return row.centre_id, row.day, row.half, row.staff_id


def _refuse_seats(tx: Tx, rows: list[Assignment]) -> None:
    if not rows:
        return
    taken = Counter(_seat(row) for row in _standing(tx, rows))
    people = {row.staff_id for row in rows}
    staff = {one.id: one for one in tx.execute(select(Staff).where(Staff.id.in_(people))).scalars()}
    for row in rows:
        person, slot = staff.get(row.staff_id), Slot(row.day, row.half)
        name = person.name if person is not None else ""
        if taken[_seat(row)] > 1:
            said = N_("{name} was put on {slot} again in the meantime, so it cannot be undone.")
            raise UserError("already", said, name=name, slot=slot.words())
        note = (
            check_expired(Expert(row.staff_id, "", name, check_until=person.record_check_until), slot)
            if person
            else None
        )
        barrier = refused((note,)) if note is not None else None
        if barrier is not None:
            said = N_("{name}, {slot}: {reason}.")
            raise UserError(barrier.code, said, name=name, slot=slot.words(), reason=barrier.text())


def _standing(tx: Tx, rows: list[Assignment]) -> list[Assignment]:
    days, centres = [row.day for row in rows], {row.centre_id for row in rows}
    span = (Assignment.day >= min(days), Assignment.day <= max(days), Assignment.centre_id.in_(centres))
    found = tx.execute(select(Assignment).where(*span, Assignment.state != "removed")).scalars()
    return [row for row in found if counts(row)]


def _refuse_booking(tx: Tx, row: Appointment) -> None:
    near = (Appointment.starts_at >= row.starts_at - _DAY, Appointment.starts_at < row.starts_at + _DAY)
    wanted = (Appointment.centre_id == row.centre_id, Appointment.id != row.id, Appointment.status.in_(TAKEN))
    others = tx.execute(select(Appointment).where(*wanted, *near)).scalars().all()
    for other in overlapping(others, row.starts_at, row.minutes):
        same_room = row.room_id is not None and other.room_id == row.room_id
        if same_room or (row.staff_id is not None and other.staff_id == row.staff_id):
            said = N_("Another booking was given this time in the meantime, so it cannot be undone.")
            raise UserError("booked", said)
