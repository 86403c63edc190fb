"""When a PC whose window is open synchronises by itself: after the sign-in, at the interval, and once a night."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from app.common.clock import local

NIGHT = (time(2, 0), time(5, 0))


@dataclass(frozen=True, slots=True)
class Round:
    """What ran: `last` began last, `night` is the day whose night has run, `backup` the day that was backed up."""

    last: datetime | None = None
    night: date | None = None
    backup: date | None = None

    def began(self, now: datetime) -> Round:
        """A run begins; one in the night counts as the night's, whoever asked for it."""
        return replace(self, last=now, night=local(now).date() if is_night(now) else self.night)

    def backed_up(self, now: datetime) -> Round:
        return replace(self, backup=local(now).date())


def is_night(now: datetime) -> bool:
    """Nobody works, and the other PCs do the same."""
    return NIGHT[0] <= local(now).time() < NIGHT[1]


def due(done: Round, now: datetime, interval: int | None) -> str:
    """ "interval", "night", or an empty text if nothing is due. A clock put back does not stop the rounds."""
    if done.last is None:
        return "interval"
    if is_night(now) and done.night != local(now).date():
        return "night"
    passed = now - done.last
    if interval is not None and (passed >= timedelta(seconds=interval) or passed < timedelta(0)):
        return "interval"
    return ""


def backup_due(done: Round, now: datetime) -> bool:
    """Once a day while somebody is signed in."""
    return done.backup != local(now).date()
