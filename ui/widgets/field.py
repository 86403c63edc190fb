"""A label over what is typed into, and a line beneath for what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui import theme
from ui.widgets.label import Label
from ui.widgets.layout import column, row


class Field(QWidget):
    """Wraps any control, which is spoken under `label`; `hint` stands at the right of the label."""

    def __init__(self, label: str, control: QWidget, *, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "plain")
        self.control = control
        self._label = Label(label, "label")
        self._label.setBuddy(control)
        self._hint = Label(hint, "small")
        self._error = Label("", "error", wrap=True)
        self._error.hide()
        control.setAccessibleName(label)
        if hint:
            control.setAccessibleDescription(hint)
        box = column(row(self._label, None, self._hint, space=8), control, self._error, parent=self, space=2)
        if not control.sizePolicy().expandingDirections() & Qt.Orientation.Vertical:
            box.addStretch(1)

    def set_label(self, label: str) -> None:
        self._label.setText(label)
        self.control.setAccessibleName(label)

    def set_hint(self, hint: str) -> None:
        """The small words at the right of the label."""
        self._hint.setText(hint)
        self.control.setAccessibleDescription(hint)

    def set_error(self, sentence: str) -> None:
        """Says in one sentence what is wrong; an empty one takes it back."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self.control.setAccessibleDescription(sentence or self._hint.text())
        theme.restyle(self.control, wrong="true" if sentence else "false")

    def error(self) -> str:
        """The sentence shown, or an empty text."""
        return self._error.text()
