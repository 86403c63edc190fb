"""What the tables say about a stretch of the rota, as the plain facts that the rules and the fill work on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from dateutil.rrule import WEEKLY, rrule
from sqlalchemy import select

from app.common.errors import UserError
from app.common.notes import Note
from app.common.words import N_
from app.rota.fill import Facts
from app.rota.rules import HALVES, Duty, Expert, Slot, monday, obstacles, quarter_start
from db.engine import Tx
from db.models import Assignment, Centre, DutyPattern, Holiday, Leave, Room, Staff

ON_BOARD = ("draft", "published")
IN_FORCE = ("published", "leaving")
"""`leaving`: published, and to be taken off at the next publication; until then the expert is on duty."""

HOURS = {"am": ("08:30", "11:30"), "pm": ("14:00", "17:00")}
_MOST_DAYS = 371


@dataclass(slots=True)
class Roster:
    """One centre's rota from `first` to `last`; `rows` also has the whole weeks and the quarter around them."""

    centre_id: str
    first: date
    last: date
    experts: dict[str, Expert]
    names: dict[str, tuple[str, str]]
    needed: dict[Slot, int]
    holidays: dict[date, str]
    workdays: dict[date, str]
    rooms: dict[str, str]
    hours: dict[str, tuple[str, str]]
    rows: list[Assignment]
    quarter: Counter[str] = field(default_factory=Counter)
    by_slot: dict[Slot, list[Assignment]] = field(default_factory=dict)
    weeks: Counter[tuple[str, tuple[int, int]]] = field(default_factory=Counter)

    def on(self, slot: Slot) -> list[Assignment]:
        """Everybody who has anything to do with that session, absent and leaving ones too."""
        return self.by_slot.get(slot, [])

    def seated(self, slot: Slot) -> set[str]:
        """The staff ids that fill a seat of it on the board."""
        return {row.staff_id for row in self.on(slot) if counts(row)}

    def facts(self) -> Facts:
        """For the fill: duties in the period, and those around it that weekly limits count."""
        inside: list[Duty] = []
        outside: list[Duty] = []
        barred: set[tuple[Slot, str]] = set()
        for row in self.rows:
            slot = Slot(row.day, row.half)
            if row.absent_at is not None:
                barred |= {(Slot(row.day, half), row.staff_id) for half in HALVES}
            elif counts(row) and self.first <= row.day <= self.last:
                inside.append(Duty(slot, row.staff_id, row.pinned, row.id))
            elif counts(row) and monday(self.first) <= row.day <= monday(self.last) + timedelta(days=6):
                outside.append(Duty(slot, row.staff_id, row.pinned, row.id))
        needed = dict(self.needed) | {duty.slot: 0 for duty in inside if duty.slot not in self.needed}
        return Facts(tuple(self.experts.values()), needed, tuple(inside), tuple(outside), frozenset(barred))

    def obstacles(self, expert_id: str, slot: Slot, *, leaving: Slot | None = None) -> tuple[Note, ...]:
        """What speaks against it as the board stands; `leaving` is the duty given up for it (a move)."""
        expert = self.experts[expert_id]
        here = [row for row in self.on(slot) if row.staff_id == expert_id]
        already = any(counts(row) for row in here)
        week = self.weeks[expert_id, slot.week] - (leaving is not None and leaving.week == slot.week)
        if already:
            week -= 1
        day = [row for half in HALVES for row in self.on(Slot(slot.day, half))]
        absent = any(row.staff_id == expert_id and row.absent_at is not None for row in day)
        return obstacles(expert, slot, week, already=already, absent=absent)

    def expert(self, staff_id: str) -> Expert:
        """UserError unless this is an active expert of the centre."""
        found = self.experts.get(staff_id)
        if found is None:
            raise UserError("not-an-expert", N_("This person is not a duty expert of the centre."))
        return found


def counts(row: Assignment) -> bool:
    """Whether it fills a seat on the board."""
    return row.state in ON_BOARD and row.absent_at is None


def in_force(row: Assignment) -> bool:
    """Whether the published rota says that this expert is coming."""
    return row.state in IN_FORCE and row.absent_at is None


def load_roster(tx: Tx, centre_id: str, first: date, last: date) -> Roster:
    """Reads everything in a handful of queries. UserError for a stretch that ends before it begins or is endless."""
    if last < first:
        raise UserError("rota.period", N_("The last day lies before the first."))
    if (last - first).days >= _MOST_DAYS:
        raise UserError("rota.period", N_("The rota is made for at most a year at a time."))
    rows = _rows(tx, centre_id, min(quarter_start(first), monday(first)), monday(last) + timedelta(days=6))
    holidays, workdays = _holidays(tx, first, last)
    roster = Roster(
        centre_id,
        first,
        last,
        experts={},
        names={},
        needed=_needed(tx, centre_id, first, last, holidays),
        holidays=holidays,
        workdays=workdays,
        rooms=_rooms(tx, centre_id),
        hours=centre_hours(tx, centre_id),
        rows=rows,
    )
    for row in rows:
        roster.by_slot.setdefault(Slot(row.day, row.half), []).append(row)
        if counts(row):
            roster.weeks[row.staff_id, Slot(row.day, row.half).week] += 1
    for row in rows:
        if counts(row) and quarter_start(first) <= row.day:
            roster.quarter[row.staff_id] += 1
    earlier = Counter(row.staff_id for row in rows if counts(row) and quarter_start(first) <= row.day < first)
    _add_staff(tx, roster, earlier)
    return roster


def centre_hours(tx: Tx, centre_id: str) -> dict[str, tuple[str, str]]:
    """Wall-clock hours of the two halves, HH:MM."""
    kept = tx.execute(select(Centre.hours).where(Centre.id == centre_id)).scalar() or {}
    return {half: (kept[half][0], kept[half][1]) if half in kept else hours for half, hours in HOURS.items()}


def _rows(tx: Tx, centre_id: str, first: date, last: date) -> list[Assignment]:
    wanted = (Assignment.centre_id == centre_id, Assignment.day >= first, Assignment.day <= last)
    query = select(Assignment).where(*wanted, Assignment.state != "removed")
    return list(tx.execute(query.order_by(Assignment.day, Assignment.half, Assignment.id)).scalars())


def _holidays(tx: Tx, first: date, last: date) -> tuple[dict[date, str], dict[date, str]]:
    query = select(Holiday).where(Holiday.day >= first, Holiday.day <= last, Holiday.withdrawn.is_(False))
    rows = tx.execute(query).scalars().all()
    return {h.day: h.name for h in rows if not h.workday}, {h.day: h.name for h in rows if h.workday}


def _needed(tx: Tx, centre_id: str, first: date, last: date, closed: dict[date, str]) -> dict[Slot, int]:
    query = select(DutyPattern).where(DutyPattern.centre_id == centre_id, DutyPattern.active.is_(True))
    found = {
        Slot(day, row.half): 0 if day in closed else row.needed
        for row in tx.execute(query).scalars()
        if row.needed > 0
        for day in weekly(row.weekday, first, last)
    }
    return dict(sorted(found.items()))


def weekly(weekday: int, first: date, last: date) -> list[date]:
    """The days of a stretch, both ends included, that fall on a weekday (0 is Monday)."""
    begins, ends = datetime.combine(first, time()), datetime.combine(last, time())
    return [moment.date() for moment in rrule(WEEKLY, dtstart=begins, until=ends, byweekday=weekday)]


def _rooms(tx: Tx, centre_id: str) -> dict[str, str]:
    query = select(Room.id, Room.name).where(Room.centre_id == centre_id, Room.active.is_(True))
    return {row.id: row.name for row in tx.execute(query.order_by(Room.position, Room.name))}


def _add_staff(tx: Tx, roster: Roster, earlier: Counter[str]) -> None:
    staff = _staff(tx, roster)
    leave: dict[str, list[tuple[date, date]]] = {}
    for row in tx.execute(select(Leave).where(Leave.withdrawn.is_(False), Leave.last >= roster.first)).scalars():
        leave.setdefault(row.staff_id, []).append((row.first, row.last))
    for person in staff:
        roster.names[person.id] = (person.number, person.name)
        if person.expert and person.active and person.centre_id == roster.centre_id:
            roster.experts[person.id] = _expert(person, earlier[person.id], leave.get(person.id, ()))


def _staff(tx: Tx, roster: Roster) -> list[Staff]:
    here = select(Staff).where(Staff.centre_id == roster.centre_id).order_by(Staff.number, Staff.id)
    found = list(tx.execute(here).scalars())
    missing = {row.staff_id for row in roster.rows} - {person.id for person in found}
    found += (person for staff_id in sorted(missing) if (person := tx.get(Staff, staff_id)) is not None)
    return found


def _expert(person: Staff, earlier: int, leave: Sequence[tuple[date, date]]) -> Expert:
    return Expert(
        id=person.id,
        number=person.number,
        name=person.name,
        available=frozenset((int(weekday), str(half)) for weekday, half in person.availability or ()),
        weekly_limit=person.weekly_limit,
        load=person.last_quarter + earlier,
        leave=tuple(sorted(leave)),
        check_until=person.record_check_until,
        specialities=tuple(person.specialities or ()),
        school_id=person.school_id,
        telephone=person.telephone,
    )
