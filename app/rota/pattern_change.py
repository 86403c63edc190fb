"""What a change of a duty pattern means for the days, and what speaks against it: pure, for saving and for preview."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from app.common.errors import UserError
from app.common.recurrence import check_rule
from app.common.words import N_, tr
from app.rota.pattern import Pattern, occurrences, sessions
from app.rota.rules import HALF_WORDS, HALVES, WEEKDAYS, Slot

MOST = 20
_YEAR = timedelta(days=371)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def check(pattern: Pattern, hours: Mapping[str, tuple[str, str]], rooms: Collection[str]) -> None:
    """UserError in words unless it can be kept. `hours` are the centre's, `rooms` the ids of those in use."""
    if pattern.weekday not in range(7) or pattern.half not in HALVES:
        raise UserError("pattern-when", N_("Choose a weekday and a half day."))
    if not 1 <= pattern.needed <= MOST:
        raise UserError("pattern-needed", N_("Between 1 and {most} experts can be on duty."), most=MOST)
    check_hours(pattern.half, pattern.starts, pattern.ends, hours)
    if pattern.valid_from and pattern.valid_to and pattern.valid_to < pattern.valid_from:
        raise UserError("pattern-period", N_("The last day lies before the first."))
    if pattern.rule:
        begins = first_day(pattern)
        check_rule(pattern.rule, begins)
    if set(pattern.room_ids) - set(rooms):
        raise UserError("no-room", N_("This room does not exist."))


def check_hours(half: str, starts: str, ends: str, hours: Mapping[str, tuple[str, str]]) -> None:
    """UserError unless both are HH:MM (or empty: the centre's) and the end comes after the start."""
    if any(one and not _TIME.fullmatch(one) for one in (starts, ends)):
        raise UserError("hours", N_("A time is written as 08:30."))
    begins, finishes = starts or hours[half][0], ends or hours[half][1]
    if finishes <= begins:
        raise UserError(
            "hours-backwards", N_("It would end at {end} and begin at {start}."), end=finishes, start=begins
        )


def first_day(pattern: Pattern) -> date:
    """From which day its recurrence is counted."""
    begins = pattern.valid_from or date(2001, 1, 1)
    return begins + timedelta(days=(pattern.weekday - begins.weekday()) % 7)


def has_held(pattern: Pattern, before: date) -> bool:
    """Whether any duty day of it lies before that day."""
    if pattern.valid_from is None:
        return True
    return bool(occurrences(pattern, pattern.valid_from, before - timedelta(days=1)))


def split(old: Pattern, new: Pattern, day: date | None) -> tuple[Pattern | None, Pattern]:
    """`old` becomes `new` from `day` on (None: it is a correction, it has always been so): what stays of the old one
    until the day before, if anything, and the new one. Alternate weeks keep their turn."""
    if day is None or not has_held(old, day) or _only_ends(old, new, day):
        return None, new
    begins = day
    if new.rule and (new.rule, new.weekday) == (old.rule, old.weekday):
        begins = next(iter(occurrences(replace(old, valid_to=None), day, day + _YEAR)), day)
    ended = day - timedelta(days=1)
    return replace(old, valid_to=min(old.valid_to or ended, ended)), replace(new, valid_from=begins)


def _only_ends(old: Pattern, new: Pattern, day: date) -> bool:
    """Whether nothing changes but the last day, and no day before `day` with it."""
    before = day - timedelta(days=1)
    later = new.valid_to is not None and new.valid_to >= before and (old.valid_to is None or old.valid_to >= before)
    return later and replace(old, valid_to=new.valid_to) == new


def clash(
    patterns: Sequence[Pattern], changed: Pattern, hours: Mapping[str, tuple[str, str]], today: date
) -> tuple[Pattern | None, tuple[Slot, str, str] | None]:
    """Within a year from today: another pattern of the same half days as `changed`; and a day on which the morning
    would run into the afternoon (its slot, the morning's end, the afternoon's start). `patterns` are the others."""
    first = max(today, changed.valid_from or today)
    days = set(occurrences(changed, first, first + _YEAR))
    same = (p for p in patterns if (p.weekday, p.half) == (changed.weekday, changed.half))
    twice = next((p for p in same if days.intersection(occurrences(p, first, first + _YEAR))), None)
    found = sessions([*patterns, changed], (), (), hours, first, first + _YEAR)
    for day in sorted(days):
        morning, afternoon = found.get(Slot(day, "am")), found.get(Slot(day, "pm"))
        if morning and afternoon and morning.hours[1] > afternoon.hours[0]:
            return twice, (Slot(day, changed.half), morning.hours[1], afternoon.hours[0])
    return twice, None


def half_day_words(weekday: int, half: str) -> str:
    """周三上午, in the language in force."""
    return tr("{weekday} {half}", weekday=tr(WEEKDAYS[weekday]), half=tr(HALF_WORDS[half]))
