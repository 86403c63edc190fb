"""What the services of the duty calendar answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.rota.pattern import Pattern
from app.rota.rules import Slot


@dataclass(frozen=True, slots=True)
class PatternLine:
    """One duty pattern. `hours` as they are in force, HH:MM; `words` is its recurrence; `rooms` names in their order;
    `next` its next few days; `twice`: another pattern names the same half days. `stands` is now, coming or past."""

    id: str
    pattern: Pattern
    hours: tuple[str, str]
    words: str
    rooms: tuple[str, ...]
    next: tuple[date, ...]
    stands: str
    twice: bool = False

    @property
    def plain(self) -> bool:
        """Every week, at the centre's hours, nothing more wanted: the weekly grid says all of it."""
        p = self.pattern
        return not (p.rule or p.starts or p.ends or p.room_ids or p.specialities or p.valid_to) and not self.twice


@dataclass(frozen=True, slots=True)
class PreviewDay:
    """One half day before and after a change; 0 is closed. `why` names the holiday or the exception that decides."""

    slot: Slot
    before: int
    after: int
    hours: tuple[str, str]
    why: str = ""


@dataclass(frozen=True, slots=True)
class DutyDayLine:
    """One half day that differs: `needed` 0 is closed. `usual` is what the pattern says."""

    id: str
    slot: Slot
    needed: int
    usual: int
    hours: tuple[str, str]
    own_hours: bool
    reason: str


@dataclass(frozen=True, slots=True)
class AffectedDuty:
    """A duty on the board that a change of the calendar contradicts; it stays until the planner moves it."""

    assignment_id: str
    slot: Slot
    staff_id: str
    name: str
    published: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written (`ids`), and which duties on the board it contradicts."""

    ids: tuple[str, ...]
    affected: tuple[AffectedDuty, ...] = ()


@dataclass(frozen=True, slots=True)
class HolidayLine:
    """Neighbouring days of one holiday. `workday`: a make-up workday; `duty`: experts come all the same."""

    ids: tuple[str, ...]
    first: date
    last: date
    name: str
    workday: bool
    duty: bool
    clashes: bool = field(default=False)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """`announced`: the State Council's days are in the table; `offered`: they are at hand to be taken over and not all
    in the table; `missing`: statutory holidays that the table lacks although the year is announced."""

    year: int
    announced: bool
    offered: bool
    missing: tuple[str, ...]
    lines: tuple[HolidayLine, ...]
