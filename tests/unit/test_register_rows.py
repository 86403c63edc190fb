"""What a row of a visitors' register means."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.columns import REGISTER
from app.people.matching import Known, group_people
from app.people.register_rows import GuardianSaid, RegisterRow, identifiers_of, read_register, read_row
from app.people.rows import RefusedRow, clean_name, name_key
from app.people.sheets import SheetRow, Table, read_book

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
TODAY = date(2026, 11, 23)
KEYS = (
    "visit_date", "name", "sex", "birth_date", "id_number", "telephone", "school", "grade", "who_came", "guardian",
    "concerns", "source", "remark",
)  # fmt: skip
GOOD = {"visit_date": "2023-02-01", "name": "查轩", "birth_date": "2010-05-06", "telephone": "13812345678"}


def read(year: str | None = "2023", **cells: str) -> RegisterRow | RefusedRow:
    row = SheetRow(2, tuple((GOOD | cells).get(key, "") for key in KEYS))
    table = Table("", (), KEYS, {key: i for i, key in enumerate(KEYS)}, (row,))
    return read_row(table, row, year=int(year) if year else None, today=TODAY)


def taken(year: str | None = "2023", **cells: str) -> RegisterRow:
    found = read(year, **cells)
    assert isinstance(found, RegisterRow)
    return found


def refused(year: str | None = "2023", **cells: str) -> list[tuple[str, str]]:
    found = read(year, **cells)
    assert isinstance(found, RefusedRow)
    assert all(problem.note.text() for problem in found.problems)
    return [(problem.column, problem.note.code) for problem in found.problems]


def warned(**cells: str) -> list[str]:
    return [problem.note.code for problem in taken(**cells).warnings]


# The real file, counted by other means


def raw() -> list[dict[str, str]]:
    text = (FIXTURES / "register-2023.csv").read_bytes().decode("gb18030")
    return list(csv.DictReader(text.splitlines()))


def test_every_row_of_the_real_register_is_accounted_for() -> None:
    book = read_book(FIXTURES / "register-2023.csv", REGISTER)
    rows, out = read_register(book, year=2023, today=TODAY)
    nameless = {row["序号"] for row in raw() if not row["姓名"].strip()}
    impossible = {row["序号"] for row in raw() if "02-30" in row["出生日期"]}
    assert {one.row.cells[0]: [p.note.code for p in one.problems] for one in out} == (
        {number: ["name.missing"] for number in nameless} | {number: ["date.impossible"] for number in impossible}
    )
    assert (len(rows), len(out), len(nameless), len(impossible)) == (408, 12, 9, 3)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
    good = [row for row in raw() if row["序号"] not in nameless | impossible]
    numbers = [unicodedata.normalize("NFKC", row["身份证号"]).upper() for row in good]
    full = [number for number in numbers if len(number) == 18 and "." not in number]
    sums = [sum(w * (10 if c == "X" else int(c)) for w, c in zip(weights, n, strict=True)) % 11 for n in full]
    wrong = [total for total in sums if total != 1]
    damaged = [n for n in numbers if "E+" in n]
    short = [row for row in good if re.fullmatch(r"\d{10}", row["联系电话"])]
    assert Counter(problem.note.code for row in rows for problem in row.warnings) == {
        "id.check": len(wrong),
        "id.damaged": len(damaged),
        "telephone.short": len(short),
    }
    assert (len(wrong), len(damaged), len(short)) == (9, 6, 8)


def test_csv_and_workbook_mean_the_same() -> None:
    one, _ = read_register(read_book(FIXTURES / "register-2023.csv", REGISTER), year=2023, today=TODAY)
    other, _ = read_register(read_book(FIXTURES / "register-2023.xlsx", REGISTER), year=2023, today=TODAY)
    different = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    assert all(a.resident_id.kind == b.resident_id.kind == "damaged" for a, b in different)
    assert len(different) == 5


def test_the_real_register_has_375_people() -> None:
    rows, _ = read_register(read_book(FIXTURES / "register-2023.csv", REGISTER), year=2023, today=TODAY)
    people = group_people(rows, [])
    assert Counter(len(person.rows) for person in people) == {1: 342, 2: 33}
    assert sum(len(person.new_visits) for person in people) == 408
    assert not any(person.weak for person in people)
    assert len({(row.name, row.birth_date) for row in rows}) == 375


# Single cells


def test_a_plain_row() -> None:
    row = taken(sex="F", school=" 聊城市 第一中学 ", grade="初一", concerns="厌学、睡眠、厌学", remark="学校转来")
    assert (row.name, row.sex, row.visit_date, row.birth_date) == ("查轩", "female", date(2023, 2, 1), date(2010, 5, 6))
    assert (row.school, row.concerns, row.source, row.remark) == ("聊城市 第一中学", ("厌学", "睡眠"), "school", None)
    assert (row.kind, row.came_as, row.companions, row.warnings) == ("student", "student", (), ())


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("查 轩", "查轩"),
        ("孙喆远　", "孙喆远"),
        ("\ufeff许𫍯", "许𫍯"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
        ("\uf9fe", "\uf9fe"),
        ("﨑\u3000", "﨑"),
        ("Mary  Ann ", "Mary Ann"),
        ("Zoe\u0301", "Zoé"),
    ],
)
def test_names_keep_every_character(written: str, name: str) -> None:
    assert clean_name(written) == name


_chinese = st.one_of(
    *(
        st.integers(first, last).map(chr)
        for first, last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xE000, 0xF8FF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
    )
)


@given(st.lists(_chinese, min_size=1, max_size=6).map("".join))
def test_chinese_characters_are_never_changed(name: str) -> None:
    assert clean_name(f" {name[0]} {name[1:]}　") == name


def test_spellings_of_one_name() -> None:
    assert name_key("阿卜杜拉•买买提") == name_key("阿卜杜拉·买买提")
    assert name_key("MARY ann") == name_key("Mary Ann")
    assert name_key("查轩") != name_key("查轩一")


@pytest.mark.parametrize("written", ["", " ", "　", "无", "/", "——", "不详"])
def test_a_row_without_a_name_is_refused(written: str) -> None:
    assert refused(name=written) == [("name", "name.missing")]


def test_what_is_no_name() -> None:
    assert refused(name="420") == [("name", "name.none")]


def test_all_reasons_are_told() -> None:
    assert refused(name="", visit_date="2023-02-30", birth_date="2011-13-01") == [
        ("visit_date", "date.impossible"),
        ("name", "name.missing"),
        ("birth_date", "date.impossible"),
    ]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "date.missing"),
        ("2023-02-30", "date.impossible"),
        ("上周", "date.unreadable"),
        ("23.2.1", "date.unreadable"),
    ],
)
def test_the_visit_date_is_needed(written: str, code: str) -> None:
    assert refused(visit_date=written) == [("visit_date", code)]


def test_years_for_visits_but_not_for_births() -> None:
    assert taken(visit_date="2月1日").visit_date == date(2023, 2, 1)
    assert refused(None, visit_date="2.1") == [("visit_date", "date.year_missing")]
    assert refused(birth_date="5.6") == [("birth_date", "date.year_missing")]


def test_a_missing_birth_date_comes_from_the_id_number() -> None:
    row = taken(birth_date="", id_number="371522201211133104")
    assert (row.birth_date, row.sex, row.warnings) == (date(2012, 11, 13), "female", ())
    assert warned(birth_date="") == ["birth.missing"]
    assert taken(birth_date="").birth_date is None


def test_a_row_that_could_be_anybody_is_refused() -> None:
    assert refused(birth_date="", telephone="") == [("", "person.unknown")]
    assert refused(birth_date="", telephone="110") == [("", "person.unknown")]
    assert warned(telephone="") == []


def test_contradictions_are_warnings() -> None:
    assert warned(id_number="371522201211133104") == ["birth.differs"]
    assert warned(id_number="371522201211133104", birth_date="2012-11-13", sex="男") == ["sex.differs"]
    assert warned(sex="双") == ["sex.unknown"]
    assert warned(visit_date="2027-01-01") == ["visit.future"]
    assert warned(birth_date="2023-02-02") == ["birth.late"]


@pytest.mark.parametrize(
    ("written", "came_as", "companions"),
    [
        ("学生", "student", ()),
        ("", "student", ()),
        ("学生、家长", "student", ("家长",)),
        ("学生和家长", "student", ("家长",)),
        ("学生 家长", "student", ("家长",)),
        ("家长", "parent", ()),
        ("母亲", "parent", ()),
        ("班主任", "third_party", ("班主任",)),
        ("Student, parent", "student", ("parent",)),
    ],
)
def test_who_came(written: str, came_as: str, companions: tuple[str, ...]) -> None:
    row = taken(who_came=written)
    assert (row.came_as, row.companions) == (came_as, companions)


@pytest.mark.parametrize(
    ("written", "guardian"),
    [
        ("父亲 万俟女士", GuardianSaid("万俟女士", "父亲")),
        ("母亲：解女士", GuardianSaid("解女士", "母亲")),
        ("解女士（母亲）", GuardianSaid("解女士", "母亲")),
        ("万俟女士", GuardianSaid("万俟女士", None)),
        ("母亲", GuardianSaid("母亲", "母亲")),
        ("", None),
    ],
)
def test_guardians_are_kept_as_written(written: str, guardian: GuardianSaid | None) -> None:
    row = taken(guardian=written)
    assert row.guardian == guardian
    assert row.warnings == ()


@pytest.mark.parametrize(
    ("cells", "source", "remark"),
    [
        ({"remark": "学校转来"}, "school", None),
        ({"remark": "热线"}, "hotline", None),
        ({"remark": "自行前来"}, "self", None),
        ({"remark": ""}, None, None),
        ({"remark": "12355转来"}, "12355", None),
        ({"remark": "派出所民警陪同"}, "police", "派出所民警陪同"),
        ({"remark": "下周再来"}, None, "下周再来"),
        ({"source": "医院", "remark": "下周再来"}, "hospital", "下周再来"),
        ({"source": "报纸", "remark": "下周再来"}, "other", "报纸；下周再来"),
    ],
)
def test_where_they_come_from(cells: dict[str, str], source: str | None, remark: str | None) -> None:
    row = taken(**cells)
    assert (row.source, row.remark) == (source, remark)


def test_a_grown_up_without_a_grade_is_a_parent() -> None:
    assert taken(birth_date="1980-01-01").kind == "parent"
    assert taken(birth_date="1980-01-01", grade="高三").kind == "student"


@given(st.dictionaries(st.sampled_from(KEYS), st.text(max_size=25)), st.sampled_from(["2023", None]))
def test_any_cells_are_a_row_or_reasons(cells: dict[str, str], year: str | None) -> None:
    found = read(year, **cells)
    if isinstance(found, RefusedRow):
        assert found.problems
        assert all(problem.note.text() for problem in found.problems)
    else:
        assert found.name
        assert found.birth_date or found.identifiers
        assert all(problem.note.text() for problem in found.warnings)


# One person or two


def person(
    name: str = "查轩", born: str = "2010-05-06", tel: str = "", number: str = "", day: str = "2023-02-01"
) -> RegisterRow:
    return taken(name=name, birth_date=born, telephone=tel, id_number=number, visit_date=day)


A, B, C = "13812345678", "13912345678", "13712345678"
ID = "371522201005060017"


def sizes(*rows: RegisterRow, known: list[Known] | None = None) -> list[int]:
    return [len(one.rows) for one in group_people(rows, known or [])]


def test_name_birth_date_and_a_shared_number_make_one_person() -> None:
    assert sizes(person(tel=A), person(tel=f"{B}/{A}", day="2023-03-01")) == [2]
    assert sizes(person(tel=A), person(name="查 轩", tel=A)) == [2]
    assert sizes(person(number=ID), person(number=ID, tel=A)) == [2]
    assert sizes(person(tel="1645749645"), person(tel="1645749645")) == [2]


def test_anything_less_makes_two() -> None:
    assert sizes(person(tel=A), person(tel=B)) == [1, 1]
    assert sizes(person(tel=A), person(tel=A, born="2010-05-07")) == [1, 1]
    assert sizes(person(tel=A), person(tel=A, name="查轩一")) == [1, 1]
    assert sizes(person(tel="110"), person(tel=A), person(tel=B)) == [1, 1, 1]


def test_rows_chain_through_shared_numbers_whatever_their_order() -> None:
    chain = [person(tel=A), person(tel=B), person(tel=f"{A}/{B}")]
    for order in ((0, 1, 2), (2, 1, 0), (0, 2, 1), (1, 0, 2)):
        assert sizes(*(chain[i] for i in order)) == [3]


def test_without_any_number_name_and_birth_date_suffice_with_a_warning() -> None:
    people = group_people([person(), person(day="2023-03-01")], [])
    assert len(people) == 1
    weakly = group_people([person(tel=A), person(day="2023-03-01")], [])
    assert len(weakly) == 1
    assert len(weakly[0].weak) == 1


def test_without_a_birth_date_name_and_number_suffice() -> None:
    assert sizes(person(tel=A), person(tel=A, born="")) == [2]
    assert sizes(person(tel=A, born=""), person(tel=A, born="")) == [2]
    assert sizes(person(tel=A), person(tel=A, born="2011-01-01"), person(tel=A, born="")) == [1, 1, 1]


def test_the_same_day_is_the_same_visit() -> None:
    rows = [person(tel=A), person(tel=A), person(tel=A, day="2023-03-01")]
    assert [len(one.new_visits) for one in group_people(rows, [])] == [2]
    known = Known("k", name_key("查轩"), date(2010, 5, 6), identifiers_of(None, [A]), frozenset({date(2023, 2, 1)}))
    found = group_people(rows, [known])
    assert [(one.known, len(one.new_visits)) for one in found] == [(known, 1)]


def test_two_known_people_are_never_made_one() -> None:
    both = [
        Known(key, name_key("查轩"), date(2010, 5, 6), identifiers_of(None, [tel]), frozenset({date(2023, 2, day)}))
        for key, tel, day in (("k1", A, 1), ("k2", B, 2))
    ]
    found = group_people([person(tel=f"{A}/{B}", day="2023-02-02")], both)
    assert [one.known.id for one in found if one.known] == ["k2"]
    assert found[0].new_visits == []


_rows = st.lists(
    st.builds(
        person,
        name=st.sampled_from(["查轩", "单明"]),
        born=st.sampled_from(["2010-05-06", "2010-05-07", ""]),
        tel=st.sampled_from([A, B, C, f"{A}/{B}", f"{B}/{C}"]),
        number=st.sampled_from(["", ID]),
        day=st.sampled_from(["2023-02-01", "2023-02-02", "2023-02-03"]),
    )
    | st.builds(person, day=st.sampled_from(["2023-02-01", "2023-02-02"])),
    max_size=9,
)


def remembered(rows: list[RegisterRow], known: list[Known]) -> list[Known]:
    """What the centre has after these rows went in."""
    held = {one.id: one for one in known}
    for i, one in enumerate(group_people(rows, known)):
        key = one.known.id if one.known else f"new-{len(known)}-{i}"
        days = (one.known.days if one.known else frozenset()) | {row.visit_date for row in one.rows}
        held[key] = Known(key, one.name_key, one.birth_date, frozenset(one.identifiers), days)
    return list(held.values())


@given(_rows)
def test_every_row_belongs_to_one_person_and_the_same_rows_again_add_nothing(rows: list[RegisterRow]) -> None:
    people = group_people(rows, [])
    assert sorted(id(row) for one in people for row in one.rows) == sorted(map(id, rows))
    known = remembered(rows, [])
    again = group_people(rows, known)
    assert all(one.known for one in again)
    assert not any(one.new_visits for one in again)


@given(_rows, _rows)
def test_two_files_each_read_twice_add_nothing_the_second_time(
    one: list[RegisterRow], other: list[RegisterRow]
) -> None:
    known = remembered(other, remembered(one, []))
    for rows in (one, other):
        again = group_people(rows, known)
        assert not any(person.new_visits for person in again)


@given(_rows, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows: list[RegisterRow], random: Random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert len(group_people(rows, [])) == len(group_people(shuffled, []))
