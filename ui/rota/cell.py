"""One duty session on the board, and the chip that hangs at the pointer while it is carried."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.rota.chip import Chip, draw_seat
from ui.rota.models import BoardCell, Seat
from ui.widgets.label import Label
from ui.widgets.layout import column


class Cell(QWidget):
    """One session: its chips, or why it is closed. Takes the keyboard itself only while it has no chip."""

    def __init__(self, cell: BoardCell, parent: QWidget) -> None:
        super().__init__(parent)
        self.slot = cell.slot
        self.closed = bool(cell.closed) and not cell.seats
        self.target = False
        self.chips: list[Chip] = []
        self._box = column(parent=self, margins=8, space=6)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(cell.slot.words())
        if self.closed:
            self._box.addWidget(Label(cell.closed, "hint"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if cell.seats else Qt.FocusPolicy.StrongFocus)

    def add(self, chip: Chip) -> None:
        self.chips.append(chip)
        self._box.addWidget(chip)

    def close_up(self, why: str) -> None:
        """Ends the column; `why` explains a gap above it."""
        if why:
            self._box.addWidget(Label(why, "small", wrap=True))
        self._box.addStretch(1)

    def set_target(self, target: bool) -> None:
        """Whether what is carried would fall here."""
        if target != self.target:
            self.target = target
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.closed:
            painter.fillRect(self.rect(), theme.colour("neutral_soft"))
        if self.target or self.hasFocus():
            painter.fillRect(self.rect(), theme.colour("accent_soft"))
        painter.end()


class Ghost(QWidget):
    """The chip under the pointer while it is carried."""

    def __init__(self, seat: Seat, size_of: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._seat = seat
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(size_of.size())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_seat(painter, self.rect(), self._seat)
        painter.end()
