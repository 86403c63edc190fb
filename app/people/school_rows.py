"""The rows of a school directory: a school is known by its name, and has the telephone that students may call."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.common.notes import Note
from app.common.telephone import Telephone, read_telephones
from app.common.words import N_
from app.people.rows import Problem, Reader, RefusedRow
from app.people.sheets import Book, SheetRow, Table

COUNTIES = {
    "东昌府区": "371502", "茌平区": "371503", "临清市": "371581", "阳谷县": "371521",
    "莘县": "371522", "东阿县": "371524", "冠县": "371525", "高唐县": "371526",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """`county` is the six-digit code of one of the eight counties, or the text as written."""

    table: Table = field(repr=False, compare=False)
    row: SheetRow = field(repr=False, compare=False)
    name: str
    county: str | None
    telephones: tuple[Telephone, ...]
    warnings: tuple[Problem, ...] = field(compare=False)


def read_schools(book: Book) -> tuple[list[SchoolRow], list[RefusedRow]]:
    """Every row of the book is in exactly one of the two lists."""
    taken: list[SchoolRow] = []
    refused: list[RefusedRow] = []
    for table in book.tables:
        for row in table.rows:
            reader = Reader(table, row)
            name = "".join(reader.text("name").split()) if not reader.text("name").isascii() else reader.text("name")
            if not name:
                reader.refuse("name", Note.of("school.missing", N_("The school's name is missing.")))
            telephones = read_telephones(reader.text("telephone"))
            reader.warn("telephone", telephones.notes)
            county = _county(reader, name)
            if reader.refusals:
                refused.append(reader.refused())
            else:
                taken.append(SchoolRow(table, row, name, county, telephones.numbers, tuple(reader.warnings)))
    return taken, refused


def _county(reader: Reader, name: str) -> str | None:
    written = reader.text("county").removeprefix("聊城市")
    for county, code in COUNTIES.items():
        if written in (county, county[:-1], code) and written:
            return code
    if written:
        reader.warn(
            "county",
            [Note.of("county.odd", N_("“{text}” is none of the eight counties; it is kept as given."), text=written)],
        )
        return written
    return next((code for county, code in COUNTIES.items() if name.startswith(county)), None)
