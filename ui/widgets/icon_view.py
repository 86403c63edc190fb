"""An icon that only shows."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import icons, svg, theme
from ui.widgets import paint


class IconView(QWidget):
    """`name` from resources/icons, in the colour of `token`; silent to a screen reader unless named."""

    def __init__(self, name: str, token: str = "neutral", size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        svg.source(name)
        self._name = name
        self._token = token
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.updateGeometry)

    def set_icon(self, name: str, token: str = "neutral") -> None:
        """Shows another."""
        svg.source(name)
        self._name, self._token = name, token
        self.update()

    def sizeHint(self) -> QSize:
        side = paint.px(self._size)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.draw(painter, self.rect(), self._name, self._token)
        painter.end()
