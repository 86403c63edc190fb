"""What this PC remembers about the copies on the others: what it still has to send, what it has taken in.

None of these tables travels. `db.replica` alone writes them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, RowId

WHOLE_ROW, DELETION = "", "-"
AUDIT = "audit_entry"


class Outbox(Base):
    """A change that no segment carries yet. Its values are read from the row when it is sealed."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[str] = mapped_column(RowId, doc="of an audit entry its chain")
    part: Mapped[str] = mapped_column(
        doc='"" the whole row (an insert), "-" its deletion, else a group of columns; of an audit entry its number'
    )
    supersedes: Mapped[bytes] = mapped_column(doc="dots that the change was made in knowledge of, 20 bytes each")

    __table_args__ = (UniqueConstraint("table_name", "row_id", "part", name="uq_outbox_change"),)


class Segment(Base):
    """A segment of this PC or of another, by the hash of its bytes. Its file lies in the spool under its name."""

    __tablename__ = "segment"

    hash: Mapped[bytes] = mapped_column(primary_key=True, doc="BLAKE2b-256 of the file")
    stream: Mapped[str]
    device: Mapped[bytes]
    incarnation: Mapped[bytes]
    seq: Mapped[int] = mapped_column(doc="1 is the first of an incarnation in a stream")
    previous: Mapped[bytes] = mapped_column(doc="hash of the one before, or 32 zero bytes")
    at: Mapped[datetime] = mapped_column(doc="by the clock of the PC that sealed it")
    rows: Mapped[int]
    state: Mapped[str] = mapped_column(doc="own, merged or refused (with `reason`)")
    reason: Mapped[str | None]
    taken_at: Mapped[datetime] = mapped_column(doc="sealed or merged here, by this PC's clock")
    audit_seq: Mapped[int] = mapped_column(doc="the sealing PC's last audit entry and its hash: an anchor")
    audit_head: Mapped[bytes]
    sealed: Mapped[bytes | None] = mapped_column(doc="the file's bytes, of own segments")

    __table_args__ = (
        Index("ix_segment_chain", "stream", "device", "incarnation", "seq"),
        Index("ix_segment_previous", "previous"),
    )


class Loser(Base):
    """The side of a concurrent edit that does not show. Kept for good; open until somebody settles it."""

    __tablename__ = "loser"

    id: Mapped[int] = mapped_column(primary_key=True)
    table_name: Mapped[str]
    row_id: Mapped[str] = mapped_column(RowId)
    group_name: Mapped[str]
    version: Mapped[bytes]
    stamp: Mapped[bytes]
    against: Mapped[bytes] = mapped_column(doc="the version that won")
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("table_name", "row_id", "group_name", "version", name="uq_loser_version"),
        Index("ix_loser_open", "settled_at"),
    )


class LoserValue(Base):
    """One column of a loser, exactly as the file held it (integer, real, text, blob or NULL)."""

    __tablename__ = "loser_value"

    loser_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    column_name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes | None]


class Removed(Base):
    """A deleted row. An edit made without knowledge of the deletion brings it back from `content`."""

    __tablename__ = "removed"

    table_name: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[str] = mapped_column(RowId, primary_key=True)
    stream: Mapped[str]
    version: Mapped[bytes]
    stamp: Mapped[bytes]
    known: Mapped[bytes] = mapped_column(doc="dots of the row and its groups that the deleter knew, 20 bytes each")
    content: Mapped[bytes | None] = mapped_column(doc="msgpack of the row's columns; None for append-only rows")
    beaten: Mapped[bool] = mapped_column(doc="an edit brought the row back")
