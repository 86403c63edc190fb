"""Which bookings belong to which half day of an expert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.common.clock import at_centre, local
from app.rota.facts import Roster
from app.rota.rules import HALVES
from db.engine import Tx
from db.models import Appointment

Hours = Mapping[str, tuple[str, str]]
TAKEN = ("booked", "arrived")
"""Statuses that take up an expert's and a room's time."""


def halves_span(day: date, halves: tuple[str, ...], hours: Hours) -> tuple[datetime, datetime]:
    """From when to when bookings belong to these halves: the day is cut in the middle of the lunch break."""
    noon_from, noon_to = minutes(hours["am"][1]), minutes(hours["pm"][0])
    noon = (noon_from + noon_to) // 2
    cut = at_centre(day, noon // 60, noon % 60)
    start, end = at_centre(day, 0), at_centre(day, 23, 59)
    return (start if "am" in halves else cut, end if "pm" in halves else cut)


def half_of(moment: datetime, hours: Hours) -> str:
    """The half that a moment belongs to."""
    at = local(moment)
    noon = (minutes(hours["am"][1]) + minutes(hours["pm"][0])) // 2
    return HALVES[at.hour * 60 + at.minute >= noon]


def minutes(clock: str) -> int:
    """Of a wall-clock time HH:MM, from midnight."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def at_clock(day: date, clock: str) -> datetime:
    """The moment of HH:MM on a day."""
    at = minutes(clock)
    return at_centre(day, at // 60, at % 60)


def bookings_of(tx: Tx, roster: Roster, staff_id: str, day: date, halves: tuple[str, ...]) -> list[Appointment]:
    """What is still to come in these halves, by time; ORM rows, for inside a transaction."""
    first, last = halves_span(day, halves, roster.hours)
    query = select(Appointment).where(
        Appointment.centre_id == roster.centre_id,
        Appointment.staff_id == staff_id,
        Appointment.status == "booked",
        Appointment.starts_at >= first,
        Appointment.starts_at < last,
    )
    return list(tx.execute(query.order_by(Appointment.starts_at, Appointment.id)).scalars())


def taken_between(tx: Tx, centre_id: str, first: date, last: date) -> list[Appointment]:
    """Every booking of the centre on these days that takes up somebody's time."""
    query = select(Appointment).where(
        Appointment.centre_id == centre_id,
        Appointment.starts_at >= at_centre(first, 0),
        Appointment.starts_at < at_centre(last + timedelta(days=1), 0),
        Appointment.status.in_(TAKEN),
    )
    return list(tx.execute(query.order_by(Appointment.starts_at, Appointment.id)).scalars())


def overlapping(rows: Iterable[Appointment], starts: datetime, length: int) -> list[Appointment]:
    """Those of `rows` that share a minute with `length` minutes from `starts`."""
    ends = starts + timedelta(minutes=length)
    return [row for row in rows if row.starts_at < ends and starts < row.starts_at + timedelta(minutes=row.minutes)]
