"""What becomes of the bookings of an expert who cannot come: to somebody else at the same time, to a later duty
session of the same expert, or still to be called about. Each booking that cannot go says why; none is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.common.clock import local
from app.common.notes import Note
from app.common.words import N_
from app.rota.avoid import OWN_SCHOOL, Place, works_at
from app.rota.bookings import at_clock, half_of, overlapping, taken_between
from app.rota.facts import Roster
from app.rota.rules import Slot, barred, on_leave
from app.rota.sessions import load_calendar, load_sessions
from db.engine import Tx
from db.models import Appointment, Assignment

AHEAD = timedelta(weeks=4)
"""How far ahead a later session is looked for."""
_BREAK = 10

NO_LATER = Note.of("no-later", N_("no free duty session in the next four weeks"))


@dataclass(frozen=True, slots=True)
class Move:
    """Where a booking goes: to whom, when, in which room."""

    booking_id: str
    staff_id: str
    at: datetime
    room_id: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """`stays`: booking id -> why it cannot go."""

    moves: tuple[Move, ...]
    stays: Mapping[str, Note]


def to_somebody(
    roster: Roster,
    bookings: Sequence[Appointment],
    day: Sequence[Appointment],
    staff_id: str,
    workplace: Place | None,
    schools: Mapping[str, Place],
    room_id: str | None = None,
) -> Plan:
    """All of `bookings` to `staff_id` at the same time. `day`: all bookings of that day; `schools`: client id ->
    school; `room_id`: the room of whoever takes them. A booking keeps its own room while nobody else has it."""
    ids = {row.id for row in bookings}
    others = [row for row in day if row.id not in ids]
    moves, stays = [], {}
    for row in bookings:
        school = schools.get(row.client_id)
        meanwhile = overlapping(others, row.starts_at, row.minutes)
        clash = next((one for one in meanwhile if one.staff_id == staff_id), None)
        if school is not None and works_at(workplace, [school]):
            stays[row.id] = OWN_SCHOOL
        elif clash is not None:
            at = f"{local(clash.starts_at):%H:%M}"
            stays[row.id] = Note.of("booked", N_("has another booking at {time}"), time=at)
        else:
            moves.append(Move(row.id, staff_id, row.starts_at, _room(meanwhile, (row.room_id, room_id))))
    return Plan(tuple(moves), stays)


def to_later(
    tx: Tx, roster: Roster, bookings: Sequence[Appointment], staff_id: str, after: Slot, now: datetime
) -> Plan:
    """Each of `bookings` to the next time at which the same expert is on duty (published) after `after` and free."""
    first, last = after.day, after.day + AHEAD
    sessions = _sessions(tx, roster, staff_id, after, last)
    taken: list[_Taken] = (
        [_Taken.of(row) for row in taken_between(tx, roster.centre_id, first, last)] if sessions else []
    )
    moves, stays = [], {}
    for row in bookings:
        rest = [one for one in taken if one.id != row.id]
        found = next(_free(row, sessions, rest, staff_id, now, roster), None)
        if found is None:
            stays[row.id] = NO_LATER
            continue
        moves.append(found)
        taken = [*rest, _Taken(row.id, found.staff_id, row.client_id, found.room_id, found.at, row.minutes)]
    return Plan(tuple(moves), stays)


def carry_out(bookings: Iterable[Appointment], plan: Plan) -> None:
    """Writes the plan into the rows."""
    moves = {move.booking_id: move for move in plan.moves}
    for row in bookings:
        move = moves.get(row.id)
        if move is not None:
            row.staff_id, row.starts_at, row.room_id = move.staff_id, move.at, move.room_id


@dataclass(frozen=True, slots=True)
class _Taken:
    id: str
    staff_id: str | None
    client_id: str
    room_id: str | None
    starts_at: datetime
    minutes: int

    @classmethod
    def of(cls, row: Appointment) -> _Taken:
        return cls(row.id, row.staff_id, row.client_id, row.room_id, row.starts_at, row.minutes)


@dataclass(frozen=True, slots=True)
class _Session:
    slot: Slot
    room_id: str | None
    hours: tuple[str, str]


def _sessions(tx: Tx, roster: Roster, staff_id: str, after: Slot, last: date) -> list[_Session]:
    """When she is surely coming: published, not absent, not on leave, with a valid check."""
    wanted = (Assignment.centre_id == roster.centre_id, Assignment.staff_id == staff_id)
    days = (Assignment.day >= after.day, Assignment.day <= last)
    query = select(Assignment).where(*wanted, *days, Assignment.state == "published", Assignment.absent_at.is_(None))
    rows = tx.execute(query.order_by(Assignment.day, Assignment.half, Assignment.id)).scalars().all()
    expert = roster.experts.get(staff_id)
    calendar = load_calendar(tx, after.day, last)
    hours = load_sessions(tx, roster.centre_id, calendar, roster.hours, after.day, last)
    found = []
    for row in rows:
        slot = Slot(row.day, row.half)
        if slot > after and (expert is None or (on_leave(expert, slot) is None and not barred(expert, slot))):
            session = hours.get(slot)
            found.append(_Session(slot, row.room_id, session.hours if session else roster.hours[slot.half]))
    return found


def _free(
    row: Appointment,
    sessions: Sequence[_Session],
    taken: Sequence[_Taken],
    staff_id: str,
    now: datetime,
    roster: Roster,
) -> Iterator[Move]:
    """Every time that would do, the soonest first."""
    for session in sessions:
        for starts in _starts(row, session, roster):
            ends = starts + timedelta(minutes=row.minutes)
            meanwhile = [t for t in taken if t.starts_at < ends and starts < t.starts_at + timedelta(minutes=t.minutes)]
            busy = any(one.staff_id == staff_id or one.client_id == row.client_id for one in meanwhile)
            if starts > now and not busy:
                yield Move(row.id, staff_id, starts, _room(meanwhile, (session.room_id, row.room_id)))


def _starts(row: Appointment, session: _Session, roster: Roster) -> Iterator[datetime]:
    """The same time of day where it is the same half, then one after the other through the session."""
    begins, ends = (at_clock(session.slot.day, clock) for clock in session.hours)
    length = timedelta(minutes=row.minutes)
    usual = at_clock(session.slot.day, f"{local(row.starts_at):%H:%M}")
    if half_of(row.starts_at, roster.hours) == session.slot.half and begins <= usual and usual + length <= ends:
        yield usual
    while begins + length <= ends:
        if begins != usual:
            yield begins
        begins += length + timedelta(minutes=_BREAK)


def _room(meanwhile: Iterable[Appointment | _Taken], wanted: Iterable[str | None]) -> str | None:
    """The first of the rooms that nobody has then."""
    taken = {one.room_id for one in meanwhile}
    return next((room for room in wanted if room and room not in taken), None)
