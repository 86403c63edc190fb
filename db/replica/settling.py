"""A person decides between the sides of concurrent edits, or brings a deleted row back: each is an edit like any other.

Its version supersedes the one that shows and every side that was open here, also where the side that shows is kept.
So two people who decide at once have made concurrent edits again, and what they decided is looked at once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text, update

from db.engine import Tx
from db.models.base import EPOCH, Synced, micros
from db.models.replica import Loser
from db.replica.deletions import restore_row
from db.replica.raw import Raw, models, quoted
from db.replica.stamping import stamp_group

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class OpenSide:
    """A side of a concurrent edit that does not show, and is not settled: its columns as the file holds them."""

    loser_id: int
    table: str
    row_id: str
    group: str
    version: bytes
    stamp: bytes
    found_at: datetime
    values: Mapping[str, Raw]


def when(stamp: bytes) -> datetime:
    """The moment in a hybrid stamp, by the clock of the PC that gave it."""
    return EPOCH + timedelta(milliseconds=min(int.from_bytes(stamp[:6], "big"), 1 << 47))


def settle(
    tx: Tx,
    table: str,
    row_id: str,
    group: str,
    values: Mapping[str, Raw] | None,
    loser_ids: Sequence[int],
    now: datetime,
) -> None:
    """Makes a new version of the group, with `values` or (None) with those that show, that supersedes the one that
    shows and these losers, and marks them settled. KeyError if the row is not here."""
    row = _row(tx, table, row_id)
    if values is not None:
        _write(tx, table, row_id, models()[table].merge_groups[group], values)
        tx.refresh(row)
    sides = tx.execute(select(Loser.version).where(Loser.id.in_(loser_ids)).order_by(Loser.id)).scalars()
    stamp_group(tx, row, group, b"".join(sides))
    tx.execute(update(Loser).where(Loser.id.in_(loser_ids), Loser.settled_at.is_(None)).values(settled_at=now))
    tx.flush()


def settle_quiet(tx: Tx, table: str, group: str, now: datetime) -> int:
    """Of the rows in temp.judged: a group in which the later writer simply wins asks nobody; how many it would be."""
    if group not in models()[table].merge_quiet:
        return 0
    statement = text(
        "UPDATE loser SET settled_at = :now WHERE settled_at IS NULL AND table_name = :t AND group_name = :g "
        "AND row_id IN (SELECT row_id FROM temp.judged)"
    )
    given = {"t": table, "g": group, "now": micros(now)}
    return max(0, tx.connection().execute(statement, given).rowcount)


def put_back(tx: Tx, table: str, row_id: str) -> None:
    """A deleted row stands again as it was when it went, here and wherever this change arrives. KeyError if its
    content was not kept."""
    query = text("SELECT content FROM removed WHERE table_name = :t AND row_id = :i AND NOT beaten")
    content = tx.execute(query, {"t": table, "i": bytes.fromhex(row_id)}).scalar()
    groups = models()[table].merge_groups
    if content is None or not groups:
        raise KeyError(row_id)
    tx.flush()
    restore_row(tx, table, bytes.fromhex(row_id), content)
    tx.expire_all()
    stamp_group(tx, _row(tx, table, row_id), next(iter(groups)))
    tx.flush()


def open_sides(tx: Tx, table: str | None = None, row_ids: Sequence[str] | None = None) -> list[OpenSide]:
    """All sides that wait for a decision; of one table, or of these rows of it."""
    query = select(Loser).where(Loser.settled_at.is_(None)).order_by(Loser.id)
    if table is not None:
        query = query.where(Loser.table_name == table)
    losers: list[Loser] = []
    if row_ids is None:
        losers += tx.execute(query).scalars()
    else:
        for at in range(0, len(row_ids), _AT_ONCE):
            losers += tx.execute(query.where(Loser.row_id.in_(row_ids[at : at + _AT_ONCE]))).scalars()
    values = _values(tx, [one.id for one in losers])
    return [
        OpenSide(
            one.id, one.table_name, one.row_id, one.group_name, one.version, one.stamp, one.found_at, values[one.id]
        )
        for one in losers
    ]


def _values(tx: Tx, loser_ids: Sequence[int]) -> dict[int, dict[str, Raw]]:
    """Read without the mapping, whose column of bytes would make bytes of a number."""
    found: dict[int, dict[str, Raw]] = {loser_id: {} for loser_id in loser_ids}
    query = text("SELECT loser_id, column_name, value FROM loser_value WHERE loser_id IN :ids")
    query = query.bindparams(bindparam("ids", expanding=True))
    for at in range(0, len(loser_ids), _AT_ONCE):
        for loser_id, name, value in tx.execute(query, {"ids": loser_ids[at : at + _AT_ONCE]}):
            found[loser_id][name] = value
    return found


def _row(tx: Tx, table: str, row_id: str) -> Synced:
    row = tx.get(models()[table], row_id)
    if row is None:
        raise KeyError(row_id)
    return row


def _write(tx: Tx, table: str, row_id: str, names: Sequence[str], values: Mapping[str, Raw]) -> None:
    """Bit for bit, as the file held them on the other PC."""
    tx.flush()
    sets = ", ".join(f"{quoted(name)} = ?" for name in names)
    tx.connection().exec_driver_sql(
        f"UPDATE {quoted(table)} SET {sets} WHERE id = ?",
        (*(values[name] for name in names), bytes.fromhex(row_id)),
    )
