"""What the services of session notes answer with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.cases.views import CaseLine
from app.sessions import content as form

OVERDUE_HOURS = 24


class NoteState(StrEnum):
    """How the newest session of a case stands."""

    NO_SESSION = "no-session"
    UNSIGNED = "unsigned"
    SIGNED = "signed"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class SessionView:
    """A counselling session. `note_id`: the note in force, None while unsigned. Times are wall clock, HH:MM."""

    id: str
    case_id: str
    case_number: str
    number: int
    day: date
    start: str
    end: str
    room_id: str | None
    form: str
    visit_id: str | None
    counsellor: str
    note_id: str | None


@dataclass(frozen=True, slots=True)
class NoteView:
    """A signed note. `verified` False: it is not what was signed, or was taken away; then `content` is empty.

    `amends`: the note it replaces; `amended_by`: the one that replaces it.
    """

    id: str
    case_id: str
    session_id: str
    session_number: int
    day: date
    start: str
    end: str
    room_id: str | None
    form: str
    author: str
    author_name: str
    signed_at: datetime
    amends: str | None
    amended_by: str | None
    verified: bool
    content: dict[str, str] = field(repr=False)

    @property
    def sections(self) -> dict[str, str]:
        """Name of the section in the current language -> text."""
        return form.sections(self.content)


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A session of one's own without a signed note. `hours`: since it ended; `overdue`: more than 24."""

    session_id: str
    case_id: str
    case_number: str
    number: int
    day: date
    start: str
    hours: int
    overdue: bool
    has_draft: bool


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A case in the list at the left, with how its newest session stands."""

    case: CaseLine
    state: NoteState
    unsigned: Unsigned | None


@dataclass(frozen=True, slots=True)
class NoteFound:
    """A hit of the search in one's own notes: `where` is the field, with a piece of text around the words."""

    note_id: str
    case_id: str
    case_number: str
    session_number: int
    day: date
    where: str
    before: str = field(repr=False)
    match: str = field(repr=False)
    after: str = field(repr=False)
