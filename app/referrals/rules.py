"""How a letter ages: which step follows which, what it is waiting for, and from when on that is too long.

Pure: the steps and today's date go in. Concurrent steps of two PCs meet here, so every order must read the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.common.clock import local
from app.common.words import N_


class Urgency(StrEnum):
    """How soon the student should be seen."""

    ROUTINE = "routine"
    SOON = "soon"
    URGENT = "urgent"


URGENCY_WORDS: dict[Urgency, str] = {
    Urgency.ROUTINE: N_("Routine"),
    Urgency.SOON: N_("Soon"),
    Urgency.URGENT: N_("Urgent"),
}


class Step(StrEnum):
    """What is done to a released letter."""

    PRINTED = "printed"
    COLLECTED = "collected"
    ARRIVED = "arrived"
    REPLIED = "replied"
    RETURNED = "returned"
    RECALLED = "recalled"
    UNDONE = "undone"


class Status(StrEnum):
    """Where a letter is; each but the last two is a column of the board."""

    WAITING = "waiting"
    PRINTED = "printed"
    COLLECTED = "collected"
    ARRIVED = "arrived"
    REPLIED = "replied"
    RETURNED = "returned"
    RECALLED = "recalled"


COLUMNS = (Status.WAITING, Status.PRINTED, Status.COLLECTED, Status.ARRIVED, Status.REPLIED)
STATUS_WORDS: dict[Status, str] = {
    Status.WAITING: N_("To print"),
    Status.PRINTED: N_("Printed"),
    Status.COLLECTED: N_("Collected"),
    Status.ARRIVED: N_("Arrived there"),
    Status.REPLIED: N_("Replied"),
    Status.RETURNED: N_("Back at school"),
    Status.RECALLED: N_("Recalled"),
}
_ORDER = (*COLUMNS, Status.RETURNED)
_NEXT: dict[Status, Step] = {
    Status.WAITING: Step.PRINTED,
    Status.PRINTED: Step.COLLECTED,
    Status.COLLECTED: Step.ARRIVED,
    Status.ARRIVED: Step.REPLIED,
    Status.REPLIED: Step.RETURNED,
}
_NOT_ARRIVED = frozenset({Status.WAITING, Status.PRINTED, Status.COLLECTED})


@dataclass(frozen=True, slots=True)
class LetterStep:
    """One event of a letter."""

    id: str
    step: Step
    at: datetime
    by: str
    details: Mapping[str, object] = field(default_factory=dict)
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a letter stands, and since when (None: since it was released)."""

    status: Status
    since: datetime | None


def live(steps: Iterable[LetterStep]) -> list[LetterStep]:
    """The steps that were not taken back, oldest first."""
    held = list(steps)
    undone = {step.undoes for step in held if step.undoes}
    kept = [step for step in held if step.step is not Step.UNDONE and step.id not in undone]
    return sorted(kept, key=lambda step: (step.at, step.id))


def standing(steps: Iterable[LetterStep]) -> Standing:
    """The furthest step counts. A recall holds only while the letter has not left the house."""
    first: dict[str, datetime] = {}
    for step in live(steps):
        first.setdefault(step.step.value, step.at)
    furthest = max((s for s in _ORDER if s.value in first), key=_ORDER.index, default=Status.WAITING)
    recalled = first.get(Step.RECALLED)
    if recalled is not None and furthest in (Status.WAITING, Status.PRINTED):
        return Standing(Status.RECALLED, recalled)
    return Standing(furthest, first.get(furthest.value))


def next_step(status: Status) -> Step | None:
    """What is ordinarily done next; None once nothing is left to do."""
    return _NEXT.get(status)


def allowed(status: Status, step: Step) -> bool:
    """Whether a step may be taken: forward only, though steps may be left out; printing again at any time."""
    if status in (Status.RETURNED, Status.RECALLED):
        return False
    if step is Step.PRINTED:
        return True
    if step is Step.RECALLED:
        return status in (Status.WAITING, Status.PRINTED)
    if step is Step.UNDONE or (status is Status.WAITING and step is Step.COLLECTED):
        return False
    if step is Step.RETURNED:
        return status in (Status.ARRIVED, Status.REPLIED)
    return _ORDER.index(Status(step.value)) > _ORDER.index(status)


class Level(StrEnum):
    """How much a letter's age asks for attention."""

    CALM = "calm"
    ATTENTION = "attention"
    OVERDUE = "overdue"


_OVERDUE_AFTER = 7
_URGENT_OVERDUE_AFTER = 2
_ATTENTION_AFTER: dict[Status, int] = {
    Status.WAITING: 0,
    Status.PRINTED: 0,
    Status.COLLECTED: _OVERDUE_AFTER,
    Status.ARRIVED: 14,
    Status.REPLIED: 14,
}


def days_since(moment: datetime, today: date) -> int:
    """Calendar days at the centre; never negative, whatever another PC's clock said."""
    return max(0, (today - local(moment).date()).days)


def level(status: Status, days: int, urgency: Urgency) -> Level:
    """More than 7 days without an arrival are overdue, more than 2 if the letter is urgent."""
    limit = _URGENT_OVERDUE_AFTER if urgency is Urgency.URGENT else _OVERDUE_AFTER
    if status in _NOT_ARRIVED and days > limit:
        return Level.OVERDUE
    if days > _ATTENTION_AFTER.get(status, days):
        return Level.ATTENTION
    return Level.CALM


def unanswered(status: Status) -> bool:
    """Released, and no answer yet from where the student was sent."""
    return status in _NOT_ARRIVED or status is Status.ARRIVED


def not_arrived(status: Status) -> bool:
    """Given away, and nothing heard of an arrival."""
    return status in (Status.PRINTED, Status.COLLECTED)
