"""An arrival from the counter to the room: tickets, families, drop box, order, undo, bookings."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta

import pytest

from app.cases.dropbox import open_drops
from app.common.clock import at_centre
from app.common.errors import Confirmation, UserError
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient, NewGuardian
from app.security.permissions import May
from db.models import Client, Staff, Visit, VisitEvent
from tests.services.conftest import NOON, Bench

GIRL = NewClient(
    "王子琪",
    sex="female",
    birth_date=date(2013, 3, 5),
    school_name="聊城市第三中学",
    grade="初二",
    telephones=("13806351278",),
    guardians=(NewGuardian("王女士", "母亲"),),
)
TOLD = "最近一个月晚上睡不着，不想去学校"


def _arrive(bench: Bench, *people: PersonArriving) -> list[str]:
    done = bench.sign("desk").services.intake.register(people or [PersonArriving(GIRL)], ["mother"], "self")
    return [visit.visit_id for visit in done.value.visits]


def test_a_family_is_one_arrival_with_two_tickets_and_separate_records(bench: Bench) -> None:
    mother = PersonArriving(NewClient("王女士", kind="parent"), came_as="parent", told={"reason": "孩子不说话"})
    ids = _arrive(bench, PersonArriving(GIRL, told={"reason": TOLD}), mother)
    view = bench.sign("desk").services.queue.view()
    assert [entry.ticket for entry in view.entries] == ["A01", "A02"]
    assert view.entries[0].family == ("A02",)
    assert view.entries[0].client_id != view.entries[1].client_id
    psych = bench.sign("psych").ctx
    with psych.db.read() as tx:
        assert open_drops(tx, psych, ids[0]) == [{"reason": TOLD}]
        assert open_drops(tx, psych, ids[1]) == [{"reason": "孩子不说话"}]


def test_what_is_told_is_nowhere_for_the_desk(bench: Bench) -> None:
    _arrive(bench, PersonArriving(GIRL, told={"reason": TOLD, "medication": "褪黑素"}))
    desk = bench.sign("desk")
    view = desk.services.queue.view()
    assert TOLD not in repr(view) and TOLD not in repr(desk.services.intake.card(view.entries[0].client_id))
    data = b"".join(path.read_bytes() for path in bench.folder.glob("centre.db*"))
    assert TOLD.encode() not in data


def test_a_yes_goes_on_top_and_unasked_is_neither_yes_nor_no(bench: Bench) -> None:
    _arrive(bench, PersonArriving(NewClient("甲")))
    bench.clock.at += timedelta(minutes=5)
    _arrive(bench, PersonArriving(NewClient("乙"), safety=("no", "no", "yes")))
    view = bench.sign("desk").services.queue.view()
    assert [(e.ticket, e.priority, e.unasked) for e in view.entries] == [
        ("A02", "urgent", False),
        ("A01", "normal", True),
    ]
    assert [e.waiting_minutes for e in view.entries] == [0, 5]


def test_the_queue_moves_forward_by_one_key_and_back_by_another(bench: Bench) -> None:
    (visit,) = _arrive(bench)
    queue = bench.sign("desk").services.queue
    seen = [queue.advance(visit).value.status for _ in range(3)]
    assert seen == ["called", "in_session", "done"]
    assert queue.view().done == 1 and not queue.view().entries
    last = queue.view().last
    assert last is not None and (last.ticket, last.status) == ("A01", "done")
    assert queue.undo(visit).value.status == "in_session"
    assert queue.undo(visit).value.status == "called"
    assert queue.undo(visit).value.status == "waiting"
    with pytest.raises(UserError) as refused:
        queue.undo(visit)
    assert refused.value.code == "nothing-to-undo"
    assert queue.advance(visit).value.status == "called"
    with bench.sign("desk").ctx.db.read() as tx:
        assert tx.query(VisitEvent).count() == 8


def test_a_wait_is_counted_from_the_arrival_even_after_a_call_taken_back(bench: Bench) -> None:
    (visit,) = _arrive(bench)
    queue = bench.sign("desk").services.queue
    bench.clock.at += timedelta(minutes=12)
    queue.advance(visit)
    bench.clock.at += timedelta(minutes=3)
    assert queue.undo(visit).value.waiting_minutes == 15


def test_the_second_to_call_learns_who_was_first(bench: Bench) -> None:
    (visit,) = _arrive(bench)
    bench.sign("psych").services.queue.call(visit)
    with pytest.raises(UserError) as refused:
        bench.sign("psych2").services.queue.call(visit)
    assert refused.value.code == "already-called"
    assert "单明霞" in refused.value.text() and "10:42" in refused.value.text()


def test_a_returning_client_keeps_one_record_and_counts_visits(bench: Bench) -> None:
    (first,) = _arrive(bench)
    services = bench.sign("desk").services
    client = services.queue.view().entries[0].client_id
    with pytest.raises(UserError) as refused:
        _arrive(bench, PersonArriving(client))
    assert refused.value.code == "already-here" and "A01" in refused.value.text()
    services.queue.leave(first)
    bench.clock.at += timedelta(days=7)
    _arrive(bench, PersonArriving(client))
    entry = services.queue.view().entries[0]
    assert (entry.ticket, entry.first_visit) == ("A01", False)
    card = services.intake.card(client)
    assert (card.visits, card.age, card.needs_guardian, card.telephone) == (2, 13, True, "13806351278")


def test_nothing_is_kept_of_an_arrival_that_fails(bench: Bench) -> None:
    with pytest.raises(UserError):
        _arrive(bench, PersonArriving(GIRL), PersonArriving(NewClient("  ")))
    with bench.sign("desk").ctx.db.read() as tx:
        assert tx.query(Visit).count() == 0
    assert bench.sign("desk").services.search.search("wzq", 5) == []


@pytest.mark.parametrize(
    ("name", "born", "telephone", "expected"),
    [
        ("王子琪", date(2013, 3, 5), "", 1),
        ("王子淇", date(2013, 3, 5), "", 1),
        ("李四", None, "138-0635-1278", 1),
        ("李四", date(2013, 3, 5), "", 0),
        ("王子琪", date(2010, 1, 1), "", 0),
    ],
)
def test_possible_duplicates(bench: Bench, name: str, born: date | None, telephone: str, expected: int) -> None:
    _arrive(bench)
    found = bench.sign("desk").services.intake.possible_duplicates(name, born, (telephone,))
    assert len(found) == expected


def test_a_booking_is_met_by_the_arrival(bench: Bench) -> None:
    (visit,) = _arrive(bench)
    services = bench.sign("desk").services
    client = services.queue.view().entries[0].client_id
    services.queue.leave(visit)
    services.appointments.book(client, NOON + timedelta(hours=1))
    _arrive(bench, PersonArriving(client))
    (booking,) = services.appointments.day(date(2026, 11, 23))
    assert (booking.status, booking.ticket) == ("arrived", "A02")
    with pytest.raises(UserError) as refused:
        services.appointments.cancel(booking.id)
    assert refused.value.code == "has-come"


def test_an_expert_is_booked_twice_only_when_asked_for_and_never_of_the_own_school(bench: Bench) -> None:
    _arrive(bench)
    desk = bench.sign("desk")
    client = desk.services.queue.view().entries[0].client_id
    staff = bench.sign("psych").who.staff_id
    when = at_centre(date(2026, 11, 25), 9)
    desk.services.appointments.book(client, when, staff)
    with pytest.raises(Confirmation) as asked:
        desk.services.appointments.book(client, when + timedelta(minutes=30), staff)
    desk.services.appointments.book(client, when + timedelta(minutes=30), staff, confirmed={asked.value.token})
    assert len(desk.services.appointments.day(date(2026, 11, 25))) == 2
    director = bench.sign("director").ctx
    with director.write(May.EDIT_STAFF, "test") as act:
        act.tx.get_one(Staff, staff).school_id = "ab" * 12
    with desk.ctx.write(May.EDIT_CLIENTS, "test") as act:
        act.tx.get_one(Client, client).school_id = "ab" * 12
    with pytest.raises(UserError) as refused:
        desk.services.appointments.book(client, when + timedelta(days=7), staff)
    assert refused.value.code == "own-school"


def test_a_draft_goes_when_its_arrival_is_registered(bench: Bench) -> None:
    services = bench.sign("desk").services
    draft = services.drafts.save("arrival", None, {"name": "王"})
    services.intake.register([PersonArriving(GIRL)], draft_id=draft.id)
    assert services.drafts.list("arrival") == []


def test_the_slip_has_a_number_and_no_name(bench: Bench) -> None:
    (visit,) = _arrive(bench)
    pdf = bench.sign("desk").services.intake.slip(visit)
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "A01" in text and "王子琪" not in text and "0635-8311095" in text


def test_a_director_sees_no_queue(bench: Bench) -> None:
    with pytest.raises(UserError) as refused:
        bench.sign("director").services.queue.view()
    assert refused.value.code == "not-allowed"
