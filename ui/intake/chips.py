"""Words to tick: one stop for the Tab key, arrows from word to word, Space ticks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from ui import icons, theme
from ui.intake.flow import FlowHolder
from ui.tokens import RADIUS_CONTROL
from ui.widgets import paint

_STEPS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}


class Chip(QAbstractButton):
    """One word; a tick and the accent say that it is on."""

    def __init__(self, value: str, words: str) -> None:
        super().__init__()
        self.value = value
        self.setText(words)
        self.setCheckable(True)
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(paint.width(self.text(), paint.font(12)) + paint.px(35), paint.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on, whole = self.isChecked(), QRectF(self.rect())
        fill = "accent_soft" if on else "hover" if self.underMouse() else "surface"
        paint.rounded(painter, whole, RADIUS_CONTROL, theme.colour(fill), theme.colour("accent_soft" if on else "line"))
        if self.hasFocus():
            paint.rounded(painter, whole, RADIUS_CONTROL, None, theme.colour("accent"), 2)
        side = paint.px(12)
        box = QRect(paint.px(9), (self.height() - side) // 2, side, side)
        if on:
            icons.draw(painter, box, "check", "accent")
        else:
            paint.rounded(painter, QRectF(box), 3, None, theme.colour("edge"))
        left = box.right() + paint.px(6)
        room = QRect(left, 0, self.width() - left, self.height() - 1)
        paint.text(painter, room, self.text(), paint.font(12), theme.colour("accent" if on else "text"))
        painter.end()


class Chips(FlowHolder):
    """`values()` are the ticked ones in the order offered; `changed` at each tick by hand."""

    changed = Signal()

    def __init__(self, offered: Sequence[tuple[object, str]], *, space: int = 6) -> None:
        self._chips = [Chip(str(value), words) for value, words in offered]
        super().__init__(self._chips, space=space)
        for chip in self._chips:
            chip.clicked.connect(lambda _on=False: self.changed.emit())
            chip.installEventFilter(self)
        self._stop(0)

    def chips(self) -> list[Chip]:
        return list(self._chips)

    def values(self) -> tuple[str, ...]:
        return tuple(chip.value for chip in self._chips if chip.isChecked())

    def set_values(self, wanted: Iterable[str]) -> None:
        """Ticks these and no others; no signal."""
        kept = set(wanted)
        for chip in self._chips:
            chip.setChecked(chip.value in kept)

    def enter(self) -> None:
        """Puts the keyboard here."""
        stop = next(chip for chip in self._chips if chip.focusPolicy() == Qt.FocusPolicy.StrongFocus)
        stop.setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows walk; the chip that was last in focus is the one that Tab comes back to."""
        if isinstance(watched, Chip):
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                by = _STEPS.get(Qt.Key(event.key()))
                if by is not None:
                    place = (self._chips.index(watched) + by) % len(self._chips)
                    self._chips[place].setFocus(Qt.FocusReason.TabFocusReason)
                    return True
            elif event.type() == QEvent.Type.FocusIn:
                self._stop(self._chips.index(watched))
        return super().eventFilter(watched, event)

    def _stop(self, place: int) -> None:
        for number, chip in enumerate(self._chips):
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if number == place else Qt.FocusPolicy.ClickFocus)
