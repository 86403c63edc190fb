"""What the swap requests show: frozen, without rows of the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.common.notes import Note
from app.rota.rules import Slot


@dataclass(frozen=True, slots=True)
class SwapSide:
    """One duty of a request: whose it is (or was), and when."""

    assignment_id: str
    staff_id: str
    name: str
    slot: Slot
    room: str | None
    published: bool


@dataclass(frozen=True, slots=True)
class SwapView:
    """换班申请. `back` None: the duty is only taken over. `state` see swap_rules; `why` says why it is void; `warnings`
    speak against it now and would be asked about. `mine`: the signed-in person is the one who is asked; `asked_by_me`:
    who gives the duty away or wrote the request. `how`: self, told or override."""

    id: str
    duty: SwapSide
    back: SwapSide | None
    to_staff_id: str
    to_name: str
    to_telephone: str | None = field(repr=False)
    asked_by: str
    asked_at: datetime
    state: str
    why: Note | None
    warnings: tuple[Note, ...]
    mine: bool
    asked_by_me: bool
    may_answer: bool
    may_record: bool
    may_override: bool
    answer: str | None = None
    answered_by: str = ""
    answered_at: datetime | None = None
    how: str | None = None

    @property
    def open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class SwapPartner:
    """Who could be asked for a duty. `obstacles` to taking it over; `refused`: never. `exchanges`: duties of this
    expert that could come back, each with what speaks against it."""

    staff_id: str
    number: str
    name: str
    telephone: str | None = field(repr=False)
    specialities: tuple[str, ...]
    load: int
    obstacles: tuple[Note, ...]
    refused: bool
    exchanges: tuple[SwapOffer, ...]
    found_by: str = field(repr=False)

    @property
    def free(self) -> bool:
        return not self.obstacles


@dataclass(frozen=True, slots=True)
class SwapOffer:
    """A duty that could come back: what speaks against either side of the exchange."""

    assignment_id: str
    slot: Slot
    obstacles: tuple[Note, ...]
    refused: bool


@dataclass(frozen=True, slots=True)
class SwapDuty:
    """A duty of one's own that could be given away."""

    assignment_id: str
    slot: Slot
    room: str | None
    published: bool
    asked: str
    """Who has been asked already; empty: nobody."""


@dataclass(frozen=True, slots=True)
class Swapped:
    """After an answer: the request, and what became of the bookings of duties that changed hands."""

    request: SwapView
    moved: int = 0
    stays: int = 0
