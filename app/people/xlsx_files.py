"""XLSX workbooks: every cell as the text a person sees, without losing a digit that the file still has."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from app.common.errors import UserError
from app.common.words import N_

OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_UNPACKED = 400_000_000
_MOST_COLUMNS = 300
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_EXACT = 10**15


def refuse_old(content: bytes) -> UserError:
    """What to say of a file in the old container: it is either protected by a password or an .xls."""
    if _ENCRYPTED in content:
        return UserError(
            "sheet.protected", N_("The workbook is protected by a password. Save it without one, then import it.")
        )
    return UserError("sheet.old_format", N_("This is an old .xls workbook. Save it as .xlsx, then import it."))


def read(content: bytes, most_rows: int) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """The visible sheets in order, each with its rows. UserError if this is no workbook, or a huge one."""
    _check(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl on missing styles, odd dates and unknown extensions
        try:
            yield from _sheets(content, most_rows)
        except UserError:
            raise
        except Exception:  # openpyxl raises whatever its parsers raise on a damaged part
            raise _damaged() from None


def _damaged() -> UserError:
    return UserError(
        "sheet.damaged", N_("The workbook is damaged or not an XLSX file. Open it and save it again as .xlsx.")
    )


def _check(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(part.file_size for part in packed.infolist())
            names = set(packed.namelist())
    except zipfile.BadZipFile:
        raise _damaged() from None
    if size > _MOST_UNPACKED:
        raise UserError(
            "sheet.unpacks_huge",
            N_("The workbook unpacks to more than {n} MB and is not read."),
            n=_MOST_UNPACKED // 10**6,
        )
    if "[Content_Types].xml" not in names:
        raise UserError("sheet.not_xlsx", N_("This is not an XLSX workbook. Save it as .xlsx, then import it."))


def _sheets(content: bytes, most_rows: int) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    from openpyxl import load_workbook  # slow to import

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()  # the stated size is often wrong
            yield sheet.title, _rows(sheet, most_rows)
    finally:
        book.close()


def _rows(sheet: Any, most_rows: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    blank = 0
    for cells in sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True):
        row = tuple(shown(value) for value in cells)
        rows.append(row)
        blank = 0 if any(row) else blank + 1
        if len(rows) - blank > most_rows:
            raise UserError(
                "sheet.too_long", N_("The file has more than {n} rows. Split it and import the parts."), n=most_rows
            )
        if blank > most_rows:
            break
    return rows[: len(rows) - blank]


def shown(value: object) -> str:
    """A cell's value as text: whole numbers in full, dates as 2023-06-17, rounded numbers in scientific notation."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        return str(value)
    return str(value).replace("_x000D_", "")
