"""Two arrivals at a time, each on the disk within a second of the last key, sealed to who types.

The telephone rings, a family stands at the counter: the second draft takes the call, the first one waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.common.errors import UserError
from app.security.drafts import DraftView
from ui.intake.state import ArrivalState
from ui.jobs import run_job

KIND = "arrival"
SLOTS = 2
PAUSE_MS, LONGEST_MS, RETRY_MS = 300, 700, 3000


@dataclass
class Slot:
    """`draft_id` is read and written on the writer thread only, so that saves and registering follow one another."""

    subject: str
    draft_id: str | None = None
    state: ArrivalState = field(default_factory=ArrivalState)
    saved_at: datetime | None = None


class ArrivalDrafts(QObject):
    """`told(saved_at, failed)` when the current draft's standing towards the disk changes."""

    told = Signal(object, bool)

    def __init__(self, parent: QObject, drafts: Any, collect: Callable[[], ArrivalState]) -> None:
        super().__init__(parent)
        self._drafts = drafts
        self._collect = collect
        self.slots = [Slot(str(number)) for number in range(1, SLOTS + 1)]
        self._at = 0
        self._dirty = False
        self._pause = self._timer(PAUSE_MS)
        self._longest = self._timer(LONGEST_MS)

    def _timer(self, interval: int) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=interval)
        timer.timeout.connect(self.flush)
        return timer

    @property
    def current(self) -> Slot:
        return self.slots[self._at]

    @property
    def place(self) -> int:
        """Which one is on screen, from 0."""
        return self._at

    def load(self, on_ready: Callable[[], object]) -> None:
        """What was left when the program ended or the tab was built anew."""

        def read() -> None:
            for view in self._drafts.list(KIND):
                slot = next((one for one in self.slots if one.subject == view.subject), None)
                if slot is not None and slot.draft_id is None:
                    slot.draft_id, slot.saved_at = view.id, view.saved_at
                    slot.state = ArrivalState.of(view.content)

        # On the write lane: behind the last save of the tab that this one replaces, before the first of its own.
        run_job(self, read, on_done=lambda _none: on_ready())

    def touched(self) -> None:
        """Something was typed. Costs next to nothing."""
        self._pause.start()
        if not self._dirty:
            self._dirty = True
            self._longest.start()

    def flush(self) -> None:
        """Saves now what is unsaved."""
        self._stop()
        if not self._dirty:
            return
        self._dirty = False
        slot = self.current
        slot.state = self._collect()
        run_job(
            self,
            self._write,
            slot,
            slot.state,
            on_done=lambda at: self._kept(slot, at),
            on_error=lambda error: self._failed(slot, error),
        )

    def switch(self, place: int) -> ArrivalState:
        """Goes to the other draft; what was typed in this one is saved first."""
        self.flush()
        self.current.state = self._collect()
        self._at = place
        self.told.emit(self.current.saved_at, False)
        return self.current.state

    def free_place(self) -> int | None:
        """A draft in which nothing is typed; the current one before the other."""
        if self._collect().empty:
            return self._at
        return next((p for p, slot in enumerate(self.slots) if p != self._at and slot.state.empty), None)

    def spend(self, slot: Slot) -> None:
        """The draft was registered: it starts anew."""
        slot.state, slot.saved_at = ArrivalState(), None
        if slot is self.current:
            self.hold_back()
            self.told.emit(None, False)

    def hold_back(self) -> None:
        """While the current draft is being registered, it is not saved again behind its own end."""
        self._stop()
        self._dirty = False

    def _stop(self) -> None:
        self._pause.stop()
        self._longest.stop()

    def _write(self, slot: Slot, state: ArrivalState) -> datetime | None:
        """On the writer thread."""
        if state.empty:
            if slot.draft_id is not None:
                self._drafts.discard(slot.draft_id)
                slot.draft_id = None
            return None
        view: DraftView = self._drafts.save(KIND, slot.subject, state.content(), slot.draft_id)
        slot.draft_id = view.id
        return view.saved_at

    def _kept(self, slot: Slot, at: datetime | None) -> None:
        slot.saved_at = at
        self.told.emit(self.current.saved_at, False)

    def _failed(self, slot: Slot, _error: UserError) -> None:
        """The text is still on screen or in the slot; it is tried again."""
        if slot is self.current:
            self.told.emit(slot.saved_at, True)
            self._dirty = True
            QTimer.singleShot(RETRY_MS, self, self.flush)
