"""The watchers behind conftest.py: log lines nobody expected, threads and timers nobody stopped."""

from __future__ import annotations

import gc
import logging
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic


class ExpectedLog(logging.Handler):
    """Collects log records of WARNING and above; call it with a regular expression to expect one."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.patterns: list[str] = []

    def __call__(self, pattern: str) -> None:
        self.patterns.append(pattern)

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Listens at the root for the length of the block."""
        root = logging.getLogger()
        root.addHandler(self)
        try:
            yield
        finally:
            root.removeHandler(self)

    def problems(self) -> list[str]:
        """Lines that came unexpected, and expected ones that did not come."""
        lines = [f"{record.name}:{record.levelname}: {record.getMessage()}" for record in self.records]
        stray = [line for line in lines if not any(re.search(pattern, line) for pattern in self.patterns)]
        absent = [pattern for pattern in self.patterns if not any(re.search(pattern, line) for line in lines)]
        return [f"unexpected log line: {line}" for line in stray] + [f"no log line: {one}" for one in absent]


def living_threads() -> set[threading.Thread]:
    """The threads that keep this process alive."""
    return {thread for thread in threading.enumerate() if not thread.daemon and thread.is_alive()}


def stray_threads(before: set[threading.Thread], patience: float = 3.0) -> set[threading.Thread]:
    """Living threads that were not there before; those that are ending get `patience` seconds in all."""
    until = monotonic() + patience
    found = living_threads() - before
    for thread in found:
        thread.join(max(0.0, until - monotonic()))
    return {thread for thread in found if thread.is_alive()}


def repeating_timers() -> dict[int, str]:
    """Qt timers that tick on: identity to a name."""
    if "PySide6.QtWidgets" not in sys.modules:
        return {}
    from PySide6.QtCore import QCoreApplication, QEvent, QTimer
    from shiboken6 import isValid

    if QCoreApplication.instance() is None:
        return {}
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def ticking() -> dict[int, str]:
        timers = [thing for thing in gc.get_objects() if type(thing) is QTimer and isValid(thing)]
        return {
            id(timer): f"{timer.objectName() or timer.parent()!r} every {timer.interval()} ms"
            for timer in timers
            if timer.isActive() and not timer.isSingleShot()
        }

    found = ticking()
    if found:
        gc.collect()
        found = ticking()
    return found
