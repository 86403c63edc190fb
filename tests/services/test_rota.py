"""The rota in a real file: board, fill, adoption, publication, absence, replacement, and who is there now."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.bootstrap import Office
from app.common.changes import Topic
from app.common.errors import Confirmation, UserError
from app.people.clients import NewClient, create_client
from app.rota.rules import Slot
from app.rota.views import Proposal, WeekView
from app.security.permissions import May
from db.models import Appointment, Arrival, Staff, Visit
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, clock_at, expert_id, planner

SUNDAY = MONDAY + timedelta(days=6)
ANYWAY = frozenset({"against-rule"})


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 9)


def duties(view: WeekView) -> list[tuple[Slot, str, str]]:
    return [(a.slot, a.number, a.state) for cell in view.cells.values() for a in cell.assignments]


def filled(office: Office, first: date = MONDAY, last: date = SUNDAY) -> Proposal:
    proposal: Proposal = office.services.rota.propose(first, last)
    office.services.rota.adopt(proposal)
    return proposal


def test_an_empty_week_shows_the_pattern_and_why_each_seat_is_empty(director: Office) -> None:
    view = director.services.rota.week(MONDAY + timedelta(days=2))
    assert [day.day.weekday() for day in view.days] == [0, 2, 4, 5, 6]
    assert all(cell.needed == 3 for cell in view.cells.values()) and len(view.cells) == 10
    gap = view.cells[Slot(MONDAY, "am")].gap
    assert gap is not None and gap.missing == 3 and len(gap.reasons) == 64
    assert "请假" in gap.reasons["E029"] and "1月3日" in gap.reasons["E029"]
    assert "无犯罪记录证明" in gap.reasons["E023"] and "2026-12-27" in gap.reasons["E023"]
    assert "请假" in gap.long.text() and "可排" in gap.short.text()
    assert view.empty and view.differences == 0 and not view.published


def test_a_fill_is_a_proposal_until_it_is_adopted_and_a_draft_until_published(director: Office) -> None:
    rota = director.services.rota
    proposal = rota.propose(MONDAY, SUNDAY)
    assert len(proposal.duties) == 30 and not proposal.gaps and proposal.optimal
    assert rota.week(MONDAY).empty
    done = rota.adopt(proposal)
    assert done.value == 30 and Topic.ROTA in done.changes.topics
    view = rota.week(MONDAY)
    assert {state for *_, state in duties(view)} == {"draft"} and view.differences == 30
    assert all(
        Counter(a.room for a in cell.assignments) == Counter(["1室", "2室", "3室"]) for cell in view.cells.values()
    )
    assert rota.publish(MONDAY, SUNDAY).value.added == 30
    view = rota.week(MONDAY)
    assert view.published and view.differences == 0
    assert {state for *_, state in duties(view)} == {"published"}


def test_a_proposal_is_refused_once_the_board_has_changed(director: Office) -> None:
    rota = director.services.rota
    proposal = rota.propose(MONDAY, SUNDAY)
    rota.assign(MONDAY, "am", expert_id(director, "E041"))
    with pytest.raises(UserError) as refused:
        rota.adopt(proposal)
    assert refused.value.code == "proposal-stale"
    assert len(duties(rota.week(MONDAY))) == 1


def test_a_room_that_somebody_has_is_asked_about(director: Office) -> None:
    rota = director.services.rota
    first = rota.assign(MONDAY, "am", expert_id(director, "E041")).value
    second = rota.assign(MONDAY, "am", expert_id(director, "E032")).value
    assert (first.room, second.room) == ("1室", "2室")
    rooms = {name: room_id for room_id, name in rota.week(MONDAY).rooms.items()}
    rota.set_room(second.id, rooms["3室"])
    with pytest.raises(Confirmation) as question:
        rota.set_room(second.id, rooms["1室"])
    assert "钟超轩" in question.value.text()
    rota.set_room(second.id, rooms["1室"], confirmed=frozenset({"room-taken"}))
    assert {a.room for a in rota.week(MONDAY).cells[Slot(MONDAY, "am")].assignments} == {"1室"}
    with pytest.raises(UserError):
        rota.set_room(second.id, "00" * 12)


def test_thirteen_weeks_are_proposed_and_adopted(director: Office) -> None:
    last = MONDAY + timedelta(days=13 * 7 - 1)
    proposal = filled(director, MONDAY, last)
    assert len(proposal.duties) == 390
    again = director.services.rota.propose(MONDAY, last)
    assert not again.added and not again.removed


def test_by_hand_a_rule_asks_and_the_exception_is_pinned(director: Office) -> None:
    rota = director.services.rota
    away = expert_id(director, "E001")  # on leave 4 and 5 January
    with pytest.raises(Confirmation) as question:
        rota.assign(MONDAY, "am", away)
    assert question.value.token == "against-rule" and "请假" in question.value.text()
    made = rota.assign(MONDAY, "am", away, confirmed=ANYWAY).value
    assert made.pinned and made.state == "draft" and [w.code for w in made.warnings] == ["leave"]
    with pytest.raises(Confirmation):  # once a week is E001's limit
        rota.assign(SUNDAY, "am", away)
    free = rota.assign(MONDAY, "am", expert_id(director, "E041")).value
    assert not free.pinned
    with pytest.raises(UserError) as twice:
        rota.assign(MONDAY, "am", free.staff_id)
    assert twice.value.code == "already"


def test_an_expired_check_cannot_be_waved_through(director: Office) -> None:
    rota = director.services.rota
    expired = expert_id(director, "E023")  # until 2026-12-27
    with pytest.raises(UserError) as refused:
        rota.assign(MONDAY, "am", expired, confirmed=ANYWAY)
    assert refused.value.code == "check-expired" and "2026-12-27" in refused.value.text()
    lasting = expert_id(director, "E031")  # until 2027-01-04 inclusive
    duty = rota.assign(MONDAY, "am", lasting).value
    with director.ctx.write(May.EDIT_STAFF, "check") as act:
        act.tx.get_one(Staff, lasting).record_check_until = MONDAY - timedelta(days=1)
    assert [w.code for w in rota.week(MONDAY).cells[Slot(MONDAY, "am")].assignments[0].warnings] == ["check-expired"]
    with pytest.raises(UserError) as unpublished:
        rota.publish(MONDAY, SUNDAY)
    assert unpublished.value.code == "check-expired"
    rota.unassign(duty.id)
    assert rota.publish(MONDAY, SUNDAY).value.added == 0


def test_pinned_duties_stay_and_unpinned_ones_are_kept_where_they_may(director: Office) -> None:
    rota = director.services.rota
    pinned = rota.assign(MONDAY, "am", expert_id(director, "E001"), confirmed=ANYWAY).value
    kept = rota.assign(MONDAY, "pm", expert_id(director, "E041")).value
    proposal = filled(director)
    on = {(duty.slot, duty.number): duty for duty in proposal.duties}
    assert on[pinned.slot, "E001"].pinned and not on[kept.slot, "E041"].new and proposal.pinned == 1
    with pytest.raises(Confirmation) as question:
        rota.unassign(pinned.id)
    assert question.value.token == "pinned"
    rota.pin(pinned.id, False)
    rota.unassign(pinned.id)
    assert (pinned.slot, "E001", "draft") not in duties(rota.week(MONDAY))


def test_taking_off_what_is_published_waits_for_the_next_publication(director: Office) -> None:
    rota = director.services.rota
    filled(director)
    rota.publish(MONDAY, SUNDAY)
    cell = rota.week(MONDAY).cells[Slot(MONDAY, "am")]
    gone = cell.assignments[0]
    rota.unassign(gone.id)
    view = rota.week(MONDAY)
    assert view.differences == 1 and view.cells[gone.slot].gap is not None
    assert view.cells[gone.slot].assignments[-1].state == "leaving"
    assert gone.name in [one.name for one in rota.on_duty_now().people], "in force until published"
    rota.restore(gone.id)
    assert rota.week(MONDAY).differences == 0
    rota.unassign(gone.id)
    assert rota.publish(MONDAY, SUNDAY).value.removed == 1
    assert gone.name not in [one.name for one in rota.on_duty_now().people]


def test_a_duty_is_moved_to_another_session(director: Office) -> None:
    rota = director.services.rota
    duty = rota.assign(MONDAY, "pm", expert_id(director, "E022")).value  # once a week
    friday = MONDAY + timedelta(days=4)
    moved = rota.move(duty.id, friday, "am").value
    assert moved.slot == Slot(friday, "am") and not moved.pinned
    assert [found[:2] for found in duties(rota.week(MONDAY))] == [(moved.slot, "E022")]
    with pytest.raises(Confirmation):
        rota.move(moved.id, MONDAY, "am")  # Monday morning was not offered
    with pytest.raises(UserError):
        rota.unassign(duty.id)


def test_who_is_free_lists_everybody_with_reasons(director: Office) -> None:
    found = director.services.rota.candidates(MONDAY, "am")
    assert len(found) == 64
    order = [(c.refused, not c.free, c.load) for c in found]
    assert order == sorted(order)
    refused = next(c for c in found if c.number == "E023")
    assert refused.refused and "wangsiyan" in next(c for c in found if c.number == "E025").found_by
    assert all(c.obstacles for c in found if not c.free)


def booked(office: Office, staff: str, day: date, hour: int, school: str | None = None) -> str:
    with office.ctx.write(May.BOOK, "booked") as act:
        client = create_client(act.tx, NewClient("王子琪", telephones=("13906350000",), safe_times="18 点后"), day)
        client.school_id = school
        appointment = Appointment(
            centre_id=office.who.centre_id, client_id=client.id, staff_id=staff, starts_at=clock_at(day, hour)
        )
        act.tx.add(appointment)
        act.tx.flush()
        return appointment.id


def test_an_absence_names_bookings_and_stand_ins_in_one_action(bench: Bench, director: Office) -> None:
    filled(director)
    director.services.rota.publish(MONDAY, SUNDAY)
    duty = director.services.rota.week(MONDAY).cells[Slot(MONDAY, "am")].assignments[0]
    desk = bench.sign("desk")
    appointment = booked(desk, duty.staff_id, MONDAY, 10)
    booked(desk, duty.staff_id, MONDAY + timedelta(days=1), 10)

    absence = desk.services.rota.mark_absent(duty.staff_id, MONDAY).value
    assert [b.id for b in absence.bookings] == [appointment]
    assert absence.bookings[0].client_name == "王子琪" and absence.bookings[0].safe_times == "18 点后"
    assert absence.bookings[0].telephones and absence.bookings[0].half == "am"
    assert absence.changed == len(absence.assignments) >= 1
    best = absence.replacements[0]
    assert best.free and "近两季" in best.why
    assert desk.services.rota.mark_absent(duty.staff_id, MONDAY).value.changed == 0

    view = desk.services.rota.week(MONDAY)
    gap = view.cells[duty.slot].gap
    assert gap is not None and duty.name in gap.short.text()
    made = desk.services.rota.replace(absence.assignments["am"], best.staff_id, take_bookings=True).value
    assert made.state == "published" and made.room == duty.room and made.replaces == absence.assignments["am"]
    assert desk.services.rota.week(MONDAY).cells[duty.slot].gap is None
    with desk.ctx.read(May.SEE_QUEUE) as tx:
        assert tx.get_one(Appointment, appointment).staff_id == best.staff_id
    assert best.name in [one.name for one in desk.services.rota.on_duty_now().people]
    assert desk.services.rota.absence(duty.staff_id, MONDAY, "am").replacements == ()


def test_a_director_sees_bookings_without_clients(bench: Bench, director: Office) -> None:
    duty = director.services.rota.assign(MONDAY, "am", expert_id(director, "E041")).value
    booked(bench.sign("desk"), duty.staff_id, MONDAY, 9)
    (booking,) = director.services.rota.mark_absent(duty.staff_id, MONDAY).value.bookings
    assert booking.client_name is None and booking.telephones == () and booking.client_number is None


def test_who_is_on_duty_is_busy_while_the_queue_says_so(bench: Bench, director: Office) -> None:
    filled(director)
    assert director.services.rota.on_duty_now().people == (), "a draft is not in force"
    director.services.rota.publish(MONDAY, SUNDAY)
    now = director.services.rota.on_duty_now()
    assert now.running and now.slot == Slot(MONDAY, "am")
    assert [(one.room, one.state) for one in now.people] == [("1室", "free"), ("2室", "free"), ("3室", "free")]
    with bench.sign("desk").ctx.write(May.REGISTER_VISITS, "visit") as act:
        client = create_client(act.tx, NewClient("王子琪"), MONDAY)
        arrival = Arrival(centre_id=director.who.centre_id, at=bench.clock.now())
        act.tx.add(arrival)
        act.tx.flush()
        act.tx.add(
            Visit(
                arrival_id=arrival.id,
                client_id=client.id,
                centre_id=director.who.centre_id,
                day=MONDAY,
                status="in_session",
                status_at=bench.clock.now(),
                staff_id=now.people[1].staff_id,
            )
        )
    assert [one.state for one in director.services.rota.on_duty_now().people] == ["free", "in_session", "free"]
    bench.clock.at = clock_at(MONDAY, 12)
    noon = director.services.rota.on_duty_now()
    assert not noon.running and noon.slot == Slot(MONDAY, "pm")
    bench.clock.at = clock_at(MONDAY, 18)
    assert director.services.rota.on_duty_now().slot is None


def test_each_role_may_what_the_table_says(bench: Bench, director: Office) -> None:
    proposal = filled(director)
    duty = director.services.rota.week(MONDAY).cells[proposal.duties[0].slot].assignments[0]
    for login in ("desk", "psych"):
        rota = bench.sign(login).services.rota
        assert len(duties(rota.week(MONDAY))) == 30
        for act in (
            lambda rota=rota: rota.assign(SUNDAY, "am", duty.staff_id),
            lambda rota=rota: rota.adopt(rota.propose(MONDAY, SUNDAY)),
            lambda rota=rota: rota.publish(MONDAY, SUNDAY),
            lambda rota=rota: rota.unassign(duty.id),
            lambda rota=rota: rota.pin(duty.id),
        ):
            with pytest.raises(UserError) as refused:
                act()
            assert refused.value.code == "not-allowed"
    with pytest.raises(UserError):
        bench.sign("psych").services.rota.mark_absent(duty.staff_id, MONDAY)
    bench.sign("supervisor").services.rota.publish(MONDAY, SUNDAY)


def test_nonsense_is_refused_in_words(director: Office) -> None:
    rota = director.services.rota
    for call in (
        lambda: rota.propose(SUNDAY, MONDAY),
        lambda: rota.propose(MONDAY, MONDAY + timedelta(days=800)),
        lambda: rota.assign(MONDAY, "night", expert_id(director, "E001")),
        lambda: rota.assign(MONDAY, "am", director.who.staff_id),
        lambda: rota.staff_of("E999"),
        lambda: rota.mark_absent(expert_id(director, "E001"), MONDAY),
        lambda: rota.pin("00" * 12),
    ):
        with pytest.raises(UserError) as refused:
            call()
        assert refused.value.text().endswith("。"), refused.value.text()


def test_the_poster_says_who_is_coming_and_waits_for_the_publication(director: Office) -> None:
    filled(director)
    rota = director.services.rota
    with pytest.raises(UserError) as refused:
        rota.poster(MONDAY)
    assert refused.value.code == "nothing-published"
    rota.publish(MONDAY, SUNDAY)
    first, second = rota.week(MONDAY).cells[Slot(MONDAY, "am")].assignments[:2]
    rota.mark_absent(first.staff_id, MONDAY, "am")
    (page,) = PdfReader(BytesIO(rota.poster(MONDAY))).pages
    text = page.extract_text()
    assert "周一" in text and "周日" in text and second.name in text and "缺 1 人" in text
    assert page.mediabox.width > page.mediabox.height


def test_an_absence_of_one_half_leaves_the_other_half_and_old_gaps_to_whoever_planned_them(director: Office) -> None:
    rota = director.services.rota
    both = expert_id(director, "E004")
    director.services.experts.set_limits(both, 3, None, 2)
    friday = MONDAY + timedelta(days=5)
    for half in ("am", "pm"):
        rota.assign(friday, half, both, confirmed=ANYWAY)
    rota.pin(rota.week(MONDAY).cells[Slot(friday, "pm")].assignments[0].id, False)
    rota.publish(MONDAY, SUNDAY)
    rota.mark_absent(both, friday, "am")
    mended = rota.propose_repair(MONDAY, SUNDAY)
    assert [duty.slot for duty in mended.added] == [Slot(friday, "am")] and not mended.removed
    rota.adopt(mended)
    assert rota.propose_repair(MONDAY, SUNDAY).added == (), (
        "the lost seat is taken; what was never planned is the fill's"
    )


def test_a_months_sheet_counts_the_quarter_of_that_month(director: Office) -> None:
    """It begins on the Monday before, which may lie in the quarter before."""
    rota = director.services.rota
    for first in (MONDAY - timedelta(days=14), MONDAY, MONDAY + timedelta(days=7)):
        filled(director, first, first + timedelta(days=6))
    month = rota.stretch(MONDAY - timedelta(days=7), MONDAY + timedelta(days=27))
    week = rota.week(MONDAY)
    assert {one.number: (one.duties, one.weekends) for one in month.loads} == {
        one.number: (one.duties, one.weekends) for one in week.loads
    }
    assert sum(one.duties for one in month.loads) == 60
    assert sum(sum(one.duties for one in rota.week(day).loads) for day in (MONDAY - timedelta(days=14),)) == 30
