"""The nightly courier by the system itself: it carries what is sealed while nobody is signed in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.common.errors import UserError
from app.common.words import tr
from app.sync import schedule
from app.sync.schedule import ScheduleView
from ui.jobs import run_job
from ui.widgets.badge import Badge
from ui.widgets.button import QuietButton
from ui.widgets.label import Label
from ui.widgets.layout import column, row


class ScheduleLine(QWidget):
    """A state in words and one button: arrange it, or take it away."""

    def __init__(self, workspace: Path) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._workspace = workspace
        self._there = False
        self.state = Badge("", "neutral")
        self.button = QuietButton(tr("Arrange"), self.toggle)
        self.button.setEnabled(False)
        self._said = Label("", "error", wrap=True, selectable=True)
        self._said.hide()
        name = Label(tr("At night, with nobody signed in"), "label")
        column(row(name, None), row(self.state, self.button, None), self._said, parent=self, space=2)

    def load(self) -> None:
        """Asks the system, which may take its time."""
        run_job(self, schedule.status, self._workspace, lane="pool", on_done=self._show, on_error=self._refuse)

    def toggle(self) -> None:
        """Every night at two from now on, or no more."""
        self.button.setEnabled(False)
        self._said.hide()
        act = self._remove if self._there else self._install
        run_job(self, act, lane="pool", on_done=self._show, on_error=self._refuse)

    def error(self) -> str:
        return self._said.text() if not self._said.isHidden() else ""

    def _install(self) -> ScheduleView:
        return schedule.install(schedule.make_job(self._workspace))

    def _remove(self) -> ScheduleView:
        schedule.remove(self._workspace)
        return schedule.status(self._workspace)

    def _show(self, view: ScheduleView) -> None:
        self._there = view.at is not None
        if view.at is None:
            self.state.set(tr("not arranged"), "neutral")
        elif view.active:
            self.state.set(tr("every night at {time}", time=f"{view.at:%H:%M}"), "accent", icon="check")
        else:
            self.state.set(tr("arranged, but not running"), "attention", icon="triangle-alert")
        self.button.set_text(tr("Take it away") if self._there else tr("Arrange"))
        self.button.setEnabled(True)

    def _refuse(self, error: UserError) -> None:
        self._said.setText(error.text())
        self._said.show()
        self.button.setEnabled(True)
