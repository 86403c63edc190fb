"""The letter's head: whose paper it is, what it is, its number. Shorter on the pages that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.printing import fonts, words
from app.printing.pen import ACCENT, FAINT, INK, MM, MUTED, Pen, Style

if TYPE_CHECKING:
    from app.printing.letter import LetterContent

FIRST = 55 * MM
"""Where the text begins on the first page, from the paper's upper edge; NEXT on the others."""
NEXT = 26 * MM

_CENTRE = Style(size=18, colour=INK, stroke=0.028)
_ADDRESS = Style(size=9.5, colour=MUTED)
_COPY = Style(face=fonts.SANS, size=8.5, colour=MUTED)
_TITLE = Style(size=24, colour=INK, stroke=0.026)
_NUMBER = Style(size=10.5, colour=INK)
_RUNNING = Style(size=9, colour=MUTED)


def draw_first(pen: Pen, content: LetterContent, copy: str, x: float, width: float) -> float:
    """Draws the head of page one; returns where the text begins."""
    top = pen.height
    middle = pen.width / 2
    size = min(18.0, 18.0 * width / max(pen.measure(content.centre_name, _CENTRE), 1))
    centre = Style(size=size, colour=INK, stroke=0.028)
    pen.text(middle, top - 18.5 * MM, content.centre_name, centre, "centre")
    facts = [content.address, f"24 小时热线 {content.hotline}" if content.hotline else ""]
    pen.text(middle, top - 24.5 * MM, "　".join(f for f in facts if f), _ADDRESS, "centre")
    pen.rule(x, top - 28 * MM, x + width, top - 28 * MM, ACCENT, 1.4)
    pen.rule(x, top - 28.9 * MM, x + width, top - 28.9 * MM, ACCENT, 0.4)
    pen.text(x + width, top - 10.5 * MM, copy, _COPY, "right")
    if content.watermark:
        pen.text(x, top - 10.5 * MM, content.watermark, Style(fonts.SANS_BOLD, 8.5, colour=MUTED))
    pen.text(middle, top - 40.5 * MM, "转介单", _TITLE, "centre", spacing=12)
    pen.text(x, top - 49 * MM, f"编号：{content.number}", _NUMBER)
    pen.text(x + width, top - 49 * MM, words.day(content.date), _NUMBER, "right")
    return top - FIRST


def draw_next(pen: Pen, content: LetterContent, x: float, width: float) -> float:
    """Draws the head of a page that continues; returns where the text begins."""
    top = pen.height
    pen.text(x, top - 16 * MM, content.centre_name, _RUNNING)
    pen.text(x + width, top - 16 * MM, f"转介单 {content.number}（续）", _RUNNING, "right")
    pen.rule(x, top - 19 * MM, x + width, top - 19 * MM, FAINT, 0.6)
    return top - NEXT
