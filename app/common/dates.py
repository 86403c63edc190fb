"""Dates as people type them: one reader for registers, leave lists and entry fields.

Year, month, day in that order is the only order understood; two-digit years are not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from app.common.errors import UserError
from app.common.words import N_

_AFTER = re.compile(
    r"\s*(?:[ T]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"  # 14:30
    r"|\(?(?:周|星期|礼拜)[一二三四五六日天]\)?"
    r"|(?:上午|下午|早上|中午|晚上)(?:\s*[0-9]{1,2}[:时点](?:[0-9]{1,2}分?|半)?)?)$"
)
_SPACES = re.compile(r"\s+")
_FULL = re.compile(r"([0-9]{4})([-./年])([0-9]{1,2})([-./月])([0-9]{1,2})[日号]?")
_EIGHT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SHORT = re.compile(r"([0-9]{1,2})([-./月])([0-9]{1,2})[日号]?")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(5_000, 75_000)  # 1913 to 2105
_DASHES = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "。": ".",
        "．": ".",
        "、": ".",
        "⁄": "/",
    }
)
_YEAR_IN_NAME = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")


def read_day(written: str, *, year: int | None = None) -> date:
    """Reads one date; `year` serves those written without one (3.5, 1月7日).

    Raises UserError: `date.missing`, `date.impossible`, `date.year_missing` or `date.unreadable`.
    """
    text = unicodedata.normalize("NFKC", written).strip().translate(_DASHES)
    while _AFTER.search(text):
        text = _AFTER.sub("", text)
    text = _SPACES.sub("", text)
    if not text:
        raise UserError("date.missing", N_("The date is missing."))
    if match := _FULL.fullmatch(text):
        if (match[2] == "年") == (match[4] == "月"):
            return _day(written, int(match[1]), int(match[3]), int(match[5]))
    elif match := _EIGHT.fullmatch(text):
        return _day(written, int(match[1]), int(match[2]), int(match[3]))
    elif match := _SERIAL.fullmatch(text):
        if int(match[1]) in _SERIALS:
            return _SERIAL_ZERO + timedelta(days=int(match[1]))
    elif match := _SHORT.fullmatch(text):
        return _without_year(written, year, int(match[1]), int(match[3]))
    raise UserError(
        "date.unreadable",
        N_("“{date}” cannot be read as a date."),
        date=written.strip(),
    )


def _without_year(written: str, year: int | None, month: int, day: int) -> date:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise UserError(
            "date.impossible",
            N_("The date {date} does not exist."),
            date=written.strip(),
        )
    if year is None:
        raise UserError(
            "date.year_missing",
            N_("The date {date} has no year, and none was given."),
            date=written.strip(),
        )
    return _day(written, year, month, day)


def _day(written: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise UserError(
            "date.impossible",
            N_("The date {date} does not exist."),
            date=written.strip(),
        ) from None


def year_in_name(file_name: str) -> int | None:
    """The one year of four digits in a file's name; None if there is none, or more than one."""
    years = set(_YEAR_IN_NAME.findall(unicodedata.normalize("NFKC", file_name)))
    return int(years.pop()) if len(years) == 1 else None


def age_on(born: date | None, day: date) -> int | None:
    """Whole years on that day; None if the birth date is unknown or later."""
    if born is None or born > day:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
