"""Refused rows go back as they came, harmless and complete."""

from __future__ import annotations

import csv
import io
import stat
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.common import words
from app.common.errors import EnvironmentFault
from app.common.notes import Note
from app.people import csv_files
from app.people.columns import REGISTER
from app.people.register_rows import read_register
from app.people.rejects import Draft, folder_for, free_path, harmless, rendered
from app.people.rows import Problem, RefusedRow
from app.people.sheets import Book, Form, SheetRow, Table, read_book

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
TODAY = date(2026, 11, 23)
EVIL = '=HYPERLINK("http://x","点我")'


def book_of(folder: Path, text: str, encoding: str = "utf-8") -> Book:
    path = folder / "register-2023.csv"
    path.write_bytes(text.encode(encoding))
    return read_book(path, REGISTER)


def rejected(book: Book) -> bytes:
    return rendered(book, read_register(book, year=2023, today=TODAY)[1])


@pytest.mark.parametrize("name", ["register-2023.csv", "register-2023.xlsx"])
def test_the_rejects_of_the_real_register_are_a_register(name: str, tmp_path: Path) -> None:
    book = read_book(FIXTURES / name, REGISTER)
    refused = read_register(book, year=2023, today=TODAY)[1]
    path = tmp_path / f"rejects{Path(name).suffix}"
    path.write_bytes(rendered(book, refused))
    again = read_book(path, REGISTER)
    width = len(book.tables[0].header)
    assert again.form is book.form
    assert again.tables[0].above == book.tables[0].above
    assert again.tables[0].header[:width] == book.tables[0].header
    assert [tuple(c.strip() for c in row.cells[:width]) for row in again.tables[0].rows] == [
        tuple(c.strip() for c in one.row.cells) for one in refused
    ]
    assert [row.cells[width] for row in again.tables[0].rows] == [str(one.row.number) for one in refused]
    assert all(row.cells[width + 2] for row in again.tables[0].rows)
    assert len(read_register(again, year=2023, today=TODAY)[1]) == 12


def test_rejects_of_rejects_have_the_added_columns_once(tmp_path: Path) -> None:
    book = read_book(FIXTURES / "register-2023.csv", REGISTER)
    path = tmp_path / "register-2023-rejects.csv"
    path.write_bytes(rejected(book))
    again = rejected(read_book(path, REGISTER)).decode("gb18030").splitlines()[0]
    assert again.count("Reason for refusal") == 1
    assert again.count(",") == 15


def test_the_chinese_additions_are_known_too(tmp_path: Path) -> None:
    words.set_language("zh")
    book = read_book(FIXTURES / "register-2023.csv", REGISTER)
    path = tmp_path / "register-2023-rejects.csv"
    path.write_bytes(rejected(book))
    lines = list(csv.reader(path.read_bytes().decode("gb18030").splitlines()))
    assert lines[0][13:] == ["原文件行号", "有误的列", "未导入原因"]
    assert lines[1][13:] == ["13", "出生日期", "日期 2011-02-30 不存在。"]
    words.set_language("en")
    again = rejected(read_book(path, REGISTER)).decode("gb18030").splitlines()[0]
    assert "未导入原因" not in again
    assert again.count(",") == 15


def test_encoding_and_separator_are_kept(tmp_path: Path) -> None:
    text = "姓名;来访日期;备注\r\n;2023-1-2;许𫍯\r\n"
    for encoding in ("utf-8", "gb18030"):
        content = rejected(book_of(tmp_path, text, encoding))
        assert (
            content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
            .splitlines()[1]
            .startswith(";2023-1-2;许𫍯;2;姓名;")
        )


def test_long_numbers_keep_their_digits_in_a_spreadsheet(tmp_path: Path) -> None:
    content = rejected(book_of(tmp_path, "姓名,来访日期,身份证号,联系电话\n,2023-1-2,371522201211133104,06358209201\n"))
    assert "371522201211133104\t" in content.decode("utf-8-sig")
    assert "06358209201\t" in content.decode("utf-8-sig")


def test_no_cell_acts_as_a_formula(tmp_path: Path) -> None:
    lines = list(
        csv.reader(
            io.StringIO(
                rejected(
                    book_of(tmp_path, f'姓名,来访日期,备注\n,2023-1-2,"{EVIL.replace(chr(34), chr(34) * 2)}"\n')
                ).decode("utf-8-sig")
            )
        )
    )
    assert lines[1][2] == f"'{EVIL}"
    row = SheetRow(2, ("", EVIL, "+1", "-1", "@x"))
    table = Table("表", (), ("姓名", "来访日期", "a", "b", "c"), {"name": 0, "visit_date": 1}, (row,))
    refused = RefusedRow(table, row, (Problem("name", Note.of("x", "Missing.")),))
    content = rendered(Book(tmp_path / "x.xlsx", Form.XLSX, (table,)), [refused])
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert [cell.value for cell in sheet[2]][1:5] == [EVIL, "+1", "-1", "@x"]


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30))
def test_a_harmless_cell_is_read_back_as_it_was(cell: str) -> None:
    shown = harmless(cell)
    assert not shown.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    if not cell.startswith("'"):
        assert csv_files._unwrapped(shown).strip() == csv_files._unwrapped(cell).strip()


def test_a_file_somebody_is_correcting_is_never_replaced(tmp_path: Path) -> None:
    source = tmp_path / "register-2023.xlsx"
    names = []
    for _ in range(3):
        path = free_path(source, tmp_path)
        path.touch()
        names.append(path.name)
    assert names == ["register-2023-rejects.xlsx", "register-2023-rejects-2.xlsx", "register-2023-rejects-3.xlsx"]
    assert free_path(tmp_path / names[1], tmp_path).name == "register-2023-rejects-4.xlsx"


def test_where_the_rejects_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "in" / "register.csv"
    source.parent.mkdir()
    assert folder_for(source, None) == source.parent
    assert folder_for(source, tmp_path / "report.csv") == tmp_path
    monkeypatch.chdir(tmp_path)
    source.parent.chmod(0o555)
    try:
        assert folder_for(source, None) == tmp_path
    finally:
        source.parent.chmod(0o755)


def test_a_draft_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    draft = Draft(path, b"a,b")
    assert not path.exists()
    draft.keep()
    assert path.read_bytes() == b"a,b"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    Draft(tmp_path / "other.csv", b"").discard()
    assert [file.name for file in tmp_path.iterdir()] == ["rejects.csv"]
    with pytest.raises(EnvironmentFault):
        Draft(tmp_path / "no" / "rejects.csv", b"")
