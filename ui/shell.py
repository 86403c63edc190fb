"""The desk of somebody who is signed in: top bar, rail, tabs; and what hides them."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QScrollArea, QStackedWidget, QWidget

from app.common.changes import Topic
from app.common.errors import UserError
from app.common.words import tr
from ui import clipboard, jobs, notify, shell_facts, theme
from ui.cover import LockPage, NeutralPage
from ui.desk import Desk
from ui.doors import Office
from ui.idle import IdleWatch
from ui.jobs import run_job
from ui.language import speak
from ui.preferences import Preferences
from ui.rail import Rail, numbered
from ui.registry import TabSpec, tabs_for
from ui.search_box import SearchBox
from ui.sync.syncing import Syncing
from ui.topbar import TopBar
from ui.widgets.layout import column, holder, row, scrolling

NARROW_BELOW = 1100


class Shell(QWidget):
    """`signed_out` when the person wants somebody else to sign in."""

    signed_out = Signal()

    def __init__(self, office: Office, preferences: Preferences) -> None:
        super().__init__()
        self.office = office
        self.preferences = preferences
        self.desk = Desk(office.services, office.who, clock=office.ctx.clock, window=self)
        self.desk.counted.connect(self._count)
        self.syncing = self.desk.syncing = Syncing(office.services, office.ctx.clock, self)
        self.syncing.changed.connect(lambda: self.top.sync.show_state(self.syncing.state()))
        self._specs = tabs_for(office.who.may)
        self._tabs: dict[str, QWidget] = {}
        self._stale: dict[str, frozenset[Topic]] = {}
        self._key = ""
        self._hidden: list[QWidget] = []
        self._focus: QWidget | None = None
        self.locked = False
        self.pages = QStackedWidget()
        column(self.pages, parent=self)
        self.neutral = NeutralPage(office.ctx.clock)
        self.lock_page = LockPage(str(office.who.name))
        self.lock_page.unlock_wanted.connect(self._unlock)
        self.lock_page.other_wanted.connect(self.signed_out.emit)
        self._compose()
        self.pages.addWidget(self.neutral)
        self.pages.addWidget(self.lock_page)
        self.watch = IdleWatch(self)
        self.watch.idle.connect(self.lock)
        self.watch.lock_wanted.connect(self.lock)
        self.watch.hide_wanted.connect(self.toggle_hide)
        jobs.bus().changed.connect(self._changed)

    def begin(self) -> None:
        """The first tab; then what the frame itself shows."""
        if self._specs:
            self.open(self._specs[0].key)
        self._load_frame(None)
        self._start_idle_clock()
        self.syncing.begin()

    def keys(self) -> list[str]:
        """The tabs on the rail."""
        return [spec.key for spec in self._specs]

    def current(self) -> str:
        """The tab on show."""
        return self._key

    def tab(self, key: str) -> QWidget | None:
        """A tab that was built."""
        return self._tabs.get(key)

    def open(self, key: str, **wanted: object) -> None:
        """Goes to a tab, built at its first show; `wanted` is handed to its `show_item`."""
        spec = next((spec for spec in self._specs if spec.key == key), None)
        if spec is None:
            return
        if key not in self._tabs and not self._build(spec):
            return
        self._key = key
        self.rail.set_current(key)
        self._stack.setCurrentWidget(self._frames[key])
        if key in self._stale and not self.locked:
            self._call(key, "refresh", self._stale.pop(key))
        self._focus_into(key)
        if wanted:
            self._call(key, "show_item", **wanted)

    def flush(self) -> None:
        """Every tab commits its drafts."""
        for key in self._tabs:
            self._call(key, "flush")

    def toggle_hide(self) -> None:
        """F9: a neutral screen at once; again: back to where one was."""
        if self.locked:
            return
        if self.pages.currentWidget() is self.neutral:
            self._uncover()
        else:
            self.neutral.tell_date()
            self._cover(self.neutral)

    def lock(self) -> None:
        """Hides everything, commits drafts, then wipes the keys; the password brings it back."""
        if self.locked:
            return
        self.flush()
        self.locked = True
        self.watch.stop()
        clipboard.sweep_now()
        self.search_clear()
        if self.pages.currentWidget() is self.neutral:
            self.pages.setCurrentWidget(self.lock_page)
        else:
            self._cover(self.lock_page)
        self.lock_page.begin()
        run_job(self, self.office.lock)

    def search_for(self, text: str) -> None:
        """As if typed into the search box."""
        if self._search is not None:
            self._search.setFocus()
            self._search.setText(text)
            self._search.textEdited.emit(text)

    def search_clear(self) -> None:
        if self._search is not None:
            self._search.clear_all()

    def rebuild(self) -> None:
        """After a change of language or text size: drafts are committed first, then everything is made anew."""
        self.flush()
        run_job(self, lambda: None, on_done=lambda _none: self._remake())

    def set_language(self, language: str) -> None:
        """Live, for the whole window."""
        speak(language)
        self.preferences.language = language
        self.rebuild()

    def set_appearance(self, *, mode: str | None = None, scale: int | None = None) -> None:
        """Light or dark at once; another text size makes the tabs anew."""
        before = theme.current().scale
        theme.current().set(mode=mode, scale=scale)
        self.preferences.appearance = theme.current().mode
        self.preferences.scale = theme.current().scale
        if theme.current().scale != before:
            self.rebuild()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _compose(self) -> None:
        who = self.office.who
        find = shell_facts.finder(self.office.services, who)
        self._search = SearchBox(find) if find is not None else None
        if self._search is not None:
            self._search.opened.connect(lambda found: self.open("intake", client_id=found))
        self.top = TopBar(self.office.ctx.clock, shell_facts.user_words(self.office), self._search)
        self.top.lock_wanted.connect(self.lock)
        self.top.sign_out_wanted.connect(self.signed_out.emit)
        self.top.settings_wanted.connect(lambda: self.open("settings"))
        self.top.sync_wanted.connect(lambda: self.open("settings", section="sync"))
        self.top.sync.show_state(self.syncing.state())
        waiting = frozenset(spec.key for spec in self._specs if spec.only_waiting)
        self.rail = Rail([(spec.key, tr(spec.title), spec.icon) for spec in self._specs], waiting=waiting)
        self.rail.chosen.connect(self.open)
        self._stack = QStackedWidget()
        self._stack.setProperty("kind", "ground")
        self._frames: dict[str, QScrollArea] = {}
        below = row(self.rail, space=0)
        below.addWidget(self._stack, 1)
        whole = column(self.top, space=0)
        whole.addLayout(below, 1)
        self._content = holder(whole)
        self.pages.insertWidget(0, self._content)
        self.pages.setCurrentWidget(self._content)
        for key, number in numbered(spec.key for spec in self._specs if not spec.only_waiting).items():
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number}"), self._content)
            shortcut.activated.connect(lambda key=key: self.open(key))
        self._fit()

    def _remake(self) -> None:
        key, before = self._key, self._content
        self._tabs.clear()
        self._stale.clear()
        self.pages.removeWidget(before)
        before.hide()
        before.deleteLater()
        self._compose()
        self.open(key)
        self._load_frame(None)

    def _build(self, spec: TabSpec) -> bool:
        try:
            tab = spec.make(self.desk)
        except Exception as fault:
            jobs.log_fault(fault)
            notify.fail(self, tr("This tab could not be opened. The others still work."))
            return False
        self._tabs[spec.key] = tab
        padded = QWidget()
        column(tab, parent=padded, margins=(16, 16, 16, 16))
        self._frames[spec.key] = scrolling(padded)
        self._stack.addWidget(self._frames[spec.key])
        if self.locked:
            self._stale[spec.key] = frozenset(Topic)
        else:
            self._call(spec.key, "refresh", None)
        return True

    def _focus_into(self, key: str) -> None:
        """Keys go to the tab: to what it names as its focus proxy, else to its frame."""
        tab = self._tabs[key]
        if self.pages.currentWidget() is self._content:
            (tab if tab.focusProxy() is not None else self._frames[key]).setFocus()

    def _call(self, key: str, method: str, *args: Any, **kwargs: Any) -> None:
        """One tab's fault leaves the others alone."""
        found = getattr(self._tabs[key], method, None)
        if found is None:
            return
        try:
            found(*args, **kwargs)
        except Exception as fault:
            jobs.log_fault(fault)
            notify.fail(self, tr("Something went wrong. What you typed is still here."))

    def _changed(self, topics: frozenset[Topic], _initiator: QObject | None) -> None:
        for spec in self._specs:
            touched = topics & spec.topics
            if touched and spec.key in self._tabs:
                if spec.key == self._key and not self.locked:
                    self._call(spec.key, "refresh", touched)
                else:
                    self._stale[spec.key] = self._stale.get(spec.key, frozenset()) | touched
        self._load_frame(topics)

    def _load_frame(self, topics: frozenset[Topic] | None) -> None:
        """Counts on the rail, and who is on duty."""
        if self.locked:
            return
        services = self.office.services
        for spec in self._specs:
            counter = spec.counter() if topics is None or topics & spec.topics else None
            if counter is not None:
                run_job(self, counter, services, lane="read", on_done=partial(self._count, spec.key))
        if topics is None or topics & {Topic.ROTA, Topic.QUEUE, Topic.STAFF}:
            run_job(self, shell_facts.on_duty, services, lane="read", on_done=self.top.duty.set_chips)

    def _count(self, key: str, number: int) -> None:
        self.rail.set_count(key, number)

    def _cover(self, page: QWidget) -> None:
        """Nothing of the desk stays visible, dialogs and menus included."""
        popup = QApplication.activePopupWidget()
        while popup is not None:
            popup.close()
            popup = QApplication.activePopupWidget()
        self._focus = QApplication.focusWidget()
        own = self.window()
        self._hidden = [w for w in QApplication.topLevelWidgets() if w is not own and w.isVisible()]
        for other in self._hidden:
            other.hide()
        notify.hide_all(self, True)
        self.pages.setCurrentWidget(page)
        page.setFocus()

    def _uncover(self) -> None:
        self.pages.setCurrentWidget(self._content)
        notify.hide_all(self, False)
        for other in self._hidden:
            other.show()
        self._hidden = []
        if self._focus is not None and jobs.still_there(self._focus):
            self._focus.setFocus()
        self._focus = None

    def _unlock(self, password: str) -> None:
        run_job(self, self.office.unlock, password, on_done=self._unlocked, on_error=self._refused)

    def _unlocked(self, _none: object) -> None:
        self.locked = False
        self.lock_page.begin()
        self._uncover()
        for key in self._tabs:
            if key == self._key:
                self._call(key, "refresh", self._stale.pop(key, None))
        self._load_frame(None)
        self._start_idle_clock()

    def _start_idle_clock(self) -> None:
        services, who = self.office.services, self.office.who
        run_job(self, shell_facts.idle_minutes, services, who, lane="read", on_done=self.watch.start)

    def _refused(self, error: UserError) -> None:
        self.lock_page.refuse(error)

    def _fit(self) -> None:
        narrow = self.width() < theme.current().px(NARROW_BELOW)
        self.rail.set_narrow(narrow)
        self.top.set_narrow(narrow)
