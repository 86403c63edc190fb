"""What an import tells about its rows: counts that add up, and one line for each thing that was odd."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.common.words import N_, tr
from app.people.rejects import harmless
from app.people.rows import Problem, RefusedRow
from app.people.sheets import Book, SheetRow, Table


class Verdict(StrEnum):
    """What became of a row that is reported."""

    REFUSED = "refused"
    WARNED = "warned"


VERDICTS = {Verdict.REFUSED: N_("refused"), Verdict.WARNED: N_("taken with a warning")}


@dataclass(frozen=True, slots=True)
class RowReport:
    """One odd thing in one row; `sheet` is "" where the file has only one."""

    sheet: str
    row: int
    column: str
    verdict: Verdict
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """`read` = `added` + `existing` + `refused`; `warned` counts rows that were not refused, once each.

    `clients` and `visits` are new in the database; `updated` counts experts and schools that changed.
    """

    read: int
    added: int
    existing: int
    refused: int
    warned: int
    clients: int = 0
    visits: int = 0
    updated: int = 0
    rejects: Path | None = None
    report: Path | None = None
    rows: tuple[RowReport, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    dry_run: bool = False


def report_rows(
    book: Book, refused: Sequence[RefusedRow], warned: Iterable[tuple[Table, SheetRow, Sequence[Problem]]]
) -> tuple[RowReport, ...]:
    """Every problem of every row, in the order of the file."""
    place = {id(table): index for index, table in enumerate(book.tables)}
    several = len(book.tables) > 1
    found = [(one.table, one.row, problem, Verdict.REFUSED) for one in refused for problem in one.problems]
    found += [(table, row, problem, Verdict.WARNED) for table, row, problems in warned for problem in problems]
    found.sort(key=lambda line: (place[id(line[0])], line[1].number))
    return tuple(
        RowReport(
            table.name if several else "",
            row.number,
            table.title(problem.column),
            verdict,
            problem.note.code,
            problem.note.text(),
        )
        for table, row, problem, verdict in found
    )


def rendered_report(rows: Sequence[RowReport]) -> bytes:
    """The lines as CSV for a spreadsheet, in the language in force."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([tr("Sheet"), tr("Row"), tr("Column"), tr("Result"), tr("Reason")])
    for line in rows:
        cells = [line.sheet, str(line.row), line.column, tr(VERDICTS[line.verdict]), line.text]
        writer.writerow([harmless(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")
