"""The set-up assistant: a new organisation, or the demonstration centre; one question a page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QStackedWidget, QWidget

from app.common import words
from app.common.errors import UserError
from app.common.words import N_, tr
from ui import ask, theme
from ui.doors import Doors, NewOrganisation
from ui.jobs import Job, run_job
from ui.setup_join import JoinFlow
from ui.setup_pages import AccountPage, CentrePage, SharePage, StartPage
from ui.widgets.button import SecondaryButton
from ui.widgets.label import Label
from ui.widgets.layout import column, row, scrolling
from ui.widgets.logo import Logo
from ui.widgets.segmented import SegmentedControl

HOLDERS = (N_("first holder"), N_("second holder"), N_("third holder"))


class SetupPage(QWidget):
    """`ready(folder)` when a centre is there to sign in to; `left` when nothing was made."""

    ready = Signal(object)
    left = Signal()
    language_wanted = Signal(str)

    def __init__(self, doors: Doors, folder: Path, *, demo_only: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._doors = doors
        self._folder = folder
        self._job: Job | None = None
        self._shares: list[str] = []
        self.joining: JoinFlow | None = None
        self.pages = QStackedWidget()
        self.pages.setFixedWidth(theme.current().px(560))
        languages = SegmentedControl([("zh", "中文"), ("en", "English")], value=words.language(), name=tr("Language"))
        languages.chosen.connect(lambda code: self.language_wanted.emit(str(code)))
        self._languages = languages
        middle = Qt.AlignmentFlag.AlignHCenter
        inside = QWidget()
        column(scrolling(inside), parent=self)
        page = column(None, parent=inside, margins=24, space=16)
        page.addWidget(Logo(22), 0, middle)
        page.addWidget(self.pages, 0, middle)
        page.addLayout(row(None, languages, None))
        page.addStretch(1)
        self.demo = _Demo(self._cancel_demo, self)
        self.demo.hide()
        self._demo_only = demo_only
        if demo_only:
            languages.hide()
        else:
            self._begin()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        page = self.pages.currentWidget()
        if page is not None:
            page.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus: here nobody types anything else into it."""
        focus = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QPushButton):
            focus.click()
            return
        super().keyPressEvent(event)

    def start_demo(self, folder: Path) -> None:
        """Makes the demonstration centre below `folder` and goes on to its sign-in; one made before is used again."""
        if self._doors.exists(folder / "desk"):
            self.ready.emit(folder / "desk")
            return
        self._languages.hide()
        self.show_step(self.demo)
        self._job = run_job(
            self,
            self._doors.make_demo,
            folder,
            lane="write",
            on_progress=self.demo.show_progress,
            on_done=lambda _none: self.ready.emit(folder / "desk"),
            on_error=self._demo_failed,
        )

    def _begin(self) -> None:
        start = StartPage()
        start.new_wanted.connect(self._ask_centre)
        start.join_wanted.connect(self._begin_joining)
        start.demo_wanted.connect(lambda: self.start_demo(self._folder.parent / "demo"))
        self.show_step(start)

    def _ask_centre(self) -> None:
        self._languages.hide()
        centre = CentrePage()
        centre.back.connect(self._begin_again)
        centre.done.connect(self._ask_account)
        self.show_step(centre)

    def _begin_joining(self) -> None:
        self._languages.hide()
        self.joining = JoinFlow(self._doors, self._folder, self.show_step, self)
        self.joining.left.connect(self._begin_again)
        self.joining.joined.connect(lambda: self.ready.emit(self._folder))
        self.joining.begin()

    def _begin_again(self) -> None:
        self._languages.show()
        self._begin()

    def _ask_account(self, organisation: str, centre: str, address: str, hotline: str) -> None:
        account = AccountPage(self._doors)
        account.back.connect(self._ask_centre)

        def create(name: str, login: str, passphrase: str) -> None:
            wanted = NewOrganisation(organisation, centre, address, hotline, name, login, passphrase)
            account.set_busy(True)
            run_job(
                self,
                self._doors.create,
                self._folder,
                wanted,
                on_done=self._hand_over,
                on_error=account.refuse,
                on_end=lambda: account.set_busy(False),
            )

        account.done.connect(create)
        self.show_step(account)

    def _hand_over(self, shares: list[str]) -> None:
        """One sheet after the other, each only before its holder's eyes."""
        self._shares = list(shares)
        self._next_share(0)

    def _next_share(self, number: int) -> None:
        if number == len(self._shares):
            self._shares.clear()
            self.ready.emit(self._folder)
            return
        page = SharePage(number, len(self._shares), tr(HOLDERS[number]), self._shares[number])
        page.done.connect(lambda: self._next_share(number + 1))
        self.show_step(page)

    def _cancel_demo(self) -> None:
        if self._job is not None:
            self._job.cancel()
        if self._demo_only:
            self.left.emit()
        else:
            self._begin_again()

    def _demo_failed(self, error: UserError) -> None:
        ask.tell(self, error.text(), on_read=self._cancel_demo)

    def show_step(self, page: QWidget) -> None:
        """Instead of what was there."""
        before = self.pages.currentWidget()
        self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        if before is not None and before is not page:
            self.pages.removeWidget(before)
            if before is not self.demo:
                before.deleteLater()
        page.setFocus()


class _Demo(QFrame):
    """How far the making of the demonstration centre is."""

    def __init__(self, cancel: object, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(tr("Progress"))
        self._said = Label(" ", "hint")
        box = column(parent=self, margins=(28, 24, 28, 24), space=12)
        box.addWidget(Label(tr("Making the demonstration centre…"), "title"))
        box.addWidget(Label(tr("Invented people only. It takes about a minute."), "muted", wrap=True))
        box.addWidget(self._bar)
        stop = SecondaryButton(tr("Cancel"), lambda: cancel() if callable(cancel) else None)
        box.addLayout(row(self._said, None, stop))

    def show_progress(self, done: int, total: int) -> None:
        """From the job."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._said.setText(tr("{done} of {total}", done=done, total=total) if total else " ")
