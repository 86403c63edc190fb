"""Text on screen in one of the design's roles; always plain text, whatever a client's name contains."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui import theme

ROLES = ("title", "number", "heading", "strong", "body", "muted", "hint", "small", "label", "error", "accent", "mono")


class Label(QLabel):
    """title 18 bold · number 22 bold · heading/strong 13 bold · body, muted 13 · hint, label, error 12 · small 11."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        parent: QWidget | None = None,
        *,
        wrap: bool = False,
        selectable: bool = False,
    ) -> None:
        super().__init__(text, parent)
        if role not in ROLES:
            raise ValueError(role)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )

    def setText(self, text: str) -> None:
        super().setText(text)
        self._keep_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_height()

    def _keep_height(self) -> None:
        """A wrapped text is never cut: layouts that know no height for width would."""
        if self.wordWrap():
            self.setMinimumHeight(0)  # Qt counts it in: a text that became shorter would keep its lines
            self.setMinimumHeight(max(0, self.heightForWidth(self.width())))

    def set_role(self, role: str) -> None:
        """Changes how it is written."""
        theme.restyle(self, role=role)
        self._keep_height()
