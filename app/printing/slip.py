"""The numbered slip of the queue: no name, no reason, nothing that says why its holder is here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.printing import fonts, words
from app.printing.layout import draw_rows, height, paragraph
from app.printing.pen import ACCENT, FAINT, INK, MM, MUTED, Pen, Style
from app.printing.words import CENTRE_NAME, HOTLINE

_WIDTH = 80 * MM
_MARGIN = 6 * MM
_LEAST = 90 * MM

_CENTRE = Style(fonts.SANS_BOLD, 10.5, 15, INK)
_TICKET = Style(fonts.SANS_BOLD, 66, 70, INK)
_FACT = Style(fonts.SANS, 10.5, 17, INK)
_LABEL = Style(fonts.SANS, 10.5, 17, MUTED)
_NOTE = Style(fonts.SANS, 9, 14, MUTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipContent:
    """What the slip says. `at` aware, or already on the centre's wall clock."""

    ticket: str
    at: dt.datetime
    waiting_before: int | None = None
    centre_name: str = CENTRE_NAME
    hotline: str = HOTLINE
    note: str = "请在等候区稍候，叫到号码时请到咨询室。"
    watermark: str = ""


def render_slip(content: SlipContent) -> bytes:
    """The PDF, 80 mm wide and as long as it needs, for a slip printer or the corner of a sheet."""
    fonts.check((content.ticket, content.centre_name, content.hotline, content.note, content.watermark))
    room = _WIDTH - 2 * _MARGIN
    notes = paragraph(content.note, _NOTE, room, justify=False)
    facts = _facts(content)
    tall = max(_LEAST, 52 * MM + len(facts) * _FACT.leading + height(notes) + 14 * MM)
    pen = Pen((_WIDTH, tall), title=f"号票 {content.ticket}", author=content.centre_name)
    if content.watermark:
        pen.watermark(content.watermark)
    top = _draw_number(pen, content, tall)
    for label, fact in facts:
        pen.text(_MARGIN, top - 12, label, _LABEL)
        pen.text(_WIDTH - _MARGIN, top - 12, fact, _FACT, "right")
        top -= _FACT.leading
    pen.rule(_MARGIN, top - 4, _WIDTH - _MARGIN, top - 4, FAINT, 0.5)
    draw_rows(pen, notes, _MARGIN, top - 9)
    if content.hotline:
        pen.text(_WIDTH / 2, 6 * MM, f"24 小时热线 {content.hotline}", Style(fonts.SANS_BOLD, 10, colour=INK), "centre")
    pen.next_page()
    return pen.finish()


def _facts(content: SlipContent) -> list[tuple[str, str]]:
    on, clock = words.moment(content.at).rsplit(" ", 1)
    facts = [("日期", f"{on} {words.weekday(words.wall(content.at).date())}"), ("取号时间", clock)]
    if content.waiting_before is not None:
        facts.append(("前面等候", f"{content.waiting_before} 人" if content.waiting_before else "无人"))
    return facts


def _draw_number(pen: Pen, content: SlipContent, tall: float) -> float:
    """Centre and number; returns where the facts begin."""
    wide = pen.measure(content.centre_name, _CENTRE)
    room = _WIDTH - 2 * _MARGIN
    size = _CENTRE.size * min(1.0, room / max(wide, 1.0))
    pen.text(_WIDTH / 2, tall - 11 * MM, content.centre_name, Style(fonts.SANS_BOLD, size, colour=INK), "centre")
    pen.rule(_MARGIN, tall - 15 * MM, _WIDTH - _MARGIN, tall - 15 * MM, ACCENT, 1.2)
    size = _TICKET.size * min(1.0, room / max(pen.measure(content.ticket, _TICKET), 1.0))
    pen.text(_WIDTH / 2, tall - 41 * MM, content.ticket, Style(fonts.SANS_BOLD, size, colour=INK), "centre")
    return tall - 50 * MM
