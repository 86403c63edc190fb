"""The window in tests: offscreen, dressed, in Chinese; jobs waited for, never slept for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.common import words
from ui import jobs, theme


def pytest_itemcollected(item: pytest.Item) -> None:
    """The offscreen platform says so at each window; anything else that Qt warns of fails the test."""
    item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """Chinese, light, 100%; afterwards no job runs on and no window stays."""
    words.set_language("zh")
    theme.start(qapp, mode="light", scale=100)
    yield
    jobs.stop()
    for window in QApplication.topLevelWidgets():
        window.close()
        window.deleteLater()
    qapp.sendPostedEvents()
    qapp.processEvents()


@pytest.fixture
def wait_jobs(qtbot: QtBot) -> Callable[[], None]:
    """Returns once every call of `run_job` was answered on the UI thread."""

    def wait() -> None:
        qtbot.waitUntil(jobs.idle, timeout=20_000)

    return wait


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[[QWidget], QWidget]:
    """Shows a widget at the size of an office screen and gives it the keyboard."""

    def show(widget: QWidget, width: int = 1218, height: int = 716) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        qtbot.waitExposed(widget)
        widget.activateWindow()
        return widget

    return show
