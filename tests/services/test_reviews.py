"""What two PCs did without knowing of each other is shown in words, and a decision closes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.common.clock import at_centre
from app.common.errors import UserError
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient, create_client
from app.security.permissions import May
from app.sync.reviewing.rights import RIGHTS
from app.sync.reviewing.words import CODES, COLUMNS, GROUPS, NOT_SHOWN, REFERS
from app.sync.views import ReviewView
from db.models import Appointment, AuditEntry, Base, Client, GroupVersion, Loser, Outbox, Synced
from db.replica.raw import Raw, models
from tests.services import elsewhere
from tests.services.conftest import Bench

ON = date(2026, 11, 23)


def _client(bench: Bench, **more: object) -> str:
    with bench.sign("desk").ctx.write(May.EDIT_CLIENTS, "test") as act:
        new = NewClient("王子琪", birth_date=date(2013, 3, 5), safe_times="18:00 以后", **more)  # type: ignore[arg-type]
        return create_client(act.tx, new, ON).id


def _set(bench: Bench, client_id: str, **values: object) -> None:
    with bench.sign("desk").ctx.write(May.EDIT_CLIENTS, "client.edited") as act:
        row = act.tx.get_one(Client, client_id)
        for name, value in values.items():
            setattr(row, name, value)
        act.on(client_id)


def _conflict(bench: Bench, client_id: str, **theirs: Raw) -> ReviewView:
    """Edited here and there without knowledge of each other; the other PC's clock is an hour ahead, so it shows."""
    desk = bench.sign("desk")
    knew = elsewhere.seen(desk, "client", client_id, "safe_contact")
    _set(bench, client_id, safe_times="周末", emergency_name="李女士")
    elsewhere.edit(desk, knew, theirs)
    (review,) = desk.services.reviews.open()
    return review


def test_every_group_and_column_that_may_be_in_conflict_has_words() -> None:
    for table, model in models().items():
        if model.merge_kind != "edit":
            continue
        assert table in RIGHTS
        assert GROUPS[table].keys() == model.merge_groups.keys(), table
        for columns in model.merge_groups.values():
            assert set(columns) <= COLUMNS.keys() | NOT_SHOWN, table
    assert all(column in Base.metadata.tables[table].columns for table, column in CODES)
    assert REFERS.keys() <= COLUMNS.keys()


def test_no_column_that_is_shown_holds_anything_sealed() -> None:
    for table, model in models().items():
        for columns in model.merge_groups.values():
            for column in set(columns) - NOT_SHOWN:
                assert "sealed" not in column and "key" not in column, (table, column)


def test_both_sides_are_shown_in_words(bench: Bench) -> None:
    client_id = _client(bench)
    review = _conflict(bench, client_id, safe_times="20:00 以后")
    assert (review.kind, review.client_id) == ("edit", client_id)
    assert review.subject.startswith("王子琪 LSA-2026-")
    shown, other = review.sides
    assert shown.shows and not other.shows
    assert dict(shown.fields)["When one may telephone"] == "20:00 以后"
    assert dict(shown.fields)["Emergency contact"] == "not filled in"
    assert dict(other.fields)["When one may telephone"] == "周末"
    assert dict(other.fields)["Emergency contact"] == "李女士"
    assert shown.written_by == "a PC that is not known"
    assert other.at is not None and shown.at is not None and other.at < shown.at
    assert bench.sign("desk").services.reviews.count() == 1


def test_the_person_is_named_where_an_audit_entry_says_who_it_was(bench: Bench) -> None:
    desk = bench.sign("desk")
    desk.ctx.db.wall_ms = lambda: int(bench.clock.now().timestamp() * 1000)
    review = _conflict(bench, _client(bench), safe_times="20:00 以后")
    assert "前台一" in review.sides[1].written_by and "PC A" in review.sides[1].written_by


@pytest.mark.parametrize("side", [0, 1])
def test_a_decision_supersedes_all_sides(bench: Bench, side: int) -> None:
    client_id, desk = _client(bench), bench.sign("desk")
    review = _conflict(bench, client_id, safe_times="20:00 以后")
    keys = {one.key for one in review.sides}
    desk.services.reviews.decide(review.id, review.sides[side].key)
    assert desk.services.reviews.open() == [] and desk.services.reviews.count() == 0
    with desk.ctx.db.read() as tx:
        client = tx.get_one(Client, client_id)
        assert (client.safe_times, client.emergency_name) == [("20:00 以后", None), ("周末", "李女士")][side]
        version = tx.get_one(GroupVersion, ("client", client_id, "safe_contact"))
        assert version.version.hex() not in keys
        assert keys <= {version.base[at : at + 20].hex() for at in range(0, len(version.base), 20)}
        sent = tx.query(Outbox).filter_by(table_name="client", row_id=client_id, part="safe_contact").one()
        assert keys <= {sent.supersedes[at : at + 20].hex() for at in range(0, len(sent.supersedes), 20)}
        assert tx.query(Loser).filter(Loser.settled_at.is_(None)).count() == 0
    with pytest.raises(UserError) as caught:
        desk.services.reviews.decide(review.id, review.sides[side].key)
    assert caught.value.code == "review-gone"


def test_a_decision_made_elsewhere_at_the_same_time_reopens_it(bench: Bench) -> None:
    client_id, desk = _client(bench), bench.sign("desk")
    known = elsewhere.seen(desk, "client", client_id, "safe_contact")
    review = _conflict(bench, client_id, safe_times="20:00 以后")
    both = b"".join(bytes.fromhex(one.key) for one in review.sides)
    desk.services.reviews.decide(review.id, review.sides[1].key)
    theirs = {"safe_times": "20:00 以后", "emergency_name": None}
    elsewhere.edit(desk, replace(known, dots=both), theirs, later=timedelta(hours=2))
    (again,) = desk.services.reviews.open()
    assert {dict(one.fields)["When one may telephone"] for one in again.sides} == {"20:00 以后", "周末"}


def test_the_same_decision_elsewhere_does_not(bench: Bench) -> None:
    client_id, desk = _client(bench), bench.sign("desk")
    known = elsewhere.seen(desk, "client", client_id, "safe_contact")
    review = _conflict(bench, client_id, safe_times="20:00 以后")
    both = b"".join(bytes.fromhex(one.key) for one in review.sides)
    desk.services.reviews.decide(review.id, review.sides[0].key)
    theirs = {"safe_times": "20:00 以后", "emergency_name": None}
    elsewhere.edit(desk, replace(known, dots=both), theirs, later=timedelta(hours=2))
    assert desk.services.reviews.open() == [] and desk.services.reviews.count() == 0


def test_what_was_said_alike_on_two_pcs_is_no_question_later_either(bench: Bench) -> None:
    client_id, desk = _client(bench), bench.sign("desk")
    known = elsewhere.seen(desk, "client", client_id, "safe_contact")
    _set(bench, client_id, safe_times="周末")
    elsewhere.edit(desk, known, {"safe_times": "周末"})
    _set(bench, client_id, safe_times="晚上")
    assert desk.services.reviews.open() == []
    assert desk.services.intake.card(client_id).safe_times == "晚上"
    with desk.ctx.db.read() as tx:
        assert tx.query(Loser).one().settled_at is not None


def test_a_side_that_has_changed_is_not_decided_by_its_old_key(bench: Bench) -> None:
    client_id, desk = _client(bench), bench.sign("desk")
    review = _conflict(bench, client_id, safe_times="20:00 以后")
    _set(bench, client_id, safe_times="21:00 以后")
    with pytest.raises(UserError) as caught:
        desk.services.reviews.decide(review.id, review.sides[0].key)
    assert caught.value.code == "review-changed"
    (now,) = desk.services.reviews.open()
    assert dict(now.sides[0].fields)["When one may telephone"] == "21:00 以后"
    assert now.sides[1].key == review.sides[1].key


def test_three_pcs_are_three_sides(bench: Bench) -> None:
    client_id, desk = _client(bench), bench.sign("desk")
    knew = elsewhere.seen(desk, "client", client_id, "safe_contact")
    _conflict(bench, client_id, safe_times="20:00 以后")
    third = bytes.fromhex("0e" * 8)
    elsewhere.edit(desk, knew, {"safe_times": "午休"}, device=third)
    (review,) = desk.services.reviews.open()
    assert len(review.sides) == 3
    desk.services.reviews.decide(review.id, review.sides[-1].key)
    assert desk.services.reviews.open() == []


def test_what_was_chosen_is_what_the_search_finds(bench: Bench) -> None:
    client_id, desk = _client(bench), bench.sign("desk")
    knew = elsewhere.seen(desk, "client", client_id, "identity")
    _set(bench, client_id, name="王子淇")
    elsewhere.edit(desk, knew, {"name": "解冬"})
    (review,) = desk.services.reviews.open()
    assert dict(review.sides[0].fields)["Name"] == "解冬"
    assert dict(review.sides[0].fields)["Birth date"] == "2013-03-05"
    desk.services.reviews.decide(review.id, review.sides[1].key)
    assert [one.id for one in desk.services.search.search("王子淇")] == [client_id]
    assert desk.services.search.search("解冬") == []


def test_quiet_groups_ask_nobody(bench: Bench) -> None:
    desk = bench.sign("desk")
    client_id = _client(bench)
    visit_id = desk.services.intake.register([PersonArriving(client_id)]).value.visits[0].visit_id
    knew = elsewhere.seen(desk, "visit", visit_id, "queue")
    desk.services.queue.call(visit_id)
    elsewhere.edit(desk, knew, {"status": "left"})
    assert desk.services.reviews.open() == [] and desk.services.reviews.count() == 0
    with desk.ctx.db.read() as tx:
        assert tx.query(Loser).one().settled_at is not None


def test_a_yes_to_a_safety_question_stays_on_top_while_two_pcs_disagree(bench: Bench) -> None:
    desk, client_id = bench.sign("desk"), _client(bench)
    visit_id = desk.services.intake.register([PersonArriving(client_id)]).value.visits[0].visit_id
    knew = elsewhere.seen(desk, "visit", visit_id, "safety")
    desk.services.queue.answer(visit_id, ("yes", "unasked", "no"))
    elsewhere.edit(desk, knew, {"asked_harm": "no", "asked_plan": "no"})
    (entry,) = desk.services.queue.view().entries
    assert (entry.safety, entry.priority) == (("yes", "no", "no"), "urgent")
    (review,) = desk.services.reviews.open()
    assert review.what == "Safety questions"
    desk.services.reviews.decide(review.id, review.sides[0].key)
    (entry,) = desk.services.queue.view().entries
    assert (entry.safety, entry.priority) == (("no", "no", "unasked"), "normal")


def test_ids_are_said_by_name_and_moments_in_the_centres_time(bench: Bench) -> None:
    desk, client_id = bench.sign("desk"), _client(bench)
    staff = bench.sign("psych").who.staff_id
    booking = desk.services.appointments.book(client_id, at_centre(date(2026, 11, 27), 15), staff).value
    knew = elsewhere.seen(desk, "appointment", booking, "who")
    with desk.ctx.write(May.BOOK, "test") as act:
        act.tx.get_one(Appointment, booking).kind = "first"
    other = bytes.fromhex(bench.sign("psych2").who.staff_id)
    elsewhere.edit(desk, knew, {"staff_id": other})
    (review,) = desk.services.reviews.open()
    assert "booking on 2026-11-27 15:00" in review.subject
    assert [dict(side.fields)["Expert"] for side in review.sides] == ["尉迟兰", "单明霞"]
    assert [dict(side.fields)["Kind"] for side in review.sides] == ["Return visit", "First visit"]


def test_the_director_decides_the_centre_and_the_desk_its_clients(bench: Bench) -> None:
    desk, director, client_id = bench.sign("desk"), bench.sign("director"), _client(bench)
    centre = desk.who.centre_id
    _conflict(bench, client_id, safe_times="20:00 以后")
    knew = elsewhere.seen(director, "centre", centre, "letterhead")
    director.services.centre.set_letterhead("中心", "龙山西街33号", "0635-8311095")
    elsewhere.edit(director, knew, {"hotline": "12355"})
    assert [one.what for one in desk.services.reviews.open()] == ["Contact times and emergency contact"]
    (of_centre,) = director.services.reviews.open()
    assert of_centre.what == "Letterhead"
    for office, review in ((desk, of_centre), (director, desk.services.reviews.open()[0])):
        with pytest.raises(UserError) as caught:
            office.services.reviews.decide(review.id, review.sides[0].key)
        assert caught.value.code == "not-allowed"
    director.services.reviews.decide(of_centre.id, of_centre.sides[0].key)
    assert director.services.reviews.open() == []


def test_a_decision_is_in_the_audit_chain(bench: Bench) -> None:
    client_id, desk = _client(bench), bench.sign("desk")
    review = _conflict(bench, client_id, safe_times="20:00 以后")
    desk.services.reviews.decide(review.id, review.sides[1].key)
    with desk.ctx.db.read() as tx:
        last = tx.query(AuditEntry).filter_by(act="review.decided").one()
        assert last.subjects == [client_id] and last.user_id == desk.who.user_id


def test_rows_without_a_review_of_their_own_never_show(bench: Bench) -> None:
    assert bench.sign("desk").services.reviews.open() == []
    assert bench.sign("psych").services.reviews.count() == 0
    assert bench.sign("director").services.reviews.count() == 0
    assert issubclass(Client, Synced)
