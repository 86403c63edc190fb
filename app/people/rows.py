"""What every imported row shares: its problems, its cells cleaned, the words people write for "nothing"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.common.dates import read_day
from app.common.errors import UserError
from app.common.notes import Note
from app.common.words import N_
from app.people.sheets import SheetRow, Table

_NOTHING = frozenset(
    {
        "无",
        "没有",
        "暂无",
        "不详",
        "未知",
        "不明",
        "空",
        "未填",
        "未登记",
        "/",
        "\\",
        "-",
        "--",
        "—",
        "——",
        "－",
        "?",
        "？",
        "／",
        "n/a",
        "na",
        "none",
        "null",
        "nil",
        "#n/a",
    }
)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_COMPATIBILITY = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
DOTS = "·•‧・･∙⋅.．"
_DOTS = str.maketrans(dict.fromkeys(DOTS, "·"))

SEXES = {
    "男": "male", "男性": "male", "男生": "male", "m": "male", "male": "male", "boy": "male", "♂": "male",
    "女": "female", "女性": "female", "女生": "female", "f": "female", "female": "female", "girl": "female",
    "♀": "female",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """Something odd in one cell: `column` is a key of app.people.columns, or "" for the whole row."""

    column: str
    note: Note


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that does not go in, as it was read, with every reason."""

    table: Table
    row: SheetRow
    problems: tuple[Problem, ...]


class Reader:
    """One row being read: hands out cells, collects warnings and reasons to refuse."""

    def __init__(self, table: Table, row: SheetRow) -> None:
        self.table = table
        self.row = row
        self.warnings: list[Problem] = []
        self.refusals: list[Problem] = []

    def text(self, key: str) -> str:
        """A cell without surrounding blanks; "" for any of the words for nothing."""
        cell = _INVISIBLE.sub("", self.table.cell(self.row, key)).strip()
        return "" if cell.casefold() in _NOTHING else cell

    def warn(self, key: str, notes: Iterable[Note]) -> None:
        self.warnings.extend(Problem(key, note) for note in notes)

    def refuse(self, key: str, note: Note) -> None:
        self.refusals.append(Problem(key, note))

    def refused(self) -> RefusedRow:
        return RefusedRow(self.table, self.row, tuple(self.refusals))

    def day(self, key: str, *, year: int | None, required: bool = False) -> date | None:
        """A date cell; what cannot be read refuses the row, as does an empty cell if `required`."""
        written = self.text(key)
        if not written and not required:
            return None
        try:
            return read_day(written, year=year)
        except UserError as error:
            self.refuse(key, Note.from_error(error))
            return None

    def name(self, key: str) -> str:
        """A person's name, exactly as written but for blanks; a row without one is refused."""
        name = clean_name(self.text(key))
        if not name:
            self.refuse(key, Note.of("name.missing", N_("The name is missing.")))
        elif not any(unicodedata.category(c)[0] == "L" or unicodedata.category(c) in ("Co", "Cn") for c in name):
            self.refuse(key, Note.of("name.none", N_("“{name}” is not a name."), name=name))
        return name

    def sex(self, key: str) -> str | None:
        """ "male", "female" or None."""
        written = self.text(key)
        found = SEXES.get(unicodedata.normalize("NFKC", written).casefold())
        if written and found is None:
            self.warn(
                key, [Note.of("sex.unknown", N_("“{sex}” is not understood as a sex; it is left empty."), sex=written)]
            )
        return found


def clean_name(written: str) -> str:
    """Blanks go (between Latin words one stays); nothing else changes: not ·, not a rare or compatibility character."""
    parts = _COMPATIBILITY.split(_INVISIBLE.sub("", written))
    composed = "".join(part if i % 2 else unicodedata.normalize("NFC", part) for i, part in enumerate(parts)).strip()
    if any(ord(c) > 0x2E7F for c in composed):
        return "".join(composed.split())
    return " ".join(composed.split())


def name_key(name: str) -> str:
    """Under which two spellings of one name are equal: blanks, dots and case do not count."""
    return "".join(unicodedata.normalize("NFC", name).translate(_DOTS).casefold().split())


def split_list(text: str) -> tuple[str, ...]:
    """情绪低落、睡眠 → its parts, each once."""
    parts = re.split(r"[、,，;；/|\n]+", text)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
