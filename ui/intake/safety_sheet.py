"""The safety questions, answered after the arrival: the own-hand card comes back, or the side room was free."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.common.errors import UserError
from app.common.words import tr
from app.intake.views import QueueEntry
from ui import clipboard
from ui.intake.safety import SafetyRow
from ui.jobs import run_job
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.sheet import Sheet
from ui.widgets.text_area import TextArea


class SafetySheet(Sheet):
    """`answer(visit id, answers, words)` saves; the sheet stays open, with what was typed, if that fails."""

    def __init__(self, parent: QWidget, entry: QueueEntry, answer: Callable[..., object]) -> None:
        super().__init__(tr("Safety questions of {ticket}", ticket=entry.ticket), parent, width=520)
        self._visit, self._answer = entry.visit_id, answer
        self.questions = SafetyRow()
        self.questions.set_value(entry.safety)
        self.words = TextArea(lines=2, most=6)
        clipboard.guard(self.words)
        hint = tr(
            "On an own-hand card or in the side room, never aloud at the counter. A yes goes on top of the queue."
        )
        self._error = Label("", "error", wrap=True)
        self.body.addWidget(Label(hint, "muted", wrap=True))
        self.body.addWidget(self.questions)
        self.body.addWidget(
            Field(tr("In their own words"), self.words, hint=tr("sealed: the desk cannot read it again"))
        )
        self.body.addWidget(self._error)
        self.add_button(tr("Cancel"), self.reject)
        self._keep = self.add_button(tr("Keep"), self.keep, kind="primary")
        self.questions.questions[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def keep(self) -> None:
        """Saves and closes."""
        self._keep.setEnabled(False)
        run_job(
            self,
            self._answer,
            self._visit,
            self.questions.value(),
            self.words.value(),
            on_done=lambda _entry: self.accept(),
            on_error=self._refused,
            on_end=lambda: self._keep.setEnabled(True),
        )

    def _refused(self, error: UserError) -> None:
        self._error.setText(error.text())
