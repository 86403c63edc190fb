"""The tabs at the left: icon, word, and how many things wait."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QWidget

from app.common.words import ntr, tr
from ui import icons, theme
from ui.widgets import paint
from ui.widgets.layout import column

WIDTH, NARROW = 148, 56


class RailButton(QAbstractButton):
    """One tab."""

    def __init__(self, key: str, title: str, icon: str, shortcut: str) -> None:
        super().__init__()
        self.key = key
        self._title = title
        self._icon = icon
        self._count = 0
        self._shortcut = shortcut
        self.narrow = False
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setToolTip(f"{title}  {shortcut}")
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """How many things wait; 0 shows none."""
        self._count = count
        waiting = ntr("{n} waiting", "{n} waiting", count) if count else ""
        self.setAccessibleName(f"{self._title} {waiting}".strip())
        self.update()

    def count(self) -> int:
        return self._count

    def sizeHint(self) -> QSize:
        return QSize(paint.px(40), paint.px(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        whole = QRectF(self.rect())
        if on or self.underMouse():
            paint.rounded(painter, whole, 6, theme.colour("accent_soft" if on else "hover"))
        if self.hasFocus():
            paint.rounded(painter, whole, 6, None, theme.colour("accent"), 2)
        ink = "accent" if on else "neutral"
        side = paint.px(18)
        left = (self.width() - side) // 2 if self.narrow else paint.px(10)
        icons.draw(painter, QRect(left, (self.height() - side) // 2, side, side), self._icon, ink)
        right = self.width() - paint.px(8)
        if self._count:
            right = self._paint_count(painter, right)
        if not self.narrow:
            box = QRect(left + side + paint.px(10), 0, right - left - side - paint.px(14), self.height() - 1)
            paint.text(painter, box, self._title, paint.font(13, bold=on), theme.colour(ink))
        painter.end()

    def _paint_count(self, painter: QPainter, right: int) -> int:
        words = str(self._count) if self._count < 100 else "99+"
        made = paint.font(11, bold=True)
        wide = max(paint.px(20), paint.width(words, made) + paint.px(10))
        top = 0 if self.narrow else (self.height() - paint.px(18)) // 2
        box = QRect(right - wide + (paint.px(6) if self.narrow else 0), top, wide, paint.px(18))
        paint.rounded(painter, QRectF(box), paint.px(9), theme.colour("neutral_soft"))
        painter.setFont(made)
        painter.setPen(theme.colour("neutral"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
        return box.left()


def numbered(keys: Iterable[str]) -> dict[str, int]:
    """The tabs that Ctrl and a digit open."""
    return {key: number for number, key in enumerate(keys, start=1) if number < 10}


class Rail(QFrame):
    """`chosen(key)`; the last tab (Settings) stands at the bottom. Up and down arrows move along. The `waiting` tabs
    are there only while something waits in them, or while one is open."""

    chosen = Signal(str)

    def __init__(
        self,
        tabs: list[tuple[str, str, str]],
        *,
        waiting: frozenset[str] = frozenset(),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "rail")
        self.setAccessibleName(tr("Tabs"))
        self._buttons: dict[str, RailButton] = {}
        self._group = QButtonGroup(self)
        box = column(parent=self, margins=(8, 12, 8, 12), space=2)
        self._waiting = waiting
        numbers = numbered(key for key, _title, _icon in tabs if key not in waiting)
        for at, (key, title, icon) in enumerate(tabs, start=1):
            button = RailButton(key, title, icon, f"Ctrl+{numbers[key]}" if key in numbers else "")
            button.clicked.connect(lambda _on, key=key: self.chosen.emit(key))
            self._buttons[key] = button
            self._group.addButton(button)
            if at == len(tabs):
                box.addStretch(1)
            box.addWidget(button)
        self.set_narrow(False)
        self._settle()

    def keys(self) -> list[str]:
        """From top to bottom, those on show."""
        return [key for key, button in self._buttons.items() if not button.isHidden()]

    def set_current(self, key: str) -> None:
        self._buttons[key].setChecked(True)
        self._settle()

    def set_count(self, key: str, count: int) -> None:
        if key in self._buttons:
            self._buttons[key].set_count(count)
            self._settle()

    def _settle(self) -> None:
        for key in self._waiting & self._buttons.keys():
            button = self._buttons[key]
            button.setVisible(bool(button.count()) or button.isChecked())

    def count(self, key: str) -> int:
        return self._buttons[key].count()

    def set_narrow(self, narrow: bool) -> None:
        """Icons alone, when the window is narrow for its text size."""
        self._narrow = narrow
        for button in self._buttons.values():
            button.narrow = narrow
            button.update()
        self.setFixedWidth(theme.current().px(NARROW if narrow else WIDTH))

    def narrow(self) -> bool:
        """Whether it shows icons alone."""
        return self._narrow

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        keys = self.keys()
        focused = next((key for key, button in self._buttons.items() if button.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        self._buttons[keys[(keys.index(focused) + step) % len(keys)]].setFocus(Qt.FocusReason.TabFocusReason)
