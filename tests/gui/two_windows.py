"""Windows on two real PCs with a hub between them: `at_pc(folder, login)` signs in at one, in its own window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import SetDoors
from tests.services.conftest import PASSWORD
from tests.services.two_pcs import TwoPcs
from ui.application import DeskWindow
from ui.preferences import Preferences
from ui.shell import Shell
from ui.signin import SignInPage

AtPc = Callable[[Path, str], Shell]


@pytest.fixture
def at_pc(qtbot: QtBot, pcs: TwoPcs, preferences: Preferences, wait_jobs: Callable[[], None]) -> Iterator[AtPc]:
    windows: list[DeskWindow] = []

    def go(folder: Path, login: str) -> Shell:
        for window in windows:
            if window.folder == folder:  # signed out there: the same window again
                break
        else:
            window = DeskWindow(SetDoors(pcs.clock), preferences, folder)
            windows.append(window)
            window.begin()
            window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        wait_jobs()
        page = window.page()
        assert isinstance(page, SignInPage)
        page.choose(login)
        page.type_password(PASSWORD)
        wait_jobs()
        shell = window.shell()
        assert shell is not None, page.error()
        return shell

    yield go
    for window in windows:
        window.close()
