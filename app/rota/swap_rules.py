"""换班: what has become of a request, read from its row and from the duties it names; pure.

The state is derived, not stored, so that every PC that has the same rows says the same; two answers given on two PCs
stay both visible."""

from __future__ import annotations

from dataclasses import dataclass

from app.common.notes import Note
from app.common.words import N_

OPEN, DONE, DECLINED, WITHDRAWN, VOID, CONTESTED = "open", "done", "declined", "withdrawn", "void", "contested"

STATE_WORDS: dict[str, str] = {
    OPEN: N_("waiting for an answer"),
    DONE: N_("changed hands"),
    DECLINED: N_("declined"),
    WITHDRAWN: N_("withdrawn"),
    VOID: N_("no longer applies"),
    CONTESTED: N_("answered differently on two PCs"),
}
HOW_WORDS: dict[str, str] = {
    "self": N_("answered in person"),
    "told": N_("told by telephone"),
    "override": N_("decided by the planner"),
}


@dataclass(frozen=True, slots=True)
class Given:
    """A duty that a request names, as it stands: `state` as in the assignment; None: there is no such duty."""

    state: str | None
    absent: bool = False

    @property
    def stands(self) -> bool:
        return self.state in ("draft", "published") and not self.absent


def state_of(answer: str | None, ended: str | None, duty: Given, back: Given | None, *, past: bool) -> str:
    """`duty` is given away, `back` comes for it in an exchange; `past`: one of them is over."""
    if ended == "done":
        return DONE if answer == "agreed" else CONTESTED
    if ended == "withdrawn":
        return CONTESTED if answer == "agreed" else WITHDRAWN
    if answer == "declined":
        return DECLINED
    if why_void(duty, back, past=past) is not None:
        return VOID
    return OPEN


def why_void(duty: Given, back: Given | None, *, past: bool) -> Note | None:
    """Why an unanswered request can no longer be carried out."""
    for one in (duty, back):
        if one is not None and one.absent:
            return Note.of("void.absent", N_("one of the duties was marked absent"))
        if one is not None and not one.stands:
            return Note.of("void.changed", N_("one of the duties has changed meanwhile"))
    return Note.of("void.past", N_("the duty is over")) if past else None
