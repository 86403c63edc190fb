"""A safety question: not asked, no, or yes. Not asked is an answer of its own, and the one it starts with."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.common.words import tr
from ui import icons, theme
from ui.widgets import paint

_NEXT: dict[bool | None, bool | None] = {None: False, False: True, True: None}
_BY_DIGIT: dict[int, bool | None] = {Qt.Key.Key_1: None, Qt.Key.Key_2: False, Qt.Key.Key_3: True}


class TriState(QAbstractButton):
    """`value()`: None (not asked), False or True. Space, a click or an arrow steps on, 1 2 3 answer, Delete clears."""

    changed = Signal(object)

    def __init__(self, question: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question = question
        self._value: bool | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.set_value(_NEXT[self._value]))
        theme.current().changed.connect(self.updateGeometry)
        self._speak()

    def value(self) -> bool | None:
        return self._value

    def set_value(self, value: bool | None) -> None:
        """Answers; `changed` is sent if it differs."""
        if value is not self._value:
            self._value = value
            self._speak()
            self.updateGeometry()
            self.update()
            self.changed.emit(value)

    def words(self) -> str:
        """Question and answer as shown."""
        answers = {None: tr("not asked"), False: tr("no"), True: tr("yes")}
        return tr("{question}: {answer}", question=self._question, answer=answers[self._value])

    def sizeHint(self) -> QSize:
        extra = paint.px(20) if self._value else 0
        return QSize(paint.width(self.words(), paint.font(12)) + paint.px(20) + extra, paint.px(28))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Right:
            self.set_value(_NEXT[self._value])
        elif event.key() == Qt.Key.Key_Left:
            self.set_value(_NEXT[_NEXT[self._value]])
        elif event.key() in _BY_DIGIT:
            self.set_value(_BY_DIGIT[event.key()])
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.set_value(None)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tone = "urgent" if self._value else "neutral"
        whole = QRectF(self.rect())
        edge = theme.colour("edge") if self._value is None else None
        paint.rounded(painter, whole, 4, theme.colour(f"{tone}_soft") if edge is None else None, edge)
        if self.hasFocus():
            paint.rounded(painter, whole, 4, None, theme.colour("accent"), 2)
        left = paint.px(10)
        if self._value:
            side = paint.px(14)
            icons.draw(painter, QRect(left, (self.height() - side) // 2, side, side), "triangle-alert", tone)
            left += paint.px(20)
        box = QRect(left, 0, self.width() - left, self.height() - 1)
        paint.text(painter, box, self.words(), paint.font(12), theme.colour(tone))
        painter.end()

    def _speak(self) -> None:
        self.setAccessibleName(self.words())
