"""What a tab is given: the services of who is signed in, and the few things of the window that it may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal

from app.common.changes import Topic
from ui import jobs, theme

if TYPE_CHECKING:
    from ui.preferences import Preferences
    from ui.sync.syncing import Syncing


class Window(Protocol):
    """The part of the shell that tabs reach through the desk."""

    preferences: Preferences

    def open(self, key: str, **wanted: object) -> None: ...
    def set_language(self, language: str) -> None: ...
    def set_appearance(self, *, mode: str | None = None, scale: int | None = None) -> None: ...


class Tab(Protocol):
    """Every tab: a QWidget made with `XTab(desk)`."""

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """Loads again what these topics touch; None is everything. Called on first show and after changes."""

    def flush(self) -> None:
        """Commits drafts at once (`run_job` on the write lane): before locking, a language switch, and closing."""


class Desk(QObject):
    """`services`, `who` and `clock` of the signed-in person, `bus`, `theme`, `syncing` (set by the shell), and ways to
    another tab."""

    counted = Signal(str, int)

    def __init__(self, services: Any, who: Any, *, clock: Any, window: Window | None = None) -> None:
        super().__init__()
        self.services = services
        self.who = who
        self.clock = clock
        self.bus = jobs.bus()
        self.theme = theme.current()
        self.window = window
        self.syncing: Syncing | None = None

    def open_tab(self, key: str, **wanted: object) -> None:
        """Goes to a tab; it gets `show_item(**wanted)` called if anything is wanted."""
        if self.window is not None:
            self.window.open(key, **wanted)

    def set_count(self, key: str, number: int) -> None:
        """The number of what waits, beside the tab's name; 0 shows none."""
        self.counted.emit(key, number)
