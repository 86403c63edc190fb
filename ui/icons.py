"""Icons that take their colour from the theme when they are painted, sharp at every scale."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui import svg, theme

STROKE = 1.75


@lru_cache(maxsize=512)
def _pixmap(name: str, colour: str, width: int, height: int) -> QPixmap:
    """A drawing in device pixels."""
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.tinted(name, colour, stroke=STROKE))).render(painter, QRectF(0, 0, width, height))
    painter.end()
    return pixmap


def draw(painter: QPainter, rect: QRect, name: str, token: str) -> None:
    """Paints an icon centred in `rect`, as large as its shorter side, in the token's colour."""
    side = min(rect.width(), rect.height())
    ratio = painter.device().devicePixelRatioF()
    pixmap = QPixmap(_pixmap(name, theme.colour(token).name(), round(side * ratio), round(side * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    left = rect.x() + (rect.width() - side) // 2
    painter.drawPixmap(QPoint(left, rect.y() + (rect.height() - side) // 2), pixmap)


class _Engine(QIconEngine):
    """Looks the colour up at each painting, so that a change of theme needs no new icon."""

    def __init__(self, name: str, token: str, on: str) -> None:
        super().__init__()
        self._name = name
        self._token = token
        self._on = on

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._token, self._on)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        draw(painter, rect, self._name, self._which(mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        colour = theme.colour(self._which(mode, state)).name()
        side = min(size.width(), size.height())
        return QPixmap(_pixmap(self._name, colour, side, side))

    def _which(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode == QIcon.Mode.Disabled:
            return "disabled"
        return self._on if state == QIcon.State.On else self._token


def icon(name: str, token: str = "neutral", *, on: str | None = None) -> QIcon:
    """A Lucide icon by its file name; `on` is the token of its checked state."""
    svg.source(name)
    return QIcon(_Engine(name, token, on or token))
