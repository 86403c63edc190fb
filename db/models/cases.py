"""The work with one client: keys, grants, and what only their holders open (stream: the centre)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, RowId, Synced


class Case(Synced, Base):
    """个案: `key_version` is the case key that new content is sealed with."""

    __tablename__ = "case"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "identity": ("number", "client_id", "centre_id", "opened_by", "opened_at"),
        "state": ("state", "closed_at"),
        "key": ("key_version",),
    }
    # The key in force is what the signed grants say; the number here only follows them.
    merge_quiet: ClassVar[frozenset[str]] = frozenset({"key"})
    merge_parent: ClassVar[Mapping[str, str]] = {"client_id": "client"}

    number: Mapped[str] = mapped_column(index=True, doc="LSA-2026-0118-3")
    client_id: Mapped[str] = mapped_column(RowId, index=True)
    centre_id: Mapped[str] = mapped_column(RowId, index=True)
    opened_by: Mapped[str] = mapped_column(RowId, doc="account id of the psychologist")
    opened_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open", doc="open or closed")
    closed_at: Mapped[datetime | None]
    key_version: Mapped[int] = mapped_column(default=1)


class CaseGrant(Synced, Base):
    """The case key of one version, boxed to one recipient and signed by a holder; verified at each read."""

    __tablename__ = "case_grant"
    merge_kind = "event"
    merge_parent: ClassVar[Mapping[str, str]] = {"case_id": "case"}

    case_id: Mapped[str] = mapped_column(RowId, index=True)
    key_version: Mapped[int]
    recipient: Mapped[str] = mapped_column(RowId, index=True, doc="account id; the organisation id stands for escrow")
    grantor: Mapped[str] = mapped_column(RowId)
    boxed_key: Mapped[bytes]
    at: Mapped[datetime]
    signature: Mapped[bytes]


class RiskEvent(Synced, Base):
    """A risk level in words and its time, plain; the rationale sealed. All that none supersedes are live."""

    __tablename__ = "risk_event"
    merge_kind = "event"
    merge_parent: ClassVar[Mapping[str, str]] = {"case_id": "case"}

    case_id: Mapped[str] = mapped_column(RowId, index=True)
    level: Mapped[str] = mapped_column(doc="none, attention, focus or urgent")
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(RowId)
    key_version: Mapped[int]
    sealed_rationale: Mapped[bytes]
    supersedes: Mapped[list[str]] = mapped_column(JSON, default=list)
    signature: Mapped[bytes]


class ConsentEvent(Synced, Base):
    """Consent given or withdrawn, per purpose and per recipient; withdrawal wins."""

    __tablename__ = "consent_event"
    merge_kind = "event"
    merge_parent: ClassVar[Mapping[str, str]] = {"client_id": "client"}

    client_id: Mapped[str] = mapped_column(RowId, index=True)
    purpose: Mapped[str] = mapped_column(doc="counselling, share, recording or supervision")
    recipient: Mapped[str | None] = mapped_column(RowId, doc="a destination or a school, where the purpose is share")
    scope: Mapped[list[str]] = mapped_column(JSON, default=list, doc="what may be shared, as ticked")
    act: Mapped[str] = mapped_column(doc="given, withdrawn or overridden")
    by: Mapped[str] = mapped_column(doc="guardian, child or both; for an override the ground")
    signer_name: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(doc="of an override: emergency, legal duty")
    form_version: Mapped[str]
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(RowId)
    supersedes: Mapped[list[str]] = mapped_column(JSON, default=list)
    signature: Mapped[bytes]


class CounsellingSession(Synced, Base):
    """咨询: when, where and with whom; plain, because rooms and times are planned from it."""

    __tablename__ = "counselling_session"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "when": ("day", "start", "end", "room_id"),
        "who": ("case_id", "number", "counsellor", "form", "visit_id"),
        "withdrawn": ("withdrawn",),
    }
    merge_parent: ClassVar[Mapping[str, str]] = {"case_id": "case"}

    case_id: Mapped[str] = mapped_column(RowId, index=True)
    visit_id: Mapped[str | None] = mapped_column(RowId)
    number: Mapped[int]
    day: Mapped[date] = mapped_column(index=True)
    start: Mapped[str] = mapped_column(doc="wall clock HH:MM")
    end: Mapped[str | None]
    room_id: Mapped[str | None] = mapped_column(RowId)
    counsellor: Mapped[str] = mapped_column(RowId, doc="account id")
    form: Mapped[str] = mapped_column(default="face", doc="face, phone or video")
    withdrawn: Mapped[bool] = mapped_column(default=False, doc="begun by mistake; never one that has a note")


class SessionNote(Synced, Base):
    """咨询记录, signed: append-only. An amendment is a new row that names the one it amends."""

    __tablename__ = "session_note"
    merge_kind = "event"
    merge_parent: ClassVar[Mapping[str, str]] = {"case_id": "case", "session_id": "counselling_session"}

    case_id: Mapped[str] = mapped_column(RowId, index=True)
    session_id: Mapped[str] = mapped_column(RowId, index=True)
    amends: Mapped[str | None] = mapped_column(RowId)
    key_version: Mapped[int]
    sealed: Mapped[bytes]
    author: Mapped[str] = mapped_column(RowId, index=True)
    signed_at: Mapped[datetime]
    signature: Mapped[bytes]


class CaseDocument(Synced, Base):
    """Any other sealed content of a case: drop-box text moved in, assessments, letters before release.

    What it is stands inside, so that nobody without the key learns that a letter is being written."""

    __tablename__ = "case_document"
    merge_kind = "event"
    merge_parent: ClassVar[Mapping[str, str]] = {"case_id": "case"}

    case_id: Mapped[str] = mapped_column(RowId, index=True)
    key_version: Mapped[int]
    sealed: Mapped[bytes]
    author: Mapped[str] = mapped_column(RowId)
    at: Mapped[datetime]
    supersedes: Mapped[str | None] = mapped_column(RowId)
    signature: Mapped[bytes]


class ScaleDone(Synced, Base):
    """测评: that a scale was taken, and when; plain. Answers and totals are a case document."""

    __tablename__ = "scale_done"
    merge_kind = "event"
    merge_parent: ClassVar[Mapping[str, str]] = {"case_id": "case"}

    case_id: Mapped[str] = mapped_column(RowId, index=True)
    document_id: Mapped[str] = mapped_column(RowId)
    scale: Mapped[str]
    day: Mapped[date]
    author: Mapped[str] = mapped_column(RowId)


class ReleasedLetter(Synced, Base):
    """转介单, released for printing: from here on the desk sees it. Expires by deletion."""

    __tablename__ = "released_letter"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "letter": (
            "number",
            "client_id",
            "destination_id",
            "clinic",
            "urgency",
            "content",
            "released_by",
            "released_at",
            "expires_on",
            "signature",
        ),
    }
    merge_parent: ClassVar[Mapping[str, str]] = {"client_id": "client"}

    number: Mapped[str] = mapped_column(index=True)
    client_id: Mapped[str] = mapped_column(RowId, index=True)
    destination_id: Mapped[str] = mapped_column(RowId)
    clinic: Mapped[str]
    urgency: Mapped[str] = mapped_column(doc="routine, soon or urgent")
    content: Mapped[dict[str, Any]] = mapped_column(JSON, doc="everything that the printed page says")
    released_by: Mapped[str] = mapped_column(RowId)
    released_at: Mapped[datetime]
    expires_on: Mapped[date]
    signature: Mapped[bytes]


class LetterEvent(Synced, Base):
    """A step of a letter's ageing: printed, collected, arrived, replied, returned, recalled; or its undoing."""

    __tablename__ = "letter_event"
    merge_kind = "event"
    merge_parent: ClassVar[Mapping[str, str]] = {"letter_id": "released_letter"}

    letter_id: Mapped[str] = mapped_column(RowId, index=True)
    step: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(RowId)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    undoes: Mapped[str | None] = mapped_column(RowId)
