"""Deleted rows. A deletion names the versions that its author knew: an edit that it did not know beats it."""

from __future__ import annotations

import msgspec
from sqlalchemy import text

from db.engine import Tx
from db.replica.raw import Raw, columns, last_content, listed, quoted
from db.replica.segments import Change

_AT_ONCE = 1_000


def delete_again(tx: Tx, table: str, arrived: list[bytes]) -> None:
    """Of the rows that a segment brought, those whose deletion is known: it was repeated, or came late."""
    known = "r.table_name = ? AND r.row_id IN (%s) AND NOT r.beaten"
    for at in range(0, len(arrived), _AT_ONCE):
        part = arrived[at : at + _AT_ONCE]
        query = (
            f"SELECT t.id, r.content IS NULL FROM removed AS r JOIN {quoted(table)} AS t "
            f"ON t.id = r.row_id AND t.stream = r.stream WHERE {known % ', '.join('?' * len(part))}"
        )
        for row_id, unseen in tx.connection().exec_driver_sql(query, (table, *part)).all():
            key = {"t": table, "i": row_id}
            if unseen:  # its own PC deleted it before it was sealed, and a copy of that PC sealed it
                keep = text("UPDATE removed SET content = :c WHERE table_name = :t AND row_id = :i")
                tx.execute(keep, {**key, "c": last_content(tx, table, row_id.hex())})
            tx.execute(text(f"DELETE FROM {quoted(table)} WHERE id = :i"), key)


def _versions(tx: Tx, table: str, row_id: bytes) -> list[bytes]:
    """Those that nothing supersedes: of the row, its groups, open sides of conflicts; none if the row is not here."""
    own = tx.execute(text(f"SELECT version FROM {quoted(table)} WHERE id = :i"), {"i": row_id}).scalar()
    if own is None:
        return []
    others = text(
        "SELECT version FROM group_version WHERE table_name = :t AND row_id = :i UNION ALL "
        "SELECT version FROM loser WHERE table_name = :t AND row_id = :i AND settled_at IS NULL"
    )
    return [own, *tx.execute(others, {"t": table, "i": row_id}).scalars()]


def dots(packed: bytes) -> set[bytes]:
    """Dots written one after the other, 20 bytes each."""
    return {packed[at : at + 20] for at in range(0, len(packed), 20)}


def take_deletions(tx: Tx, stream: str, table: str, changes: list[Change]) -> int:
    """Applies deletions to rows of `stream`; how many were of a row in another stream, and not taken."""
    refused = 0
    for change in changes:
        here = text(
            f"SELECT stream FROM {quoted(table)} WHERE id = :i UNION "
            "SELECT stream FROM removed WHERE table_name = :t AND row_id = :i"
        )
        if any(one != stream for one in tx.execute(here, {"t": table, "i": change.id}).scalars()):
            refused += 1
            continue
        _take(tx, stream, table, change)
    return refused


def _take(tx: Tx, stream: str, table: str, change: Change) -> None:
    known, version, stamp = dots(change.supersedes), change.version, change.stamp
    key = {"t": table, "i": change.id}
    query = text("SELECT known, content, stamp, version FROM removed WHERE table_name = :t AND row_id = :i")
    before = tx.execute(query, key).first()
    content: bytes | None = None
    if before is not None:
        known |= dots(before[0])
        content = before[1]
        version, stamp = max((stamp, version), (before[2], before[3]))[::-1]
    standing = _versions(tx, table, change.id)
    beaten = any(one not in known for one in standing)
    if standing and not beaten:
        content = last_content(tx, table, change.id.hex())
        tx.execute(text(f"DELETE FROM {quoted(table)} WHERE id = :i"), {"i": change.id})
    tx.execute(
        text(
            "INSERT OR REPLACE INTO removed (table_name, row_id, stream, version, stamp, known, content, beaten) "
            "VALUES (:t, :i, :s, :v, :st, :k, :c, :b)"
        ),
        {**key, "s": stream, "v": version, "st": stamp, "k": b"".join(sorted(known)), "c": content, "b": beaten},
    )


def bring_back(tx: Tx, table: str, group: str, stream: str) -> None:
    """Rows of `stream` that were deleted in ignorance of an edit in temp.incoming stand again, as they were; not by an
    edit that others have long superseded, and that a copy of its PC sends again."""
    query = text(
        "SELECT r.row_id, r.content, r.known, i.version "
        "FROM removed AS r JOIN temp.incoming AS i ON i.row_id = r.row_id "
        "LEFT JOIN group_version AS g ON g.table_name = :t AND g.row_id = i.row_id AND g.group_name = :g "
        "WHERE r.table_name = :t AND r.stream = :s AND NOT r.beaten AND r.content IS NOT NULL "
        "AND instr(coalesce(g.base, x''), i.version) % 20 <> 1"
    )
    for row_id, content, known, version in tx.execute(query, {"t": table, "g": group, "s": stream}).all():
        if version not in dots(known):
            restore_row(tx, table, row_id, content)


def restore_row(tx: Tx, table: str, row_id: bytes, content: bytes) -> None:
    """Puts a deleted row back as it was when it went, and notes that its deletion was beaten."""
    values: dict[str, Raw] = msgspec.msgpack.decode(content)
    names = columns(table)
    marks = ", ".join("?" * len(names))
    tx.connection().exec_driver_sql(
        f"INSERT INTO {quoted(table)} ({listed(names)}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING",
        tuple(values.get(name) for name in names),
    )
    tx.execute(text("UPDATE removed SET beaten = 1 WHERE table_name = :t AND row_id = :i"), {"t": table, "i": row_id})
