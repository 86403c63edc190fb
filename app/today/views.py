"""What the first screen of the day shows, and the facts that one shift hands to the next. No names of clients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.cases.risk_rules import RiskLevel
from app.common.notes import Note
from app.rota.views import OnDuty, Replacement


@dataclass(frozen=True, slots=True)
class Counts:
    """The four tiles. `unsigned` are one's own sessions for a psychologist (`own`), the centre's for others."""

    students: int
    parents: int
    others: int
    waiting: int
    longest_wait: int | None
    unsigned: int
    own: bool
    oldest_hours: int | None
    unanswered: int
    late: int

    @property
    def arrivals(self) -> int:
        return self.students + self.parents + self.others


@dataclass(frozen=True, slots=True)
class DutyGap:
    """A seat that is empty today. `assignment_id` is an absent expert's, if any; `best` could stand in."""

    half: str
    missing: int
    text: Note
    why: Note
    absent_id: str
    absent_name: str
    absent_at: datetime | None
    assignment_id: str
    best: Replacement | None


@dataclass(frozen=True, slots=True)
class DutyHalf:
    """A half day: who comes (from the published rota), what is missing."""

    day: date
    half: str
    hours: tuple[str, str]
    running: bool
    people: tuple[OnDuty, ...]
    gaps: tuple[DutyGap, ...]


@dataclass(frozen=True, slots=True)
class DutyToday:
    """`halves` that are not over. `following`: once none is left, the next day with duty. `published`: whether today's
    rota is in force; `closed` names the holiday."""

    halves: tuple[DutyHalf, ...]
    following: tuple[DutyHalf, ...]
    published: bool
    drafted: bool
    closed: str


@dataclass(frozen=True, slots=True)
class BookingToday:
    """An appointment: time, ticket once here, kind, room, whose it is; no name."""

    id: str
    at: datetime
    ticket: str
    kind: str
    room: str
    staff: str
    status: str


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for this person. `tab` is where it is dealt with; `badge` says what to do."""

    kind: str
    text: Note
    detail: Note | None
    badge: Note
    tone: str
    tab: str


@dataclass(frozen=True, slots=True)
class RiskLine:
    """A case in focused attention or urgent: `level` and `at` are None for those who may know the number only.
    `altered`: its records were tampered with, so that it may be higher. `case_id` only if this person may open it."""

    number: str
    level: RiskLevel | None
    at: datetime | None
    altered: bool = False
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class HolidayLine:
    """A public holiday from `first` to `last`, or one whose days nobody has announced yet (both None)."""

    name: str
    first: date | None
    last: date | None
    year: int

    @property
    def announced(self) -> bool:
        return self.first is not None


@dataclass(frozen=True, slots=True)
class TodayView:
    """The whole screen. `bookings`, `risks` are empty where the role has nothing to do with them."""

    now: datetime
    half: str
    counts: Counts
    duty: DutyToday
    bookings: tuple[BookingToday, ...]
    needs: tuple[Need, ...]
    risks: tuple[RiskLine, ...]
    holidays: tuple[HolidayLine, ...]
    makeup: HolidayLine | None


@dataclass(frozen=True, slots=True)
class HandoverSection:
    """A heading with its lines; no line means that there is nothing."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """What the shift leaves open, in words."""

    day: date
    half: str
    at: datetime
    by: str
    sections: tuple[HandoverSection, ...]

    @property
    def open(self) -> int:
        """How many lines there are in all."""
        return sum(len(section.lines) for section in self.sections)
