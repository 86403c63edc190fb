"""Reviews that are no choice between two edits: booked twice, deleted elsewhere, one number twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.common.clock import at_centre
from app.common.errors import UserError
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient, create_client
from app.security.permissions import May
from db.models import Client, Guardian, Outbox, Visit
from db.replica.raw import Raw, read_row
from tests.services import elsewhere
from tests.services.conftest import Bench

ON = date(2026, 11, 23)


def _client(bench: Bench) -> str:
    with bench.sign("desk").ctx.write(May.EDIT_CLIENTS, "test") as act:
        return create_client(act.tx, NewClient("王子琪", birth_date=date(2013, 3, 5)), ON).id


def test_two_bookings_of_one_room_are_both_kept_and_shown(bench: Bench) -> None:
    director, desk = bench.sign("director"), bench.sign("desk")
    room = director.services.centre.save_room("2号室").value
    when, one, other = at_centre(date(2026, 11, 25), 9), _client(bench), _client(bench)
    mine = desk.services.appointments.book(one, when, None, room).value
    theirs = elsewhere.row(desk, "appointment", _booking(desk.who.centre_id, other, room, when + timedelta(minutes=30)))
    (review,) = desk.services.reviews.open()
    assert (review.kind, review.what) == ("booking", "One room twice at a time")
    assert review.subject == "2026-11-25 09:30 · 2号室"
    assert {side.key for side in review.sides} == {mine, theirs}
    with pytest.raises(UserError) as caught:
        desk.services.reviews.decide(review.id, mine)
    assert caught.value.code == "book-anew"
    desk.services.appointments.cancel(theirs)
    assert desk.services.reviews.open() == []


def _booking(centre: str, client: str, room: str, starts: datetime) -> dict[str, Raw]:
    return {
        "centre_id": bytes.fromhex(centre), "client_id": bytes.fromhex(client), "room_id": bytes.fromhex(room),
        "starts_at": int(starts.timestamp()) * 1_000_000, "minutes": 50, "kind": "return", "status": "booked",
    }  # fmt: skip


def test_a_double_booking_may_be_left_and_what_one_pc_booked_twice_is_no_task(bench: Bench) -> None:
    director, desk = bench.sign("director"), bench.sign("desk")
    room = director.services.centre.save_room("2号室").value
    when, one, other = at_centre(date(2026, 11, 25), 9), _client(bench), _client(bench)
    desk.services.appointments.book(one, when, None, room)
    desk.services.appointments.book(other, when, None, room, confirmed={"taken"})
    assert desk.services.reviews.open() == []
    third = _client(bench)
    elsewhere.row(desk, "appointment", _booking(desk.who.centre_id, third, room, when))
    reviews = desk.services.reviews.open()
    assert len(reviews) == 2 == desk.services.reviews.count()
    desk.services.reviews.decide(reviews[0].id, "leave")
    assert [one.id for one in desk.services.reviews.open()] == [reviews[1].id]


def test_a_past_or_touching_booking_is_no_task(bench: Bench) -> None:
    director, desk = bench.sign("director"), bench.sign("desk")
    room = director.services.centre.save_room("2号室").value
    when, one, other = at_centre(date(2026, 11, 25), 9), _client(bench), _client(bench)
    desk.services.appointments.book(one, when, None, room)
    touching = elsewhere.row(
        desk, "appointment", _booking(desk.who.centre_id, other, room, when + timedelta(minutes=50))
    )
    assert desk.services.reviews.open() == []
    desk.services.appointments.cancel(touching)
    elsewhere.row(desk, "appointment", _booking(desk.who.centre_id, other, room, when))
    assert len(desk.services.reviews.open()) == 1
    bench.clock.at = when + timedelta(hours=1)
    assert desk.services.reviews.open() == []


def test_what_was_added_to_a_deleted_row_is_shown_and_brought_back(bench: Bench) -> None:
    desk, client_id = bench.sign("desk"), _client(bench)
    with desk.ctx.write(May.EDIT_CLIENTS, "test") as act:
        act.tx.delete(act.tx.get_one(Client, client_id))
    raw: dict[str, Raw] = {"client_id": bytes.fromhex(client_id), "written": "13806351278", "digits": "13806351278"}
    elsewhere.row(desk, "telephone", raw | {"owner": "client", "current": 1})
    (review,) = desk.services.reviews.open()
    assert (review.kind, [side.key for side in review.sides]) == ("orphan", ["leave", "restore"])
    assert review.subject.startswith("王子琪")
    assert ("Telephone", "1 record") in review.sides[0].fields
    desk.services.reviews.decide(review.id, "restore")
    assert desk.services.reviews.open() == []
    assert [one.id for one in desk.services.search.search("13806351278")] == [client_id]
    with desk.ctx.db.read() as tx:
        assert tx.query(Outbox).filter_by(table_name="client", row_id=client_id, part="identity").count() == 1


def test_what_was_deleted_may_stay_deleted(bench: Bench) -> None:
    desk, client_id = bench.sign("desk"), _client(bench)
    with desk.ctx.write(May.EDIT_CLIENTS, "test") as act:
        act.tx.delete(act.tx.get_one(Client, client_id))
    raw: dict[str, Raw] = {"client_id": bytes.fromhex(client_id), "name": "王女士", "withdrawn": 0}
    guardian = elsewhere.row(desk, "guardian", raw)
    (review,) = desk.services.reviews.open()
    desk.services.reviews.decide(review.id, "leave")
    assert desk.services.reviews.open() == [] and desk.services.reviews.count() == 0
    with desk.ctx.db.read() as tx:
        assert tx.get(Client, client_id) is None and tx.get(Guardian, guardian) is not None


def test_two_clients_with_one_number(bench: Bench) -> None:
    desk, one = bench.sign("desk"), _client(bench)
    with desk.ctx.db.read() as tx:
        number = tx.get_one(Client, one).number
    raw: dict[str, Raw] = {"number": number, "kind": "student", "name": "解冬"}
    other = elsewhere.row(desk, "client", raw)
    (review,) = desk.services.reviews.open()
    assert (review.kind, review.subject, len(review.sides)) == ("number", number, 2)
    desk.services.reviews.decide(review.id, one)
    assert desk.services.reviews.open() == []
    assert [found.id for found in desk.services.search.search(number)] == [one]
    with desk.ctx.db.read() as tx:
        fresh = tx.get_one(Client, other).number
        assert fresh != number and tx.get_one(Client, one).number == number
    assert [found.id for found in desk.services.search.search(fresh)] == [other]


def test_two_tickets_of_one_number(bench: Bench) -> None:
    desk, client_id = bench.sign("desk"), _client(bench)
    mine = desk.services.intake.register([PersonArriving(client_id)]).value.visits[0]
    with desk.ctx.db.read() as tx:
        raw = read_row(tx, "visit", mine.visit_id)
    theirs = elsewhere.row(desk, "visit", raw | {"client_id": bytes.fromhex(_client(bench))})
    (review,) = desk.services.reviews.open()
    assert (review.kind, review.subject) == ("number", "A01")
    desk.services.reviews.decide(review.id, mine.visit_id)
    with desk.ctx.db.read() as tx:
        assert (tx.get_one(Visit, mine.visit_id).ticket, tx.get_one(Visit, theirs).ticket) == ("A01", "A02")


def test_a_session_under_way_and_a_booking_made_elsewhere_meet_in_one_room(bench: Bench) -> None:
    director, desk, psych = bench.sign("director"), bench.sign("desk"), bench.sign("psych")
    room = director.services.centre.save_room("2号室").value
    here, other = _client(bench), _client(bench)
    visit = desk.services.intake.register([PersonArriving(here)]).value.visits[0].visit_id
    psych.services.queue.call(visit, room)
    case = psych.services.cases.open_for_visit(visit).value.case_id
    psych.services.notes.start(case, visit)
    soon = bench.clock.now() + timedelta(minutes=20)
    elsewhere.row(desk, "appointment", _booking(desk.who.centre_id, here, room, soon))  # the same client's own
    assert desk.services.reviews.open() == []
    theirs = elsewhere.row(desk, "appointment", _booking(desk.who.centre_id, other, room, soon))
    reviews = desk.services.reviews.open()
    assert all(theirs in {side.key for side in review.sides} for review in reviews)
    assert {dict(side.fields)["What"] for review in reviews for side in review.sides} == {
        "Counselling session",
        "Booking",
    }


def test_a_letters_number_is_not_changed(bench: Bench) -> None:
    desk = bench.sign("desk")
    client_id = bytes.fromhex(_client(bench))
    raw: dict[str, Raw] = {
        "number": "LSA-2026-0001-X", "client_id": client_id, "destination_id": client_id, "clinic": "", "content": "{}",
        "urgency": "routine", "released_by": client_id, "released_at": 0, "expires_on": "2027-01-01", "signature": b"",
    }  # fmt: skip
    for _ in range(2):
        elsewhere.row(desk, "released_letter", raw)
    (review,) = desk.services.reviews.open()
    assert review.what == "Two letters with one number"
    with pytest.raises(UserError) as caught:
        desk.services.reviews.decide(review.id, review.sides[0].key)
    assert caught.value.code == "letter-number"


@pytest.mark.parametrize("review_id", ["", "edit", "edit:client", "risk:1:2", "what:1", "number:client:X", "orphan:x"])
def test_a_review_that_is_not_there_is_said_to_be_decided(bench: Bench, review_id: str) -> None:
    with pytest.raises(UserError) as caught:
        bench.sign("desk").services.reviews.decide(review_id, "x")
    assert caught.value.code == "review-gone"
