"""From paragraphs to pages: text becomes rows, rows are dealt out to pages, the last page keeps room for its foot.

A row is the smallest thing that cannot be parted; a page break falls only between rows, and only where
a lone first or last line of a paragraph is not left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.printing import fonts
from app.printing.breaking import Line, break_lines
from app.printing.pen import Pen, Style

Draw = Callable[[Pen, float, float], None]
"""Called with the pen, the left edge and the top of the row."""


@dataclass(frozen=True, slots=True)
class Row:
    """Something drawn across the column."""

    height: float
    draw: Draw
    space: float = 0.0
    """Blank above, dropped at the top of a page."""
    keep: bool = False
    """Stays on one page with the row after it."""


def paragraph(
    text: str,
    style: Style,
    width: float,
    indent: float = 0.0,
    space: float = 0.0,
    justify: bool = True,
    shift: float = 0.0,
) -> list[Row]:
    """The rows of `text` (its own line breaks kept) in a column `width` points wide, `shift` to the right.

    `indent`, in em, is that of each first line.
    """
    rows: list[Row] = []
    for part in map(fonts.plain, text.splitlines()):
        part = part.strip(" \u3000")
        if part:
            rows += _lines(part, style, width, indent, space if not rows else 0.0, justify, shift)
    return rows


def _lines(
    text: str, style: Style, width: float, indent: float, space: float, justify: bool, shift: float
) -> list[Row]:
    widths = fonts.advances(style.face)
    lines = break_lines(text, widths, width / style.size, indent)
    rows: list[Row] = []
    for number, line in enumerate(lines):
        inset = indent * style.size if number == 0 else 0.0
        shown = line if justify else replace(line, full=False)
        keep = len(lines) > 1 and number in (0, len(lines) - 2)
        draw = _drawing(shown, style, shift + inset, width - inset)
        rows.append(Row(style.leading, draw, space if number == 0 else 0.0, keep))
    return rows


def _drawing(line: Line, style: Style, shift: float, room: float) -> Draw:
    widths = fonts.advances(style.face)
    return lambda pen, x, top: pen.line(x + shift, top - baseline(style), line, style, room, widths)


def baseline(style: Style) -> float:
    """From the top of a line to its baseline, so that the characters stand in its middle."""
    return (style.leading - style.size) / 2 + style.size * 0.88


def single(text: str, style: Style, space: float = 0.0, keep: bool = False) -> Row:
    """A row with one line that is not broken."""
    return Row(style.leading, lambda pen, x, top: _draw_single(pen, x, top, text, style), space, keep)


def _draw_single(pen: Pen, x: float, top: float, text: str, style: Style) -> None:
    pen.text(x, top - baseline(style), text, style)


def labelled(label: str, style: Style, rows: Sequence[Row], space: float = 0.0) -> list[Row]:
    """`rows` with a label at the left edge of the first; they must leave the room for it by their shift."""
    if not rows:
        return []
    first = rows[0]

    def draw(pen: Pen, x: float, top: float) -> None:
        pen.text(x, top - baseline(style), label, style)
        first.draw(pen, x, top)

    return [replace(first, draw=draw, space=space or first.space), *rows[1:]]


def kept(rows: Sequence[Row]) -> list[Row]:
    """The rows on one page, if a page can hold them."""
    return [replace(row, keep=True) for row in rows[:-1]] + list(rows[-1:])


def height(rows: Sequence[Row]) -> float:
    """What the rows take on one page, without the blank above the first."""
    return sum(row.height + row.space for row in rows) - (rows[0].space if rows else 0.0)


def paginate(rows: Sequence[Row], first: float, other: float, foot: float = 0.0) -> list[list[Row]]:
    """Deals rows to pages with `first`, then `other` points of room; the last page leaves `foot` free.

    The foot never stands on a page alone if rows can be brought over to it.
    """
    pages: list[list[Row]] = [[]]
    used = 0.0
    for group in _groups(rows, min(first, other)):
        room = first if len(pages) == 1 else other
        tall = height(group)
        if pages[-1] and used + group[0].space + tall > room:
            pages.append([])
            used = 0.0
        used += tall + (group[0].space if pages[-1] else 0.0)
        pages[-1] += group
    room = first if len(pages) == 1 else other
    if foot and used + foot > room:
        pages.append(_brought_over(pages[-1], other - foot))
    return [page for page in pages[:-1] if page] + [pages[-1]]


def _groups(rows: Sequence[Row], most: float) -> list[list[Row]]:
    """Rows that stay together; a group that no page can hold is parted after all."""
    groups: list[list[Row]] = []
    open_ = False
    for row in rows:
        if open_ and height(groups[-1]) + row.space + row.height <= most:
            groups[-1].append(row)
        else:
            groups.append([row])
        open_ = row.keep
    return groups


def _brought_over(page: list[Row], room: float) -> list[Row]:
    """Takes the last group off `page`, if it is not all of it and fits `room`."""
    groups = _groups(page, float("inf"))
    if len(groups) < 2 or height(groups[-1]) > room:
        return []
    del page[len(page) - len(groups[-1]) :]
    return groups[-1]


def draw_rows(pen: Pen, rows: Sequence[Row], x: float, top: float) -> float:
    """Draws downwards from `top`; returns where the last row ended."""
    for number, row in enumerate(rows):
        top -= row.space if number else 0.0
        row.draw(pen, x, top)
        top -= row.height
    return top
