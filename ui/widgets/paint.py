"""Strokes that widgets and list delegates share, so that a badge in a list is the badge in a card."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from ui import fonts, icons, theme


def px(length: float) -> int:
    """A length of the design at the present text size."""
    return theme.current().px(length)


def font(size: int = 13, *, bold: bool = False) -> QFont:
    """The screen font at a design size, scaled."""
    return fonts.font(px(size), bold=bold)


def width(text: str, made: QFont) -> int:
    """How wide a text is, in whole pixels."""
    return QFontMetrics(made).horizontalAdvance(text)


def text(painter: QPainter, rect: QRect, words: str, made: QFont, colour: QColor, *, right: bool = False) -> int:
    """Writes one line, elided to `rect`, and answers its width."""
    painter.setFont(made)
    painter.setPen(colour)
    metrics = QFontMetrics(made)
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
    return metrics.horizontalAdvance(shown)


def rounded(
    painter: QPainter, rect: QRectF, radius: float, fill: QColor | None, edge: QColor | None = None, stroke: float = 1.0
) -> None:
    """A rounded rectangle whose border lies wholly inside `rect`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(edge, stroke) if edge is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    inset = stroke / 2 if edge is not None else 0.0
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.restore()


def badge_size(words: str, icon: str = "") -> QSize:
    """How large a badge is."""
    extra = px(14) + px(6) if icon else 0
    return QSize(width(words, font(12)) + px(14) + extra, px(20))


def badge(painter: QPainter, rect: QRect, words: str, tone: str, icon: str = "") -> None:
    """A soft tag: words, in the colour of their tone, perhaps with an icon before them."""
    rounded(painter, QRectF(rect), 4, theme.colour(f"{tone}_soft"))
    inner = rect.adjusted(px(7), 0, -px(7), 0)
    if icon:
        icons.draw(painter, QRect(inner.left(), rect.center().y() - px(14) // 2 + 1, px(14), px(14)), icon, tone)
        inner.setLeft(inner.left() + px(20))
    text(painter, inner.adjusted(0, 0, 2, 0), words, font(12), theme.colour(tone))


def keycap_size(keys: str) -> QSize:
    """How large a key cap is."""
    return QSize(width(keys, font(11)) + px(11), px(18))


def keycap(painter: QPainter, rect: QRect, keys: str, ink: QColor, edge: QColor) -> None:
    """The outline of a key with its name."""
    rounded(painter, QRectF(rect), 4, None, edge)
    painter.setFont(font(11))
    painter.setPen(ink)
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), keys)


def dot(painter: QPainter, centre: QPointF, colour: QColor, *, hollow: bool = False) -> None:
    """A state's dot, full or as a ring, so that shape says it too."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = px(4)
    if hollow:
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, radius - 1, radius - 1)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(centre, radius, radius)
    painter.restore()
