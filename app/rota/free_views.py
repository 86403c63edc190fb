"""What the answer to "who is free" shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.common.clock import local
from app.common.notes import Note, Spoken
from app.common.words import ntr, tr
from app.rota.rules import Slot


@dataclass(frozen=True, slots=True)
class FreeView:
    """An expert on one session. `group`: duty (on duty then, and published), extra (could be called in). `minutes` free
    of bookings, `times` at which a session of 50 minutes could begin; None where the bookings are kept in another
    centre. `reasons` in words, the strongest first."""

    staff_id: str
    number: str
    name: str
    sex: str | None
    specialities: tuple[str, ...]
    telephone: str | None = field(repr=False)
    centre_id: str
    centre: str
    own_centre: bool
    slot: Slot
    hours: tuple[str, str]
    group: str
    minutes: int | None
    times: tuple[datetime, ...] | None
    reasons: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class FreeAnswer:
    """`found` in the order in which to offer them. `avoided` experts of the client's own school were left out; `busy`
    are on duty then but have no free time. `without`: nobody has the speciality, so others are shown."""

    found: tuple[FreeView, ...]
    avoided: int
    busy: int
    without: bool = False


class FreeTimes(Spoken):
    """ "14:00、15:00 （2 次）", looked up when shown."""

    def __init__(self, times: Sequence[datetime]) -> None:
        self._times = times

    def __str__(self) -> str:
        said = tr(", ").join(f"{local(one):%H:%M}" for one in self._times)
        return tr("{times} ({count})", times=said, count=ntr("{n} sitting", "{n} sittings", len(self._times)))
