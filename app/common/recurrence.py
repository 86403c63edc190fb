"""Recurrences (RFC 5545) as offices mean them: every second Wednesday, the first Saturday of a month; and in words."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrule, rrulestr

from app.common.errors import UserError
from app.common.words import N_, tr

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAY_NAMES = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_KNOWN = {
    "DAILY": frozenset[str](),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "BYSETPOS"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTHDAY", "BYMONTH"}),
}
"""What each frequency may be narrowed by; with more, a rule that never comes true would be sought to the year 9999."""
_ALWAYS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
_NTH = re.compile(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)")
_SOON = timedelta(days=5 * 366)
_ORDINALS = {
    1: N_("the first {day} of each month"),
    2: N_("the second {day} of each month"),
    3: N_("the third {day} of each month"),
    4: N_("the fourth {day} of each month"),
    -1: N_("the last {day} of each month"),
}


def every(weeks: int, weekday: int | None = None) -> str:
    """Every `weeks` weeks; with `weekday` on that day, else on the day it is counted from. Weekly without one is ""."""
    if weeks == 1 and weekday is None:
        return ""
    interval = f";INTERVAL={weeks}" if weeks > 1 else ""
    return f"FREQ=WEEKLY{interval}" + (f";BYDAY={CODES[weekday]}" if weekday is not None else "")


def monthly(nth: int, weekday: int) -> str:
    """The `nth` such weekday of each month, 1 to 4; -1 is the last."""
    return f"FREQ=MONTHLY;BYDAY={nth:+d}{CODES[weekday]}"


def usual(weekday: int) -> list[str]:
    """The rules that a planner chooses among for a weekday, the most usual first."""
    return [every(1), every(2), every(3), every(4), *(monthly(nth, weekday) for nth in (1, 2, 3, 4, -1))]


def read_rule(rule: str, start: date) -> rrule:
    """The recurrence counted from `start`. UserError "rule" if it is none, or none that the calendar keeps."""
    parts = parts_of(rule)
    frequency = parts.get("FREQ", "")
    steady = re.fullmatch(r"[1-9][0-9]{0,2}", parts.get("INTERVAL", "1"))
    if (
        re.search(r"\s", rule.strip())
        or frequency not in _KNOWN
        or not steady
        or not parts.keys() <= _ALWAYS | _KNOWN[frequency]
    ):
        raise _unreadable()
    try:
        found = rrulestr(rule, dtstart=datetime.combine(start, time()))
    except (ValueError, KeyError, AttributeError, TypeError, IndexError):
        raise _unreadable() from None
    if not isinstance(found, rrule):
        raise _unreadable()
    return found


def check_rule(rule: str, start: date) -> None:
    """UserError "rule" unless it can be read and comes true within five years."""
    first = next(iter(read_rule(rule, start)), None)
    if first is None or first.date() - start > _SOON:
        raise UserError("rule-never", N_("By this recurrence there would never be a day."))


def parts_of(rule: str) -> dict[str, str]:
    """FREQ=WEEKLY;INTERVAL=2 as a mapping; empty if it is not written so."""
    found: dict[str, str] = {}
    for part in rule.strip().removeprefix("RRULE:").split(";"):
        name, mark, value = part.partition("=")
        if not mark or not value or name.upper() in found:
            return {}
        found[name.upper()] = value.upper()
    return found


def said(rule: str) -> str:
    """In the language in force: every second week, the first Wed of each month. A rule that nobody here writes is
    shown as it stands."""
    parts = parts_of(rule)
    if not rule:
        return tr("every week")
    words = _said(parts)
    if words is None:
        return tr("by the rule {rule}", rule=rule)
    if "COUNT" in parts:
        return tr("{words}, {n} times", words=words, n=parts["COUNT"])
    if until := re.match(r"(\d{4})(\d{2})(\d{2})", parts.get("UNTIL", "")):
        return tr("{words} until {day}", words=words, day="-".join(until.groups()))
    return words


def _said(parts: dict[str, str]) -> str | None:
    frequency, step = parts.get("FREQ"), _whole(parts.get("INTERVAL", "1"))
    narrowed = parts.keys() - _ALWAYS
    if frequency == "WEEKLY":
        return _weekly(step, parts.get("BYDAY"))
    if frequency == "DAILY" and not narrowed:
        return tr("every day") if step == 1 else tr("every {n} days", n=step)
    if frequency == "YEARLY" and step == 1 and not narrowed:
        return tr("every year")
    if frequency == "MONTHLY" and step == 1 and len(narrowed) == 1:
        if match := _NTH.fullmatch(parts.get("BYDAY", "")):
            ordinal = _ORDINALS.get(int(match[1]))
            return tr(ordinal, day=tr(WEEKDAY_NAMES[CODES.index(match[2])])) if ordinal else None
        if (days := parts.get("BYMONTHDAY")) and re.fullmatch(r"[0-9,]+", days):
            return tr("on day {days} of each month", days=days.replace(",", tr(", ")))
    return None


def _whole(text: str) -> int:
    """0 if it is none; "²" is a digit to Python, but no number."""
    return int(text) if text.isdecimal() else 0


def _weekly(step: int, days: str | None) -> str | None:
    if days is None:
        return {1: tr("every week"), 2: tr("every second week")}.get(step) or tr("every {n} weeks", n=step)
    codes = days.split(",")
    if not set(codes) <= set(CODES):
        return None
    names = tr(", ").join(tr(WEEKDAY_NAMES[CODES.index(code)]) for code in codes)
    match step:
        case 1:
            return tr("each {days}", days=names)
        case 2:
            return tr("each second {days}", days=names)
        case _:
            return tr("every {n} weeks on {days}", n=step, days=names)


def _unreadable() -> UserError:
    return UserError("rule", N_("This recurrence cannot be read."))
