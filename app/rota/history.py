"""撤销 and 重做 on the board: what each act changed, kept in memory for the one who did it, until sign-out.

An act is recorded by watching its transaction, so that nothing it touches can be forgotten. Undoing puts the rows back
only while they still are as the act left them and no rule forbids it; it is an act of its own, with an audit entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import event, select
from sqlalchemy.orm.attributes import get_history

from app.common.changes import Changes, Done, Topic
from app.common.errors import UserError
from app.common.notes import Note
from app.common.words import N_
from app.rota.undoing import CHANGED_SINCE, REFUSALS, places, refuse_collisions, refuse_under_newer
from app.security.context import Act, Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Appointment, Assignment, Leave, Publication, SwapRequest
from db.models.base import SYSTEM_COLUMNS, Synced

_MOST = 100
_AT_ONCE = 5_000
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row before and after; `before` None: the act made it."""

    model: type[Synced]
    id: str
    before: Values | None
    after: Values

    _gone: ClassVar[dict[type[Synced], Values]] = {
        Assignment: {"state": "removed", "pinned": False},
        Leave: {"withdrawn": True},
        Publication: {"withdrawn": True},
        SwapRequest: {"ended": "withdrawn"},
    }

    def back(self) -> Values:
        """What undoing sets. A row is never deleted: it is marked as gone in its own way."""
        return self._gone[self.model] if self.before is None else self.before

    def turned(self) -> RowChange:
        """The change that undoes this one."""
        back = self.back()
        return RowChange(self.model, self.id, {name: self.after[name] for name in back}, {**self.after, **back})


@dataclass(frozen=True, slots=True)
class Undoable:
    """One act: what it was in words, whom it took, and all that it changed."""

    words: Note
    may: May
    rows: tuple[RowChange, ...]


@dataclass(slots=True)
class Doing:
    """An act under way: its transaction, and the words that it will be undone by."""

    act: Act
    words: Note

    @property
    def tx(self) -> Tx:
        return self.act.tx

    def on(self, *row_ids: str) -> None:
        """Names rows in the audit entry."""
        self.act.on(*row_ids)


@dataclass(slots=True)
class History:
    """Shared by all services of the rota for one sign-in; used on the writer thread alone."""

    done: list[Undoable] = field(default_factory=list)
    undone: list[Undoable] = field(default_factory=list)

    @contextmanager
    def write(self, ctx: Context, may: May, audit: str, words: str) -> Iterator[Doing]:
        """As `ctx.write`; what it changes can be undone once it is committed. `words` is a msgid; whoever knows better
        on the way sets `Doing.words`."""
        watch = _Watch()
        with ctx.write(may, audit) as act:
            doing = Doing(act, Note.of(audit, words))
            with watch.on(act.tx):
                yield doing
                act.tx.flush()
            rows = watch.changes()
        if rows:
            self.done = [*self.done[-_MOST + 1 :], Undoable(doing.words, may, rows)]
            self.undone.clear()

    def undo(self, ctx: Context) -> Done[Note]:
        """Takes back the last act; gives its words. UserError if there is none, if the rows were changed since, or if
        nobody may do what it comes to."""
        if not self.done:
            raise UserError("nothing-to-undo", N_("There is nothing to undo."))
        return self._turn(ctx, self.done, self.undone, "rota.undone")

    def redo(self, ctx: Context) -> Done[Note]:
        """Does again what was undone last."""
        if not self.undone:
            raise UserError("nothing-to-redo", N_("There is nothing to do again."))
        return self._turn(ctx, self.undone, self.done, "rota.redone")

    def _turn(self, ctx: Context, source: list[Undoable], target: list[Undoable], audit: str) -> Done[Note]:
        act = source[-1]
        try:
            self._put_back(ctx, act, audit)
        except UserError as error:
            if error.code in REFUSALS:
                source.pop()
            raise
        source.pop()
        target.append(Undoable(act.words, act.may, tuple(row.turned() for row in act.rows)))
        return Done(act.words, _CHANGED)

    def _put_back(self, ctx: Context, act: Undoable, audit: str) -> None:
        with ctx.write(act.may, audit) as doing:
            rows = _fetched(doing.tx, act.rows)
            before = places(rows.values())
            refuse_under_newer(doing.tx, [row for row in rows.values() if isinstance(row, Publication)])
            for change in act.rows:
                row = rows.get(change.id)
                if row is None or any(getattr(row, name) != value for name, value in change.after.items()):
                    raise UserError("changed-since", CHANGED_SINCE)
                for name, value in change.back().items():
                    setattr(row, name, value)
                doing.on(row.id)
            refuse_collisions(doing.tx, rows.values(), before)


def _fetched(tx: Tx, changes: Sequence[RowChange]) -> dict[str, Synced]:
    """The rows as they stand, by id, in a few queries."""
    wanted: dict[type[Synced], list[str]] = {}
    for change in changes:
        wanted.setdefault(change.model, []).append(change.id)
    found: dict[str, Synced] = {}
    for model, ids in wanted.items():
        for at in range(0, len(ids), _AT_ONCE):
            query = select(model).where(model.id.in_(ids[at : at + _AT_ONCE]))
            found |= {row.id: row for row in tx.execute(query).scalars()}
    return found


_CHANGED = Changes.of(Topic.ROTA, Topic.APPOINTMENTS)
_WATCHED = (Appointment, Assignment, Leave, Publication, SwapRequest)


class _Watch:
    """The first value of everything that a transaction changes."""

    def __init__(self) -> None:
        self._made: list[Synced] = []
        self._changed: dict[str, tuple[Synced, dict[str, Any]]] = {}

    @contextmanager
    def on(self, tx: Tx) -> Iterator[None]:
        event.listen(tx, "before_flush", self._look)
        try:
            yield
        finally:
            event.remove(tx, "before_flush", self._look)

    def _look(self, tx: Tx, *_: object) -> None:
        self._made += [row for row in tx.new if isinstance(row, _WATCHED)]
        edited: list[Synced] = [row for row in tx.dirty if isinstance(row, _WATCHED)]
        for row in edited:
            if any(row is made for made in self._made):
                continue
            held = self._changed.setdefault(row.id, (row, {}))[1]
            for name in _names(row):
                deleted = get_history(row, name).deleted
                if deleted:
                    held.setdefault(name, deleted[0])

    def changes(self) -> tuple[RowChange, ...]:
        """After the last flush."""
        found = [RowChange(type(row), row.id, None, _content(row)) for row in self._made]
        for row, held in self._changed.values():
            after = _content(row)
            before = {name: value for name, value in held.items() if after[name] != value}
            if before:
                found.append(RowChange(type(row), row.id, before, {name: after[name] for name in before}))
        return tuple(found)


def _content(row: Synced) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _names(row)}


def _names(row: Synced) -> list[str]:
    columns = (one.key for one in type(row).__mapper__.column_attrs)  # type: ignore[attr-defined]
    return [name for name in columns if name not in SYSTEM_COLUMNS]
