"""Tables as offices keep them: a title above the header, blank and total rows, several sheets, two encodings.

Reading changes nothing in a cell but its type: every cell becomes the text that a person sees, numbers with all
their digits, dates as 2023-06-17. What a cell means is decided elsewhere, a row at a time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.common.errors import EnvironmentFault, UserError
from app.common.words import N_
from app.people import csv_files, xlsx_files
from app.people.columns import Column, match_columns

MOST_BYTES = 50_000_000
MOST_ROWS = 100_000
HEADER_WITHIN = 30

_TOTAL = re.compile(
    r"(?:本[页表月季年]|本?学期|上半年|下半年|全[年市县区])?(?:合计|总计|小计|共计|累计|总数)"
    r"|共[0-9]+[人次条行名位]次?|(?:sub|grand)?total|sum"
)
_FOOTNOTE = re.compile(r"(?:注|备注|说明|填表|制表|审核|负责|统计|填报|联系|打印|第[0-9一二三四五六七八九十]+页|page)")


class Form(StrEnum):
    """What the file is, by its content and not by its name."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`number` counts from 1 as the spreadsheet shows it; `cells` are as many as the header's or more."""

    number: int
    cells: tuple[str, ...] = field(repr=False)  # people: never in a log


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: everything above and including the header, and the rows that say something."""

    name: str
    above: tuple[tuple[str, ...], ...]
    header: tuple[str, ...]
    positions: Mapping[str, int]
    rows: tuple[SheetRow, ...] = field(repr=False)

    def cell(self, row: SheetRow, key: str) -> str:
        """The cell of a known column, "" if the column or the cell is missing."""
        position = self.positions.get(key)
        return row.cells[position] if position is not None and position < len(row.cells) else ""

    def title(self, key: str) -> str:
        """The header cell of a known column, as this file has it."""
        position = self.positions.get(key)
        return self.header[position].strip() if position is not None else ""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Header cells of columns that the import does not know; they are not read."""
        used = set(self.positions.values())
        return tuple(cell for i, cell in enumerate(self.header) if cell.strip() and i not in used)


@dataclass(frozen=True, slots=True)
class Book:
    """A file with all its tables; `encoding` and `delimiter` are a CSV's, so that rejects can be written alike."""

    path: Path
    form: Form
    tables: tuple[Table, ...]
    encoding: str = "utf-8"
    delimiter: str = ","

    @property
    def count(self) -> int:
        return sum(len(table.rows) for table in self.tables)

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cell for table in self.tables for cell in table.unknown))


def read_book(path: Path, columns: Sequence[Column]) -> Book:
    """Reads CSV or XLSX. UserError says what is wrong with the file, EnvironmentFault that it cannot be opened."""
    content = _content(path)
    if content.startswith(b"PK"):
        sheets: list[tuple[str, Iterable[Sequence[str]]]] = list(xlsx_files.read(content, MOST_ROWS))
        return Book(path, Form.XLSX, _tables(sheets, columns))
    if content.startswith(xlsx_files.OLE_MAGIC):
        raise xlsx_files.refuse_old(content)
    text, encoding = csv_files.decoded(content)
    best: tuple[int, str] = max(
        ((_header_score(csv_files.rows(text, mark, HEADER_WITHIN), columns), mark) for mark in csv_files.DELIMITERS),
        key=lambda found: found[0],
    )
    rows = csv_files.rows(text, best[1], MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise too_long()
    return Book(path, Form.CSV, _tables([("", rows)], columns), encoding, best[1])


def too_long() -> UserError:
    return UserError(
        "sheet.too_long", N_("The file has more than {n} rows. Split it and import the parts."), n=MOST_ROWS
    )


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(
                "sheet.too_big",
                N_("The file is larger than {n} MB. Split it and import the parts."),
                n=MOST_BYTES // 10**6,
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise EnvironmentFault("file.missing", N_("The file {path} does not exist."), path=str(path)) from None
    except IsADirectoryError:
        raise EnvironmentFault("file.folder", N_("{path} is a folder, not a file."), path=str(path)) from None
    except OSError:
        raise EnvironmentFault("file.unreadable", N_("The file {path} cannot be read."), path=str(path)) from None


def _header_score(rows: Iterable[Sequence[str]], columns: Sequence[Column]) -> int:
    return max((len(match_columns(row, columns)) for row in rows), default=0)


def _tables(sheets: Sequence[tuple[str, Iterable[Sequence[str]]]], columns: Sequence[Column]) -> tuple[Table, ...]:
    """The tables of all sheets that have the header; at least one must have all required columns."""
    tables: list[Table] = []
    nearest: set[str] = set()
    required = [column for column in columns if column.required]
    for name, rows in sheets:
        held = list(rows)
        at, positions = _header(held, columns)
        nearest = max(nearest, set(positions), key=len)
        if len(positions) >= 2 and all(column.key in positions for column in required):
            tables.append(_table(name, held, at, positions))
    if tables:
        return tuple(tables)
    missing = [column.names[0] for column in required if column.key not in nearest]
    if len(missing) == len(required) or not missing:
        raise UserError("sheet.no_header", N_("No row with the expected column names was found in the file."))
    raise UserError("sheet.missing_columns", N_("The file has no column {columns}."), columns="、".join(missing))


def _header(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (0, {})
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        found = match_columns(row, columns)
        if len(found) > len(best[1]):
            best = (index, found)
    return best


def _table(name: str, rows: Sequence[Sequence[str]], at: int, positions: Mapping[str, int]) -> Table:
    header = _trimmed(rows[at])
    width = len(header)
    told = tuple(_telling(rows, at, header, positions))
    padded = tuple(SheetRow(number, cells + ("",) * (width - len(cells))) for number, cells in told)
    return Table(name, tuple(_trimmed(row) for row in rows[:at]), header, dict(positions), padded)


def _telling(
    rows: Sequence[Sequence[str]], at: int, header: tuple[str, ...], positions: Mapping[str, int]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows that are neither blank, nor only numbered, nor totals, footnotes or the header printed again."""
    serial = positions.get("serial")
    for index in range(at + 1, len(rows)):
        cells = _trimmed(rows[index])
        filled = [i for i, cell in enumerate(cells) if cell.strip() and i != serial]
        first = next((cell for cell in cells if cell.strip()), "")
        if cells == header or is_total(first) or (len(filled) <= 1 and is_footnote(first)):
            continue
        if filled or (first and not _is_serial(first)):
            yield index + 1, cells


def _is_serial(text: str) -> bool:
    return re.fullmatch(r"[\W_]*[0-9]+[\W_]*", unicodedata.normalize("NFKC", text)) is not None


def is_total(first_cell: str) -> bool:
    """合计, 合 计：, 小计(1月), Total …"""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", first_cell)).casefold()
    match = _TOTAL.match(text)
    return match is not None and not re.match(r"[^\W\d_]", text[match.end() :])


def is_footnote(first_cell: str) -> bool:
    """A line below the table: 填表人：…, 注：…, 第 1 页."""
    return _FOOTNOTE.match(re.sub(r"\s", "", unicodedata.normalize("NFKC", first_cell)).casefold()) is not None


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    last = max((i for i, cell in enumerate(cells) if cell.strip()), default=-1)
    return tuple(cells[: last + 1])
