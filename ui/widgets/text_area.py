"""Several lines of typing: plain text, growing with what is written, gentle to input methods."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSize
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from ui import theme


class TextArea(QPlainTextEdit):
    """`lines` at least, `most` lines before it scrolls. Tab leaves it; nothing but plain text gets in."""

    def __init__(self, placeholder: str = "", *, lines: int = 2, most: int = 14, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines, self._most = lines, max(lines, most)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(3)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        theme.current().changed.connect(self._fit)
        self._fit()

    def value(self) -> str:
        """What was written, without blank lines at its end."""
        return self.toPlainText().rstrip()

    def set_value(self, text: str) -> None:
        """Replaces the text only if it differs, so that a running composition is not broken."""
        if text != self.toPlainText():
            self.setPlainText(text)

    def set_wrong(self, wrong: bool) -> None:
        """A red border; the words go beneath, in the Field."""
        theme.restyle(self, wrong="true" if wrong else "false")

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(source.text())

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._wanted(self._lines))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wanted = self._wanted(min(self._most, max(self._lines, self._rows())))
        if wanted != self.height() or self.minimumHeight() != wanted:
            self.setFixedHeight(wanted)

    def _rows(self) -> int:
        """Lines as wrapped on screen; a plain text document measures its height in lines."""
        return max(1, round(self.document().documentLayout().documentSize().height()))

    def _wanted(self, lines: int) -> int:
        return QFontMetrics(self.font()).lineSpacing() * lines + 6 + theme.current().px(10)
