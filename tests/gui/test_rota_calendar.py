"""The duty page of Settings and the window of the experts, by keyboard alone, with real services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Office
from app.common import recurrence
from app.people.leave_text import LeaveRead
from app.rota.rules import Limits, Slot
from app.security.permissions import May
from db.models import Staff
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, expert_id, planner
from ui import ask, notify
from ui.desk import Desk
from ui.rota.experts import ExpertsSheet, open_experts
from ui.rota.late_leave import LateLeaveSheet
from ui.settings.duty_days import DutyDaysCard, DutyDaySheet
from ui.settings.duty_limits import DutyLimitsCard
from ui.settings.holidays import HolidaysCard, HolidaySheet
from ui.settings.pattern import PatternCard
from ui.settings.pattern_sheet import PatternSheet
from ui.settings.tab import SettingsTab
from ui.widgets.label import Label
from ui.widgets.list_row import ListRow

Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]
W = TypeVar("W", bound=QWidget)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 9)


@pytest.fixture
def page(bench: Bench, director: Office, shown: Show, wait_jobs: Wait) -> SettingsTab:
    desk = Desk(director.services, director.who, clock=bench.clock)
    tab = SettingsTab(desk)
    desk.setParent(tab)
    desk.bus.changed.connect(lambda topics, _who: tab.refresh(topics))
    shown(tab)
    tab.show_item(section="duty")
    wait_jobs()
    return tab


@pytest.fixture
def experts(bench: Bench, shown: Show, wait_jobs: Wait) -> Callable[[Office], ExpertsSheet]:
    backs: list[QWidget] = []

    def make(office: Office) -> ExpertsSheet:
        desk = Desk(office.services, office.who, clock=bench.clock)
        back = QWidget()
        backs.append(back)
        desk.setParent(back)
        shown(back)
        sheet = open_experts(desk, back)
        wait_jobs()
        return sheet

    return make


def card(page: SettingsTab, kind: type[W]) -> W:
    return page.findChildren(kind)[0]


def sheet(kind: type[W]) -> W:
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())


def write(qtbot: QtBot, widget: QWidget, text: str) -> None:
    """Types; what no key has is committed as an input method does."""
    if text.isascii():
        qtbot.keyClicks(widget, text)
        return
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def type_into(qtbot: QtBot, widget: QWidget, text: str) -> None:
    """In place of what is there."""
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(widget, Qt.Key.Key_Delete)
    write(qtbot, widget, text)


def lines(layout: QBoxLayout) -> list[ListRow]:
    """The rows on show: what was just taken out of the layout waits to be deleted."""
    items = (layout.itemAt(at) for at in range(layout.count()))
    widgets = (item.widget() for item in items if item is not None)
    return [widget for widget in widgets if isinstance(widget, ListRow)]


def rows(layout: QBoxLayout) -> list[str]:
    return [line.row().says() for line in lines(layout)]


def test_the_grid_is_changed_by_a_digit(page: SettingsTab, director: Office, qtbot: QtBot, wait_jobs: Wait) -> None:
    choice = card(page, PatternCard).choices[1, "am"]
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_2)
    wait_jobs()
    assert director.services.calendar.grid()[1, "am"] == 2 and choice.value() == 2
    assert any("已保存" in text for text in notify.shown(page))


def test_f2_opens_a_half_day_and_a_change_from_a_day_on_is_previewed_and_kept(
    page: SettingsTab, director: Office, qtbot: QtBot, wait_jobs: Wait
) -> None:
    pattern = card(page, PatternCard)
    pattern.choices[0, "am"].setFocus()
    qtbot.keyClick(pattern.choices[0, "am"], Qt.Key.Key_F2)
    wait_jobs()
    found = sheet(PatternSheet)
    assert found.windowTitle() == "周一上午"
    found.needed.setFocus()
    qtbot.keyClick(found.needed, Qt.Key.Key_5)
    type_into(qtbot, found.from_day, "2027-01-18")
    type_into(qtbot, found.ends, "12:00")
    type_into(qtbot, found.specialities, "亲子")
    qtbot.keyClick(found.specialities, Qt.Key.Key_Tab)
    wait_jobs()
    first = found.list.rows()[0]
    assert "2027-01-18 周一" in first.title and first.badge == "3 → 5"
    qtbot.keyClick(found.from_day, Qt.Key.Key_Return)
    wait_jobs()
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, PatternSheet) and one.isVisible()]
    view = director.services.rota.stretch(MONDAY, date(2027, 1, 24))
    assert view.cells[Slot(MONDAY, "am")].needed == 3
    cell = view.cells[Slot(date(2027, 1, 18), "am")]
    assert (cell.needed, cell.hours, cell.specialities) == (5, ("08:30", "12:00"), ("亲子",))
    assert any("周一上午" in row and "亲子" in row for row in rows(pattern.body))


def test_a_new_pattern_of_every_second_week(page: SettingsTab, director: Office, qtbot: QtBot, wait_jobs: Wait) -> None:
    found = card(page, PatternCard).add_pattern()
    wait_jobs()
    for widget, key in ((found.weekday, Qt.Key.Key_Down), (found.rule, Qt.Key.Key_Down)):
        widget.setFocus()
        qtbot.keyClick(widget, key)
    assert found.rule.currentText() == "隔周"
    box = next(box for box in found.rooms.values() if box.text() == "2室")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    type_into(qtbot, found.starts, "19:00")
    type_into(qtbot, found.ends, "18:00")
    qtbot.keyClick(found.ends, Qt.Key.Key_Tab)
    wait_jobs()
    assert "18:00" in found.error.text() and not found.list.rows()
    type_into(qtbot, found.starts, "09:00")
    type_into(qtbot, found.ends, "11:00")
    qtbot.keyClick(found.ends, Qt.Key.Key_Return)
    wait_jobs()
    (line,) = [one for one in director.services.calendar.patterns() if one.pattern.weekday == 1]
    assert line.pattern.rule == recurrence.every(2) and line.rooms == ("2室",) and line.hours == ("09:00", "11:00")


def test_a_recurrence_of_ones_own_is_read_back_in_words_or_refused(
    page: SettingsTab, director: Office, qtbot: QtBot, wait_jobs: Wait
) -> None:
    found = card(page, PatternCard).open_details((3, "am"))
    wait_jobs()
    line = found.rule.lineEdit()
    assert line is not None
    said: list[str] = []
    for typed in ("FREQ=SECONDLY", "FREQ=MONTHLY;BYMONTHDAY=15"):
        line.setFocus()
        line.selectAll()
        qtbot.keyClicks(line, typed)
        qtbot.keyClick(line, Qt.Key.Key_Tab)
        wait_jobs()
        said.append(found.error.text())
    assert "无法识别" in said[0] and not said[1]
    assert [row.title[8:10] for row in found.list.rows() if row.title[8:10] == "15"] == ["15"] * 3
    assert "每月 15 日" in found.said()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    wait_jobs()
    assert any("每月 15 日" in row for row in rows(card(page, PatternCard).body))


def test_a_second_pattern_of_the_same_half_day_asks_first(
    page: SettingsTab, director: Office, qtbot: QtBot, wait_jobs: Wait
) -> None:
    found = card(page, PatternCard).add_pattern()
    wait_jobs()
    with ask.scripted(True) as asked:
        qtbot.keyClick(found.starts, Qt.Key.Key_Return)
        wait_jobs()
    assert "周一上午" in asked[0]
    assert sum("重复" in row for row in rows(card(page, PatternCard).body)) == 2


def test_closing_names_the_duties_that_stand_there(
    page: SettingsTab, director: Office, qtbot: QtBot, wait_jobs: Wait
) -> None:
    director.services.rota.assign(MONDAY, "am", expert_id(director, "E041"))
    found = card(page, DutyDaysCard).edit(None)
    assert isinstance(found, DutyDaySheet)
    qtbot.keyClicks(found.day, "2027-1-4")
    qtbot.keyClick(found.day, Qt.Key.Key_Return)
    wait_jobs()
    assert "原因" in found.error.text() or "为什么" in found.error.text()
    write(qtbot, found.reason, "停电")
    with ask.scripted() as told:
        qtbot.keyClick(found.reason, Qt.Key.Key_Return)
        wait_jobs()
    assert "钟超轩" in told[0] and "1 个" in told[0]
    closed = next(row for row in rows(card(page, DutyDaysCard).body) if "停电" in row)
    assert closed.startswith("2027-01-04 周一 上午")
    line = director.services.calendar.days(MONDAY, MONDAY)[0]
    again = card(page, DutyDaysCard).edit(line)
    again.withdraw()
    wait_jobs()
    assert len(director.services.calendar.days(MONDAY, MONDAY)) == 1


def test_the_limits_are_chosen_by_key(page: SettingsTab, director: Office, qtbot: QtBot, wait_jobs: Wait) -> None:
    limits = card(page, DutyLimitsCard)
    limits.days.setFocus()
    qtbot.keyClick(limits.days, Qt.Key.Key_3)
    limits.weekends.setFocus()
    qtbot.keyClick(limits.weekends, Qt.Key.Key_4)
    wait_jobs()
    assert director.services.calendar.limits() == Limits(3, 4)


def test_the_holidays_of_a_year_that_is_not_announced_are_said_to_be_so_and_typed_in(
    page: SettingsTab, director: Office, qtbot: QtBot, wait_jobs: Wait
) -> None:
    table = card(page, HolidaysCard)
    texts = [label.text() for label in table.findChildren(Label)]
    assert "国务院尚未公布 2027 年放假安排" in texts
    table.go_to(2028)
    wait_jobs()
    assert "国务院尚未公布 2028 年放假安排" in [label.text() for label in table.findChildren(Label)]
    table.go_to(2026)
    wait_jobs()
    table.take_over()
    wait_jobs()
    assert any(row.startswith("春节") for row in rows(table.body))
    table.go_to(2027)
    found = table.edit(None)
    assert isinstance(found, HolidaySheet)
    write(qtbot, found.name, "元旦")
    qtbot.keyClicks(found.first, "2027-1-1")
    qtbot.keyClicks(found.last, "2027-1-3")
    qtbot.keyClick(found.duty, Qt.Key.Key_Space)
    qtbot.keyClick(found.last, Qt.Key.Key_Return)
    wait_jobs()
    (line,) = director.services.holidays.year(2027).lines
    assert (line.name, line.days, line.duty) == ("元旦", 3, True)
    assert any("值班" in row for row in rows(table.body))
    table.edit(line).withdraw()
    wait_jobs()
    assert not director.services.holidays.year(2027).announced


def test_an_expert_is_found_by_pinyin_and_changed_by_keys(
    director: Office, experts: Callable[[Office], ExpertsSheet], qtbot: QtBot, wait_jobs: Wait
) -> None:
    who = expert_id(director, "E041")
    window = experts(director)
    assert len(window.list.rows()) == 64 and window.search.hasFocus()
    qtbot.keyClicks(window.search, "zcx")
    wait_jobs()
    assert [row.title for row in window.list.rows()] == ["钟超轩"]
    detail = window.detail
    qtbot.keyClick(detail.sessions[1, "pm"], Qt.Key.Key_Space)
    wait_jobs()
    assert (1, "pm") in director.services.experts.one(who).availability
    detail.weekly.setFocus()
    qtbot.keyClick(detail.weekly, Qt.Key.Key_2)
    detail.daily.setFocus()
    qtbot.keyClick(detail.daily, Qt.Key.Key_Down)
    wait_jobs()
    type_into(qtbot, detail.specialities, "亲子、青春期")
    qtbot.keyClick(detail.specialities, Qt.Key.Key_Return)
    type_into(qtbot, detail.check, "2028-01-31")
    qtbot.keyClick(detail.check, Qt.Key.Key_Return)
    wait_jobs()
    view = director.services.experts.one(who)
    assert (view.weekly_limit, view.daily_limit, view.specialities) == (2, 2, ("亲子", "青春期"))
    assert view.check.until == date(2028, 1, 31)


def test_leave_is_typed_read_back_with_what_it_hits_and_withdrawn(
    director: Office, experts: Callable[[Office], ExpertsSheet], qtbot: QtBot, wait_jobs: Wait
) -> None:
    director.services.rota.assign(MONDAY, "am", expert_id(director, "E041"))
    who = expert_id(director, "E041")
    window = experts(director)
    qtbot.keyClicks(window.search, "zcx")
    wait_jobs()
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    box = window.detail.leave
    assert box.text.hasFocus()
    write(qtbot, box.text, "1月4日上午、每周三下午")
    wait_jobs()
    assert "2027-01-04 周一 上午" in box.said() and "每逢周三 下午" in box.said() and "影响 1 个值班" in box.said()
    qtbot.keyClick(box.text, Qt.Key.Key_Return)
    wait_jobs()
    late = next(one for one in QApplication.topLevelWidgets() if isinstance(one, LateLeaveSheet) and one.isVisible())
    assert len(late.list.rows()) == 1 and not box.text.text(), "who could take the duty is asked at once"
    late.reject()
    held = [one.leave for one in director.services.experts.one(who).leave]
    assert LeaveRead(MONDAY, MONDAY, "am") in held and held[1].rule == "FREQ=WEEKLY;BYDAY=WE"
    row = next(row for row in lines(box.rows) if "2027-01-04" in row.row().title)
    row.setFocus()
    with ask.scripted("change", "1月5日下午"):
        qtbot.keyClick(row, Qt.Key.Key_Return)
        wait_jobs()
    assert LeaveRead(TUESDAY, TUESDAY, "pm") in [one.leave for one in director.services.experts.one(who).leave]
    row = next(row for row in lines(box.rows) if "2027-01-05" in row.row().title)
    with ask.scripted("withdraw"):
        qtbot.keyClick(row, Qt.Key.Key_Return)
        wait_jobs()
    assert len(director.services.experts.one(who).leave) == len(held) - 1
    write(qtbot, box.text, "寒假")
    qtbot.keyClick(box.text, Qt.Key.Key_Return)
    assert "寒假" in box.said()


def test_wishes_are_typed_and_taken_back(
    director: Office, experts: Callable[[Office], ExpertsSheet], qtbot: QtBot, wait_jobs: Wait
) -> None:
    window = experts(director)
    qtbot.keyClicks(window.search, "zcx")
    wait_jobs()
    box = window.detail.wishes
    box.prefer.setFocus()
    qtbot.keyClick(box.prefer, Qt.Key.Key_Right)
    write(qtbot, box.text, "周六上午、3月8日")
    qtbot.keyClick(box.text, Qt.Key.Key_Return)
    wait_jobs()
    assert sorted(rows(box.rows)) == ["2027-03-08 周一，不希望值班", "周六上午，不希望值班"]
    button = lines(box.rows)[-1]._button
    assert button is not None
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    wait_jobs()
    assert len(rows(box.rows)) == 1
    write(qtbot, box.text, "看情况")
    qtbot.keyClick(box.text, Qt.Key.Key_Return)
    assert "看情况" in box.error()


def test_record_checks_that_end_are_one_key_away(
    director: Office, experts: Callable[[Office], ExpertsSheet], qtbot: QtBot, wait_jobs: Wait
) -> None:
    window = experts(director)
    window.which.setFocus()
    qtbot.keyClick(window.which, Qt.Key.Key_Right)
    wait_jobs()
    shown = window.list.rows()
    assert 0 < len(shown) < 64 and shown[0].badge == "证明过期"
    assert all("证明" in row.badge for row in shown)


def test_an_expert_sees_herself_alone_and_may_enter_her_leave(
    bench: Bench, director: Office, experts: Callable[[Office], ExpertsSheet], qtbot: QtBot, wait_jobs: Wait
) -> None:
    psych = bench.sign("psych")
    with director.ctx.write(May.EDIT_STAFF, "made an expert") as act:
        person = act.tx.get_one(Staff, psych.who.staff_id)
        person.expert, person.availability = True, [[0, "am"]]
    window = experts(psych)
    detail = window.detail
    assert not window.list.isVisible() and detail.leave.text.hasFocus()
    assert not detail.sessions[0, "am"].isEnabled() and not detail.check.isEnabled()
    write(qtbot, detail.leave.text, "1月6日")
    qtbot.keyClick(detail.leave.text, Qt.Key.Key_Return)
    wait_jobs()
    assert [one.leave.first.day for one in psych.services.experts.one(psych.who.staff_id).leave] == [6]
