"""Who may be on which duty session, and if not, why not: pure rules over plain facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.common.notes import Note
from app.common.words import N_, tr

HALVES = ("am", "pm")

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

    def words(self) -> str:
        """ "周六下午" in the language in force."""
        return tr("{weekday} {half}", weekday=tr(WEEKDAYS[self.day.weekday()]), half=tr(HALF_WORDS[self.half]))


@dataclass(frozen=True, slots=True)
class Expert:
    """What the rules know of a duty expert. `load` is last quarter's duties and this quarter's before the period."""

    id: str
    number: str
    name: str
    available: frozenset[tuple[int, str]] = frozenset()
    weekly_limit: int | None = None
    load: int = 0
    leave: tuple[tuple[date, date], ...] = ()
    check_until: date | None = None
    specialities: tuple[str, ...] = ()
    school_id: str | None = None
    telephone: str | None = field(default=None, repr=False)

    def on_leave(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.leave)


@dataclass(frozen=True, slots=True, order=True)
class Duty:
    """An expert on a duty session; `id` is the assignment's, empty for one that is only proposed."""

    slot: Slot
    expert_id: str
    pinned: bool = False
    id: str = ""


def not_available(expert: Expert, slot: Slot) -> Note | None:
    """The weekdays and halves that the expert has offered."""
    if (slot.day.weekday(), slot.half) in expert.available:
        return None
    return Note.of("unavailable", N_("does not do duty on {slot}"), slot=_Words(slot))


def on_leave(expert: Expert, slot: Slot) -> Note | None:
    """Leave, first and last day included."""
    for first, last in expert.leave:
        if first <= slot.day <= last:
            if first == last:
                return Note.of("leave", N_("on leave on {first}"), first=short(first))
            return Note.of("leave", N_("on leave {first} to {last}"), first=short(first), last=short(last))
    return None


def check_expired(expert: Expert, slot: Slot) -> Note | None:
    """Law on the Protection of Minors §62: without a valid criminal-record check on that day, no duty."""
    if expert.check_until is None:
        return Note.of("check-missing", N_("no criminal-record check is on file"))
    if slot.day > expert.check_until:
        return Note.of(
            "check-expired", N_("criminal-record check expired on {day}"), day=expert.check_until.isoformat()
        )
    return None


def over_limit(expert: Expert, duties_this_week: int) -> Note | None:
    """The duties a week that the expert has agreed to; `duties_this_week` without the one in question."""
    if expert.weekly_limit is None or duties_this_week < expert.weekly_limit:
        return None
    return Note.of("limit", N_("week is full with {count}"), count=duties_this_week)


def obstacles(
    expert: Expert, slot: Slot, duties_this_week: int, *, already: bool = False, absent: bool = False
) -> tuple[Note, ...]:
    """Everything that speaks against it, the gravest first; nothing means free."""
    found = [check_expired(expert, slot)]
    if already:
        found.append(Note.of("already", N_("already on this duty session")))
    if absent:
        found.append(Note.of("absent", N_("has called in absent that day")))
    found += [on_leave(expert, slot), over_limit(expert, duties_this_week), not_available(expert, slot)]
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


def quarter_start(day: date) -> date:
    """The first day of its calendar quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


class _Words:
    """A slot inside a note: its words are looked up when the note is shown."""

    def __init__(self, slot: Slot) -> None:
        self._slot = slot

    def __str__(self) -> str:
        return self._slot.words()

    def __format__(self, spec: str) -> str:
        return str(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Words) and other._slot == self._slot

    def __hash__(self) -> int:
        return hash(self._slot)
