"""08:20 at the keyboard: absence, stand-in, bookings and call list in a handful of keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Office
from app.rota.absence_acts import LATER, STAY
from app.rota.rules import Slot
from app.rota.views import AssignmentView
from app.security.permissions import May
from db.models import Assignment, Leave
from tests.services.conftest import Bench
from tests.services.conftest import bench as bench
from tests.services.conftest import template as template
from tests.services.rota_centre import MONDAY, expert_id, planner
from tests.services.test_rota_absence import book, put, row_of
from ui import ask, jobs, notify
from ui.desk import Desk
from ui.pdf_sheet import PdfSheet
from ui.rota.absence import AbsenceSheet, open_absence
from ui.rota.late_leave import LateLeaveSheet, open_late_leave
from ui.rota.leave_box import LeaveBox
from ui.rota.tab import RotaTab

Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]
MORNING = Slot(MONDAY, "am")


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 8, 20)


@pytest.fixture
def duty(director: Office) -> AssignmentView:
    return put(director, "E041", MONDAY, "am")


class Keys:
    """Presses keys where the keyboard is, and counts them."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.count = 0

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        window = QApplication.activeModalWidget()
        assert window is not None
        self._qtbot.waitUntil(lambda: window.focusWidget() is not None)
        target = window.focusWidget()
        assert target is not None
        self.count += 1
        self._qtbot.keyClick(target, key, modifier)

    def until(self, done: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: jobs.idle() and bool(done()))


@pytest.fixture
def keys(qtbot: QtBot) -> Keys:
    return Keys(qtbot)


def sheets(kind: type) -> list[QWidget]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]


@pytest.fixture
def opened(bench: Bench, shown: Show, wait_jobs: Wait) -> Callable[[Office, AssignmentView], AbsenceSheet]:
    hosts: list[QWidget] = []

    def make(office: Office, duty: AssignmentView) -> AbsenceSheet:
        host = shown(QWidget())
        hosts.append(host)
        desk = Desk(office.services, office.who, clock=bench.clock)
        desk.setParent(host)
        open_absence(desk, host, duty.staff_id, duty.slot)
        wait_jobs()
        (found,) = sheets(AbsenceSheet)
        assert isinstance(found, AbsenceSheet)
        found.activateWindow()
        return found

    return make


def covered(sheet: AbsenceSheet) -> bool:
    return bool(sheet.absence.covered)


def duties_left(number: int) -> bool:
    """On the sheet of the late leave, which closes with the last."""
    found = [len(one.list.rows()) for one in sheets(LateLeaveSheet) if isinstance(one, LateLeaveSheet)]
    return found == ([number] if number else [])


Open = Callable[[Office, AssignmentView], AbsenceSheet]


def test_enter_takes_the_first_with_the_bookings_and_ctrl_p_prints_whom_to_call(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys
) -> None:
    desk = bench.sign("desk")
    booking = book(desk, duty.staff_id, MONDAY, 10)
    sheet = opened(desk, duty)
    best = sheet.list.rows()[0]
    assert sheet.list.hasFocus() and len(sheet.list.rows()) == 63
    assert best.title in sheet.calls.rows()[0].second, "where the booking would go is said beforehand"
    assert director.services.rota.absence(duty.staff_id, MONDAY).marked == frozenset(), "nothing is done yet"
    keys.press(Qt.Key.Key_Return)
    keys.until(lambda: sheet.absence.covered)
    assert row_of(desk, booking)[0] == best.key
    assert any(best.title in text and "1" in text for text in notify.shown(sheet))
    keys.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    keys.until(lambda: sheets(PdfSheet))
    (page,) = sheets(PdfSheet)
    assert isinstance(page, PdfSheet)
    text = PdfReader(BytesIO(page.data)).pages[0].extract_text()
    assert "王子琪" in text and "18 点后" in text and best.title in text
    assert keys.count == 2


def test_from_the_board_it_takes_three_keys(
    bench: Bench, director: Office, duty: AssignmentView, shown: Show, wait_jobs: Wait, keys: Keys, qtbot: QtBot
) -> None:
    office = bench.sign("desk")
    booking = book(office, duty.staff_id, MONDAY, 10)
    desk = Desk(office.services, office.who, clock=bench.clock)
    tab = RotaTab(desk)
    desk.setParent(tab)
    desk.bus.changed.connect(lambda topics, _who: tab.refresh(topics))
    shown(tab)
    tab.refresh(None)
    wait_jobs()
    tab.board.go_to(MORNING)
    target = tab.focusWidget()
    assert target is not None
    keys.count += 1
    qtbot.keyClick(target, Qt.Key.Key_A)
    keys.until(lambda: sheets(AbsenceSheet))
    (sheet,) = sheets(AbsenceSheet)
    assert isinstance(sheet, AbsenceSheet)
    sheet.activateWindow()
    keys.press(Qt.Key.Key_Return)
    keys.until(partial(covered, sheet))
    keys.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    keys.until(lambda: sheets(PdfSheet))
    assert keys.count == 3
    assert row_of(office, booking)[0] != duty.staff_id
    kinds = {chip.seat.kind for chip in tab.board.chips() if chip.seat.slot == MORNING}
    assert {"absent", "duty"} <= kinds, "the board shows who is absent and who stands in"


def test_b_changes_what_becomes_of_the_bookings(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys, wait_jobs: Wait
) -> None:
    desk = bench.sign("desk")
    put(director, "E041", MONDAY + timedelta(days=4), "am")
    booking = book(desk, duty.staff_id, MONDAY, 10)
    sheet = opened(desk, duty)
    keys.press(Qt.Key.Key_B)
    keys.until(lambda: sheet.how.value() == LATER)
    assert "1月8日 10:00" in sheet.calls.rows()[0].second
    keys.press(Qt.Key.Key_B)
    keys.until(lambda: sheet.how.value() == STAY)
    assert "待联系" in sheet.calls.rows()[0].second
    keys.press(Qt.Key.Key_B)
    keys.press(Qt.Key.Key_B)
    keys.press(Qt.Key.Key_Return)
    keys.until(lambda: sheet.absence.covered)
    assert row_of(desk, booking)[:2] == (duty.staff_id, "01-08 02:00")


def test_who_cannot_go_along_is_said_as_the_list_is_walked(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys
) -> None:
    desk = bench.sign("desk")
    listed = desk.services.rota.absence(duty.staff_id, MONDAY).replacements
    book(desk, duty.staff_id, MONDAY, 10)
    book(desk, listed[1].staff_id, MONDAY, 10, "李一")
    sheet = opened(desk, duty)
    assert "待联系" not in sheet.calls.rows()[0].second
    keys.press(Qt.Key.Key_Down)
    assert sheet.list.key() == listed[1].staff_id
    assert "待联系" in sheet.calls.rows()[0].second and "10:00" in sheet.calls.rows()[0].second
    keys.press(Qt.Key.Key_Return)
    keys.until(lambda: sheet.absence.covered)
    assert any("待联系" in text for text in notify.shown(sheet))


def test_a_whole_day_goes_on_to_the_afternoon(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys
) -> None:
    director.services.rota.assign(MONDAY, "pm", duty.staff_id, confirmed=frozenset({"against-rule"}))
    desk = bench.sign("desk")
    sheet = opened(desk, duty)
    assert sheet.scope.isVisible() and sheet.half() == "am"
    keys.press(Qt.Key.Key_Return)
    keys.until(lambda: sheet.half() == "pm")
    assert sheet.absence.marked == {"am", "pm"} and sheet.list.hasFocus()
    keys.press(Qt.Key.Key_Return)
    keys.until(lambda: set(sheet.absence.covered) == {"am", "pm"})
    keys.press(Qt.Key.Key_Escape)
    keys.until(lambda: not sheets(AbsenceSheet))


def test_escape_leaves_everything_and_only_marking_is_one_key_more(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys
) -> None:
    desk = bench.sign("desk")
    sheet = opened(desk, duty)
    keys.press(Qt.Key.Key_Escape)
    keys.until(lambda: not sheets(AbsenceSheet))
    assert not desk.services.rota.absence(duty.staff_id, MONDAY).marked
    sheet = opened(desk, duty)
    assert sheet.mark_button.isVisible()
    keys.press(Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    keys.until(lambda: sheet.absence.marked)
    assert not sheet.mark_button.isVisible() and not sheet.absence.covered


def test_whoever_must_be_asked_asks_and_whoever_must_not_is_refused(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys, wait_jobs: Wait
) -> None:
    desk = bench.sign("desk")
    sheet = opened(desk, duty)
    expired = expert_id(director, "E023")
    assert sheet.list.choose(expired)
    keys.press(Qt.Key.Key_Return)
    wait_jobs()
    assert any("无犯罪记录证明" in text for text in notify.shown(sheet)) and not sheet.absence.marked
    asked = next(one for one in sheet.absence.replacements if one.group == "ask")
    sheet.list.choose(asked.staff_id)
    with ask.scripted(True) as questions:
        keys.press(Qt.Key.Key_Return)
        keys.until(lambda: sheet.absence.covered)
    assert asked.name in questions[0]


def test_the_director_sees_no_client_and_prints_no_list(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open
) -> None:
    book(bench.sign("desk"), duty.staff_id, MONDAY, 10)
    sheet = opened(director, duty)
    (row,) = sheet.calls.rows()
    assert row.title == "来访者" and "13906350000" not in row.says()
    assert not hasattr(sheet, "list_button")


def test_a_late_leave_is_dealt_with_duty_by_duty(
    bench: Bench, director: Office, duty: AssignmentView, shown: Show, wait_jobs: Wait, keys: Keys
) -> None:
    friday = MONDAY + timedelta(days=4)
    put(director, "E041", friday, "am")
    with director.ctx.write(May.EDIT_ROTA, "leave") as act:
        act.tx.add(Leave(stream="org", staff_id=duty.staff_id, first=MONDAY, last=friday))
    office = bench.sign("desk")
    host = shown(QWidget())
    desk = Desk(office.services, office.who, clock=bench.clock)
    desk.setParent(host)
    open_late_leave(desk, host, duty.staff_id, MONDAY, friday)
    wait_jobs()
    (leave,) = sheets(LateLeaveSheet)
    assert isinstance(leave, LateLeaveSheet) and len(leave.list.rows()) == 2
    leave.activateWindow()
    for left in (1, 0):
        keys.press(Qt.Key.Key_Return)
        keys.until(lambda: sheets(AbsenceSheet))
        (sheet,) = sheets(AbsenceSheet)
        assert isinstance(sheet, AbsenceSheet)
        sheet.activateWindow()
        keys.press(Qt.Key.Key_Return)
        keys.until(partial(covered, sheet))
        sheet.reject()
        keys.until(partial(duties_left, left))
    with director.ctx.read(May.SEE_ROTA) as tx:
        assert tx.query(Assignment).filter(Assignment.replaces_id.is_not(None)).count() == 2


def test_leave_typed_over_duties_offers_to_fill_them_at_once(
    bench: Bench, director: Office, duty: AssignmentView, shown: Show, wait_jobs: Wait, keys: Keys
) -> None:
    host = shown(QWidget())
    desk = Desk(director.services, director.who, clock=bench.clock)
    desk.setParent(host)
    box = LeaveBox(desk)
    box.setParent(host)
    box.begin(duty.staff_id)
    box.text.setText("1.4-1.8")
    wait_jobs()
    box.enter()
    keys.until(lambda: sheets(LateLeaveSheet))
    (leave,) = sheets(LateLeaveSheet)
    assert isinstance(leave, LateLeaveSheet) and [row.key for row in leave.list.rows()] == [duty.id]
    assert any("请假" in text for text in notify.shown(box))
    leave.activateWindow()
    keys.press(Qt.Key.Key_Return)
    keys.until(lambda: sheets(AbsenceSheet))
