"""CSV as Excel and WPS write it in China: GB18030 or UTF-8, with commas, semicolons or tabs."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterator

from app.common.errors import UserError
from app.common.words import N_

DELIMITERS = (",", "\t", ";", "，", "|")
_CELL_MOST = 100_000
_BREAKS_MOST = 40


def decoded(content: bytes) -> tuple[str, str]:
    """The text and the codec that rejects should be written with. Trials are strict, so nothing is ever replaced."""
    if content.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _is_text(text):
            break
        return text, encoding
    raise UserError("sheet.not_a_table", N_("The file is neither a CSV table (UTF-8 or GB18030) nor an XLSX workbook."))


def _is_text(text: str) -> bool:
    return not any(c < " " and c not in "\t\r\n\x0b\x0c\x1a" for c in text)


def rows(text: str, delimiter: str, most: int) -> list[list[str]]:
    """At most `most` records; quoted cells may hold line breaks. A cell without end is a UserError."""
    csv.field_size_limit(_CELL_MOST)
    lines = text.rstrip("\x1a")
    try:
        records = [_bare(row) for row in itertools.islice(_reader(lines, delimiter), most)]
    except csv.Error:
        raise _broken() from None
    if any(cell.count("\n") > _BREAKS_MOST for record in records for cell in record):
        raise _broken()
    if records and any("\n" in cell for cell in records[-1]) and not _ends(lines, delimiter):
        raise _broken()
    return records


def _reader(text: str, delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _ends(text: str, delimiter: str) -> bool:
    """Whether the last quoted cell is closed."""
    try:
        for _ in _reader(text, delimiter, strict=True):
            continue
    except csv.Error as error:
        return "unexpected end of data" not in str(error)
    return True


def _broken() -> UserError:
    """A quotation mark that is never closed swallows the rest of the file: better to read nothing."""
    return UserError("sheet.broken", N_("The file is damaged: a cell does not end. Save it again as XLSX."))


def _bare(row: list[str]) -> list[str]:
    """Without the ="…" and '… that keep digits and defuse formulas."""
    return [_unwrapped(cell) for cell in row]


def _unwrapped(cell: str) -> str:
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1]
    if cell.startswith("'") and cell[1:2] in tuple("=+-@＝＋－＠"):
        return cell[1:]
    return cell
