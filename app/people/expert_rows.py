"""The rows of a list of duty experts: when they can be on duty, when they are away, until when their check holds.

An expert is known by the staff number alone. A leave without a year begins in the list's year; one whose end would
lie before its beginning (12.28-1.3) runs into the next year.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.common.dates import read_day
from app.common.errors import UserError
from app.common.notes import Note
from app.common.telephone import Telephone, read_telephones
from app.common.words import N_
from app.people.rows import Problem, Reader, RefusedRow, split_list
from app.people.sheets import Book, SheetRow, Table

HALVES = ("am", "pm")
_DAYS = {d: i for i, ds in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for d in ds}
_ENGLISH = {d: i for i, d in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_SESSION = re.compile(
    r"(?:(?:周|星期|礼拜)([一二三四五六日天1-7])(?:(?:至|到|-|~)(?:周|星期|礼拜)?([一二三四五六日天1-7]))?"
    r"|(mon|tue|wed|thu|fri|sat|sun)[a-z]*)[.\s]*(全天|整天|上午|早上|下午|上、下午|上下午|am|pm|all\s*day|morning|afternoon)?",
    re.IGNORECASE,
)
_HALF = {
    "上午": ("am",), "早上": ("am",), "am": ("am",), "morning": ("am",),
    "下午": ("pm",), "pm": ("pm",), "afternoon": ("pm",),
}  # fmt: skip
_LEAVE_SEPARATORS = re.compile(r"[；;，,、\n|]+")
_RANGE_WORDS = re.compile(r"至|到|~|—+|–|−|〜")
_HALF_DAY = re.compile(r"(?:上午|下午|早上|晚上|全天)$")
_DAY_ONLY = re.compile(r"([0-9]{1,2})[日号]?")
_UNLIMITED = frozenset({"不限", "无限制", "不限次数", "unlimited"})


@dataclass(frozen=True, slots=True)
class ExpertRow:
    """`availability` holds (weekday 0–6, "am"|"pm"), `leave` inclusive ranges; both sorted, each once."""

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
    leave: tuple[tuple[date, date], ...]
    record_check: date | None
    warnings: tuple[Problem, ...] = field(compare=False)


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
    weekly_limit = _limit(reader)
    last_quarter = _number(reader, "last_quarter") or 0
    leave = _leave(reader, year)
    record_check = reader.day("record_check", year=year)
    if record_check is not None and record_check < today:
        note = N_("The criminal-record check expired on {day}; the rota will not take this expert.")
        reader.warn("record_check", [Note.of("check.expired", note, day=record_check)])
    if reader.refusals:
        return reader.refused()
    return ExpertRow(
        table, row, number, name, sex, " ".join(reader.text("employer").split()) or None, telephones.numbers,
        split_list(reader.text("specialities")), availability, weekly_limit, last_quarter, leave, record_check,
        tuple(reader.warnings),
    )  # fmt: skip


def _availability(reader: Reader) -> tuple[tuple[int, str], ...]:
    text = unicodedata.normalize("NFKC", reader.text("availability"))
    found: set[tuple[int, str]] = set()
    for match in _SESSION.finditer(text):
        halves = _HALF.get((match[4] or "").casefold(), HALVES)
        if match[3]:
            days = [_ENGLISH[match[3].casefold()[:3]]]
        else:
            first = _DAYS[match[1]]
            days = [(first + i) % 7 for i in range((_DAYS[match[2]] - first) % 7 + 1)] if match[2] else [first]
        found.update((day, half) for day in days for half in halves)
    rest = re.sub(r"[\W_]+", "", _SESSION.sub("", text))
    if rest:
        note = N_("“{text}” is not understood as a duty session.")
        reader.warn("availability", [Note.of("availability.odd", note, text=rest)])
    if not found and not rest:
        reader.warn(
            "availability",
            [Note.of("availability.none", N_("No duty session is given; the rota cannot use this expert."))],
        )
    return tuple(sorted(found))


def _limit(reader: Reader) -> int | None:
    return None if reader.text("weekly_limit") in _UNLIMITED else _number(reader, "weekly_limit")


def _number(reader: Reader, key: str) -> int | None:
    written = unicodedata.normalize("NFKC", reader.text(key))
    if not written:
        return None
    if match := re.fullmatch(r"([0-9]{1,3})(?:\.0+)?\s*(?:次|个|天)?", written):
        return int(match[1])
    reader.warn(key, [Note.of("number.odd", N_("“{text}” is not a number; it is left empty."), text=written)])
    return None


def _leave(reader: Reader, year: int | None) -> tuple[tuple[date, date], ...]:
    found: set[tuple[date, date]] = set()
    for item in _LEAVE_SEPARATORS.split(reader.text("leave")):
        if not item.strip():
            continue
        text = unicodedata.normalize("NFKC", item).strip()
        if _HALF_DAY.search(text) and not text.endswith("全天"):
            note = N_("“{text}” is taken as a whole day of leave.")
            reader.warn("leave", [Note.of("leave.half", note, text=item.strip())])
        try:
            found.add(read_leave(_HALF_DAY.sub("", text), year=year))
        except UserError as error:
            reader.refuse("leave", Note.from_error(error))
    return tuple(sorted(found))


def read_leave(written: str, *, year: int | None) -> tuple[date, date]:
    """3.8-3.10, 1月7日, 3.8-10, 12.28-1.3, 2027-03-08至2027-03-10 → first and last day; errors as `read_day`."""
    text = "".join(unicodedata.normalize("NFKC", written).split())
    for first, last in _halves(text):
        found = _range(first, last, year)
        if found is not None:
            return found
    day = read_day(text, year=year)
    return day, day


def _halves(text: str) -> list[tuple[str, str]]:
    """Every place where a range could be cut: at 至 or ~, else at a hyphen, the middle ones first."""
    parts = _RANGE_WORDS.split(text, maxsplit=1)
    if len(parts) == 2:
        return [(parts[0], parts[1])]
    cuts = [i for i, c in enumerate(text) if c == "-"]
    if len(cuts) in (0, 2) and re.match(r"[0-9]{4}-", text):
        return []  # one ISO date
    if len(cuts) == 1 and re.fullmatch(r"[0-9]{1,2}-[0-9]{1,2}", text):
        return []  # 3-8 is a day
    return [(text[:i], text[i + 1 :]) for i in sorted(cuts, key=lambda i: abs(i - len(text) // 2))]


def _range(first: str, last: str, year: int | None) -> tuple[date, date] | None:
    """None if this is not where the range is cut; UserError if it is, and a date in it does not exist."""
    try:
        begins = read_day(first, year=year)
        ends = _last_day(last, begins, year)
    except UserError as error:
        if error.code in ("date.impossible", "date.year_missing"):
            raise
        return None
    if ends < begins:
        raise UserError("leave.backwards", N_("The leave {text} ends before it begins."), text=f"{first}-{last}")
    return begins, ends


def _last_day(last: str, begins: date, year: int | None) -> date:
    if match := _DAY_ONLY.fullmatch(last):
        return read_day(f"{begins.year}-{begins.month}-{match[1]}")
    ends = read_day(last, year=begins.year)
    without_year = not re.match(r"[0-9]{4}", last)
    if without_year and ends < begins and begins - ends > timedelta(days=180):
        return read_day(last, year=begins.year + 1)
    return ends
