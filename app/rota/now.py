"""Who is on duty now, in which room, free or busy: the published rota beside the queue."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.common.clock import local
from app.rota.facts import centre_hours, in_force
from app.rota.rules import HALVES, Slot
from app.rota.views import DutyNow, OnDuty
from db.engine import Tx
from db.models import Assignment, Room, Staff, Visit

_BUSY = ("in_session", "called")


def duty_now(tx: Tx, centre_id: str, now: datetime) -> DutyNow:
    """The running half day, or the next one of today; nobody once the day is over or without duty."""
    at = local(now)
    clock = f"{at.hour:02}:{at.minute:02}"
    hours = centre_hours(tx, centre_id)
    rows = _todays(tx, centre_id, at.date())
    for half in HALVES:
        begins, ends = hours[half]
        here = [row for row in rows if row.half == half]
        if clock < ends and here:
            return DutyNow(Slot(at.date(), half), begins <= clock, people(tx, here, at.date()))
    return DutyNow(None, False, ())


def _todays(tx: Tx, centre_id: str, day: date) -> list[Assignment]:
    query = select(Assignment).where(Assignment.centre_id == centre_id, Assignment.day == day)
    return [row for row in tx.execute(query).scalars() if in_force(row)]


def people(tx: Tx, rows: list[Assignment], day: date) -> tuple[OnDuty, ...]:
    """The experts of these assignments with their room and what the queue says of them."""
    if not rows:
        return ()
    query = select(Visit).where(Visit.centre_id == rows[0].centre_id, Visit.day == day, Visit.status.in_(_BUSY))
    visits = sorted(tx.execute(query).scalars(), key=lambda visit: (visit.status == "called", visit.status_at))
    rooms = {room.id: room for room in tx.execute(select(Room)).scalars()}
    staff = {s.id: s for s in tx.execute(select(Staff).where(Staff.id.in_([r.staff_id for r in rows]))).scalars()}
    found = []
    for row in rows:
        person = staff.get(row.staff_id)
        if person is None:
            continue
        with_her = next((v for v in visits if v.staff_id == row.staff_id), None)
        room = rooms.get((with_her.room_id if with_her and with_her.room_id else row.room_id) or "")
        order = (room.position if room else 99, person.number)
        state = with_her.status if with_her else "free"
        since = with_her.status_at if with_her else None
        found.append(
            (
                order,
                OnDuty(
                    person.id,
                    person.name,
                    tuple(person.specialities or ()),
                    room.name if room else None,
                    state,
                    since,
                ),
            )
        )
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))
