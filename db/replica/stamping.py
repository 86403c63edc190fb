"""Capture: every row that will travel gets its id, its dot and its stamp here, in the transaction that writes it,
and the outbox notes what no segment carries yet.

Ids are 8 bytes drawn per sign-in and a counter; the middle of a dot is drawn at each opening of the file: so a copied
workspace folder never repeats either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nacl.utils import random as random_bytes
from sqlalchemy import event, inspect, select, text, update

from db.engine import Tx
from db.models.base import SYSTEM_COLUMNS, GroupVersion, Shared, Synced
from db.models.local import Device
from db.models.replica import AUDIT, DELETION, WHOLE_ROW, Loser, Removed
from db.replica.alike import edit_alike
from db.replica.names import ORG
from db.replica.raw import last_content

_MS_BYTES, _TICK_BYTES = 6, 4
_MANY, _AT_ONCE = 8, 5_000
_NOTE = text(  # the casts: `||` makes a text of two blobs, cut at its first zero byte by some, undecodable for others
    "INSERT INTO outbox(stream, table_name, row_id, part, supersedes) "
    "VALUES (:stream, :t, :r, :part, CAST(:s || :also AS BLOB)) "
    "ON CONFLICT (table_name, row_id, part) "
    "DO UPDATE SET supersedes = CAST(supersedes || :s || :also AS BLOB) WHERE length(:s || :also) > 0"
)
"""A version that waits is named too: a copy of this file, made meanwhile, may send it."""
_FORGET = text("DELETE FROM outbox WHERE table_name = :t AND row_id = :r AND part = '-'")
"""A row deleted again: its deletion goes after what was written before it."""


class RowIds:
    """Draws row ids: 24 hex characters."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """A new random part, at each sign-in."""
        self._prefix = random_bytes(8)
        self._next = 0

    def draw(self) -> str:
        if self._next >= 1 << 32:
            self.renew()
        self._next += 1
        return (self._prefix + (self._next - 1).to_bytes(4, "big")).hex()


def hybrid_stamp(last: bytes, now_ms: int) -> bytes:
    """The next hybrid stamp after `last` (10 bytes) at wall time `now_ms`; never goes back."""
    ms, tick = (
        int.from_bytes(last[:_MS_BYTES], "big"),
        int.from_bytes(last[_MS_BYTES:], "big"),
    )
    if now_ms > ms:
        ms, tick = now_ms, 0
    elif tick + 1 < 1 << (8 * _TICK_BYTES):
        tick += 1
    else:
        ms, tick = ms + 1, 0
    return ms.to_bytes(_MS_BYTES, "big") + tick.to_bytes(_TICK_BYTES, "big")


def later_than(stamp: bytes, other: bytes) -> bytes:
    """`stamp`, or the next one after `other` if that is not earlier: an edit always stands above what it replaces,
    even above one from a clock that ran ahead, whose time is not taken over."""
    return stamp if stamp > other else hybrid_stamp(other, 0)


@dataclass(slots=True)
class _Stamper:
    device: bytes
    counter: int
    clock: bytes
    centre_stream: str
    opening: bytes
    wall_ms: int
    notes: dict[tuple[str, str, str], tuple[str, bytes, bytes]] = field(default_factory=dict)

    def next(self) -> tuple[bytes, bytes]:
        self.counter += 1
        self.clock = hybrid_stamp(self.clock, self.wall_ms)
        return self.device + self.opening + self.counter.to_bytes(8, "big"), self.clock

    def note(self, stream: str, table: str, row_id: str, part: str, base: bytes = b"", also: bytes = b"") -> None:
        """The first base in a transaction stands: what came between nobody has seen; `also` is added to it."""
        _, first, more = self.notes.get((table, row_id, part), ("", base, b""))
        self.notes[table, row_id, part] = (stream, first, more + also)


def _stamper(tx: Tx) -> _Stamper:
    held: _Stamper | None = tx.info.get("stamper")
    if held is None:
        database = tx.info["database"]
        opening = database.stamps.setdefault("opening", random_bytes(4))
        with tx.no_autoflush:
            row = tx.execute(select(Device.id, Device.counter, Device.clock, Device.centre_id)).one()
        held = tx.info["stamper"] = _Stamper(*row, opening, database.wall_ms())
    return held


def raise_clock(tx: Tx, stamp: bytes) -> None:
    """This PC's next stamps stand above `stamp`."""
    stamper = _stamper(tx)
    stamper.clock = max(stamper.clock, stamp)


def stamped_upto(tx: Tx) -> bytes:
    """The highest stamp that this PC gave out or took over."""
    return _stamper(tx).clock


def opening_of(tx: Tx) -> bytes:
    """What was drawn when this file was opened: 4 bytes."""
    return _stamper(tx).opening


def note_audit(tx: Tx, chain: bytes, seq: int) -> None:
    """An audit entry rides on the next segment of this PC's centre."""
    stamper = _stamper(tx)
    stamper.note(stamper.centre_stream, AUDIT, chain.hex(), str(seq))


def row_ids(tx: Tx) -> RowIds:
    """The id source of the database that `tx` writes to."""
    ids: RowIds = tx.info["database"].stamps.setdefault("row_ids", RowIds())
    return ids


def new_id(tx: Tx) -> str:
    """A row id for something that must be named before it is flushed."""
    return row_ids(tx).draw()


class AppendOnly(Exception):
    """An event row was changed or deleted: a bug."""


class WrongStream(Exception):
    """A row of one centre was to travel in the stream that all PCs carry, and would be refused by them: a bug."""


def _stamp_new(tx: Tx, row: Synced) -> None:
    stamper = _stamper(tx)
    if not row.id:
        row.id = new_id(tx)
    if not row.stream:
        row.stream = stamper.centre_stream
    if row.stream == ORG and not isinstance(row, Shared):
        raise WrongStream(type(row).__name__)
    row.version, row.stamp = stamper.next()
    stamper.note(row.stream, _table(row), row.id, WHOLE_ROW)


def _table(row: Synced) -> str:
    state: Any = inspect(row)
    return str(state.mapper.local_table.name)


Known = Mapping[tuple[str, str, str], GroupVersion]
"""(table, row id, group) -> its version; what is not in it has none."""


def _stamp_edit(tx: Tx, row: Synced, known: Known | None) -> None:
    state: Any = inspect(row)
    changed = {p.key for p in state.mapper.column_attrs if state.attrs[p.key].history.has_changes()}
    if not changed:
        return
    if row.merge_kind == "event" or changed & SYSTEM_COLUMNS:
        raise AppendOnly(type(row).__name__)
    if (_table(row), row.id, WHOLE_ROW) in _stamper(tx).notes:
        return  # made in this very transaction: nobody, not even a backup, has seen it otherwise
    for group, columns in row.merge_groups.items():
        if not changed.isdisjoint(columns):
            alike = edit_alike(tx, _table(row), row.id, group, columns, _stamper(tx).wall_ms)
            stamp_group(tx, row, group, alike, known)


def stamp_group(tx: Tx, row: Synced, group: str, also: bytes = b"", read: Known | None = None) -> None:
    """Gives a group of columns a new version that supersedes the one it had, and the dots in `also`. `read`: the
    versions of all its groups, if they were read with those of other rows."""
    table, stamper = _table(row), _stamper(tx)
    version, stamp = stamper.next()
    place = (table, row.id, group)
    known = tx.get(GroupVersion, place) if read is None else read.get(place)
    before, stood = (known.version, known.stamp) if known else (row.version, row.stamp)
    stamp, base = later_than(stamp, stood), before + also + (known.base if known else b"")
    if known is None:
        key = {"table_name": table, "row_id": row.id, "group_name": group}
        tx.add(GroupVersion(**key, version=version, stamp=stamp, base=base))
    else:
        known.base, known.version, known.stamp = base, version, stamp
    stamper.note(row.stream, table, row.id, group, before, also)


def _note_deletion(tx: Tx, row: Synced) -> None:
    """The row goes; its last content stays in `removed`, because an edit made elsewhere may bring it back."""
    if row.merge_kind == "event" and not row.merge_expires:
        raise AppendOnly(type(row).__name__)
    table, stamper = _table(row), _stamper(tx)
    groups = tx.execute(
        select(GroupVersion.version, GroupVersion.stamp).where(
            GroupVersion.table_name == table, GroupVersion.row_id == row.id
        )
    ).all()
    version, stamp = stamper.next()
    for stood in (row.stamp, *(one.stamp for one in groups)):
        stamp = later_than(stamp, stood)
    lost = select(Loser.version).where(Loser.table_name == table, Loser.row_id == row.id, Loser.settled_at.is_(None))
    known = b"".join((row.version, *(one.version for one in groups), *tx.execute(lost).scalars()))
    content = last_content(tx, table, row.id)
    before = tx.get(Removed, (table, row.id))
    if before is None:
        key = {"table_name": table, "row_id": row.id, "stream": row.stream}
        tx.add(Removed(**key, version=version, stamp=stamp, known=known, content=content, beaten=False))
    else:
        before.version, before.stamp, before.known = version, stamp, known + before.known
        before.content, before.beaten = content, False
    stamper.note(row.stream, table, row.id, DELETION, known)


def _read_together(tx: Tx, rows: Sequence[Synced]) -> Known:
    """The versions of all groups of these rows in a few queries, where one a group would make others wait."""
    ids: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        ids[_table(row)].append(row.id)
    found: dict[tuple[str, str, str], GroupVersion] = {}
    for table, every in ids.items():
        for at in range(0, len(every), _AT_ONCE):
            of = (GroupVersion.table_name == table, GroupVersion.row_id.in_(every[at : at + _AT_ONCE]))
            for one in tx.execute(select(GroupVersion).where(*of)).scalars():
                found[one.table_name, one.row_id, one.group_name] = one
    for made in tx.new:
        if isinstance(made, GroupVersion):
            found[made.table_name, made.row_id, made.group_name] = made
    return found


@event.listens_for(Tx, "before_flush")
def _stamp(tx: Tx, _context: Any, _instances: Any) -> None:
    with tx.no_autoflush:
        for row in tx.new:
            if isinstance(row, Synced):
                _stamp_new(tx, row)
        edited = [row for row in tx.dirty if isinstance(row, Synced)]
        known = _read_together(tx, edited) if len(edited) >= _MANY else None
        for row in edited:
            _stamp_edit(tx, row, known)
        for row in list(tx.deleted):
            if isinstance(row, Synced):
                _note_deletion(tx, row)


@event.listens_for(Tx, "before_commit")
def _keep(tx: Tx) -> None:
    if tx.info.get("stamper") is None and not (tx.new or tx.dirty or tx.deleted):
        return
    tx.flush()
    held: _Stamper | None = tx.info.get("stamper")
    if held is None:
        return
    tx.execute(update(Device).values(counter=held.counter, clock=held.clock))
    if held.notes:
        again = [{"t": t, "r": bytes.fromhex(row_id)} for t, row_id, part in held.notes if part == DELETION]
        if again:
            tx.execute(_FORGET, again)
        tx.execute(
            _NOTE,
            [
                {"stream": stream, "t": table, "r": bytes.fromhex(row_id), "part": part, "s": base, "also": also}
                for (table, row_id, part), (stream, base, also) in held.notes.items()
            ],
        )
        held.notes.clear()
