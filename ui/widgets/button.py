"""Our buttons: painted, not styled, because a button here also shows the key that presses it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui import icons, theme
from ui.tokens import CONTROL_HEIGHT, RADIUS_CONTROL
from ui.widgets import paint


class Button(QPushButton):
    """The common part; use a kind below. `shortcut` works wherever the button is visible and is shown on it."""

    ink, fill, edge, over = "text", "surface", "line", "hover"

    def __init__(
        self,
        text: str,
        on_click: Callable[[], object] | None = None,
        *,
        icon: str = "",
        shortcut: str = "",
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = text
        self._icon_name = icon
        self._keys = key_text(shortcut)
        self.setText(text.replace("&", "&&"))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        if hint:
            self.setToolTip(hint)
        self.setAccessibleDescription(" ".join(part for part in (hint, self._keys) if part))
        if shortcut:
            self._listen(shortcut)
        if on_click is not None:
            self.clicked.connect(lambda: on_click())
        theme.current().changed.connect(self.updateGeometry)

    def set_text(self, text: str) -> None:
        """Changes the words; the key stays."""
        self._words = text
        self.setText(text.replace("&", "&&"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        pad = 12 if self._words else 8
        total = paint.px(pad) * 2 + self._content_width()
        return QSize(max(total, paint.px(CONTROL_HEIGHT)), paint.px(CONTROL_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = self._paint_ground(painter)
        left = (self.width() - self._content_width()) // 2
        if self._icon_name:
            side = paint.px(16)
            icons.draw(painter, QRect(left, (self.height() - side) // 2, side, side), self._icon_name, ink)
            left += side + (paint.px(8) if self._words else 0)
        made = paint.font()
        if self._words:
            wide = paint.width(self._words, made) + 2
            paint.text(painter, QRect(left, 0, wide, self.height() - 1), self._words, made, theme.colour(ink))
            left += wide - 2
        if self._keys:
            self._paint_keys(painter, left + paint.px(8), theme.colour(ink))
        painter.end()

    def _listen(self, shortcut: str) -> None:
        """A shortcut of our own: Qt's own on a button answers a tenth of a second later."""
        for keys in dict.fromkeys((shortcut, shortcut.replace("Return", "Enter"))):
            found = QShortcut(QKeySequence(keys), self)
            found.setAutoRepeat(False)
            found.activated.connect(self.click)

    def _paint_ground(self, painter: QPainter) -> str:
        """Body, border and focus ring; answers the token to write in."""
        whole = QRectF(self.rect())
        if not self.isEnabled():
            paint.rounded(painter, whole, RADIUS_CONTROL, theme.colour("neutral_soft"), theme.colour("line"))
            return "disabled"
        hot = self.underMouse() or self.isDown() or self.isChecked()
        fill = theme.colour(self.over if hot else self.fill)
        if self.isDown():
            fill = fill.darker(108)
        paint.rounded(painter, whole, RADIUS_CONTROL, fill, theme.colour(self.edge))
        if self.hasFocus():
            filled = self.edge == self.fill
            paint.rounded(painter, whole, RADIUS_CONTROL, None, theme.colour("text" if filled else "accent"), 2)
            if filled:
                inner = whole.adjusted(2, 2, -2, -2)
                paint.rounded(painter, inner, RADIUS_CONTROL - 2, None, theme.colour(self.ink), 1)
        return self.ink

    def _paint_keys(self, painter: QPainter, left: int, ink: QColor) -> None:
        size = paint.keycap_size(self._keys)
        edge = QColor(ink)
        edge.setAlphaF(0.45)
        box = QRect(left, (self.height() - size.height()) // 2, size.width(), size.height())
        paint.keycap(painter, box, self._keys, ink, edge)

    def _content_width(self) -> int:
        wide = paint.width(self._words, paint.font()) if self._words else 0
        if self._icon_name:
            wide += paint.px(16) + (paint.px(8) if self._words else 0)
        if self._keys:
            wide += paint.px(8) + paint.keycap_size(self._keys).width()
        return wide


class PrimaryButton(Button):
    """The one thing to do next; at most one on a screen."""

    ink, fill, edge, over = "on_accent", "accent", "accent", "accent_strong"


class SecondaryButton(Button):
    """Whatever else can be done."""


class DangerButton(Button):
    """What cannot be taken back, and the crisis button."""

    ink, fill, edge, over = "urgent", "surface", "urgent", "urgent_soft"


class QuietButton(Button):
    """A link among words: no border until the pointer is over it."""

    ink, fill, edge, over = "accent", "surface", "surface", "accent_soft"

    def _paint_ground(self, painter: QPainter) -> str:
        whole = QRectF(self.rect())
        if not self.isEnabled():
            return "disabled"
        if self.underMouse() or self.isDown():
            paint.rounded(painter, whole, RADIUS_CONTROL, theme.colour(self.over))
        if self.hasFocus():
            paint.rounded(painter, whole, RADIUS_CONTROL, None, theme.colour("accent"), 2)
        return self.ink


def key_text(shortcut: str) -> str:
    """A key sequence as people read it on the key: Return is the key marked Enter."""
    return shortcut.replace("Return", "Enter").replace("PgUp", "PageUp").replace("PgDown", "PageDown")
