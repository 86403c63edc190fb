"""A code and a fingerprint, large enough to be compared group by group with another screen."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from app.common.words import tr
from ui import theme
from ui.widgets.label import Label
from ui.widgets.layout import column, row

ACROSS = 3


class DigitsView(QFrame):
    """`show_digits(code, fingerprint)`; without a code, the fingerprint alone. Each group has its number."""

    def __init__(self, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "well")
        self._caption = caption
        self._code = Label("", "number")
        self._code_line = row(Label(tr("Code"), "label"), self._code, None, space=12)
        self._groups: list[Label] = []
        self._grid = QGridLayout()
        px = theme.current().px
        self._grid.setHorizontalSpacing(px(28))
        self._grid.setVerticalSpacing(px(4))
        for place in range(ACROSS):
            self._grid.setColumnStretch(place, 1)
        box = column(parent=self, margins=(16, 12, 16, 12), space=6)
        box.addLayout(self._code_line)
        box.addWidget(Label(caption, "label"))
        box.addLayout(self._grid)

    def show_digits(self, code: str, fingerprint: str) -> None:
        """Fills it."""
        for at in range(self._code_line.count()):
            item = self._code_line.itemAt(at)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setVisible(bool(code))
        self._code.setText(code)
        for label in self._groups:
            label.deleteLater()
        self._groups = []
        for at, group in enumerate(fingerprint.split()):
            number, digits = Label(str(at + 1), "small"), Label(group, "number")
            line, place = divmod(at, ACROSS)
            self._grid.addLayout(row(number, digits, None, space=6), line, place)
            self._groups += [number, digits]
        spoken = (tr("Code {code}", code=code) if code else "", f"{self._caption} {fingerprint}")
        self.setAccessibleName("，".join(part for part in spoken if part))

    def code(self) -> str:
        return self._code.text()

    def fingerprint(self) -> str:
        """As it stands on the screen."""
        return " ".join(label.text() for label in self._groups[1::2])
