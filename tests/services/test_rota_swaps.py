"""换班: asked, answered in person or by telephone or decided over her head, carried out in one act, never deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.bootstrap import Office
from app.common import words
from app.common.clock import at_centre
from app.common.errors import Confirmation, UserError
from app.rota.swap_acts import hand_over, write_answer
from app.rota.swap_reading import state_in
from app.rota.views import AssignmentView
from app.security.permissions import May
from db.models import Assignment, AuditEntry, Leave, Loser, Staff, SwapRequest
from tests.services.conftest import Bench
from tests.services.fleet import CENTRE, Fleet, Pc, state_of
from tests.services.rota_centre import MONDAY, clock_at, expert_id, furnish
from tests.services.test_rota_absence import book, put, row_of, set_rows

WEDNESDAY = MONDAY + timedelta(days=2)
FRIDAY = MONDAY + timedelta(days=4)
ANYWAY = frozenset({"against-rule"})
EVERY = [[day, half] for day in range(7) for half in ("am", "pm")]


@pytest.fixture
def director(bench: Bench) -> Office:
    """Both psychologists do duty, on any day."""
    words.set_language("zh")
    bench.clock.at = clock_at(MONDAY, 9)
    office = bench.sign("director")
    furnish(office)
    people = [bench.sign(login).who.staff_id for login in ("psych", "psych2")]
    with office.ctx.write(May.EDIT_STAFF, "experts") as act:
        for number, staff_id in enumerate(people, 1):
            staff = act.tx.get_one(Staff, staff_id)
            staff.number, staff.expert, staff.availability = f"P00{number}", True, EVERY
            staff.record_check_until = MONDAY + timedelta(days=300)
    return office


@pytest.fixture
def duty(director: Office) -> AssignmentView:
    """Of 单明霞 (psych), Wednesday morning, published, in room 1."""
    return put(director, "P001", WEDNESDAY, "am")


def seat(office: Office, duty: AssignmentView) -> list[tuple[str, str, str | None, bool]]:
    """(number, state, room, pinned) of everybody on that session."""
    cells = office.services.rota.week(duty.slot.day).cells
    return [(a.number, a.state, a.room, a.pinned) for a in cells[duty.slot].assignments]


def test_agreed_in_her_own_sign_in_the_duty_changes_hands_at_once(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    psych, other = bench.sign("psych"), bench.sign("psych2")
    set_rows(director, Assignment, [duty.id], pinned=True)
    asked = psych.services.swaps.ask(duty.id, other.who.staff_id).value
    assert asked.open and asked.duty.name == "单明霞" and asked.to_name == "尉迟兰" and asked.asked_by_me
    assert seat(director, duty) == [("P001", "published", "1室", True)], "asking changes nothing"
    assert other.services.swaps.waiting() == 1 and psych.services.swaps.waiting() == 0
    assert bench.sign("desk").services.swaps.waiting() == 1, "the desk has to call"
    (seen,) = other.services.swaps.requests()
    assert seen.mine and seen.may_answer and not seen.may_record and not seen.may_override
    done = other.services.swaps.answer(seen.id, True).value
    assert done.request.state == "done" and done.request.how == "self" and done.request.answered_by == "尉迟兰"
    assert done.request.duty.name == "单明霞", "between whom it was stays known"
    assert seat(director, duty) == [("P002", "published", "1室", True)]
    assert other.services.swaps.waiting() == 0
    with director.ctx.read(May.SEE_ROTA) as tx:
        entry = tx.execute(select(AuditEntry).where(AuditEntry.act == "rota.swap-agreed")).scalars().one()
        new = tx.execute(select(Assignment).where(Assignment.state == "published")).scalars().one()
        assert {seen.id, duty.id, new.id} <= set(entry.subjects)


def test_an_exchange_is_one_act_and_one_undo(bench: Bench, director: Office, duty: AssignmentView) -> None:
    psych, other = bench.sign("psych"), bench.sign("psych2")
    back = put(director, "P002", FRIDAY, "pm")
    request = psych.services.swaps.ask(duty.id, other.who.staff_id, back.id).value
    assert request.back is not None and request.back.slot == back.slot
    other.services.swaps.answer(request.id, True)
    assert [one[0] for one in seat(director, duty)] == ["P002"]
    assert [one[0] for one in seat(director, back)] == ["P001"]
    other.services.rota.undo()
    assert [one[0] for one in seat(director, duty)] == ["P001"]
    assert [one[0] for one in seat(director, back)] == ["P002"]
    (again,) = other.services.swaps.requests()
    assert again.open and again.answer is None
    other.services.rota.redo()
    assert [one[0] for one in seat(director, duty)] == ["P002"]


def test_declined_withdrawn_and_decided_ones_stay_on_record(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    psych, other, desk = bench.sign("psych"), bench.sign("psych2"), bench.sign("desk")
    declined = psych.services.swaps.ask(duty.id, other.who.staff_id).value
    other.services.swaps.answer(declined.id, False)
    withdrawn = psych.services.swaps.ask(duty.id, other.who.staff_id).value
    psych.services.swaps.withdraw(withdrawn.id)
    assert [one[0] for one in seat(director, duty)] == ["P001"]
    states = {one.id: one.state for one in desk.services.swaps.requests()}
    assert states == {declined.id: "declined", withdrawn.id: "withdrawn"}
    for decided in (declined, withdrawn):
        with pytest.raises(UserError) as refused:
            other.services.swaps.answer(decided.id, True)
        assert refused.value.code == "not-open" and refused.value.text().endswith("。")


def test_the_desk_records_a_telephone_answer_and_the_planner_overrides(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    desk = bench.sign("desk")
    told = desk.services.swaps.ask(duty.id, expert_id(director, "E041"), confirmed=ANYWAY).value
    with pytest.raises(UserError) as refused:
        desk.services.swaps.override(told.id)
    assert refused.value.code == "not-allowed"
    done = desk.services.swaps.record(told.id, True, confirmed=ANYWAY).value
    assert done.request.how == "told" and done.request.answered_by == "前台一"
    later = put(director, "P002", FRIDAY, "am")
    asked = desk.services.swaps.ask(later.id, expert_id(director, "E032"), confirmed=ANYWAY).value
    over = director.services.swaps.override(asked.id, confirmed=ANYWAY).value
    assert over.request.how == "override" and over.request.answered_by == "郑主任" and over.request.state == "done"


def test_each_may_only_what_is_hers(bench: Bench, director: Office, duty: AssignmentView) -> None:
    psych, other = bench.sign("psych"), bench.sign("psych2")
    theirs = put(director, "E041", MONDAY, "am")
    with pytest.raises(UserError) as refused:
        psych.services.swaps.ask(theirs.id, other.who.staff_id)
    assert refused.value.code == "not-own"
    request = psych.services.swaps.ask(duty.id, other.who.staff_id).value
    for act, code in (
        (lambda: psych.services.swaps.answer(request.id, True), "not-asked"),
        (lambda: psych.services.swaps.record(request.id, True), "not-allowed"),
        (lambda: other.services.swaps.override(request.id), "not-allowed"),
        (lambda: other.services.swaps.withdraw(request.id), "not-own"),
        (lambda: psych.services.swaps.ask(duty.id, other.who.staff_id), "asked-already"),
        (lambda: psych.services.swaps.ask(duty.id, psych.who.staff_id), "same"),
        (lambda: bench.sign("desk").services.swaps.answer(request.id, True), "not-allowed"),
    ):
        with pytest.raises(UserError) as refused:
            act()
        assert refused.value.code == code and refused.value.text().endswith("。")
    outsider = bench.sign("desk").services.swaps.ask(theirs.id, expert_id(director, "E032"), confirmed=ANYWAY).value
    assert outsider.id not in {one.id for one in psych.services.swaps.requests()}, "only her own"


def test_rules_are_asked_for_both_sides_and_the_law_cannot_be_waved_through(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    psych = bench.sign("psych")
    with pytest.raises(UserError) as expired:
        psych.services.swaps.ask(duty.id, expert_id(director, "E023"), confirmed=ANYWAY)
    assert expired.value.code == "check-expired"
    beside = put(director, "E022", WEDNESDAY, "am")
    with pytest.raises(UserError) as twice:
        psych.services.swaps.ask(duty.id, beside.staff_id, confirmed=ANYWAY)
    assert twice.value.code == "already"
    back = put(director, "P002", FRIDAY, "pm")
    other = bench.sign("psych2").who.staff_id
    with director.ctx.write(May.EDIT_ROTA, "leave") as act:
        act.tx.add(Leave(stream="org", staff_id=psych.who.staff_id, first=FRIDAY, last=FRIDAY))
    with pytest.raises(Confirmation) as question:
        psych.services.swaps.ask(duty.id, other, back.id)
    assert "单明霞" in question.value.text() and "请假" in question.value.text()
    request = psych.services.swaps.ask(duty.id, other, back.id, confirmed=ANYWAY).value
    assert [note.code for note in request.warnings] == ["leave"]


def test_what_expired_since_is_refused_when_it_is_answered(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    psych, other = bench.sign("psych"), bench.sign("psych2")
    request = psych.services.swaps.ask(duty.id, other.who.staff_id).value
    set_rows(director, Staff, [other.who.staff_id], record_check_until=MONDAY)
    with pytest.raises(UserError) as refused:
        other.services.swaps.answer(request.id, True)
    assert refused.value.code == "check-expired"
    (still,) = other.services.swaps.requests()
    assert still.open and [note.code for note in still.warnings] == ["check-expired"]


def test_a_request_whose_duty_changed_is_void_in_words(bench: Bench, director: Office, duty: AssignmentView) -> None:
    psych, other, desk = bench.sign("psych"), bench.sign("psych2"), bench.sign("desk")
    first = psych.services.swaps.ask(duty.id, other.who.staff_id).value
    second = desk.services.swaps.ask(duty.id, expert_id(director, "E041"), confirmed=ANYWAY).value
    other.services.swaps.answer(first.id, True)
    state = {one.id: one for one in desk.services.swaps.requests()}
    assert state[second.id].state == "void" and state[second.id].why is not None
    with pytest.raises(UserError) as refused:
        desk.services.swaps.record(second.id, True, confirmed=ANYWAY)
    assert "改" in refused.value.text() or "变" in refused.value.text()
    later = put(director, "P001", FRIDAY, "am")
    third = psych.services.swaps.ask(later.id, other.who.staff_id).value
    desk.services.rota.mark_absent(psych.who.staff_id, FRIDAY, "am")
    found = next(one for one in other.services.swaps.requests() if one.id == third.id)
    assert found.state == "void" and "缺勤" in found.why.text()  # type: ignore[union-attr]
    fourth = psych.services.swaps.ask(put(director, "P001", MONDAY, "pm").id, other.who.staff_id).value
    bench.clock.at = clock_at(WEDNESDAY, 9)
    assert next(one for one in other.services.swaps.requests() if one.id == fourth.id).state == "void"


def test_bookings_go_with_the_duty(bench: Bench, director: Office, duty: AssignmentView) -> None:
    psych, other = bench.sign("psych"), bench.sign("psych2")
    goes = book(bench.sign("desk"), psych.who.staff_id, WEDNESDAY, 9)
    stays = book(bench.sign("desk"), psych.who.staff_id, WEDNESDAY, 10, "李一")
    book(bench.sign("desk"), other.who.staff_id, WEDNESDAY, 10, "赵二")
    request = psych.services.swaps.ask(duty.id, other.who.staff_id).value
    done = other.services.swaps.answer(request.id, True).value
    assert (done.moved, done.stays) == (1, 1)
    assert row_of(director, goes)[0] == other.who.staff_id and row_of(director, stays)[0] == psych.who.staff_id


def test_partners_are_everybody_with_reasons_and_what_could_come_back(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    back = put(director, "P002", FRIDAY, "pm")
    found = bench.sign("psych").services.swaps.partners(duty.id)
    assert len(found) == 65
    order = [(one.refused, not one.free) for one in found]
    assert order == sorted(order)
    by_number = {one.number: one for one in found}
    assert [one.assignment_id for one in by_number["P002"].exchanges] == [back.id]
    assert not by_number["P002"].exchanges[0].obstacles and by_number["E023"].refused
    (own,) = bench.sign("psych").services.swaps.duties()
    assert own.assignment_id == duty.id and own.asked == ""
    bench.sign("psych").services.swaps.ask(duty.id, bench.sign("psych2").who.staff_id)
    assert bench.sign("psych").services.swaps.duties()[0].asked == "尉迟兰"


# --- two PCs ---


def on_both(fleet: Fleet) -> tuple[Pc, Pc, str, str]:
    """A request that both PCs know; (pc, pc, request, duty)."""
    one, other = fleet.pcs
    with one.db.write() as tx:
        duty = Assignment(stream="org", centre_id=CENTRE, day=WEDNESDAY, half="am", staff_id="e1" * 12)
        duty.state = "published"
        tx.add(duty)
        tx.flush()
        request = SwapRequest(
            stream="org",
            centre_id=CENTRE,
            assignment_id=duty.id,
            to_staff_id="e2" * 12,
            asked_by="f1" * 12,
            asked_at=at_centre(MONDAY, 9),
        )
        tx.add(request)
        tx.flush()
        ids = request.id, duty.id
    fleet.settle()
    return one, other, *ids


def agree(pc: Pc, request_id: str, duty_id: str) -> None:
    with pc.db.write() as tx:
        row = tx.get_one(SwapRequest, request_id)
        write_answer(row, True, "self", "f2" * 12, pc.clock.now())
        hand_over(tx, tx.get_one(Assignment, duty_id), row.to_staff_id)
        row.ended, row.ended_by, row.ended_at = "done", "f2" * 12, pc.clock.now()


def shown(pc: Pc, request_id: str) -> tuple[str, int, int]:
    """(state, who is on the duty, answers that lost but are kept)"""
    with pc.db.read() as tx:
        row = tx.get_one(SwapRequest, request_id)
        on_duty = tx.execute(select(Assignment).where(Assignment.state == "published")).scalars().all()
        kept = tx.execute(select(Loser).where(Loser.table_name == "swap_request")).scalars().all()
        assert {one.staff_id for one in on_duty} == {"e2" * 12}
        return state_in(tx, row, MONDAY)[0], len(on_duty), len(kept)


@pytest.mark.parametrize("declined_later", [True, False])
def test_agreed_on_one_pc_and_declined_on_another_both_stay_in_sight(two: Fleet, declined_later: bool) -> None:
    one, other, request, duty = on_both(two)
    one.clock.at += timedelta(minutes=5)
    other.clock.at += timedelta(minutes=10 if declined_later else 1)
    agree(one, request, duty)
    with other.db.write() as tx:
        write_answer(tx.get_one(SwapRequest, request), False, "told", "f3" * 12, other.clock.now())
    two.settle()
    assert state_of(one) == state_of(other)
    state, on_duty, kept = shown(one, request)
    assert (state, on_duty, kept) == shown(other, request)
    assert state == ("contested" if declined_later else "done") and on_duty == 1 and kept == 1


def test_the_same_answer_on_two_pcs_is_no_question(two: Fleet) -> None:
    one, other, request, duty = on_both(two)
    agree(one, request, duty)
    agree(other, request, duty)
    two.settle()
    assert state_of(one) == state_of(other)
    assert shown(one, request)[:2] == ("done", 2), "twice on the session: both kept, and shown as such on the board"
