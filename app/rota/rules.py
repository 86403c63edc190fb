"""Who may be on which duty session, and if not, why not: pure rules over plain facts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from app.common.errors import UserError
from app.common.notes import Note, Spoken
from app.common.recurrence import read_rule
from app.common.words import N_, tr

HALVES = ("am", "pm")
WEEKEND = (5, 6)

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
HALF_WORDS = {"am": N_("morning"), "pm": N_("afternoon")}

REFUSED = frozenset({"check-expired", "already"})
"""What nobody can override: law §62, and being in two chairs at once. Everything else asks."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """值班时段: a half day, `half` being "am" or "pm"."""

    day: date
    half: str

    @property
    def week(self) -> tuple[int, int]:
        """ISO year and week, which weekly limits count by."""
        return self.day.isocalendar()[:2]

    @property
    def month(self) -> tuple[int, int]:
        """Year and month, which monthly limits count by."""
        return self.day.year, self.day.month

    @property
    def weekend(self) -> bool:
        return self.day.weekday() in WEEKEND

    def words(self) -> str:
        """ "周六下午" in the language in force."""
        return tr("{weekday} {half}", weekday=tr(WEEKDAYS[self.day.weekday()]), half=tr(HALF_WORDS[self.half]))


@dataclass(frozen=True, slots=True, order=True)
class Away:
    """请假 from `first` to `last`, both included. `half`: only this half of each day. `rule`: only the days that the
    recurrence (RFC 5545, as dateutil reads it, counted from `first`) names."""

    first: date
    last: date
    half: str = ""
    rule: str = ""

    def covers(self, slot: Slot) -> bool:
        """Whether that half day is off."""
        if not self.first <= slot.day <= self.last or (self.half and self.half != slot.half):
            return False
        return not self.rule or slot.day in recurring(self.rule, self.first, self.last)


@lru_cache(maxsize=4096)
def recurring(rule: str, first: date, last: date) -> frozenset[date]:
    """The days that a recurrence beginning on `first` names, up to `last`; all of them if it cannot be read, so that
    nobody is put on duty while away."""
    begins, ends = datetime.combine(first, time()), datetime.combine(last, time())
    try:
        return frozenset(moment.date() for moment in read_rule(rule, first).between(begins, ends, inc=True))
    except UserError:
        return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))


@dataclass(frozen=True, slots=True, order=True)
class Wish:
    """What an expert would like (`prefer`) or rather not: on a weekday or on a day, in one half or in both."""

    prefer: bool
    weekday: int | None = None
    day: date | None = None
    half: str = ""

    def about(self, slot: Slot) -> bool:
        return (
            (self.day is None or self.day == slot.day)
            and (self.weekday is None or self.weekday == slot.day.weekday())
            and (not self.half or self.half == slot.half)
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """What the centre lets nobody exceed; None: no such limit. `weekend_duties` are counted a calendar month."""

    consecutive_days: int | None = None
    weekend_duties: int | None = None


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Expert:
    """What the rules know of a duty expert. `load`, `weekends` and `holidays`: duties carried over, last quarter's and
    this quarter's besides the period."""

    id: str
    number: str
    name: str
    available: frozenset[tuple[int, str]] = frozenset()
    weekly_limit: int | None = None
    load: int = 0
    leave: tuple[Away, ...] = ()
    check_until: date | None = None
    specialities: tuple[str, ...] = ()
    school_id: str | None = None
    telephone: str | None = field(default=None, repr=False)
    monthly_limit: int | None = None
    daily_limit: int = 1
    weekends: int = 0
    holidays: int = 0
    wishes: tuple[Wish, ...] = ()
    sex: str | None = None

    def on_leave(self, day: date) -> bool:
        """Whether any half of the day is off."""
        return any(away.covers(Slot(day, half)) for away in self.leave for half in HALVES)

    def wish(self, slot: Slot) -> int:
        """1 wished for, -1 disliked, 0 neither; what names the day outweighs what names the weekday."""
        found = sorted((w for w in self.wishes if w.about(slot)), key=lambda w: (w.day is None, w.half == ""))
        return (1 if found[0].prefer else -1) if found else 0


@dataclass(frozen=True, slots=True, order=True)
class Duty:
    """An expert on a duty session; `id` is the assignment's, empty for one that is only proposed. `published`: people
    have been told, so that a fill leaves it alone."""

    slot: Slot
    expert_id: str
    pinned: bool = False
    id: str = ""
    published: bool = False

    @property
    def fixed(self) -> bool:
        """A fill never moves it."""
        return self.pinned or self.published


def not_available(expert: Expert, slot: Slot) -> Note | None:
    """The weekdays and halves that the expert has offered."""
    if (slot.day.weekday(), slot.half) in expert.available:
        return None
    return Note.of("unavailable", N_("does not do duty on {slot}"), slot=_Words(slot))


def on_leave(expert: Expert, slot: Slot) -> Note | None:
    """Leave, first and last day included."""
    away = next((away for away in sorted(expert.leave) if away.covers(slot)), None)
    if away is None:
        return None
    if away.half:
        half = (
            N_("on leave on the morning of {first}")
            if away.half == "am"
            else N_("on leave on the afternoon of {first}")
        )
        return Note.of("leave", half, first=short(slot.day))
    if away.rule or away.first == away.last:
        return Note.of("leave", N_("on leave on {first}"), first=short(slot.day))
    return Note.of("leave", N_("on leave {first} to {last}"), first=short(away.first), last=short(away.last))


def check_expired(expert: Expert, slot: Slot) -> Note | None:
    """Law on the Protection of Minors §62: without a valid criminal-record check on that day, no duty."""
    if expert.check_until is None:
        return Note.of("check-missing", N_("no criminal-record check is on file"))
    if slot.day > expert.check_until:
        return Note.of(
            "check-expired", N_("criminal-record check expired on {day}"), day=expert.check_until.isoformat()
        )
    return None


def barred(expert: Expert, slot: Slot) -> bool:
    """Whether the law lets her do no duty then, although the rota may still say so: her check ran out since."""
    note = check_expired(expert, slot)
    return note is not None and note.code in REFUSED


def same_day(expert: Expert, slot: Slot, others: Collection[Slot]) -> Note | None:
    """One duty a day, unless the expert has agreed to two."""
    if sum(other.day == slot.day for other in others) < expert.daily_limit:
        return None
    return Note.of("same-day", N_("already on duty that day"))


def over_limit(expert: Expert, slot: Slot, others: Collection[Slot]) -> Note | None:
    """The duties a week and a month that the expert has agreed to; `others` without the one in question."""
    week = sum(other.week == slot.week for other in others)
    if expert.weekly_limit is not None and week >= expert.weekly_limit:
        return Note.of("limit", N_("week is full with {count}"), count=week)
    month = sum(other.month == slot.month for other in others)
    if expert.monthly_limit is not None and month >= expert.monthly_limit:
        return Note.of("month", N_("month is full with {count}"), count=month)
    return None


def over_centre_limit(slot: Slot, others: Collection[Slot], limits: Limits) -> Note | None:
    """The centre's own limits: days in a row, weekend duties a month."""
    if limits.consecutive_days is not None:
        days = {other.day for other in others} | {slot.day}
        row = _run(slot.day, days)
        if row > limits.consecutive_days:
            return Note.of("row", N_("would be {count} days in a row"), count=row)
    if limits.weekend_duties is not None and slot.weekend:
        count = sum(other.weekend and other.month == slot.month for other in others)
        if count >= limits.weekend_duties:
            return Note.of("weekends", N_("weekends of the month are full with {count}"), count=count)
    return None


def lacks(expert: Expert, wanted: Collection[str]) -> Note | None:
    """Where only a certain speciality is missing: whoever has none of those `wanted` cannot help."""
    if not wanted or any(one in wanted for one in expert.specialities):
        return None
    return Note.of("speciality", N_("does not have this speciality"))


def _run(day: date, days: set[date]) -> int:
    """How many days in a row around `day` are in `days`."""
    first = last = day
    while first - timedelta(days=1) in days:
        first -= timedelta(days=1)
    while last + timedelta(days=1) in days:
        last += timedelta(days=1)
    return (last - first).days + 1


def obstacles(
    expert: Expert,
    slot: Slot,
    others: Collection[Slot] = (),
    limits: Limits = NO_LIMITS,
    *,
    already: bool = False,
    absent: bool = False,
) -> tuple[Note, ...]:
    """Everything that speaks against it, the gravest first; nothing means free. `others`: the slots of all the other
    duties that this expert has, at least those of the week, the month and the days beside it."""
    found = [check_expired(expert, slot)]
    if already:
        found.append(Note.of("already", N_("already on this duty session")))
    if absent:
        found.append(Note.of("absent", N_("has called in absent that day")))
    found += [
        on_leave(expert, slot),
        same_day(expert, slot, others),
        over_limit(expert, slot, others),
        over_centre_limit(slot, others, limits),
        not_available(expert, slot),
    ]
    return tuple(note for note in found if note is not None)


def refused(notes: Sequence[Note]) -> Note | None:
    """The obstacle that cannot be overridden, if there is one."""
    return next((note for note in notes if note.code in REFUSED), None)


def short(day: date) -> str:
    """A day without its year: 1月4日 or Jan 4."""
    return tr("{month}/{day}", month=day.month, day=day.day)


def monday(day: date) -> date:
    """The first day of its ISO week."""
    return day - timedelta(days=day.weekday())


def month_start(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def middle_quarter(first: date, last: date) -> date:
    """The first day of the quarter in which the middle of a stretch lies."""
    return quarter_start(first + (last - first) // 2)


def quarter_before(day: date) -> date:
    """The first day of the quarter before its own."""
    return quarter_start(quarter_start(day) - timedelta(days=1))


def quarter_start(day: date) -> date:
    """The first day of its calendar quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


class _Words(Spoken):
    """A slot inside a note: its words are looked up when the note is shown."""

    def __init__(self, slot: Slot) -> None:
        self._slot = slot

    def __str__(self) -> str:
        return self._slot.words()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Words) and other._slot == self._slot

    def __hash__(self) -> int:
        return hash(self._slot)
