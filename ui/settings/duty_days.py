"""Single days that differ from the pattern: closed, or staffed additionally, with the reason that the board shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from PySide6.QtWidgets import QWidget

from app.common.clock import today
from app.common.errors import UserError
from app.common.words import ntr, tr
from app.rota.calendar_views import DutyDayLine, Saved
from app.rota.expert_views import day_words
from app.rota.rules import HALF_WORDS
from ui.desk import Desk
from ui.jobs import run_job
from ui.settings.affected import tell_saved
from ui.settings.keeping import show_rows
from ui.widgets.button import QuietButton
from ui.widgets.card import Card
from ui.widgets.choice import Choice
from ui.widgets.date_field import DateField
from ui.widgets.empty_state import EmptyState
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import clear, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.row import Row
from ui.widgets.segmented import SegmentedControl
from ui.widgets.sheet import Sheet

_AHEAD = timedelta(days=730)


class DutyDaysCard(Card):
    """A row a half day, those to come; a click changes it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Single days"), padded=False)
        self._desk = desk
        self.add_to_head(QuietButton(tr("Add a day"), lambda: self.edit(None), icon="calendar-plus"))

    def load(self) -> None:
        first = today(self._desk.clock)
        run_job(self, self._desk.services.calendar.days, first, first + _AHEAD, lane="read", on_done=self._show)

    def edit(self, line: DutyDayLine | None) -> DutyDaySheet:
        """Opens the sheet for one, or for a new one."""
        sheet = DutyDaySheet(self._desk, line, self._saved, self.window())
        sheet.open()
        return sheet

    def _saved(self, saved: Saved) -> None:
        tell_saved(self, saved.affected)
        self.load()

    def _show(self, lines: Sequence[DutyDayLine]) -> None:
        if not lines:
            clear(self.body)
            hint = tr("Closed because of an outing, or open at the start of term: with the reason, on the board too.")
            self.add(EmptyState("calendar", tr("Every day is as the pattern says"), hint))
            return
        show_rows(self, [(day_row(line), partial(self.edit, line)) for line in lines])


class DutyDaySheet(Sheet):
    """One day: closed, or so many experts; whole day or a half; the reason."""

    def __init__(
        self, desk: Desk, line: DutyDayLine | None, on_saved: Callable[[Saved], object], parent: QWidget
    ) -> None:
        super().__init__(tr("A day that differs"), parent, width=460)
        self._desk, self._line, self._on_saved = desk, line, on_saved
        self.day = DateField(placeholder=today(desk.clock).isoformat())
        self.half = SegmentedControl(
            [("", tr("Whole day")), *((half, tr(words)) for half, words in HALF_WORDS.items())], name=tr("Half day")
        )
        self.closed = SegmentedControl([(True, tr("Closed")), (False, tr("On duty"))], name=tr("On that day"))
        self.needed = Choice([(n, ntr("{n} expert", "{n} experts", n)) for n in range(1, 21)])
        self.starts, self.ends = LineEdit("08:30", limit=5), LineEdit("11:30", limit=5)
        self.reason = LineEdit(tr("such as: power cut, start of term"))
        self.error = Label("", "error", wrap=True)
        self._extra = row(
            Field(tr("Experts"), self.needed),
            Field(tr("Begins"), self.starts, hint=tr("as usual")),
            Field(tr("Ends"), self.ends, hint=tr("as usual")),
            space=12,
        )
        self._build()
        self._fill(line)

    def _build(self) -> None:
        self.closed.chosen.connect(lambda _closed: self._switch())
        self.body.addLayout(row(Field(tr("Day"), self.day), Field(tr("Half day"), self.half), space=12))
        self.body.addWidget(Field(tr("On that day"), self.closed))
        self.body.addLayout(self._extra)
        self.body.addWidget(Field(tr("Reason"), self.reason, hint=tr("the board shows it")))
        self.body.addWidget(self.error)
        self.add_button(tr("Cancel"), self.reject)
        if self._line is not None:
            self.add_button(tr("As the pattern again"), self.withdraw)
        self.add_button(tr("Save"), self.keep, kind="primary")

    def _fill(self, line: DutyDayLine | None) -> None:
        self.needed.set_value(line.needed or 1 if line else 3)
        if line is not None:
            self.day.set_value(line.slot.day)
            self.day.setReadOnly(True)
            self.half.set_value(line.slot.half)
            self.half.setEnabled(False)
            self.closed.set_value(line.needed == 0)
            self.reason.setText(line.reason)
            if line.own_hours:
                self.starts.setText(line.hours[0])
                self.ends.setText(line.hours[1])
        self._switch()
        (self.reason if line else self.day).setFocus()

    def _switch(self) -> None:
        for at in range(self._extra.count()):
            item = self._extra.itemAt(at)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setEnabled(not self.closed.value())

    def keep(self) -> None:
        """Saves and closes, or says what is missing."""
        day = self.day.value()
        if day is None:
            self.error.setText(tr("Please write a date as 2027-01-04."))
            self.day.setFocus()
            return
        halves = [str(self.half.value())] if self.half.value() else list(HALF_WORDS)
        closed = bool(self.closed.value())
        run_job(
            self,
            self._desk.services.calendar.save_day,
            day,
            halves,
            0 if closed else int(str(self.needed.value())),
            self.reason.value(),
            starts="" if closed else self.starts.value(),
            ends="" if closed else self.ends.value(),
            on_done=self._kept,
            on_error=self._refuse,
        )

    def withdraw(self) -> None:
        """The pattern holds again."""
        if self._line is not None:
            withdraw = self._desk.services.calendar.withdraw_day
            run_job(self, withdraw, self._line.id, on_done=self._kept, on_error=self._refuse)

    def _refuse(self, error: UserError) -> None:
        self.error.setText(error.text())

    def _kept(self, saved: Saved) -> None:
        self.accept()
        self._on_saved(saved)


def day_row(line: DutyDayLine) -> Row:
    """2027-01-05 周二 下午 · 开学季加班, and how many come instead of how many."""
    title = f"{day_words(line.slot.day)} {tr(HALF_WORDS[line.slot.half])}"
    count = ntr("{n} expert", "{n} experts", line.needed) if line.needed else tr("closed")
    hours = f"{line.hours[0]}–{line.hours[1]} · " if line.needed else ""
    usual = tr("otherwise {n}", n=line.usual) if line.usual else tr("otherwise closed")
    second = f"{line.reason} · {hours}{usual}"
    return Row(line.id, title, second=second, badge=count, tone="accent" if line.needed else "neutral")
