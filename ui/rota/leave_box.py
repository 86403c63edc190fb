"""请假 of one expert: typed as on paper, read back in words with the duties that it would hit, then entered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from app.common.clock import today
from app.common.errors import UserError
from app.common.words import ntr, tr
from app.people.leave_text import LeaveRead, written
from app.rota.calendar_views import AffectedDuty
from app.rota.expert_views import LeaveLine, LeaveSaved, leave_words
from app.rota.leave import read_typed
from app.security.permissions import May
from ui import ask, notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.rota.late_leave import open_late_leave
from ui.settings.affected import duty_line, tell_saved
from ui.widgets.button import SecondaryButton
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.list_row import ListRow
from ui.widgets.row import Row

_MOST = 12


class LeaveBox(QWidget):
    """Enter in the line enters the leave; a row opens for a change or to withdraw it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._desk = desk
        self._staff_id = ""
        self.text = LineEdit(tr("such as 1月7日下午、3.8-3.10、每周三下午"))
        self.text.setAccessibleName(tr("Leave"))
        self.text.textChanged.connect(lambda _text: self._read())
        self.text.returnPressed.connect(self.enter)
        self.button = SecondaryButton(tr("Enter the leave"), self.enter)
        self._said = Label("", "hint", wrap=True)
        self.rows = column(space=0)
        head = row(Label(tr("Leave"), "heading"), None, self.button, space=8)
        column(head, self.text, self._said, self.rows, None, parent=self, space=6)

    def begin(self, staff_id: str) -> None:
        """For another person."""
        self._staff_id = staff_id
        self.text.clear()

    def show_leave(self, lines: Sequence[LeaveLine], *, may_change: bool) -> None:
        """Coming leave first."""
        self.text.setEnabled(may_change)
        self.button.setEnabled(may_change)
        clear(self.rows)
        for line in lines[:_MOST]:
            shown = Row(line.id, line.words(), faded=line.over, badge=tr("over") if line.over else "")
            self.rows.addWidget(ListRow(shown, partial(self._open, line) if may_change else None))
        if not lines:
            self.rows.addWidget(Label(tr("no leave entered"), "muted"))
        if len(lines) > _MOST:
            self.rows.addWidget(Label(ntr("and {n} more", "and {n} more", len(lines) - _MOST), "hint"))

    def said(self) -> str:
        """What the line is understood as, or why not."""
        return self._said.text()

    # --- typing ---

    def _typed(self) -> tuple[list[LeaveRead], list[str]]:
        rows, notes = read_typed(self.text.value(), today(self._desk.clock))
        return rows, [note.text() for note in notes]

    def _read(self) -> None:
        """Reads back in words, then asks which duties are hit."""
        try:
            rows, notes = self._typed()
        except UserError as error:
            self._say(error.text() if self.text.value() else "", "hint")
            return
        self._say(tr("; ").join([*(leave_words(one) for one in rows), *notes]), "accent")
        if rows:
            collides = self._desk.services.leave.collides
            show = partial(self._show_affected, self.text.value())
            run_job(self, collides, self._staff_id, rows, lane="read", on_done=show,
                    on_error=lambda error: self._say(error.text(), "error"))  # fmt: skip

    def _show_affected(self, typed: str, affected: Sequence[AffectedDuty]) -> None:
        if typed == self.text.value() and affected:
            hit = ntr("{n} duty is affected", "{n} duties are affected", len(affected))
            first = tr("{hit}: {duty}", hit=hit, duty=duty_line(affected[0]))
            self._say(f"{self.said()}\n{first}{'…' if len(affected) > 1 else ''}", "accent")

    def _say(self, words: str, role: str) -> None:
        self._said.set_role(role)
        self._said.setText(words)

    def enter(self) -> None:
        """Saves what the line says, or tells why it cannot be read."""
        try:
            rows, _ = self._typed()
        except UserError as error:
            self._say(error.text(), "error")
            return
        if rows:
            run_job(self, self._desk.services.leave.add, self._staff_id, rows, on_done=self._entered,
                    on_error=lambda error: self._say(error.text(), "error"))  # fmt: skip

    def _entered(self, saved: LeaveSaved) -> None:
        self.text.clear()
        said = tr("Leave entered.") if saved.ids else tr("This leave was entered already.")
        self._tell(saved, said)

    def _tell(self, saved: LeaveSaved, said: str) -> None:
        """Duties that it leaves open are dealt with at once by whoever may; others are told of them."""
        if not saved.affected or May.MARK_ABSENT not in self._desk.who.may:
            tell_saved(self, saved.affected, said)
            return
        notify.say(self, said)
        days = [one.slot.day for one in saved.affected]
        open_late_leave(self._desk, self, self._staff_id, min(days), max(days))

    # --- changing ---

    def _open(self, line: LeaveLine) -> None:
        options = [("withdraw", tr("Withdraw the leave"))]
        if written(line.leave) is not None:
            options.insert(0, ("change", tr("Change the days")))
        ask.choose(
            self,
            line.words(),
            tr("What is to be done with this leave?"),
            options,
            on_choice=lambda choice: self._chosen(line, choice),
        )

    def _chosen(self, line: LeaveLine, choice: object) -> None:
        if choice == "withdraw":
            done = partial(tell_saved, self, (), tr("Leave withdrawn."))
            run_job(self, self._desk.services.leave.withdraw, line.id, on_done=lambda _none: done())
            return
        ask.text(
            self,
            tr("Change the days"),
            tr("Leave"),
            value=written(line.leave) or "",
            on_text=lambda typed: self._change(line, typed),
        )

    def _change(self, line: LeaveLine, typed: str) -> None:
        try:
            rows, _ = read_typed(typed, today(self._desk.clock))
        except UserError as error:
            ask.tell(self, error.text())
            return
        if len(rows) != 1:
            ask.tell(self, tr("One stretch takes the place of another. Enter the rest as leave of its own."))
            return
        change = self._desk.services.leave.change
        run_job(
            self,
            change,
            line.id,
            rows[0],
            on_done=lambda saved: self._tell(saved, tr("Leave changed.")),
        )
