"""草稿 1 · 草稿 2 in the head of the form: which arrival is on screen, and that another one waits."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.common.words import tr
from ui import theme
from ui.widgets import paint
from ui.widgets.layout import row


class _Draft(QAbstractButton):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.words = self._name = tr("Draft {n}", n=number)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("{draft}  Alt+{n}", draft=self._name, n=number))
        self.setAccessibleName(self._name)

    def set_note(self, note: str) -> None:
        self.words = f"{self._name} · {note}" if note else self._name
        self.setAccessibleName(self.words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(paint.width(self.words, paint.font(12, bold=True)) + paint.px(16), paint.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        fill = theme.colour("neutral_soft" if on or not self.underMouse() else "hover")
        paint.rounded(painter, QRectF(self.rect()), 4, fill if on or self.underMouse() else None)
        ink = theme.colour("text" if on else "muted")
        made = paint.font(12, bold=on)
        wide = paint.width(self.words, made)
        paint.text(painter, QRect((self.width() - wide) // 2, 0, wide + 2, self.height() - 1), self.words, made, ink)
        painter.end()


class DraftSwitch(QWidget):
    """`chosen(place)` by a click or Alt with the number."""

    chosen = Signal(int)

    def __init__(self, slots: int) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._buttons = [_Draft(number) for number in range(1, slots + 1)]
        for place, button in enumerate(self._buttons):
            button.clicked.connect(lambda _on=False, at=place: self.chosen.emit(at))
            key = QShortcut(QKeySequence(f"Alt+{place + 1}"), self)
            key.activated.connect(button.click)
        self._buttons[0].setChecked(True)
        row(*self._buttons, parent=self, space=4)

    def show_place(self, place: int) -> None:
        self._buttons[place].setChecked(True)

    def set_note(self, place: int, note: str) -> None:
        """What is to be known of a draft that is not on screen."""
        self._buttons[place].set_note(note)

    def words(self, place: int) -> str:
        return self._buttons[place].words
