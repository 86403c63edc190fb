"""After an absence was marked: whom to call, and who stands in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QWidget

from app.common.clock import local
from app.common.words import ntr, tr
from app.rota.views import Absence, BookingView, Replacement
from ui import theme
from ui.rota.models import half_words
from ui.widgets.label import Label
from ui.widgets.list_row import ListRow
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.sheet import Sheet

_MOST_BOOKINGS = 6


class AbsenceSheet(Sheet):
    """`on_replace(assignment_id, staff_id, take_bookings)`; `on_call_list()` prints whom to call, for those who may."""

    def __init__(
        self,
        absence: Absence,
        on_replace: Callable[[str, str, bool], object],
        on_call_list: Callable[[], object] | None,
        parent: QWidget,
    ) -> None:
        super().__init__(tr("{name} is absent", name=absence.name), parent, width=560)
        self._absence = absence
        self._on_replace = on_replace
        self._take = QCheckBox(tr("Give the bookings to the stand-in"))
        self.list = RowList(tr("Who could stand in"), Columns(), parent=self)
        self._add_bookings()
        self._add_replacements()
        self.add_button(tr("Close"), self.reject)
        if absence.bookings and on_call_list is not None:
            self.add_button(tr("Call list"), on_call_list)
        if absence.replacements:
            self.add_button(tr("Replace"), lambda: self._replace(self.list.key()), kind="primary")

    def _add_bookings(self) -> None:
        bookings = self._absence.bookings
        if not bookings:
            self.body.addWidget(Label(tr("No bookings are affected."), "muted"))
            return
        title = ntr("{n} booking to call about", "{n} bookings to call about", len(bookings))
        self.body.addWidget(Label(title, "heading"))
        for booking in bookings[:_MOST_BOOKINGS]:
            self.body.addWidget(ListRow(_booking_row(booking)))
        if len(bookings) > _MOST_BOOKINGS:
            more = len(bookings) - _MOST_BOOKINGS
            self.body.addWidget(Label(ntr("{n} more in Intake", "{n} more in Intake", more), "hint"))
        self.body.addWidget(self._take)

    def _add_replacements(self) -> None:
        found = self._absence.replacements
        if not found:
            said = tr("Nobody else is free then.") if self._absence.assignments else tr("No seat is empty.")
            self.body.addWidget(Label(said, "muted", wrap=True))
            self.list.hide()
            return
        self.body.addWidget(Label(tr("Who could stand in"), "heading"))
        self.list.setFixedHeight(theme.current().px(240))
        self.list.set_rows([_replacement_row(number, one) for number, one in enumerate(found)])
        self.list.choose_first()
        self.list.opened.connect(self._replace)
        self.body.addWidget(self.list)
        self.list.setFocus()

    def _replace(self, key: str) -> None:
        if not key:
            return
        one = self._absence.replacements[int(key)]
        assignment = self._absence.assignments[one.half]
        self.accept()
        self._on_replace(assignment, one.staff_id, self._take.isChecked())


def _booking_row(booking: BookingView) -> Row:
    at = local(booking.at)
    who = booking.client_name or booking.client_number or tr("a client")
    return Row(
        booking.id,
        who,
        "、".join(booking.telephones),
        lead=f"{at:%H:%M}",
        badge=booking.safe_times or "",
        tone="info",
    )


def _replacement_row(number: int, one: Replacement) -> Row:
    return Row(
        str(number),
        one.name,
        one.telephone or "",
        second=one.why,
        badge=tr("can do duty") if one.free else tr("ask first"),
        tone="accent" if one.free else "attention",
        note=half_words(one.half),
    )
