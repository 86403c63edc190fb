"""Where a bug goes: into the folder's log, by type and place only, and to the person as one sentence."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtWidgets import QWidget

from app.common.words import tr
from ui import jobs

NAME = "window.log"
_BYTES = 200_000
_logger = logging.getLogger("ui")


def keep_log(folder: Path) -> None:
    """Writes what the window logs to `folder`/log from now on; a folder that cannot be written is told elsewhere."""
    from logging.handlers import RotatingFileHandler  # not before the sign-in window is on screen

    drop_log()
    path = folder / "log" / NAME
    try:
        path.parent.mkdir(exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=1, encoding="utf-8", delay=True)
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    _logger.addHandler(handler)


def drop_log() -> None:
    """Lets go of the file."""
    for old in list(_logger.handlers):
        _logger.removeHandler(old)
        old.close()


def catch_all(window: QWidget) -> None:
    """An exception in a slot is no traceback on somebody's terminal, where it could name a client."""

    def hook(_kind: type[BaseException], fault: BaseException, _trace: TracebackType | None) -> None:
        from ui import notify

        jobs.log_fault(fault)
        if jobs.still_there(window):
            notify.fail(window, tr("Something went wrong. What you typed is still here."))

    sys.excepthook = hook
