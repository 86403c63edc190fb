"""Another PC's work as it arrives: changes made in ignorance of what this PC did, merged by the real merge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from app.bootstrap import Office
from db.models import GroupVersion, Outbox
from db.replica.merge import take_body, unfold
from db.replica.raw import Raw, content_columns, read_row
from db.replica.raw import models as travelling
from db.replica.segments import Body, Change, make_block
from db.schema import LATEST

OTHER = bytes.fromhex("0b" * 8)
OPENING = bytes.fromhex("0c" * 4)
_count = iter(range(1, 1 << 40))


def dot(device: bytes = OTHER) -> bytes:
    """A version that the other PC gives."""
    return device + OPENING + next(_count).to_bytes(8, "big")


def stamp(at: datetime, tick: int = 0) -> bytes:
    """The hybrid stamp of a moment."""
    return (int(at.timestamp()) * 1000).to_bytes(6, "big") + tick.to_bytes(4, "big")


@dataclass(frozen=True)
class Seen:
    """A group of columns as it stood when the other PC last heard of it."""

    table: str
    row_id: str
    group: str
    stream: str
    dots: bytes
    values: dict[str, Raw]


def seen(office: Office, table: str, row_id: str, group: str) -> Seen:
    """What the other PC knows from now on."""
    with office.ctx.db.read() as tx:
        held = tx.get(GroupVersion, (table, row_id, group))
        raw = read_row(tx, table, row_id)
        dots = held.version if held is not None else raw["version"]
        assert isinstance(dots, bytes)
        names = travelling()[table].merge_groups[group]
        return Seen(table, row_id, group, str(raw["stream"]), dots, {name: raw[name] for name in names})


def edit(
    office: Office,
    known: Seen,
    values: Mapping[str, Raw],
    *,
    later: timedelta = timedelta(hours=1),
    device: bytes = OTHER,
) -> bytes:
    """The other PC edits what it knows, and nothing newer; its dot. `later` than now by its clock."""
    names = list(known.values)
    merged = known.values | dict(values)
    version, when = dot(device), stamp(datetime.now(UTC) + later)
    change = Change(bytes.fromhex(known.row_id), version, when, known.dots, tuple(merged[name] for name in names))
    _take(office, known.stream, Body([make_block(known.table, known.group, names, [change])], []), device)
    return version


def row(office: Office, table: str, values: Mapping[str, Raw], *, device: bytes = OTHER) -> str:
    """The other PC adds a row to its centre's stream; the id."""
    row_id, names = dot(device)[8:], content_columns(table)
    change = Change(row_id, dot(device), stamp(datetime.now(UTC)), b"", tuple(values.get(name) for name in names))
    _take(office, office.who.centre_id, Body([make_block(table, "", list(names), [change])], []), device)
    return row_id.hex()


def _take(office: Office, stream: str, body: Body, device: bytes) -> None:
    with office.ctx.db.write() as tx:
        tx.execute(delete(Outbox))  # sealed before anything is merged
        now = office.ctx.clock.now()
        take_body(tx, stream, unfold(body, stream, device, LATEST), now, int(datetime.now(UTC).timestamp() * 1000))
