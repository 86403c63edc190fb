"""A number that matters this morning, with what it counts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from ui.widgets.label import Label
from ui.widgets.layout import column, row


class StatTile(QFrame):
    """`set(number, line)`: a number, or None for "not counted" (a dash, never 0). Opens what it counts if asked."""

    def __init__(
        self, name: str, on_open: Callable[[], object] | None = None, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._name = name
        self._number = Label("–", "number")
        self._caption = Label(name, "muted")
        self._line = Label("", "hint")
        row(
            self._number,
            column(self._caption, self._line, space=0),
            None,
            parent=self,
            margins=(14, 11, 14, 11),
            space=12,
        )
        self._on_open = on_open
        if on_open is not None:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set(self, number: int | None, line: str = "") -> None:
        """Shows a number and a line beneath its name."""
        shown = "–" if number is None else str(number)
        self._number.setText(shown)
        self._line.setText(line)
        self.setAccessibleName(f"{self._name} {shown} {line}".strip())

    def number(self) -> str:
        return self._number.text()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._on_open is not None and self.rect().contains(event.position().toPoint()):
            self._on_open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._on_open is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._on_open()
        else:
            super().keyPressEvent(event)
