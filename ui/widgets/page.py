"""A page of the set-up assistant: a card with a title, a sentence, and what follows."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from ui.widgets.label import Label
from ui.widgets.layout import column, row


class Page(QFrame):
    """Fill `box`, then `finish` with the buttons."""

    back = Signal()

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setAccessibleName(title)
        self.box = column(parent=self, margins=(28, 24, 28, 24), space=12)
        self.box.addWidget(Label(title, "title"))
        self.box.addWidget(Label(sentence, "muted", wrap=True))

    def finish(self, *buttons: QWidget) -> None:
        """The row of buttons, with what fills the page above."""
        self.box.addSpacing(4)
        self.box.addLayout(row(None, *buttons))
