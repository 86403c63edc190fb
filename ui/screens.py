"""Pictures of every screen, dialog and printed page, filled with the demonstration: `python -m ui.screens FOLDER`.

A tab's own stand in `ui/<area>/screens.py` as `SCREENS`, a list of `Screen`; a tab without is shown as opened.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__" and sys.platform.startswith("linux"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QEvent, QEventLoop, QObject, QSettings
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from app.common import words
from app.common.clock import Clock, SetClock, SystemClock, at_centre
from app.common.progress import CancelToken
from ui import jobs, notify, theme
from ui.application import DeskWindow
from ui.doors import Doors, Office, Workspace
from ui.language import speak
from ui.preferences import Preferences
from ui.registry import TABS
from ui.shell import Shell
from ui.signin import SignInPage

PASSWORD = "longshan-demo"
SMALL, LARGE = (1366, 768), (1920, 1080)
DOTS = 110


@dataclass(frozen=True, slots=True)
class Screen:
    """`drive(stage)` brings it about and calls `stage.shot()`; `main` ones are also shown large and at 200% text."""

    name: str
    login: str
    drive: Callable[[Stage], None]
    main: bool = False


class Stage:
    """What a screen's function works with: a signed-in shell, waiting, and the camera."""

    def __init__(self, folder: Path, workspace: Path, clock: Clock, label: str) -> None:
        self.folder = folder
        self.workspace = workspace
        self.clock = clock
        self.label = label
        self.name = ""
        self.window = DeskWindow(_SetDoors(clock), Preferences(), workspace)

    @property
    def shell(self) -> Shell:
        """The desk of whoever is signed in."""
        shell = self.window.shell()
        if shell is None:
            raise RuntimeError("nobody is signed in")
        return shell

    def tab(self, key: str) -> Any:
        """Opens a tab and gives it when it has loaded."""
        self.shell.open(key)
        self.wait()
        return self.shell.tab(key)

    def wait(self) -> None:
        """Until every job was answered and what it showed is laid out."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.processEvents()
        while not jobs.idle():
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        app.processEvents()

    def shot(self, part: str = "") -> None:
        """A picture of the window, with the dialogs over it."""
        self.wait()
        picture = self.window.grab()
        painter = QPainter(picture)
        for other in _dialogs(self.window):
            painter.drawPixmap(other.pos() - self.window.pos(), other.grab())
        painter.end()
        self._save(picture, part)

    def pdf(self, content: bytes, part: str = "") -> None:
        """A picture of each page of a document."""
        for number, page in enumerate(pdf_pages(content), start=1):
            self._save(QPixmap.fromImage(page), f"{part}p{number}")

    def close_dialogs(self) -> None:
        """Before the next screen."""
        for other in _dialogs(self.window):
            other.close()
        notify.clear(self.window)
        self.wait()

    def _save(self, picture: QPixmap, part: str) -> None:
        name = "-".join(piece for piece in (self.name, part, self.label) if piece)
        if not picture.save(str(self.folder / f"{name}.png")):
            raise OSError(f"{name}.png")


class _SetDoors(Doors):
    """The real doors at a set hour, so that the pictures of two runs can be compared."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def sign_in(self, workspace: Workspace, login: str, password: str) -> Office:
        office: Office = importlib.import_module("app.bootstrap").sign_in(workspace, login, password, self._clock)
        return office


def pdf_pages(content: bytes) -> list[QImage]:
    """Each page as Qt's own PDF reader draws it."""
    from PySide6.QtPdf import QPdfDocument

    keeper = QObject()
    document = QPdfDocument(keeper)
    buffer = QBuffer(keeper)
    buffer.setData(QByteArray(content))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document.load(buffer)
    pages = []
    for number in range(document.pageCount()):
        size = (document.pagePointSize(number) * (DOTS / 72)).toSize()
        drawn = document.render(number, size)
        paper = QImage(size, QImage.Format.Format_RGB32)
        paper.fill(0xFFFFFFFF)
        painter = QPainter(paper)
        painter.drawImage(0, 0, drawn)
        painter.end()
        pages.append(paper)
    document.close()
    return pages


def all_screens() -> list[Screen]:
    """The frame's own, then each tab's."""
    frame = importlib.import_module("ui.screens_frame").SCREENS
    found: list[Screen] = [*frame, *importlib.import_module("ui.screens_pair").SCREENS]
    for spec in TABS:
        if not spec.exists():
            continue
        if importlib.util.find_spec(f"ui.{spec.area}.screens") is not None:
            found += importlib.import_module(f"ui.{spec.area}.screens").SCREENS
        else:
            login = "psych" if spec.key == "notes" else "director" if spec.key == "settings" else "desk"
            found.append(Screen(spec.key, login, _plain(spec.key), main=True))
    return found


def _plain(key: str) -> Callable[[Stage], None]:
    def drive(stage: Stage) -> None:
        stage.tab(key)
        stage.shot()

    return drive


def _dialogs(window: QWidget) -> list[QWidget]:
    return [w for w in QApplication.topLevelWidgets() if w is not window and w.isVisible() and w.isWindow()]


def take(screens: Sequence[Screen], folder: Path, workspace: Path, clock: Clock) -> list[str]:
    """All pictures: zh and en, light and dark; the main ones large and at 200% text. Answers what went wrong."""
    faults: list[str] = []
    for language in words.LANGUAGES:
        for mode in ("light", "dark"):
            faults += _round(screens, folder, workspace, clock, language, mode)
    main = [screen for screen in screens if screen.main]
    faults += _round(main, folder, workspace, clock, "zh", "light", size=LARGE, mark="1920")
    faults += _round(main, folder, workspace, clock, "zh", "light", size=LARGE, scale=200, mark="200pc")
    return faults


def _round(screens: Sequence[Screen], folder: Path, workspace: Path, clock: Clock, language: str, mode: str, *,
           size: tuple[int, int] = SMALL, scale: int = 100, mark: str = "") -> list[str]:  # fmt: skip
    """One language, appearance and size: each login signs in once."""
    faults = []
    speak(language)
    theme.current().set(mode=mode, scale=scale)
    for login in dict.fromkeys(screen.login for screen in screens):
        stage = Stage(folder, workspace, clock, "-".join(p for p in (language, mode, mark) if p))
        enter(stage, login, size)
        for screen in screens:
            if screen.login == login:
                stage.name = screen.name
                try:
                    screen.drive(stage)
                    stage.close_dialogs()
                except Exception as fault:
                    jobs.log_fault(fault)
                    faults.append(f"{screen.name} {stage.label}: {type(fault).__name__}: {fault}")
        stage.window.close()
        stage.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return faults


def enter(stage: Stage, login: str, size: tuple[int, int]) -> None:
    """Shows the stage's window, and signs in unless `login` is empty."""
    window = stage.window
    window.resize(*size)
    window.begin()
    window.show()
    window.activateWindow()
    stage.wait()
    page = window.page()
    if login and isinstance(page, SignInPage):
        page.choose(login)
        page.type_password(PASSWORD)
        stage.wait()
        if window.shell() is None:
            raise RuntimeError(page.error())


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 if a screen could not be brought about; the others are there all the same."""
    parser = argparse.ArgumentParser(prog="screens", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tabs-of", type=Path, metavar="DIR", help="a demonstration made before, instead of a new one")
    parser.add_argument("--only", default="", help="screens whose name begins so")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    with tempfile.TemporaryDirectory() as scratch:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, scratch)
        theme.start(app, mode="light")
        given = options.tabs_of
        clock: Clock = SetClock(at_centre(_day(), 10, 42)) if given is None else SystemClock()
        if given is not None and (given / "desk").is_dir():
            given = given / "desk"
        workspace = given or _demo(Path(scratch) / "demo", clock)
        screens = [screen for screen in all_screens() if screen.name.startswith(options.only)]
        if given is None:
            faults = take(screens, options.folder, workspace, clock)
        else:
            main = [screen for screen in screens if screen.main]
            faults = _round(main, options.folder, workspace, clock, "zh", "light")
        jobs.stop()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(options.folder)
    return 1 if faults else 0


def _day() -> Any:
    """The Monday of the sketches."""
    from datetime import date

    return date(2026, 11, 23)


def _demo(folder: Path, clock: Clock) -> Path:
    centre = importlib.import_module("app.demo.centre")
    made: Path = centre.make_demo(folder, centre.DemoOptions(), clock, lambda _done, _total: None, CancelToken())
    return made


if __name__ == "__main__":
    sys.exit(main())
