"""The duty rota: patterns, the calendar, who is away, who is on duty, what was published (stream `org`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, RowId, Shared


class DutyPattern(Shared, Base):
    """A half day that the centre staffs regularly: weekday 0 is Monday, half is am or pm."""

    __tablename__ = "duty_pattern"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "all": ("centre_id", "weekday", "half", "needed", "active"),
        "times": ("starts", "ends", "valid_from", "valid_to", "rule"),
        "wanted": ("room_ids", "specialities"),
    }
    merge_added: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("starts", "ends", "valid_from", "valid_to", "rule", "room_ids", "specialities"), "0003"
    )
    merge_parent: ClassVar[Mapping[str, str]] = {"centre_id": "centre"}

    centre_id: Mapped[str] = mapped_column(RowId, index=True)
    weekday: Mapped[int]
    half: Mapped[str]
    needed: Mapped[int] = mapped_column(default=3)
    active: Mapped[bool] = mapped_column(default=True)
    starts: Mapped[str | None] = mapped_column(doc="HH:MM; None: the centre's hour")
    ends: Mapped[str | None]
    valid_from: Mapped[date | None] = mapped_column(doc="None: has always been so")
    valid_to: Mapped[date | None] = mapped_column(doc="inclusive")
    rule: Mapped[str | None] = mapped_column(doc="RFC 5545 recurrence counted from valid_from; None: every week")
    room_ids: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]", doc="in which order they go")
    specialities: Mapped[list[str]] = mapped_column(
        JSON, default=list, server_default="[]", doc="each must be covered by somebody on duty"
    )


class DutyDay(Shared, Base):
    """One half day that differs from the pattern: extra duty, or none (`needed` 0)."""

    __tablename__ = "duty_day"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "all": ("centre_id", "day", "half", "needed", "starts", "ends", "reason", "withdrawn")
    }
    merge_parent: ClassVar[Mapping[str, str]] = {"centre_id": "centre"}

    centre_id: Mapped[str] = mapped_column(RowId, index=True)
    day: Mapped[date]
    half: Mapped[str]
    needed: Mapped[int]
    starts: Mapped[str | None]
    ends: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="", doc="as it stands on the board: 开学季加班")
    withdrawn: Mapped[bool] = mapped_column(default=False)


class Leave(Shared, Base):
    """Days or half days on which an expert is not available; the reason is not in this stream."""

    __tablename__ = "leave"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "all": ("staff_id", "first", "last", "withdrawn"),
        "part": ("half", "rule"),
    }
    merge_added: ClassVar[Mapping[str, str]] = {"half": "0003", "rule": "0003"}
    merge_parent: ClassVar[Mapping[str, str]] = {"staff_id": "staff"}

    staff_id: Mapped[str] = mapped_column(RowId, index=True)
    first: Mapped[date]
    last: Mapped[date] = mapped_column(doc="inclusive")
    withdrawn: Mapped[bool] = mapped_column(default=False)
    half: Mapped[str | None] = mapped_column(doc="only am or only pm of each day; None: the whole day")
    rule: Mapped[str | None] = mapped_column(doc="RFC 5545 recurrence counted from `first`; None: every day")


class DutyWish(Shared, Base):
    """What an expert would like, or rather not: on a weekday or on one day, in one half or in both."""

    __tablename__ = "duty_wish"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "all": ("staff_id", "prefer", "weekday", "day", "half", "withdrawn")
    }
    merge_parent: ClassVar[Mapping[str, str]] = {"staff_id": "staff"}

    staff_id: Mapped[str] = mapped_column(RowId, index=True)
    prefer: Mapped[bool]
    weekday: Mapped[int | None]
    day: Mapped[date | None]
    half: Mapped[str | None]
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


class Publication(Shared, Base):
    """发布: one version of the published rota, as it was put in force. `content` is a line a duty."""

    __tablename__ = "publication"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "fixed": ("centre_id", "first", "last", "number", "at", "by_name", "content"),
        "withdrawn": ("withdrawn",),
    }
    merge_fixed: ClassVar[frozenset[str]] = frozenset({"fixed"})
    merge_parent: ClassVar[Mapping[str, str]] = {"centre_id": "centre"}

    centre_id: Mapped[str] = mapped_column(RowId, index=True)
    first: Mapped[date]
    last: Mapped[date]
    number: Mapped[int] = mapped_column(doc="counts up in each centre; two PCs may give the same one")
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(doc="who published it")
    content: Mapped[list[list[Any]]] = mapped_column(
        JSON, doc="[[assignment id, ISO day, half, staff id, room id or None], …] of first to last"
    )
    withdrawn: Mapped[bool] = mapped_column(default=False)


class SwapRequest(Shared, Base):
    """换班: an expert asks another to take a duty over, or to exchange it for one of hers."""

    __tablename__ = "swap_request"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "fixed": ("centre_id", "assignment_id", "to_staff_id", "return_id", "asked_by", "asked_at"),
        "answer": ("answer", "answered_by", "answered_at", "answered_how"),
        "end": ("ended", "ended_by", "ended_at"),
    }
    merge_fixed: ClassVar[frozenset[str]] = frozenset({"fixed"})
    merge_parent: ClassVar[Mapping[str, str]] = {"assignment_id": "assignment"}

    centre_id: Mapped[str] = mapped_column(RowId, index=True)
    assignment_id: Mapped[str] = mapped_column(RowId, doc="the duty that is given away")
    to_staff_id: Mapped[str] = mapped_column(RowId, index=True)
    return_id: Mapped[str | None] = mapped_column(RowId, doc="the duty that comes back for it, in an exchange")
    asked_by: Mapped[str] = mapped_column(RowId, doc="user id")
    asked_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(doc="agreed or declined; None: not yet")
    answered_by: Mapped[str | None] = mapped_column(RowId, doc="user id of who recorded it")
    answered_at: Mapped[datetime | None]
    answered_how: Mapped[str | None] = mapped_column(doc="self, told (by telephone) or override (the planner decided)")
    ended: Mapped[str | None] = mapped_column(doc="done or withdrawn; None: open")
    ended_by: Mapped[str | None] = mapped_column(RowId)
    ended_at: Mapped[datetime | None]


class Holiday(Shared, Base):
    """A public holiday, or a make-up workday (`workday`), from the editable calendar. `duty`: experts come all the
    same, and such days are spread evenly on their own."""

    __tablename__ = "holiday"
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "all": ("day", "name", "workday", "withdrawn"),
        "duty": ("duty",),
    }
    merge_added: ClassVar[Mapping[str, str]] = {"duty": "0003"}

    day: Mapped[date]
    name: Mapped[str]
    workday: Mapped[bool] = mapped_column(default=False)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    duty: Mapped[bool] = mapped_column(default=False, server_default="0")

    __table_args__ = (UniqueConstraint("day", "id", name="uq_holiday_day"),)
