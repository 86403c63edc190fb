"""Whom or what a row is about, in words: a client by name and number, a booking by its time, a letter by its number."""

from __future__ import annotations

from dataclasses import dataclass

from app.common.clock import local
from app.common.words import tr
from app.rota.rules import HALF_WORDS, WEEKDAYS
from app.sync.reviewing.values import Names
from db.models import (
    Account,
    Appointment,
    Arrival,
    Assignment,
    Case,
    Centre,
    Client,
    CounsellingSession,
    Destination,
    DutyDay,
    DutyPattern,
    DutyWish,
    Guardian,
    Holiday,
    Leave,
    Organisation,
    Publication,
    ReleasedLetter,
    Room,
    School,
    Staff,
    SwapRequest,
    Synced,
    Telephone,
    Visit,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """`client_id` and `case_id` lead there."""

    text: str
    client_id: str | None = None
    case_id: str | None = None


def refers(row: Synced) -> list[tuple[str, str]]:
    """(table, id) of the rows whose names `subject_of` will want."""
    wanted = []
    for column, table in (
        ("client_id", "client"),
        ("staff_id", "staff"),
        ("case_id", "case"),
        ("assignment_id", "assignment"),
    ):
        if row_id := getattr(row, column, None):
            wanted.append((table, str(row_id)))
    return wanted


def subject_of(row: Synced, names: Names) -> Subject:
    """What the row is about."""
    if isinstance(row, Client):
        return Subject(f"{row.name} {row.number}", client_id=row.id)
    if isinstance(row, Telephone | Guardian):
        return Subject(names.of("client", row.client_id), client_id=row.client_id)
    if isinstance(row, Visit):
        when = f"{row.day.isoformat()} {row.ticket or ''}".rstrip()
        return Subject(_dotted(names.of("client", row.client_id), when), client_id=row.client_id)
    if isinstance(row, Appointment):
        when = tr("booking on {time}", time=f"{local(row.starts_at):%Y-%m-%d %H:%M}")
        return Subject(_dotted(names.of("client", row.client_id), when), client_id=row.client_id)
    if isinstance(row, Case):
        return Subject(tr("Case {number}", number=row.number), client_id=row.client_id, case_id=row.id)
    if isinstance(row, CounsellingSession):
        return Subject(_dotted(names.of("case", row.case_id), f"{row.day.isoformat()} {row.start}"), None, row.case_id)
    if isinstance(row, ReleasedLetter):
        return Subject(tr("Letter {number}", number=row.number), client_id=row.client_id)
    return Subject(_of_the_centre(row, names))


def _of_the_centre(row: Synced, names: Names) -> str:
    if isinstance(row, Assignment):
        return _dotted(row.day.isoformat(), tr(HALF_WORDS[row.half]), names.of("staff", row.staff_id))
    if isinstance(row, Leave):
        return _dotted(names.of("staff", row.staff_id), f"{row.first.isoformat()}–{row.last.isoformat()}")
    if isinstance(row, DutyPattern):
        return f"{tr(WEEKDAYS[row.weekday % 7])} {tr(HALF_WORDS[row.half])}"
    if isinstance(row, DutyDay):
        return f"{row.day.isoformat()} {tr(HALF_WORDS[row.half])}"
    if isinstance(row, DutyWish):
        return names.of("staff", row.staff_id)
    if isinstance(row, Publication):
        return f"{row.first.isoformat()}–{row.last.isoformat()}"
    if isinstance(row, SwapRequest):
        return names.of("assignment", row.assignment_id)
    if isinstance(row, Holiday):
        return _dotted(row.name, row.day.isoformat())
    if isinstance(row, Staff):
        return f"{row.name} {row.number}"
    if isinstance(row, Account):
        return _dotted(names.of("staff", row.staff_id), row.login)
    if isinstance(row, Destination):
        return f"{row.institution} {row.clinic}".strip()
    if isinstance(row, Arrival):
        return tr("arrival at {time}", time=f"{local(row.at):%Y-%m-%d %H:%M}")
    if isinstance(row, Room | School | Centre | Organisation):
        return row.name
    return ""


def _dotted(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
