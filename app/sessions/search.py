"""Search in one's own notes: decrypted into memory, scanned, forgotten at lock. Nothing of it touches the disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.sessions.content import MORE, SECTIONS
from app.sessions.views import NoteFound

_AROUND = 18
_FIELDS = tuple(name for name, _ in (*SECTIONS, *MORE) if name != "next_date")


@dataclass(frozen=True, slots=True)
class Searchable:
    """One note in memory."""

    note_id: str
    case_id: str
    case_number: str
    session_number: int
    day: date
    content: dict[str, str] = field(repr=False)


def scan(notes: list[Searchable], words: str, limit: int = 50) -> list[NoteFound]:
    """Notes that hold every word of `words` (case and width of letters do not matter), newest first."""
    wanted = [word.casefold() for word in words.split()]
    if not wanted:
        return []
    found: list[NoteFound] = []
    for note in notes:
        hit = _hit(note, wanted)
        if hit is not None:
            found.append(hit)
            if len(found) == limit:
                break
    return found


def _hit(note: Searchable, wanted: list[str]) -> NoteFound | None:
    texts = {name: note.content.get(name, "") for name in _FIELDS}
    if not all(any(word in text.casefold() for text in texts.values()) for word in wanted):
        return None
    name = next(name for name, text in texts.items() if wanted[0] in text.casefold())
    text = " ".join(texts[name].split())
    at = max(0, text.casefold().find(wanted[0]))
    end = at + len(wanted[0])
    before, after = text[max(0, at - _AROUND) : at], text[end : end + _AROUND]
    return NoteFound(
        note.note_id,
        note.case_id,
        note.case_number,
        note.session_number,
        note.day,
        name,
        ("…" if at > _AROUND else "") + before,
        text[at:end],
        after + ("…" if end + _AROUND < len(text) else ""),
    )
