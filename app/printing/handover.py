"""The handover sheet 交接单 of a shift: what is still open, to be ticked off and signed by both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from app.printing import fonts, words
from app.printing.layout import Row, draw_rows, kept, labelled, paginate, paragraph, single
from app.printing.letter_foot import blank
from app.printing.pen import A4, ACCENT, FAINT, INK, MM, MUTED, Pen, Style
from app.printing.words import CENTRE_NAME

_MARGIN = 20 * MM
_WIDTH = A4[0] - 2 * _MARGIN
_FIRST = 44 * MM
_NEXT = 26 * MM
_BOTTOM = 16 * MM
_SIGNATURES = 26 * MM
_SIZES = ((10.5, 17.0), (9.5, 15.0), (8.5, 13.0))
"""Tried in turn until one page holds the sheet; else the first, on several pages."""


@dataclass(frozen=True, slots=True)
class HandoverSection:
    """A heading and its rows; `empty` is said when there are none."""

    title: str
    rows: tuple[str, ...] = ()
    empty: str = "无"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverContent:
    """What the sheet says, as it is to be printed: case numbers, no names, unless the caller knows better."""

    date: dt.date
    sections: tuple[HandoverSection, ...]
    shift: str = ""
    prepared_by: str = ""
    prepared_at: dt.datetime | None = None
    title: str = "交接单"
    centre_name: str = CENTRE_NAME
    watermark: str = ""


def render_handover(content: HandoverContent) -> bytes:
    """The PDF: A4, one page if type that is still easily read allows it."""
    fonts.check(_texts(content))
    pen = Pen(A4, title=f"{content.title} {content.date.isoformat()}", author=content.centre_name)
    pages = _pages(content)
    for number, rows in enumerate(pages, start=1):
        if content.watermark:
            pen.stamp("watermark", lambda: pen.watermark(content.watermark))
        top = _draw_head(pen, content) if number == 1 else _draw_running(pen, content)
        draw_rows(pen, rows, _MARGIN, top)
        if number == len(pages):
            _draw_signatures(pen)
        _draw_foot(pen, content, number, len(pages))
        pen.next_page()
    return pen.finish()


def _pages(content: HandoverContent) -> list[list[Row]]:
    first, other = A4[1] - _FIRST - _BOTTOM, A4[1] - _NEXT - _BOTTOM
    for size, leading in _SIZES:
        pages = paginate(_rows(content, size, leading), first, other, _SIGNATURES)
        if len(pages) == 1:
            return pages
    return paginate(_rows(content, *_SIZES[0]), first, other, _SIGNATURES)


def _rows(content: HandoverContent, size: float, leading: float) -> list[Row]:
    title = Style(fonts.SANS_BOLD, size + 1, leading + 3, INK)
    text = Style(fonts.SANS, size, leading, INK)
    none = Style(fonts.SANS, size, leading, MUTED)
    rows: list[Row] = []
    for section in content.sections:
        count = f"（{len(section.rows)}）" if section.rows else ""
        head = single(f"{section.title}{count}", title, space=leading * 0.7)
        items: list[Row] = []
        for item in section.rows:
            lines = paragraph(item, text, _WIDTH - 18, shift=18, space=2)
            items += labelled("□", text, lines)
        body = items or paragraph(section.empty, none, _WIDTH - 18, shift=18)
        rows += kept([head, *body[:1]]) + body[1:]
    return rows


def _draw_head(pen: Pen, content: HandoverContent) -> float:
    top = pen.height
    pen.text(_MARGIN, top - 19 * MM, content.centre_name, Style(fonts.SANS, 10, colour=MUTED))
    pen.text(_MARGIN, top - 29 * MM, content.title, Style(fonts.SANS_BOLD, 21, colour=INK))
    on = f"{content.date.isoformat()} {words.weekday(content.date)}"
    facts = "　".join(fact for fact in (on, content.shift) if fact)
    pen.text(pen.width - _MARGIN, top - 29 * MM, facts, Style(fonts.SANS_BOLD, 12, colour=INK), "right")
    by = f"制表 {content.prepared_by}" if content.prepared_by else ""
    at = f"{words.wall(content.prepared_at):%H:%M}" if content.prepared_at else ""
    pen.text(
        pen.width - _MARGIN,
        top - 19 * MM,
        " ".join(p for p in (by, at) if p),
        Style(fonts.SANS, 9, colour=MUTED),
        "right",
    )
    pen.rule(_MARGIN, top - 33 * MM, pen.width - _MARGIN, top - 33 * MM, ACCENT, 1.4)
    return top - _FIRST + 5 * MM


def _draw_running(pen: Pen, content: HandoverContent) -> float:
    top = pen.height
    style = Style(fonts.SANS, 9, colour=MUTED)
    pen.text(_MARGIN, top - 16 * MM, content.centre_name, style)
    pen.text(pen.width - _MARGIN, top - 16 * MM, f"{content.title} {content.date.isoformat()}（续）", style, "right")
    pen.rule(_MARGIN, top - 19 * MM, pen.width - _MARGIN, top - 19 * MM, FAINT, 0.6)
    return top - _NEXT


def _draw_signatures(pen: Pen) -> None:
    style = Style(fonts.SANS, 10.5, colour=INK)
    y = _BOTTOM + 10 * MM
    part = _WIDTH / 3
    for number, label in enumerate(("交班人", "接班人", "交接时间")):
        x = _MARGIN + number * part
        blank(pen, x, y, label, part - pen.measure(label, style) - 17, style)


def _draw_foot(pen: Pen, content: HandoverContent, page: int, pages: int) -> None:
    style = Style(fonts.SANS, 8, colour=MUTED)
    pen.rule(_MARGIN, 13.5 * MM, pen.width - _MARGIN, 13.5 * MM, FAINT, 0.4)
    pen.text(pen.width - _MARGIN, 9.5 * MM, words.page_of(page, pages), style, "right")
    note = "内部资料，用后归档或销毁"
    pen.text(_MARGIN, 9.5 * MM, f"{content.watermark}　·　{note}" if content.watermark else note, style)


def _texts(content: HandoverContent) -> Iterator[str]:
    yield from (content.title, content.centre_name, content.shift, content.prepared_by, content.watermark)
    for section in content.sections:
        yield section.title
        yield section.empty
        yield from section.rows
