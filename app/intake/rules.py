"""Rules of the front desk, pure: who goes first, what may follow what, who must not counsel whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.common.dates import age_on
from app.common.words import N_

WAITING, CALLED, IN_SESSION, DONE, LEFT = "waiting", "called", "in_session", "done", "left"
STATUS_WORDS: dict[str, str] = {
    WAITING: N_("Waiting"),
    CALLED: N_("Called"),
    IN_SESSION: N_("In session"),
    DONE: N_("Done"),
    LEFT: N_("Left"),
}
CAME_AS_WORDS: dict[str, str] = {
    "student": N_("Student"),
    "parent": N_("Parent"),
    "third_party": N_("Third party"),
}
SOURCE_WORDS: dict[str, str] = {
    "self": N_("Came by themselves"),
    "parent": N_("Brought by parents"),
    "school": N_("Sent by the school"),
    "hospital": N_("Sent by a hospital"),
    "hotline": N_("Hotline"),
    "12355": "12355",
    "police": N_("Police"),
    "other": N_("Other"),
}
SAFETY_QUESTIONS: tuple[str, ...] = (
    N_("Thought of hurting oneself"),
    N_("Has a definite plan"),
    N_("In danger now"),
)
ANSWERS = ("unasked", "no", "yes")
PRESENT = (WAITING, CALLED, IN_SESSION)

_NEXT = {WAITING: CALLED, CALLED: IN_SESSION, IN_SESSION: DONE}
_ALLOWED = {
    WAITING: {CALLED, IN_SESSION, LEFT},
    CALLED: {IN_SESSION, WAITING, LEFT},
    IN_SESSION: {DONE, LEFT},
    DONE: set[str](),
    LEFT: set[str](),
}
GUARDIAN_BELOW = 14


def following(status: str) -> str | None:
    """The next status by the one key; None at the end."""
    return _NEXT.get(status)


def allowed(before: str, after: str) -> bool:
    """Whether a visit may go from one status to the other."""
    return after in _ALLOWED[before]


def priority(safety: Sequence[str]) -> str:
    """One yes to a safety question is urgent; what was not asked is not a no, and not a yes."""
    return "urgent" if "yes" in safety else "normal"


def needs_guardian(born: date | None, day: date) -> bool:
    """Under 14 the guardian consents (PIPL §31)."""
    age = age_on(born, day)
    return age is not None and age < GUARDIAN_BELOW


def must_not_counsel(staff_school: str | None, client_school: str | None) -> bool:
    """回避: an expert who works at the client's school is never proposed."""
    return staff_school is not None and staff_school == client_school
