"""Python's collector of cycles runs on the UI thread only, as long as there are worker threads.

Left alone it runs in whichever thread allocates, finds dead widgets there, and deletes them off the UI thread: a crash.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

SECONDS = 2


class Litter(QObject):
    """Takes the collector over when made; `close` gives it back."""

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._clock = QTimer(self)
        self._clock.setInterval(SECONDS * 1000)
        self._clock.timeout.connect(self.sweep)
        self._clock.start()

    def sweep(self) -> None:
        """Collects the generations that are due, by Python's own thresholds; on the UI thread."""
        for generation, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            if count > most > 0:
                gc.collect(generation)
            else:
                break

    def close(self) -> None:
        """No worker thread is left."""
        self._clock.stop()
        gc.enable()
