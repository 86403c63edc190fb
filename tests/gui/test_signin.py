"""Sign-in: before anything heavy is imported, with one clear sentence for whatever goes wrong."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.common import words
from app.security.workspace import Workspace
from tests.services.conftest import PASSWORD, Bench
from ui.__main__ import window_options
from ui.application import DeskWindow
from ui.doors import Doors
from ui.preferences import Preferences
from ui.shell import Shell
from ui.signin import SignInPage
from ui.widgets.segmented import SegmentedControl

Wait = Callable[[], None]


def _page(window: DeskWindow) -> SignInPage:
    page = window.page()
    assert isinstance(page, SignInPage)
    return page


def _password(page: SignInPage) -> QLineEdit:
    return next(line for line in page.findChildren(QLineEdit) if line.echoMode() == QLineEdit.EchoMode.Password)


def test_by_keyboard_alone(window: DeskWindow, qtbot: QtBot, wait_jobs: Wait) -> None:
    wait_jobs()
    page = _page(window)
    page.choose("psych")
    line = _password(page)
    qtbot.waitUntil(line.hasFocus)
    qtbot.keyClicks(line, PASSWORD)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    wait_jobs()
    shell = window.shell()
    assert shell is not None and shell.office.who.login == "psych"


def test_a_wrong_password_is_one_sentence_and_the_window_stays(window: DeskWindow, wait_jobs: Wait) -> None:
    wait_jobs()
    page = _page(window)
    page.type_password("wrong-password-12")
    wait_jobs()
    assert page.error() == words.tr("User name or password is wrong.") and window.shell() is None


def test_nothing_typed_is_said_without_asking(window: DeskWindow, wait_jobs: Wait) -> None:
    wait_jobs()
    _page(window).type_password("")
    assert _page(window).error() == "请输入密码。"


def test_enter_before_the_folder_was_read_waits_for_it(window: DeskWindow, wait_jobs: Wait) -> None:
    page = _page(window)
    page.type_password(PASSWORD)
    wait_jobs()
    shell = window.shell()
    assert shell is not None and shell.office.who.login == Workspace(window.folder).cards()[0].login


def test_a_second_window_on_the_folder_is_refused(
    window: DeskWindow, bench: Bench, preferences: Preferences, qtbot: QtBot, wait_jobs: Wait
) -> None:
    wait_jobs()
    other = DeskWindow(Doors(), preferences, bench.folder)
    qtbot.addWidget(other)
    other.begin()
    wait_jobs()
    page = _page(other)
    assert page.error() and not _password(page).isEnabled()
    other.close()


def test_a_damaged_accounts_file_is_told(bench: Bench, preferences: Preferences, qtbot: QtBot, wait_jobs: Wait) -> None:
    (bench.folder / "accounts.json").write_text("{", encoding="utf-8")
    window = DeskWindow(Doors(), preferences, bench.folder)
    qtbot.addWidget(window)
    window.begin()
    wait_jobs()
    assert "accounts.json" in _page(window).error()
    window.close()


def test_a_damaged_database_is_told_after_the_password(window: DeskWindow, bench: Bench, wait_jobs: Wait) -> None:
    path = bench.folder / "centre.db"
    path.write_bytes(b"\0" * path.stat().st_size)
    wait_jobs()
    page = _page(window)
    page.type_password(PASSWORD)
    wait_jobs()
    assert page.error() and window.shell() is None


def test_caps_lock_is_noticed(window: DeskWindow, wait_jobs: Wait) -> None:
    wait_jobs()
    page = _page(window)
    line, none = _password(page), Qt.KeyboardModifier.NoModifier
    press = QKeyEvent.Type.KeyPress
    QApplication.sendEvent(line, QKeyEvent(press, Qt.Key.Key_A, none, "a"))
    assert page.caps_hint() == ""
    QApplication.sendEvent(line, QKeyEvent(press, Qt.Key.Key_A, none, "A"))
    assert page.caps_hint() == "大写锁定已打开。"
    QApplication.sendEvent(line, QKeyEvent(press, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier, "A"))
    assert page.caps_hint() == ""


def test_the_language_is_switched_live(window: DeskWindow, wait_jobs: Wait) -> None:
    wait_jobs()
    _page(window).findChildren(SegmentedControl)[0].chosen.emit("en")
    wait_jobs()
    assert words.language() == "en" and window.windowTitle() == "Longshan Desk"
    assert Preferences().language == "en"


def test_who_signed_in_last_is_offered_first(
    window: DeskWindow, enter: Callable[[str], Shell], wait_jobs: Wait
) -> None:
    shell = enter("supervisor")
    shell.signed_out.emit()
    wait_jobs()
    assert _page(window).login() == "supervisor"


def test_the_doors_agree_with_the_workspace_on_what_is_there(bench: Bench, tmp_path: Path) -> None:
    from app.security.workspace import exists

    for folder in (bench.folder, tmp_path / "nothing"):
        assert Doors().exists(folder) == exists(folder)


def test_the_way_to_the_sign_in_window_imports_nothing_heavy(python: str, root: Path, bench: Bench) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom ui.application import make_window\n"
        "window = make_window(Path(sys.argv[1]), 'zh')\n"
        "heavy = {'sqlalchemy', 'alembic', 'reportlab', 'pypinyin', 'openpyxl'} & set(sys.modules)\n"
        "print(sorted(heavy))\nwindow.close()\n"
    )
    done = subprocess.run([python, "-c", program, str(bench.folder)], cwd=root, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ([], {}),
        (["--workspace", "D", "--lang=en"], {"--workspace": "D", "--lang": "en"}),
        (["demo", "D"], None),
        (["--lang", "xx"], None),
        (["--workspace"], None),
        (["--version"], None),
    ],
)
def test_only_the_windows_own_options_open_it(line: list[str], expected: dict[str, str] | None) -> None:
    assert window_options(line) == expected
