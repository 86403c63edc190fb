"""What a tab is given: the services of who is signed in, and the few things of the window that it may ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from app.common.changes import Topic
from ui import jobs, theme


class Tab(Protocol):
    """Every tab: a QWidget made with `XTab(desk)`."""

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """Loads again what these topics touch; None is everything. Called on first show and after changes."""

    def flush(self) -> None:
        """Commits drafts at once: before locking, a language switch, and closing."""


class Desk(QObject):
    """`services` and `who` of the signed-in person, `bus`, `theme`, and ways to another tab.

    `counted(key, n)` sets the number on the rail: `desk.set_count("intake", 5)`.
    """

    counted = Signal(str, int)

    def __init__(self, services: Any, who: Any, *, clock: Any, opener: Callable[..., object], place: str = "") -> None:
        super().__init__()
        self.services = services
        self.who = who
        self.clock = clock
        self.place = place
        self.bus = jobs.bus()
        self.theme = theme.current()
        self._opener = opener

    def open_tab(self, key: str, **wanted: object) -> None:
        """Goes to a tab; it gets `show_item(**wanted)` called if anything is wanted."""
        self._opener(key, **wanted)

    def set_count(self, key: str, number: int) -> None:
        """The number of what waits, beside the tab's name; 0 shows none."""
        self.counted.emit(key, number)
