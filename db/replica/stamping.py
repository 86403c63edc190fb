"""Every row that will travel gets its id, its dot and its stamp here, in the transaction that writes it.

Ids are 8 bytes drawn per sign-in and a counter, so that a copied workspace folder never repeats one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from nacl.utils import random as random_bytes
from sqlalchemy import event, inspect, select, update

from db.engine import Tx
from db.models.base import SYSTEM_COLUMNS, GroupVersion, Synced
from db.models.local import Device

_MS_BYTES, _TICK_BYTES = 6, 4


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


@dataclass(slots=True)
class _Stamper:
    device: bytes
    incarnation: bytes
    counter: int
    clock: bytes
    centre_stream: str

    def next(self) -> tuple[bytes, bytes]:
        self.counter += 1
        self.clock = hybrid_stamp(self.clock, time.time_ns() // 1_000_000)
        return self.device + self.incarnation + self.counter.to_bytes(8, "big"), self.clock


def _stamper(tx: Tx) -> _Stamper:
    held: _Stamper | None = tx.info.get("stamper")
    if held is None:
        with tx.no_autoflush:
            columns = (
                Device.id,
                Device.incarnation,
                Device.counter,
                Device.clock,
                Device.centre_id,
            )
            row = tx.execute(select(*columns)).one()
        held = tx.info["stamper"] = _Stamper(*row)
    return held


def row_ids(tx: Tx) -> RowIds:
    """The id source of the database that `tx` writes to."""
    ids: RowIds = tx.info["database"].stamps.setdefault("row_ids", RowIds())
    return ids


def new_id(tx: Tx) -> str:
    """A row id for something that must be named before it is flushed."""
    return row_ids(tx).draw()


class AppendOnly(Exception):
    """An event row was changed or deleted: a bug."""


def _stamp_new(tx: Tx, row: Synced) -> None:
    stamper = _stamper(tx)
    if not row.id:
        row.id = new_id(tx)
    if not row.stream:
        row.stream = stamper.centre_stream
    row.version, row.stamp = stamper.next()


def _stamp_edit(tx: Tx, row: Synced) -> None:
    state: Any = inspect(row)
    changed = {p.key for p in state.mapper.column_attrs if state.attrs[p.key].history.has_changes()}
    if not changed:
        return
    if row.merge_kind == "event" or changed & SYSTEM_COLUMNS:
        raise AppendOnly(type(row).__name__)
    table = state.mapper.local_table.name
    for group, columns in row.merge_groups.items():
        if changed.isdisjoint(columns):
            continue
        version, stamp = _stamper(tx).next()
        known = tx.get(GroupVersion, (table, row.id, group))
        if known is None:
            tx.add(
                GroupVersion(
                    table_name=table,
                    row_id=row.id,
                    group_name=group,
                    version=version,
                    stamp=stamp,
                    base=row.version,
                )
            )
        else:
            known.base, known.version, known.stamp = known.version, version, stamp


@event.listens_for(Tx, "before_flush")
def _stamp(tx: Tx, _context: Any, _instances: Any) -> None:
    with tx.no_autoflush:
        for row in tx.new:
            if isinstance(row, Synced):
                _stamp_new(tx, row)
        for row in list(tx.dirty):
            if isinstance(row, Synced):
                _stamp_edit(tx, row)
        for row in tx.deleted:
            if isinstance(row, Synced):
                raise AppendOnly(type(row).__name__)


@event.listens_for(Tx, "before_commit")
def _keep_counter(tx: Tx) -> None:
    if tx.info.get("stamper") is None and not (tx.new or tx.dirty):
        return
    tx.flush()
    held: _Stamper | None = tx.info.get("stamper")
    if held is not None:
        tx.execute(update(Device).values(counter=held.counter, clock=held.clock))
