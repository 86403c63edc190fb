"""When one may telephone, as far as the words on file can be read for certain.

A wrong hour can put a child in danger: whatever is not plainly one of the forms below is `unclear`, and the words
themselves are always shown beside what is made of them here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.common.clock import at_centre, local

_WEEK = "一二三四五六日"
_EARLY, _LATE = 8 * 60, 22 * 60
"""Before and after these nobody is called, whatever "after 18:00" leaves open."""

_DAYS = re.compile(r"(工作日|平日|周末|(?:周|星期)[一二三四五六日天](?:[、和至到-](?:周|星期)?[一二三四五六日天])*)")
_AT = r"(上午|早上|中午|下午|晚上)?(\d{1,2})(?::(\d{2})|点(半)?)?"
_AFTER = re.compile(_AT + r"(?:以后|之后|后)")
_BEFORE = re.compile(_AT + r"(?:以前|之前|前)")
_RANGE = re.compile(_AT + r"(?:至|到|-)" + _AT)
_WEEKDAY = re.compile(r"(?:周|星期)?[一二三四五六日天]")
_LISTED = re.compile(r"(?:周|星期)[一二三四五六日天](?:、(?:周|星期)?[一二三四五六日天])*")
_ALWAYS = {"随时", "全天", "都可以", "不限", "anytime"}


@dataclass(frozen=True, slots=True)
class Window:
    """On these weekdays (0 is Monday) from a minute of the day to another, the last one excluded."""

    weekdays: frozenset[int]
    begins: int
    ends: int


@dataclass(frozen=True, slots=True, order=True)
class Reach:
    """`state`: now, unclear or later; `opens`: when calling is allowed next, for later."""

    state: str
    opens: datetime | None = None

    @property
    def rank(self) -> tuple[int, float]:
        """Whom to call first."""
        return ("now", "unclear", "later").index(self.state), self.opens.timestamp() if self.opens else 0.0


def reach(words: str | None, now: datetime) -> Reach:
    """Whether one may call at `now` (UTC)."""
    windows = read_hours(words or "")
    if windows is None:
        return Reach("unclear")
    at = local(now)
    minute = at.hour * 60 + at.minute
    if any(at.weekday() in one.weekdays and one.begins <= minute < one.ends for one in windows):
        return Reach("now")
    coming = [
        opens
        for ahead in range(8)
        for one in windows
        if (at.date() + timedelta(days=ahead)).weekday() in one.weekdays
        and (opens := at_centre(at.date() + timedelta(days=ahead), one.begins // 60, one.begins % 60)) > now
    ]
    return Reach("later", min(coming)) if coming else Reach("unclear")


def read_hours(words: str) -> tuple[Window, ...] | None:
    """The hours that the words name; None if they are not certain."""
    plain = "".join(unicodedata.normalize("NFKC", words).split()).casefold()
    plain = re.sub(r"[–—~]", "-", plain).replace("可以打", "").rstrip("。.")
    if plain in _ALWAYS:
        return (Window(frozenset(range(7)), _EARLY, _LATE),)
    parts = re.split(r"[;,、](?=\D)|[;,、](?=\d)|或者|或", plain) if plain else []
    read = [_part(part) for part in _joined(parts)]
    found = [one for one in read if one is not None]
    if not found or len(found) < len(read) or len({shape for shape, _ in found}) > 1:
        return None
    return tuple(window for _, window in found)


def _joined(parts: list[str]) -> list[str]:
    """周一、三、五18点后: a list of weekdays is one part."""
    made: list[str] = []
    for part in parts:
        if made and _LISTED.fullmatch(made[-1]) and _WEEKDAY.match(part):
            made[-1] += "、" + part
        else:
            made.append(part)
    return made


def _part(part: str) -> tuple[tuple[bool, bool], Window] | None:
    """One stretch with its shape: whether it names days, whether it names hours."""
    days, rest = frozenset(range(7)), part
    named = _DAYS.match(part)
    if named:
        days, rest = _weekdays(named.group(1)), part[named.end() :].lstrip("的")
    if named and rest in ("", "全天"):
        return (True, False), Window(days, _EARLY, _LATE)
    hours = _hours(rest)
    if hours is None or hours[0] >= hours[1]:
        return None
    return (bool(named), True), Window(days, *hours)


def _hours(text: str) -> tuple[int, int] | None:
    if found := _AFTER.fullmatch(text):
        at = _minute(*found.groups())
        return None if at is None else (at, max(at + 1, _LATE))
    if found := _BEFORE.fullmatch(text):
        at = _minute(*found.groups())
        return None if at is None else (_EARLY, at)
    if found := _RANGE.fullmatch(text):
        groups = found.groups()
        first = _minute(*groups[:4])
        last = _minute(groups[4] or groups[0], *groups[5:])
        return None if first is None or last is None else (first, last)
    return None


def _minute(period: str | None, hour: str, minute: str | None, half: str | None) -> int | None:
    """A bare 6 could be morning or evening: unclear. 6:30 and 18 are as they say."""
    at = int(hour)
    if period in ("下午", "晚上") and at < 12:
        at += 12
    if period == "中午" and at < 11:
        at += 12
    if period is None and minute is None and at < 8:
        return None
    if at > 24 or (minute and int(minute) > 59):
        return None
    return at * 60 + (int(minute) if minute else 30 if half else 0)


def _weekdays(words: str) -> frozenset[int]:
    if words in ("工作日", "平日"):
        return frozenset(range(5))
    if words == "周末":
        return frozenset((5, 6))
    plain = words.replace("星期", "").replace("周", "").replace("天", "日")
    found: set[int] = set()
    for part in re.split(r"[、和]", plain):
        ends = [_WEEK.index(one) for one in re.split(r"[至到-]", part)]
        found |= set(range(ends[0], ends[-1] + 1))
    return frozenset(found)
