"""The month on the wall 月度值班表: a calendar, A4 landscape, its names as large as their number allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.printing import fonts
from app.printing.breaking import break_lines
from app.printing.pen import A4_LANDSCAPE, ACCENT, FAINT, INK, MM, MUTED, PALE, URGENT, Pen, Style
from app.printing.words import CENTRE_NAME, HOTLINE

_MARGIN = 9 * MM
_HEAD = 24 * MM
_FOOT = 12 * MM
_WEEKDAYS = 8 * MM
_DATE = 5.9 * MM
_PAD = 1.3 * MM
_LABEL = 3.4 * MM
_LEADING = 1.18
_SIZES = (20.0, 19.0, 18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.5, 9.0, 8.5, 8.0, 7.0, 6.0)
_USUAL = 3
"""Names of so many characters decide the size; a longer one is set smaller on its own line."""
_LEAST = 0.55
"""How much smaller a long name may be set before it is broken instead."""
_MOST = 0.9
"""The common size is the largest that fits so much of all sessions; the fuller ones are set smaller."""


@dataclass(frozen=True, slots=True)
class MonthHalf:
    """上午 or 下午 of a day: who comes; `note` says what is missing ("gap"), or why nobody comes ("closed", "open")."""

    label: str
    kind: Literal["duty", "closed", "gap", "open"] = "duty"
    people: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One day. `special`: a holiday's name (`holiday`) or that it is worked in exchange. Without `halves`, `note` says
    why the day is empty."""

    number: str
    special: str = ""
    holiday: bool = False
    halves: tuple[MonthHalf, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthContent:
    """What the poster says: `weeks` from top to bottom, each with a day for every column, None outside the month."""

    period: str
    columns: tuple[str, ...]
    weeks: tuple[tuple[MonthDay | None, ...], ...]
    title: str = "专家值班表"
    hours: str = ""
    footnote: str = ""
    centre_name: str = CENTRE_NAME
    hotline: str = HOTLINE
    watermark: str = ""


def render_month(content: MonthContent) -> bytes:
    """The PDF: one page."""
    fonts.check(_texts(content))
    pen = Pen(A4_LANDSCAPE, title=f"{content.title} {content.period}", author=content.centre_name)
    if content.watermark:
        pen.watermark(content.watermark)
    _draw_head(pen, content)
    step = (pen.width - 2 * _MARGIN) / max(len(content.columns), 1)
    top = pen.height - _HEAD
    for number, name in enumerate(content.columns):
        x = _MARGIN + number * step
        pen.text(x + step / 2, top - 5.6 * MM, name, Style(fonts.SANS_BOLD, 14, colour=INK), "centre")
    top -= _WEEKDAYS
    tall = (top - _FOOT) / max(len(content.weeks), 1)
    room = ((step - 3 * _PAD) / 2, tall - _DATE - _LABEL - _PAD)
    size = _common_size(content, room)
    for week, days in enumerate(content.weeks):
        pen.rule(_MARGIN, top - week * tall, pen.width - _MARGIN, top - week * tall, MUTED, 0.7)
        for number, day in enumerate(days):
            x, y = _MARGIN + number * step, top - week * tall
            if day is None:
                pen.box(x + 1, y - tall + 1, step - 2, tall - 2, fill=PALE)
            else:
                _draw_day(pen, day, x, y, (step, tall), room, size)
    _draw_grid(pen, content, step, top, tall)
    _draw_foot(pen, content)
    pen.next_page()
    return pen.finish()


def _draw_head(pen: Pen, content: MonthContent) -> None:
    top, right = pen.height, pen.width - _MARGIN
    pen.text(_MARGIN, top - 10 * MM, content.centre_name, Style(fonts.SANS, 11, colour=MUTED))
    pen.text(_MARGIN, top - 19.5 * MM, content.title, Style(fonts.SANS_BOLD, 24, colour=INK))
    pen.text(right, top - 19.5 * MM, content.period, Style(fonts.SANS_BOLD, 22, colour=INK), "right")
    pen.text(right, top - 10 * MM, content.hours, Style(fonts.SANS, 11, colour=MUTED), "right")
    pen.rule(_MARGIN, top - 22.5 * MM, right, top - 22.5 * MM, ACCENT, 1.6)


def _draw_grid(pen: Pen, content: MonthContent, step: float, top: float, tall: float) -> None:
    bottom = top - tall * len(content.weeks)
    for number in range(len(content.columns) + 1):
        x = _MARGIN + number * step
        pen.rule(x, top, x, bottom, FAINT, 0.7)
    pen.rule(_MARGIN, bottom, pen.width - _MARGIN, bottom, MUTED, 0.7)


def _draw_day(
    pen: Pen, day: MonthDay, x: float, top: float, cell: tuple[float, float], room: tuple[float, float], size: float
) -> None:
    step, tall = cell
    if not day.halves:
        pen.box(x + 1, top - tall + 1, step - 2, tall - 2, fill=PALE)
    number = Style(fonts.SANS_BOLD, 13, colour=URGENT if day.holiday else INK)
    wide = pen.text(x + _PAD, top - 5 * MM, day.number, number)
    if day.special:
        style = Style(fonts.SANS_BOLD, 10, colour=URGENT if day.holiday else ACCENT)
        left = x + _PAD + wide + 2 * MM
        pen.text(left, top - 5 * MM, day.special, _fitted(pen, day.special, style, x + step - _PAD - left))
    if not day.halves:
        style = Style(fonts.SANS, 12, colour=MUTED)
        note = _fitted(pen, day.note, style, step - 2 * _PAD)
        pen.text(x + step / 2, top - (tall + _DATE) / 2 - 2, day.note, note, "centre")
        return
    for side, half in enumerate(day.halves):
        _draw_half(pen, half, x + _PAD + side * (room[0] + _PAD), top - _DATE, room, size)
    middle = x + step / 2
    pen.rule(middle, top - _DATE - _PAD, middle, top - tall + _PAD, FAINT, 0.5)


def _draw_half(pen: Pen, half: MonthHalf, x: float, top: float, room: tuple[float, float], size: float) -> None:
    label = Style(fonts.SANS, 8, colour=MUTED)
    wide = pen.text(x, top - 2.6 * MM, half.label, label)
    if half.kind == "gap":
        style = Style(fonts.SANS_BOLD, 9, colour=URGENT)
        pen.text(x + wide + 3, top - 2.6 * MM, half.note, _fitted(pen, half.note, style, room[0] - wide - 3))
        pen.box(
            x - 2, top - _LABEL - room[1] + 1, room[0] + 3, room[1] + _LABEL + 0.6, line=URGENT, radius=3, weight=0.9
        )
    elif half.kind != "duty":
        style = Style(fonts.SANS, 10, colour=MUTED)
        lines = _broken(half.note, style.face, style.size, room[0])
        for number, line in enumerate(lines):
            pen.text(x, top - _LABEL - (number + 1) * 12, line, style)
        return
    top -= _LABEL
    size = min(size, _size_of(half, room))
    for line, own in _lines(half, size, room[0]):
        pen.text(x, top - size * (_LEADING + 0.76) / 2, line, Style(fonts.SANS_BOLD, own, colour=INK))
        top -= size * _LEADING


def _common_size(content: MonthContent, room: tuple[float, float]) -> float:
    """The largest size that fits most sessions, so that the poster looks of a piece."""
    halves = [half for week in content.weeks for day in week if day for half in day.halves if half.people]
    sizes = sorted((_size_of(half, room) for half in halves), reverse=True)
    return sizes[min(len(sizes) - 1, int(len(sizes) * _MOST))] if sizes else _SIZES[0]


def _size_of(half: MonthHalf, room: tuple[float, float]) -> float:
    """The largest size at which everybody fits; if none does, they are set as small as it takes."""
    usual = max((_wide(name) for name in half.people if len(name) <= _USUAL), default=0.0)
    for size in _SIZES:
        if usual * size <= room[0] and len(_lines(half, size, room[0])) * size * _LEADING <= room[1]:
            return size
    most = max(1, len(_lines(half, _SIZES[-1], room[0])))
    return min(_SIZES[-1], room[1] / (most * _LEADING))


def _lines(half: MonthHalf, size: float, room: float) -> list[tuple[str, float]]:
    """Each line with its own size: a long name is set smaller, and broken if that were too small."""
    found: list[tuple[str, float]] = []
    for name in half.people:
        own = min(size, room / max(_wide(name), 0.01))
        if own >= size * _LEAST:
            found.append((name, own))
        else:
            own = size * _LEAST
            found += [(line, own) for line in _broken(name, fonts.SANS_BOLD, own, room)]
    return found


def _wide(text: str) -> float:
    """In em."""
    widths = fonts.advances(fonts.SANS_BOLD)
    return sum(widths.get(ord(c), 1000.0) for c in fonts.plain(text)) / 1000


def _broken(text: str, face: str, size: float, wide: float) -> Sequence[str]:
    return [line.shown for line in break_lines(fonts.plain(text), fonts.advances(face), wide / size)]


def _fitted(pen: Pen, text: str, style: Style, room: float) -> Style:
    wide = pen.measure(text, style)
    return style if wide <= room else Style(style.face, style.size * room / wide, style.leading, style.colour)


def _draw_foot(pen: Pen, content: MonthContent) -> None:
    pen.text(_MARGIN, 5 * MM, content.footnote, Style(fonts.SANS, 10, colour=MUTED))
    if content.hotline:
        bold = Style(fonts.SANS_BOLD, 13, colour=INK)
        pen.text(pen.width - _MARGIN, 5 * MM, f"24 小时热线 {content.hotline}", bold, "right")


def _texts(content: MonthContent) -> Iterator[str]:
    yield from (content.period, content.title, content.hours, content.footnote)
    yield from (content.centre_name, content.hotline, content.watermark, *content.columns)
    for week in content.weeks:
        for day in week:
            if day is not None:
                yield from (day.number, day.special, day.note)
                for half in day.halves:
                    yield from (half.label, half.note, *half.people)
