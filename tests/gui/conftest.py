"""The window in tests: offscreen, dressed, in Chinese; jobs waited for, never slept for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import sign_in
from app.common import words
from app.common.clock import Clock
from tests.services.conftest import PASSWORD, Bench, bench, template
from ui import jobs, theme
from ui.application import DeskWindow
from ui.doors import Doors, Office, Workspace
from ui.preferences import Preferences
from ui.shell import Shell
from ui.signin import SignInPage

__all__ = ["bench", "template"]


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
        if window.windowType() != Qt.WindowType.Popup:  # a popup belongs to its combo box or completer
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


class SetDoors(Doors):
    """The real doors, with the test's clock behind them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def sign_in(self, workspace: Workspace, login: str, password: str) -> Office:
        office: Office = sign_in(cast(Any, workspace), login, password, self._clock)
        return office


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    """Those of a PC that never ran the program."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    return Preferences()


@pytest.fixture
def window(qtbot: QtBot, bench: Bench, preferences: Preferences) -> Iterator[DeskWindow]:
    """The application's window on a real centre, at its sign-in page; it is 10:42:07 on Monday, 2026-11-23."""
    made = DeskWindow(SetDoors(bench.clock), preferences, bench.folder)
    made.begin()
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made
    made.close()


@pytest.fixture
def enter(window: DeskWindow, wait_jobs: Callable[[], None]) -> Callable[[str], Shell]:
    """Signs somebody in by typing, and answers the desk."""

    def go(login: str) -> Shell:
        wait_jobs()
        page = window.page()
        assert isinstance(page, SignInPage)
        page.choose(login)
        page.type_password(PASSWORD)
        wait_jobs()
        shell = window.shell()
        assert shell is not None, page.error()
        return shell

    return go
