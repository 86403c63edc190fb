"""Work off the UI thread: one writer thread and one reader thread for the database, a pool for the rest.

Every service call of a widget goes through `run_job`. Results come back on the UI thread; they are dropped
if the widget that asked has died, but what a write changed is announced all the same.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Signal, Slot

from app.common.changes import Changes, Done
from app.common.errors import Cancelled, Confirmation, EnvironmentFault, UserError
from app.common.progress import CancelToken
from app.common.words import tr
from ui.litter import Litter

LANES = {"write": 1, "read": 1, "pool": 2}
_log = logging.getLogger(__name__)


def still_there(owner: QObject) -> bool:
    """Whether Qt has not deleted it yet."""
    return shiboken6.isValid(owner)


class Bus(QObject):
    """What committed writes have changed. `changed(topics: frozenset[Topic], initiator: QObject | None)`."""

    changed = Signal(object, object)

    def announce(self, changes: Changes, initiator: QObject | None = None) -> None:
        """Tells everybody; after the commit, never before."""
        if changes.topics:
            self.changed.emit(changes.topics, initiator)


def _nothing() -> None:
    """What a job calls once it is over."""


class Job:
    """One call under way."""

    def __init__(
        self, owner: QObject, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], lane: str
    ) -> None:
        self.owner: QObject | None = owner
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.lane = lane
        self.on_done: Callable[[Any], object] | None = None
        self.on_error: Callable[[UserError], object] | None = None
        self.on_progress: Callable[[int, int], object] | None = None
        self.on_end: Callable[[], object] | None = None
        self.token = CancelToken()

    def cancel(self) -> None:
        """Asks it to stop; it stops at its next step, and its transaction with it."""
        self.token.cancel()

    @property
    def alive(self) -> bool:
        """Whether whoever asked is still there."""
        return self.owner is not None and still_there(self.owner)

    def release(self) -> None:
        """Lets go of everything of the UI's on its own thread: the worker may be the last to hold the job."""
        self.owner = self.on_done = self.on_error = self.on_progress = self.on_end = None
        self.fn, self.args, self.kwargs = _nothing, (), {}


class _Runner(QObject):
    """Lives on the UI thread; worker threads reach it by signals only."""

    finished = Signal(object, object, object)
    stepped = Signal(object, int, int)

    def __init__(self) -> None:
        super().__init__()
        self.bus = Bus()
        self._litter = Litter()
        self._lanes = {
            name: ThreadPoolExecutor(workers, thread_name_prefix=f"desk-{name}") for name, workers in LANES.items()
        }
        self._pending: set[Job] = set()
        self.finished.connect(self._deliver)
        self.stepped.connect(self._step)

    def submit(self, job: Job) -> None:
        self._pending.add(job)
        self._lanes[job.lane].submit(self._work, job)

    def idle(self) -> bool:
        return not self._pending

    def cancel_all(self) -> None:
        for job in self._pending:
            job.cancel()

    def close(self) -> None:
        """Waits for what was begun; nothing new is taken."""
        for lane in self._lanes.values():
            lane.shutdown(wait=True)
        self._litter.close()

    def wait_for(self, fn: Callable[[], object]) -> BaseException | None:
        return self._lanes["write"].submit(fn).exception()

    def _work(self, job: Job) -> None:
        """On a worker thread."""
        result: object = None
        fault: BaseException | None = None
        try:
            job.token.check()
            result = job.fn(*job.args, **job.kwargs)
        except BaseException as error:
            fault = error
        self.finished.emit(job, result, fault)

    @Slot(object, int, int)
    def _step(self, job: Job, done: int, total: int) -> None:
        if job.alive and job.on_progress is not None and job in self._pending:
            job.on_progress(done, total)

    @Slot(object, object, object)
    def _deliver(self, job: Job, result: object, fault: BaseException | None) -> None:
        self._pending.discard(job)
        if job.alive and job.on_end is not None and not isinstance(fault, Confirmation):
            job.on_end()
        if fault is not None:
            _fail(job, fault)
            if not isinstance(fault, Confirmation):
                job.release()
            return
        value = result.value if isinstance(result, Done) else result
        try:
            if job.alive and job.on_done is not None:
                job.on_done(value)
        finally:
            if isinstance(result, Done):
                self.bus.announce(result.changes, job.owner if job.alive else None)
            job.release()


_runner: _Runner | None = None


def _running() -> _Runner:
    global _runner
    if _runner is None:
        _runner = _Runner()
    return _runner


def bus() -> Bus:
    """Where changes are announced."""
    return _running().bus


def run_job(
    owner: QObject,
    fn: Callable[..., Any],
    *args: Any,
    on_done: Callable[[Any], object] | None = None,
    on_error: Callable[[UserError], object] | None = None,
    on_progress: Callable[[int, int], object] | None = None,
    on_end: Callable[[], object] | None = None,
    lane: str = "write",
    cancellable: bool = False,
    **kwargs: Any,
) -> Job:
    """Calls `fn(*args, **kwargs)` on a lane and brings the answer back.

    `on_done(value)` gets the value (of a `Done`, its value; its changes are announced after). `on_error(UserError)`
    replaces the toast. With `on_progress`, `fn` gets `progress=`; with that or `cancellable`,
    `cancel=` (a CancelToken).
    A Confirmation asks, then calls again with its token in `confirmed=`. `on_end()` comes first, however it ended.
    """
    runner = _running()
    job = Job(owner, fn, args, dict(kwargs), lane)
    job.on_done, job.on_error, job.on_progress, job.on_end = on_done, on_error, on_progress, on_end
    if on_progress is not None:
        job.kwargs["progress"] = lambda done, total: runner.stepped.emit(job, done, total)
    if on_progress is not None or cancellable:
        job.kwargs["cancel"] = job.token
    runner.submit(job)
    return job


def idle() -> bool:
    """Whether every call has been answered."""
    return _runner is None or _runner.idle()


def run_last(fn: Callable[[], object]) -> None:
    """Runs on the writer thread after everything that waits there, and waits for it: what closes the file."""
    runner = _running()
    fault = runner.wait_for(fn)
    if fault is not None:
        log_fault(fault)


def stop() -> None:
    """At the end: asks what runs to stop, waits for it, and ends the threads."""
    global _runner
    if _runner is not None:
        _runner.cancel_all()
        _runner.close()
        _runner.deleteLater()
        _runner = None


def _fail(job: Job, fault: BaseException) -> None:
    if isinstance(fault, Cancelled):
        return
    if isinstance(fault, Confirmation):
        _ask(job, fault)
    elif isinstance(fault, UserError):
        if not job.alive:
            return
        if job.on_error is not None:
            job.on_error(fault)
        elif job.owner is not None:
            _tell(job.owner, fault)
    else:
        log_fault(fault)
        if job.owner is not None and job.alive:
            from ui import notify

            notify.fail(job.owner, tr("Something went wrong. What you typed is still here."))


def _ask(job: Job, question: Confirmation) -> None:
    if job.owner is None or not job.alive:
        return
    from ui import ask

    def again() -> None:
        confirmed = frozenset(job.kwargs.get("confirmed", ())) | {question.token}
        job.kwargs["confirmed"] = confirmed
        _running().submit(job)

    def not_now() -> None:
        if job.on_end is not None:
            job.on_end()
        job.release()

    ask.confirm(job.owner, question.text(), on_yes=again, on_no=not_now)


def _tell(owner: QObject, fault: UserError) -> None:
    from ui import notify

    if isinstance(fault, EnvironmentFault):
        notify.fail(owner, fault.text())
    else:
        notify.warn(owner, fault.text())


def log_fault(fault: BaseException) -> None:
    """A bug: its type and where it was, never a message or a value, which may be about a client."""
    frames = traceback.extract_tb(fault.__traceback__)
    where = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    _log.error("%s at %s", type(fault).__name__, where)
