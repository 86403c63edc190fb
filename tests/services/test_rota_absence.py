"""08:20: an expert cannot come. Who could, what becomes of the bookings, whom to call and when; each in one act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.bootstrap import Office
from app.common.errors import Confirmation, UserError
from app.people.clients import NewClient, create_client
from app.rota.rules import Slot
from app.rota.views import Absence, AssignmentView
from app.security.permissions import May
from db.models import Appointment, Assignment, AuditEntry, Client, Leave, School, Staff
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, clock_at, expert_id, planner

SUNDAY = MONDAY + timedelta(days=6)
MORNING = Slot(MONDAY, "am")


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 8, 20)


@pytest.fixture
def duty(director: Office) -> AssignmentView:
    """钟超轩 (情绪、网络使用), alone on Monday morning, published."""
    return put(director, "E041", MONDAY, "am")


def put(office: Office, number: str, day: date, half: str) -> AssignmentView:
    made = office.services.rota.assign(day, half, expert_id(office, number)).value
    set_rows(office, Assignment, [made.id], state="published")
    view: AssignmentView = next(
        a for a in office.services.rota.week(day).cells[Slot(day, half)].assignments if a.id == made.id
    )
    return view


def set_rows(office: Office, model: Any, ids: Sequence[str], **values: object) -> None:
    with office.ctx.write(May.SEE_ROTA, "set") as act:
        for row_id in ids:
            row = act.tx.get_one(model, row_id)
            for name, value in values.items():
                setattr(row, name, value)
        act.on(*ids)


def book(
    office: Office,
    staff: str,
    day: date,
    hour: int,
    name: str = "王子琪",
    safe: str = "18 点后",
    school: str | None = None,
    told_school: str | None = None,
    room: str | None = None,
) -> str:
    with office.ctx.write(May.BOOK, "booked") as act:
        found = act.tx.execute(select(Client).where(Client.name == name)).scalars().first()
        client = found or create_client(
            act.tx, NewClient(name, telephones=("13906350000",), safe_times=safe, school_name=told_school), day
        )
        client.school_id = school
        row = Appointment(
            centre_id=office.who.centre_id,
            client_id=client.id,
            staff_id=staff,
            starts_at=clock_at(day, hour),
            room_id=room,
        )
        act.tx.add(row)
        act.tx.flush()
        return row.id


def row_of(office: Office, booking: str) -> tuple[str | None, str, str | None]:
    """Whose, when (UTC), where."""
    with office.ctx.read(May.SEE_ROTA) as tx:
        row = tx.get_one(Appointment, booking)
        return row.staff_id, f"{row.starts_at:%m-%d %H:%M}", row.room_id


def plan(office: Office, duty: AssignmentView) -> Absence:
    found: Absence = office.services.rota.absence(duty.staff_id, duty.slot.day, duty.slot.half)
    return found


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


# --- who could ---


def test_every_expert_is_listed_in_order_with_the_reason(director: Office, duty: AssignmentView) -> None:
    beside = put(director, "E032", MONDAY, "am")
    found = plan(director, duty).replacements
    assert len(found) == 63 and len({one.staff_id for one in found}) == 63
    order = ["free", "ask", "there", "not"]
    groups = [order.index(one.group) for one in found]
    assert groups == sorted(groups) and set(groups) == {0, 1, 2, 3}
    assert all(one.free == (one.group == "free") for one in found)
    by_number = {one.number: one for one in found}
    assert "请假" in by_number["E001"].why and by_number["E001"].group == "not"
    assert "无犯罪记录证明" in by_number["E023"].why and by_number["E023"].refused
    assert by_number["E032"].staff_id == beside.staff_id and by_number["E032"].group == "there"
    assert all("需先询问" in one.why for one in found if one.group == "ask")


def test_the_free_are_ranked_by_speciality_then_duties_then_wish(director: Office, duty: AssignmentView) -> None:
    free = [one for one in plan(director, duty).replacements if one.free]
    shared = ["专长相符" in one.why for one in free]
    assert shared == sorted(shared, reverse=True) and any(shared) and not all(shared)
    best = next(one for one in free if "专长相符" not in one.why)
    with director.ctx.write(May.EDIT_STAFF, "same load") as act:
        for one in free:
            act.tx.get_one(Staff, one.staff_id).last_quarter = 5
            act.tx.get_one(Staff, one.staff_id).specialities = ["生涯"]
        act.tx.get_one(Staff, best.staff_id).last_quarter = 4
    assert plan(director, duty).replacements[0].number == best.number


def test_full_week_and_second_duty_are_said(director: Office, duty: AssignmentView) -> None:
    once = put(director, "E022", MONDAY, "pm")  # once a week
    by_number = {one.number: one for one in plan(director, duty).replacements}
    assert once.name == by_number["E022"].name and by_number["E022"].group == "not"
    assert "同日已有" in by_number["E022"].why
    friday = MONDAY + timedelta(days=4)
    director.services.rota.unassign(once.id)
    set_rows(director, Assignment, [once.id], state="removed")
    put(director, "E022", friday, "am")
    again = {one.number: one for one in plan(director, duty).replacements}["E022"]
    assert again.group == "ask" and "本周已" in again.why


def test_an_expert_of_the_clients_own_school_never_stands_in(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    first, second = plan(director, duty).replacements[:2]
    with director.ctx.write(May.EDIT_CENTRE, "school") as act:
        school = School(stream="org", name="龙山中学")
        act.tx.add(school)
        act.tx.flush()
        act.tx.get_one(Staff, first.staff_id).school_id = school.id
        act.tx.get_one(Staff, second.staff_id).employer = "龙山 中学"  # known by name only
        school_id = school.id
    booking = book(bench.sign("desk"), duty.staff_id, MONDAY, 9, school=school_id)
    found = {one.number: one for one in plan(bench.sign("desk"), duty).replacements}
    for one in (first, second):
        listed = found[one.number]
        assert listed.group == "not" and listed.refused and "学校" in listed.why and "王子琪" not in listed.why
        with pytest.raises(UserError) as refused:
            bench.sign("desk").services.rota.stand_in(duty.staff_id, MONDAY, "am", one.staff_id)
        assert refused.value.code == "own-school"
    assert row_of(director, booking)[0] == duty.staff_id
    assert director.services.rota.week(MONDAY).cells[MORNING].assignments[0].absent_at is None, "nothing was done"


def test_a_school_told_by_name_counts(bench: Bench, director: Office, duty: AssignmentView) -> None:
    book(bench.sign("desk"), duty.staff_id, MONDAY, 9, told_school="茌平区实验中学")
    with director.ctx.read(May.SEE_ROTA) as tx:
        there = set(tx.execute(select(Staff.id).where(Staff.employer == "茌平区实验中学")).scalars())
    listed = [one for one in plan(director, duty).replacements if one.staff_id in there]
    assert listed and {one.group for one in listed} == {"not"}


# --- one act ---


def test_absence_stand_in_and_bookings_are_one_act_that_can_be_undone(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    desk = bench.sign("desk")
    booking = book(desk, duty.staff_id, MONDAY, 10, room=duty.room_id)
    best = plan(desk, duty).replacements[0]
    done = desk.services.rota.stand_in(duty.staff_id, MONDAY, "am", best.staff_id).value
    assert done.duty is not None and done.duty.state == "published" and done.duty.room_id == duty.room_id
    assert done.went == (booking,) and not done.stays
    assert row_of(desk, booking) == (best.staff_id, "01-04 02:00", duty.room_id)
    after = plan(desk, duty)
    assert after.marked == {"am"} and after.covered == {"am": best.name} and after.replacements == ()
    assert [one.id for one in after.settled] == [booking] and best.name in after.settled[0].outcome.text()  # type: ignore[union-attr]
    with desk.ctx.read(May.SEE_ROTA) as tx:
        entries = tx.execute(select(AuditEntry).where(AuditEntry.act == "rota.replaced")).scalars().all()
        assert len(entries) == 1 and {duty.id, done.duty.id, booking} <= set(entries[0].subjects)
    undone = desk.services.rota.undo().value
    assert best.name in undone.text() and duty.name in undone.text()
    assert row_of(desk, booking)[0] == duty.staff_id
    back = plan(desk, duty)
    assert not back.marked and [one.id for one in back.bookings] == [booking] and not back.settled
    desk.services.rota.redo()
    assert row_of(desk, booking)[0] == best.staff_id and plan(desk, duty).covered


def test_a_booking_that_cannot_go_along_says_why_and_stays(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    desk = bench.sign("desk")
    best = plan(desk, duty).replacements[0]
    goes = book(desk, duty.staff_id, MONDAY, 9)
    stays = book(desk, duty.staff_id, MONDAY, 10, "李一")
    book(desk, best.staff_id, MONDAY, 10, "赵二")
    listed = next(one for one in plan(desk, duty).replacements if one.staff_id == best.staff_id)
    assert set(listed.stays) == {stays} and "10:00" in listed.stays[stays].text()
    done = desk.services.rota.stand_in(duty.staff_id, MONDAY, "am", best.staff_id).value
    assert done.went == (goes,) and set(done.stays) == {stays}
    assert row_of(desk, stays)[0] == duty.staff_id
    after = plan(desk, duty)
    assert [one.id for one in after.bookings] == [stays] and [one.id for one in after.settled] == [goes]


def test_the_room_of_a_booking_is_kept_only_while_nobody_else_has_it(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    desk = bench.sign("desk")
    rooms = {name: room_id for room_id, name in director.services.rota.week(MONDAY).rooms.items()}
    other = put(director, "E032", MONDAY, "am")
    booking = book(desk, duty.staff_id, MONDAY, 10, room=rooms["3室"])
    book(desk, other.staff_id, MONDAY, 10, "李一", room=rooms["3室"])
    best = plan(desk, duty).replacements[0]
    done = desk.services.rota.stand_in(duty.staff_id, MONDAY, "am", best.staff_id).value
    assert done.duty is not None
    assert row_of(desk, booking)[2] == done.duty.room_id != rooms["3室"]


def test_bookings_go_to_the_same_experts_next_free_session(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    desk = bench.sign("desk")
    wednesday, friday = MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)
    put(director, "E041", wednesday, "pm")
    put(director, "E041", friday, "am")
    first = book(desk, duty.staff_id, MONDAY, 9)
    second = book(desk, duty.staff_id, MONDAY, 10, "李一")
    for hour in (14, 15):
        book(desk, duty.staff_id, wednesday, hour, f"周三{hour}")
    offered = {one.id: one.later for one in plan(desk, duty).bookings}
    assert offered[first] is not None and f"{offered[first]:%m-%d %H:%M}" == "01-06 08:00"  # 16:00 at the centre
    done = desk.services.rota.rebook(duty.staff_id, MONDAY, "am").value
    assert set(done.went) == {first, second} and done.duty is None
    assert row_of(desk, first)[:2] == (duty.staff_id, "01-06 08:00")
    assert row_of(desk, second)[:2] == (duty.staff_id, "01-08 02:00"), "the same time of day, on Friday"
    desk.services.rota.undo()
    assert row_of(desk, first)[1] == "01-04 01:00" and row_of(desk, second)[1] == "01-04 02:00"


def test_leave_and_absence_are_no_later_session(bench: Bench, director: Office, duty: AssignmentView) -> None:
    desk = bench.sign("desk")
    wednesday, friday = MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)
    away, gone = put(director, "E041", wednesday, "pm"), put(director, "E041", friday, "am")
    with director.ctx.write(May.EDIT_ROTA, "leave") as act:
        act.tx.add(Leave(stream="org", staff_id=duty.staff_id, first=wednesday, last=wednesday))
    desk.services.rota.mark_absent(gone.staff_id, friday, "am")
    booking = book(desk, duty.staff_id, MONDAY, 9)
    assert plan(desk, duty).bookings[0].later is None
    with pytest.raises(UserError) as refused:
        desk.services.rota.rebook(duty.staff_id, MONDAY, "am")
    assert refused.value.code == "none-goes" and row_of(desk, booking)[0] == away.staff_id


def test_a_colleague_who_is_there_anyway_takes_bookings_and_no_second_seat(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    desk = bench.sign("desk")
    beside = put(director, "E032", MONDAY, "am")
    booking = book(desk, duty.staff_id, MONDAY, 9)
    done = desk.services.rota.stand_in(duty.staff_id, MONDAY, "am", beside.staff_id).value
    assert done.duty is None and done.went == (booking,)
    seats = director.services.rota.week(MONDAY).cells[MORNING].assignments
    assert [one.staff_id for one in seats].count(beside.staff_id) == 1
    assert plan(desk, duty).covered == {}, "the seat is still to be filled"
    other = book(desk, duty.staff_id, MONDAY, 10, "李一")
    assert desk.services.rota.rebook(duty.staff_id, MONDAY, "am", beside.staff_id).value.went == (other,)
    with pytest.raises(UserError) as refused:
        desk.services.rota.rebook(duty.staff_id, MONDAY, "am", expert_id(director, "E001"))
    assert refused.value.code == "not-on-duty"


def test_whoever_must_be_asked_needs_a_yes_and_a_covered_seat_is_not_filled_twice(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    desk = bench.sign("desk")
    listed = plan(desk, duty).replacements
    asked = next(one for one in listed if one.group == "ask")
    with pytest.raises(Confirmation) as question:
        desk.services.rota.stand_in(duty.staff_id, MONDAY, "am", asked.staff_id)
    assert asked.name in question.value.text() and not plan(desk, duty).marked
    anyway = frozenset({"against-rule"})
    desk.services.rota.stand_in(duty.staff_id, MONDAY, "am", asked.staff_id, confirmed=anyway)
    with pytest.raises(UserError) as refused:
        desk.services.rota.stand_in(duty.staff_id, MONDAY, "am", listed[0].staff_id)
    assert refused.value.code == "covered"
    expired = next(one for one in listed if one.number == "E023")
    with pytest.raises(UserError):
        desk.services.rota.stand_in(duty.staff_id, MONDAY, "am", expired.staff_id, confirmed=anyway)


def test_the_whole_day_is_marked_with_the_first_stand_in(bench: Bench, director: Office, duty: AssignmentView) -> None:
    desk = bench.sign("desk")
    director.services.rota.assign(MONDAY, "pm", duty.staff_id, confirmed=frozenset({"against-rule"}))
    found = desk.services.rota.absence(duty.staff_id, MONDAY)
    assert set(found.assignments) == {"am", "pm"}
    best = next(one for one in found.replacements if one.half == "am")
    desk.services.rota.stand_in(duty.staff_id, MONDAY, "am", best.staff_id, whole_day=True)
    after = desk.services.rota.absence(duty.staff_id, MONDAY)
    assert after.marked == {"am", "pm"} and set(after.covered) == {"am"}
    assert {one.half for one in after.replacements} == {"pm"}
    assert best.staff_id not in {one.staff_id for one in after.replacements if one.group == "free"}


def test_who_may_do_what(bench: Bench, director: Office, duty: AssignmentView) -> None:
    book(bench.sign("desk"), duty.staff_id, MONDAY, 9)
    best = plan(director, duty).replacements[0]
    psych = bench.sign("psych").services.rota
    for act in (
        lambda: psych.stand_in(duty.staff_id, MONDAY, "am", best.staff_id),
        lambda: psych.rebook(duty.staff_id, MONDAY, "am"),
        lambda: psych.call_list(duty.staff_id, MONDAY, "am"),
        lambda: director.services.rota.call_list(duty.staff_id, MONDAY, "am"),
        lambda: director.services.rota.rebook(duty.staff_id, MONDAY, "am"),
    ):
        with pytest.raises(UserError) as refused:
            act()
        assert refused.value.code == "not-allowed"
    (booking,) = plan(director, duty).bookings
    assert booking.client_name is None and booking.telephones == () and booking.guardians == ()


# --- late leave ---


def test_a_leave_entered_late_lists_the_duties_it_leaves_open(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    desk = bench.sign("desk")
    friday = MONDAY + timedelta(days=4)
    later = put(director, "E041", friday, "am")
    assert desk.services.rota.left_open_by_leave(duty.staff_id, MONDAY, SUNDAY) == ()
    with director.ctx.write(May.EDIT_ROTA, "leave") as act:
        act.tx.add(Leave(stream="org", staff_id=duty.staff_id, first=MONDAY, last=friday))
    found = desk.services.rota.left_open_by_leave(duty.staff_id, MONDAY, SUNDAY)
    assert [one.id for one in found] == [duty.id, later.id]
    best = plan(desk, duty).replacements[0]
    desk.services.rota.stand_in(duty.staff_id, MONDAY, "am", best.staff_id)
    left = desk.services.rota.left_open_by_leave(duty.staff_id, MONDAY, SUNDAY)
    assert [one.id for one in left] == [later.id]
    bench.clock.at = clock_at(SUNDAY, 9)
    assert desk.services.rota.left_open_by_leave(duty.staff_id, MONDAY, SUNDAY) == ()


# --- the call list ---


def test_the_call_list_names_who_can_be_called_now_first(bench: Bench, director: Office, duty: AssignmentView) -> None:
    desk = bench.sign("desk")
    book(desk, duty.staff_id, MONDAY, 9, "王晚上", safe="18:00 以后")
    book(desk, duty.staff_id, MONDAY, 10, "李现在", safe="8:00-9:00")
    book(desk, duty.staff_id, MONDAY, 11, "赵不明", safe="不要打家里电话")
    text = text_of(desk.services.rota.call_list(duty.staff_id, MONDAY, "am"))
    places = [text.index(part) for part in ("现在可以打", "李现在", "赵不明", "王晚上")]
    assert places == sorted(places), text
    assert "18:00 以后" in text and "不要打家里电话" in text and "13906350000" in text
    assert text.count("□") >= 3 * 5, "boxes to tick"
    best = plan(desk, duty).replacements[0]
    assert best.name in text and (best.telephone or "") in text
    with desk.ctx.read(May.SEE_ROTA) as tx:
        entry = tx.execute(select(AuditEntry).where(AuditEntry.act == "rota.call-list")).scalars().one()
        assert len(entry.subjects) == 3


def test_the_call_list_still_names_clients_whose_bookings_went(
    bench: Bench, director: Office, duty: AssignmentView
) -> None:
    desk = bench.sign("desk")
    book(desk, duty.staff_id, MONDAY, 10)
    best = plan(desk, duty).replacements[0]
    desk.services.rota.stand_in(duty.staff_id, MONDAY, "am", best.staff_id)
    text = text_of(desk.services.rota.call_list(duty.staff_id, MONDAY, "am"))
    assert "王子琪" in text and f"现由 {best.name}" in text.replace("\n", ""), text
