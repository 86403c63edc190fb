"""Two PCs plan without a network: what collides stands on both boards and in both reviews, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.bootstrap import Office
from app.common import words
from app.common.clock import at_centre
from app.people.clients import NewClient, create_client
from app.rota.rules import Slot
from app.rota.views import AssignmentView
from app.security.permissions import May
from tests.services.rota_centre import MONDAY, clock_at, expert_id, furnish
from tests.services.two_pcs import TwoPcs, pcs, pcs_template

__all__ = ["pcs", "pcs_template"]

ONE, OTHER, THIRD = "E041", "E032", "E009"


@pytest.fixture
def both(pcs: TwoPcs) -> tuple[Office, Office]:
    """The director at the desk and in room 2, each with the 64 experts."""
    words.set_language("zh")
    pcs.clock.at = clock_at(MONDAY - timedelta(days=3), 9)
    desk = pcs.sign(pcs.desk, "director")
    furnish(desk)
    settle(pcs)
    return desk, pcs.sign(pcs.room2, "director")


def settle(pcs: TwoPcs) -> None:
    for folder in (pcs.desk, pcs.room2, pcs.desk):
        pcs.sync(folder)


def seated(office: Office, half: str = "am") -> tuple[AssignmentView, ...]:
    return office.services.rota.week(MONDAY).cells[Slot(MONDAY, half)].assignments


def test_one_room_given_to_two_experts_shows_on_both_boards(pcs: TwoPcs, both: tuple[Office, Office]) -> None:
    desk, room2 = both
    desk.services.rota.assign(MONDAY, "am", expert_id(desk, ONE))
    room2.services.rota.assign(MONDAY, "am", expert_id(room2, OTHER))
    settle(pcs)
    for office in both:
        found = seated(office)
        assert {(a.number, a.room) for a in found} == {(ONE, "1室"), (OTHER, "1室")}, "nothing is lost"
        assert all("room-twice" in [note.code for note in a.warnings] for a in found)
        first = next(a for a in found if a.number == ONE)
        other = next(a for a in found if a.number == OTHER)
        assert f"1室也排给了{other.name}" in "；".join(note.text() for note in first.warnings)
        (review,) = office.services.reviews.open()
        assert (review.kind, len(review.sides)) == ("booking", 2) and "1室" in review.subject
    other = next(a for a in seated(room2) if a.number == OTHER)
    rooms = {name: room_id for room_id, name in room2.services.rota.week(MONDAY).rooms.items()}
    room2.services.rota.set_room(other.id, rooms["2室"])
    settle(pcs)
    for office in both:
        assert {(a.number, a.room) for a in seated(office)} == {(ONE, "1室"), (OTHER, "2室")}
        assert not any(a.warnings for a in seated(office)) and office.services.reviews.open() == []


def test_one_expert_put_twice_on_a_session_shows_on_both_boards(pcs: TwoPcs, both: tuple[Office, Office]) -> None:
    desk = both[0]
    for office in both:
        office.services.rota.assign(MONDAY, "am", expert_id(office, ONE))
    settle(pcs)
    for office in both:
        assert [a.number for a in seated(office)] == [ONE, ONE]
        assert all("twice" in [note.code for note in a.warnings] for a in seated(office))
        assert len(office.services.reviews.open()) == 1
    desk.services.rota.unassign(seated(desk)[0].id)
    settle(pcs)
    assert [len(seated(office)) for office in both] == [1, 1]


def test_two_fills_of_one_week_lose_no_duty_and_tell_what_collides(pcs: TwoPcs, both: tuple[Office, Office]) -> None:
    desk, room2 = both
    sunday = MONDAY + timedelta(days=6)
    desk.services.rota.adopt(desk.services.rota.propose(MONDAY, sunday))
    room2.services.rota.assign(MONDAY, "am", expert_id(room2, THIRD))
    room2.services.rota.adopt(room2.services.rota.propose(MONDAY, sunday))
    made = {
        a.id for office in both for cell in office.services.rota.week(MONDAY).cells.values() for a in cell.assignments
    }
    settle(pcs)
    weeks = [office.services.rota.week(MONDAY) for office in both]
    kept = [{a.id for cell in week.cells.values() for a in cell.assignments} for week in weeks]
    assert kept == [made, made]
    codes = [
        sorted((a.id, note.code) for cell in week.cells.values() for a in cell.assignments for note in a.warnings)
        for week in weeks
    ]
    assert codes[0] == codes[1] and codes[0]
    again = desk.services.rota.propose(MONDAY, sunday, keep_drafts=False)
    desk.services.rota.adopt(again)
    settle(pcs)
    for office in both:
        cells = office.services.rota.week(MONDAY).cells.values()
        assert {len(cell.assignments) for cell in cells} == {3}
        assert [a for cell in cells for a in cell.assignments if a.warnings] == []


@pytest.mark.usefixtures("both")
def test_one_room_booked_twice_by_telephone_is_told_on_both(pcs: TwoPcs) -> None:
    for folder, name, number in ((pcs.desk, "王子琪", ONE), (pcs.room2, "李一诺", OTHER)):
        desk = pcs.sign(folder, "desk")
        with desk.ctx.write(May.EDIT_CLIENTS, "client") as act:
            client = create_client(act.tx, NewClient(name), MONDAY)
        room = next(iter(desk.services.rota.week(MONDAY).rooms))
        desk.services.appointments.book(client.id, at_centre(MONDAY, 9), expert_id(desk, number), room)
    settle(pcs)
    for folder in (pcs.desk, pcs.room2):
        desk = pcs.sign(folder, "desk")
        assert {one.client_name for one in desk.services.appointments.day(MONDAY)} == {"王子琪", "李一诺"}
        (review,) = desk.services.reviews.open()
        assert review.kind == "booking" and len(review.sides) == 2
