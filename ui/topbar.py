"""The top bar: where, when, who is on duty, the search box, sync in words, who is signed in, lock."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from app.common.clock import Clock, local
from app.common.words import N_, tr
from ui import theme
from ui.duty_chips import DutyChips
from ui.rail import NARROW, WIDTH
from ui.search_box import SearchBox
from ui.sync.state_button import StateButton
from ui.widgets.button import QuietButton
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.layout import holder, row
from ui.widgets.logo import Logo

HEIGHT = 52
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def date_words(moment: datetime) -> str:
    """`2026-11-23 周一`."""
    return f"{moment:%Y-%m-%d} {tr(WEEKDAYS[moment.weekday()])}"


class _User(QuietButton):
    """Who is signed in; opens a small menu."""

    ink, over = "muted", "hover"


class TopBar(QFrame):
    """`lock_wanted`, `sign_out_wanted`, `settings_wanted`, `sync_wanted` (the state of synchronisation was clicked)."""

    lock_wanted = Signal()
    sign_out_wanted = Signal()
    settings_wanted = Signal()
    sync_wanted = Signal()

    def __init__(self, clock: Clock, user: str, search: SearchBox | None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "topbar")
        self._clock = clock
        self._name = user
        self._search = search
        self._logo = Logo(15)
        self._date = Label("", "strong")
        self._time = Label("", "muted")
        self.duty = DutyChips()
        self.sync = StateButton(self.sync_wanted.emit)
        self._user = _User(user, self._open_menu, icon="circle-user-round")
        self._user.setAccessibleName(tr("Signed in: {name}", name=user))
        lock = IconButton("lock", tr("Lock"), self.lock_wanted.emit, shortcut="Ctrl+L")
        self._home = holder(row(self._logo, None, margins=(16, 0, 0, 0)))
        bar = row(self._home, parent=self, margins=(0, 0, 8, 0), space=8)
        bar.addSpacing(theme.current().px(8))
        bar.addWidget(self._date)
        bar.addWidget(self._time)
        bar.addSpacing(theme.current().px(8))
        bar.addWidget(self.duty, 1)
        if search is not None:
            bar.addWidget(search)
        bar.addSpacing(theme.current().px(8))
        for widget in (self.sync, self._user, lock):
            bar.addWidget(widget)
        self.setFixedHeight(theme.current().px(HEIGHT))
        self.set_narrow(False)
        self._ticker = QTimer(self)
        self._ticker.setInterval(1000)
        self._ticker.timeout.connect(self.tick)
        self._ticker.start()
        self.tick()

    def tick(self) -> None:
        """Shows the clock's time."""
        now = local(self._clock.now())
        if self._time.text() != f"{now:%H:%M}":
            self._date.setText(date_words(now))
            self._time.setText(f"{now:%H:%M}")

    def set_narrow(self, narrow: bool) -> None:
        """Leaves out what is also elsewhere, when the window is narrow for its text size."""
        self._logo.set_words(not narrow)
        self._home.setMinimumWidth(theme.current().px(NARROW if narrow else WIDTH))
        self.sync.set_narrow(narrow)
        self._user.set_text("" if narrow else self._name)
        if self._search is not None:
            self._search.set_narrow(narrow)

    def words(self) -> tuple[str, str]:
        """Date and time as shown."""
        return self._date.text(), self._time.text()

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.addAction(tr("Settings"), self.settings_wanted.emit)
        menu.addSeparator()
        menu.addAction(tr("Sign out"), self.sign_out_wanted.emit)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._user.mapToGlobal(QPoint(0, self._user.height() + 4)))
