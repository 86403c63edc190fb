"""Bookings from the counter: made for the client in the form, met by an arrival."""

# ruff: noqa: F811
from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt

from app.common.clock import at_centre
from tests.gui.intake_front import (  # noqa: F401
    GIRL,
    Open,
    been_here,
    open_intake,
)
from tests.services.conftest import Bench
from ui.intake.bookings import BookingsSheet, parse_time


def test_booking_for_the_client_in_the_form_and_coming(bench: Bench, open_intake: Open) -> None:
    (girl,) = been_here(bench, GIRL)
    front = open_intake()
    front.tab.show_item(client_id=girl)
    front.wait()
    front.press(Qt.Key.Key_F7)
    front.wait()
    sheet = front.tab.findChild(BookingsSheet)
    assert sheet is not None and sheet.name.text() == "王子琪"
    sheet.time.setText("14:30")
    sheet.book_button.click()
    front.wait()
    day = bench.sign("desk").services.appointments.day(date(2026, 11, 23))
    assert [(one.client_name, one.starts_at) for one in day] == [("王子琪", at_centre(date(2026, 11, 23), 14, 30))]
    assert [row.title for row in sheet.list.rows()] == ["王子琪"]
    front.form.empty()
    sheet.list.opened.emit(sheet.list.key())
    front.wait()
    assert front.form.fields.client_id() == girl
    front.form.register()
    front.wait()
    assert bench.sign("desk").services.appointments.day(date(2026, 11, 23))[0].status == "arrived"


def test_a_booking_without_client_or_time_is_said_under_the_field(bench: Bench, open_intake: Open) -> None:
    front = open_intake()
    front.tab.open_bookings()
    front.wait()
    sheet = front.tab.findChild(BookingsSheet)
    assert sheet is not None
    sheet.time.setText("25:00")
    sheet.book()
    assert sheet._name_field.error() and sheet._time_field.error()


@pytest.mark.parametrize(
    ("typed", "read"), [("9:00", (9, 0)), ("0930", (9, 30)), ("14点", (14, 0)), ("14.30", (14, 30)), ("24:00", None)]
)
def test_times_as_people_type_them(typed: str, read: tuple[int, int] | None) -> None:
    found = parse_time(typed)
    assert (None if found is None else (found.hour, found.minute)) == read
