"""The calendar's rows: what the centre's patterns and exceptions say, and which duties a change contradicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from app.common import recurrence
from app.common.errors import UserError
from app.common.words import N_
from app.rota.calendar_views import AffectedDuty, DutyDayLine, PatternLine, PreviewDay
from app.rota.pattern import DutySession, Pattern, occurrences, sessions
from app.rota.rules import Slot
from app.rota.sessions import Calendar, centre_hours, load_calendar, load_exceptions, load_sessions, pattern_of
from db.engine import Tx
from db.models import Assignment, DutyDay, DutyPattern, Room, Staff
from db.replica.stamping import new_id

_NEXT = 3
_AHEAD = timedelta(days=400)
Hours = Mapping[str, tuple[str, str]]


def pattern_rows(tx: Tx, centre_id: str) -> list[DutyPattern]:
    """Those in use, past ones too."""
    mine = (DutyPattern.centre_id == centre_id, DutyPattern.active.is_(True))
    order = (DutyPattern.weekday, DutyPattern.half, DutyPattern.valid_from, DutyPattern.id)
    return list(tx.execute(select(DutyPattern).where(*mine).order_by(*order)).scalars())


def rooms_of(tx: Tx, centre_id: str) -> dict[str, str]:
    """Room id -> name, those in use, in their order."""
    query = select(Room.id, Room.name).where(Room.centre_id == centre_id, Room.active.is_(True))
    return {row.id: row.name for row in tx.execute(query.order_by(Room.position, Room.name))}


def specialities_of(tx: Tx, centre_id: str) -> tuple[str, ...]:
    """Those of the centre's experts, the most frequent first."""
    here = (Staff.centre_id == centre_id, Staff.expert.is_(True), Staff.active.is_(True))
    found = Counter(one for held in tx.execute(select(Staff.specialities).where(*here)).scalars() for one in held or ())
    return tuple(name for name, _ in sorted(found.items(), key=lambda item: (-item[1], item[0])))


def find_pattern(tx: Tx, centre_id: str, pattern_id: str) -> DutyPattern:
    """UserError if it is gone or another centre's."""
    row = tx.get(DutyPattern, pattern_id)
    if row is None or row.centre_id != centre_id or not row.active:
        raise UserError("no-pattern", N_("This duty pattern is no longer there."))
    return row


def write_pattern(row: DutyPattern, pattern: Pattern) -> None:
    """Sets every column that a pattern has."""
    row.weekday, row.half, row.needed, row.active = pattern.weekday, pattern.half, pattern.needed, True
    row.starts, row.ends = pattern.starts or None, pattern.ends or None
    row.valid_from, row.valid_to = pattern.valid_from, pattern.valid_to
    row.rule = pattern.rule or None
    row.room_ids, row.specialities = list(pattern.room_ids), list(pattern.specialities)


def new_pattern(tx: Tx, centre_id: str, pattern: Pattern) -> DutyPattern:
    """Adds a row."""
    row = DutyPattern(id=new_id(tx), stream="org", centre_id=centre_id)
    write_pattern(row, pattern)
    tx.add(row)
    return row


def stands(pattern: Pattern, today: date) -> str:
    """now, coming or past."""
    if pattern.valid_to is not None and pattern.valid_to < today:
        return "past"
    return "coming" if pattern.valid_from is not None and pattern.valid_from > today else "now"


def pattern_lines(tx: Tx, centre_id: str, today: date) -> list[PatternLine]:
    """Every pattern in words, by weekday and half."""
    hours, rooms = centre_hours(tx, centre_id), rooms_of(tx, centre_id)
    rows = [(row.id, pattern_of(row)) for row in pattern_rows(tx, centre_id)]
    days = {row_id: _coming_days(pattern, today) for row_id, pattern in rows}
    found = []
    for row_id, one in rows:
        usual = hours[one.half]
        alike = (key for key, other in rows if key != row_id and (other.weekday, other.half) == (one.weekday, one.half))
        twice = any(days[row_id] & days[key] for key in alike)
        found.append(
            PatternLine(
                id=row_id,
                pattern=one,
                hours=(one.starts or usual[0], one.ends or usual[1]),
                words=recurrence.said(one.rule),
                rooms=tuple(rooms[room] for room in one.room_ids if room in rooms),
                next=tuple(sorted(days[row_id])[:_NEXT]),
                stands=stands(one, today),
                twice=twice,
            )
        )
    return found


def _coming_days(pattern: Pattern, today: date) -> frozenset[date]:
    try:
        return frozenset(occurrences(pattern, today, today + _AHEAD))
    except UserError:
        return frozenset()


def preview_days(
    tx: Tx,
    centre_id: str,
    change: Callable[[Sequence[tuple[str, Pattern]]], Sequence[Pattern]],
    about: Pattern,
    first: date,
    last: date,
) -> tuple[PreviewDay, ...]:
    """The half days of that pattern and of its weekday, and whatever else the change alters, before and after it."""
    hours, calendar = centre_hours(tx, centre_id), load_calendar(tx, first, last)
    rows = [(row.id, pattern_of(row)) for row in pattern_rows(tx, centre_id)]
    extra = load_exceptions(tx, centre_id, first, last)
    closed = frozenset(calendar.holidays) - calendar.open_days
    before = sessions([pattern for _, pattern in rows], extra, closed, hours, first, last)
    named = frozenset(occurrences(about, first, last))
    after = sessions(change(rows), extra, closed, hours, first, last)
    found = []
    for slot in sorted(before.keys() | after.keys()):
        old, new = before.get(slot, _CLOSED), after.get(slot, _CLOSED)
        mine = slot.half == about.half and (slot.day.weekday() == about.weekday or slot.day in named)
        if mine or old != new:
            found.append(PreviewDay(slot, old.needed, new.needed, new.hours, _why(calendar, slot.day, new)))
    return tuple(found)


_CLOSED = DutySession(0, ("", ""))


def _why(calendar: Calendar, day: date, session: DutySession) -> str:
    return session.reason or calendar.holidays.get(day, "") or calendar.workdays.get(day, "")


def day_lines(tx: Tx, centre_id: str, first: date, last: date) -> list[DutyDayLine]:
    """The exceptions of a stretch; of two for one half day the later written counts and is shown."""
    query = select(DutyDay).where(DutyDay.centre_id == centre_id, DutyDay.day >= first, DutyDay.day <= last)
    rows = tx.execute(query.where(DutyDay.withdrawn.is_(False)).order_by(DutyDay.stamp, DutyDay.id)).scalars()
    latest = {Slot(row.day, row.half): row for row in rows}
    if not latest:
        return []
    hours, calendar = centre_hours(tx, centre_id), load_calendar(tx, first, last)
    patterns = [pattern_of(row) for row in pattern_rows(tx, centre_id)]
    closed = frozenset(calendar.holidays) - calendar.open_days
    usual = sessions(patterns, (), closed, hours, min(slot.day for slot in latest), max(slot.day for slot in latest))
    found = []
    for slot, row in sorted(latest.items()):
        says = usual.get(slot, DutySession(0, hours[slot.half]))
        times = (row.starts or says.hours[0], row.ends or says.hours[1])
        own = bool(row.starts or row.ends)
        found.append(DutyDayLine(row.id, slot, row.needed, says.needed, times, own, row.reason))
    return found


def overfull(tx: Tx, centre_id: str, days: Sequence[date], first: date) -> tuple[AffectedDuty, ...]:
    """Duties from `first` on that stand on closed half days of those days, or are more than it now needs."""
    wanted = [day for day in days if day >= first]
    if not wanted:
        return ()
    low, high = min(wanted), max(wanted)
    calendar = load_calendar(tx, low, high)
    needed = load_sessions(tx, centre_id, calendar, centre_hours(tx, centre_id), low, high)
    query = select(Assignment).where(
        Assignment.centre_id == centre_id,
        Assignment.day.in_(wanted),
        Assignment.state.in_(("draft", "published")),
        Assignment.absent_at.is_(None),
    )
    on: dict[Slot, list[Assignment]] = {}
    for row in tx.execute(query.order_by(Assignment.day, Assignment.half, Assignment.id)).scalars():
        on.setdefault(Slot(row.day, row.half), []).append(row)
    seats = {slot: needed[slot].needed if slot in needed else 0 for slot in on}
    return affected(tx, [row for slot, rows in on.items() if len(rows) > seats[slot] for row in rows])


def affected(tx: Tx, rows: Sequence[Assignment]) -> tuple[AffectedDuty, ...]:
    """With names, in order."""
    ids = {row.staff_id for row in rows}
    names = {row.id: row.name for row in tx.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))}
    found = (
        AffectedDuty(
            row.id, Slot(row.day, row.half), row.staff_id, names.get(row.staff_id, ""), row.state == "published"
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda one: (one.slot, one.name)))


def reopened(rows: Sequence[DutyPattern], wanted: Pattern, ended: date) -> DutyPattern | None:
    """The row that ended on that day and says the same otherwise: it is taken up again instead of a new one."""
    same = replace(wanted, valid_from=None, valid_to=None)
    for row in rows:
        one = pattern_of(row)
        if one.valid_to == ended and replace(one, valid_from=None, valid_to=None) == same:
            return row
    return None
