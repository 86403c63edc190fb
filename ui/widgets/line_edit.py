"""One line of typing."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from ui import theme


class LineEdit(QLineEdit):
    """`secret` hides what is typed; `limit` is the most characters it takes."""

    def __init__(
        self, placeholder: str = "", *, secret: bool = False, limit: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        if secret:
            self.setEchoMode(QLineEdit.EchoMode.Password)
        if limit:
            self.setMaxLength(limit)

    def value(self) -> str:
        """What was typed, without blanks around it; a secret as it is."""
        return self.text() if self.echoMode() == QLineEdit.EchoMode.Password else self.text().strip()

    def set_wrong(self, wrong: bool) -> None:
        """A red border; the words go beneath, in the Field."""
        theme.restyle(self, wrong="true" if wrong else "false")
