"""What stays on this PC: its own identity, drafts, the audit chain, the search index's rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, RowId


class Device(Base):
    """This PC: one row. Its pairs sign segments and receive stream keys; they live only inside this file."""

    __tablename__ = "device"

    id: Mapped[bytes] = mapped_column(primary_key=True, doc="8 bytes")
    name: Mapped[str]
    letter: Mapped[str] = mapped_column(doc="in human numbers and tickets: A, B …")
    centre_id: Mapped[str] = mapped_column(RowId)
    organisation_id: Mapped[str] = mapped_column(RowId)
    root_sign: Mapped[bytes] = mapped_column(doc="the organisation's root, pinned at set-up or joining")
    incarnation: Mapped[bytes] = mapped_column(doc="4 bytes, one life of this device")
    counter: Mapped[int] = mapped_column(default=0, doc="last dot given out in this incarnation")
    clock: Mapped[bytes] = mapped_column(doc="highest hybrid stamp given out or accepted")
    key_pairs: Mapped[bytes]


class StreamKey(Base):
    """The key of one stream in one epoch."""

    __tablename__ = "stream_key"

    stream: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[bytes]


class Draft(Base):
    """Typed, not yet signed or sent: sealed under a key of the author's own, never synchronised."""

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(RowId, primary_key=True)
    author: Mapped[str] = mapped_column(RowId)
    kind: Mapped[str] = mapped_column(doc="note, amendment, arrival, referral …")
    subject: Mapped[str | None] = mapped_column(doc="what the draft belongs to, as its kind needs it")
    sealed: Mapped[bytes]
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]

    __table_args__ = (Index("ix_draft_author", "author", "kind"),)


class AuditEntry(Base):
    """One act in this device's hash chain: ids and acts, no content. Travels in segment headers and bodies."""

    __tablename__ = "audit_entry"

    device: Mapped[bytes] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    user_id: Mapped[str | None] = mapped_column(RowId)
    act: Mapped[str]
    subjects: Mapped[list[str]] = mapped_column(JSON, default=list)
    digest: Mapped[bytes | None] = mapped_column(doc="hash of what was signed, where something was")
    previous: Mapped[bytes]
    hash: Mapped[bytes]


class AuditSubject(Base):
    """Finds the entries about one row without reading the chain."""

    __tablename__ = "audit_subject"

    subject: Mapped[str] = mapped_column(RowId, primary_key=True)
    device: Mapped[bytes] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Setting(Base):
    """A choice of this PC: appearance, printer, last user."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class SearchEntry(Base):
    """Ties a client to its row in the full-text table `client_search`."""

    __tablename__ = "search_entry"

    rowid: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(RowId, unique=True)
