"""Work off the UI thread: results, changes, questions, faults, dead owners, cancelling."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.common.changes import Changes, Done, Topic
from app.common.errors import Confirmation, EnvironmentFault, UserError
from app.common.progress import CancelToken, Progress
from tests.watch import ExpectedLog
from ui import ask, jobs, notify
from ui.jobs import run_job

Wait = Callable[[], None]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    made.resize(800, 600)
    qtbot.addWidget(made)
    made.show()
    yield made


def test_the_answer_comes_on_the_ui_thread(window: QWidget, wait_jobs: Wait) -> None:
    seen: list[Any] = []

    def work(a: int, *, b: int) -> tuple[int, str]:
        return a + b, threading.current_thread().name

    run_job(window, work, 2, b=3, lane="read", on_done=lambda v: seen.append((v, QThread.currentThread())))
    wait_jobs()
    assert seen[0][0][0] == 5 and seen[0][0][1].startswith("desk-read")
    app = QApplication.instance()
    assert app is not None and seen[0][1] == app.thread()


def test_one_writer_thread_in_order(window: QWidget, wait_jobs: Wait) -> None:
    seen: list[tuple[int, str]] = []
    for number in range(20):
        run_job(window, lambda n=number: seen.append((n, threading.current_thread().name)))
    wait_jobs()
    assert [n for n, _name in seen] == list(range(20))
    assert len({name for _n, name in seen}) == 1


def test_a_write_hands_over_its_value_and_announces_its_changes_after(window: QWidget, wait_jobs: Wait) -> None:
    order: list[Any] = []
    jobs.bus().changed.connect(lambda topics, by: order.append((topics, by)))
    run_job(window, lambda: Done("A03", Changes.of(Topic.QUEUE)), on_done=order.append)
    wait_jobs()
    assert order == ["A03", (frozenset({Topic.QUEUE}), window)]


def test_the_callback_of_a_dead_widget_is_dropped_but_its_changes_are_announced(
    window: QWidget, wait_jobs: Wait, qtbot: QtBot
) -> None:
    gate = threading.Event()
    seen: list[Any] = []
    heard: list[Any] = []
    jobs.bus().changed.connect(lambda topics, by: heard.append((topics, by)))
    owner = QLabel("x", window)

    def work() -> Done[int]:
        gate.wait(10)
        return Done(1, Changes.of(Topic.QUEUE))

    run_job(owner, work, on_done=seen.append)
    with qtbot.waitSignal(owner.destroyed):
        owner.deleteLater()
    gate.set()
    wait_jobs()
    assert not seen
    assert heard == [(frozenset({Topic.QUEUE}), None)]


def test_a_refusal_is_a_toast_that_goes_or_the_callers_own(window: QWidget, wait_jobs: Wait) -> None:
    def refuse() -> None:
        raise UserError("no", "The ticket {t} is gone.", t="A03")

    run_job(window, refuse)
    wait_jobs()
    assert notify.shown(window) == ["The ticket A03 is gone."]
    codes: list[str] = []
    run_job(window, refuse, on_error=lambda error: codes.append(error.code))
    wait_jobs()
    assert codes == ["no"] and len(notify.shown(window)) == 1


def test_a_fault_of_the_machine_stays_until_it_is_read(window: QWidget, wait_jobs: Wait) -> None:
    def full() -> None:
        raise EnvironmentFault("disk-full", "The disk is full.")

    run_job(window, full)
    wait_jobs()
    toast = notify.warn(window, "x")
    assert toast is not None and not toast.stays()
    host = toast.parent()
    assert [t.stays() for t in host.toasts()] == [True, False]  # type: ignore[union-attr]


def test_a_question_is_asked_and_the_call_made_again_with_its_token(window: QWidget, wait_jobs: Wait) -> None:
    got: list[Any] = []

    def act(confirmed: frozenset[str] = frozenset()) -> str:
        for token in ("first", "second"):
            if token not in confirmed:
                raise Confirmation(token, "Really?")
        return "done"

    with ask.scripted(True, True) as asked:
        run_job(window, act, on_done=got.append)
        wait_jobs()
        assert got == ["done"] and len(asked) == 2
    ended: list[int] = []
    with ask.scripted(False):
        run_job(window, act, on_done=got.append, on_end=lambda: ended.append(1))
        wait_jobs()
    assert got == ["done"] and ended == [1]


def test_a_bug_is_logged_without_its_words_and_said(
    window: QWidget, wait_jobs: Wait, expected_log: ExpectedLog, caplog: pytest.LogCaptureFixture
) -> None:
    expected_log("ZeroDivisionError at test_jobs.py:[0-9]+ bug")

    def bug(name: str) -> float:
        if name:
            raise ZeroDivisionError(f"secret {name}")
        return 0

    run_job(window, bug, "王子琪")
    wait_jobs()
    assert "王子琪" not in caplog.text and "secret" not in caplog.text
    assert len(notify.shown(window)) == 1


def test_long_work_tells_how_far_it_is_and_stops_when_asked(window: QWidget, qtbot: QtBot, wait_jobs: Wait) -> None:
    steps: list[tuple[int, int]] = []
    reached = threading.Event()

    def count(progress: Progress, cancel: CancelToken) -> None:
        progress(1, 3)
        reached.wait(10)
        cancel.check()

    done: list[Any] = []
    job = run_job(window, count, on_progress=lambda d, t: steps.append((d, t)), on_done=done.append)
    qtbot.waitUntil(lambda: steps == [(1, 3)])
    job.cancel()
    reached.set()
    wait_jobs()
    assert not done and notify.shown(window) == []


def test_dead_widgets_are_swept_up_on_the_ui_thread_only(window: QWidget, wait_jobs: Wait) -> None:
    swept: list[str] = []

    class Dead:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            swept.append(threading.current_thread().name)

    def allocate() -> None:
        for _ in range(20_000):
            _kept: list[list[int]] = [[]]
            Dead()

    run_job(window, allocate)
    wait_jobs()
    assert not swept and not gc.isenabled()
    jobs._running()._litter.sweep()
    assert set(swept) == {threading.main_thread().name}
    jobs.stop()
    assert gc.isenabled()


def test_stopping_waits_for_what_was_begun(window: QWidget) -> None:
    finished: list[int] = []
    begun = threading.Event()

    def work() -> None:
        begun.set()
        finished.append(1)

    run_job(window, work)
    assert begun.wait(10)
    jobs.stop()
    assert finished == [1] and jobs.idle()
