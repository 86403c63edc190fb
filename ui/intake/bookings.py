"""预约: the bookings of a day, who of them has come, and a new one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.common.clock import at_centre, local, today
from app.common.errors import UserError
from app.common.words import tr
from app.intake.appointments import KIND_WORDS, STATUS_WORDS
from app.intake.views import AppointmentView, ClientCard
from app.people.centres import RoomView
from app.people.search import FoundClient
from app.security.permissions import May
from ui import notify
from ui.desk import Desk
from ui.intake.name_box import NameBox
from ui.intake.words import dotted
from ui.jobs import bus, run_job
from ui.widgets.choice import Choice
from ui.widgets.date_field import DateField
from ui.widgets.empty_state import EmptyState
from ui.widgets.field import Field
from ui.widgets.icon_button import FramedIconButton
from ui.widgets.label import Label
from ui.widgets.layout import hairline, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.sheet import Sheet

_TONES = {"booked": "neutral", "arrived": "accent", "missed": "attention"}
_ICONS = {"booked": "clock", "arrived": "user-check", "missed": "user-x"}
_TIME = re.compile(r"(\d{1,2})[:：.点时]?(\d{2})?分?")
WIDTH = 640


def parse_time(typed: str) -> time | None:
    """9:00, 0900, 14.30 or 14点; None if it is no time of day."""
    match = _TIME.fullmatch(typed.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


class BookingList(RowList):
    """Enter: has come. Delete: cancelled. M: did not come."""

    cancelled = Signal(str)
    missed = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.key():
            self.cancelled.emit(self.key())
        elif event.key() == Qt.Key.Key_M and self.key():
            self.missed.emit(self.key())
        else:
            super().keyPressEvent(event)


class BookingsSheet(Sheet):
    """`came(client_id)`: a booked client stands at the counter."""

    came = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget, client_id: str = "") -> None:
        super().__init__(tr("Bookings"), parent, width=WIDTH)
        self._desk = desk
        self._book = desk.services.appointments
        self._day = today(desk.clock)
        self._client_id = ""
        self._settled = False
        self._found: dict[str, AppointmentView] = {}
        self._may_register = May.REGISTER_VISITS in desk.who.may
        self._day_words = Label("", "strong")
        self.list = BookingList(tr("Bookings"), Columns(lead=58, note=130))
        self.list.setFixedHeight(desk.theme.px(200))
        self._empty = EmptyState("calendar-days", tr("No bookings on this day"), tr("Book one below."))
        self._pages = QStackedWidget()
        self._pages.setFixedHeight(desk.theme.px(200))
        self.name = NameBox(desk.services.search.search, lambda: today(desk.clock), tr("Name, pinyin or telephone"))
        self.date = DateField()
        self.time = LineEdit("09:00", limit=6)
        self.staff = Choice([("", tr("anyone"))])
        self.room = Choice([("", tr("not fixed"))])
        self.kind = Choice([(code, tr(said)) for code, said in KIND_WORDS.items()])
        self._build()
        self._load()
        self._load_lists()
        if client_id:
            run_job(self, desk.services.intake.card, client_id, lane="read", on_done=self._prefill)
        bus().changed.connect(self._changed)

    def show_day(self, day: date) -> None:
        """Another day's bookings; a new one is for that day too."""
        self._day = day
        self.date.set_value(day)
        self._load()

    # --- building ---

    def _build(self) -> None:
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        hint = (
            tr("Enter came · M did not come · Delete cancels")
            if self._may_register
            else tr("M did not come · Delete cancels")
        )
        self.body.addLayout(
            row(
                FramedIconButton("chevron-left", tr("Day before"), lambda: self._turn(-1), shortcut="PgUp"),
                FramedIconButton("chevron-right", tr("Day after"), lambda: self._turn(1), shortcut="PgDown"),
                self._day_words,
                None,
                Label(hint, "small"),
            )
        )
        self.body.addWidget(self._pages)
        self.body.addWidget(hairline())
        self._name_field = Field(tr("Client"), self.name)
        self._date_field = Field(tr("Day"), self.date)
        self._time_field = Field(tr("Time"), self.time)
        first = row(self._name_field, self._date_field, self._time_field, space=12)
        for place, share in enumerate((5, 3, 2)):
            first.setStretch(place, share)
        second = row(
            Field(tr("Expert"), self.staff), Field(tr("Room"), self.room), Field(tr("Kind"), self.kind), space=12
        )
        self.body.addLayout(first)
        self.body.addLayout(second)
        self.date.set_value(self._day)
        for choice, value in ((self.staff, ""), (self.room, ""), (self.kind, "return")):
            choice.set_value(value)
        self.add_button(tr("Close"), self.reject)
        self.book_button = self.add_button(tr("Book"), self.book, kind="primary")
        self.name.taken.connect(self._taken)
        self.name.released.connect(self._released)
        self.list.opened.connect(self._came)
        self.list.cancelled.connect(lambda key: run_job(self, self._book.cancel, key))
        self.list.missed.connect(lambda key: run_job(self, self._book.missed, key))

    def _load_lists(self) -> None:
        services = self._desk.services
        run_job(self, services.intake.experts, lane="read", on_done=self._set_experts)
        run_job(self, services.centre.rooms, lane="read", on_done=self._set_rooms)

    def _set_experts(self, experts: Sequence[tuple[str, str]]) -> None:
        self.staff.set_options([("", tr("anyone")), *experts])

    def _set_rooms(self, rooms: Sequence[RoomView]) -> None:
        self.room.set_options([("", tr("not fixed")), *((room.id, room.name) for room in rooms)])

    # --- the list ---

    def _turn(self, by: int) -> None:
        self.show_day(self._day + timedelta(days=by))

    def _changed(self, _topics: object, _initiator: object) -> None:
        self._load()

    def _load(self) -> None:
        day = self._day
        run_job(self, self._book.day, day, lane="read", on_done=lambda found: self._show(day, found))

    def _show(self, day: date, found: Sequence[AppointmentView]) -> None:
        if day != self._day:
            return
        weekdays = (tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun"))
        said = tr("today") if day == today(self._desk.clock) else ""
        self._day_words.setText(" ".join(part for part in (day.isoformat(), weekdays[day.weekday()], said) if part))
        self._found = {one.id: one for one in found}
        self.list.set_rows([_row(one) for one in found])
        self._pages.setCurrentWidget(self.list if found else self._empty)
        if found and not self.list.key():
            self.list.choose(next((one.id for one in found if one.status == "booked"), found[0].id))
        if not self._settled:
            self._settled = True
            if not self.name.isReadOnly():
                (self.list if found else self.name).setFocus()

    def _came(self, key: str) -> None:
        booking = self._found.get(key)
        if booking is None or not self._may_register:
            return
        if booking.status == "arrived":
            notify.warn(self, tr("{name} has been registered already.", name=booking.client_name))
            return
        self.accept()
        self.came.emit(booking.client_id)

    # --- a new one ---

    def book(self) -> None:
        """Books for the chosen client; errors under their fields."""
        moment = self._moment()
        if moment is None:
            return
        kind = self.kind.text() or "return"
        run_job(
            self,
            self._book.book,
            self._client_id,
            moment,
            staff_id=self.staff.text() or None,
            room_id=self.room.text() or None,
            kind=kind,
            on_done=lambda _id: self._booked(),
            on_error=self._refused,
        )

    def _moment(self) -> datetime | None:
        day, at = self.date.value(), parse_time(self.time.text())
        self._name_field.set_error("" if self._client_id else tr("Choose a client from the list."))
        self._date_field.set_error("" if day else tr("This is no date."))
        self._time_field.set_error("" if at else tr("Like 9:30"))
        if not self._client_id:
            self.name.setFocus()
        if day is None or at is None or not self._client_id:
            return None
        return at_centre(day, at.hour, at.minute)

    def _booked(self) -> None:
        day = self.date.value()
        notify.say(self, tr("Booked for {name}.", name=self.name.value()))
        self._released()
        if day is not None:
            self.show_day(day)

    def _refused(self, error: UserError) -> None:
        field = self._time_field if error.code == "past" else self._name_field
        field.set_error(error.text())

    def _prefill(self, card: ClientCard) -> None:
        self._client_id = card.id
        self.name.hold(card.name)
        self.kind.set_value("parent" if card.kind == "parent" else "return" if card.visits else "first")
        self.time.setFocus()

    def _taken(self, hit: FoundClient) -> None:
        self._client_id = hit.id
        self.name.hold(hit.name)
        self.kind.set_value("return" if hit.last_visit else "first")
        self._name_field.set_error("")
        self.time.setFocus()

    def _released(self) -> None:
        self._client_id = ""
        self.name.free()
        self.name.setFocus()


def _row(one: AppointmentView) -> Row:
    status = tr(STATUS_WORDS[one.status])
    return Row(
        one.id,
        one.client_name,
        tr(KIND_WORDS.get(one.kind, one.kind)),
        lead=f"{local(one.starts_at):%H:%M}",
        badge=dotted(status, one.ticket),
        tone=_TONES.get(one.status, "neutral"),
        badge_icon=_ICONS.get(one.status, ""),
        note=" ".join(part for part in (one.staff_name, one.room_name) if part) or tr("anyone"),
        strong=True,
        faded=one.status == "missed",
    )
