"""Tables as offices keep them, and files that are none."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from app.common.errors import EnvironmentFault, UserError
from app.people import csv_files, sheets, xlsx_files
from app.people.columns import EXPERTS, REGISTER, SCHOOLS, match_columns, normal_header
from app.people.sheets import Book, Form, is_footnote, is_total, read_book

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
HEADER = "序号,来访日期,姓名,出生日期"


def written(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(book: Book) -> list[tuple[str, ...]]:
    return [row.cells for table in book.tables for row in table.rows]


def workbook(folder: Path, *sheets_of_rows: list[list[object]], name: str = "table.xlsx") -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, lines in enumerate(sheets_of_rows, 1):
        sheet = book.create_sheet(f"表{number}")
        for line in lines:
            sheet.append(line)
    path = folder / name
    book.save(path)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_book(path, REGISTER)
    assert caught.value.text()
    return caught.value.code


def test_the_register_as_csv_and_as_workbook() -> None:
    from_csv = read_book(FIXTURES / "register-2023.csv", REGISTER)
    from_xlsx = read_book(FIXTURES / "register-2023.xlsx", REGISTER)
    assert (from_csv.form, from_csv.encoding, from_csv.count) == (Form.CSV, "gb18030", 420)
    assert (from_xlsx.form, from_xlsx.count) == (Form.XLSX, 420)
    assert from_csv.unknown == from_xlsx.unknown == ()
    assert from_xlsx.tables[0].above == (("聊城市青少年心理健康咨询中心来访登记表",),)
    different = [(one, other) for one, other in zip(rows(from_csv), rows(from_xlsx), strict=True) if one != other]
    assert len(different) == 5  # ID numbers that the workbook has rounded even more
    assert all(one[:5] + one[6:] == other[:5] + other[6:] for one, other in different)
    assert [row.number for row in from_xlsx.tables[0].rows][:2] == [3, 4]
    assert from_xlsx.tables[0].rows[-1].number == 426


def test_the_experts() -> None:
    book = read_book(FIXTURES / "experts-2027.csv", EXPERTS)
    assert (book.count, book.encoding, book.unknown) == (64, "utf-8-sig", ())
    later = {"monthly_limit", "daily_limit", "wishes", "dislikes"}
    assert set(book.tables[0].positions) == {column.key for column in EXPERTS} - later


def test_title_blank_numbered_total_and_repeated_header_rows_are_not_read(tmp_path: Path) -> None:
    text = (
        f"某中心来访登记表\n2023年,\n\n{HEADER}\n1,1.2,查轩,2010.1.1\n,,,\n2,,,\n本页合 计：,1,,\n"
        f"{HEADER}\n3,1.3,单明,2010.1.1\n总计,2,,\n填表人：某某,,,\n"
    )
    book = read_book(written(tmp_path, text), REGISTER)
    assert [(row.number, row.cells[2]) for row in book.tables[0].rows] == [(5, "查轩"), (10, "单明")]
    assert book.tables[0].above == (("某中心来访登记表",), ("2023年",), ())


def test_a_row_with_a_serial_number_only_is_blank_but_one_with_anything_else_is_read(tmp_path: Path) -> None:
    book = read_book(written(tmp_path, f"{HEADER}\n7,,,\n8,1.2,,\n"), REGISTER)
    assert [row.number for row in book.tables[0].rows] == [3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_separator_and_encoding(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = delimiter.join(["Name", "Visit date", "备注"]) + "\r\n" + delimiter.join(["许𫍯", "2023-1-2", '"一\n二"'])
    book = read_book(written(tmp_path, text.encode(encoding)), REGISTER)
    assert rows(book) == [("许𫍯", "2023-1-2", "一\n二")]
    assert book.delimiter == delimiter


def test_columns_in_any_order_and_language_and_others_reported(tmp_path: Path) -> None:
    text = "血型, 姓 名（必填）,VISIT_DATE*,Date of Birth\nA,查轩,2023-1-2,2010-1-1\n"
    book = read_book(written(tmp_path, text), REGISTER)
    table = book.tables[0]
    assert book.unknown == ("血型",)
    assert [table.cell(table.rows[0], key) for key in ("name", "visit_date", "birth_date", "sex")] == [
        "查轩",
        "2023-1-2",
        "2010-1-1",
        "",
    ]
    assert table.title("birth_date") == "Date of Birth"


def test_no_two_columns_share_a_name() -> None:
    for columns in (REGISTER, EXPERTS, SCHOOLS):
        names = [normal_header(name) for column in columns for name in column.names]
        keys = {name: key for column in columns for name in column.names for key in [column.key]}
        assert all(match_columns([name], columns) == {key: 0} for name, key in keys.items())
        assert all(names)


def test_short_and_long_rows(tmp_path: Path) -> None:
    book = read_book(written(tmp_path, f"{HEADER}\n1,1.2,查轩\n2,1.3,单明,2010.1.1,多出来的\n"), REGISTER)
    assert rows(book) == [("1", "1.2", "查轩", ""), ("2", "1.3", "单明", "2010.1.1", "多出来的")]


def test_workbook_cells_keep_their_digits(tmp_path: Path) -> None:
    lines: list[list[object]] = [
        ["姓名", "来访日期", "身份证号", "联系电话", "备注"],
        ["查轩", datetime(2023, 1, 2), "371522201211133104", 13812345678, "=1+1"],  # noqa: DTZ001 - as Excel has it
        ["单明", date(2023, 1, 2), 3.7152620100302746e17, 13812345678.0, None],
    ]
    found = rows(read_book(workbook(tmp_path, lines), REGISTER))
    assert found[0][:4] == ("查轩", "2023-01-02", "371522201211133104", "13812345678")
    assert found[1][2].startswith("3.71526201003027")
    assert found[1][3] == "13812345678"


def test_what_a_cell_shows() -> None:
    assert xlsx_files.shown(datetime(2023, 1, 2, 9, 30)) == "2023-01-02 09:30"  # noqa: DTZ001 - as Excel has it
    assert xlsx_files.shown(371522201211133104) == "371522201211133104"
    assert xlsx_files.shown(time(9, 30)) == "09:30"
    assert xlsx_files.shown(True) == "TRUE"
    assert xlsx_files.shown(0.5) == "0.5"
    assert xlsx_files.shown(None) == ""


def test_every_visible_sheet_with_the_header_is_read(tmp_path: Path) -> None:
    lines: list[list[object]] = [["姓名", "来访日期"], ["查轩", "2023-1-2"]]
    path = workbook(tmp_path, lines, [["说明"]], [["月", "数"], [1, 2]], [["来访日期", "姓名"], ["2023-1-3", "单明"]])
    book = read_book(path, REGISTER)
    assert [table.name for table in book.tables] == ["表1", "表4"]
    assert [table.cell(table.rows[0], "name") for table in book.tables] == ["查轩", "单明"]


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    book = Workbook()
    for number in (0, 1):
        sheet = book.worksheets[0] if number == 0 else book.create_sheet("旧")
        sheet.append(["姓名", "来访日期"])
        sheet.append([f"人{number}", "2023-1-2"])
    book.worksheets[1].sheet_state = "hidden"
    book.save(tmp_path / "table.xlsx")
    assert [row[0] for row in rows(read_book(tmp_path / "table.xlsx", REGISTER))] == ["人0"]


def test_files_that_are_no_table(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, b"\x89PNG\r\n\x1a\n\x00\x01\x02")) == "sheet.not_a_table"
    assert refusal(written(tmp_path, b"PK\x03\x04 garbage")) == "sheet.damaged"
    assert refusal(written(tmp_path, xlsx_files.OLE_MAGIC + bytes(600))) == "sheet.old_format"
    protected = xlsx_files.OLE_MAGIC + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert refusal(written(tmp_path, protected)) == "sheet.protected"
    assert refusal(written(tmp_path, "")) == "sheet.no_header"
    assert refusal(written(tmp_path, "a,b\n1,2\n")) == "sheet.no_header"
    assert refusal(written(tmp_path, '姓名,来访日期\n"查轩,2023-1-2\n' + "单明,2023-1-3\n" * 60)) == "sheet.broken"
    assert refusal(written(tmp_path, '姓名,来访日期\n查轩,2023-1-2\n"单明,2023-1-3\n')) == "sheet.broken"


def test_a_zip_that_is_no_workbook_and_a_damaged_one(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refusal(written(tmp_path, packed.getvalue())) == "sheet.not_xlsx"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
    assert refusal(written(tmp_path, packed.getvalue())) == "sheet.damaged"


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_book(written(tmp_path, "姓名,性别,学校\n查轩,女,一中\n"), REGISTER)
    assert caught.value.code == "sheet.missing_columns"
    assert "来访日期" in caught.value.text()


def test_what_the_machine_refuses(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "no.csv", "file.missing"), (tmp_path, "file.folder")):
        with pytest.raises(EnvironmentFault) as caught:
            read_book(path, REGISTER)
        assert caught.value.code == code


def test_huge_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, f"{HEADER}\n" + "1,1.2,查轩,2010.1.1\n" * 30)
    line: list[object] = ["查轩", "1.2"]
    book = workbook(tmp_path, [["姓名", "来访日期"], *([line] * 30)])
    monkeypatch.setattr(sheets, "MOST_ROWS", 20)
    assert refusal(path) == "sheet.too_long"
    assert refusal(book) == "sheet.too_long"
    monkeypatch.setattr(xlsx_files, "_MOST_UNPACKED", 100)
    assert refusal(book) == "sheet.unpacks_huge"
    monkeypatch.setattr(sheets, "MOST_BYTES", 100)
    assert refusal(path) == "sheet.too_big"


@pytest.mark.parametrize(
    "text",
    [
        "合计",
        "合 计：",
        "总计",
        "小计（1月）",
        "本页合计",
        "上半年合计",
        "合计420",
        "Total",
        "Grand total",
        "TOTAL:",
        "Sum",
    ],
)
def test_total_rows(text: str) -> None:
    assert is_total(text)


@pytest.mark.parametrize("text", ["合计华", "共华", "1", "查轩", "Summer", "总", ""])
def test_what_is_no_total_row(text: str) -> None:
    assert not is_total(text)


def test_footnotes() -> None:
    assert is_footnote("填表人：某某")
    assert is_footnote("第 3 页")
    assert not is_footnote("查轩")


_cells = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)


@given(st.lists(st.tuples(_cells, _cells), max_size=8), st.sampled_from(["utf-8", "gb18030"]))
def test_csv_cells_come_back_exactly(pairs: list[tuple[str, str]], encoding: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(pairs)
    decoded, _ = csv_files.decoded(text.getvalue().encode(encoding))
    found = csv_files.rows(decoded, ",", 100)
    wanted = [list(pair) for pair in pairs]
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [csv_files._unwrapped(cell).removeprefix("'") for cell in row] for row in wanted
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.bin"
    path.write_bytes(content)
    try:
        read_book(path, REGISTER)
    except UserError as error:
        assert error.text()
