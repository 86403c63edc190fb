"""Autosave of the letter being typed: at most 0.6 s behind, and at once when the screen is about to lock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.common.clock import local
from app.common.errors import UserError
from app.common.words import tr
from ui import notify
from ui.jobs import run_job
from ui.referrals.keeper import DraftKeeper

SAVE_AFTER_MS = 600


def once(parent: QObject, after: int, act: Callable[[], object]) -> QTimer:
    """A timer that rings once."""
    made = QTimer(parent)
    made.setSingleShot(True)
    made.setInterval(after)
    made.timeout.connect(lambda: act())
    return made


class DraftSaver(QObject):
    """`said` carries what stands beside the title: not saved yet, saved 10:42:07."""

    said = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self.keeper: DraftKeeper | None = None
        self.timer = once(self, SAVE_AFTER_MS, self._save)

    def hold(self, keeper: DraftKeeper | None) -> None:
        """From now on another letter's draft, or none; the one before was flushed."""
        self.timer.stop()
        self.keeper = keeper
        self.said.emit("")

    def typed(self, content: dict[str, Any]) -> None:
        """Something changed; a timer under way is not set back, so that steady typing is saved as well."""
        if self.keeper is None:
            return
        self.keeper.put(content)
        self.said.emit(tr("Not saved yet"))
        if not self.timer.isActive():
            self.timer.start()

    def flush(self) -> None:
        """Writes on this thread, now."""
        self.timer.stop()
        if self.keeper is not None and self.keeper.waiting:
            try:
                self._show(self.keeper.write())
            except UserError as error:
                notify.fail(self._owner, error.text())

    def _save(self) -> None:
        if self.keeper is not None:
            run_job(self._owner, self.keeper.write, on_done=self._show)

    def _show(self, at: datetime | None) -> None:
        if at is not None and (self.keeper is None or not self.keeper.waiting):
            self.said.emit(tr("Saved {time}", time=f"{local(at):%H:%M:%S}"))
