"""谁有空: the soonest expert on duty with time left, county centres included, never of the client's own school."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.bootstrap import Office
from app.common.clock import local
from app.rota.free_views import FreeAnswer, FreeView
from app.rota.rules import Slot
from app.security.permissions import May
from db.models import Assignment, Centre, DutyPattern, Leave, School, Staff
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, clock_at, expert_id, planner
from tests.services.test_rota_absence import book, put, set_rows

SATURDAY = MONDAY + timedelta(days=5)
EVERY = [[day, half] for day in range(7) for half in ("am", "pm")]


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 8, 20)


@pytest.fixture
def county(director: Office) -> str:
    """茌平区青少年心理辅导站 with one woman who knows 学业压力, on duty on Saturday morning; the centre's id."""
    with director.ctx.write(May.EDIT_CENTRE, "county") as act:
        centre = Centre(
            stream="org", code="CP", name="茌平区青少年心理辅导站", county="371503", address="", hotline="", hours={}
        )
        act.tx.add(centre)
        act.tx.flush()
        staff = Staff(stream="org", centre_id=centre.id, number="C001", name="孔令仪", sex="female", expert=True)
        staff.specialities, staff.availability = ["学业压力"], EVERY
        staff.record_check_until, staff.telephone = MONDAY + timedelta(days=99), "13806350001"
        act.tx.add(staff)
        act.tx.add(DutyPattern(stream="org", centre_id=centre.id, weekday=5, half="am", needed=1))
        act.tx.flush()
        duty = Assignment(stream="org", centre_id=centre.id, day=SATURDAY, half="am", staff_id=staff.id)
        duty.state = "published"
        act.tx.add(duty)
        return centre.id


def ask(office: Office, text: str) -> FreeAnswer:
    question = office.services.free.read(text)
    assert not question.unknown, question.unknown
    found: FreeAnswer = office.services.free.search(question.query)
    return found


def on_duty(found: FreeAnswer) -> list[FreeView]:
    return [one for one in found.found if one.group == "duty"]


def times(view: FreeView) -> list[str]:
    assert view.times is not None
    return [f"{local(one):%H:%M}" for one in view.times]


def test_the_next_for_a_girl_with_school_refusal_on_saturday_county_centres_included(
    bench: Bench, director: Office, county: str
) -> None:
    desk = bench.sign("desk")
    put(director, "E041", SATURDAY, "am")  # 生涯 alone
    found = ask(desk, "初二 女 厌学 周六")
    (first,) = on_duty(found)
    assert (first.name, first.slot, first.own_centre) == ("孔令仪", Slot(SATURDAY, "am"), False)
    assert first.telephone == "13806350001" and first.minutes is None
    assert "茌平" in first.reasons[0].text() and "学业压力" in first.reasons[1].text()
    extra = [one for one in found.found if one.group == "extra"]
    assert extra and all(one.slot.day.weekday() == 5 and one.sex == "female" for one in extra)
    assert all(set(one.specialities) & {"学业压力", "亲子"} for one in extra)
    assert [one.slot for one in extra] == sorted(one.slot for one in extra)
    assert not on_duty(ask(desk, "女 厌学 周六 本中心"))
    assert on_duty(ask(desk, "茌平")) == on_duty(ask(desk, "孔令仪"))


def test_free_times_leave_bookings_out_and_a_full_session_is_counted_as_busy(bench: Bench, director: Office) -> None:
    desk = bench.sign("desk")
    duty = put(director, "E041", MONDAY, "am")
    (view,) = on_duty(ask(desk, "今天"))
    assert times(view) == ["08:30", "09:30", "10:30"] and view.minutes == 150
    book(desk, duty.staff_id, MONDAY, 9)
    (view,) = on_duty(ask(desk, "今天"))
    assert times(view) == ["10:30"], "9:00 to 9:50 touches two"
    bench.clock.at = clock_at(MONDAY, 9, 40)
    assert [times(one) for one in on_duty(ask(desk, "今天"))] == [["10:30"]]
    book(desk, duty.staff_id, MONDAY, 11, "李一")
    full = ask(desk, "今天")
    assert not on_duty(full) and full.busy == 1
    bench.clock.at = clock_at(MONDAY, 12)
    assert ask(desk, "今天").busy == 0, "over, not busy"


def test_the_clients_own_school_is_left_out_by_id_and_by_name(bench: Bench, director: Office) -> None:
    first, second, third = (put(director, number, MONDAY, "am") for number in ("E041", "E032", "E031"))
    with director.ctx.write(May.EDIT_CENTRE, "school") as act:
        school = School(stream="org", name="龙山中学")
        act.tx.add(school)
        act.tx.flush()
        act.tx.get_one(Staff, first.staff_id).school_id = school.id
        act.tx.get_one(Staff, second.staff_id).employer = "龙山中学"
    found = ask(bench.sign("desk"), "今天 龙山中学")
    assert [one.staff_id for one in on_duty(found)] == [third.staff_id] and found.avoided == 2
    assert not {first.staff_id, second.staff_id} & {one.staff_id for one in found.found}


def test_drafts_absence_and_leave_are_not_on_duty(bench: Bench, director: Office) -> None:
    desk = bench.sign("desk")
    put(director, "E041", MONDAY, "am")
    away, gone = put(director, "E032", MONDAY, "am"), put(director, "E022", MONDAY, "pm")
    assert len(on_duty(ask(desk, "今天"))) == 3
    set_rows(director, Assignment, [gone.id], state="draft")
    with director.ctx.write(May.EDIT_ROTA, "leave") as act:
        act.tx.add(Leave(stream="org", staff_id=away.staff_id, first=MONDAY, last=MONDAY))
    assert [one.number for one in on_duty(ask(desk, "今天"))] == ["E041"]
    desk.services.rota.mark_absent(expert_id(director, "E041"), MONDAY, "am")
    found = ask(desk, "今天")
    assert not on_duty(found)
    called = {one.number for one in found.found}
    assert called and not {"E041", "E032", "E022", "E001", "E023"} & called, "nor called in that day"


def test_extra_experts_break_no_rule_and_come_after_whoever_is_there(bench: Bench, director: Office) -> None:
    put(director, "E041", SATURDAY, "am")
    found = ask(bench.sign("desk"), "周六")
    groups = [one.group for one in found.found]
    assert groups == sorted(groups) and {"duty", "extra"} == set(groups)
    rota = director.services.rota
    for one in found.found:
        if one.group == "extra":
            listed = next(c for c in rota.candidates(one.slot.day, one.slot.half) if c.staff_id == one.staff_id)
            assert listed.free, listed.obstacles


def test_where_nobody_has_the_speciality_it_is_said(bench: Bench, director: Office) -> None:
    put(director, "E041", MONDAY, "am")
    with director.ctx.write(May.EDIT_STAFF, "none") as act:
        for staff in act.tx.execute(select(Staff)).scalars():
            staff.specialities = ["生涯"]
    found = director.services.free.search(director.services.free.read("今天 厌学").query)
    assert found.without and [one.number for one in on_duty(found)] == ["E041"]
