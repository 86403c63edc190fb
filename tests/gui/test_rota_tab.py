"""The board with real services: read, filled, arranged by keys and by pointer, published, an absence covered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Office
from app.rota.rules import Slot
from app.rota.views import WeekView
from app.security.permissions import May
from db.models import Holiday
from tests.gui.rota_tabs import chip_of, open_tab, seats
from tests.services.conftest import Bench
from tests.services.conftest import bench as bench
from tests.services.conftest import template as template
from tests.services.rota_centre import MONDAY, expert_id, planner
from ui import ask, jobs, notify
from ui.rota.absence import AbsenceSheet
from ui.rota.picker import Picker
from ui.rota.publishing import PublishSheet
from ui.rota.tab import RotaTab

SUNDAY = MONDAY + timedelta(days=6)
MORNING = Slot(MONDAY, "am")
AFTERNOON = Slot(MONDAY, "pm")

Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 9)


@pytest.fixture
def tab_for(bench: Bench, shown: Show, wait_jobs: Wait) -> Callable[[Office], RotaTab]:
    return lambda office: open_tab(office, bench.clock, shown, wait_jobs)


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    window = QApplication.focusWidget() or next(w for w in QApplication.topLevelWidgets() if isinstance(w, RotaTab))
    target = window.window().focusWidget()
    assert target is not None
    qtbot.keyClick(target, key, modifier)


def shortcut(
    qtbot: QtBot, key: Qt.Key, done: Callable[[], bool], modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """A key that presses a button; Qt lets the button be seen pressed before it acts."""
    press(qtbot, key, modifier)
    qtbot.waitUntil(lambda: done() and jobs.idle())


def pointer(widget: QWidget, kind: QEvent.Type, place: QPoint) -> None:
    """The left button's events as the window system sends them to whoever was pressed."""
    left = Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else left
    where = widget.mapToGlobal(place)
    event = QMouseEvent(kind, QPointF(place), QPointF(where), left, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def sheet(kind: type) -> QWidget:
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())


def published(office: Office) -> WeekView:
    office.services.rota.adopt(office.services.rota.propose(MONDAY, SUNDAY))
    office.services.rota.publish(MONDAY, SUNDAY)
    return office.services.rota.week(MONDAY)


def test_an_empty_week_says_what_is_missing(director: Office, tab_for: Callable[[Office], RotaTab]) -> None:
    tab = tab_for(director)
    chips = tab.board.chips()
    assert len(chips) == 10 and all(one.seat.kind == "gap" and "缺 3" in one.seat.text for one in chips)
    assert "尚未排班" in tab._header.subtitle() and "1月4–10日" in tab._header.subtitle()
    assert "请假" in chips[0].seat.note
    assert chips[0].hasFocus(), "the board has the keyboard"
    spoken = QAccessible.queryAccessibleInterface(chips[0])
    assert spoken.role() == QAccessible.Role.Button and "缺 3" in spoken.text(QAccessible.Text.Name)


def test_f5_proposes_adopt_saves_and_publish_puts_in_force(
    director: Office, tab_for: Callable[[Office], RotaTab], qtbot: QtBot, wait_jobs: Wait
) -> None:
    tab = tab_for(director)
    shortcut(qtbot, Qt.Key.Key_F5, lambda: tab.result.adopt_button is not None)
    assert len(seats(tab, MORNING, "new")) == 3 and director.services.rota.week(MONDAY).empty
    assert tab.result.isVisible() and tab.result.adopt_button is not None
    assert tab.result.adopt_button.hasFocus()
    press(qtbot, Qt.Key.Key_Return)
    wait_jobs()
    assert len(seats(tab, MORNING, "duty")) == 3 and not tab.result.isVisible()
    assert "草稿" in tab._header.subtitle()
    control = Qt.KeyboardModifier.ControlModifier
    press(qtbot, Qt.Key.Key_Return, control)
    wait_jobs()
    asked = sheet(PublishSheet)
    assert isinstance(asked, PublishSheet)
    asked.publish()
    qtbot.waitUntil(lambda: "· 已发布" in tab._header.subtitle() and jobs.idle())
    assert director.services.rota.week(MONDAY).published
    assert any("已发布" in text for text in notify.shown(tab))


def test_a_discarded_proposal_leaves_nothing(
    director: Office, tab_for: Callable[[Office], RotaTab], wait_jobs: Wait
) -> None:
    tab = tab_for(director)
    tab.fill_shown()
    wait_jobs()
    assert tab.result.discard_button is not None
    tab.result.discard_button.click()
    wait_jobs()
    assert seats(tab, MORNING, "new") == [] and seats(tab, MORNING, "gap")
    assert director.services.rota.week(MONDAY).empty


def test_by_keys_alone_assign_pin_move_and_take_off(
    director: Office, tab_for: Callable[[Office], RotaTab], qtbot: QtBot, wait_jobs: Wait
) -> None:
    tab = tab_for(director)
    press(qtbot, Qt.Key.Key_Return)
    wait_jobs()
    picker = sheet(Picker)
    assert isinstance(picker, Picker)
    assert len(picker.list.rows()) == 64
    qtbot.keyClicks(picker.search, "zcx")  # 钟超轩
    assert [row.title for row in picker.list.rows()] == ["钟超轩"]
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    wait_jobs()
    assert seats(tab, MORNING, "duty") == ["钟超轩"]

    tab.board.go_to(MORNING)
    press(qtbot, Qt.Key.Key_P)
    wait_jobs()
    assert chip_of(tab, MORNING, "钟超轩").seat.pinned
    press(qtbot, Qt.Key.Key_P)
    wait_jobs()
    assert not chip_of(tab, MORNING, "钟超轩").seat.pinned

    press(qtbot, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Down)
    assert tab.board.slot() == AFTERNOON
    press(qtbot, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    wait_jobs()
    assert seats(tab, AFTERNOON, "duty") == ["钟超轩"] and seats(tab, MORNING, "duty") == []

    tab.board.go_to(AFTERNOON)
    press(qtbot, Qt.Key.Key_Delete)
    wait_jobs()
    assert seats(tab, AFTERNOON, "duty") == []
    assert any("撤下" in text for text in notify.shown(tab))


def test_arrows_walk_over_days_and_halves(director: Office, tab_for: Callable[[Office], RotaTab], qtbot: QtBot) -> None:
    tab = tab_for(director)
    press(qtbot, Qt.Key.Key_Right)
    assert tab.board.slot() == Slot(MONDAY + timedelta(days=2), "am")
    press(qtbot, Qt.Key.Key_Down)
    assert tab.board.slot() == Slot(MONDAY + timedelta(days=2), "pm")
    press(qtbot, Qt.Key.Key_Left)
    press(qtbot, Qt.Key.Key_Left)
    assert tab.board.slot() == AFTERNOON
    press(qtbot, Qt.Key.Key_Up)
    assert tab.board.slot() == MORNING


def test_who_cannot_stays_in_view_with_the_reason_and_an_exception_asks(
    director: Office, tab_for: Callable[[Office], RotaTab], qtbot: QtBot, wait_jobs: Wait
) -> None:
    tab = tab_for(director)
    tab.board.go_to(MORNING)
    press(qtbot, Qt.Key.Key_Return)
    wait_jobs()
    picker = sheet(Picker)
    assert isinstance(picker, Picker)
    qtbot.keyClicks(picker.search, "linnuofang")
    (row,) = picker.list.rows()
    assert "请假" in row.second and row.tone == "attention"
    with ask.scripted(True) as asked:
        qtbot.keyClick(picker.search, Qt.Key.Key_Return)
        wait_jobs()
    assert "请假" in asked[0]
    found = chip_of(tab, MORNING, "林诺芳").seat
    assert found.pinned and "请假" in found.warning


def test_a_chip_is_carried_to_another_day(
    director: Office, tab_for: Callable[[Office], RotaTab], qtbot: QtBot, wait_jobs: Wait
) -> None:
    director.services.rota.assign(MONDAY, "am", expert_id(director, "E041"))
    tab = tab_for(director)
    found = chip_of(tab, MORNING, "钟超轩")
    target = tab.board.cell(AFTERNOON)
    assert target is not None
    qtbot.waitUntil(lambda: target.y() > found.height() and found.width() > found.height())  # laid out
    end = found.mapFromGlobal(target.mapToGlobal(QPoint(60, 80)))
    pointer(found, QEvent.Type.MouseButtonPress, QPoint(20, 12))
    pointer(found, QEvent.Type.MouseMove, QPoint(30, 40))
    pointer(found, QEvent.Type.MouseMove, end)
    assert target.target
    pointer(found, QEvent.Type.MouseButtonRelease, end)
    wait_jobs()
    assert seats(tab, AFTERNOON, "duty") == ["钟超轩"] and seats(tab, MORNING, "duty") == []


def test_the_desk_marks_an_absence_and_has_it_covered(
    bench: Bench,
    director: Office,
    tab_for: Callable[[Office], RotaTab],
    qtbot: QtBot,
    wait_jobs: Wait,
) -> None:
    duty = published(director).cells[MORNING].assignments[0]
    tab = tab_for(bench.sign("desk"))
    tab.board.go_to(MORNING)
    press(qtbot, Qt.Key.Key_A)
    wait_jobs()
    found = sheet(AbsenceSheet)
    assert isinstance(found, AbsenceSheet)
    best = found.list.rows()[0]
    qtbot.keyClick(found.list, Qt.Key.Key_Return)
    wait_jobs()
    assert duty.name in seats(tab, MORNING, "absent")
    assert best.title in seats(tab, MORNING, "duty") and not seats(tab, MORNING, "gap")

    gone = chip_of(tab, MORNING, duty.name)
    assert gone.seat.kind == "absent"
    found.reject()
    tab.board.go_to(MORNING, 3)
    qtbot.keyClick(gone, Qt.Key.Key_A)
    wait_jobs()
    assert duty.name in seats(tab, MORNING, "duty"), "she comes after all"


def test_a_psychologist_reads_and_changes_nothing(
    bench: Bench,
    director: Office,
    tab_for: Callable[[Office], RotaTab],
    qtbot: QtBot,
    wait_jobs: Wait,
) -> None:
    before = published(director)
    tab = tab_for(bench.sign("psych"))
    seat = chip_of(tab, MORNING, before.cells[MORNING].assignments[0].name)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_P, Qt.Key.Key_A, Qt.Key.Key_F5):
        tab.board.go_to(MORNING)
        press(qtbot, key)
        wait_jobs()
    assert tab.seats.menu_for(seat.seat).isEmpty()
    assert not tab.publish_button.isVisible()
    assert bench.sign("director").services.rota.week(MONDAY).cells == before.cells


def test_the_menu_names_each_act_with_its_key(
    director: Office, tab_for: Callable[[Office], RotaTab], wait_jobs: Wait
) -> None:
    director.services.rota.assign(MONDAY, "am", expert_id(director, "E041"))
    tab = tab_for(director)
    menu = tab.seats.menu_for(chip_of(tab, MORNING, "钟超轩").seat)
    texts = [action.text() for action in menu.actions()]
    assert any(text.startswith("固定\tP") for text in texts) and any("撤下\tDelete" in text for text in texts)
    rooms = next(action.menu() for action in menu.actions() if action.menu() is not None)
    assert isinstance(rooms, QMenu)
    rooms.actions()[1].trigger()
    wait_jobs()
    assert chip_of(tab, MORNING, "钟超轩").seat.room == "2室"


def test_weeks_are_turned_and_holidays_say_why_they_are_closed(
    director: Office, tab_for: Callable[[Office], RotaTab], qtbot: QtBot
) -> None:
    tab = tab_for(director)
    with director.ctx.write(May.EDIT_CENTRE, "holiday") as act:
        act.tx.add(Holiday(stream="org", day=date(2027, 1, 1), name="元旦", workday=False))
    shortcut(qtbot, Qt.Key.Key_PageUp, lambda: "12月28日–1月3日" in tab._header.subtitle())
    friday = tab.board.cell(Slot(date(2027, 1, 1), "am"))
    assert friday is not None and friday.closed and not friday.chips
    assert any(label.text() == "元旦" for label in friday.findChildren(QLabel))
    shortcut(qtbot, Qt.Key.Key_PageDown, lambda: "1月4–10日" in tab._header.subtitle())
