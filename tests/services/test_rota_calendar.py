"""The duty calendar in a real file: patterns and their history, single days, limits, holidays, and two PCs at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.bootstrap import Office
from app.common import recurrence
from app.common.changes import Topic
from app.common.errors import Confirmation, UserError
from app.people.defaults import HOLIDAY_NAMES, add_holidays
from app.rota.calendar_views import PatternLine
from app.rota.holidays import HolidayService
from app.rota.pattern import Pattern
from app.rota.rules import Limits, Slot
from app.security.permissions import May
from app.today.facts import holidays as today_holidays
from db.models import DutyDay, DutyPattern, Holiday
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, clock_at, expert_id, planner

TUESDAY, WEDNESDAY, FRIDAY = (MONDAY + timedelta(days=n) for n in (1, 2, 4))
TWICE = frozenset({"pattern-twice"})


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 9)


def line(office: Office, weekday: int, half: str, *, past: bool = False) -> PatternLine:
    found = [one for one in office.services.calendar.patterns(past=past) if one.pattern.weekday == weekday]
    return next(one for one in found if one.pattern.half == half)


def needed(office: Office, first: date, last: date) -> dict[tuple[str, str], int]:
    view = office.services.rota.stretch(first, last)
    return {(slot.day.isoformat(), slot.half): cell.needed for slot, cell in view.cells.items()}


def test_the_weekly_grid_changes_from_today_on_and_earlier_days_stay(bench: Bench, director: Office) -> None:
    calendar = director.services.calendar
    assert calendar.grid()[0, "am"] == 3 and (1, "am") not in calendar.grid()
    bench.clock.at = clock_at(MONDAY + timedelta(days=9), 9)
    done = calendar.set_needed(0, "am", 5)
    assert Topic.ROTA in done.changes.topics and not done.value.affected
    seats = needed(director, MONDAY, MONDAY + timedelta(days=20))
    assert [seats[(MONDAY + timedelta(days=n)).isoformat(), "am"] for n in (0, 7, 14)] == [3, 3, 5]
    calendar.set_needed(0, "am", 4)
    assert len([p for p in calendar.patterns(past=True) if (p.pattern.weekday, p.pattern.half) == (0, "am")]) == 2
    calendar.set_needed(0, "am", 3)
    (again,) = [p for p in calendar.patterns(past=True) if (p.pattern.weekday, p.pattern.half) == (0, "am")]
    assert again.pattern.valid_to is None and again.pattern.needed == 3, "back as it was: taken up again"


def test_closing_a_half_day_names_the_duties_that_stand_there(director: Office) -> None:
    rota, calendar = director.services.rota, director.services.calendar
    rota.assign(MONDAY, "am", expert_id(director, "E041"))
    rota.assign(MONDAY + timedelta(days=7), "am", expert_id(director, "E041"))
    saved = calendar.set_needed(0, "am", 0).value
    assert [(one.slot, one.name, one.published) for one in saved.affected] == [
        (Slot(MONDAY, "am"), "钟超轩", False),
        (Slot(MONDAY + timedelta(days=7), "am"), "钟超轩", False),
    ]
    assert (0, "am") not in calendar.grid()
    assert len(rota.week(MONDAY).cells[Slot(MONDAY, "am")].assignments) == 1, "nothing is moved silently"
    calendar.set_needed(0, "am", 3)
    assert calendar.grid()[0, "am"] == 3
    assert needed(director, MONDAY - timedelta(days=7), MONDAY)[MONDAY.isoformat(), "am"] == 3


def test_a_pattern_of_every_second_week_with_room_hours_and_speciality(director: Office) -> None:
    calendar = director.services.calendar
    rooms = {name: row_id for row_id, name in calendar.rooms().items()}
    wanted = Pattern(
        1, "pm", 2, "13:30", "16:30", TUESDAY, None, recurrence.every(2), (rooms["2室"], rooms["1室"]), ("亲子",)
    )
    calendar.save(wanted)
    found = line(director, 1, "pm")
    assert found.pattern == wanted and not found.plain and found.stands == "coming"
    assert (found.words, found.rooms, found.hours) == ("隔周", ("2室", "1室"), ("13:30", "16:30"))
    assert found.next == (TUESDAY, TUESDAY + timedelta(days=14), TUESDAY + timedelta(days=28))
    view = director.services.rota.stretch(MONDAY, MONDAY + timedelta(days=13))
    cell = view.cells[Slot(TUESDAY, "pm")]
    assert (cell.needed, cell.hours, cell.specialities) == (2, ("13:30", "16:30"), ("亲子",))
    assert Slot(TUESDAY + timedelta(days=7), "pm") not in view.cells
    first = next(c for c in director.services.rota.candidates(TUESDAY, "pm") if not c.refused)
    made = director.services.rota.assign(TUESDAY, "pm", first.staff_id, confirmed=frozenset({"against-rule"})).value
    assert made.room == "2室", "rooms are given in the pattern's order"
    assert "亲子" in calendar.specialities()


def test_a_change_from_a_date_keeps_history_and_the_turn_of_the_weeks(director: Office) -> None:
    calendar = director.services.calendar
    old = Pattern(1, "am", 2, valid_from=TUESDAY, rule=recurrence.every(2))
    calendar.save(old)
    held = line(director, 1, "am")
    change = TUESDAY + timedelta(days=7)  # a week in between
    calendar.save(replace(old, needed=4), held.id, change)
    seats = needed(director, MONDAY, MONDAY + timedelta(days=41))
    days = {day: n for (day, half), n in seats.items() if half == "am" and date.fromisoformat(day).weekday() == 1}
    assert days == {"2027-01-05": 2, "2027-01-19": 4, "2027-02-02": 4}
    lines = [one for one in calendar.patterns(past=True) if one.pattern.weekday == 1]
    assert [(one.pattern.valid_from, one.pattern.valid_to) for one in lines] == [
        (TUESDAY, change - timedelta(days=1)),
        (date(2027, 1, 19), None),
    ]
    calendar.save(replace(lines[0].pattern, needed=1), lines[0].id, None)
    assert needed(director, MONDAY, SUNDAY_AFTER)["2027-01-05", "am"] == 1, "a correction is for all its days"


SUNDAY_AFTER = MONDAY + timedelta(days=6)


def test_what_cannot_be_is_refused_and_a_second_pattern_asks(director: Office) -> None:
    calendar = director.services.calendar
    for pattern, code in (
        (Pattern(1, "am", 2, "11:00", "09:00"), "hours-backwards"),
        (Pattern(0, "am", 2, ends="14:30"), "pattern-hours"),
        (Pattern(1, "am", 2, rule="FREQ=SECONDLY"), "rule"),
        (Pattern(1, "am", 2, room_ids=("00" * 12,)), "no-room"),
    ):
        with pytest.raises(UserError) as refused:
            calendar.save(pattern, confirmed=TWICE)
        assert refused.value.code == code and not refused.value.text().startswith("{")
        with pytest.raises(UserError):
            calendar.preview(pattern)
    first_monday = Pattern(0, "am", 5, rule=recurrence.monthly(1, 0))
    with pytest.raises(Confirmation) as question:
        calendar.save(first_monday)
    assert question.value.token == "pattern-twice" and "周一上午" in question.value.text()
    calendar.save(first_monday, confirmed=TWICE)
    seats = needed(director, MONDAY, MONDAY + timedelta(days=34))
    assert [seats[(MONDAY + timedelta(days=7 * n)).isoformat(), "am"] for n in range(5)] == [5, 3, 3, 3, 5]
    assert all(one.twice for one in calendar.patterns() if (one.pattern.weekday, one.pattern.half) == (0, "am"))


def test_the_preview_is_what_saving_does(director: Office) -> None:
    calendar = director.services.calendar
    with director.ctx.write(May.EDIT_CENTRE, "holiday") as act:
        act.tx.add(Holiday(stream="org", day=date(2027, 1, 25), name="调休", workday=False))
    held = line(director, 0, "am")
    wanted = replace(held.pattern, needed=1)
    from_day = MONDAY + timedelta(days=14)
    shown = calendar.preview(wanted, held.id, from_day, 4)
    assert [(one.slot.day, one.before, one.after, one.why) for one in shown] == [
        (date(2027, 1, 18), 3, 1, ""),
        (date(2027, 1, 25), 0, 0, "调休"),
        (date(2027, 2, 1), 3, 1, ""),
        (date(2027, 2, 8), 3, 1, ""),
    ]
    assert calendar.grid()[0, "am"] == 3, "nothing was saved"
    calendar.save(wanted, held.id, from_day)
    seats = needed(director, MONDAY, date(2027, 2, 14))
    assert [seats[one.slot.day.isoformat(), "am"] for one in shown] == [one.after for one in shown]
    assert seats[(MONDAY + timedelta(days=7)).isoformat(), "am"] == 3


def test_moving_a_pattern_to_another_weekday_names_the_duties_of_the_old_one(director: Office) -> None:
    calendar = director.services.calendar
    director.services.rota.assign(MONDAY, "am", expert_id(director, "E041"))
    held = line(director, 0, "am")
    saved = calendar.save(replace(held.pattern, weekday=1), held.id, MONDAY).value
    assert [one.name for one in saved.affected] == ["钟超轩"]
    assert (1, "am") in calendar.grid() and (0, "am") not in calendar.grid()


def test_a_last_day_alone_makes_no_second_pattern(director: Office) -> None:
    calendar = director.services.calendar
    held = line(director, 0, "am")
    last = MONDAY + timedelta(days=14)
    calendar.save(replace(held.pattern, valid_to=last), held.id, MONDAY)
    (found,) = [p for p in calendar.patterns(past=True) if (p.pattern.weekday, p.pattern.half) == (0, "am")]
    assert found.pattern.valid_to == last and found.id == held.id
    with pytest.raises(UserError) as refused:
        calendar.save(replace(held.pattern, needed=1, valid_to=MONDAY), held.id, MONDAY + timedelta(days=7))
    assert refused.value.code == "pattern-period"


def test_a_pattern_ends_or_is_removed_and_the_past_stays(bench: Bench, director: Office) -> None:
    calendar = director.services.calendar
    held, coming = line(director, 2, "am"), Pattern(1, "am", 1, valid_from=MONDAY + timedelta(days=40))
    calendar.end(held.id, WEDNESDAY)
    assert line(director, 2, "am").pattern.valid_to == WEDNESDAY
    bench.clock.at = clock_at(MONDAY + timedelta(days=10), 9)
    calendar.remove(line(director, 4, "am").id)
    seats = needed(director, MONDAY, MONDAY + timedelta(days=13))
    assert seats[FRIDAY.isoformat(), "am"] == 3
    assert (FRIDAY + timedelta(days=7)).isoformat() + "am" not in {day + half for day, half in seats}
    assert (WEDNESDAY + timedelta(days=7)).isoformat() not in {day for day, half in seats if half == "am"}
    calendar.save(coming)
    assert line(director, 1, "am").stands == "coming"
    calendar.remove(line(director, 1, "am").id)
    assert not [one for one in calendar.patterns(past=True) if one.pattern.weekday == 1], "it never held"


def test_an_extra_day_and_a_closed_day_say_why_on_the_board(director: Office) -> None:
    calendar, rota = director.services.calendar, director.services.rota
    rota.assign(MONDAY, "am", expert_id(director, "E041"))
    with pytest.raises(UserError) as refused:
        calendar.save_day(MONDAY, ["am"], 0, "  ")
    assert refused.value.code == "day-reason"
    saved = calendar.save_day(MONDAY, ["am", "pm"], 0, "停电").value
    assert [one.name for one in saved.affected] == ["钟超轩"]
    calendar.save_day(TUESDAY, ["pm"], 2, "开学季加班", starts="13:00", ends="16:00")
    view = rota.week(MONDAY)
    assert view.cells[Slot(MONDAY, "am")].reason == "停电" and view.cells[Slot(MONDAY, "am")].needed == 0
    extra = view.cells[Slot(TUESDAY, "pm")]
    assert (extra.needed, extra.reason, extra.hours) == (2, "开学季加班", ("13:00", "16:00"))
    calendar.save_day(TUESDAY, ["pm"], 1, "开学季加班")
    days = calendar.days(MONDAY, SUNDAY_AFTER)
    assert [(one.slot, one.needed, one.usual) for one in days] == [
        (Slot(MONDAY, "am"), 0, 3),
        (Slot(MONDAY, "pm"), 0, 3),
        (Slot(TUESDAY, "pm"), 1, 0),
    ]
    calendar.withdraw_day(days[0].id)
    assert rota.week(MONDAY).cells[Slot(MONDAY, "am")].needed == 3
    assert len(calendar.days(MONDAY, SUNDAY_AFTER)) == 2


def test_limits_of_the_centre_hold_on_the_board(director: Office) -> None:
    calendar = director.services.calendar
    assert calendar.limits() == Limits(None, None)
    calendar.set_limits(Limits(2, 1))
    assert calendar.limits() == Limits(2, 1)
    found = director.services.rota.candidates(MONDAY + timedelta(days=5), "am")
    saturday = next(c for c in found if c.free)
    director.services.rota.assign(MONDAY + timedelta(days=5), "am", saturday.staff_id)
    later = director.services.rota.candidates(MONDAY + timedelta(days=12), "am")
    notes = next(c for c in later if c.staff_id == saturday.staff_id).obstacles
    assert "weekends" in [note.code for note in notes]
    calendar.set_limits(Limits())
    assert calendar.limits() == Limits(None, None)
    with pytest.raises(UserError):
        calendar.set_limits(Limits(0, None))


def test_only_the_director_changes_the_calendar(bench: Bench, director: Office) -> None:
    for login in ("desk", "psych", "supervisor"):
        services = bench.sign(login).services
        assert services.calendar.grid() and services.holidays.year(2026).year == 2026
        with pytest.raises(UserError):
            services.calendar.set_needed(0, "am", 1)
        with pytest.raises(UserError):
            services.calendar.save_day(MONDAY, ["am"], 0, "停电")
        with pytest.raises(UserError):
            services.holidays.take_over(2026)


# --- holidays ---


def seeded(office: Office) -> HolidayService:
    with office.ctx.write(May.EDIT_CENTRE, "seeded") as act:
        add_holidays(act.tx, 2026, 2028)
    return office.services.holidays


def test_an_announced_year_is_taken_over_and_another_says_that_it_is_not(director: Office) -> None:
    table = director.services.holidays
    assert not table.year(2026).announced and table.year(2026).offered
    assert table.take_over(2026).value > 30
    year = table.year(2026)
    assert year.announced and not year.offered and not year.missing
    assert [line.name for line in year.lines if not line.workday and line.days > 2][:2] == ["元旦", "春节"]
    assert any(line.workday for line in year.lines)
    for later in (2027, 2028):
        assert not table.year(later).announced and not table.year(later).offered and table.year(later).lines == ()
        with pytest.raises(UserError) as refused:
            table.take_over(later)
        assert refused.value.code == "not-announced" and str(later) in refused.value.text()
    view = director.services.rota.stretch(date(2027, 12, 27), date(2028, 1, 2))
    assert view.unannounced == (2027, 2028)
    assert {2026, 2027, 2028, 2029} <= set(table.years())


def test_what_the_director_changed_or_withdrew_is_never_overwritten(director: Office) -> None:
    table = seeded(director)
    spring = next(line for line in table.year(2026).lines if line.name == "春节")
    table.save(spring.first, spring.last, "春节（本中心）", duty=True, instead=spring.ids)
    makeup = next(line for line in table.year(2026).lines if line.workday)
    table.withdraw(makeup.ids)
    assert not table.year(2026).offered, "withdrawn days are known days"
    assert table.take_over(2026).value == 0
    year = table.year(2026)
    assert [line.duty for line in year.lines if line.name == "春节（本中心）"] == [True]
    assert makeup.first not in [line.first for line in year.lines if line.workday]
    assert not year.missing, "a name that holds the statutory one counts"


def test_days_typed_in_by_hand_open_or_close_the_rota_and_make_up_days_are_flags(director: Office) -> None:
    table, rota = director.services.holidays, director.services.rota
    table.save(date(2027, 1, 8), date(2027, 1, 9), "元旦")
    year = table.year(2027)
    assert year.announced and year.missing == HOLIDAY_NAMES[1:]
    (line,) = year.lines
    assert (line.first, line.last, line.days) == (date(2027, 1, 8), date(2027, 1, 9), 2)
    view = rota.week(MONDAY)
    assert view.cells[Slot(date(2027, 1, 8), "am")].needed == 0 and view.unannounced == ()
    table.set_duty(line.ids, True)
    assert rota.week(MONDAY).cells[Slot(date(2027, 1, 8), "am")].needed == 3
    table.save(date(2027, 1, 9), date(2027, 1, 10), "元旦", instead=table.year(2027).lines[0].ids)
    assert [(one.first, one.last) for one in table.year(2027).lines] == [(date(2027, 1, 9), date(2027, 1, 10))]
    assert rota.week(MONDAY).cells[Slot(date(2027, 1, 8), "am")].needed == 3
    table.save(date(2027, 1, 9), date(2027, 1, 9), "元旦调休", workday=True)
    saturday = rota.week(MONDAY)
    assert saturday.cells[Slot(date(2027, 1, 9), "am")].needed == 3, "a make-up Saturday is a duty day with a flag"
    assert next(day.workday for day in saturday.days if day.day == date(2027, 1, 9)) == "元旦调休"
    for first, last, name in (
        (date(2027, 1, 9), date(2027, 1, 8), "元旦"),
        (date(2027, 1, 9), date(2027, 3, 8), "元旦"),
        (date(2027, 1, 9), date(2027, 1, 9), " "),
    ):
        with pytest.raises(UserError):
            table.save(first, last, name)


def test_a_year_that_two_pcs_seeded_is_shown_and_changed_once(director: Office) -> None:
    table = seeded(director)
    once = table.year(2026).lines
    with director.ctx.write(May.EDIT_CENTRE, "came by sync") as act:
        rows = act.tx.execute(select(Holiday)).scalars().all()
        act.tx.add_all(Holiday(stream="org", day=r.day, name=r.name, workday=r.workday) for r in rows)
    twice = table.year(2026).lines
    assert [(one.first, one.last, one.name) for one in twice] == [(one.first, one.last, one.name) for one in once]
    with director.ctx.read(May.SEE_ROTA) as tx:
        shown, makeup = today_holidays(tx, date(2026, 1, 1))
    off = [(one.first, one.last) for one in once if not one.workday]
    assert [(one.first, one.last) for one in shown[:2]] == off[:2]
    assert makeup is not None
    table.withdraw(twice[0].ids)
    assert table.year(2026).lines[0].first > once[0].last


def test_a_grid_cell_that_two_pcs_changed_becomes_one_pattern(director: Office) -> None:
    with director.ctx.write(May.EDIT_CENTRE, "came by sync") as act:
        act.tx.add(
            DutyPattern(stream="org", centre_id=director.who.centre_id, weekday=0, half="am", needed=6, active=True)
        )
    calendar = director.services.calendar
    assert calendar.grid()[0, "am"] == 6
    calendar.set_needed(0, "am", 2)
    assert calendar.grid()[0, "am"] == 2
    assert needed(director, MONDAY, SUNDAY_AFTER)[MONDAY.isoformat(), "am"] == 2


def test_two_exceptions_of_one_half_day_become_one(director: Office) -> None:
    calendar = director.services.calendar
    calendar.save_day(MONDAY, ["am"], 0, "停电")
    with director.ctx.write(May.EDIT_CENTRE, "came by sync") as act:
        row = act.tx.execute(select(DutyDay)).scalars().one()
        act.tx.add(DutyDay(stream="org", centre_id=row.centre_id, day=row.day, half="am", needed=1, reason="只留一人"))
    assert [one.reason for one in calendar.days(MONDAY, MONDAY)] == ["只留一人"]
    calendar.withdraw_day(calendar.days(MONDAY, MONDAY)[0].id)
    assert calendar.days(MONDAY, MONDAY) == ()


def test_a_day_of_the_centres_own_announces_no_year(director: Office) -> None:
    table = director.services.holidays
    table.save(date(2028, 5, 8), date(2028, 5, 8), "中心成立日")
    assert not table.year(2028).announced and len(table.year(2028).lines) == 1
    assert director.services.rota.week(date(2028, 5, 8)).unannounced == (2028,)
    table.save(date(2028, 10, 1), date(2028, 10, 7), "国庆节、中秋节")
    assert table.year(2028).announced
