"""A few alternatives side by side, one of them on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.tokens import CONTROL_HEIGHT, RADIUS_CONTROL
from ui.widgets import paint


class SegmentedControl(QWidget):
    """`options` are (value, words). Arrow keys move; `chosen` carries the value."""

    chosen = Signal(object)

    def __init__(
        self,
        options: Sequence[tuple[object, str]],
        *,
        value: object = None,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._options = list(options)
        self._name = name
        self._index = next((i for i, option in enumerate(self._options) if option[0] == value), 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.updateGeometry)
        self._speak()

    def value(self) -> object:
        return self._options[self._index][0]

    def set_value(self, value: object) -> None:
        """Turns one on without sending `chosen`."""
        self._index = next((i for i, option in enumerate(self._options) if option[0] == value), self._index)
        self._speak()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()), paint.px(CONTROL_HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(
            Qt.Key(event.key())
        )
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose((self._index + step) % len(self._options))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = 0.0
        for index, wide in enumerate(self._widths()):
            if left <= event.position().x() < left + wide:
                self._choose(index)
            left += wide

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        whole = QRectF(self.rect())
        focused = self.hasFocus()
        paint.rounded(painter, whole, RADIUS_CONTROL, theme.colour("surface"), theme.colour("line"))
        left = 0
        for index, wide in enumerate(self._widths()):
            box = QRect(left, 0, wide, self.height())
            on = index == self._index
            if on:
                inner = QRectF(box).adjusted(3, 3, -3, -3)
                paint.rounded(painter, inner, RADIUS_CONTROL - 2, theme.colour("accent_soft"))
            painter.setFont(paint.font(13, bold=on))
            painter.setPen(theme.colour("accent" if on else "text" if self.isEnabled() else "disabled"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._options[index][1])
            left += wide
        if focused:
            paint.rounded(painter, whole, RADIUS_CONTROL, None, theme.colour("accent"), 2)
        painter.end()

    def _widths(self) -> list[int]:
        made = paint.font(13, bold=True)
        return [paint.width(words, made) + paint.px(28) for _value, words in self._options]

    def _choose(self, index: int) -> None:
        if index != self._index:
            self._index = index
            self._speak()
            self.update()
            self.chosen.emit(self.value())

    def _speak(self) -> None:
        chosen = self._options[self._index][1] if self._options else ""
        self.setAccessibleName(f"{self._name} {chosen}".strip())
