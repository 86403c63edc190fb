"""What intake hands out: frozen, without a name where the screen is seen from across the counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class RegisteredVisit:
    """One visit of an arrival just registered."""

    visit_id: str
    client_id: str
    ticket: str
    priority: str


@dataclass(frozen=True, slots=True)
class Registered:
    """An arrival and its visits, in the order in which the people were given."""

    arrival_id: str
    visits: tuple[RegisteredVisit, ...]


@dataclass(frozen=True, slots=True)
class DuplicateHit:
    """A client who may be the one being registered; `why` in words."""

    client_id: str
    name: str
    age: int | None
    school: str
    why: str


@dataclass(frozen=True, slots=True)
class ClientCard:
    """What the desk sees of a client: contact data, never content. `confirm_guardians`: two PCs disagree about them,
    all are listed; `safe_times`: when one may telephone, every condition there is."""

    id: str
    number: str
    kind: str
    name: str
    sex: str | None
    birth_date: date | None
    age: int | None
    school_id: str | None
    school: str
    grade: str
    class_name: str
    telephone: str
    guardians: tuple[tuple[str, str], ...]
    visits: int
    last_visit: date | None
    needs_guardian: bool
    confirm_guardians: bool = False
    safe_times: str = ""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One visit of today. `waiting_minutes` is None once it no longer waits. No name here."""

    visit_id: str
    client_id: str
    arrival_id: str
    ticket: str
    status: str
    priority: str
    came_as: str
    age: int | None
    sex: str | None
    grade: str
    companions: tuple[str, ...]
    first_visit: bool
    room_name: str
    staff_name: str
    wanted_name: str
    waiting_minutes: int | None
    safety: tuple[str, str, str]
    family: tuple[str, ...]
    case_id: str | None

    @property
    def unasked(self) -> bool:
        """Whether a safety question still waits to be asked."""
        return "unasked" in self.safety


@dataclass(frozen=True, slots=True)
class LastAct:
    """The newest step in the queue that can be undone."""

    visit_id: str
    ticket: str
    status: str
    at: datetime
    room_name: str


@dataclass(frozen=True, slots=True)
class QueueView:
    """Today's queue: those still here, urgent first; the others as counts."""

    entries: tuple[QueueEntry, ...]
    waiting: int
    done: int
    left: int
    missed: int
    average_wait: int | None
    last: LastAct | None


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """预约 of one day; `ticket` once the client has come."""

    id: str
    client_id: str
    client_name: str
    starts_at: datetime
    minutes: int
    room_name: str
    staff_name: str
    kind: str
    status: str
    ticket: str
