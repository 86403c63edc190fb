"""The courier's one run: one at a time, bounded tries, a sentence at the end. What it moves is told in `exchange`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from app.common.errors import EnvironmentFault, UserError
from app.common.progress import CancelToken, Progress, silent
from app.common.words import N_
from app.security.workspace import alone
from app.sync.exchange import Exchange
from app.sync.hub_file import read_hub_file
from app.sync.hubs import hub_words, open_hub
from app.sync.spool import COURIER, Spool
from app.sync.views import CourierResult
from db.replica.files import Disk

LOCK = "sync.lock"


def run_courier(
    workspace: Path,
    progress: Progress = silent,
    cancel: CancelToken | None = None,
    *,
    wait: Callable[[float], None] | None = None,
    now: Callable[[], float] = time.time,
    disk: Disk | None = None,
) -> CourierResult:
    """UserError "no-hub", "sync-running"; EnvironmentFault "hub-away", "hub-full", "disk-full", … once all is moved
    that can be; Cancelled between two files, what was moved stays. `wait` pauses before a try is repeated; `now` is
    in seconds, `disk` the steps of a durable write."""
    if not workspace.is_dir():
        raise EnvironmentFault("no-folder", N_("There is no folder {folder}."), folder=workspace)
    settings = read_hub_file(workspace)
    if settings is None or settings.url is None:
        raise UserError("no-hub", N_("No hub is set for this PC yet. The director sets one in Settings."))
    token = cancel or CancelToken()
    hub = open_hub(settings.url, settings.device, disk)
    running = UserError("sync-running", N_("A synchronisation is running already. Wait until it is done."))
    with alone(workspace, LOCK, running), hub_words(settings.url):
        spool = Spool(workspace, disk, COURIER)
        return Exchange(settings, hub, spool, progress, token, wait or _pause(token), now).run()


def _pause(cancel: CancelToken) -> Callable[[float], None]:
    """Waits, and stops waiting when cancelled."""

    def wait(seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            cancel.check()
            time.sleep(0.05)

    return wait
