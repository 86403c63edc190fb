"""The rows of a list of duty experts: when they can be on duty, when they are away, until when their check holds.

An expert is known by the staff number alone. How leave and wishes are written: see `leave_text`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from app.common.errors import UserError
from app.common.notes import Note
from app.common.telephone import Telephone, read_telephones
from app.common.words import N_
from app.people.leave_text import (
    SEPARATORS,
    LeaveRead,
    WishRead,
    read_leaves,
    read_sessions,
    read_wishes,
)
from app.people.rows import Problem, Reader, RefusedRow, split_list
from app.people.sheets import Book, SheetRow, Table

_UNLIMITED = frozenset({"不限", "无限制", "不限次数", "unlimited"})


@dataclass(frozen=True, slots=True)
class ExpertRow:
    """`availability` holds (weekday 0–6, "am"|"pm"); it, `leave` and the wishes are sorted, each once."""

    table: Table = field(repr=False, compare=False)
    row: SheetRow = field(repr=False, compare=False)
    number: str
    name: str
    sex: str | None
    employer: str | None
    telephones: tuple[Telephone, ...]
    specialities: tuple[str, ...]
    availability: tuple[tuple[int, str], ...]
    weekly_limit: int | None
    last_quarter: int
    leave: tuple[LeaveRead, ...]
    record_check: date | None
    warnings: tuple[Problem, ...] = field(compare=False)
    monthly_limit: int | None = None
    daily_limit: int | None = None
    wishes: tuple[WishRead, ...] = ()
    dislikes: tuple[WishRead, ...] = ()


def read_experts(book: Book, *, year: int | None, today: date) -> tuple[list[ExpertRow], list[RefusedRow]]:
    """Every row is in exactly one list; a staff number that another row already has with other content is refused."""
    taken: list[ExpertRow] = []
    refused: list[RefusedRow] = []
    first: dict[str, ExpertRow] = {}
    for table in book.tables:
        for row in table.rows:
            result = read_row(table, row, year=year, today=today)
            if isinstance(result, ExpertRow) and first.setdefault(result.number, result) != result:
                note = N_("The staff number {number} is already in row {row} with other content.")
                twice = Note.of("number.twice", note, number=result.number, row=first[result.number].row.number)
                result = RefusedRow(table, row, (Problem("number", twice),))
            if isinstance(result, RefusedRow):
                refused.append(result)
            else:
                taken.append(result)
    return taken, refused


def read_row(table: Table, row: SheetRow, *, year: int | None, today: date) -> ExpertRow | RefusedRow:
    """Reads one row; all its problems are found, not just the first."""
    reader = Reader(table, row)
    number = "".join(unicodedata.normalize("NFKC", reader.text("number")).split()).upper()
    if not number:
        reader.refuse("number", Note.of("number.missing", N_("The staff number is missing.")))
    name = reader.name("name")
    telephones = read_telephones(reader.text("telephone"))
    reader.warn("telephone", telephones.notes)
    sex = reader.sex("sex")
    availability = _availability(reader)
    weekly_limit = _limit(reader, "weekly_limit")
    last_quarter = _number(reader, "last_quarter") or 0
    leave = _leave(reader, year)
    wishes, dislikes = _wishes(reader, "wishes", year), _wishes(reader, "dislikes", year)
    monthly_limit, daily_limit = _limit(reader, "monthly_limit"), _daily(reader)
    record_check = reader.day("record_check", year=year)
    if record_check is not None and record_check < today:
        note = N_("The criminal-record check expired on {day}; the rota will not take this expert.")
        reader.warn("record_check", [Note.of("check.expired", note, day=record_check)])
    if reader.refusals:
        return reader.refused()
    return ExpertRow(
        table, row, number, name, sex, " ".join(reader.text("employer").split()) or None, telephones.numbers,
        split_list(reader.text("specialities")), availability, weekly_limit, last_quarter, leave, record_check,
        tuple(reader.warnings), monthly_limit, daily_limit, wishes, dislikes,
    )  # fmt: skip


def _availability(reader: Reader) -> tuple[tuple[int, str], ...]:
    found, rest = read_sessions(reader.text("availability"))
    if rest:
        note = N_("“{text}” is not understood as a duty session.")
        reader.warn("availability", [Note.of("availability.odd", note, text=rest)])
    if not found and not rest:
        reader.warn(
            "availability",
            [Note.of("availability.none", N_("No duty session is given; the rota cannot use this expert."))],
        )
    return found


def _limit(reader: Reader, key: str) -> int | None:
    return None if reader.text(key) in _UNLIMITED else _number(reader, key)


def _daily(reader: Reader) -> int | None:
    """1 or 2: a day has two halves."""
    written = 2 if reader.text("daily_limit") in _UNLIMITED else _number(reader, "daily_limit")
    return None if written is None else min(max(written, 1), 2)


def _number(reader: Reader, key: str) -> int | None:
    written = unicodedata.normalize("NFKC", reader.text(key))
    if not written:
        return None
    if match := re.fullmatch(r"([0-9]{1,3})(?:\.0+)?\s*(?:次|个|天)?", written):
        return int(match[1])
    reader.warn(key, [Note.of("number.odd", N_("“{text}” is not a number; it is left empty."), text=written)])
    return None


def _leave(reader: Reader, year: int | None) -> tuple[LeaveRead, ...]:
    found: set[LeaveRead] = set()
    for item in SEPARATORS.split(reader.text("leave")):
        if not item.strip():
            continue
        try:
            rows, notes = read_leaves(item, year=year)
        except UserError as error:
            reader.refuse("leave", Note.from_error(error))
        else:
            found.update(rows)
            reader.warn("leave", notes)
    return tuple(sorted(found))


def _wishes(reader: Reader, key: str, year: int | None) -> tuple[WishRead, ...]:
    found, notes = read_wishes(reader.text(key), year=year)
    reader.warn(key, notes)
    return found
