"""The picture of a key, beside what it does."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.widgets import paint


class KeyCap(QWidget):
    """`keys` as people say them: "Ctrl K", "F2", "Enter"."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.setAccessibleName(keys)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return paint.keycap_size(self._keys)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.keycap(painter, self.rect(), self._keys, theme.colour("muted"), theme.colour("line"))
        painter.end()
