"""The sign of the house: a sun over the hill, with the name."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.common.words import tr
from ui import icons, theme
from ui.widgets import paint


class Logo(QWidget):
    """`size` is the height of the words in px; `words=False` shows the sun alone."""

    def __init__(self, size: int = 15, *, words: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._words = tr("Longshan Desk") if words else ""
        self.setAccessibleName(tr("Longshan Desk"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.updateGeometry)

    def set_words(self, shown: bool) -> None:
        """With or without the name."""
        self._words = tr("Longshan Desk") if shown else ""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        side = paint.px(self._size * 1.4)
        wide = paint.width(self._words, paint.font(self._size, bold=True)) + paint.px(8) if self._words else 0
        return QSize(side + wide + 2, paint.px(self._size * 1.7))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = paint.px(self._size * 1.4)
        icons.draw(painter, QRect(0, (self.height() - side) // 2, side, side), "sunrise", "accent")
        box = QRect(side + paint.px(8), 0, self.width() - side, self.height() - 1)
        paint.text(painter, box, self._words, paint.font(self._size, bold=True), theme.colour("accent"))
        painter.end()
