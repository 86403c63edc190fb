"""Synchronisation in Settings: how it stands, now by hand, where the hub is, how often."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from app.common.errors import UserError
from app.common.words import tr
from app.security.permissions import May
from app.sync.views import SyncStatus
from ui import ask, notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.settings.schedule import ScheduleLine
from ui.sync import words
from ui.sync.syncing import Syncing
from ui.widgets.button import PrimaryButton, QuietButton, SecondaryButton
from ui.widgets.card import Card
from ui.widgets.choice import Choice
from ui.widgets.field import Field
from ui.widgets.icon_view import IconView
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, holder, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.progress_line import ProgressLine

INTERVALS = (None, 30, 60, 300)


def interval_words(seconds: int | None) -> str:
    """As in the list of choices."""
    if seconds is None:
        return tr("at night only")
    return tr("every {n} s", n=seconds) if seconds < 60 else tr("every {n} min", n=seconds // 60)


class SyncCard(Card):
    """Everybody sees it and may synchronise now; the director says where the hub is."""

    def __init__(self, desk: Desk, syncing: Syncing) -> None:
        super().__init__(tr("Sync"))
        self._desk = desk
        self._syncing = syncing
        self._may_set = May.SET_HUB in desk.who.may
        self._icon = IconView("cloud-off", "muted", 20)
        self._state = Label("", "title")
        self._more = Label("", "hint", wrap=True)
        self._notices = column(space=6)
        self.now = PrimaryButton(tr("Synchronise now"), lambda: syncing.run("person"), icon="refresh-cw")
        self.progress = ProgressLine(syncing.cancel)
        self.hub = LineEdit()
        self.hub.setReadOnly(True)
        self.hub_field = Field(tr("Sync hub"), self.hub)
        self.interval = Choice([(seconds, interval_words(seconds)) for seconds in INTERVALS])
        self.interval.chosen.connect(self._keep_interval)
        self.schedule = ScheduleLine(desk.services.sync.workspace.folder)
        self.add(
            row(self._icon, self._state, None, space=8),
            self._more,
            self._notices,
            row(self.now, None),
            self.progress,
            4,
            self.hub_field,
            *([self._hub_buttons()] if self._may_set else []),
            Field(tr("During the day"), self.interval, hint=tr("only while the window is open")),
            self.schedule,
        )
        syncing.changed.connect(self.show_state)
        syncing.stepped.connect(self.progress.show_progress)
        self.show_state()

    def load(self) -> None:
        """The state is read by the one who runs it."""
        self._syncing.load()
        self.schedule.load()

    def choose_hub(self) -> None:
        """A folder that every PC of the organisation reaches: a share, or a stick that is carried."""
        ask.folder(self, tr("Choose the folder of the hub"), on_path=self.set_hub)

    def set_hub(self, folder: Path) -> None:
        """Tried before it is taken."""
        self._set(f"folder:{folder}")

    def ask_address(self) -> None:
        """Typed: a folder of another machine, or a hub that is no folder."""
        status = self._syncing.status
        now = (status.hub or "").removeprefix("folder:") if status is not None else ""
        ask.text(self, tr("Address of the hub"), tr("Address"), value=now, on_text=self.set_address)

    def set_address(self, text: str) -> None:
        """A bare path is a folder."""
        self._set(text if text.startswith("folder:") or "://" in text else f"folder:{text}")

    def running_words(self) -> str:
        """Beside the bar."""
        return tr("Sending and receiving…")

    def show_state(self) -> None:
        """As the top bar says it, and what it leaves out."""
        state, status = self._syncing.state(), self._syncing.status
        self._icon.set_icon(state.icon, state.tone)
        self._state.setText(state.text)
        self._more.setText(self._more_words(status, state.more))
        self._more.setVisible(bool(self._more.text()))
        running = self._syncing.running
        has_hub = status is not None and status.hub is not None
        self.now.setEnabled(has_hub and not running)
        if self._syncing.shown and self.progress.isHidden():
            self.progress.begin(self.running_words())
        elif not running:
            self.progress.end()
        self._show_settings(status)

    def _show_settings(self, status: SyncStatus | None) -> None:
        if status is None:
            return
        place = (status.hub or "").removeprefix("folder:")
        if self.hub.text() != place:
            self.hub.setText(place)
            self.hub.setCursorPosition(0)
        self.hub.setPlaceholderText(tr("none yet"))
        self.hub.setToolTip(place)
        if self.interval.value() != status.interval and not self.interval.hasFocus():
            self.interval.set_value(status.interval)
        self.interval.setEnabled(status.hub is not None)
        clear(self._notices)
        for sentence in status.alarms:
            self._notices.addWidget(notice(sentence, "urgent"))
        if status.last_error and not self._syncing.running:
            self._notices.addWidget(notice(status.last_error, "attention"))

    def _more_words(self, status: SyncStatus | None, more: str) -> str:
        if status is None:
            return more
        if status.hub is None:
            if self._may_set:
                return tr("Choose a folder that all PCs of the organisation reach: on a share, a NAS, or a USB stick.")
            return tr("The director sets it up here: a folder that all PCs reach.")
        parts = [tr("Last success: {age}.", age=words.age_words(status.last_success, self._desk.clock.now()))]
        if not status.alarms and not status.last_error:
            parts.append(more)
        if status.waiting:
            parts.append(tr("Some packets wait for one that is not here yet."))
        return " ".join(parts)

    def _hub_buttons(self) -> QWidget:
        folder = SecondaryButton(tr("Choose a folder"), self.choose_hub, icon="folder-open")
        other = QuietButton(tr("Another address"), self.ask_address)
        return holder(row(folder, other, None))

    def _set(self, address: str) -> None:
        self.hub_field.set_error("")
        run_job(
            self,
            self._desk.services.sync.set_hub,
            address,
            lane="pool",
            on_done=partial(self._taken, address),
            on_error=self._refused,
        )

    def _taken(self, address: str, _none: object) -> None:
        notify.say(self, tr("The hub was tried and is in use."))
        self._syncing.load(lambda: self._syncing.run("person"))

    def _refused(self, error: UserError) -> None:
        self.hub_field.set_error(error.text())

    def _keep_interval(self, seconds: object) -> None:
        chosen = seconds if isinstance(seconds, int) else None
        run_job(self, self._desk.services.sync.set_interval, chosen, on_done=lambda _none: self._syncing.load())


def notice(sentence: str, tone: str) -> QWidget:
    """A sentence that must not be overlooked, with its sign."""
    made = QFrame()
    made.setProperty("kind", "notice")
    made.setProperty("tone", tone)
    said = Label(sentence, wrap=True, selectable=True)
    line = row(parent=made, margins=(10, 6, 10, 6), space=8)
    line.addWidget(IconView("triangle-alert", tone, 16), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(said, 1)
    return made
