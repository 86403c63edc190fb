"""Rules of the front desk, pure: who goes first, what may follow what, who must not counsel whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
COMPANION_WORDS: dict[str, str] = {
    "mother": N_("Mother"),
    "father": N_("Father"),
    "grandparent": N_("Grandparent"),
    "teacher": N_("Teacher"),
    "other": N_("Somebody else"),
}
PARENTS = ("mother", "father", "grandparent")
CONCERN_WORDS: dict[str, str] = {
    "情绪低落": N_("Low mood"),
    "睡眠": N_("Sleep"),
    "厌学": N_("School refusal"),
    "学业压力": N_("Pressure of study"),
    "考试焦虑": N_("Fear of exams"),
    "亲子关系": N_("Parents and child"),
    "人际交往": N_("Getting on with others"),
    "网络使用": N_("Screen time"),
    "青春期": N_("Puberty"),
    "自伤": N_("Self-harm"),
}
"""Stored as the register writes them."""
GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "初一", "初二", "初三", "高一", "高二", "高三")
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


def gravest(answers: Sequence[tuple[str, str, str]]) -> tuple[str, str, str]:
    """Of each question the gravest of several answers: yes, then no, then unasked."""
    harm, plan, danger = (
        max(given, key=lambda one: ANSWERS.index(one) if one in ANSWERS else -1) for given in zip(*answers, strict=True)
    )
    return harm, plan, danger


def needs_guardian(born: date | None, day: date) -> bool:
    """Under 14 the guardian consents (PIPL §31)."""
    age = age_on(born, day)
    return age is not None and age < GUARDIAN_BELOW


def who_came(ticked: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """As whom the client comes, and who came along, from what was ticked: student and the codes of COMPANION_WORDS.

    Nobody ticked is the student. Without the student a parent comes in their own right, and is named among those who
    came, since the queue says which parent it is; so is a third party.
    """
    others = tuple(code for code in COMPANION_WORDS if code in ticked)
    if "student" in ticked or not others:
        return "student", others
    return ("parent" if set(others) & set(PARENTS) else "third_party"), others


def must_not_counsel(staff_school: str | None, client_school: str | None) -> bool:
    """回避: an expert who works at the client's school is never proposed."""
    return staff_school is not None and staff_school == client_school
