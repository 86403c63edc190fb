"""The rows of a visitors' register. What an ambiguous row means is decided here, and told in docs/guide/import.

Refused: no name; a visit date that is missing, unreadable or without a year; a birth date that does not exist;
nothing by which the person could be told from others of the same name. Everything else goes in, with warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from app.common.identity import IdKind, ResidentId, read_resident_id
from app.common.notes import Note
from app.common.telephone import Telephone, read_telephones
from app.common.words import N_
from app.people.rows import Problem, Reader, RefusedRow, name_key, split_list
from app.people.sheets import Book, SheetRow, Table

_SOURCES = (
    ("12355", "12355"),
    ("热线", "hotline"), ("来电", "hotline"), ("hotline", "hotline"),
    ("学校", "school"), ("老师", "school"), ("班主任", "school"), ("school", "school"),
    ("医院", "hospital"), ("hospital", "hospital"),
    ("警", "police"), ("派出所", "police"), ("公安", "police"), ("police", "police"),
    ("家长", "parent"), ("父母", "parent"), ("parent", "parent"),
    ("自行", "self"), ("自己", "self"), ("主动", "self"), ("本人", "self"), ("self", "self"), ("walk-in", "self"),
    ("其他", "other"), ("其它", "other"), ("other", "other"),
)  # fmt: skip
_RELATIONS = re.compile(
    r"^(父亲|母亲|父母|爸爸|妈妈|祖父|祖母|外祖父|外祖母|爷爷|奶奶|姥爷|姥姥|外公|外婆|继父|继母|养父|养母|伯父|伯母|叔叔|婶婶|姑姑|姑父|舅舅|舅妈|姨妈|姨父|"
    r"哥哥|姐姐|兄长|监护人|亲属|老师|班主任|father|mother|grandfather|grandmother|guardian|father's|aunt|uncle|父|母)\s*[:：,，、(（]?\s*(.*?)[)）]?$",
    re.IGNORECASE,
)
_TRAILING_RELATION = re.compile(r"^(.+?)\s*[(（]\s*([^()（）]{1,6})\s*[)）]$")
_ADULT = 23


@dataclass(frozen=True, slots=True)
class GuardianSaid:
    """父亲 万俟女士 → relation 父亲, name 万俟女士: both as written, even where they disagree."""

    name: str
    relation: str | None


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One coming of one client. Sexes are "male"/"female"; `source` is a code of Visit.referral_source or None."""

    table: Table = field(repr=False, compare=False)
    row: SheetRow = field(repr=False, compare=False)
    visit_date: date
    name: str
    sex: str | None
    birth_date: date | None
    resident_id: ResidentId
    telephones: tuple[Telephone, ...]
    school: str | None
    grade: str | None
    class_name: str | None
    kind: str
    came_as: str
    companions: tuple[str, ...]
    guardian: GuardianSaid | None
    concerns: tuple[str, ...]
    source: str | None
    remark: str | None
    warnings: tuple[Problem, ...]

    @property
    def name_key(self) -> str:
        return name_key(self.name)

    @property
    def identifiers(self) -> frozenset[str]:
        """What tells this person from another of the same name and birth date."""
        return identifiers_of(self.resident_id.canonical, (t.digits for t in self.telephones if t.identifies))


def identifiers_of(id_number: str | None, digits: Iterable[str]) -> frozenset[str]:
    """ID number and telephones in one set, without confusing the two."""
    found = {f"tel:{number}" for number in digits}
    return frozenset(found | {f"id:{id_number}"} if id_number else found)


def read_register(book: Book, *, year: int | None, today: date) -> tuple[list[RegisterRow], list[RefusedRow]]:
    """Every row of the book is in exactly one of the two lists, in the file's order."""
    taken: list[RegisterRow] = []
    refused: list[RefusedRow] = []
    for table in book.tables:
        for row in table.rows:
            result = read_row(table, row, year=year, today=today)
            if isinstance(result, RefusedRow):
                refused.append(result)
            else:
                taken.append(result)
    return taken, refused


def read_row(table: Table, row: SheetRow, *, year: int | None, today: date) -> RegisterRow | RefusedRow:
    """Reads one row; all its problems are found, not just the first."""
    reader = Reader(table, row)
    visit_date = reader.day("visit_date", year=year, required=True)
    name = reader.name("name")
    resident_id = read_resident_id(reader.text("id_number"), on=today)
    reader.warn("id_number", resident_id.notes)
    telephones = read_telephones(reader.text("telephone"))
    reader.warn("telephone", telephones.notes)
    birth_date = _birth_date(reader, resident_id)
    sex = _sex(reader, resident_id)
    numbered = resident_id.canonical or any(telephone.identifies for telephone in telephones.numbers)
    if not reader.refusals and birth_date is None and not numbered:
        reader.refuse("", _nobody())
    if visit_date is None or reader.refusals:
        return reader.refused()
    _check_days(reader, visit_date, birth_date, today)
    came_as, companions = _who_came(reader.text("who_came"))
    source, remark = _source(reader)
    grade = reader.text("grade") or None
    return RegisterRow(
        table, row, visit_date, name, sex, birth_date, resident_id, telephones.numbers,
        school=" ".join(reader.text("school").split()) or None,
        grade=grade,
        class_name=reader.text("class_name") or None,
        kind=_kind(birth_date, visit_date, grade),
        came_as=came_as,
        companions=companions,
        guardian=_guardian(reader.text("guardian")),
        concerns=split_list(reader.text("concerns")),
        source=source,
        remark=remark,
        warnings=tuple(reader.warnings),
    )  # fmt: skip


def _nobody() -> Note:
    return Note.of(
        "person.unknown",
        N_("Without birth date, ID number and telephone it cannot be told who this is; please add one of them."),
    )


def _birth_date(reader: Reader, resident_id: ResidentId) -> date | None:
    """The cell; if it is empty, what a valid ID number says. The cell's own year is needed, `--year` never counts."""
    written = reader.day("birth_date", year=None)
    if written is None:
        if resident_id.kind is IdKind.VALID:
            return resident_id.birth_date
        if not reader.text("birth_date"):
            reader.warn("birth_date", [Note.of("birth.missing", N_("The birth date is missing."))])
        return None
    if resident_id.birth_date and resident_id.birth_date != written:
        note = N_("The birth date {birth} differs from the one in the ID number ({other}); both are kept.")
        reader.warn("birth_date", [Note.of("birth.differs", note, birth=written, other=resident_id.birth_date)])
    return written


def _sex(reader: Reader, resident_id: ResidentId) -> str | None:
    written = reader.sex("sex")
    if resident_id.kind is not IdKind.VALID:
        return written
    if written and written != resident_id.sex:
        reader.warn(
            "sex", [Note.of("sex.differs", N_("The sex differs from the one in the ID number; it is kept as written."))]
        )
    return written or resident_id.sex


def _check_days(reader: Reader, visit_date: date, birth_date: date | None, today: date) -> None:
    if visit_date > today:
        reader.warn(
            "visit_date", [Note.of("visit.future", N_("The visit date {day} is in the future."), day=visit_date)]
        )
    if birth_date is not None and birth_date > visit_date:
        note = N_("The birth date {day} is later than the visit.")
        reader.warn("birth_date", [Note.of("birth.late", note, day=birth_date)])


def _kind(birth_date: date | None, visit_date: date, grade: str | None) -> str:
    """A grown-up without a grade is a parent in their own right; everyone else in a register is a student."""
    if grade or birth_date is None:
        return "student"
    return "parent" if visit_date.year - birth_date.year >= _ADULT else "student"


def _who_came(written: str) -> tuple[str, tuple[str, ...]]:
    """学生、家长 → the student came, a parent came along; 家长 → a parent came for the student."""
    parts = split_list(re.sub(r"[和与及+＋\s]+", "、", written))
    student = not parts or any(re.search("学生|本人|孩子|student|child|self", p, re.IGNORECASE) for p in parts)
    if student:
        return "student", tuple(
            p for p in parts if not re.search("学生|本人|孩子|student|child|self", p, re.IGNORECASE)
        )
    is_parent = any(re.search("家长|父|母|爸|妈|监护|爷|奶|parent|guardian", p, re.IGNORECASE) for p in parts)
    return ("parent", parts[1:]) if is_parent else ("third_party", parts)


def _guardian(written: str) -> GuardianSaid | None:
    text = " ".join(written.split())
    if not text:
        return None
    if (match := _TRAILING_RELATION.match(text)) and _RELATIONS.match(match[2]):
        return GuardianSaid(match[1], match[2])
    if match := _RELATIONS.match(text):
        return GuardianSaid(match[2] or match[1], match[1])
    return GuardianSaid(text, None)


def _source(reader: Reader) -> tuple[str | None, str | None]:
    """The referral source stands in a column of its own or, in most registers, in the remarks.

    A remark that says nothing else than the source is not kept twice.
    """
    said, remark = reader.text("source"), reader.text("remark")
    source = _source_code(said)
    if said and source is None:
        remark = "；".join(filter(None, (said, remark)))
        source = "other"
    if source is None and (found := _source_code(remark)):
        source = found
        if re.fullmatch(r"学校转来|学校转介|热线|热线转来|自行前来|家长|家长带来|医院转来|12355(?:转来)?|其他", remark):
            remark = ""
    return source, remark or None


def _source_code(text: str) -> str | None:
    lowered = text.casefold()
    return next((code for word, code in _SOURCES if word in lowered), None)
