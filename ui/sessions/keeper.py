"""What is typed reaches the disk within a second, and stays in memory until it has.

A change only (re)starts a timer: 400 ms after the last key, 900 ms after the first unsaved one. One save is under
way at a time, on the writer thread. A failed one is tried again; the text is kept per note, so that going to
another case loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

from app.common.errors import UserError
from ui.jobs import run_job

OVER = ("already-signed", "session-withdrawn")
PAUSE_MS, LONGEST_MS, RETRY_MS = 400, 900, 3000

Content = dict[str, str]
Save = Callable[[str, Content], datetime]


class Saved(Enum):
    """How what is on screen stands towards the disk."""

    NOTHING = 0
    TYPING = 1
    SAVED = 2
    FAILED = 3


class Keeper(QObject):
    """`watch` says what is being written; `touched()` at each change; `state_changed(Saved, datetime | None, str)`."""

    state_changed = Signal(object, object, str)

    def __init__(self, parent: QObject, collect: Callable[[], Content]) -> None:
        super().__init__(parent)
        self._collect = collect
        self._subject = ""
        self._save: Save | None = None
        self._dirty = False
        self._busy = False
        self._waiting: dict[str, tuple[Save, Content]] = {}
        self._pause = self._timer(PAUSE_MS)
        self._longest = self._timer(LONGEST_MS)
        self._retry = QTimer(self, singleShot=True, interval=RETRY_MS)
        self._retry.timeout.connect(self._send)

    def _timer(self, interval: int) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=interval)
        timer.timeout.connect(self.flush)
        return timer

    def watch(self, subject: str, save: Save | None) -> Content | None:
        """From now on changes belong to `subject`; what was typed before goes first.

        Answers text of this subject that never reached the disk.
        """
        self.flush()
        self._subject, self._save = subject, save
        held = self._waiting.get(subject)
        return dict(held[1]) if held else None

    def touched(self) -> None:
        """Something was typed. Costs next to nothing."""
        if self._save is None:
            return
        self._pause.start()
        if not self._dirty:
            self._dirty = True
            self._longest.start()
            self.state_changed.emit(Saved.TYPING, None, "")

    def flush(self) -> None:
        """Saves now what is unsaved."""
        self._pause.stop()
        self._longest.stop()
        if self._dirty and self._save is not None:
            self._dirty = False
            self._waiting[self._subject] = (self._save, self._collect())
        self._send()

    def drop(self) -> None:
        """The subject was signed or withdrawn: nothing of it is saved any more."""
        self._pause.stop()
        self._longest.stop()
        self._dirty = False
        self._waiting.pop(self._subject, None)
        self._save = None

    def unsaved(self) -> bool:
        """Whether anything typed is not on the disk yet."""
        return self._dirty or self._busy or bool(self._waiting)

    def _send(self) -> None:
        if self._busy or not self._waiting:
            return
        self._retry.stop()
        subject, (save, content) = next(iter(self._waiting.items()))
        self._busy = True
        run_job(
            self,
            save,
            subject,
            content,
            on_done=lambda at: self._kept(subject, content, at),
            on_error=lambda error: self._failed(subject, error),
            on_end=self._free,
        )

    def _free(self) -> None:
        self._busy = False
        self._retry.start()

    def _kept(self, subject: str, content: Content, at: datetime) -> None:
        held = self._waiting.get(subject)
        if held is not None and held[1] is content:
            del self._waiting[subject]
        if subject == self._subject and not self._dirty and subject not in self._waiting:
            self.state_changed.emit(Saved.SAVED, at, "")
        if not self._waiting:
            self._retry.stop()
        self._send()

    def _failed(self, subject: str, error: UserError) -> None:
        if error.code in OVER:
            self._waiting.pop(subject, None)
            self._send()
            return
        if subject == self._subject:
            self.state_changed.emit(Saved.FAILED, None, error.text())
