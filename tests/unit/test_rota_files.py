"""Calendar files, file names and the workbook from plain values: whatever the words, they read back as they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from app.common.clock import CENTRE_ZONE
from app.rota.calendar_file import CalendarContent, Event, render_calendar
from app.rota.exporting import safe_name
from app.rota.spreadsheet import Page, render_book

NOW = datetime(2027, 1, 4, 1, tzinfo=UTC)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120) | st.text(
    ",;:\\\"'\nN王子琪𬱖", max_size=60
)
texts = words.map(lambda said: said.replace("\\N", "N"))  # which the library takes for a line break
moments = st.integers(0, 2_000_000).map(lambda minutes: NOW.replace(tzinfo=None) + timedelta(minutes=minutes))


@given(texts, texts, texts, moments, st.booleans(), st.integers(0, 9999))
def test_any_words_read_back_and_no_line_is_too_long(
    summary: str, place: str, said: str, at: datetime, cancelled: bool, sequence: int
) -> None:
    event = Event("duty-1@org", sequence, at, at + timedelta(hours=3), summary, place, said, cancelled)
    data = render_calendar(CalendarContent("王子琪 值班", (event,)), NOW)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"") and data.endswith(b"END:VCALENDAR\r\n")
    (read,) = icalendar.Calendar.from_ical(data).events
    assert (str(read["summary"]), str(read["location"]), str(read["description"])) == (summary, place, said)
    assert read["uid"] == "duty-1@org" and read["sequence"] == sequence
    assert read["status"] == ("CANCELLED" if cancelled else "CONFIRMED")
    assert read.start == at.replace(tzinfo=CENTRE_ZONE)


def test_a_file_has_its_zone_and_nothing_that_needs_a_server() -> None:
    data = render_calendar(CalendarContent("王子琪 值班", ()), NOW).decode()
    assert "METHOD:PUBLISH" in data and "TZOFFSETTO:+0800" in data and "TZID:Asia/Shanghai" in data
    assert not any(word in data for word in ("ATTENDEE", "ORGANIZER", "http"))


@given(st.text(max_size=300))
def test_a_file_name_is_one_that_every_system_takes(words: str) -> None:
    name = safe_name(f"{words}.pdf")
    stem = name.removesuffix(".pdf")
    assert name.endswith(".pdf") and stem and len(name.encode()) <= 200
    assert not set(name) & set('<>:"/\\|?*') and all(ord(c) >= 32 for c in name)
    assert (
        stem == stem.strip(" ") and not stem.endswith(".") and stem.split(".")[0].upper() not in ("CON", "NUL", "LPT1")
    )
    assert safe_name(name) == name


def test_usual_names_stay_as_they_are_and_reserved_ones_do_not() -> None:
    assert safe_name("E001 王子琪-20270101-20270331.ics") == "E001 王子琪-20270101-20270331.ics"
    assert safe_name("con.pdf") == "_con.pdf" and safe_name("../../etc/x.pdf") == "_.._etc_x.pdf"


@given(st.sampled_from("=+-@\t＝"), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_no_cell_of_the_workbook_is_a_formula(first: str, rest: str) -> None:
    import io

    from openpyxl import load_workbook

    page = Page("1", ("A", first + rest), ((first + rest, 3),), (10, 10))
    sheet = load_workbook(io.BytesIO(render_book((page,)))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells] == ["s", "s", "s", "n"] and cells[2].number_format == "@"
    assert cells[2].value == first + rest
