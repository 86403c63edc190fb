"""The first thing on screen: who, and the password. Imports nothing heavy; that comes in while it is typed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.common import words
from app.common.errors import UserError
from app.common.words import tr
from ui import theme
from ui.doors import Doors, Office, Workspace
from ui.jobs import Job, run_job
from ui.widgets.badge import Badge
from ui.widgets.button import PrimaryButton, QuietButton
from ui.widgets.choice import Choice
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import column, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.logo import Logo
from ui.widgets.segmented import SegmentedControl

PAINTED_MS = 30
"""The window is painted and takes keys before reading the folder competes with it for the interpreter."""


class SignInPage(QWidget):
    """Takes keys at once; `take` reads the folder meanwhile. `signed_in(office)` when the password was right."""

    signed_in = Signal(object)
    demo_wanted = Signal()
    language_wanted = Signal(str)

    def __init__(self, doors: Doors, take: Callable[[], Workspace], *, login: str = "") -> None:
        super().__init__()
        self.setProperty("kind", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._doors = doors
        self._workspace: Workspace | None = None
        self._last = login
        self._waiting = False
        self._job: Job | None = None
        self._centre = Label(" ", "heading", wrap=True)
        self._demo = Badge("", "attention")
        self._note = Label("", "hint", selectable=True, wrap=True)
        self._login = Choice()
        self._password = LineEdit(secret=True)
        self._field = Field(tr("Password"), self._password)
        self._caps = Label("", "hint")
        self._button = PrimaryButton(tr("Sign in"), self._try)
        self._button.setDefault(True)
        self._other = QuietButton(tr("Try the demonstration centre"), self.demo_wanted.emit)
        self._login.chosen.connect(lambda _value: self._password.setFocus())
        self._password.returnPressed.connect(self._try)
        self._password.installEventFilter(self)
        self._compose()
        self.setFocusProxy(self._password)
        painted = threading.Event()
        QTimer.singleShot(PAINTED_MS, self, painted.set)

        def take_when_painted() -> Workspace:
            painted.wait(1)
            return take()

        run_job(self, take_when_painted, lane="read", on_done=self._show, on_error=self._refuse)

    def login(self) -> str:
        """Who is chosen."""
        return self._login.text()

    def choose(self, login: str) -> None:
        """As if taken from the list."""
        self._login.set_value(login)

    def type_password(self, password: str) -> None:
        """As if typed, with Enter."""
        self._password.setText(password)
        self._try()

    def error(self) -> str:
        """The sentence under the password."""
        return self._field.error()

    def caps_hint(self) -> str:
        """What is said of Caps Lock."""
        return self._caps.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._password and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._watch_caps(event)
        return super().eventFilter(watched, event)

    def _compose(self) -> None:
        sheet = QFrame()
        sheet.setProperty("kind", "card")
        sheet.setFixedWidth(theme.current().px(380))
        box = column(parent=sheet, margins=(28, 24, 28, 24), space=12)
        box.addWidget(self._centre)
        box.addLayout(row(self._demo, None))
        for item in (self._note, Field(tr("Account"), self._login), self._field, self._caps, self._button):
            box.addWidget(item)
        self._note.hide()
        self._caps.hide()
        self._other.hide()
        languages = SegmentedControl([("zh", "中文"), ("en", "English")], value=words.language(), name=tr("Language"))
        languages.chosen.connect(lambda code: self.language_wanted.emit(str(code)))
        middle = Qt.AlignmentFlag.AlignHCenter
        page = column(None, parent=self, margins=24, space=16)
        page.addWidget(Logo(22), 0, middle)
        page.addWidget(sheet, 0, middle)
        page.addLayout(row(None, languages, self._other, None, space=12))
        page.addStretch(2)

    def _show(self, workspace: Workspace) -> None:
        """The folder was read: who may sign in here."""
        self._workspace = workspace
        self._centre.setText(workspace.centre_name)
        cards = workspace.cards()
        self._login.set_options((card.login, account_words(card.login, card.name)) for card in cards)
        known = [card.login for card in cards]
        self._login.set_value(self._last if self._last in known else (known[0] if known else None))
        if workspace.demo:
            self._demo.set(tr("Demonstration centre"), "attention")
            note = tr("The password of every account here is {password}.", password="longshan-demo")
            self._note.setText(note)
        self._note.setVisible(workspace.demo)
        self._other.setVisible(not workspace.demo)
        if self._waiting:
            self._waiting = False
            self._try()

    def _refuse(self, error: UserError) -> None:
        """Nothing can be opened here: say why, take no password."""
        self._field.set_error(error.text())
        for control in (self._login, self._password, self._button):
            control.setEnabled(False)
        self._other.show()

    def _try(self) -> None:
        if self._job is not None:
            return
        if self._workspace is None:
            self._waiting = True
            return
        if not self._password.text():
            self._field.set_error(tr("Please type your password."))
            return
        self._field.set_error("")
        self._button.setEnabled(False)
        self._button.set_text(tr("Opening…"))
        self._job = run_job(
            self,
            self._doors.sign_in,
            self._workspace,
            self.login(),
            self._password.text(),
            on_done=self._opened,
            on_error=self._refused,
            on_end=self._ended,
        )

    def _ended(self) -> None:
        self._job = None
        self._button.setEnabled(True)
        self._button.set_text(tr("Sign in"))

    def _opened(self, office: Office) -> None:
        self._password.clear()
        self.signed_in.emit(office)

    def _refused(self, error: UserError) -> None:
        self._field.set_error(error.text())
        self._password.selectAll()
        self._password.setFocus()

    def _watch_caps(self, event: QKeyEvent) -> None:
        """Qt tells no lock keys; a letter in the wrong case tells."""
        typed = event.text()
        if len(typed) == 1 and typed.isascii() and typed.isalpha():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            on = typed.isupper() != shifted
            self._caps.setText(tr("Caps Lock is on.") if on else "")
            self._caps.setVisible(on)


def account_words(login: str, name: str) -> str:
    """An account in a list."""
    return f"{name} · {login}" if name and name != login else login
