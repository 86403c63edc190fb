"""What the windows and commands are told about synchronisation: frozen, in the order in which it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CourierResult:
    """What one run of the courier moved: segments, bytes, and sentences about what is wrong at the hub."""

    pushed: int = 0
    pulled: int = 0
    refused: int = 0
    bytes_out: int = 0
    bytes_in: int = 0
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What one merge took in. `merged`, `refused`, `waiting` count segments; `rows` what they brought; `conflicts`
    concurrent edits of which both sides were kept. `tables`: where something changed."""

    merged: int = 0
    rows: int = 0
    refused: int = 0
    waiting: int = 0
    conflicts: int = 0
    alarms: tuple[str, ...] = ()
    tables: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SyncResult:
    """Courier and merge together, as `longshan sync --json` prints it (`merged` counts segments)."""

    pushed: int
    pulled: int
    merged: int
    refused: int
    bytes_out: int
    bytes_in: int
    alarms: tuple[str, ...]
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class RunView:
    """One line of the history. `by`: "person", "interval", "night" or "courier" (the scheduled command, nobody
    signed in); `error` is a sentence, or empty if it succeeded."""

    at: datetime
    by: str
    pushed: int
    pulled: int
    merged: int
    conflicts: int
    refused: int
    bytes_out: int
    bytes_in: int
    alarms: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class PeerView:
    """Another PC: its letter and name as the membership log proves them, and when it was last heard."""

    device: str
    name: str
    letter: str
    centre_name: str
    last_heard: datetime | None


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """`hub`: the address, or None if none is set. `unsent`: changes that no segment carries yet, and segments that
    this PC has not brought to the hub; `waiting`: segments fetched that wait for one not here yet."""

    hub: str | None
    interval: int | None
    last_success: datetime | None
    last_error: str
    unsent: int
    waiting: int
    alarms: tuple[str, ...]
    peers: tuple[PeerView, ...]


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of a conflict: its values in words, column by column, and who wrote it and when (by that PC's clock)."""

    key: str
    fields: tuple[tuple[str, str], ...]
    written_by: str
    at: datetime | None
    shows: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One thing to decide. `kind`: "edit" (two sides, choose one), "risk" (levels, decided in the case by a holder),
    "booking" (a room or an expert twice at the same time), "orphan" (a row whose parent was deleted) or "number"
    (two records with one number). `subject` says whom or what it is about; `client_id`/`case_id` lead there."""

    id: str
    kind: str
    subject: str
    what: str
    sides: tuple[SideView, ...]
    found_at: datetime
    client_id: str | None = None
    case_id: str | None = None
