"""The one window and the order of its pages: set-up or sign-in, then the desk; and everything that outlives a page."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from app.common import words
from app.common.words import tr
from ui import icons, jobs, theme
from ui.doors import Doors, Office, Workspace
from ui.faults import catch_all, drop_log, keep_log
from ui.language import speak
from ui.preferences import Preferences, data_folder
from ui.signin import SignInPage
from ui.widgets.layout import column

if TYPE_CHECKING:
    from ui.shell import Shell

WARM_AFTER_MS = 120
"""Long enough for the window to be painted before imports compete with it."""


class DeskWindow(QWidget):
    """Top-level; shows one page at a time."""

    def __init__(self, doors: Doors, preferences: Preferences, folder: Path) -> None:
        super().__init__()
        self.doors = doors
        self.preferences = preferences
        self.folder = folder
        self._held = ExitStack()
        self._office: Office | None = None
        self._pages = QStackedWidget()
        self._pages.setProperty("kind", "ground")
        column(self._pages, parent=self)
        self.setWindowTitle(tr("Longshan Desk"))
        self.setWindowIcon(icons.icon("sunrise", "accent"))
        self.resize(1366, 768)

    def begin(self) -> None:
        """The first page for the folder: sign-in if a centre is there, set-up if not."""
        if self.doors.exists(self.folder):
            self.show_sign_in()
        else:
            self.show_setup()

    def show_sign_in(self) -> None:
        """Asks who it is; takes hold of the folder, so that no second window opens it."""
        page = SignInPage(self.doors, self._take, login=self.preferences.login)
        page.signed_in.connect(self._show_desk)
        page.demo_wanted.connect(self._show_demo)
        page.language_wanted.connect(self._speak)
        self.show_page(page)
        page.setFocus()
        QTimer.singleShot(WARM_AFTER_MS, page, lambda: self._warm(page))

    def _warm(self, page: QWidget) -> None:
        """Unless the window was closed before it came to that."""
        if self.isVisible():
            jobs.run_job(page, self.doors.warm, lane="pool")

    def show_setup(self) -> None:
        """Asks what to begin with."""
        from ui.setup import SetupPage

        page = SetupPage(self.doors, self.folder)
        page.ready.connect(self._open_folder)
        page.language_wanted.connect(self._speak_setup)
        self.show_page(page)

    def page(self) -> QWidget | None:
        """What is on show."""
        return self._pages.currentWidget()

    def shell(self) -> Shell | None:
        """The desk, while somebody is signed in."""
        from ui.shell import Shell

        page = self._pages.currentWidget()
        return page if isinstance(page, Shell) else None

    def sign_out(self) -> None:
        """Closes the office and goes back to the first page."""
        self._close_office()
        self.begin()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._close_office()
        self._held.close()
        jobs.stop()
        super().closeEvent(event)

    def _take(self) -> Workspace:
        """On the reader thread: the folder's accounts, and the hold on it."""
        self._held.close()
        workspace = self.doors.open_workspace(self.folder)
        self._held.enter_context(self.doors.only_window(self.folder))
        return workspace

    def _show_desk(self, office: Office) -> None:
        from ui.shell import Shell

        self._office = office
        keep_log(self.folder)
        self.preferences.login = str(office.who.login)
        self.preferences.workspace = self.folder
        shell = Shell(office, self.preferences)
        shell.signed_out.connect(self.sign_out)
        self.show_page(shell)
        shell.begin()

    def _close_office(self) -> None:
        if self._office is None:
            return
        shell = self.shell()
        office, self._office = self._office, None
        close: Callable[[], object] = office.close
        if shell is not None:
            shell.flush()
            shell.syncing.stop()
            close = shell.syncing.after(close)
        jobs.run_last(close)
        drop_log()

    def _show_demo(self) -> None:
        from ui.setup import SetupPage

        page = SetupPage(self.doors, self.folder, demo_only=True)
        page.ready.connect(self._open_folder)
        page.left.connect(self.begin)
        self.show_page(page)
        page.start_demo(data_folder() / "demo")

    def _open_folder(self, folder: Path) -> None:
        self.folder = folder
        self.begin()

    def _speak(self, language: str) -> None:
        self._set_language(language)
        self.show_sign_in()

    def _speak_setup(self, language: str) -> None:
        self._set_language(language)
        self.show_setup()

    def _set_language(self, language: str) -> None:
        speak(language)
        self.preferences.language = language
        self.setWindowTitle(tr("Longshan Desk"))

    def show_page(self, page: QWidget) -> None:
        """Instead of what was there."""
        before = self._pages.currentWidget()
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        if before is not None:
            self._pages.removeWidget(before)
            before.deleteLater()


def make_window(workspace: Path | None = None, language: str | None = None, doors: Doors | None = None) -> DeskWindow:
    """A dressed application with its window on screen, ready for keys."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("longshan")
    app.setDesktopFileName("longshan-desk")
    preferences = Preferences()
    words.set_language(language or preferences.language)
    QTimer.singleShot(WARM_AFTER_MS, app, lambda: speak(words.language()))
    theme.start(app, mode=preferences.appearance, scale=preferences.scale)
    window = DeskWindow(doors or Doors(), preferences, workspace or preferences.workspace)
    window.begin()
    room = window.screen().availableSize()
    if room.width() <= 1440 or room.height() <= 860:
        window.showMaximized()  # an office screen: the frame and the panel take their part of 1366x768
    else:
        window.show()
    return window


def run(workspace: Path | None = None, language: str | None = None) -> int:
    """Opens the window and stays until it is closed."""
    window = make_window(workspace, language)
    catch_all(window)
    app = QApplication.instance()
    assert app is not None
    status = app.exec()
    window.close()
    jobs.stop()
    return status
