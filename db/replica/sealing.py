"""Draining the outbox: what no segment carries yet is sealed, signed and stored in one transaction.

The bytes stay in the file, so that the spool can be made again from it, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import delete, func, select, text

from db.crypto.pairs import KeyPairs
from db.engine import Tx
from db.models import Device, Outbox, Segment, StreamKey
from db.models.base import EPOCH
from db.models.replica import AUDIT, DELETION, WHOLE_ROW
from db.replica.audit_lines import Stored, shorten
from db.replica.names import ORG, segment_hash
from db.replica.raw import content_columns, models, quoted
from db.replica.segments import (
    MAX_ROWS,
    NO_SEGMENT,
    Block,
    Body,
    Change,
    Head,
    Header,
    SegmentBroken,
    make_block,
    seal_segment,
)
from db.replica.stamping import opening_of
from db.schema import LATEST

HEARTBEAT = timedelta(hours=20)
# The inner query runs within two indexes, though the rows are many and long: only what was merged names one before it.
_HEADS = text(
    "SELECT stream, device, incarnation, seq, hash FROM segment WHERE hash IN "
    "(SELECT s.hash FROM segment AS s WHERE NOT EXISTS (SELECT 1 FROM segment AS n WHERE n.previous = s.hash)) "
    "AND +stream IN (:stream, 'org') AND state IN ('own', 'merged') AND hash <> :previous "
    "ORDER BY stream, device, incarnation, seq, hash"
)


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def unsealed(tx: Tx) -> int:
    """How many changes wait in the outbox; audit entries alone are none."""
    return tx.execute(select(func.count()).select_from(Outbox).where(Outbox.table_name != AUDIT)).scalar_one()


def seal_next(tx: Tx, now: datetime) -> bool:
    """Seals the oldest changes of one stream, at most MAX_ROWS, the organisation's before a centre's. False if
    nothing waits. A stream whose key this PC lacks keeps its changes."""
    streams = select(StreamKey.stream).distinct()
    query = select(Outbox.stream).where(Outbox.table_name != AUDIT, Outbox.stream.in_(streams)).limit(1)
    stream = tx.execute(query.where(Outbox.stream == ORG)).scalar() or tx.execute(query).scalar()
    if stream is None:
        return False
    rows = MAX_ROWS
    while not _seal(tx, stream, rows, now):
        rows //= 2
    return True


def seal_heartbeat(tx: Tx, now: datetime) -> bool:
    """An empty segment with the audit entries and heads since the last one, if this PC has said nothing for a day."""
    centre: str = tx.execute(select(Device.centre_id)).scalar_one()
    last = tx.execute(
        select(func.max(Segment.taken_at)).where(Segment.stream == centre, Segment.state == "own")
    ).scalar()
    if last is not None and timedelta(0) <= now - last < HEARTBEAT:
        return False
    return _seal(tx, centre, 0, now)


def seal_greeting(tx: Tx, now: datetime) -> None:
    """An empty segment by which every PC of the organisation hears that this one has begun."""
    _seal(tx, ORG, 0, now)


def _seal(tx: Tx, stream: str, rows: int, now: datetime) -> bool:
    """False if that many rows are too large for one segment."""
    device = tx.execute(select(Device)).scalar_one()
    chosen = (
        tx.execute(
            select(Outbox.id)
            .where(Outbox.stream == stream, Outbox.table_name != AUDIT)
            .order_by(Outbox.id)
            .limit(rows + 1)
        )
        .scalars()
        .all()
    )
    upto = chosen[:rows][-1] if rows and chosen else 0
    blocks = list(_blocks(tx, stream, upto)) if upto else []
    audit_upto = upto if len(chosen) > rows else 1 << 62
    noted = _audit_lines(tx, stream, audit_upto) if stream == device.centre_id else []
    epoch, key = tx.execute(
        select(StreamKey.epoch, StreamKey.key).where(StreamKey.stream == stream).order_by(StreamKey.epoch.desc())
    ).first() or (0, b"")
    seq, previous = _tip(tx, stream, device)
    header = Header(
        "longshan segment 1",
        device.organisation_id,
        stream,
        device.id,
        device.incarnation,
        seq + 1,
        previous,
        LATEST,
        epoch,
        [Head(*row) for row in tx.execute(_HEADS, {"stream": stream, "previous": previous})],
        _audit_head(tx, device.id),
        milliseconds(now),
        sum(len(block.ids) for block in blocks),
    )
    try:
        data = seal_segment(
            header, Body(blocks, shorten(line for _, line in noted)), key, KeyPairs.from_bytes(device.key_pairs)
        )
    except SegmentBroken:
        if rows <= 1:
            raise
        return False
    remember(tx, header, segment_hash(data), "own", now, sealed=data)
    tx.execute(delete(Outbox).where(Outbox.stream == stream, Outbox.table_name != AUDIT, Outbox.id <= upto))
    if noted:
        tx.execute(text("DELETE FROM outbox WHERE id = :i"), [{"i": note} for note, _ in noted])
    return True


def remember(
    tx: Tx,
    header: Header,
    name: bytes,
    state: str,
    now: datetime,
    sealed: bytes | None = None,
) -> None:
    """Puts a segment, named by its hash, into this PC's list of them."""
    tx.add(
        Segment(
            hash=name,
            stream=header.stream,
            device=header.device,
            incarnation=header.incarnation,
            seq=header.seq,
            previous=header.previous,
            at=EPOCH + timedelta(milliseconds=min(max(header.at, 0), 1 << 47)),
            rows=header.rows,
            state=state,
            taken_at=now,
            audit_seq=header.audit[1],
            audit_head=header.audit[2],
            sealed=sealed,
        )
    )
    tx.flush()


def _tip(tx: Tx, stream: str, device: Device) -> tuple[int, bytes]:
    """Number and hash of this PC's last segment in the stream in its present incarnation."""
    mine = (Segment.stream == stream, Segment.device == device.id, Segment.incarnation == device.incarnation)
    query = select(Segment.seq, Segment.hash).where(*mine, Segment.state == "own").order_by(Segment.seq.desc())
    found = tx.execute(query.limit(1)).first()
    return (found.seq, found.hash) if found else (0, NO_SEGMENT)


def _blocks(tx: Tx, stream: str, upto: int) -> Iterable[Block]:
    """The chosen changes with their values as they stand now: whole rows, their edits, then what was deleted, whose
    last content the others need as well, because an edit made elsewhere may bring it back."""
    parts = tx.execute(
        select(Outbox.table_name, Outbox.part)
        .where(Outbox.stream == stream, Outbox.id <= upto, Outbox.table_name != AUDIT)
        .group_by(Outbox.table_name, Outbox.part)
        .order_by(Outbox.part == DELETION, Outbox.part != WHOLE_ROW, func.min(Outbox.id))
    ).all()
    for table, part in parts:
        names, key = _names(table, part), {"s": stream, "u": upto, "t": table, "p": part}
        found = tx.execute(text(_query(table, part, names)), key)
        changes = [Change(row[0], row[1], row[2], row[3], tuple(row[4:])) for row in found]
        if part != DELETION:
            changes += _of_deleted(tx, table, names, key)
        if changes:
            yield make_block(table, part, list(names), changes)


def _of_deleted(tx: Tx, table: str, names: Sequence[str], key: Mapping[str, object]) -> Iterable[Change]:
    """Chosen changes of rows that were deleted meanwhile, from what was kept of them."""
    query = text(
        "SELECT o.row_id, g.version, g.stamp, o.supersedes, r.content FROM outbox AS o "
        "JOIN removed AS r ON r.row_id = o.row_id AND r.table_name = o.table_name AND r.content IS NOT NULL "
        "LEFT JOIN group_version AS g ON g.table_name = o.table_name AND g.row_id = o.row_id AND g.group_name = o.part "
        f"WHERE NOT EXISTS (SELECT 1 FROM {quoted(table)} AS t WHERE t.id = o.row_id) AND {_CHOSEN}"
    )
    for row_id, version, stamp, supersedes, content in tx.execute(query, key):
        values: dict[str, Any] = msgspec.msgpack.decode(content)
        whole = key["p"] == WHOLE_ROW
        dot, at = (values["version"], values["stamp"]) if whole else (version, stamp)
        yield Change(row_id, dot, at, b"" if whole else supersedes, tuple(values.get(name) for name in names))


def _names(table: str, part: str) -> Sequence[str]:
    if part == WHOLE_ROW:
        return content_columns(table, LATEST)
    return () if part == DELETION else tuple(models()[table].merge_groups[part])


# The + keeps SQLite from the index by table: a batch is the lowest numbers, however much waits behind it.
_BATCH = "o.stream = :s AND o.id <= :u AND +o.table_name = :t"
_CHOSEN = f"{_BATCH} AND o.part = :p ORDER BY o.id"


def _query(table: str, part: str, names: Sequence[str]) -> str:
    wanted = "".join(", t." + quoted(name) for name in names)
    if part == WHOLE_ROW:
        return (
            f"SELECT t.id, t.version, t.stamp, x''{wanted} FROM outbox AS o "
            f"JOIN {quoted(table)} AS t ON t.id = o.row_id WHERE {_CHOSEN}"
        )
    if part == DELETION:
        return (
            f"SELECT r.row_id, r.version, r.stamp, r.known FROM outbox AS o "
            f"JOIN removed AS r ON r.row_id = o.row_id AND r.table_name = o.table_name WHERE {_CHOSEN}"
        )
    return (
        f"SELECT t.id, g.version, g.stamp, o.supersedes{wanted} FROM outbox AS o "
        f"JOIN {quoted(table)} AS t ON t.id = o.row_id JOIN group_version AS g "
        f"ON g.table_name = o.table_name AND g.row_id = o.row_id AND g.group_name = o.part WHERE {_CHOSEN}"
    )


def _audit_lines(tx: Tx, stream: str, upto: int) -> list[tuple[int, Stored]]:
    """Entries up to the chosen changes, so that no entry travels before the row that it speaks of; each with the number
    of its note in the outbox."""
    query = text(
        "SELECT o.id, a.device, a.seq, a.at, a.user_id, a.act, a.subjects, a.digest, a.previous, a.hash "
        "FROM outbox AS o JOIN audit_entry AS a ON a.device = o.row_id AND a.seq = CAST(o.part AS INTEGER) "
        f"WHERE {_BATCH} ORDER BY o.id LIMIT :n"
    )
    found = tx.execute(query, {"t": AUDIT, "s": stream, "u": upto, "n": 2 * MAX_ROWS})
    return [(row[0], tuple(row[1:])) for row in found]


def _audit_head(tx: Tx, device: bytes) -> tuple[bytes, int, bytes]:
    """The last entry of this opening's chain, else the newest of this PC."""
    present = text("SELECT device, seq, hash FROM audit_entry WHERE device = :c ORDER BY seq DESC LIMIT 1")
    newest = text(
        "SELECT device, seq, hash FROM audit_entry WHERE rowid = "
        "(SELECT max(rowid) FROM audit_entry WHERE device >= :d AND device < :e)"
    )
    found = tx.execute(present, {"c": device + opening_of(tx)}).first()
    found = found or tx.execute(newest, {"d": device, "e": device + b"\xff" * 5}).first()
    return (found[0], found[1], found[2]) if found else (device, 0, NO_SEGMENT)
