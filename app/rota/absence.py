"""An expert who cannot come: which bookings that touches, who could stand in and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select

from app.common.clock import at_centre, local
from app.common.words import N_, ntr, tr
from app.people.contact import Contact, contacts
from app.people.merging_clients import standing_clients
from app.rota.facts import Roster
from app.rota.gaps import reason_text
from app.rota.rules import HALVES, Slot
from app.rota.show import total_load
from app.rota.views import Absence, BookingView, Replacement
from db.engine import Tx
from db.models import Appointment, Assignment, Client

_SOFT = frozenset({"unavailable", "limit"})
_ENOUGH = 3


def absence_view(
    tx: Tx, roster: Roster, staff_id: str, day: date, halves: tuple[str, ...], changed: int, *, name_clients: bool
) -> Absence:
    """What the absence of `staff_id` changes; `roster` covers the week of `day`."""
    number, name = roster.names[staff_id]
    rows = {row.half: row for half in halves for row in roster.on(Slot(day, half)) if _hers(row, staff_id)}
    booked = bookings_of(tx, roster, staff_id, day, halves)
    clients = standing_clients(tx, {row.client_id for row in booked} if name_clients else ())
    reached = contacts(tx, clients)
    found = [_booking(roster, row, clients.get(row.client_id), reached.get(row.client_id)) for row in booked]
    schools = _schools(tx, booked)
    replacements = [
        replacement
        for half, row in rows.items()
        if not _covered(roster, row)
        for replacement in find_replacements(roster, row, schools)
    ]
    return Absence(
        staff_id=staff_id,
        number=number,
        name=name,
        day=day,
        assignments={half: row.id for half, row in rows.items()},
        changed=changed,
        bookings=tuple(found),
        replacements=tuple(replacements),
    )


def find_replacements(roster: Roster, absent: Assignment, schools: frozenset[str] = frozenset()) -> list[Replacement]:
    """Who could stand in for `absent`: free, then of the same speciality, then fewest duties. Experts of the affected
    clients' own `schools` are never proposed (回避). If hardly anybody is free, those who could be asked follow."""
    slot = Slot(absent.day, absent.half)
    gone = roster.experts.get(absent.staff_id)
    wanted = gone.specialities if gone else ()
    ranked = []
    for who, expert in roster.experts.items():
        against = roster.obstacles(who, slot)
        if who == absent.staff_id or expert.school_id in schools or {n.code for n in against} - _SOFT:
            continue
        shared = tuple(s for s in wanted if s in expert.specialities)
        key = (bool(against), not shared, total_load(roster, who), expert.number)
        why = _why(total_load(roster, who), shared, reason_text(against) if against else "")
        room = roster.rooms.get(absent.room_id or "")
        ranked.append(
            (key, Replacement(who, expert.number, expert.name, slot.half, not against, why, expert.telephone, room))
        )
    ranked.sort(key=lambda pair: pair[0])
    free = [found for key, found in ranked if found.free]
    return free if len(free) >= _ENOUGH else [found for _, found in ranked][: max(_ENOUGH, len(free))]


def _why(duties: int, shared: tuple[str, ...], against: str) -> str:
    parts = [ntr("{n} duty in two quarters", "{n} duties in two quarters", duties)]
    if shared:
        parts.append(tr("same speciality: {specialities}", specialities=tr(", ").join(shared)))
    if against:
        parts.append(tr("to be asked: {reason}", reason=against))
    return tr("; ").join(parts)


def _hers(row: Assignment, staff_id: str) -> bool:
    return row.staff_id == staff_id


def _covered(roster: Roster, absent: Assignment) -> bool:
    slot = Slot(absent.day, absent.half)
    return any(row.replaces_id == absent.id and row.absent_at is None for row in roster.on(slot))


def halves_span(day: date, halves: tuple[str, ...], hours: Mapping[str, tuple[str, str]]) -> tuple[datetime, datetime]:
    """From when to when bookings belong to these halves: the day is cut in the middle of the lunch break."""
    noon_from, noon_to = _minutes(hours["am"][1]), _minutes(hours["pm"][0])
    noon = (noon_from + noon_to) // 2
    cut = at_centre(day, noon // 60, noon % 60)
    start, end = at_centre(day, 0), at_centre(day, 23, 59)
    return (start if "am" in halves else cut, end if "pm" in halves else cut)


def half_of(moment: datetime, hours: Mapping[str, tuple[str, str]]) -> str:
    """The half that a moment belongs to."""
    at = local(moment)
    noon = (_minutes(hours["am"][1]) + _minutes(hours["pm"][0])) // 2
    return HALVES[at.hour * 60 + at.minute >= noon]


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def bookings_of(tx: Tx, roster: Roster, staff_id: str, day: date, halves: tuple[str, ...]) -> list[Appointment]:
    first, last = halves_span(day, halves, roster.hours)
    query = select(Appointment).where(
        Appointment.centre_id == roster.centre_id,
        Appointment.staff_id == staff_id,
        Appointment.status == "booked",
        Appointment.starts_at >= first,
        Appointment.starts_at < last,
    )
    return list(tx.execute(query.order_by(Appointment.starts_at, Appointment.id)).scalars())


def _booking(roster: Roster, row: Appointment, client: Client | None, reached: Contact | None) -> BookingView:
    return BookingView(
        id=row.id,
        half=half_of(row.starts_at, roster.hours),
        at=row.starts_at,
        kind=row.kind,
        client_number=client.number if client else None,
        client_name=client.name if client else None,
        telephones=reached.telephones if reached else (),
        safe_times=(reached.safe_times or None) if reached else None,
    )


def _schools(tx: Tx, booked: list[Appointment]) -> frozenset[str]:
    clients = standing_clients(tx, {row.client_id for row in booked})
    return frozenset(client.school_id for client in clients.values() if client.school_id)


NOTHING_THAT_DAY = N_("{name} has neither duty nor bookings on {day}.")
