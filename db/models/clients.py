"""Those who come, and their coming: plain to the centre's desk (stream: the centre)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import JSON, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, RowId, Synced


class Client(Synced, Base):
    """来访者: a student, or a parent in their own right."""

    __tablename__ = "client"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "identity": (
            "number",
            "kind",
            "name",
            "alias",
            "sex",
            "birth_date",
            "id_number",
        ),
        "background": ("nationality", "ethnic_group"),
        "school": ("school_id", "school_name", "grade", "class_name", "county"),
        "safe_contact": ("safe_times", "emergency_name", "emergency_telephone"),
        "remarks": ("remarks",),
        "merged": ("merged_into",),
    }

    number: Mapped[str] = mapped_column(index=True, doc="human number: LSA-2026-0118-3")
    kind: Mapped[str] = mapped_column(default="student", doc="student, parent or third_party")
    name: Mapped[str] = mapped_column(index=True)
    alias: Mapped[str | None]
    sex: Mapped[str | None]
    birth_date: Mapped[date | None]
    id_number: Mapped[str | None] = mapped_column(index=True)
    nationality: Mapped[str | None]
    ethnic_group: Mapped[str | None]
    school_id: Mapped[str | None] = mapped_column(RowId)
    school_name: Mapped[str | None] = mapped_column(doc="as told, where the directory does not have it")
    grade: Mapped[str | None]
    class_name: Mapped[str | None]
    county: Mapped[str | None]
    safe_times: Mapped[str | None] = mapped_column(doc="when one may telephone")
    emergency_name: Mapped[str | None]
    emergency_telephone: Mapped[str | None]
    remarks: Mapped[str | None] = mapped_column(doc="administrative only; what is confidential goes to the drop box")
    merged_into: Mapped[str | None] = mapped_column(RowId, doc="the record that this one is the same person as")

    __table_args__ = (Index("ix_client_merged_into", "merged_into", sqlite_where=text("merged_into IS NOT NULL")),)


class Telephone(Synced, Base):
    """A number under which a client or a guardian is reached; old ones stay, to be found by."""

    __tablename__ = "telephone"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "all": ("client_id", "written", "digits", "owner", "current")
    }
    merge_parent: ClassVar[Mapping[str, str]] = {"client_id": "client"}

    client_id: Mapped[str] = mapped_column(RowId, index=True)
    written: Mapped[str]
    digits: Mapped[str] = mapped_column(index=True)
    owner: Mapped[str] = mapped_column(default="client", doc="client or guardian")
    current: Mapped[bool] = mapped_column(default=True)


class Guardian(Synced, Base):
    """监护人 of a client; `person_id` if the guardian is a client in their own right."""

    __tablename__ = "guardian"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "all": ("client_id", "name", "relation", "telephone", "person_id", "withdrawn")
    }
    merge_parent: ClassVar[Mapping[str, str]] = {"client_id": "client"}

    client_id: Mapped[str] = mapped_column(RowId, index=True)
    name: Mapped[str]
    relation: Mapped[str | None]
    telephone: Mapped[str | None]
    person_id: Mapped[str | None] = mapped_column(RowId)
    withdrawn: Mapped[bool] = mapped_column(default=False)


class Arrival(Synced, Base):
    """One coming through the door: several visits (a family) may be one arrival."""

    __tablename__ = "arrival"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {"all": ("centre_id", "at", "registered_by")}

    centre_id: Mapped[str] = mapped_column(RowId, index=True)
    at: Mapped[datetime]
    registered_by: Mapped[str | None] = mapped_column(RowId)


class Visit(Synced, Base):
    """到访: one client's coming. Its status is the last of its events, kept here for the queue."""

    __tablename__ = "visit"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "who": (
            "arrival_id",
            "client_id",
            "centre_id",
            "day",
            "ticket",
            "visit_number",
            "came_as",
            "companions",
        ),
        "why": ("referral_source", "concerns", "remark"),
        "safety": ("asked_harm", "asked_plan", "asked_danger", "priority"),
        "queue": ("status", "status_at", "room_id", "staff_id"),
        "wish": ("wanted_staff_id",),
        "case": ("case_id",),
    }
    # The steps themselves are events and all stay; a wish is heard again at the counter. Safety answers and the
    # priority that follows from them are never decided by a clock.
    merge_quiet: ClassVar[frozenset[str]] = frozenset({"queue", "wish"})
    merge_parent: ClassVar[Mapping[str, str]] = {"client_id": "client", "arrival_id": "arrival"}

    arrival_id: Mapped[str] = mapped_column(RowId, index=True)
    client_id: Mapped[str] = mapped_column(RowId, index=True)
    centre_id: Mapped[str] = mapped_column(RowId)
    day: Mapped[date]
    ticket: Mapped[str | None] = mapped_column(doc="A03: PC letter and number of the day; None for imported visits")
    visit_number: Mapped[int] = mapped_column(default=1, doc="1 is the first visit")
    came_as: Mapped[str] = mapped_column(default="student", doc="student, parent or third_party")
    companions: Mapped[list[str]] = mapped_column(JSON, default=list, doc="who came along, as words")
    referral_source: Mapped[str | None] = mapped_column(
        doc="self, parent, school, hospital, hotline, 12355, police, other"
    )
    concerns: Mapped[list[str]] = mapped_column(JSON, default=list, doc="concern categories")
    remark: Mapped[str | None]
    asked_harm: Mapped[str] = mapped_column(default="unasked", doc="unasked, no or yes")
    asked_plan: Mapped[str] = mapped_column(default="unasked")
    asked_danger: Mapped[str] = mapped_column(default="unasked")
    status: Mapped[str] = mapped_column(default="waiting", doc="waiting, called, in_session, done or left")
    status_at: Mapped[datetime]
    room_id: Mapped[str | None] = mapped_column(RowId)
    staff_id: Mapped[str | None] = mapped_column(RowId, doc="who called")
    priority: Mapped[str] = mapped_column(default="normal", doc="normal or urgent")
    wanted_staff_id: Mapped[str | None] = mapped_column(RowId)
    case_id: Mapped[str | None] = mapped_column(RowId)

    __table_args__ = (Index("ix_visit_day", "centre_id", "day"),)


class VisitEvent(Synced, Base):
    """A step of a visit through the queue, and its undoing."""

    __tablename__ = "visit_event"
    merge_kind = "event"
    merge_parent: ClassVar[Mapping[str, str]] = {"visit_id": "visit"}

    visit_id: Mapped[str] = mapped_column(RowId, index=True)
    status: Mapped[str]
    before: Mapped[str | None]
    at: Mapped[datetime]
    by: Mapped[str | None] = mapped_column(RowId)
    room_id: Mapped[str | None] = mapped_column(RowId)
    undoes: Mapped[str | None] = mapped_column(RowId)


class Appointment(Synced, Base):
    """预约: date, time and room merge as one."""

    __tablename__ = "appointment"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "when": ("centre_id", "starts_at", "minutes", "room_id"),
        "who": ("client_id", "staff_id", "kind"),
        "status": ("status", "visit_id"),
    }
    merge_parent: ClassVar[Mapping[str, str]] = {"client_id": "client"}

    centre_id: Mapped[str] = mapped_column(RowId)
    client_id: Mapped[str] = mapped_column(RowId, index=True)
    staff_id: Mapped[str | None] = mapped_column(RowId)
    starts_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(default=50)
    room_id: Mapped[str | None] = mapped_column(RowId)
    kind: Mapped[str] = mapped_column(default="return", doc="first, return or parent")
    status: Mapped[str] = mapped_column(default="booked", doc="booked, arrived, missed or cancelled")
    visit_id: Mapped[str | None] = mapped_column(RowId)

    __table_args__ = (Index("ix_appointment_start", "centre_id", "starts_at"),)


class DropBox(Synced, Base):
    """What the desk takes down in confidence: written, not read again. `keys`: user id -> boxed one-time key."""

    __tablename__ = "drop_box"
    merge_kind = "event"
    merge_expires = True

    visit_id: Mapped[str] = mapped_column(RowId, index=True)
    sealed: Mapped[bytes]
    keys: Mapped[bytes]
    at: Mapped[datetime]
