"""What the rota shows: frozen, without rows of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.common.notes import Note
from app.rota.rules import Duty, Slot


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """排班. `state`: draft, published or leaving (published, goes with the next publication).
    `warnings`: what has come to speak against it since, and what it collides with ("twice", "room-twice")."""

    id: str
    slot: Slot
    staff_id: str
    number: str
    name: str
    specialities: tuple[str, ...]
    state: str
    pinned: bool
    absent_at: datetime | None
    room: str | None
    replaces: str | None
    warnings: tuple[Note, ...] = ()
    room_id: str | None = None


@dataclass(frozen=True, slots=True)
class GapView:
    """缺岗: `short` for a chip, `long` for a panel; `free` could do it; `reasons` staff number -> why not. `lacking`:
    specialities that nobody there has; `missing` is 0 where only they are."""

    slot: Slot
    missing: int
    free: int
    short: Note
    long: Note
    reasons: Mapping[str, str]
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellView:
    """One duty session. `needed` is 0 where the centre is closed. `hours` HH:MM; `specialities` must be covered;
    `reason` says why it differs from the pattern."""

    slot: Slot
    needed: int
    assignments: tuple[AssignmentView, ...]
    gap: GapView | None
    hours: tuple[str, str]
    specialities: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DayView:
    """A column; `holiday` names a public holiday, `workday` a make-up workday, `away` who is on leave."""

    day: date
    holiday: str | None
    workday: str | None
    away: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadView:
    """How often an expert has been, or will be, on duty in this quarter, of it on weekends and on public holidays;
    `last_*` is the quarter before. `found_by` is what typing finds."""

    staff_id: str
    number: str
    name: str
    duties: int
    last_quarter: int
    weekends: int = 0
    holidays: int = 0
    last_weekends: int = 0
    last_holidays: int = 0
    specialities: tuple[str, ...] = ()
    found_by: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class WeekView:
    """A stretch, a week for instance, with the days that have duty. `differences` counts what publishing would change;
    `unannounced` are its years whose public holidays nobody has published yet."""

    first: date
    last: date
    days: tuple[DayView, ...]
    hours: Mapping[str, tuple[str, str]]
    cells: Mapping[Slot, CellView]
    loads: tuple[LoadView, ...]
    differences: int
    published: bool
    rooms: Mapping[str, str]
    unannounced: tuple[int, ...] = ()

    @property
    def empty(self) -> bool:
        return not any(cell.assignments for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class CandidateView:
    """An expert for one session: free, to be asked for (`obstacles`), or `refused`. `found_by` is what typing finds."""

    staff_id: str
    number: str
    name: str
    specialities: tuple[str, ...]
    telephone: str | None = field(repr=False)
    duties: int
    load: int
    this_week: int
    obstacles: tuple[Note, ...]
    refused: bool
    found_by: str = field(repr=False)

    @property
    def free(self) -> bool:
        return not self.obstacles


@dataclass(frozen=True, slots=True)
class Targets:
    """Where one expert could go, `left` being the session given up for it: slot -> what speaks against it (nothing:
    free). `swaps`: another's assignment id -> what speaks against that person on `left`, for an exchange."""

    staff_id: str
    name: str
    left: Slot | None
    slots: Mapping[Slot, tuple[Note, ...]]
    swaps: Mapping[str, tuple[Note, ...]]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A double booking of an expert or of a room on one session."""

    slot: Slot
    note: Note
    assignment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undoables:
    """What undoing and doing again would each do; None: nothing."""

    undo: Note | None
    redo: Note | None


@dataclass(frozen=True, slots=True)
class ProposedDuty:
    """A line of a proposal."""

    slot: Slot
    staff_id: str
    number: str
    name: str
    pinned: bool
    new: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A fill that nobody has adopted yet. `base` is the state of the board that it was made for."""

    centre_id: str
    first: date
    last: date
    duties: tuple[ProposedDuty, ...]
    added: tuple[Duty, ...]
    removed: tuple[Duty, ...]
    gaps: tuple[GapView, ...]
    fairness: Fairness
    pinned: int
    optimal: bool
    seconds: float
    base: frozenset[tuple[str, str, bool, bool]] = field(repr=False)
    distance: float = 0.0
    unannounced: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fairness:
    """Duties in the stretch by staff number; and what the fill evens out, with what was carried over: all duties, those
    on weekends, those on public holidays."""

    duties: Mapping[str, int]
    with_last_quarter: Mapping[str, int]
    weekends: Mapping[str, int] = field(default_factory=dict)
    holidays: Mapping[str, int] = field(default_factory=dict)

    @property
    def least(self) -> int:
        return min(self.with_last_quarter.values(), default=0)

    @property
    def most(self) -> int:
        return max(self.with_last_quarter.values(), default=0)


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication put in force and took off; `number` is the version that says so."""

    added: int
    removed: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class BookingView:
    """An appointment that an absence touches, with what a call needs; the client only for those who may."""

    id: str
    half: str
    at: datetime
    kind: str
    client_number: str | None
    client_name: str | None = field(repr=False)
    telephones: tuple[str, ...] = field(repr=False)
    safe_times: str | None = field(repr=False)
    guardians: tuple[str, ...] = field(default=(), repr=False)
    later: datetime | None = None
    """When the same expert could see the client next; None: no time is known."""
    outcome: Note | None = None
    """What has been arranged since, for one that is no longer the absent expert's."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """An expert and what speaks for or against standing in. `group`: free; ask; there (on duty then anyway: could take
    bookings); not (cannot, or must not: `refused`). `stays`: booking id -> why it cannot go along."""

    staff_id: str
    number: str
    name: str
    half: str
    free: bool
    why: str
    telephone: str | None = field(repr=False)
    room: str | None = None
    group: str = "free"
    refused: bool = False
    stays: Mapping[str, Note] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Absence:
    """An expert who cannot come that day: `assignments` half -> the assignment, `changed` those newly marked.
    `bookings` are still the expert's, `settled` were arranged otherwise since. `marked`: halves already marked absent;
    `covered`: half -> who stands in."""

    staff_id: str
    number: str
    name: str
    day: date
    assignments: Mapping[str, str]
    changed: int
    bookings: tuple[BookingView, ...]
    replacements: tuple[Replacement, ...]
    settled: tuple[BookingView, ...] = ()
    marked: frozenset[str] = frozenset()
    covered: Mapping[str, str] = field(default_factory=dict)
    hours: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoodIn:
    """What one act arranged: who is on duty now (None: only bookings went), which bookings went, which stay and why."""

    duty: AssignmentView | None
    went: tuple[str, ...]
    stays: Mapping[str, Note]


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who is there now: `state` is free, called or in_session; `since` when that began."""

    staff_id: str
    name: str
    specialities: tuple[str, ...]
    room: str | None
    state: str
    since: datetime | None

    @property
    def busy(self) -> bool:
        return self.state != "free"


@dataclass(frozen=True, slots=True)
class DutyNow:
    """The half day in force: the running one, before it the coming one; None when there is no duty left today."""

    slot: Slot | None
    running: bool
    people: tuple[OnDuty, ...]
