"""What a list says when nothing is in it: what to do first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.widgets.button import Button
from ui.widgets.icon_view import IconView
from ui.widgets.label import Label
from ui.widgets.layout import column


class EmptyState(QWidget):
    """An icon, a sentence, a hint, and perhaps the button that helps."""

    def __init__(
        self, icon: str, sentence: str, hint: str = "", button: Button | None = None, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "plain")
        middle = Qt.AlignmentFlag.AlignHCenter
        box = column(None, parent=self, margins=16, space=8)
        box.addWidget(IconView(icon, "muted", 24), 0, middle)
        self._sentence = Label(sentence, "body", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self._sentence)
        self._hint = Label(hint, "hint", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if not hint:
            self._hint.hide()
        box.addWidget(self._hint)
        if button is not None:
            box.addWidget(button, 0, middle)
        box.addStretch(1)

    def set_text(self, sentence: str, hint: str = "") -> None:
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
