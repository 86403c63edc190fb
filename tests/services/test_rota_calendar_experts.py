"""The duty experts in a real file: what planners and experts themselves keep, leave and what it collides with, wishes,
record checks that end, and the experts' list with the new columns."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.bootstrap import Office
from app.common.errors import UserError
from app.people.leave_text import LeaveRead, WishRead
from app.rota.leave import read_typed
from app.rota.rules import Slot
from app.security.permissions import May
from db.models import AuditEntry, DutyWish, Leave, Staff
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, expert_id, planner

ANYWAY = frozenset({"against-rule"})
WEDNESDAY = MONDAY + timedelta(days=2)


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 9)


@pytest.fixture
def expert(bench: Bench, director: Office) -> Office:
    """A psychologist who is also on the rota."""
    office = bench.sign("psych")
    with director.ctx.write(May.EDIT_STAFF, "made an expert") as act:
        person = act.tx.get_one(Staff, office.who.staff_id)
        person.expert, person.availability = True, [[0, "am"], [2, "pm"]]
        person.record_check_until = date(2027, 12, 31)
    return office


def test_the_list_and_one_expert(director: Office) -> None:
    found = director.services.experts.list()
    assert len(found) == 64 and [one.number for one in found] == sorted(one.number for one in found)
    by_number = {one.number: one for one in found}
    assert by_number["E001"].away, "on leave 4 and 5 January"
    assert by_number["E023"].check.state == "expired" and by_number["E023"].check.days == -8
    assert by_number["E002"].check.state == "soon" and by_number["E002"].check.days == 39
    assert by_number["E001"].check.state == "valid" and "linnuofang" in by_number["E001"].found_by
    view = director.services.experts.one(expert_id(director, "E002"))
    assert (view.weekly_limit, view.monthly_limit, view.daily_limit) == (1, None, 1)
    assert (0, "am") in view.availability and view.specialities == ("人际", "情绪", "网络使用")
    assert [one.words() for one in view.leave] == [
        "2027-01-07 周四",
        "2027-01-30 – 2027-02-06，8 天",
        "2027-03-08 – 2027-03-10，3 天",
    ]
    assert view.may_plan and not view.may_own


def test_what_a_planner_sets_is_kept_and_counts_on_the_board(director: Office) -> None:
    services = director.services
    who = expert_id(director, "E041")
    services.experts.set_availability(who, [(1, "pm"), (0, "am"), (1, "pm")])
    services.experts.set_limits(who, 2, 3, 2)
    services.experts.set_specialities(who, ["亲子", " 情绪 ", "亲子", ""])
    services.experts.set_check(who, MONDAY)
    view = services.experts.one(who)
    assert view.availability == {(0, "am"), (1, "pm")} and view.specialities == ("亲子", "情绪")
    assert (view.weekly_limit, view.monthly_limit, view.daily_limit) == (2, 3, 2)
    assert (view.check.until, view.check.state, view.check.days) == (MONDAY, "soon", 0)
    candidate = next(c for c in services.rota.candidates(WEDNESDAY, "am") if c.staff_id == who)
    assert candidate.refused and "check-expired" in [note.code for note in candidate.obstacles]
    for bad in ((0, None, 1), (15, None, 1), (None, 41, 1), (None, None, 3), (None, None, 0)):
        with pytest.raises(UserError):
            services.experts.set_limits(who, *bad)
    with pytest.raises(UserError):
        services.experts.set_availability(who, [(7, "am")])


def test_leave_says_which_duties_it_collides_with_and_moves_nothing(director: Office) -> None:
    services = director.services
    who = expert_id(director, "E041")
    duty = services.rota.assign(MONDAY, "am", who).value
    later = services.rota.assign(MONDAY + timedelta(days=7), "am", who).value
    morning = [LeaveRead(MONDAY, MONDAY, "am")]
    assert [one.assignment_id for one in services.leave.collides(who, morning)] == [duty.id]
    assert services.leave.collides(who, [LeaveRead(MONDAY, MONDAY, "pm")]) == ()
    mondays = [LeaveRead(MONDAY, MONDAY + timedelta(days=60), "am", "FREQ=WEEKLY;BYDAY=MO")]
    saved = services.leave.add(who, mondays).value
    assert [one.assignment_id for one in saved.affected] == [duty.id, later.id]
    assert not saved.affected[0].published and saved.affected[0].name == "钟超轩"
    cell = services.rota.week(MONDAY).cells[Slot(MONDAY, "am")]
    assert [a.id for a in cell.assignments] == [duty.id]
    assert "leave" in [note.code for note in cell.assignments[0].warnings]
    assert services.leave.add(who, mondays).value.ids == (), "not entered twice"
    candidate = next(c for c in services.rota.candidates(MONDAY + timedelta(days=14), "am") if c.staff_id == who)
    assert [note.code for note in candidate.obstacles] == ["leave"]


def test_leave_is_changed_withdrawn_and_undone(director: Office) -> None:
    services = director.services
    who = expert_id(director, "E041")
    day = LeaveRead(WEDNESDAY, WEDNESDAY)
    (made,) = services.leave.add(who, [day]).value.ids
    services.leave.change(made, LeaveRead(WEDNESDAY, WEDNESDAY, "pm"))
    assert made in [one.id for one in services.experts.one(who).leave]
    services.leave.withdraw(made)
    assert made not in [one.id for one in services.experts.one(who).leave]
    assert "钟超轩" in services.rota.undo().value.text()
    assert next(one for one in services.experts.one(who).leave if one.id == made).leave.half == "pm"
    services.rota.undo()
    assert next(one for one in services.experts.one(who).leave if one.id == made).leave == day
    services.rota.undo()
    assert made not in [one.id for one in services.experts.one(who).leave]
    services.rota.redo()
    assert made in [one.id for one in services.experts.one(who).leave]
    for bad in (
        LeaveRead(WEDNESDAY, MONDAY),
        LeaveRead(MONDAY, WEDNESDAY, "noon"),
        LeaveRead(MONDAY, WEDNESDAY, "", "FREQ=MINUTELY"),
        LeaveRead(MONDAY, MONDAY + timedelta(days=2000)),
    ):
        with pytest.raises(UserError):
            services.leave.add(who, [bad])


def test_an_expert_keeps_her_own_leave_and_wishes_and_nobody_elses(director: Office, expert: Office) -> None:
    mine, services = expert.who.staff_id, expert.services
    other = expert_id(director, "E041")
    assert [one.staff_id for one in services.experts.list()] == [mine]
    (made,) = services.leave.add(mine, [LeaveRead(WEDNESDAY, WEDNESDAY, "pm")]).value.ids
    wish = services.experts.add_wish(mine, True, WishRead(0, None, "am")).value
    view = services.experts.one(mine)
    assert view.may_own and not view.may_plan and [one.id for one in view.leave] == [made]
    services.experts.withdraw_wish(wish)
    services.leave.withdraw(made)
    assert services.rota.undo().value.text() and services.experts.one(mine).leave
    (theirs,) = director.services.leave.add(other, [LeaveRead(WEDNESDAY, WEDNESDAY)]).value.ids
    wished = director.services.experts.add_wish(other, True, WishRead(0, None, "am")).value
    for act in (
        lambda: services.experts.one(other),
        lambda: services.leave.add(other, [LeaveRead(MONDAY, MONDAY)]),
        lambda: services.leave.collides(other, [LeaveRead(MONDAY, MONDAY)]),
        lambda: services.leave.change(theirs, LeaveRead(MONDAY, MONDAY)),
        lambda: services.leave.withdraw(theirs),
        lambda: services.experts.add_wish(other, False, WishRead(0, None, "am")),
        lambda: services.experts.withdraw_wish(wished),
        lambda: services.experts.set_availability(mine, []),
        lambda: services.experts.set_limits(mine, None, None, 1),
        lambda: services.experts.set_check(mine, date(2030, 1, 1)),
    ):
        with pytest.raises(UserError) as refused:
            act()
        assert refused.value.code == "not-allowed"


def test_the_desk_changes_nothing_and_a_supervisor_no_record_check(bench: Bench, director: Office) -> None:
    who = expert_id(director, "E041")
    desk, supervisor = bench.sign("desk").services, bench.sign("supervisor").services
    assert desk.experts.list() == () and len(supervisor.experts.list()) == 64
    for act in (
        lambda: desk.leave.add(who, [LeaveRead(MONDAY, MONDAY)]),
        lambda: desk.experts.set_availability(who, []),
        lambda: supervisor.experts.set_check(who, MONDAY),
    ):
        with pytest.raises(UserError) as refused:
            act()
        assert refused.value.code == "not-allowed"
    supervisor.experts.set_limits(who, 1, None, 1)
    assert supervisor.experts.one(who).weekly_limit == 1


def test_wishes_count_once_and_the_opposite_replaces(director: Office) -> None:
    experts, who = director.services.experts, expert_id(director, "E041")
    first = experts.add_wish(who, True, WishRead(5, None, "am")).value
    assert experts.add_wish(who, True, WishRead(5, None, "am")).value == first
    assert experts.add_wish(who, False, WishRead(5, None, "am")).value == first
    experts.add_wish(who, True, WishRead(None, date(2027, 1, 9)))
    assert [(one.prefer, one.words()) for one in experts.one(who).wishes] == [
        (True, "2027-01-09 周六"),
        (False, "周六上午"),
    ]
    with pytest.raises(UserError):
        experts.add_wish(who, True, WishRead(None, None))
    with director.ctx.read(May.SEE_ROTA) as tx:
        assert len(tx.execute(select(DutyWish).where(DutyWish.withdrawn.is_(False))).scalars().all()) == 2


def test_whose_check_ends_is_named_first_if_on_duty_after_it(director: Office) -> None:
    services = director.services
    found = services.experts.expiring()
    needs = {need.kind: need.detail.text() for need in services.today.view().needs if need.detail}
    assert needs["checks"] == str(len(found))
    assert {one.check.state for one in found} == {"expired", "soon"}
    assert all(one.check.days is not None and one.check.days <= 60 for one in found)
    assert [one.duty for one in found] == [None] * len(found)
    with director.ctx.write(May.EDIT_STAFF, "check") as act:
        act.tx.get_one(Staff, expert_id(director, "E050")).record_check_until = None
    who = expert_id(director, "E002")  # until 12 February
    fifteenth = date(2027, 2, 15)
    services.rota.assign(MONDAY, "am", who, confirmed=ANYWAY)
    services.experts.set_check(who, fifteenth)
    services.rota.assign(fifteenth, "am", who, confirmed=ANYWAY)
    services.experts.set_check(who, date(2027, 2, 12))
    found = services.experts.expiring()
    assert (found[0].number, found[0].duty) == ("E002", Slot(fifteenth, "am"))
    assert next(one for one in found if one.number == "E050").check.state == "missing"


def test_every_change_is_in_the_audit_chain(director: Office) -> None:
    services, who = director.services, expert_id(director, "E041")
    services.experts.set_limits(who, 1, 2, 1)
    services.leave.add(who, [LeaveRead(MONDAY, MONDAY)])
    services.calendar.set_needed(1, "am", 2)
    services.holidays.take_over(2026)
    with director.ctx.read(May.SEE_ROTA) as tx:
        acts = [row.act for row in tx.execute(select(AuditEntry)).scalars()]
    assert {"staff.limits", "rota.leave-added", "centre.duty-pattern", "centre.holidays-taken-over"} <= set(acts)


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("3.8-3.10", [LeaveRead(date(2027, 3, 8), date(2027, 3, 10))]),
        ("11月25日下午", [LeaveRead(date(2026, 11, 25), date(2026, 11, 25), "pm")]),
        (
            "11.20、1.7",
            [LeaveRead(date(2027, 11, 20), date(2027, 11, 20)), LeaveRead(date(2027, 1, 7), date(2027, 1, 7))],
        ),
        ("12.28-1.3", [LeaveRead(date(2026, 12, 28), date(2027, 1, 3))]),
        ("每周三下午", [LeaveRead(date(2026, 11, 25), date(2027, 12, 31), "pm", "FREQ=WEEKLY;BYDAY=WE")]),
        ("每周三（1.1-6.30）", [LeaveRead(date(2027, 1, 6), date(2027, 6, 30), "", "FREQ=WEEKLY;BYDAY=WE")]),
        ("12.2起隔周周三", [LeaveRead(date(2026, 12, 2), date(2027, 12, 31), "", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE")]),
    ],
)
def test_what_a_planner_types_means_the_next_such_day(typed: str, rows: list[LeaveRead]) -> None:
    assert read_typed(typed, date(2026, 11, 23)) == (rows, [])


def test_the_experts_list_with_wishes_limits_and_half_day_leave_again_adds_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "专家2027.csv"
    path.write_text(
        "工号,姓名,可值班时段,每周最多,每月最多,每日最多,希望,不希望,请假,无犯罪记录证明有效期\n"
        "E001,林诺芳,周一上午、周六,1,3,2,周六上午,周一,1月7日下午；1.30下午-2.6；每周三下午,2027-06-16\n",
        encoding="utf-8",
    )
    office = bench.sign("director")
    result = office.services.imports.experts(path).value
    assert (result.added, result.refused, result.warned) == (1, 0, 0)
    with office.ctx.read(May.SEE_ROTA) as tx:
        person = tx.execute(select(Staff).where(Staff.number == "E001")).scalars().one()
        leave = tx.execute(select(Leave).where(Leave.staff_id == person.id).order_by(Leave.first)).scalars().all()
        wishes = tx.execute(select(DutyWish).where(DutyWish.staff_id == person.id)).scalars().all()
    assert (person.weekly_limit, person.monthly_limit, person.daily_limit) == (1, 3, 2)
    assert [(str(one.first), str(one.last), one.half, one.rule) for one in leave] == [
        ("2027-01-06", "2027-12-31", "pm", "FREQ=WEEKLY;BYDAY=WE"),
        ("2027-01-07", "2027-01-07", "pm", None),
        ("2027-01-30", "2027-01-30", "pm", None),
        ("2027-01-31", "2027-02-06", None, None),
    ]
    assert sorted((one.prefer, one.weekday, one.half) for one in wishes) == [(False, 0, None), (True, 5, "am")]
    again = office.services.imports.experts(path).value
    assert (again.added, again.existing, again.updated) == (0, 1, 0)
    with office.ctx.read(May.SEE_ROTA) as tx:
        assert len(tx.execute(select(Leave)).scalars().all()) == 4
        assert len(tx.execute(select(DutyWish)).scalars().all()) == 2
