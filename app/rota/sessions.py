"""The duty sessions and the public holidays of a stretch, read from the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.people.defaults import HOLIDAY_NAMES
from app.rota.pattern import DutySession, Exceptional, Pattern, sessions
from app.rota.rules import Slot
from db.engine import Tx
from db.models import Centre, DutyDay, DutyPattern, Holiday

HOURS = {"am": ("08:30", "11:30"), "pm": ("14:00", "17:00")}


@dataclass(frozen=True, slots=True)
class Calendar:
    """`holidays` and `workdays` (make-up workdays) by day with their names; on `open_days` experts come although it is
    a holiday. `unannounced`: years of the stretch whose holidays nobody has published yet."""

    holidays: Mapping[date, str]
    workdays: Mapping[date, str]
    open_days: frozenset[date]
    unannounced: tuple[int, ...]


def load_calendar(tx: Tx, first: date, last: date) -> Calendar:
    """What is known of the days from `first` to `last`."""
    query = select(Holiday).where(Holiday.day >= first, Holiday.day <= last, Holiday.withdrawn.is_(False))
    rows = tx.execute(query.order_by(Holiday.stamp, Holiday.id)).scalars().all()
    return Calendar(
        {h.day: h.name for h in rows if not h.workday},
        {h.day: h.name for h in rows if h.workday},
        frozenset(h.day for h in rows if h.duty and not h.workday),
        tuple(year for year in range(first.year, last.year + 1) if not is_announced(tx, year)),
    )


def is_announced(tx: Tx, year: int) -> bool:
    """Whether the table has one of the statutory holidays of that year; a day of the centre's own announces nothing."""
    days = (Holiday.day >= date(year, 1, 1), Holiday.day <= date(year, 12, 31))
    query = select(Holiday.name).where(*days, Holiday.workday.is_(False), Holiday.withdrawn.is_(False))
    return any(known in name for name in tx.execute(query.distinct()).scalars() for known in HOLIDAY_NAMES)


def centre_hours(tx: Tx, centre_id: str) -> dict[str, tuple[str, str]]:
    """Wall-clock hours of the two halves, HH:MM."""
    kept = tx.execute(select(Centre.hours).where(Centre.id == centre_id)).scalar() or {}
    return {half: (kept[half][0], kept[half][1]) if half in kept else hours for half, hours in HOURS.items()}


def load_sessions(
    tx: Tx, centre_id: str, calendar: Calendar, hours: Mapping[str, tuple[str, str]], first: date, last: date
) -> dict[Slot, DutySession]:
    """Every half day that the centre's patterns and exceptions name."""
    query = select(DutyPattern).where(DutyPattern.centre_id == centre_id, DutyPattern.active.is_(True))
    patterns = [pattern_of(row) for row in tx.execute(query.order_by(DutyPattern.id)).scalars()]
    exceptions = load_exceptions(tx, centre_id, first, last)
    closed = frozenset(calendar.holidays) - calendar.open_days
    return sessions(patterns, exceptions, closed, hours, first, last)


def load_exceptions(tx: Tx, centre_id: str, first: date, last: date) -> list[Exceptional]:
    """Single half days that differ; of two for the same one the later written comes last, and counts."""
    wanted = (DutyDay.centre_id == centre_id, DutyDay.day >= first, DutyDay.day <= last)
    days = tx.execute(
        select(DutyDay).where(*wanted, DutyDay.withdrawn.is_(False)).order_by(DutyDay.stamp, DutyDay.id)
    ).scalars()
    return [Exceptional(row.day, row.half, row.needed, row.starts or "", row.ends or "", row.reason) for row in days]


def pattern_of(row: DutyPattern) -> Pattern:
    """A row as the calendar arithmetic takes it."""
    return Pattern(
        row.weekday,
        row.half,
        row.needed,
        row.starts or "",
        row.ends or "",
        row.valid_from,
        row.valid_to,
        row.rule or "",
        tuple(row.room_ids or ()),
        tuple(row.specialities or ()),
    )
