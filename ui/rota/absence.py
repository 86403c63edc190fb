"""An expert cannot come: by keys alone, who stands in, what becomes of the bookings, whom to call.

Nothing is done before Enter: that marks the absence, puts the chosen expert there and takes care of the bookings, in
one act that the board's undo takes back."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.common.clock import local
from app.common.words import ntr, tr
from app.rota.absence_acts import ALONG, LATER, STAY
from app.rota.rules import HALVES, Slot, short
from app.rota.views import Absence, BookingView, Replacement, StoodIn
from app.security.permissions import May
from ui import notify, theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.pdf_sheet import PdfSheet
from ui.rota.absence_rows import booking_row, counted, replacement_row
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row
from ui.widgets.row import Columns
from ui.widgets.row_list import RowList
from ui.widgets.segmented import SegmentedControl
from ui.widgets.sheet import Sheet

_HEIGHT = 372
_WIDTH = 940
DAY = "day"


def open_absence(desk: Desk, parent: QWidget, staff_id: str, slot: Slot) -> None:
    """Loads what the absence of `staff_id` on `slot` touches, and shows it over `parent`'s window."""

    def show(absence: Absence) -> None:
        AbsenceSheet(desk, absence, slot.half, parent.window()).open()

    run_job(parent, desk.services.rota.absence, staff_id, slot.day, lane="read", on_done=show)


class AbsenceSheet(Sheet):
    """`list` holds every other expert, `calls` the bookings, `how` what becomes of them, `scope` which halves."""

    def __init__(self, desk: Desk, absence: Absence, half: str, parent: QWidget) -> None:
        super().__init__(tr("{name} cannot come", name=absence.name), parent, width=_WIDTH)
        self._desk = desk
        self._rota = desk.services.rota
        self._may_mark = May.MARK_ABSENT in desk.who.may
        self._may_list = self._may_mark and May.SEE_CLIENTS in desk.who.may
        self.absence = absence
        self._half = half if half in absence.assignments else next(iter(absence.assignments), half)
        self.scope = self._scope_choice()
        self.how = self._how_choice()
        self._state = Label("", "strong", wrap=True)
        self.list = RowList(tr("Who could stand in"), Columns(), parent=self)
        self.calls = RowList(tr("Bookings"), Columns(lead=52), parent=self)
        self._count = Label("", "hint", wrap=True)
        self._build()
        self._fill()

    def _scope_choice(self) -> SegmentedControl:
        day = self.absence.day
        options: list[tuple[object, str]] = [
            (half, Slot(day, half).words()) for half in HALVES if half in self.absence.assignments
        ]
        if len(options) > 1:
            options.append((DAY, tr("The whole day")))
        first = DAY if len(options) > 1 and self._half == "am" and not self.absence.marked else self._half
        made = SegmentedControl(options, value=first, name=tr("Absent when"))
        made.setVisible(len(options) > 1)
        made.chosen.connect(self._rescope)
        return made

    def _how_choice(self) -> SegmentedControl:
        options: list[tuple[object, str]] = [(ALONG, tr("go to the stand-in"))]
        if May.BOOK in self._desk.who.may:
            options.append((LATER, tr("to her next duty")))
        options.append((STAY, tr("stay, to be called")))
        self._ways = [value for value, _words in options]
        made = SegmentedControl(options, value=ALONG, name=tr("The bookings"))
        made.chosen.connect(lambda _value: self._show_calls())
        return made

    def _build(self) -> None:
        px = theme.current().px
        for one in (self.list, self.calls):
            one.setFixedHeight(px(_HEIGHT))
        self.list.opened.connect(lambda _key: self.stand_in())
        self.list.chosen.connect(lambda _key: self._show_calls())
        self._left = Label("", "heading")
        self._right = Label("", "heading")
        left = holder(column(self._left, self.calls, self.how, None))
        left.setFixedWidth(px(408))
        hint = Label(tr("Enter takes the chosen expert · B changes what becomes of the bookings"), "hint")
        self._hint = hint
        self.body.addLayout(row(self._state, None, self.scope))
        self.body.addLayout(row(left, column(self._right, self.list, self._count, None), space=16))
        self.body.addWidget(hint)
        self.add_button(tr("Close"), self.reject)
        if self._may_list:
            self.list_button = self.add_button(tr("Call list"), self.print_calls, shortcut="Ctrl+P")
        self.mark_button = self.add_button(tr("Only mark absent"), self.mark, shortcut="Ctrl+M")
        self.take_button = self.add_button(tr("Replace"), self.stand_in, kind="primary")
        QShortcut(QKeySequence("B"), self).activated.connect(self._next_way)

    # --- what is shown ---

    def half(self) -> str:
        """The half that is being dealt with."""
        return self._half

    def chosen(self) -> Replacement | None:
        """The expert that the list stands on."""
        key = self.list.key()
        return next((one for one in self._found() if one.staff_id == key), None)

    def bookings(self) -> list[BookingView]:
        """Those of this half that are still the absent expert's."""
        return [one for one in self.absence.bookings if one.half == self._half]

    def _found(self) -> list[Replacement]:
        return [one for one in self.absence.replacements if one.half == self._half]

    def _fill(self) -> None:
        absence, half = self.absence, self._half
        covered = absence.covered.get(half)
        self._state.setText(self._said())
        slot = Slot(absence.day, half)
        hours = "–".join(absence.hours.get(half, ()))
        self._right.setText(tr("Who could stand in: {slot} {hours}", slot=slot.words(), hours=hours))
        found = self._found()
        self.list.set_rows([replacement_row(one) for one in found])
        self.list.setEnabled(bool(found))
        if found:
            self.list.choose_first()
        self._count.setText(counted(found) if found else self._nobody(covered))
        self.mark_button.setVisible(self._may_mark and half in absence.assignments and half not in absence.marked)
        self.take_button.setVisible(self._may_mark and bool(found))
        self.how.setVisible(bool(self.bookings()))
        self._hint.setVisible(bool(found))
        self._show_calls()
        if found:
            self.list.setFocus()
        elif self._may_list:
            self.list_button.setFocus()

    def _said(self) -> str:
        day = self.absence.day.isoformat()
        if self._half in self.absence.covered:
            return tr("{day}: {name} stands in.", day=day, name=self.absence.covered[self._half])
        if self._half in self.absence.marked:
            return tr("{day}: marked absent, nobody stands in yet.", day=day)
        return tr("{day}: not marked absent yet.", day=day)

    def _nobody(self, covered: str | None) -> str:
        if covered:
            return tr("{name} stands in already.", name=covered)
        return tr("No seat is empty.") if not self.absence.assignments else tr("The centre has no other expert.")

    def _show_calls(self) -> None:
        """What becomes of each booking if Enter is pressed now."""
        here = self.bookings()
        settled = self.absence.settled
        if here:
            self._left.setText(ntr("{n} booking to call about", "{n} bookings to call about", len(here) + len(settled)))
        elif settled:
            self._left.setText(ntr("{n} booking arranged", "{n} bookings arranged", len(settled)))
        else:
            self._left.setText(tr("No bookings are affected."))
        rows = [booking_row(one, *self._fate(one)) for one in here]
        rows += [booking_row(one, one.outcome.text() if one.outcome else "", "accent") for one in settled]
        self.calls.set_rows(rows)

    def _fate(self, booking: BookingView) -> tuple[str, str]:
        """(words, tone)"""
        way, chosen = self.how.value(), self.chosen()
        if way == LATER:
            if booking.later is None:
                return tr("to be called: no free duty session in the next four weeks"), "attention"
            at = local(booking.later)
            return tr("to {day} {time}", day=short(at.date()), time=f"{at:%H:%M}"), "accent"
        if way == STAY or chosen is None:
            return tr("to be called"), "attention"
        if chosen.refused or booking.id in chosen.stays:
            why = chosen.stays.get(booking.id)
            return tr("to be called: {reason}", reason=why.text()) if why else tr("to be called"), "attention"
        return tr("goes to {name}", name=chosen.name), "accent"

    # --- acts ---

    def _rescope(self, value: object) -> None:
        self._half = str(value) if value in HALVES else next(iter(self._open_halves()), self._half)
        self._fill()

    def _open_halves(self) -> list[str]:
        return [half for half in HALVES if half in self.absence.assignments and half not in self.absence.covered]

    def _next_way(self) -> None:
        if self.bookings():
            self.how.set_value(self._ways[(self._ways.index(self.how.value()) + 1) % len(self._ways)])
            self._show_calls()

    def stand_in(self) -> None:
        """Enter: everything in one act."""
        chosen = self.chosen()
        if chosen is None or not self._may_mark:
            return
        if chosen.group == "there" and not self.bookings():
            notify.warn(self, tr("{name} is on that duty session anyway.", name=chosen.name))
            return
        run_job(
            self,
            self._rota.stand_in,
            self.absence.staff_id,
            self.absence.day,
            self._half,
            chosen.staff_id,
            whole_day=self.scope.value() == DAY,
            bookings=str(self.how.value()),
            on_done=lambda done: self._arranged(done, chosen.name),
        )

    def _arranged(self, done: StoodIn, name: str) -> None:
        slot = Slot(self.absence.day, self._half).words()
        words = tr("{name} stands in on {slot}.", name=name, slot=slot) if done.duty else ""
        if done.went:
            words += ntr("{n} booking was moved.", "{n} bookings were moved.", len(done.went))
        if done.stays:
            words += ntr("{n} is still to be called.", "{n} are still to be called.", len(done.stays))
        notify.say(self, words)
        self._reload()

    def mark(self) -> None:
        """The absence alone."""
        half = None if self.scope.value() == DAY else self._half
        run_job(
            self,
            self._rota.mark_absent,
            self.absence.staff_id,
            self.absence.day,
            half,
            on_done=lambda _v: self._reload(),
        )

    def _reload(self) -> None:
        run_job(
            self, self._rota.absence, self.absence.staff_id, self.absence.day, lane="read", on_done=self._show_again
        )

    def _show_again(self, absence: Absence) -> None:
        """After an act: on to the other half if the whole day is dealt with."""
        self.absence = absence
        if self.scope.value() == DAY:
            self._half = next(iter(self._open_halves()), self._half)
        self._fill()

    def print_calls(self) -> None:
        """联系单, as it will be printed."""
        if not self._may_list:
            return
        half = None if self.scope.value() == DAY else self._half
        name = f"{tr('Call list')}-{self.absence.day.isoformat()}"

        def show(data: bytes) -> None:
            PdfSheet(tr("Call list"), name, data, self).open()

        run_job(self, self._rota.call_list, self.absence.staff_id, self.absence.day, half, on_done=show)
