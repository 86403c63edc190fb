"""The refused rows, given back in the layout and format they came in, with row, column and reason.

The file can be corrected and imported as it is: the three added columns are not read. No cell can act as a formula,
and long numbers keep their digits when the file is opened in a spreadsheet.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from app.common.errors import EnvironmentFault
from app.common.words import N_, tr
from app.people.columns import normal_header
from app.people.rows import RefusedRow
from app.people.sheets import Book, Form, SheetRow, Table

ADDED = (N_("Row in the file"), N_("Column at fault"), N_("Reason for refusal"))
_ADDED_EVER = frozenset(map(normal_header, (*ADDED, "原文件行号", "有误的列", "未导入原因")))
_LONG_NUMBER = re.compile(r"[0-9]{12,}[0-9Xx]?|0[0-9]+")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def rendered(book: Book, refused: Sequence[RefusedRow]) -> bytes:
    """The rejects file's content."""
    tables = [(table, [one for one in refused if one.table is table]) for table in book.tables]
    tables = [(table, rows) for table, rows in tables if rows]
    return _csv(book, tables) if book.form is Form.CSV else _xlsx(tables)


def _lines(table: Table, refused: Sequence[RefusedRow]) -> list[list[str]]:
    kept = [i for i, cell in enumerate(table.header) if normal_header(cell) not in _ADDED_EVER]
    lines = [list(row) for row in table.above]
    lines.append([table.header[i] for i in kept] + [tr(title) for title in ADDED])
    lines.extend([_cell(one.row, i) for i in kept] + _reasons(table, one) for one in refused)
    return lines


def _cell(row: SheetRow, position: int) -> str:
    return row.cells[position] if position < len(row.cells) else ""


def _reasons(table: Table, refused: RefusedRow) -> list[str]:
    columns = [table.title(problem.column) for problem in refused.problems]
    reasons = [problem.note.text() for problem in refused.problems]
    return [str(refused.row.number), "、".join(filter(None, dict.fromkeys(columns))), " ".join(reasons)]


def _csv(book: Book, tables: Sequence[tuple[Table, Sequence[RefusedRow]]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=book.delimiter, lineterminator="\r\n")
    for table, refused in tables:
        writer.writerows([harmless(cell) for cell in line] for line in _lines(table, refused))
    encoding = "utf-8-sig" if book.encoding == "utf-8" else book.encoding  # Excel needs the mark
    return text.getvalue().encode(encoding)


def harmless(cell: str) -> str:
    """A CSV cell that a spreadsheet shows as text: no formula, and no number rounded to fifteen digits."""
    if _LONG_NUMBER.fullmatch(cell):
        return cell + "\t"
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def _xlsx(tables: Sequence[tuple[Table, Sequence[RefusedRow]]]) -> bytes:
    from openpyxl import Workbook  # slow to import
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    for table, refused in tables:
        sheet = book.create_sheet(table.name[:31] or "1")
        for line in _lines(table, refused):
            cells = []
            for text in line:
                cell = WriteOnlyCell(sheet, value=re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text))
                cell.data_type = "s"  # also for what begins with "="
                cell.number_format = "@"
                cells.append(cell)
            sheet.append(cells)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def free_path(source: Path, folder: Path) -> Path:
    """register-2023-rejects.csv, or -rejects-2 and so on: a file that somebody is correcting is never replaced."""
    stem = re.sub(r"-rejects(?:-[0-9]+)?$", "", source.stem)
    candidates = (folder / f"{stem}-rejects{n}{source.suffix}" for n in ("", *(f"-{i}" for i in range(2, 10_000))))
    return next(path for path in candidates if not path.exists())


def folder_for(source: Path, report: Path | None) -> Path:
    """Beside the report, if one is asked for; else beside the source; if that cannot be written, where we are."""
    wanted = (report or source).absolute().parent
    if report is None and not _writable(wanted):
        return Path.cwd()
    return wanted


def _writable(folder: Path) -> bool:
    try:
        return os.access(folder, os.W_OK) and bool(folder.stat().st_mode & 0o222)
    except OSError:
        return False


class Draft:
    """A file written beside its place, readable by its owner only; it appears under its name with `keep()`."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self._temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            handle = os.open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self.discard()
            raise EnvironmentFault(
                "rejects.unwritable", N_("The file {path} cannot be written. Nothing was imported."), path=str(path)
            ) from None

    def keep(self) -> None:
        """Puts the file in its place."""
        self._temporary.replace(self.path)

    def discard(self) -> None:
        """Leaves nothing behind."""
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)
