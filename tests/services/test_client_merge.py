"""One person registered twice: read as one everywhere, and two again at any time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.consent_rules import Party, Purpose
from app.common.clock import at_centre
from app.common.errors import UserError
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient, NewGuardian, create_client
from app.people.contact import contact, joined
from app.people.known_clients import known_clients
from app.people.merging_clients import families, roots, standing, unmerge
from app.people.search import Matched
from app.security.permissions import May
from db.models import Client, Guardian
from tests.services import elsewhere
from tests.services.conftest import Bench

ON = date(2026, 11, 23)
BORN = date(2013, 3, 5)


def _make(bench: Bench, name: str = "王子琪", **more: object) -> str:
    with bench.sign("desk").ctx.write(May.EDIT_CLIENTS, "test") as act:
        return create_client(act.tx, NewClient(name, birth_date=BORN, **more), ON).id  # type: ignore[arg-type]


@pytest.fixture
def two(bench: Bench) -> tuple[str, str]:
    keep = _make(bench, telephones=("13806351278",), safe_times="18:00 以后")
    guardian = NewGuardian("解女士", "母亲", "13900001111")
    other = _make(bench, "王梓琪", telephones=("15865700001",), guardians=(guardian,), safe_times="周末")
    return keep, other


def test_the_search_finds_the_kept_one_by_whatever_the_other_has(bench: Bench, two: tuple[str, str]) -> None:
    keep, other = two
    services = bench.sign("desk").services
    with bench.sign("desk").ctx.db.read() as tx:
        number = tx.get_one(Client, other).number
    services.intake.merge_clients(keep, other)
    for typed in ("王梓琪", "wzq", "15865700001", "xienvshi", number):
        assert [one.id for one in services.search.search(typed)] == [keep], typed
    assert services.search.search("王梓琪")[0].hint == "王梓琪"
    assert services.search.search("15865700001")[0].matched is Matched.TELEPHONE
    assert services.search.search(number)[0].hint == number
    services.intake.unmerge(other)
    assert [one.id for one in services.search.search("王梓琪")] == [other]


def test_what_belongs_to_either_is_shown_together(bench: Bench, two: tuple[str, str]) -> None:
    keep, other = two
    desk, psych = bench.sign("desk"), bench.sign("psych")
    visit = desk.services.intake.register([PersonArriving(other)]).value.visits[0].visit_id
    case = psych.services.cases.open_for_visit(visit).value.case_id
    desk.services.queue.leave(visit)
    booked = desk.services.appointments.book(other, at_centre(ON, 15)).value
    for purpose, who in ((Purpose.COUNSELLING, other), (Purpose.RECORDING, keep)):
        psych.services.consent.give(who, purpose, Party.GUARDIAN)
    desk.services.intake.merge_clients(keep, other)
    card = desk.services.intake.card(other)
    assert (card.id, card.visits, card.safe_times) == (keep, 1, "18:00 以后 (and also: 周末)")
    assert card.guardians == (("解女士", "母亲"),)
    assert psych.services.cases.open_for_client(keep).value.case_id == case
    assert psych.services.cases.view(case).client_id == keep
    assert desk.services.appointments.day(ON)[0].client_name == "王子琪"
    for who in (keep, other):
        meter = psych.services.consent.meter(who)
        for purpose in (Purpose.COUNSELLING, Purpose.RECORDING):
            line = meter.line(purpose)
            assert line is not None and line.stand.allowed
    bench.clock.at += timedelta(hours=1)
    entry = desk.services.intake.register([PersonArriving(keep)]).value.visits[0]
    assert desk.services.queue.view().entries[0].first_visit is False
    with pytest.raises(UserError) as caught:
        desk.services.intake.register([PersonArriving(other)])
    assert caught.value.code == "already-here"
    assert {one.status for one in desk.services.appointments.day(ON) if one.id == booked} == {"arrived"}
    desk.services.intake.unmerge(other)
    assert (desk.services.intake.card(keep).visits, desk.services.intake.card(other).visits) == (1, 1)
    assert psych.services.cases.view(case).client_id == other
    line = psych.services.consent.meter(keep).line(Purpose.COUNSELLING)
    assert line is not None and not line.stand.allowed
    assert entry.client_id == keep


def test_a_merged_record_is_proposed_as_the_one_it_became(bench: Bench, two: tuple[str, str]) -> None:
    keep, other = two
    intake = bench.sign("desk").services.intake
    intake.merge_clients(keep, other)
    assert [one.client_id for one in intake.possible_duplicates("", None, ("15865700001",))] == [keep]
    with bench.sign("desk").ctx.db.read() as tx:
        assert {one.id for one in known_clients(tx, ["王梓琪"])} == {keep}


def test_one_record_is_not_merged_with_itself(bench: Bench, two: tuple[str, str]) -> None:
    keep, other = two
    intake = bench.sign("desk").services.intake
    third = _make(bench)
    intake.merge_clients(keep, other)
    intake.merge_clients(other, third)
    for pair in ((keep, keep), (other, keep), (keep, other), (third, keep)):
        with pytest.raises(UserError) as caught:
            intake.merge_clients(*pair)
        assert caught.value.code == "same-record"
    with pytest.raises(UserError) as caught:
        intake.unmerge(keep)
    assert caught.value.code == "not-merged"
    with pytest.raises(UserError) as caught:
        bench.sign("psych").services.intake.merge_clients(keep, third)
    assert caught.value.code == "not-allowed"


def test_two_pcs_that_merge_in_opposite_directions_lose_nobody(bench: Bench, two: tuple[str, str]) -> None:
    keep, other = two
    desk = bench.sign("desk")
    seen = elsewhere.seen(desk, "client", keep, "merged")
    desk.services.intake.merge_clients(keep, other)
    elsewhere.edit(desk, seen, {"merged_into": bytes.fromhex(other)})
    stands = min(keep, other)
    assert [one.id for one in desk.services.search.search("wzq")] == [stands]
    assert desk.services.intake.card(other).id == desk.services.intake.card(keep).id == stands
    desk.services.intake.unmerge(other)
    assert {one.id for one in desk.services.search.search("wzq")} == {keep, other}


def test_a_circle_of_three_lets_one_go(bench: Bench) -> None:
    a, b, c = sorted(_make(bench) for _ in range(3))
    with bench.sign("desk").ctx.db.write() as tx:
        for one, into in ((a, b), (b, c), (c, a)):
            tx.get_one(Client, one).merged_into = into
        tx.flush()
        assert roots(tx, (a, b, c)) == {a: a, b: a, c: a}
        unmerge(tx, b)
        assert roots(tx, (a, b, c)) == {a: a, b: b, c: a}


@given(st.lists(st.tuples(st.integers(0, 7), st.one_of(st.none(), st.integers(0, 9))), max_size=8))
def test_every_record_has_one_that_stands_and_all_of_a_person_have_the_same(
    edges: list[tuple[int, int | None]],
) -> None:
    leads: dict[str, str | None] = {str(n): None for n in range(8)}
    leads |= {str(one): None if into is None else str(into) for one, into in edges}
    stands = {one: standing(leads, one) for one in leads}
    for one, into in leads.items():
        assert stands[one] in leads
        assert stands[stands[one]] == stands[one]
        if into in leads:
            assert stands[one] == stands[into]


def test_families_from_any_of_their_members(bench: Bench) -> None:
    a, b, c, d = (_make(bench) for _ in range(4))
    with bench.sign("desk").ctx.db.write() as tx:
        tx.get_one(Client, b).merged_into = a
        tx.get_one(Client, c).merged_into = b
        tx.flush()
        found = families(tx, (a, b, c, d, "ff" * 12))
    assert {one: sorted(found[one]) for one in (a, b, c)} == dict.fromkeys((a, b, c), sorted((a, b, c)))
    assert {found[one][0] for one in (a, b, c)} == {a}
    assert found[d] == [d]
    assert found["ff" * 12] == ["ff" * 12]


# --- hours and guardians while two PCs disagree


def test_hours_are_joined_everywhere_while_a_review_is_open(bench: Bench) -> None:
    client_id = _make(bench, safe_times="18:00 以后", telephones=("13806351278",))
    desk, staff = bench.sign("desk"), bench.sign("psych").who.staff_id
    desk.services.appointments.book(client_id, at_centre(date(2026, 11, 25), 9), staff)
    seen = elsewhere.seen(desk, "client", client_id, "safe_contact")
    with desk.ctx.write(May.EDIT_CLIENTS, "test") as act:
        act.tx.get_one(Client, client_id).safe_times = "周末"
    elsewhere.edit(desk, seen, {"safe_times": "不打家里电话"})
    both = "不打家里电话 (and also: 周末)"
    absence = desk.services.rota.mark_absent(staff, date(2026, 11, 25)).value
    assert [one.safe_times for one in absence.bookings] == [both]
    assert desk.services.intake.card(client_id).safe_times == both
    (review,) = desk.services.reviews.open()
    desk.services.reviews.decide(review.id, review.sides[1].key)
    assert desk.services.intake.card(client_id).safe_times == "周末"


def test_guardians_changed_on_both_sides_are_both_shown(bench: Bench) -> None:
    client_id = _make(bench, guardians=(NewGuardian("王女士", "母亲", "13900001111"),))
    desk = bench.sign("desk")
    with desk.ctx.db.read() as tx:
        guardian = tx.query(Guardian).one().id
    seen = elsewhere.seen(desk, "guardian", guardian, "all")
    with desk.ctx.write(May.EDIT_CLIENTS, "test") as act:
        act.tx.get_one(Guardian, guardian).telephone = "13900002222"
    elsewhere.edit(desk, seen, {"withdrawn": 1})
    with desk.ctx.db.read() as tx:
        assert [one.text() for one in contact(tx, client_id).guardians] == ["王女士 母亲 13900002222 (please confirm)"]
    elsewhere.edit(desk, seen, {"name": "李先生", "relation": "父亲"}, later=timedelta(hours=2))
    with desk.ctx.db.read() as tx:
        shown = contact(tx, client_id).guardians
    assert [(one.name, one.doubtful) for one in shown] == [("李先生", True), ("王女士", True)]
    assert desk.services.intake.card(client_id).confirm_guardians


def test_conditions_are_said_once() -> None:
    assert joined(["周末", "", " 周末 "]) == "周末"
    assert joined([]) == joined([" "]) == ""
    assert joined(["周末", "晚上", "午休"]) == "周末 (and also: 晚上; 午休)"
