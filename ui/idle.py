"""Keys and clicks anywhere in the application: the idle clock, and the two keys that work over any dialog."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

ACTS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class IdleWatch(QObject):
    """`idle` after so many minutes without a key or the mouse; `hide_wanted` on F9 and `lock_wanted` on Ctrl+L."""

    idle = Signal()
    hide_wanted = Signal()
    lock_wanted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._seconds = 0.0
        self._last = time.monotonic()
        self.clock = QTimer(self)
        self.clock.setSingleShot(True)
        self.clock.timeout.connect(self._due)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def start(self, minutes: float) -> None:
        """Begins to count; 0 never fires."""
        self._seconds = minutes * 60
        self._last = time.monotonic()
        self.clock.stop()
        if minutes > 0:
            self.clock.start(int(self._seconds * 1000))

    def stop(self) -> None:
        self.clock.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in ACTS:
            self._last = time.monotonic()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return self._key(event)
        return kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_F9

    def _key(self, event: QKeyEvent) -> bool:
        """Before anything else, a dialog or a menu too, may take the key."""
        if event.isAutoRepeat():
            return False
        if event.key() == Qt.Key.Key_F9 and not event.modifiers():
            event.accept()
            self.hide_wanted.emit()
            return True
        if event.key() == Qt.Key.Key_L and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            event.accept()
            self.lock_wanted.emit()
            return True
        return False

    def _due(self) -> None:
        left = self._seconds - (time.monotonic() - self._last)
        if left <= 0.05:
            self.idle.emit()
        else:
            self.clock.start(int(left * 1000) + 1)
