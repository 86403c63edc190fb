"""Public holidays and make-up workdays of a year; a year that is not announced says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QCheckBox, QWidget

from app.common.clock import today
from app.common.errors import UserError
from app.common.words import ntr, tr
from app.people.defaults import HOLIDAY_NAMES
from app.rota.calendar_views import HolidayLine, HolidayYear
from app.rota.expert_views import day_words
from ui import notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.widgets.button import QuietButton, SecondaryButton
from ui.widgets.card import Card
from ui.widgets.choice import Choice
from ui.widgets.date_field import DateField
from ui.widgets.empty_state import EmptyState
from ui.widgets.field import Field
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, holder, row
from ui.widgets.list_row import ListRow
from ui.widgets.row import Row
from ui.widgets.segmented import SegmentedControl
from ui.widgets.sheet import Sheet


class HolidaysCard(Card):
    """A year at a time, a row a holiday; a click changes it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Public holidays"), padded=False)
        self._desk = desk
        self._year = today(desk.clock).year
        self._label = Label("", "strong")
        for widget in (
            IconButton("chevron-left", tr("Year before"), lambda: self.go_to(self._year - 1)),
            self._label,
            IconButton("chevron-right", tr("Year after"), lambda: self.go_to(self._year + 1)),
            QuietButton(tr("Add"), lambda: self.edit(None), icon="plus"),
        ):
            self.add_to_head(widget)

    def load(self) -> None:
        run_job(self, self._desk.services.holidays.year, self._year, lane="read", on_done=self._show)

    def go_to(self, year: int) -> None:
        """Shows another year."""
        self._year = year
        self.load()

    def edit(self, line: HolidayLine | None) -> HolidaySheet:
        """Opens the sheet for one, or for a new one."""
        sheet = HolidaySheet(self._desk, self._year, line, self._saved, self.window())
        sheet.open()
        return sheet

    def take_over(self) -> None:
        """What this program knows of the announced year."""
        run_job(self, self._desk.services.holidays.take_over, self._year, on_done=self._taken)

    def _taken(self, count: int) -> None:
        notify.say(self, ntr("{n} day taken over.", "{n} days taken over.", count))
        self.load()

    def _saved(self) -> None:
        notify.say(self, tr("Saved."))
        self.load()

    def _show(self, year: HolidayYear) -> None:
        if year.year != self._year:
            return
        self._label.setText(str(year.year))
        clear(self.body)
        if not year.announced:
            self.add(self._unannounced(year))
        elif year.missing:
            words = tr("Not in the table: {names}", names=tr(", ").join(year.missing))
            self.add(holder(column(Label(words, "hint", wrap=True), margins=(14, 8, 14, 8))))
        for number, line in enumerate(year.lines):
            last = number == len(year.lines) - 1
            self.add(ListRow(holiday_row(line), partial(self.edit, line), last=last))
        if year.announced and year.offered:
            self.add(holder(row(self._take_over_button(), None, margins=(14, 8, 14, 8))))

    def _unannounced(self, year: HolidayYear) -> QWidget:
        if year.offered:
            sentence = tr("The holidays of {year} are announced.", year=year.year)
            return EmptyState("calendar", sentence, tr("One press takes them over."), self._take_over_button())
        sentence = tr("The State Council has not announced the holidays of {year} yet", year=year.year)
        hint = tr("Until then the rota of that year knows no holidays. Add them here once they are announced.")
        return EmptyState("calendar-x", sentence, hint)

    def _take_over_button(self) -> SecondaryButton:
        return SecondaryButton(tr("Take over the announced days"), self.take_over, icon="download")


class HolidaySheet(Sheet):
    """Name, first and last day, whether it is a make-up workday, whether experts come all the same."""

    def __init__(
        self, desk: Desk, year: int, line: HolidayLine | None, on_saved: Callable[[], object], parent: QWidget
    ) -> None:
        super().__init__(tr("Holiday") if line is None else line.name, parent, width=460)
        self._desk, self._line, self._on_saved = desk, line, on_saved
        self.name = Choice([(name, name) for name in HOLIDAY_NAMES], free=True, placeholder=tr("such as 国庆节"))
        self.first, self.last = DateField(placeholder=f"{year}-10-01"), DateField(placeholder=tr("the same day"))
        self.kind = SegmentedControl(
            [(False, tr("Day off")), (True, tr("Make-up day"))], name=tr("Kind"), value=bool(line and line.workday)
        )
        self.duty = QCheckBox(tr("Experts come all the same"))
        self.error = Label("", "error", wrap=True)
        self.kind.chosen.connect(lambda workday: self.duty.setEnabled(not workday))
        if line is not None:
            self.name.set_value(line.name)
            self.first.set_value(line.first)
            self.last.set_value(line.last)
            self.duty.setChecked(line.duty)
            self.duty.setEnabled(not line.workday)
        self.body.addWidget(Field(tr("Name of the holiday"), self.name))
        self.body.addLayout(row(Field(tr("First day"), self.first), Field(tr("Last day"), self.last), space=12))
        self.body.addWidget(Field(tr("Kind"), self.kind))
        self.body.addWidget(self.duty)
        hint = tr("A make-up workday is marked on the board; duty is as on any such weekday.")
        self.body.addWidget(Label(hint, "hint", wrap=True))
        self.body.addWidget(self.error)
        self.add_button(tr("Cancel"), self.reject)
        if line is not None:
            self.add_button(tr("Take out"), self.withdraw, kind="danger")
        self.add_button(tr("Save"), self.keep, kind="primary")
        self.name.setFocus()

    def keep(self) -> None:
        """Saves and closes, or says what is missing."""
        first = self.first.value()
        last = self.last.value() or first
        if first is None or last is None or self.last.is_wrong():
            self.error.setText(tr("Please write a date as 2027-01-04."))
            self.first.setFocus()
            return
        run_job(
            self,
            self._desk.services.holidays.save,
            first,
            last,
            self.name.text(),
            workday=bool(self.kind.value()),
            duty=self.duty.isChecked(),
            instead=self._line.ids if self._line else (),
            on_done=self._kept,
            on_error=self._refuse,
        )

    def withdraw(self) -> None:
        """Takes it out of the table."""
        ids: Sequence[str] = self._line.ids if self._line else ()
        run_job(self, self._desk.services.holidays.withdraw, ids, on_done=self._kept, on_error=self._refuse)

    def _refuse(self, error: UserError) -> None:
        self.error.setText(error.text())

    def _kept(self, _value: object) -> None:
        self.accept()
        self._on_saved()


def holiday_row(line: HolidayLine) -> Row:
    """春节 2026-02-15 – 02-23, 9 天; a make-up workday by its badge."""
    stretch = day_words(line.first)[5:]
    if line.days > 1:
        stretch = f"{line.first.isoformat()[5:]} – {line.last.isoformat()[5:]}"
    badge, tone = ntr("{n} day", "{n} days", line.days), "neutral"
    if line.clashes:
        badge, tone = tr("twice"), "attention"
    elif line.workday:
        badge, tone = tr("workday"), "attention"
    elif line.duty:
        badge, tone = tr("on duty"), "accent"
    return Row(line.ids[0], line.name, stretch, badge=badge, tone=tone, faded=line.workday)
