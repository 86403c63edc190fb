"""Which half days a centre staffs, from its patterns, its exceptions and the holidays: pure calendar arithmetic."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from dateutil.rrule import WEEKLY, rrule

from app.common.errors import UserError
from app.common.recurrence import read_rule
from app.rota.rules import Slot

_BEGINNING = date(2001, 1, 1)
"""A Monday: from when a pattern without a first day is counted."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A half day that is staffed regularly. `rule` is an RFC 5545 recurrence counted from the first `weekday` on or
    after `valid_from`; empty: every week. `starts` and `ends` (HH:MM) empty: the centre's hours."""

    weekday: int
    half: str
    needed: int
    starts: str = ""
    ends: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    rule: str = ""
    room_ids: tuple[str, ...] = ()
    specialities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exceptional:
    """One half day that differs: extra duty, or none (`needed` 0). It holds on a holiday too."""

    day: date
    half: str
    needed: int
    starts: str = ""
    ends: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DutySession:
    """What one half day asks for. `needed` is 0 where it is closed; `reason` says why it differs from the pattern."""

    needed: int
    hours: tuple[str, str]
    room_ids: tuple[str, ...] = ()
    specialities: tuple[str, ...] = ()
    reason: str = ""


def occurrences(pattern: Pattern, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which the pattern holds. UserError for a rule that cannot be read."""
    begins = pattern.valid_from or _BEGINNING
    begins += timedelta(days=(pattern.weekday - begins.weekday()) % 7)
    until = min(last, pattern.valid_to) if pattern.valid_to else last
    if until < max(first, begins):
        return []
    low, high = (datetime.combine(day, time()) for day in (max(first, begins), until))
    if not pattern.rule:
        low += timedelta(days=(pattern.weekday - low.weekday()) % 7)
        return [moment.date() for moment in rrule(WEEKLY, dtstart=low, until=high)]
    return [moment.date() for moment in read_rule(pattern.rule, begins).between(low, high, inc=True)]


def sessions(
    patterns: Iterable[Pattern],
    exceptions: Iterable[Exceptional],
    closed: Collection[date],
    hours: Mapping[str, tuple[str, str]],
    first: date,
    last: date,
) -> dict[Slot, DutySession]:
    """Every half day of the stretch that a pattern or an exception names, in order. Where two patterns meet, the larger
    number counts and the specialities of both; days in `closed` need nobody, unless an exception says so. A recurrence
    that this program cannot read counts as every week: a seat too many is seen, a missing one is not."""
    found: dict[Slot, DutySession] = {}
    for pattern in patterns:
        usual = hours[pattern.half]
        one = DutySession(
            pattern.needed,
            (pattern.starts or usual[0], pattern.ends or usual[1]),
            pattern.room_ids,
            pattern.specialities,
        )
        for day in _days(pattern, first, last) if pattern.needed > 0 else ():
            slot = Slot(day, pattern.half)
            found[slot] = _both(found[slot], one) if slot in found else one
    for slot, one in found.items():
        if slot.day in closed:
            found[slot] = DutySession(0, one.hours, one.room_ids, ())
    for extra in exceptions:
        slot = Slot(extra.day, extra.half)
        if first <= extra.day <= last:
            usual_one = found.get(slot, DutySession(0, hours[extra.half]))
            times = (extra.starts or usual_one.hours[0], extra.ends or usual_one.hours[1])
            wanted = usual_one.specialities if extra.needed else ()
            found[slot] = DutySession(extra.needed, times, usual_one.room_ids, wanted, extra.reason)
    return dict(sorted(found.items()))


def _days(pattern: Pattern, first: date, last: date) -> list[date]:
    try:
        return occurrences(pattern, first, last)
    except UserError:
        return occurrences(replace(pattern, rule=""), first, last)


def _both(one: DutySession, other: DutySession) -> DutySession:
    return DutySession(
        max(one.needed, other.needed),
        (min(one.hours[0], other.hours[0]), max(one.hours[1], other.hours[1])),
        tuple(dict.fromkeys((*one.room_ids, *other.room_ids))),
        tuple(dict.fromkeys((*one.specialities, *other.specialities))),
    )
