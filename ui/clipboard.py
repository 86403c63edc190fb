"""Case content does not stay in the clipboard: it is cleared a minute after it was copied."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QPlainTextEdit, QWidget

SECONDS = 60


class _Sweeper(QObject):
    """Clears the clipboard if it still holds what was copied."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.clock = QTimer(self)
        self.clock.setSingleShot(True)
        self.clock.setInterval(SECONDS * 1000)
        self.clock.timeout.connect(self.sweep)
        self._copied = ""

    def watch(self, text: str) -> None:
        self._copied = text
        self.clock.start()

    def sweep(self) -> None:
        """Now rather than later; also at locking and at the end."""
        self.clock.stop()
        board = QGuiApplication.clipboard()
        if self._copied and board.text() == self._copied:
            board.clear()
        self._copied = ""


class _Guard(QObject):
    """Sees the copying of one text area."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(watched, QPlainTextEdit):
            copying = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Cut)
            if any(event.matches(key) for key in copying):  # type: ignore[attr-defined]
                _sweeper().watch(watched.textCursor().selectedText().replace("\u2029", "\n"))
        return super().eventFilter(watched, event)


def _sweeper() -> _Sweeper:
    app = QGuiApplication.instance()
    assert app is not None
    found = app.findChild(_Sweeper)
    return found if isinstance(found, _Sweeper) else _Sweeper(app)


def copy_case(text: str) -> None:
    """Copies case content and sees that it goes again."""
    QGuiApplication.clipboard().setText(text)
    _sweeper().watch(text)


def guard(area: QWidget) -> None:
    """Whatever is copied from this text area goes after a minute."""
    area.installEventFilter(_Guard(area))


def sweep_now() -> None:
    """Clears case content at once: locking, quick-hide, closing."""
    _sweeper().sweep()
