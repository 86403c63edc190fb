"""Everything that the tab shows of one case, gathered in one call so that it appears at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.cases.views import CaseLine, CaseView, DropView
from app.common.changes import Changes, Done, Topic
from app.common.errors import UserError
from app.people.centres import RoomView
from app.sessions.views import NoteFound, NoteView, SessionView


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """`session` is the one being written, None if every session of one's own is signed; `draft` is what was typed."""

    case: CaseView
    notes: tuple[NoteView, ...]
    session: SessionView | None
    rooms: tuple[RoomView, ...]
    draft: dict[str, str] = field(repr=False)
    drops: tuple[DropView, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What another tab, or the list, asked for."""

    case_id: str = ""
    session_id: str = ""
    visit_id: str = ""
    client_id: str = ""


def open_wanted(
    services: Any, wanted: Wanted, starts: bool = False, confirmed: frozenset[str] = frozenset()
) -> CaseDesk | Done[CaseDesk]:
    """Opens the case that is meant; a visit begins its session too, as does `starts`. On the write lane: audited."""
    case_id, session_id = wanted.case_id, wanted.session_id
    begun = bool(wanted.visit_id or starts or (wanted.client_id and not case_id))
    if wanted.visit_id:
        case_id = services.cases.open_for_visit(wanted.visit_id, confirmed=confirmed).value.case_id
        session_id = services.notes.start(case_id, wanted.visit_id).value.id
    elif wanted.client_id and not case_id:
        case_id = services.cases.open_for_client(wanted.client_id).value.case_id
    if starts and not session_id:
        session_id = services.notes.start(case_id).value.id
    found = load_case(services, case_id, session_id)
    return Done(found, Changes.of(Topic.CASES, Topic.NOTES, Topic.QUEUE)) if begun else found


def load_case(services: Any, case_id: str, session_id: str = "") -> CaseDesk:
    """The case as it stands, with `session_id` to write, or else the oldest unsigned session of one's own."""
    mine = [item.session_id for item in services.notes.unsigned() if item.case_id == case_id]
    if session_id not in mine:
        session_id = mine[0] if mine else ""
    session = services.notes.session(session_id) if session_id else None
    kept = services.notes.kept(session.id) if session else None
    drops = _drops(services, case_id)
    if session is not None and session.visit_id:
        drops = tuple(drop for drop in drops if drop.visit_id == session.visit_id)
    return CaseDesk(
        case=services.cases.view(case_id, strict=False),
        notes=services.notes.notes(case_id),
        session=session,
        rooms=tuple(services.centre.rooms()),
        draft=dict(kept.content) if kept else {},
        drops=drops,
    )


def _drops(services: Any, case_id: str) -> tuple[DropView, ...]:
    """None if they were altered: the case itself says so."""
    try:
        found: tuple[DropView, ...] = services.cases.drops(case_id)
    except UserError as fault:
        if fault.code != "sealed-altered":
            raise
        return ()
    return found


def beginning(session: SessionView) -> dict[str, str]:
    """What the form shows before anything was typed."""
    return {
        "day": session.day.isoformat(),
        "start": session.start,
        "end": session.end,
        "room_id": session.room_id or "",
        "form": session.form,
    }


def last_level(notes: tuple[NoteView, ...]) -> str:
    """The risk level of the newest note that proves itself, "" without one."""
    proven = [note for note in notes if note.verified and not note.amended_by]
    return proven[-1].content.get("risk_level", "") if proven else ""


def search(services: Any, words: str) -> tuple[tuple[CaseLine, ...], list[NoteFound]]:
    """My cases with that number, and my notes with those words. On a worker: the notes are opened at first."""
    return services.cases.find_mine(words), services.notes.search(words)
