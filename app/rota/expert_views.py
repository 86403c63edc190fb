"""What the list of duty experts and its details answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from app.common import recurrence
from app.common.words import tr
from app.people.leave_text import LeaveRead
from app.rota.calendar_views import AffectedDuty
from app.rota.rules import HALF_WORDS, WEEKDAYS, Slot

WARN_DAYS = 60
"""So long before the criminal-record check ends the planner is told."""


@dataclass(frozen=True, slots=True)
class CheckState:
    """`state`: valid, soon (ends within 60 days), expired or missing; `days` until it ends, negative since when."""

    until: date | None
    state: str
    days: int | None


def check_state(until: date | None, today: date) -> CheckState:
    """How the check stands on that day; it holds on its last day."""
    if until is None:
        return CheckState(None, "missing", None)
    days = (until - today).days
    return CheckState(until, "expired" if days < 0 else "soon" if days <= WARN_DAYS else "valid", days)


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """A stretch of leave; `over`: it lies in the past."""

    id: str
    leave: LeaveRead
    over: bool

    def words(self) -> str:
        return leave_words(self.leave)


@dataclass(frozen=True, slots=True)
class WishLine:
    """What the expert would like (`prefer`) or rather not."""

    id: str
    prefer: bool
    weekday: int | None
    day: date | None
    half: str

    def words(self) -> str:
        """周六上午, in the language in force."""
        when = day_words(self.day) if self.day else tr(WEEKDAYS[self.weekday or 0])
        return tr("{weekday} {half}", weekday=when, half=tr(HALF_WORDS[self.half])) if self.half else when


@dataclass(frozen=True, slots=True)
class ExpertLine:
    """A row of the list. `away`: on leave today; `found_by` is what typing finds."""

    staff_id: str
    number: str
    name: str
    sex: str | None
    specialities: tuple[str, ...]
    check: CheckState
    away: bool
    sessions: int
    found_by: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExpertView:
    """All of one expert. `may_plan`: everything can be changed; `may_own`: her own leave and wishes can."""

    staff_id: str
    number: str
    name: str
    sex: str | None
    employer: str | None
    telephone: str | None = field(repr=False)
    specialities: tuple[str, ...]
    availability: frozenset[tuple[int, str]]
    weekly_limit: int | None
    monthly_limit: int | None
    daily_limit: int
    check: CheckState
    leave: tuple[LeaveLine, ...]
    wishes: tuple[WishLine, ...]
    may_plan: bool
    may_own: bool


@dataclass(frozen=True, slots=True)
class Expiring:
    """An expert whose check has ended, ends soon or is not on file; `duty`: the first duty on the board after that."""

    staff_id: str
    number: str
    name: str
    check: CheckState
    duty: Slot | None


@dataclass(frozen=True, slots=True)
class LeaveSaved:
    """The rows written, and the duties on the board that fall into them: nothing is moved."""

    ids: tuple[str, ...]
    affected: tuple[AffectedDuty, ...]


def day_words(day: date) -> str:
    """2027-01-07 周四."""
    return f"{day.isoformat()} {tr(WEEKDAYS[day.weekday()])}"


def leave_words(leave: LeaveRead) -> str:
    """2027-01-07 周四 下午; 2027-01-30 – 2027-02-06，8 天; 每逢周三 下午，2027-03-03 – 2027-06-30."""
    half = tr(HALF_WORDS[leave.half]) if leave.half else ""
    stretch = f"{leave.first.isoformat()} – {leave.last.isoformat()}"
    if leave.rule:
        again = " ".join(part for part in (recurrence.said(leave.rule), half) if part)
        return tr("{again}, {stretch}", again=again, stretch=stretch)
    if leave.first == leave.last:
        return " ".join(part for part in (day_words(leave.first), half) if part)
    days = (leave.last - leave.first) // timedelta(days=1) + 1
    if half:
        return tr("{stretch}, each {half}", stretch=stretch, half=half)
    return tr("{stretch}, {n} days", stretch=stretch, n=days)
