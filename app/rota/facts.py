"""What the tables say about a stretch of the rota, as the plain facts that the rules and the fill work on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from app.common.errors import UserError
from app.common.notes import Note
from app.common.words import N_
from app.rota.pattern import DutySession
from app.rota.people import Carried, load_experts
from app.rota.problem import Facts
from app.rota.rules import (
    HALVES,
    Duty,
    Expert,
    Limits,
    Slot,
    middle_quarter,
    monday,
    month_end,
    month_start,
    obstacles,
    quarter_before,
    quarter_start,
)
from app.rota.sessions import Calendar, centre_hours, load_calendar, load_sessions
from db.engine import Tx
from db.models import Assignment, Centre, Room, Staff

__all__ = ["ON_BOARD", "Roster", "centre_hours", "counts", "in_force", "load_roster"]

ON_BOARD = ("draft", "published")
IN_FORCE = ("published", "leaving")
"""`leaving`: published, and to be taken off at the next publication; until then the expert is on duty."""

_MOST_DAYS = 371


@dataclass(slots=True)
class Roster:
    """One centre's rota from `first` to `last`; `rows` also has the whole weeks and months and the quarters around."""

    centre_id: str
    first: date
    last: date
    experts: dict[str, Expert]
    names: dict[str, tuple[str, str]]
    sessions: dict[Slot, DutySession]
    calendar: Calendar
    limits: Limits
    rooms: dict[str, str]
    hours: dict[str, tuple[str, str]]
    rows: list[Assignment]
    quarter: Counter[str] = field(default_factory=Counter)
    by_slot: dict[Slot, list[Assignment]] = field(default_factory=dict)
    held: dict[str, list[Slot]] = field(default_factory=lambda: defaultdict(list))
    feasts: frozenset[date] = frozenset()
    """The public holidays of all days that `rows` can be on."""

    @property
    def needed(self) -> dict[Slot, int]:
        """Seats of every half day that a pattern or an exception names."""
        return {slot: one.needed for slot, one in self.sessions.items()}

    @property
    def holidays(self) -> Mapping[date, str]:
        return self.calendar.holidays

    @property
    def workdays(self) -> Mapping[date, str]:
        return self.calendar.workdays

    @property
    def quarter_begins(self) -> date:
        """The quarter that the stretch is about: that of its middle, since a month's sheet begins in another month."""
        return middle_quarter(self.first, self.last)

    def beside(self, day: date) -> bool:
        """Whether the day is before the stretch, or after it in the same quarter: what fairness takes into account."""
        later = day > self.last and quarter_start(day) == self.quarter_begins
        return quarter_before(self.quarter_begins) <= day < self.first or later

    def hours_of(self, slot: Slot) -> tuple[str, str]:
        """From when to when, HH:MM."""
        found = self.sessions.get(slot)
        return found.hours if found else self.hours[slot.half]

    def on(self, slot: Slot) -> list[Assignment]:
        """Everybody who has anything to do with that session, absent and leaving ones too."""
        return self.by_slot.get(slot, [])

    def seated(self, slot: Slot) -> set[str]:
        """The staff ids that fill a seat of it on the board."""
        return {row.staff_id for row in self.on(slot) if counts(row)}

    def uncovered(self, slot: Slot) -> list[Assignment]:
        """Duties that somebody called in absent from, and that nobody stands in for yet."""
        covered = {row.replaces_id for row in self.on(slot) if counts(row)}
        absent = (row for row in self.on(slot) if row.absent_at is not None and row.state in ON_BOARD)
        return [row for row in absent if row.id not in covered]

    def add(self, row: Assignment) -> None:
        """Takes a row that was just made into account."""
        slot = Slot(row.day, row.half)
        self.rows.append(row)
        self.by_slot.setdefault(slot, []).append(row)
        if counts(row):
            self.held[row.staff_id].append(slot)

    def drop(self, row: Assignment) -> None:
        """Takes into account that a row was just taken off."""
        slot = Slot(row.day, row.half)
        if slot in self.held[row.staff_id]:
            self.held[row.staff_id].remove(slot)

    def facts(self) -> Facts:
        """For the fill: duties in the period, and those around it that the limits count. Whoever called in absent for
        one half gets nothing new that day, but keeps the other half if that was not called off."""
        inside: list[Duty] = []
        outside: list[Duty] = []
        barred: set[tuple[Slot, str]] = set()
        near = (min(month_start(self.first), monday(self.first)), max(month_end(self.last), _sunday(self.last)))
        wide = (near[0] - timedelta(days=31), near[1] + timedelta(days=31))
        for row in self.rows:
            slot = Slot(row.day, row.half)
            if row.absent_at is not None:
                barred |= {(Slot(row.day, half), row.staff_id) for half in HALVES}
            elif counts(row):
                duty = Duty(slot, row.staff_id, row.pinned, row.id, row.state == "published")
                if self.first <= row.day <= self.last:
                    inside.append(duty)
                elif wide[0] <= row.day <= wide[1]:
                    outside.append(duty)
        needed = self.needed
        return Facts(
            tuple(self.experts.values()),
            needed | {duty.slot: 0 for duty in inside if duty.slot not in needed},
            tuple(inside),
            tuple(outside),
            frozenset(barred - {(duty.slot, duty.expert_id) for duty in inside}),
            {slot: one.specialities for slot, one in self.sessions.items() if one.specialities},
            self.limits,
            frozenset(self.calendar.holidays),
            frozenset((slot, row.staff_id) for slot in self.by_slot for row in self.uncovered(slot)),
        )

    def obstacles(self, expert_id: str, slot: Slot, *, leaving: Slot | None = None) -> tuple[Note, ...]:
        """What speaks against it as the board stands; `leaving` is the duty given up for it (a move)."""
        expert = self.experts[expert_id]
        here = [row for row in self.on(slot) if row.staff_id == expert_id]
        others = {one for one in self.held[expert_id] if one not in (slot, leaving)}
        day = [row for half in HALVES for row in self.on(Slot(slot.day, half))]
        absent = any(row.staff_id == expert_id and row.absent_at is not None for row in day)
        already = any(counts(row) for row in here)
        return obstacles(expert, slot, others, self.limits, already=already, absent=absent)

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


def load_roster(tx: Tx, centre_id: str, first: date, last: date, *, only_published: bool = False) -> Roster:
    """Reads everything in a handful of queries. UserError for a stretch that ends before it begins or is endless.
    `only_published` leaves drafts out: what another centre sees."""
    if last < first:
        raise UserError("rota.period", N_("The last day lies before the first."))
    if (last - first).days >= _MOST_DAYS:
        raise UserError("rota.period", N_("The rota is made for at most a year at a time."))
    begins = middle_quarter(first, last)
    around = (
        min(quarter_before(begins), min(month_start(first), monday(first)) - timedelta(days=31)),
        max(max(month_end(last), _sunday(last)) + timedelta(days=31), quarter_start(begins + timedelta(100))),
    )
    rows = _rows(tx, centre_id, *around)
    hours = centre_hours(tx, centre_id)
    calendar = load_calendar(tx, first, last)
    roster = Roster(
        centre_id,
        first,
        last,
        experts={},
        names={},
        sessions=load_sessions(tx, centre_id, calendar, hours, first, last),
        calendar=calendar,
        limits=centre_limits(tx, centre_id),
        rooms=_rooms(tx, centre_id),
        hours=hours,
        rows=[],
        feasts=frozenset(load_calendar(tx, *around).holidays),
    )
    for row in rows:
        if only_published and row.state == "draft":
            continue
        roster.add(row)
        if counts(row) and quarter_start(row.day) == begins:
            roster.quarter[row.staff_id] += 1
    staff = _staff(tx, roster)
    roster.names.update({person.id: (person.number, person.name) for person in staff})
    mine = [p for p in staff if p.expert and p.active and p.centre_id == centre_id]
    roster.experts.update(load_experts(tx, mine, first, _carried(roster)))
    return roster


def centre_limits(tx: Tx, centre_id: str) -> Limits:
    """What the centre lets nobody exceed."""
    kept = tx.execute(select(Centre.duty_limits).where(Centre.id == centre_id)).scalar() or {}
    return Limits(kept.get("consecutive_days"), kept.get("weekend_duties"))


def _sunday(day: date) -> date:
    return monday(day) + timedelta(days=6)


def _rows(tx: Tx, centre_id: str, first: date, last: date) -> list[Assignment]:
    wanted = (Assignment.centre_id == centre_id, Assignment.day >= first, Assignment.day <= last)
    query = select(Assignment).where(*wanted, Assignment.state != "removed")
    return list(tx.execute(query.order_by(Assignment.day, Assignment.half, Assignment.id)).scalars())


def _rooms(tx: Tx, centre_id: str) -> dict[str, str]:
    query = select(Room.id, Room.name).where(Room.centre_id == centre_id, Room.active.is_(True))
    return {row.id: row.name for row in tx.execute(query.order_by(Room.position, Room.name))}


def _carried(roster: Roster) -> Carried:
    """What everybody has besides the stretch: last quarter, and the rest of this one, before and after. Last quarter is
    counted from the rota once it covers that quarter; until then the number on the experts' list stands."""
    begins = roster.quarter_begins
    mine = [row for row in roster.rows if counts(row) and roster.beside(row.day)]
    covered = any(row.day < begins and (row.day - quarter_before(begins)).days < 14 for row in mine)
    return Carried(
        last_quarter=Counter(row.staff_id for row in mine if row.day < begins) if covered else None,
        this_quarter=Counter(row.staff_id for row in mine if row.day >= begins),
        weekends=Counter(row.staff_id for row in mine if Slot(row.day, row.half).weekend),
        holidays=Counter(row.staff_id for row in mine if row.day in roster.feasts),
    )


def _staff(tx: Tx, roster: Roster) -> list[Staff]:
    here = select(Staff).where(Staff.centre_id == roster.centre_id).order_by(Staff.number, Staff.id)
    found = list(tx.execute(here).scalars())
    missing = {row.staff_id for row in roster.rows} - {person.id for person in found}
    found += (person for staff_id in sorted(missing) if (person := tx.get(Staff, staff_id)) is not None)
    return found
