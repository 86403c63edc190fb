"""The organisation: its centres, its people, who they are proven to be (stream `org`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, RowId, Shared


class Organisation(Shared, Base):
    """机构: one row. `demo` marks a demonstration organisation, which can never become a real one."""

    __tablename__ = "organisation"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("name",),
        "fixed": ("root_sign", "root_box", "demo"),
    }
    merge_fixed: ClassVar[frozenset[str]] = frozenset({"fixed"})

    name: Mapped[str]
    root_sign: Mapped[bytes]
    root_box: Mapped[bytes]
    demo: Mapped[bool] = mapped_column(default=False)


class Centre(Shared, Base):
    """中心: its letterhead and hours. `county` is the six-digit code of the district."""

    __tablename__ = "centre"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "letterhead": ("name", "address", "hotline"),
        "identity": ("code", "county"),
        "policy": ("idle_minutes", "hours"),
    }

    code: Mapped[str] = mapped_column(doc="two letters in human numbers: LS")
    name: Mapped[str]
    county: Mapped[str | None]
    address: Mapped[str]
    hotline: Mapped[str]
    idle_minutes: Mapped[dict[str, int]] = mapped_column(
        JSON, default=dict, doc="role -> minutes until the screen locks"
    )
    hours: Mapped[dict[str, list[str]]] = mapped_column(
        JSON,
        default=dict,
        doc='{"am": ["08:30", "11:30"], "pm": ["14:00", "17:00"]}, wall clock',
    )


class Room(Shared, Base):
    """咨询室 of a centre."""

    __tablename__ = "room"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {"all": ("centre_id", "name", "position", "active")}
    merge_parent: ClassVar[Mapping[str, str]] = {"centre_id": "centre"}

    centre_id: Mapped[str] = mapped_column(RowId, index=True)
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class School(Shared, Base):
    """学校 with its consultation telephone."""

    __tablename__ = "school"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("name", "county"),
        "telephone": ("telephone",),
    }

    name: Mapped[str] = mapped_column(index=True)
    county: Mapped[str | None]
    telephone: Mapped[str | None]


class Destination(Shared, Base):
    """A place that referrals go to: institution and clinic."""

    __tablename__ = "destination"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "all": (
            "institution",
            "clinic",
            "kind",
            "telephone",
            "address",
            "position",
            "active",
        )
    }

    institution: Mapped[str]
    clinic: Mapped[str]
    kind: Mapped[str] = mapped_column(default="hospital", doc="hospital, school or other")
    telephone: Mapped[str | None]
    address: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Staff(Shared, Base):
    """人员; an expert (值班专家) is a staff member on the rota."""

    __tablename__ = "staff"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "identity": ("centre_id", "number", "name", "sex"),
        "contact": ("employer", "school_id", "telephone"),
        "rota": (
            "expert",
            "specialities",
            "availability",
            "weekly_limit",
            "last_quarter",
        ),
        "record_check": ("record_check_until",),
        "active": ("active",),
    }

    centre_id: Mapped[str] = mapped_column(RowId, index=True)
    number: Mapped[str] = mapped_column(index=True, doc="staff number, unique in the organisation: E001")
    name: Mapped[str]
    sex: Mapped[str | None] = mapped_column(doc="female, male or None")
    employer: Mapped[str | None]
    school_id: Mapped[str | None] = mapped_column(RowId, doc="the employer, if it is a school of the directory: 回避")
    telephone: Mapped[str | None]
    expert: Mapped[bool] = mapped_column(default=False)
    specialities: Mapped[list[str]] = mapped_column(JSON, default=list)
    availability: Mapped[list[list[Any]]] = mapped_column(JSON, default=list, doc='[[weekday 0-6, "am"|"pm"], …]')
    weekly_limit: Mapped[int | None]
    last_quarter: Mapped[int] = mapped_column(default=0, doc="duties done last quarter")
    record_check_until: Mapped[date | None] = mapped_column(doc="expiry of the criminal-record check")
    active: Mapped[bool] = mapped_column(default=True)


class Account(Shared, Base):
    """What signs in: login and the private keys, wrapped by the password. Believed only through the membership log."""

    __tablename__ = "account"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "login": ("login", "staff_id", "centre_id"),
        "keys": ("generation", "kdf_memory", "kdf_passes", "kdf_salt", "wrapped_keys"),
        "active": ("active",),
    }
    # Two passwords set at once: nobody can tell wrapped keys apart by looking at them, the later password opens.
    merge_quiet: ClassVar[frozenset[str]] = frozenset({"keys"})
    merge_parent: ClassVar[Mapping[str, str]] = {"staff_id": "staff"}

    login: Mapped[str] = mapped_column(index=True)
    staff_id: Mapped[str] = mapped_column(RowId)
    centre_id: Mapped[str] = mapped_column(RowId)
    generation: Mapped[int] = mapped_column(default=1)
    kdf_memory: Mapped[int]
    kdf_passes: Mapped[int]
    kdf_salt: Mapped[bytes]
    wrapped_keys: Mapped[bytes]
    active: Mapped[bool] = mapped_column(default=True)


class MembershipStatement(Shared, Base):
    """One signed statement of the membership log; `body` is msgpack, its `heads` name the statements seen before."""

    __tablename__ = "membership_statement"
    merge_kind = "event"

    body: Mapped[bytes]
    signer: Mapped[bytes] = mapped_column(doc="Ed25519 public key")
    signature: Mapped[bytes]


class DutyPattern(Shared, Base):
    """A half day that the centre staffs every week: weekday 0 is Monday, half is am or pm."""

    __tablename__ = "duty_pattern"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "all": ("centre_id", "weekday", "half", "needed", "active")
    }
    merge_parent: ClassVar[Mapping[str, str]] = {"centre_id": "centre"}

    centre_id: Mapped[str] = mapped_column(RowId, index=True)
    weekday: Mapped[int]
    half: Mapped[str]
    needed: Mapped[int] = mapped_column(default=3)
    active: Mapped[bool] = mapped_column(default=True)


class Leave(Shared, Base):
    """Days on which an expert is not available; the reason is not in this stream."""

    __tablename__ = "leave"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {"all": ("staff_id", "first", "last", "withdrawn")}
    merge_parent: ClassVar[Mapping[str, str]] = {"staff_id": "staff"}

    staff_id: Mapped[str] = mapped_column(RowId, index=True)
    first: Mapped[date]
    last: Mapped[date] = mapped_column(doc="inclusive")
    withdrawn: Mapped[bool] = mapped_column(default=False)


class Assignment(Shared, Base):
    """排班: an expert on a duty session. A draft replaces nothing until it is published."""

    __tablename__ = "assignment"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "who": ("centre_id", "day", "half", "staff_id"),
        "state": ("state", "pinned", "room_id"),
        "absence": ("absent_at", "replaces_id"),
    }
    merge_parent: ClassVar[Mapping[str, str]] = {"staff_id": "staff"}

    centre_id: Mapped[str] = mapped_column(RowId)
    day: Mapped[date]
    half: Mapped[str]
    staff_id: Mapped[str] = mapped_column(RowId, index=True)
    state: Mapped[str] = mapped_column(
        default="draft", doc="draft, published, leaving (in force until the next publication) or removed"
    )
    pinned: Mapped[bool] = mapped_column(default=False)
    room_id: Mapped[str | None] = mapped_column(RowId)
    absent_at: Mapped[datetime | None] = mapped_column(doc="when the absence was recorded; None: she is coming")
    replaces_id: Mapped[str | None] = mapped_column(RowId, doc="the absent assignment that this one stands in for")

    __table_args__ = (Index("ix_assignment_day", "centre_id", "day", "half"),)


class Holiday(Shared, Base):
    """A public holiday, or a make-up workday (`workday`), from the editable calendar."""

    __tablename__ = "holiday"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {"all": ("day", "name", "workday", "withdrawn")}

    day: Mapped[date]
    name: Mapped[str]
    workday: Mapped[bool] = mapped_column(default=False)
    withdrawn: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("day", "id", name="uq_holiday_day"),)
