"""What one line of a list says, for the short lists of cards and the long ones alike."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QPainter

from ui import theme
from ui.tokens import ROW_HEIGHT
from ui.widgets import paint

TALL = 57
PAD = 14


@dataclass(frozen=True, slots=True)
class Row:
    """`lead` bold at the left · `title` · muted `detail` beside it · `second` line beneath · `badge` in `tone` ·
    muted `note` after the badge · bold `trailing` at the right end. `tip` is the tooltip, `spoken` replaces
    what a screen reader says."""

    key: str
    title: str
    detail: str = ""
    lead: str = ""
    second: str = ""
    badge: str = ""
    tone: str = "neutral"
    badge_icon: str = ""
    note: str = ""
    trailing: str = ""
    strong: bool = False
    faded: bool = False
    tip: str = ""
    spoken: str = ""

    def says(self) -> str:
        """All of it in reading order."""
        parts = (self.lead, self.title, self.detail, self.second, self.badge, self.note, self.trailing)
        return self.spoken or "，".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in design px of what must line up from row to row; 0 takes what it needs."""

    lead: int = 0
    note: int = 0
    trailing: int = 0


def height(row: Row) -> int:
    """How high a row is."""
    return paint.px(TALL if row.second else ROW_HEIGHT)


def draw(painter: QPainter, rect: QRect, row: Row, columns: Columns) -> None:
    """Paints a row's words into `rect`, right end first, the rest elided to what is left."""
    box = rect.adjusted(paint.px(PAD), 0, -paint.px(PAD), 0)
    right = _draw_right(painter, box, row, columns)
    left = box.left()
    ink = theme.colour("muted" if row.faded else "text")
    if row.lead:
        made = paint.font(15 if row.second else 13, bold=True)
        wide = paint.px(columns.lead) if columns.lead else paint.width(row.lead, made) + paint.px(10)
        paint.text(painter, QRect(left, box.top(), wide, box.height()), row.lead, made, ink)
        left += wide
    line = QRect(left, box.top(), right - left, box.height())
    if row.second:
        half = paint.px(20)
        top = box.top() + (box.height() - 2 * half) // 2
        paint.text(
            painter, QRect(left, top + half, right - left, half), row.second, paint.font(12), theme.colour("muted")
        )
        line = QRect(left, top, right - left, half)
    title = paint.font(13, bold=row.strong or bool(row.second))
    left += paint.text(painter, line, row.title, title, ink) + paint.px(6 if row.second else 10)
    if row.detail and left < right:
        line.setLeft(left)
        paint.text(painter, line, row.detail, paint.font(), theme.colour("muted"))


def _draw_right(painter: QPainter, box: QRect, row: Row, columns: Columns) -> int:
    """Paints what is bound to the right end; answers where the free room ends."""
    right = box.right() + 1
    made = paint.font(13, bold=True)
    if row.trailing or columns.trailing:
        wide = paint.px(columns.trailing) if columns.trailing else paint.width(row.trailing, made) + 2
        right -= wide
        paint.text(
            painter, QRect(right, box.top(), wide, box.height()), row.trailing, made, theme.colour("text"), right=True
        )
        right -= paint.px(10)
    if row.note or columns.note:
        plain: QFont = paint.font()
        wide = paint.px(columns.note) if columns.note else paint.width(row.note, plain) + 2
        right -= wide
        paint.text(painter, QRect(right, box.top(), wide, box.height()), row.note, plain, theme.colour("muted"))
        right -= paint.px(10)
    if row.badge:
        size = paint.badge_size(row.badge, row.badge_icon)
        right -= size.width()
        spot = QRect(right, box.top() + (box.height() - size.height()) // 2, size.width(), size.height())
        paint.badge(painter, spot, row.badge, row.tone, row.badge_icon)
        right -= paint.px(10)
    return right
