"""One expert's duties as an iCalendar file: read into a telephone's calendar, and read again after a change.

A duty keeps its UID, and each publication a higher SEQUENCE, so that reading the file again moves what has moved; what
was taken off is in the file as cancelled. Nothing in it is about clients.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.common.clock import CENTRE_ZONE
from app.common.errors import UserError
from app.common.words import N_
from app.rota.poster import InForce, load_in_force, special
from app.rota.published import lines_of, load_versions
from app.rota.rules import Slot
from app.rota.sheets import NOTHING, colleagues, duties_by_expert
from db.engine import Tx
from db.models import Room, Staff

if TYPE_CHECKING:
    from icalendar import Timezone

_SUMMARY = "值班"
_OFFSET = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Event:
    """One duty. `starts` and `ends` are the centre's wall clock; `sequence` the number of the version it stands in."""

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    summary: str
    place: str
    text: str
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class CalendarContent:
    """`name` is what the calendar is called."""

    name: str
    events: tuple[Event, ...]


def calendar_content(tx: Tx, centre_id: str, staff_id: str, first: date, last: date) -> CalendarContent:
    """UserError if nothing was ever published of these days, or if the centre has no such person."""
    board = load_in_force(tx, centre_id, first, last, NOTHING, taken_back=True)
    person = tx.get(Staff, staff_id)
    rooms = {row.id: row.name for row in tx.execute(select(Room.id, Room.name))}
    numbers: dict[date, int] = {}
    told: dict[str, tuple[Slot, str]] = {}
    for version in load_versions(tx, centre_id):
        for line in lines_of(version):
            if line.staff_id == staff_id and first <= line.slot.day <= last:
                told[line.id] = (line.slot, rooms.get(line.room_id or "", ""))
        _number(numbers, version.first, version.last, version.number)
    here = {row.id: row for row in duties_by_expert(board).get(staff_id, [])}
    if person is None or (person.centre_id != centre_id and not here and not told):
        raise UserError("not-an-expert", N_("This person is not a duty expert of the centre."))
    events = [
        _event(board, key, Slot(row.day, row.half), numbers, board.room(row), "、".join(colleagues(board, row)))
        for key, row in here.items()
    ]
    events += [_event(board, key, *told[key][:1], numbers, told[key][1], None) for key in told if key not in here]
    return CalendarContent(
        f"{person.name} {_SUMMARY}", tuple(sorted(events, key=lambda one: (one.starts, one.cancelled, one.uid)))
    )


def _number(numbers: dict[date, int], first: date, last: date, number: int) -> None:
    """Also of a version that was taken back: somebody may have read its file."""
    for n in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(n)
        numbers[day] = max(numbers.get(day, 0), number)


def _event(
    board: InForce, assignment_id: str, slot: Slot, numbers: dict[date, int], room: str, mates: str | None
) -> Event:
    """`mates` None: it was taken off."""
    starts, ends = (datetime.combine(slot.day, time.fromisoformat(clock)) for clock in board.roster.hours_of(slot))
    said = [special(board.roster, slot.day), f"同班：{mates}" if mates else "", board.version]
    return Event(
        f"duty-{assignment_id}@{board.organisation_id}.longshan-desk",
        numbers.get(slot.day, 0),
        starts,
        ends,
        f"{_SUMMARY}（{room}）" if room else _SUMMARY,
        " ".join(part for part in (board.centre_name, board.address, room) if part),
        "\n".join(part for part in said if part),
        mates is None,
    )


def render_calendar(content: CalendarContent, now: datetime) -> bytes:
    """The file: UTF-8, CRLF, folded. `now` (UTC) stamps every event, which decides between files of one version."""
    from icalendar import Calendar
    from icalendar import Event as Entry

    calendar = Calendar()
    calendar.add("prodid", "-//Longshan Desk//Duty rota//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", content.name)
    calendar.add("x-wr-timezone", CENTRE_ZONE.key)
    calendar.add_component(_zone())
    for one in content.events:
        entry = Entry()
        entry.add("uid", one.uid)
        entry.add("sequence", one.sequence)
        entry.add("dtstamp", now)
        entry.add("dtstart", one.starts.replace(tzinfo=CENTRE_ZONE))
        entry.add("dtend", one.ends.replace(tzinfo=CENTRE_ZONE))
        entry.add("summary", one.summary)
        entry.add("location", one.place)
        entry.add("description", one.text)
        entry.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
        entry.add("transp", "TRANSPARENT" if one.cancelled else "OPAQUE")
        calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written


def _zone() -> Timezone:
    """China has had one time without summer time since 1991."""
    from icalendar import Timezone, TimezoneStandard

    zone = Timezone()
    zone.add("tzid", CENTRE_ZONE.key)
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1991, 9, 15))  # noqa: DTZ001 - wall clock, as RFC 5545 wants it
    standard.add("tzoffsetfrom", _OFFSET)
    standard.add("tzoffsetto", _OFFSET)
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone
