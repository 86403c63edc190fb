"""The check-up in Settings: what is not as it should be, in words; all that was looked at, in a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from app.common.clock import local
from app.common.words import ntr, tr
from app.security.permissions import May
from app.upkeep.checks import Check
from ui import theme
from ui.desk import Desk
from ui.jobs import Job
from ui.settings.sync import notice
from ui.sync.syncing import Syncing
from ui.widgets.badge import Badge
from ui.widgets.button import QuietButton, SecondaryButton
from ui.widgets.card import Card
from ui.widgets.icon_view import IconView
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, row, scrolling
from ui.widgets.progress_line import ProgressLine
from ui.widgets.sheet import Sheet


class CheckupCard(Card):
    """Nothing runs until it is asked for; nothing is changed by it."""

    def __init__(self, desk: Desk, syncing: Syncing) -> None:
        super().__init__(tr("Check-up"))
        self._desk = desk
        self._syncing = syncing
        self._job: Job | None = None
        self._found: Sequence[Check] = ()
        self._said = Label(tr("Files, keys, signatures, hub and backups are looked at. Nothing is changed."), "hint")
        self._said.setWordWrap(True)
        self._wrong = column(space=6)
        self.progress = ProgressLine(self._cancel)
        self.begin = SecondaryButton(tr("Begin the check-up"), self.examine, icon="stethoscope")
        self.begin.setEnabled(May.BACK_UP in desk.who.may)
        self.all = QuietButton(tr("Show all"), self.show_all)
        self.all.hide()
        self.add(self._said, self._wrong, row(self.begin, self.all, None, space=4), self.progress)

    def examine(self) -> None:
        """Off the UI thread, and never beside a run of the synchronisation."""
        if self._job is not None:
            return
        self.begin.setEnabled(False)
        self.progress.begin(tr("Looking…"))
        self._job = self._syncing.work(
            self,
            self._desk.services.doctor.examine,
            on_progress=self.progress.show_progress,
            on_done=self._show,
            on_end=self._over,
        )

    def show_all(self) -> CheckupSheet:
        """Each check with what it found."""
        sheet = CheckupSheet(self._found, self)
        sheet.open()
        return sheet

    def words(self) -> str:
        return self._said.text()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _over(self) -> None:
        self._job = None
        self.progress.end()
        self.begin.setEnabled(True)

    def _show(self, found: Sequence[Check]) -> None:
        self._found = found
        wrong = [check for check in found if not check.ok]
        at = f"{local(self._desk.clock.now()):%H:%M}"
        clear(self._wrong)
        if wrong:
            words = ntr("{time}: {n} thing needs a look.", "{time}: {n} things need a look.", len(wrong), time=at)
        else:
            words = tr("{time}: {n} checks, all is well.", time=at, n=len(found))
        self._said.setText(words)
        self._said.set_role("strong")
        for check in wrong[:MOST]:
            self._wrong.addWidget(notice(f"{check.title}: {check.says}", "attention"))
        self.all.show()


MOST = 3
"""More stand in the sheet."""


class CheckupSheet(Sheet):
    """Icon, word and sentence for each; what is wrong comes first."""

    def __init__(self, found: Sequence[Check], owner: QWidget) -> None:
        super().__init__(tr("Check-up"), owner.window(), width=640)
        inside = QWidget()
        lines = column(parent=inside, space=0)
        for check in sorted(found, key=lambda one: one.ok):
            lines.addWidget(_line(check))
        lines.addStretch(1)
        area = scrolling(inside)
        tallest = max(240, owner.window().height() - theme.current().px(220))
        area.setFixedHeight(min(theme.current().px(480), tallest))
        self.body.addWidget(area)
        self.add_button(tr("Close"), self.accept, kind="primary")


def _line(check: Check) -> QFrame:
    made = QFrame()
    made.setProperty("kind", "row")
    tone, icon = ("accent", "circle-check") if check.ok else ("attention", "triangle-alert")
    line = row(parent=made, margins=(4, 8, 12, 8), space=10)
    line.addWidget(IconView(icon, tone, 18), 0, Qt.AlignmentFlag.AlignTop)
    words = column(Label(check.title, "strong"), Label(check.says, "muted", wrap=True, selectable=True), space=2)
    line.addLayout(words, 1)
    line.addWidget(Badge(tr("in order") if check.ok else tr("look"), tone), 0, Qt.AlignmentFlag.AlignTop)
    return made
