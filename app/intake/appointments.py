"""预约: booked, met by an arrival, missed or cancelled. A room or an expert is never booked twice unasked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.common.changes import Changes, Done, Topic
from app.common.clock import at_centre, local
from app.common.errors import Confirmation, UserError
from app.common.words import N_
from app.intake.rules import must_not_counsel
from app.intake.views import AppointmentView
from app.people.merging_clients import root, standing_clients
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Appointment, Client, Room, Staff, Visit
from db.replica.stamping import new_id

_CHANGED = Changes.of(Topic.APPOINTMENTS)
KIND_WORDS = {"first": N_("First visit"), "return": N_("Return visit"), "parent": N_("Parent")}
STATUS_WORDS = {
    "booked": N_("Not yet here"),
    "arrived": N_("Arrived"),
    "missed": N_("Did not come"),
    "cancelled": N_("Cancelled"),
}


def book(
    tx: Tx,
    ctx: Context,
    client_id: str,
    starts_at: datetime,
    staff_id: str | None = None,
    room_id: str | None = None,
    minutes: int = 50,
    kind: str = "return",
) -> Appointment:
    """Adds a booking; no rule is asked here."""
    row = Appointment(
        id=new_id(tx),
        centre_id=ctx.who.centre_id,
        client_id=client_id,
        staff_id=staff_id,
        starts_at=starts_at,
        minutes=minutes,
        room_id=room_id,
        kind=kind,
        status="booked",
    )
    tx.add(row)
    return row


class AppointmentService:
    """Bookings of the signed-in user's centre."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def day(self, day: date) -> tuple[AppointmentView, ...]:
        """The bookings of a day by time, cancelled ones left out."""
        with self.ctx.read(May.SEE_QUEUE) as tx:
            return tuple(appointments_of(tx, self.ctx.who.centre_id, day))

    def book(
        self,
        client_id: str,
        starts_at: datetime,
        staff_id: str | None = None,
        room_id: str | None = None,
        minutes: int = 50,
        kind: str = "return",
        confirmed: Collection[str] = frozenset(),
    ) -> Done[str]:
        """Books. UserError for a past time or 回避; Confirmation if the room or the expert is taken then."""
        if starts_at < self.ctx.clock.now():
            raise UserError("past", N_("This time is over."))
        with self.ctx.write(May.BOOK, "appointment.booked") as act:
            client = act.tx.get_one(Client, root(act.tx, client_id))
            staff = act.tx.get(Staff, staff_id) if staff_id else None
            if staff is not None and must_not_counsel(staff.school_id, client.school_id):
                raise UserError(
                    "own-school", N_("{name} works at this client's school and is not proposed."), name=staff.name
                )
            if "taken" not in confirmed:
                self._ask_if_taken(act.tx, starts_at, minutes, staff_id, room_id)
            row = book(act.tx, self.ctx, client.id, starts_at, staff_id, room_id, minutes, kind)
            act.on(row.id, client.id)
        return Done(row.id, _CHANGED)

    def cancel(self, appointment_id: str) -> Done[None]:
        """Cancels a booking that nobody has come to."""
        return self._set(appointment_id, "cancelled")

    def missed(self, appointment_id: str) -> Done[None]:
        """Notes that the client did not come."""
        return self._set(appointment_id, "missed")

    def _set(self, appointment_id: str, status: str) -> Done[None]:
        with self.ctx.write(May.BOOK, f"appointment.{status}") as act:
            row = act.tx.get(Appointment, appointment_id)
            if row is None or row.centre_id != self.ctx.who.centre_id:
                raise UserError("no-appointment", N_("This booking is not on this PC."))
            if row.status == "arrived":
                raise UserError("has-come", N_("The client has come; the booking stays."))
            row.status = status
            act.on(row.id)
        return Done(None, _CHANGED)

    def _ask_if_taken(
        self, tx: Tx, starts_at: datetime, minutes: int, staff_id: str | None, room_id: str | None
    ) -> None:
        ends = starts_at + timedelta(minutes=minutes)
        for other in _rows(tx, self.ctx.who.centre_id, local(starts_at).date()):
            overlaps = other.starts_at < ends and starts_at < other.starts_at + timedelta(minutes=other.minutes)
            shared = (staff_id and other.staff_id == staff_id) or (room_id and other.room_id == room_id)
            if overlaps and shared and other.status != "missed":
                raise Confirmation(
                    "taken",
                    N_("The room or the expert is booked at {time} already. Book all the same?"),
                    time=f"{local(other.starts_at):%H:%M}",
                )


def _rows(tx: Tx, centre_id: str, day: date) -> list[Appointment]:
    begins = at_centre(day, 0)
    query = select(Appointment).where(
        Appointment.centre_id == centre_id,
        Appointment.starts_at >= begins,
        Appointment.starts_at < begins + timedelta(days=1),
        Appointment.status != "cancelled",
    )
    return list(tx.execute(query.order_by(Appointment.starts_at)).scalars())


def appointments_of(tx: Tx, centre_id: str, day: date) -> list[AppointmentView]:
    """The day's bookings with names; for the desk's own screen."""
    rows = _rows(tx, centre_id, day)
    clients = {one: client.name for one, client in standing_clients(tx, {r.client_id for r in rows}).items()}
    staff = dict(tx.execute(select(Staff.id, Staff.name)).all())
    rooms = dict(tx.execute(select(Room.id, Room.name)).all())
    visits = {r.visit_id for r in rows if r.visit_id}
    tickets = dict(tx.execute(select(Visit.id, Visit.ticket).where(Visit.id.in_(visits))).all())
    return [
        AppointmentView(
            id=row.id,
            client_id=row.client_id,
            client_name=clients.get(row.client_id, ""),
            starts_at=row.starts_at,
            minutes=row.minutes,
            room_name=rooms.get(row.room_id or "", ""),
            staff_name=staff.get(row.staff_id or "", ""),
            kind=row.kind,
            status=row.status,
            ticket=tickets.get(row.visit_id or "") or "",
        )
        for row in rows
    ]
