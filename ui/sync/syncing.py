"""Who runs synchronisation while the window is open: one run at a time, never on the UI thread, and how it stands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.common.changes import Changes, Done, Topic
from app.common.clock import Clock
from app.common.errors import EnvironmentFault, LongshanError, UserError
from app.common.progress import CancelToken, Progress
from app.common.words import N_
from app.sync.views import SyncResult, SyncStatus
from ui import notify
from ui.jobs import Job, bus, log_fault, run_job
from ui.sync import when, words

FAULT = N_("Synchronisation stopped at a fault of this program. Nothing is lost; please run the check-up in Settings.")
BUSY = ("sync-running", "no-hub")
TICK_MS = 5_000
STATUS_TICKS = 12
"""Once a minute the state is read again: the system's own courier may have run meanwhile."""
LONGEST_WAIT = 20.0
"""Seconds: a share that hangs must not keep anybody from signing out; what it still does is void by then."""
BACKUP_TICKS = 24
"""Not while the first screens load."""


class Syncing(QObject):
    """`changed` when the state may read differently; `stepped(done, total)` while a run goes on; `ended(sentence)` with
    what went wrong, or nothing; `backed_up` after the daily backup was tried."""

    changed = Signal()
    stepped = Signal(int, int)
    ended = Signal(str)
    backed_up = Signal()
    known = Signal()  # how the last run went is another than what was said before

    def __init__(self, services: Any, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._sync = services.sync
        self._backups = services.backups
        self._clock = clock
        self._one = threading.Lock()
        self._job: Job | None = None
        self._others: list[Job] = []
        self._done = when.Round()
        self._fault = ("", "")
        self._seen = False
        self._came = False
        self._ticks = 0
        self._stopped = False
        self.status: SyncStatus | None = None
        self.timer = QTimer(self)
        self.timer.setInterval(TICK_MS)
        self.timer.timeout.connect(self.tick)

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._job is not None

    @property
    def shown(self) -> bool:
        """Whether the run under way is told: one by itself only once it takes its time, since a bar that flickers every
        minute draws the eye for nothing."""
        return self.running and self._seen

    @property
    def busy(self) -> bool:
        """Whether other long work on the file is under way."""
        self._others = [job for job in self._others if job.alive]
        return bool(self._others)

    def state(self) -> words.State:
        """For the top bar and the card."""
        code, failed = self._fault
        return words.state(self.status, self._clock.now(), running=self.shown, away=code == "hub-away", failed=failed)

    def begin(self) -> None:
        """After the sign-in: how it stands, then the first run."""
        self.timer.start()
        self.load(self._first)

    def _first(self) -> None:
        """Without a hub there may be packets all the same, brought by hand."""
        if self.status is not None and self.status.hub is None and self.status.waiting:
            self._job = run_job(
                self, self._alone(self._sync.merge), lane="pool", on_progress=self.stepped.emit, on_end=self._over
            )
        self.tick()

    def load(self, then: Callable[[], object] | None = None) -> None:
        """Reads the state again."""
        if self._stopped:
            return

        def show(status: SyncStatus) -> None:
            before, self.status = self.status, status
            self.changed.emit()
            if before is None or (before.last_success, before.last_error) != (status.last_success, status.last_error):
                self.known.emit()
            if then is not None:
                then()

        run_job(self, self._sync.status, lane="read", on_done=show)

    def tick(self) -> None:
        """Starts what is due."""
        self._ticks += 1
        if self._ticks % STATUS_TICKS == 0:
            self.load()
        self._seen = self.running
        self.changed.emit()  # "2 minutes ago" grows
        if self.running or self.busy or self._stopped:
            return
        now = self._clock.now()
        if self.status is not None and self.status.hub is not None:
            by = when.due(self._done, now, self.status.interval)
            if by:
                self.run(by)
                return
        if self._ticks >= BACKUP_TICKS and when.backup_due(self._done, now):
            self._back_up()

    def run(self, by: str) -> bool:
        """Begins a run unless one is under way. Only a person's own is answered with a message."""
        if self.running or self._stopped:
            return False
        self._done = self._done.began(self._clock.now())
        asked = self._seen = by == "person"
        self._job = run_job(
            self,
            self._alone(self._run),
            by,
            lane="pool",
            on_progress=self.stepped.emit,
            on_done=lambda result: self._succeeded(result, asked),
            on_error=lambda error: self._failed(error, asked),
            on_end=self._over,
        )
        self.changed.emit()
        return True

    def work(self, owner: QObject, fn: Callable[..., Any], *args: Any, **how: Any) -> Job:
        """Other long work on the whole file, such as a backup: never beside a run, and over before the file closes.
        `how` as in `run_job`, with `on_progress`."""
        job = run_job(owner, self._alone(fn), *args, lane="pool", **how)
        self._others.append(job)
        return job

    def cancel(self) -> None:
        """The person does not want to wait; what was merged stays merged."""
        if self._job is not None:
            self._job.cancel()

    def stop(self) -> None:
        """Nothing more is begun, and what runs is asked to stop."""
        self._stopped = True
        self.timer.stop()
        self.cancel()
        for job in self._others:
            job.cancel()

    def after(self, close: Callable[[], object]) -> Callable[[], object]:
        """`close`, once no run uses the file any more; to be called on a worker after `stop()`."""

        def wait() -> object:
            ended = self._one.acquire(timeout=LONGEST_WAIT)
            try:
                return close()
            finally:
                if ended:
                    self._one.release()

        return wait

    def _alone(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """The call under the lock. A run that was stopped before it got the lock never begins."""

        def call(*args: Any, progress: Progress, cancel: CancelToken) -> Any:
            with self._one:
                cancel.check()
                return fn(*args, progress=progress, cancel=cancel)

        return call

    def _run(self, by: str, *, progress: Progress, cancel: CancelToken) -> Done[SyncResult]:
        """On a worker. A run that brought nothing leaves the tabs alone: every half minute would be too often."""
        self._came = False
        try:
            done: Done[SyncResult] = self._sync.sync(by, progress=progress, cancel=cancel)
        except UserError:
            newest = self._sync.history(1)
            self._came = bool(newest and newest[0].error and newest[0].merged)
            raise
        except LongshanError:
            raise
        except Exception as bug:  # every minute the same message would bury the work
            log_fault(bug)
            raise UserError("sync-fault", FAULT) from None
        return done if done.value.merged else Done(done.value, Changes())

    def _over(self) -> None:
        self._job = None
        self._fault = ("", "")
        self.changed.emit()

    def _succeeded(self, result: SyncResult, asked: bool) -> None:
        self.ended.emit("")
        self.load()
        if asked:
            notify.say(self, words.result_words(result))

    def _failed(self, error: UserError, asked: bool) -> None:
        """The hub may be away, and what the system's courier had brought before was taken in all the same."""
        if error.code not in BUSY:
            self._fault = (error.code, error.text())
        if self._came:
            bus().announce(Changes(frozenset(Topic)), self)
        self.ended.emit(error.text())
        self.load()
        if asked:
            tell = notify.fail if isinstance(error, EnvironmentFault) else notify.warn
            tell(self, error.text())

    def _back_up(self) -> None:
        """Quietly; a failure is seen at the card, and tried again tomorrow."""
        self._done = self._done.backed_up(self._clock.now())
        self.work(
            self,
            self._backups.make_if_due,
            on_progress=lambda _done, _total: None,
            on_error=lambda _error: None,
            on_end=self.backed_up.emit,
        )
