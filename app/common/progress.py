"""How long work tells how far it is, and how it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.common.errors import Cancelled

Progress = Callable[[int, int], None]
"""Called as progress(done, total); total 0 means unknown."""


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


class CancelToken:
    """Set from any thread; long work calls `check()` between its steps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raises Cancelled once `cancel()` was called."""
        if self._event.is_set():
            raise Cancelled
