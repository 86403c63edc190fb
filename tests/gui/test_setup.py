"""The set-up assistant: a new organisation page by page, and the demonstration with progress and a way back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import open_workspace, sign_in
from app.common.clock import SetClock
from app.common.errors import Cancelled
from app.common.progress import CancelToken, Progress
from tests.services.conftest import NOON
from ui.application import DeskWindow
from ui.doors import Doors
from ui.preferences import Preferences
from ui.setup import SetupPage
from ui.setup_pages import AccountPage, CentrePage, SharePage, StartPage
from ui.signin import SignInPage
from ui.widgets.button import Button, PrimaryButton
from ui.widgets.label import Label
from ui.widgets.line_edit import LineEdit

Wait = Callable[[], None]


class SlowDemo(Doors):
    """A demonstration that waits to be cancelled."""

    def __init__(self) -> None:
        self.reached = threading.Event()

    def make_demo(self, folder: Path, *, progress: Progress, cancel: CancelToken) -> None:
        progress(1, 10)
        self.reached.set()
        while not cancel.cancelled:
            cancel.check()
        cancel.check()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, preferences: Preferences) -> DeskWindow:
    made = DeskWindow(Doors(), preferences, tmp_path / "desk")
    qtbot.addWidget(made)
    made.begin()
    made.show()
    return made


def _step(window: DeskWindow) -> QWidget:
    page = window.page()
    assert isinstance(page, SetupPage)
    step = page.pages.currentWidget()
    assert step is not None
    return step


def _press(step: QWidget, words: str) -> None:
    next(button for button in step.findChildren(Button) if button.text() == words).click()


def test_a_new_organisation_from_the_first_question_to_the_sign_in(
    window: DeskWindow, tmp_path: Path, wait_jobs: Wait
) -> None:
    assert isinstance(_step(window), StartPage)
    _press(_step(window), "新建机构")
    centre = _step(window)
    assert isinstance(centre, CentrePage)
    lines = [line.text() for line in centre.findChildren(LineEdit)]
    assert lines == ["聊城市学生心理健康发展服务中心"] * 2 + ["东昌府区龙山西街33号", "0635-8311095"]
    centre.findChildren(LineEdit)[0].clear()
    _press(centre, "继续")
    assert _step(window) is centre
    centre.findChildren(LineEdit)[0].setText("聊城市机构")
    _press(centre, "继续")
    account = _step(window)
    assert isinstance(account, AccountPage)
    wait_jobs()
    name, login, again = account.findChildren(LineEdit)
    assert login.text() == "director"
    name.setText("郑主任")
    again.setText("not the passphrase")
    _press(account, "建立机构")
    assert not (tmp_path / "desk" / "accounts.json").exists()
    passphrase = account.passphrase()
    again.setText(passphrase)
    _press(account, "建立机构")
    wait_jobs()
    shares = []
    for _ in range(3):
        share = _step(window)
        assert isinstance(share, SharePage)
        go = share.findChildren(PrimaryButton)[0]
        box = share.findChildren(QCheckBox)[0]
        assert not go.isEnabled() and not box.isVisible()
        share.reveal()
        shares.append(" ".join(one.text() for one in share.findChildren(Label) if one.property("role") == "strong"))
        box.setChecked(True)
        go.click()
    assert len(set(shares)) == 3
    wait_jobs()
    assert isinstance(window.page(), SignInPage)
    office = sign_in(open_workspace(tmp_path / "desk"), "director", passphrase, SetClock(NOON))
    assert office.services.centre.view().organisation == "聊城市机构"
    assert office.services.centre.destinations()
    office.close()
    window.close()


def test_the_demonstration_tells_how_far_it_is_and_can_be_cancelled(
    qtbot: QtBot, tmp_path: Path, preferences: Preferences, wait_jobs: Wait
) -> None:
    doors = SlowDemo()
    window = DeskWindow(doors, preferences, tmp_path / "desk")
    qtbot.addWidget(window)
    window.begin()
    _press(_step(window), "演示中心")
    page = window.page()
    assert isinstance(page, SetupPage) and page.pages.currentWidget() is page.demo
    assert doors.reached.wait(20)
    qtbot.waitUntil(lambda: any(one.text() == "1 / 10" for one in page.demo.findChildren(Label)))
    _press(page.demo, "取消")
    wait_jobs()
    assert isinstance(_step(window), StartPage)
    window.close()


def test_a_cancelled_demonstration_leaves_nothing(tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        Doors().make_demo(tmp_path / "demo", progress=lambda _done, _total: None, cancel=cancel)
    assert list(tmp_path.iterdir()) == []
