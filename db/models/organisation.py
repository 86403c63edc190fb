"""The organisation: its centres, its people, who they are proven to be (stream `org`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import JSON
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
        "duty_limits": ("duty_limits",),
    }
    merge_added: ClassVar[Mapping[str, str]] = {"duty_limits": "0003"}

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
    duty_limits: Mapped[dict[str, int]] = mapped_column(
        JSON,
        default=dict,
        server_default="{}",
        doc='{"consecutive_days": 3, "weekend_duties": 4}; what is not named is not limited',
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
        "limits": ("monthly_limit", "daily_limit"),
    }
    merge_added: ClassVar[Mapping[str, str]] = {"monthly_limit": "0003", "daily_limit": "0003"}

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
    monthly_limit: Mapped[int | None] = mapped_column(doc="duties a calendar month")
    daily_limit: Mapped[int] = mapped_column(default=1, server_default="1", doc="2: both halves of a day are welcome")


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
