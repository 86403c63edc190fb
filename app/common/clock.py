"""What time it is, handed to whoever needs it, so that a rule can be tried at any hour."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

CENTRE_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """`now()` is aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The PC's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that stands where it was put; for the demonstration day and for tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self.at


def local(moment: datetime) -> datetime:
    """A UTC moment as the centre's wall clock shows it."""
    return moment.astimezone(CENTRE_ZONE)


def today(clock: Clock) -> date:
    """The centre's calendar date now."""
    return local(clock.now()).date()


def at_centre(day: date, hour: int, minute: int = 0) -> datetime:
    """The UTC moment of a wall-clock time at the centre."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CENTRE_ZONE).astimezone(UTC)
