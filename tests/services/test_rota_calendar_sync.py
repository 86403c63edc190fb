"""Two PCs keep the duty calendar without knowing of each other: nothing is lost, nothing is shown twice."""

from __future__ import annotations

from datetime import date, timedelta

from app.bootstrap import Office
from app.people.defaults import add_centre_defaults
from app.rota.rules import Slot
from app.security.permissions import May
from tests.services.rota_centre import MONDAY
from tests.services.two_pcs import TwoPcs, pcs, pcs_template

__all__ = ["pcs", "pcs_template"]


def synchronised(pcs: TwoPcs) -> tuple[Office, Office]:
    """Both PCs after each has what the other wrote."""
    for folder in (pcs.desk, pcs.room2, pcs.desk):
        pcs.sync(folder)
    return pcs.sign(pcs.desk, "director"), pcs.sign(pcs.room2, "director")


def test_one_year_taken_over_on_both_is_one_table_on_both(pcs: TwoPcs) -> None:
    here, there = pcs.sign(pcs.desk, "director"), pcs.sign(pcs.room2, "director")
    for office in (here, there):
        office.services.holidays.take_over(2026)
    alone = [(line.first, line.last, line.name, line.workday) for line in here.services.holidays.year(2026).lines]
    here, there = synchronised(pcs)
    for office in (here, there):
        shown = office.services.holidays.year(2026).lines
        assert [(line.first, line.last, line.name, line.workday) for line in shown] == alone
        assert not any(line.clashes for line in shown)
    spring = next(line for line in there.services.holidays.year(2026).lines if line.name == "春节" and not line.workday)
    there.services.holidays.set_duty(spring.ids, True)
    here, there = synchronised(pcs)
    for office in (here, there):
        (again,) = [one for one in office.services.holidays.year(2026).lines if one.first == spring.first]
        assert again.duty and again.last == spring.last


def test_the_same_half_day_changed_and_closed_on_both(pcs: TwoPcs) -> None:
    here, there = pcs.sign(pcs.desk, "director"), pcs.sign(pcs.room2, "director")
    with here.ctx.write(May.EDIT_CENTRE, "furnished") as act:
        add_centre_defaults(act.tx, here.who.centre_id)
    here, there = synchronised(pcs)
    here.services.calendar.set_needed(0, "am", 2)
    there.services.calendar.set_needed(0, "am", 5)
    here.services.calendar.save_day(MONDAY, ["pm"], 0, "停电")
    there.services.calendar.save_day(MONDAY, ["pm"], 1, "只留一人")
    here, there = synchronised(pcs)
    seen = []
    for office in (here, there):
        view = office.services.rota.week(MONDAY)
        assert view.cells[Slot(MONDAY, "am")].needed == 5, "the larger number counts until somebody decides"
        seen.append((view.cells[Slot(MONDAY, "pm")].reason, view.cells[Slot(MONDAY, "pm")].needed))
        mine = [p for p in office.services.calendar.patterns() if (p.pattern.weekday, p.pattern.half) == (0, "am")]
        assert len(mine) == 2 and all(one.twice for one in mine)
    assert seen[0] == seen[1]
    there.services.calendar.set_needed(0, "am", 4)
    here, there = synchronised(pcs)
    for office in (here, there):
        assert office.services.calendar.grid()[0, "am"] == 4
        assert office.services.rota.week(MONDAY).cells[Slot(MONDAY, "am")].needed == 4
        before = date(2026, 11, 16)
        week = office.services.rota.stretch(before, before + timedelta(days=6))
        assert week.cells[Slot(before, "am")].needed == 3, "earlier weeks stay as they were"
