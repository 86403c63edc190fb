"""What is shown of versions and of what has changed between them: frozen, without rows of the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from app.common.clock import local
from app.common.notes import Note
from app.common.words import tr
from app.rota.rules import Slot, short


@dataclass(frozen=True, slots=True)
class VersionView:
    """One publication. `twin`: another one has the same number, from a PC that had not heard of it."""

    id: str
    number: int
    at: datetime
    by_name: str
    first: date
    last: date
    duties: int
    withdrawn: bool = False
    twin: bool = False

    def title(self) -> str:
        """ "第 3 版"."""
        return tr("Version {n}", n=self.number)

    def words(self) -> str:
        """ "第 3 版 · 2026-11-20 17:05 · 郑国华 发布 · 11月23日–12月20日"."""
        parts = [
            self.title(),
            f"{local(self.at):%Y-%m-%d %H:%M}",
            tr("published by {name}", name=self.by_name),
            f"{short(self.first)}–{short(self.last)}",
        ]
        if self.withdrawn:
            parts.append(tr("taken back"))
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change of one session. `waits`: it takes effect with the next publication; else it has already (an absence, a
    stand-in, another room)."""

    slot: Slot
    kind: str
    note: Note
    waits: bool = False


@dataclass(frozen=True, slots=True)
class PersonChanges:
    """要通知的人: one expert, and all that is different for her."""

    staff_id: str
    number: str
    name: str
    telephone: str | None = field(repr=False)
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the rota of `first` to `last` differs between two states. `fresh`: duties on days that the earlier state did
    not have at all, which are not listed one by one."""

    first: date
    last: date
    changes: tuple[ChangeView, ...]
    people: tuple[PersonChanges, ...]
    fresh: int = 0


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to know before publishing; `token` answers the question about it."""

    token: str
    note: Note


@dataclass(frozen=True, slots=True)
class Pending:
    """What a publication of `first` to `last` would do now. `since`: the newest version that it would follow.
    `refused`: why it cannot be done as it stands. `waiting`: how many changes it would put in force."""

    first: date
    last: date
    comparison: Comparison
    since: VersionView | None
    warnings: tuple[Warned, ...]
    refused: Note | None
    waiting: int
    duties: int
