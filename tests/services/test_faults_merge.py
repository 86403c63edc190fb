"""What two PCs do to the same things without knowing of each other: nothing is lost, and somebody is asked.

Two real PCs and a real hub folder; the numbers are those of the list in the contract.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.bootstrap import Office
from app.cases.consent_rules import ConsentAct, Party, Purpose, Standing
from app.cases.risk_rules import RiskLevel
from app.common.clock import at_centre
from app.common.errors import Confirmation, UserError
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient, create_client
from app.people.contact import contact
from app.security.permissions import May
from app.sync.views import ReviewView
from db.models import Appointment, Assignment, Client, Loser, LoserValue, RiskEvent, Telephone
from db.replica.stamping import new_id
from tests.services.two_pcs import TwoPcs, pcs, pcs_template

__all__ = ["pcs", "pcs_template"]

ON = date(2026, 11, 23)
BORN = date(2013, 3, 5)


def _offices(pcs: TwoPcs, login: str = "desk") -> tuple[Office, Office]:
    """The same person at PC A and at PC B."""
    return pcs.sign(pcs.desk, login), pcs.sign(pcs.room2, login)


def _all(pcs: TwoPcs, rounds: int = 2) -> None:
    """Each PC hears of everything that the other did."""
    for _ in range(rounds):
        pcs.sync(pcs.desk)
        pcs.sync(pcs.room2)


def _client(pcs: TwoPcs, name: str = "王子琪", **more: object) -> str:
    """Registered at PC A and known at both."""
    with pcs.sign(pcs.desk, "desk").ctx.write(May.EDIT_CLIENTS, "test") as act:
        new = NewClient(name, birth_date=BORN, safe_times="18:00 以后", **more)  # type: ignore[arg-type]
        client_id = create_client(act.tx, new, ON).id
    _all(pcs)
    return client_id


def _edit(office: Office, client_id: str, **values: object) -> None:
    with office.ctx.write(May.EDIT_CLIENTS, "client.edited") as act:
        row = act.tx.get_one(Client, client_id)
        for name, value in values.items():
            setattr(row, name, value)
        act.on(client_id)


def _delete(office: Office, client_id: str) -> None:
    with office.ctx.write(May.EDIT_CLIENTS, "test.deleted") as act:
        act.tx.delete(act.tx.get_one(Client, client_id))


def _get(office: Office, client_id: str) -> Client | None:
    with office.ctx.db.read() as tx:
        return tx.get(Client, client_id)


def _reviews(pcs: TwoPcs, login: str = "desk") -> list[list[ReviewView]]:
    return [office.services.reviews.open() for office in _offices(pcs, login)]


def _only(pcs: TwoPcs, login: str = "desk") -> ReviewView:
    """The one review that both PCs show alike."""
    (here,), (there,) = _reviews(pcs, login)
    assert (here.id, here.subject, here.what) == (there.id, there.subject, there.what)
    assert {side.key: side.fields for side in here.sides} == {side.key: side.fields for side in there.sides}
    return here


def _none(pcs: TwoPcs) -> None:
    for login in ("desk", "psych", "director"):
        assert _reviews(pcs, login) == [[], []], login
        assert [office.services.reviews.count() for office in _offices(pcs, login)] == [0, 0]


def test_fault_28_an_edit_beats_a_deletion_that_did_not_know_it(pcs: TwoPcs) -> None:
    client_id = _client(pcs)
    a, b = _offices(pcs)
    _delete(a, client_id)
    _edit(b, client_id, remarks="改到周五来")
    _all(pcs)
    for office in (a, b):
        client = _get(office, client_id)
        assert client is not None
        assert (client.name, client.safe_times, client.remarks) == ("王子琪", "18:00 以后", "改到周五来")
        assert [one.id for one in office.services.search.search("wzq")] == [client_id]
    _none(pcs)


def test_fault_28_a_deletion_that_knew_the_edit_stands(pcs: TwoPcs) -> None:
    client_id = _client(pcs)
    a, b = _offices(pcs)
    _edit(b, client_id, remarks="改到周五来")
    _all(pcs)
    _delete(a, client_id)
    _all(pcs)
    for office in (a, b):
        assert _get(office, client_id) is None
        assert office.services.search.search("wzq") == []
    _none(pcs)


def _case(pcs: TwoPcs) -> str:
    client_id = _client(pcs)
    case_id = pcs.sign(pcs.desk, "psych").services.cases.open_for_client(client_id).value.case_id
    _all(pcs)
    return case_id


def _lower(office: Office, case_id: str, level: RiskLevel) -> None:
    with pytest.raises(Confirmation) as asked:
        office.services.risk.record(case_id, level, "安全计划已签")
    office.services.risk.record(case_id, level, "安全计划已签", {asked.value.token})


def _shown(office: Office, case_id: str) -> set[RiskLevel | None]:
    """Wherever a level is seen by whoever may see it."""
    services = office.services
    view = services.cases.view(case_id)
    assert view.risk is not None
    levels = {view.risk.level}
    levels |= {one.risk for one in services.cases.my_cases() if one.id == case_id}
    levels |= {line.case.risk for line in services.notes.board() if line.case.id == case_id}
    levels |= {line.level for line in services.today.view().risks if line.case_id == case_id}
    return levels


def test_fault_29_three_low_levels_never_beat_a_higher_one(pcs: TwoPcs) -> None:
    case_id = _case(pcs)
    a, b = _offices(pcs, "psych")
    a.services.risk.record(case_id, RiskLevel.ATTENTION, "情绪低落")
    a.services.risk.record(case_id, RiskLevel.FOCUS, "说过不想活")
    _lower(a, case_id, RiskLevel.ATTENTION)
    pcs.clock.at -= timedelta(hours=1)  # and the clock of the other PC is behind
    b.services.risk.record(case_id, RiskLevel.URGENT, "有具体计划")
    pcs.clock.at += timedelta(hours=1)
    _all(pcs)
    for office in (a, b):
        assert _shown(office, case_id) == {RiskLevel.URGENT}
        handover = office.services.today.handover()
        assert any("Urgent risk" in line for section in handover.sections for line in section.lines)
        form = office.services.letters.form(case_id)
        assert form.risk_level == "Urgent risk"
        live = {one.level for one in office.services.cases.view(case_id).risk_history if one.live}
        assert live == {RiskLevel.URGENT, RiskLevel.ATTENTION}
    review = _only(pcs, "psych")
    assert (review.kind, review.case_id, len(review.sides)) == ("risk", case_id, 2)
    assert "Urgent risk" in review.what
    for_desk = _only(pcs, "desk")
    assert (for_desk.sides, for_desk.case_id) == ((), None)
    assert "Urgent risk" in for_desk.what
    for login, code in (("psych", "risk-in-case"), ("desk", "risk-by-holder")):
        with pytest.raises(UserError) as caught:
            pcs.sign(pcs.desk, login).services.reviews.decide(review.id, review.sides[0].key)
        assert caught.value.code == code
    _lower(b, case_id, RiskLevel.FOCUS)
    assert b.services.reviews.open() == []
    _all(pcs)
    _none(pcs)
    for office in (a, b):
        assert _shown(office, case_id) == {RiskLevel.FOCUS}
        with office.ctx.db.read() as tx:
            assert tx.query(RiskEvent).count() == 5


def test_fault_29_a_withdrawn_consent_wins(pcs: TwoPcs) -> None:
    client_id = _client(pcs)
    a, b = _offices(pcs)
    a.services.consent.give(client_id, Purpose.COUNSELLING, Party.GUARDIAN)
    _all(pcs)
    a.services.consent.withdraw(client_id, Purpose.COUNSELLING, Party.GUARDIAN)
    b.services.consent.give(client_id, Purpose.COUNSELLING, Party.GUARDIAN)
    _all(pcs)
    for office in (a, b):
        line = office.services.consent.meter(client_id).line(Purpose.COUNSELLING)
        assert line is not None and line.stand.standing is Standing.WITHDRAWN
        live = [one.act for one in office.services.consent.history(client_id) if one.live]
        assert sorted(live) == [ConsentAct.GIVEN, ConsentAct.WITHDRAWN]


def _book(office: Office, client_id: str, when: datetime, room: str, staff: str | None = None) -> str:
    return office.services.appointments.book(client_id, when, staff, room).value


def test_fault_30_a_room_booked_on_two_pcs_keeps_both_and_asks(pcs: TwoPcs) -> None:
    one, other = _client(pcs), _client(pcs, "解冬")
    room = pcs.sign(pcs.desk, "director").services.centre.save_room("2号室").value
    _all(pcs)
    a, b = _offices(pcs)
    when = at_centre(date(2026, 11, 25), 9)
    first = _book(a, one, when, room)
    second = _book(b, other, when + timedelta(minutes=20), room)
    _all(pcs)
    review = _only(pcs)
    assert review.kind == "booking" and {side.key for side in review.sides} == {first, second}
    assert any("PC A" in side.written_by for side in review.sides)
    for office in (a, b):
        assert len(office.services.appointments.day(date(2026, 11, 25))) == 2
    b.services.appointments.cancel(second)
    _book(b, other, when + timedelta(hours=1), room)
    _all(pcs)
    _none(pcs)


def test_fault_30_a_double_booking_that_is_left_is_left_on_both(pcs: TwoPcs) -> None:
    one, other = _client(pcs), _client(pcs, "解冬")
    room = pcs.sign(pcs.desk, "director").services.centre.save_room("2号室").value
    _all(pcs)
    a, b = _offices(pcs)
    when = at_centre(date(2026, 11, 25), 9)
    _book(a, one, when, room)
    _book(b, other, when, room)
    _all(pcs)
    a.services.reviews.decide(_only(pcs).id, "leave")
    _edit(a, one, remarks="同来")  # audit entries ride on what is sent anyway
    _all(pcs)
    _none(pcs)


def test_fault_30_an_expert_on_duty_twice_in_one_half_day(pcs: TwoPcs) -> None:
    a, b = _offices(pcs, "director")
    staff = pcs.sign(pcs.desk, "psych").who.staff_id
    for office in (a, b):
        with office.ctx.write(May.EDIT_ROTA, "test") as act:
            act.tx.add(
                Assignment(
                    id=new_id(act.tx), stream="org", centre_id=pcs.centre, day=date(2026, 11, 25), half="am",
                    staff_id=staff, state="published",
                )
            )  # fmt: skip
    _all(pcs)
    review = _only(pcs, "director")
    assert review.kind == "booking" and review.subject.startswith("单明霞")


def test_fault_31_a_child_of_a_deleted_parent_is_shown_and_brings_it_back(pcs: TwoPcs) -> None:
    client_id = _client(pcs)
    a, b = _offices(pcs)
    with b.ctx.write(May.EDIT_CLIENTS, "test") as act:
        row = Telephone(id=new_id(act.tx), client_id=client_id, written="13806351278", digits="13806351278")
        act.tx.add(row)
    _delete(a, client_id)
    _all(pcs)
    for office in (a, b):
        assert _get(office, client_id) is None
    review = _only(pcs)
    assert review.kind == "orphan" and review.subject.startswith("王子琪")
    b.services.reviews.decide(review.id, "restore")
    _all(pcs)
    _none(pcs)
    for office in (a, b):
        client = _get(office, client_id)
        assert client is not None and client.name == "王子琪"
        assert [one.id for one in office.services.search.search("13806351278")] == [client_id]


def test_fault_31_it_may_stay_deleted(pcs: TwoPcs) -> None:
    client_id = _client(pcs)
    a, b = _offices(pcs)
    b.services.intake.register([PersonArriving(client_id)])
    _delete(a, client_id)
    _all(pcs)
    review = _only(pcs)
    a.services.reviews.decide(review.id, "leave")
    _client(pcs, "解冬")
    _none(pcs)
    for office in (a, b):
        assert _get(office, client_id) is None


def test_fault_32_a_field_group_half_edited_twice_stays_whole(pcs: TwoPcs) -> None:
    client_id = _client(pcs)
    a, b = _offices(pcs)
    booking = a.services.appointments.book(client_id, at_centre(date(2026, 11, 27), 9)).value
    room = pcs.sign(pcs.desk, "director").services.centre.save_room("2号室").value
    _all(pcs)
    with a.ctx.write(May.BOOK, "appointment.moved") as act:
        act.tx.get_one(Appointment, booking).starts_at = at_centre(date(2026, 11, 28), 15)
    with b.ctx.write(May.BOOK, "appointment.moved") as act:
        act.tx.get_one(Appointment, booking).room_id = room
    _all(pcs)
    moved, roomed = (at_centre(date(2026, 11, 28), 15), None), (at_centre(date(2026, 11, 27), 9), room)
    shown = set()
    for office in (a, b):
        with office.ctx.db.read() as tx:
            row = tx.get_one(Appointment, booking)
            shown.add((row.starts_at, row.room_id))
            (loser,) = tx.query(Loser).all()
            kept = {one.column_name for one in tx.query(LoserValue.column_name).filter_by(loser_id=loser.id)}
            assert kept == {"centre_id", "starts_at", "minutes", "room_id"}
    assert len(shown) == 1 and shown <= {moved, roomed}
    review = _only(pcs)
    rooms = {(dict(side.fields)["Time"], dict(side.fields)["Room"]) for side in review.sides}
    assert rooms == {("2026-11-28 15:00", "not filled in"), ("2026-11-27 09:00", "2号室")}
    other = next(side for side in review.sides if not side.shows)
    b.services.reviews.decide(review.id, other.key)
    _all(pcs)
    _none(pcs)
    for office in (a, b):
        with office.ctx.db.read() as tx:
            row = tx.get_one(Appointment, booking)
            assert {(row.starts_at, row.room_id)} == {moved, roomed} - shown


def test_two_decisions_at_once_are_looked_at_again(pcs: TwoPcs) -> None:
    client_id = _client(pcs)
    a, b = _offices(pcs)
    _edit(a, client_id, safe_times="周末")
    _edit(b, client_id, safe_times="20:00 以后")
    _all(pcs)
    review = _only(pcs)
    a.services.reviews.decide(review.id, review.sides[0].key)
    b.services.reviews.decide(review.id, review.sides[1].key)
    assert _reviews(pcs) == [[], []]
    _all(pcs)
    again = _only(pcs)
    said = {dict(side.fields)["When one may telephone"] for side in again.sides}
    assert said == {"周末", "20:00 以后"}
    for office in (a, b):
        with office.ctx.db.read() as tx:
            assert set(contact(tx, client_id).safe_times.replace(")", "").split(" (and also: ")) == said
    a.services.reviews.decide(again.id, again.sides[1].key)
    _all(pcs)
    _none(pcs)


def test_the_same_decision_on_both_closes_it(pcs: TwoPcs) -> None:
    client_id = _client(pcs)
    a, b = _offices(pcs)
    _edit(a, client_id, safe_times="周末")
    _edit(b, client_id, safe_times="20:00 以后")
    _all(pcs)
    review = _only(pcs)
    for office in (a, b):
        office.services.reviews.decide(review.id, review.sides[1].key)
    _all(pcs)
    _none(pcs)


def test_who_wrote_each_side_is_named_on_the_other_pc(pcs: TwoPcs) -> None:
    client_id = _client(pcs)
    a, b = pcs.sign(pcs.desk, "desk"), pcs.sign(pcs.room2, "director")
    for office in (a, b):
        office.ctx.db.wall_ms = lambda: int(pcs.clock.now().timestamp() * 1000)
    _edit(a, client_id, safe_times="周末")
    with b.ctx.db.write() as tx:
        tx.get_one(Client, client_id).safe_times = "20:00 以后"
    _all(pcs)
    review = _only(pcs)
    assert {side.written_by for side in review.sides} == {"前台一 (PC A 一号机)", "PC B 二号机"}


def test_fault_35_one_client_registered_twice_is_merged_and_let_go_again(pcs: TwoPcs) -> None:
    a, b = _offices(pcs)
    new = NewClient("王子琪", birth_date=BORN, telephones=("13806351278",))
    one = a.services.intake.register([PersonArriving(new)]).value.visits[0].client_id
    other = b.services.intake.register([PersonArriving(new)]).value.visits[0].client_id
    _all(pcs)
    assert {found.id for found in a.services.search.search("wzq")} == {one, other}
    b.services.intake.merge_clients(one, other)
    _edit(a, other, remarks="改到周五来")  # worked on elsewhere, at the same time
    _all(pcs)
    for office in (a, b):
        assert [found.id for found in office.services.search.search("wzq")] == [one]
        assert office.services.intake.card(other).visits == 2
    _none(pcs)
    a.services.intake.unmerge(other)
    _all(pcs)
    for office in (a, b):
        assert {found.id for found in office.services.search.search("wzq")} == {one, other}
        assert (office.services.intake.card(one).visits, office.services.intake.card(other).visits) == (1, 1)
        client = _get(office, other)
        assert client is not None and (client.remarks, client.merged_into) == ("改到周五来", None)


def test_fault_35_merged_in_opposite_directions_nobody_is_lost(pcs: TwoPcs) -> None:
    one, other = _client(pcs), _client(pcs, "王梓琪")
    a, b = _offices(pcs)
    a.services.intake.merge_clients(one, other)
    b.services.intake.merge_clients(other, one)
    _all(pcs)
    for office in (a, b):
        assert [found.id for found in office.services.search.search("wzq")] == [min(one, other)]
    _none(pcs)
