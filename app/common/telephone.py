"""Telephone numbers as they stand in a cell: mobiles, landlines of the region, short numbers, several at once.

A number that looks wrong is kept as it was given, with a note: a person may still make sense of it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.common.notes import Note
from app.common.words import N_

DEFAULT_AREA = "0635"
SHORT_NUMBERS = frozenset(
    {
        "110",
        "119",
        "120",
        "122",
        "12338",
        "12345",
        "12348",
        "12351",
        "12355",
        "12356",
        "96110",
    }
)

_SEPARATORS = re.compile(r"[/、,;|\n\r\t]+|或|和")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}")
_LOCAL = re.compile(r"[2-9][0-9]{6,7}")
_SERVICE = re.compile(r"(?:400|800)[0-9]{7}")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x)\s*([0-9]{1,6})$", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"(?<=[0-9]{7})-([0-9]{1,5})$")
_NOT_A_NUMBER = re.compile(r"[^0-9+()\-\s.]")
_LABEL = re.compile(r"^[^\W\d_]{1,6}:?\s*(?=[+(0-9])|\([^()0-9]*\)$|(?<=[0-9])[^\W\d_]{1,4}$")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
_DASHES = re.compile(r"[\u2010-\u2015\u2212_~]")


class TelephoneKind(StrEnum):
    """What sort of line answers."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    SHORT = "short"
    SERVICE = "service"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


_SHAPES = (
    (_MOBILE, TelephoneKind.MOBILE),
    (_LANDLINE, TelephoneKind.LANDLINE),
    (_SERVICE, TelephoneKind.SERVICE),
)


@dataclass(frozen=True, slots=True)
class Telephone:
    """`shown` is for people; `digits` (with area code, without country code) compares and searches."""

    shown: str
    digits: str
    kind: TelephoneKind
    extension: str = ""
    label: str = ""  # whose it is, where the cell says so: 母亲

    @property
    def identifies(self) -> bool:
        """Whether it may tell one person from another: 110 does not."""
        return self.kind is not TelephoneKind.SHORT and len(self.digits) >= 7


@dataclass(frozen=True, slots=True)
class Telephones:
    """The numbers of one cell, without repetitions, and what is odd about them."""

    numbers: tuple[Telephone, ...] = ()
    notes: tuple[Note, ...] = ()


def digits_of(text: str) -> str:
    """Only the digits of a search text, full-width ones included; the country code 86 goes."""
    normal = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(c for c in normal if "0" <= c <= "9")
    if digits.startswith("0086"):
        return digits[4:]
    written_out = normal.startswith("+86") and len(digits) > 9
    return digits[2:] if written_out or (digits.startswith("861") and len(digits) == 13) else digits


def search_forms(telephone: Telephone, area: str = DEFAULT_AREA) -> tuple[str, ...]:
    """The digits under which a number is found: also without the area code of the region."""
    digits = telephone.digits
    if telephone.kind is TelephoneKind.LANDLINE and digits.startswith(area):
        return (digits, digits[len(area) :])
    return (digits,) if digits else ()


def read_telephones(written: str, *, area: str = DEFAULT_AREA) -> Telephones:
    """Reads a cell that may hold several numbers, with labels, extensions, full-width digits or +86."""
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", written)).strip()
    found: dict[tuple[str, str], Telephone] = {}
    notes: list[Note] = []
    for part in _parts(text, area):
        telephone = _one(part, area)
        if telephone.digits or telephone.shown:
            found.setdefault((telephone.digits or telephone.shown, telephone.extension), telephone)
        if telephone.kind is TelephoneKind.UNKNOWN:
            notes.append(_odd(telephone))
    return Telephones(tuple(found.values()), tuple(notes))


def read_telephone(written: str, *, area: str = DEFAULT_AREA) -> Telephone:
    """Reads one number; what cannot be understood comes back as UNKNOWN, as it was given."""
    return _one(_DASHES.sub("-", unicodedata.normalize("NFKC", written)).strip(), area)


def _odd(telephone: Telephone) -> Note:
    if telephone.digits and len(telephone.digits) < 11:
        message = N_("The telephone {number} is too short; it is kept as given.")
        return Note.of("telephone.short", message, number=telephone.shown)
    message = N_("{number} does not look like a telephone number; it is kept as given.")
    return Note.of("telephone.odd", message, number=telephone.shown)


def _parts(text: str, area: str) -> list[str]:
    parts: list[str] = []
    for part in _SEPARATORS.split(text):
        words = part.split()
        if len(words) > 1 and all(_one(word, area).kind is not TelephoneKind.UNKNOWN for word in words):
            parts.extend(words)
        elif part.strip():
            parts.append(part.strip())
    return parts


def _one(part: str, area: str) -> Telephone:
    bare = _LABEL.sub("", part).strip()
    label = _label_of(part, bare)
    if _SCIENTIFIC.fullmatch(bare):
        return _from_scientific(part, bare)
    if bare.endswith(".0") and bare[:-2].isdigit():
        bare = bare[:-2]
    if match := _EXTENSION.search(bare) or _DASHED_EXTENSION.search(bare):
        main = bare[: match.start()]
        digits, kind = _classified(main, area)
        if kind is not TelephoneKind.UNKNOWN:
            return Telephone(_shown(digits, kind, match[1], part), digits, kind, match[1], label)
    digits, kind = _classified(bare, area)
    return Telephone(_shown(digits, kind, "", part), digits, kind, "", label)


def _label_of(part: str, bare: str) -> str:
    before, found, after = part.partition(bare)
    return (before + after).strip(" :()") if found and bare else ""


def _classified(bare: str, area: str) -> tuple[str, TelephoneKind]:
    raw = "".join(c for c in bare if "0" <= c <= "9")
    digits = digits_of(bare)
    if _NOT_A_NUMBER.search(bare):
        return digits, TelephoneKind.UNKNOWN
    if bare.startswith("+") and raw == digits:
        return digits, TelephoneKind.FOREIGN if 8 <= len(digits) <= 15 else TelephoneKind.UNKNOWN
    if digits in SHORT_NUMBERS:
        return digits, TelephoneKind.SHORT
    for pattern, kind in _SHAPES:
        if pattern.fullmatch(digits):
            return digits, kind
    if raw != digits and _LANDLINE.fullmatch("0" + digits):
        return "0" + digits, TelephoneKind.LANDLINE  # +86 635 …
    if _LOCAL.fullmatch(digits):
        return area + digits, TelephoneKind.LANDLINE
    if digits.startswith(area[1:]) and _LANDLINE.fullmatch("0" + digits):
        return "0" + digits, TelephoneKind.LANDLINE  # a spreadsheet dropped the leading zero
    return digits, TelephoneKind.UNKNOWN


def _shown(digits: str, kind: TelephoneKind, extension: str, written: str) -> str:
    if kind in (TelephoneKind.UNKNOWN, TelephoneKind.FOREIGN):
        return written
    if kind is TelephoneKind.LANDLINE:
        cut = 3 if digits.startswith(("010", "02")) else 4
        digits = f"{digits[:cut]}-{digits[cut:]}"
    return f"{digits}-{extension}" if extension else digits


def _from_scientific(part: str, bare: str) -> Telephone:
    """1.5872277785E+10 still holds every digit; 1.59E+10 does not."""
    number = Decimal(bare)
    exponent = number.as_tuple().exponent
    if number == number.to_integral_value() and isinstance(exponent, int) and exponent <= 1:
        digits = format(number.to_integral_value(), "f")
        if _MOBILE.fullmatch(digits):
            return Telephone(digits, digits, TelephoneKind.MOBILE)
    return Telephone(part, "", TelephoneKind.UNKNOWN)
