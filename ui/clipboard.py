"""Case content does not stay in the clipboard: it is cleared a minute after it was copied."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit

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
    """Sees what is copied out of one text area, by key or from its menu."""

    def __init__(self, area: QPlainTextEdit) -> None:
        super().__init__(area)
        self._area = area
        QGuiApplication.clipboard().dataChanged.connect(self._changed)

    def _changed(self) -> None:
        text = QGuiApplication.clipboard().text()
        if text and text == self._area.textCursor().selectedText().replace("\u2029", "\n"):
            _sweeper().watch(text)


def _sweeper() -> _Sweeper:
    app = QGuiApplication.instance()
    assert app is not None
    found = app.findChild(_Sweeper)
    return found if isinstance(found, _Sweeper) else _Sweeper(app)


def copy_case(text: str) -> None:
    """Copies case content and sees that it goes again."""
    QGuiApplication.clipboard().setText(text)
    _sweeper().watch(text)


def guard(area: QPlainTextEdit) -> None:
    """Whatever is copied from this text area goes after a minute."""
    _Guard(area)


def sweep_now() -> None:
    """Clears case content at once: locking, quick-hide, closing."""
    _sweeper().sweep()
