"""The resident identity number as it is found on paper and in spreadsheets.

Our own check, because python-stdnum ties region codes to birth years (and so rejects real cards) and
accepts a birth date in the future. Nothing here refuses: an odd number is a note for a person to read.
GB 11643-1999: 6 digits of region, 8 of birth date, 3 of sequence (odd: male), 1 check character.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.common.notes import Note
from app.common.words import N_

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)
_NOISE = re.compile(r"[\s'\u2018\u2019`\-\u2010-\u2015\u2212]+")
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_SCIENTIFIC = re.compile(r"[1-9](?:\.[0-9]+)?E\+?[0-9]{2}")


class IdKind(StrEnum):
    """How much of the number can be relied upon."""

    ABSENT = "absent"
    VALID = "valid"
    SUSPECT = "suspect"  # the right shape, but a check digit, date or region is wrong
    DAMAGED = "damaged"  # a spreadsheet has rounded it: digits are lost for good
    MALFORMED = "malformed"  # not a resident ID number at all


@dataclass(frozen=True, slots=True)
class ResidentId:
    """`as_written` is the cell; `number` is what may be stored (18 or 15 characters) or None."""

    kind: IdKind
    as_written: str
    number: str | None = None
    birth_date: date | None = None
    sex: str | None = None  # "male" or "female"
    notes: tuple[Note, ...] = ()

    @property
    def canonical(self) -> str | None:
        """The 18-character form, under which one person's old and new number compare equal."""
        if self.number is None or len(self.number) == 18:
            return self.number
        return lengthened(self.number)


def check_character(seventeen: str) -> str:
    """The 18th character that belongs to the first 17 digits."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(seventeen, _WEIGHTS, strict=True)) % 11]


def lengthened(fifteen: str) -> str:
    """The 18-character form of a number of the first generation, whose bearer was born in the 1900s."""
    seventeen = fifteen[:6] + "19" + fifteen[6:]
    return seventeen + check_character(seventeen)


def read_resident_id(written: str, *, on: date) -> ResidentId:
    """Reads a cell. `on` is today: a birth date after it cannot be right."""
    text = _NOISE.sub("", unicodedata.normalize("NFKC", written)).upper()
    if not text:
        return ResidentId(IdKind.ABSENT, "")
    if _SCIENTIFIC.fullmatch(text):
        return _damaged(written)
    if _FIFTEEN.fullmatch(text):
        return _read(written, text, lengthened(text), on)
    if not _EIGHTEEN.fullmatch(text):
        note = Note.of(
            "id.malformed",
            N_("{number} is not a resident ID number; it is kept in the remark."),
            number=written.strip(),
        )
        return ResidentId(IdKind.MALFORMED, written.strip(), notes=(note,))
    if text.endswith("000") and check_character(text[:17]) != text[17]:
        return _damaged(written)
    return _read(written, text, text, on)


def _damaged(written: str) -> ResidentId:
    note = Note.of(
        "id.damaged",
        N_("The spreadsheet damaged the ID number ({number}); it is kept in the remark. Please ask for it again."),
        number=written.strip(),
    )
    return ResidentId(IdKind.DAMAGED, written.strip(), notes=(note,))


def _read(written: str, number: str, full: str, on: date) -> ResidentId:
    notes: list[Note] = []
    born = _date(full[6:14])
    if born is None or born > on:
        notes.append(
            Note.of(
                "id.date",
                N_("The ID number {number} holds a birth date that cannot be right."),
                number=number,
            )
        )
        born = None
    if check_character(full[:17]) != full[17]:
        notes.append(
            Note.of(
                "id.check",
                N_("The ID number {number} has a wrong check digit; please compare it with the card."),
                number=number,
            )
        )
    suspect = bool(notes)
    if full[:2] not in _PROVINCES:
        notes.append(
            Note.of(
                "id.region",
                N_("The ID number {number} begins with an unknown region."),
                number=number,
            )
        )
    sex = "male" if int(full[16]) % 2 else "female"
    kind = IdKind.SUSPECT if suspect else IdKind.VALID
    return ResidentId(kind, written.strip(), number, born, sex, tuple(notes))


def _date(eight: str) -> date | None:
    try:
        return date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        return None
