"""The week's rota as an A4 landscape poster for the wall: days across, half days down, readable from two metres."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.printing import fonts
from app.printing.breaking import break_lines
from app.printing.pen import A4_LANDSCAPE, ACCENT, FAINT, INK, MM, MUTED, PALE, URGENT, Pen, Style
from app.printing.words import CENTRE_NAME, HOTLINE

_MARGIN = 14 * MM
_HEAD = 34 * MM
_FOOT = 17 * MM
_SIDE = 22 * MM
_DAYS = 14 * MM
_SIZES = (26.0, 23.0, 21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.5)
_USUAL = 4
"""Names of so many characters are never broken for the sake of larger type."""
_MOST = 0.9


@dataclass(frozen=True, slots=True)
class PosterDay:
    """A column's head: 周一, 11-23, and what is special about it (a holiday's name), if anything."""

    label: str
    date: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PosterPerson:
    """An expert on duty, with room or speciality in small type below."""

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PosterCell:
    """Who is on duty; a closed half day says why in its note; a gap is a half day that lacks someone."""

    people: tuple[PosterPerson, ...] = ()
    kind: Literal["duty", "closed", "gap"] = "duty"
    note: str = ""


@dataclass(frozen=True, slots=True)
class PosterRow:
    """A half day (上午) with its hours (08:30–11:30) and one cell a day."""

    label: str
    hours: str
    cells: tuple[PosterCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterContent:
    """What the poster says."""

    period: str
    days: tuple[PosterDay, ...]
    rows: tuple[PosterRow, ...]
    title: str = "值班表"
    footnote: str = ""
    centre_name: str = CENTRE_NAME
    hotline: str = HOTLINE
    watermark: str = ""


def render_poster(content: PosterContent) -> bytes:
    """The PDF: one page."""
    fonts.check(_texts(content))
    pen = Pen(A4_LANDSCAPE, title=f"{content.title} {content.period}", author=content.centre_name)
    if content.watermark:
        pen.watermark(content.watermark)
    _draw_head(pen, content)
    left = _MARGIN + _SIDE
    step = (pen.width - _MARGIN - left) / max(len(content.days), 1)
    top = pen.height - _HEAD
    _draw_days(pen, content, left, step, top)
    tall = (top - _DAYS - _FOOT) / max(len(content.rows), 1)
    size = _common_size(content, step - 5 * MM, tall - 5 * MM)
    for number, row in enumerate(content.rows):
        _draw_row(pen, row, left, step, top - _DAYS - number * tall, tall, size)
    _draw_foot(pen, content)
    pen.next_page()
    return pen.finish()


def _draw_head(pen: Pen, content: PosterContent) -> None:
    top = pen.height
    pen.text(_MARGIN, top - 15 * MM, content.centre_name, Style(fonts.SANS, 12, colour=MUTED))
    pen.text(_MARGIN, top - 26 * MM, content.title, Style(fonts.SANS_BOLD, 25, colour=INK))
    pen.text(pen.width - _MARGIN, top - 26 * MM, content.period, Style(fonts.SANS_BOLD, 15, colour=INK), "right")
    pen.rule(_MARGIN, top - 30 * MM, pen.width - _MARGIN, top - 30 * MM, ACCENT, 1.6)


def _draw_days(pen: Pen, content: PosterContent, left: float, step: float, top: float) -> None:
    for number, day in enumerate(content.days):
        x = left + number * step
        wide = pen.text(x + 3 * MM, top - 7 * MM, day.label, Style(fonts.SANS_BOLD, 14, colour=INK))
        pen.text(x + 3 * MM + wide + 6, top - 7 * MM, day.date, Style(fonts.SANS, 10.5, colour=MUTED))
        if day.note:
            style = Style(fonts.SANS, 8.5, colour=URGENT)
            pen.text(x + 3 * MM, top - 11.5 * MM, day.note, _fitted(pen, day.note, style, step - 4 * MM))
    pen.rule(_MARGIN, top - _DAYS, pen.width - _MARGIN, top - _DAYS, MUTED, 0.8)


def _draw_row(pen: Pen, row: PosterRow, left: float, step: float, top: float, tall: float, size: float) -> None:
    pen.text(_MARGIN, top - 9 * MM, row.label, Style(fonts.SANS_BOLD, 14, colour=INK))
    pen.text(_MARGIN, top - 14.5 * MM, row.hours, Style(fonts.SANS, 9, colour=MUTED))
    for number, cell in enumerate(row.cells):
        x = left + number * step
        if cell.kind == "closed":
            pen.box(x + 1, top - tall + 1, step - 2, tall - 2, fill=PALE, radius=3)
        elif cell.kind == "gap":
            pen.box(x + 2, top - tall + 3, step - 4, tall - 6, line=URGENT, radius=4, weight=1)
        _draw_cell(pen, cell, x + 3 * MM, top - 3 * MM, step - 5 * MM, tall - 5 * MM, size)
    pen.rule(_MARGIN, top - tall, pen.width - _MARGIN, top - tall, FAINT, 0.6)


def _common_size(content: PosterContent, room: float, tall: float) -> float:
    """The largest size that fits most half days, so that the poster looks of a piece."""
    cells = [cell for row in content.rows for cell in row.cells if cell.people]
    sizes = sorted((_size_of(cell, room, tall) for cell in cells), reverse=True)
    return sizes[min(len(sizes) - 1, int(len(sizes) * _MOST))] if sizes else _SIZES[0]


def _size_of(cell: PosterCell, room: float, tall: float) -> float:
    """The largest size at which everything fits and no usual name is broken; the smallest if none does."""
    for size in _SIZES:
        name = Style(fonts.SANS_BOLD, size)
        whole = all(len(_broken(one.name, name, room)) == 1 for one in cell.people if len(one.name) <= _USUAL)
        if whole and sum(style.leading for _, style in _cell_lines(cell, size, room)) <= tall:
            return size
    return _SIZES[-1]


def _draw_cell(pen: Pen, cell: PosterCell, x: float, top: float, room: float, tall: float, size: float) -> None:
    """What not even the smallest size fits is cut off at the cell's foot."""
    for line, style in _cell_lines(cell, min(size, _size_of(cell, room, tall)), room):
        if style.leading > tall:
            break
        pen.text(x, top - style.leading * 0.75, line, style)
        top -= style.leading
        tall -= style.leading


def _cell_lines(cell: PosterCell, size: float, room: float) -> list[tuple[str, Style]]:
    small = min(size, max(9.5, size * 0.5))
    name = Style(fonts.SANS_BOLD, size, size * 1.3, INK)
    detail = Style(fonts.SANS, small, small * 1.7, MUTED)
    note = Style(fonts.SANS, small, small * 1.5, URGENT if cell.kind == "gap" else MUTED)
    lines: list[tuple[str, Style]] = []
    for person in cell.people:
        lines += [(line, name) for line in _broken(person.name, name, room)]
        lines += [(line, detail) for line in _broken(person.detail, detail, room)]
    if cell.kind == "gap":
        lines.append(("缺岗", Style(fonts.SANS_BOLD, min(size, 12), size * 1.45, URGENT)))
    return lines + [(line, note) for line in _broken(cell.note, note, room)]


def _broken(text: str, style: Style, room: float) -> list[str]:
    return [line.shown for line in break_lines(text, fonts.advances(style.face), room / style.size)]


def _fitted(pen: Pen, text: str, style: Style, room: float) -> Style:
    wide = pen.measure(text, style)
    return style if wide <= room else Style(style.face, style.size * room / wide, style.leading, style.colour)


def _draw_foot(pen: Pen, content: PosterContent) -> None:
    style = Style(fonts.SANS, 10, colour=MUTED)
    pen.text(_MARGIN, 9 * MM, content.footnote, style)
    if content.hotline:
        bold = Style(fonts.SANS_BOLD, 12, colour=INK)
        pen.text(pen.width - _MARGIN, 9 * MM, f"24 小时热线 {content.hotline}", bold, "right")


def _texts(content: PosterContent) -> Iterator[str]:
    yield from (
        content.period,
        content.title,
        content.footnote,
        content.centre_name,
        content.hotline,
        content.watermark,
    )
    for day in content.days:
        yield from (day.label, day.date, day.note)
    for row in content.rows:
        yield from (row.label, row.hours)
        for cell in row.cells:
            yield cell.note
            for person in cell.people:
                yield from (person.name, person.detail)
