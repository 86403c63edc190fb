"""Leave, wishes and duty sessions as people write them: 3.8-3.10, 1.30下午-2.6, 每周三下午, 3.3起隔周周五.

What has no year begins in the list's year; what would end before it begins (12.28-1.3) runs into the next one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from app.common.dates import read_day
from app.common.errors import UserError
from app.common.notes import Note
from app.common.recurrence import every
from app.common.words import N_

HALVES = ("am", "pm")
SEPARATORS = re.compile(r"[；;，,、\n|]+")
_ONE = timedelta(days=1)
_RANGE_WORDS = re.compile(r"至|到|~|—+|–|−|〜")
_DAY_ONLY = re.compile(r"([0-9]{1,2})[日号]?")
_MARK = re.compile(
    r"(?P<each>每天|每日|天天)?(?P<half>上午|早上|早晨|下午|晚上|全天|整天|am|pm)(?:[0-9]{1,2}[:时点](?:[0-9]{1,2}分?|半)?)?$",
    re.I,
)
_HALF = {"上午": "am", "早上": "am", "早晨": "am", "am": "am", "morning": "am",
         "下午": "pm", "pm": "pm", "afternoon": "pm"}  # fmt: skip
_DAYS = {d: i for i, ds in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for d in ds}
_ENGLISH = {d: i for i, d in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_COUNT = {"两": 2, "二": 2, "2": 2, "三": 3, "3": 3, "四": 4, "4": 4}
_SESSION = re.compile(
    r"(?:(?:周|星期|礼拜)([一二三四五六日天1-7])(?:(?:至|到|-|~)(?:周|星期|礼拜)?([一二三四五六日天1-7]))?"
    r"|(mon|tue|wed|thu|fri|sat|sun)[a-z]*)[.\s]*(全天|整天|上午|早上|下午|上、下午|上下午|am|pm|all\s*day|morning|afternoon)?",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"(?:每隔[一1]周|(?P<other>隔周?)|每(?P<n>[两二三四234])周|每逢?|every(?P<second>other|second)?)?的?"
    r"(?:(?:周|星期|礼拜)(?P<day>[一二三四五六日天1-7])|(?P<en>mon|tue|wed|thu|fri|sat|sun)(?:s?day|nesday|r?s?day|urday|s|rs?)?)"
    r"(?P<half>全天|整天|上午|早上|下午|am|pm|morning|afternoon)?",
    re.I,
)

_PLAIN = re.compile(r"周|星期|礼拜|[a-z]", re.I)
"""1月7日(周四) is a day, not each Thursday."""


class LeaveRead(NamedTuple):
    """`first` to `last`, both included; `half` "am", "pm" or "" for whole days; `rule` (RFC 5545, counted from `first`)
    for single days among them."""

    first: date
    last: date
    half: str = ""
    rule: str = ""


class WishRead(NamedTuple):
    """A weekday (0 is Monday) or a day; `half` "am", "pm" or "" for both."""

    weekday: int | None
    day: date | None
    half: str = ""


def read_sessions(written: str) -> tuple[tuple[tuple[int, str], ...], str]:
    """周一上午、周三至周五 → (weekday, half) sorted, each once; and what was not understood."""
    text = unicodedata.normalize("NFKC", written)
    found: set[tuple[int, str]] = set()
    for match in _SESSION.finditer(text):
        half = _HALF.get((match[4] or "").casefold())
        if match[3]:
            days = [_ENGLISH[match[3].casefold()[:3]]]
        else:
            first = _DAYS[match[1]]
            days = [(first + i) % 7 for i in range((_DAYS[match[2]] - first) % 7 + 1)] if match[2] else [first]
        found.update((day, one) for day in days for one in ((half,) if half else HALVES))
    return tuple(sorted(found)), re.sub(r"[\W_]+", "", _SESSION.sub("", text))


def read_leaves(written: str, *, year: int | None) -> tuple[list[LeaveRead], list[Note]]:
    """One item of a leave list → its rows and what had to be assumed. UserError for what cannot be read, as
    `read_day`."""
    text = "".join(unicodedata.normalize("NFKC", written).split())
    match = _AGAIN.search(text)
    if match and not (_PLAIN.match(match[0]) and re.search(r"[0-9]日?\(?$", text[: match.start()])):
        found = _again(text, match, year)
        if found is not None:
            return found
    if not (mark := _MARK.search(text)) and not _MARK.search(_RANGE_WORDS.split(text.replace("-", "到"), 1)[0]):
        return [LeaveRead(*read_leave(text, year=year))], []
    if mark and mark["each"]:
        first, last = read_leave(text[: mark.start()], year=year)
        return [LeaveRead(first, last, _HALF.get(mark["half"].casefold(), ""))], []
    return _with_halves(text, written.strip(), year)


def _with_halves(text: str, written: str, year: int | None) -> tuple[list[LeaveRead], list[Note]]:
    evening = Note.of("leave.half", N_("“{text}” is taken as a whole day of leave."), text=written)
    for left, right in _halves(text):
        (first_text, begins), (last_text, ends) = _unmarked(left), _unmarked(right)
        found = _range(first_text, last_text, year)
        if found is not None:
            notes = [evening] if "evening" in (begins, ends) else []
            if ends == "am" and not begins and found[0] < found[1]:
                note = N_("“{text}” is taken as leave until the last day's morning.")
                notes.append(Note.of("leave.until-noon", note, text=written))
            return list(_parts(*found, begins, ends)), notes
    day_text, half = _unmarked(text)
    day = read_day(day_text, year=year)
    return [LeaveRead(day, day, "" if half == "evening" else half)], [evening] if half == "evening" else []


def _parts(first: date, last: date, begins: str, ends: str) -> Iterator[LeaveRead]:
    """From an afternoon on, until a morning: the half days at both ends, whole days between."""
    if first == last:
        both = {begins, ends} & {"am", "pm"}
        yield LeaveRead(first, last, both.pop() if len(both) == 1 else "")
        return
    whole = [first, last]
    if begins == "pm":
        yield LeaveRead(first, first, "pm")
        whole[0] += _ONE
    if ends == "am":
        whole[1] -= _ONE
    if whole[0] <= whole[1]:
        yield LeaveRead(whole[0], whole[1])
    if ends == "am":
        yield LeaveRead(last, last, "am")


def _unmarked(text: str) -> tuple[str, str]:
    """A date without its half, and the half: am, pm, evening or ""."""
    mark = _MARK.search(text)
    if mark is None:
        return text, ""
    return text[: mark.start()], "evening" if mark["half"] == "晚上" else _HALF.get(mark["half"].casefold(), "")


def _again(text: str, match: re.Match[str], year: int | None) -> tuple[list[LeaveRead], list[Note]] | None:
    """A weekday, each week or each second one, within a range if there is one. None if the rest is no range."""
    rest = re.sub(r"[()\[\]]|从|自|from|since", "", text[: match.start()] + text[match.end() :], flags=re.I)
    open_ended = re.search(r"起|开始|以后", rest) is not None
    rest = re.sub(r"起|开始|以后", "", rest)
    until = re.fullmatch(r"(?:至|到|until)(.+)", rest, re.I)
    weeks = 2 if match["other"] or match["second"] or "每隔" in match[0] else _COUNT.get(match["n"] or "", 1)
    weekday = _DAYS[match["day"]] if match["day"] else _ENGLISH[match["en"].casefold()]
    if not rest or until or open_ended:
        first = read_day(rest if open_ended else "1.1", year=year)
        last = read_day(until[1], year=year) if until else date(first.year, 12, 31)
    elif re.search(r"[0-9]", rest):
        first, last = read_leave(rest, year=year)
    else:
        return None
    begins = first + timedelta(days=(weekday - first.weekday()) % 7)
    if begins > last:
        raise UserError("leave.backwards", N_("The leave {text} ends before it begins."), text=text)
    assumed = N_("“{text}” is counted from {day}; say from which day on if it is the other week.")
    notes = [Note.of("leave.turn", assumed, text=text, day=begins)] if weeks > 1 and not rest else []
    return [LeaveRead(begins, last, _HALF.get((match["half"] or "").casefold(), ""), every(weeks, weekday))], notes


def read_leave(written: str, *, year: int | None) -> tuple[date, date]:
    """3.8-3.10, 1月7日, 3.8-10, 12.28-1.3, 2027-03-08至2027-03-10 → first and last day; errors as `read_day`."""
    text = "".join(unicodedata.normalize("NFKC", written).split())
    for first, last in _halves(text):
        found = _range(first, last, year)
        if found is not None:
            return found
    day = read_day(text, year=year)
    return day, day


def _halves(text: str) -> list[tuple[str, str]]:
    """Every place where a range could be cut: at 至 or ~, else at a hyphen, the middle ones first."""
    parts = _RANGE_WORDS.split(text, maxsplit=1)
    if len(parts) == 2:
        return [(parts[0], parts[1])]
    cuts = [i for i, c in enumerate(text) if c == "-"]
    if len(cuts) in (0, 2) and re.match(r"[0-9]{4}-", text):
        return []  # one ISO date
    if len(cuts) == 1 and re.fullmatch(r"[0-9]{1,2}-[0-9]{1,2}", _unmarked(text)[0]):
        return []  # 3-8 is a day
    return [(text[:i], text[i + 1 :]) for i in sorted(cuts, key=lambda i: abs(i - len(text) // 2))]


def _range(first: str, last: str, year: int | None) -> tuple[date, date] | None:
    """None if this is not where the range is cut; UserError if it is, and a date in it does not exist."""
    try:
        begins = read_day(first, year=year)
        ends = _last_day(last, begins, year)
    except UserError as error:
        if error.code in ("date.impossible", "date.year_missing"):
            raise
        return None
    if ends < begins:
        raise UserError("leave.backwards", N_("The leave {text} ends before it begins."), text=f"{first}-{last}")
    return begins, ends


def _last_day(last: str, begins: date, year: int | None) -> date:
    if match := _DAY_ONLY.fullmatch(last):
        return read_day(f"{begins.year}-{begins.month}-{match[1]}")
    ends = read_day(last, year=begins.year)
    without_year = not re.match(r"[0-9]{4}", last)
    if without_year and ends < begins and begins - ends > timedelta(days=180):
        return read_day(last, year=begins.year + 1)
    return ends


def read_wishes(written: str, *, year: int | None) -> tuple[tuple[WishRead, ...], list[Note]]:
    """周六上午、1月7日 → each once, sorted, and what was not understood."""
    found: set[WishRead] = set()
    notes: list[Note] = []
    for item in SEPARATORS.split(written):
        if not item.strip():
            continue
        sessions, rest = read_sessions(item)
        if sessions and not rest:
            halves: dict[int, list[str]] = {}
            for weekday, half in sessions:
                halves.setdefault(weekday, []).append(half)
            found.update(WishRead(day, None, held[0] if len(held) == 1 else "") for day, held in halves.items())
            continue
        try:
            rows, _ = read_leaves(item, year=year)
        except UserError as error:
            notes.append(Note.from_error(error))
            continue
        for row in rows:
            days = (row.first + timedelta(days=n) for n in range(min((row.last - row.first).days, 31) + 1))
            found.update(WishRead(None, day, row.half) for day in days if not row.rule)
        if any(row.rule for row in rows):
            notes.append(Note.of("wish.odd", N_("“{text}” is not understood as a wish."), text=item.strip()))
    return tuple(sorted(found, key=lambda one: (one.day or date.min, one.weekday or 0, one.half))), notes


def written(leave: LeaveRead) -> str | None:
    """As it could have been typed, so that it can be corrected: what `read_leaves` reads back as the same. None for a
    recurrence that nobody types."""
    half = {"am": "上午", "pm": "下午"}.get(leave.half, "")
    stretch = f"{leave.first.isoformat()}到{leave.last.isoformat()}"
    if leave.rule:
        weeks = next((n for n in range(1, 5) if leave.rule == every(n, leave.first.weekday())), None)
        if weeks is None:
            return None
        step = "每" if weeks == 1 else f"每{weeks}周"
        return f"{stretch}{step}周{'一二三四五六日'[leave.first.weekday()]}{half}"
    if leave.first == leave.last:
        return leave.first.isoformat() + half
    return stretch + (f"每天{half}" if half else "")
