"""A tag that says a state in a word, coloured by its tone."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.tokens import TONES
from ui.widgets import paint


class Badge(QWidget):
    """`tone`: neutral, accent, urgent, attention or info. `icon` goes before the word."""

    def __init__(self, text: str, tone: str = "neutral", *, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._tone = "neutral"
        self._icon = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set(text, tone, icon=icon)
        theme.current().changed.connect(self.updateGeometry)

    def set(self, text: str, tone: str = "neutral", *, icon: str = "") -> None:
        """Says something else; an empty text hides it."""
        if tone not in TONES:
            raise ValueError(tone)
        if not text:
            self.hide()
        elif not self._text and self.isHidden() and self.parentWidget() is not None:
            self.show()
        self._text, self._tone, self._icon = text, tone, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        return self._text

    def tone(self) -> str:
        return self._tone

    def sizeHint(self) -> QSize:
        return paint.badge_size(self._text, self._icon)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.badge(painter, self.rect(), self._text, self._tone, self._icon)
        painter.end()
