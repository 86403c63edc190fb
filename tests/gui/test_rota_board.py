"""The board as a planner's tool: carrying, exchanging, undoing, proposals in part, months, filters, problems; by keys
alone wherever there is a pointer's way too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.bootstrap import Office
from app.rota.rules import Slot
from app.rota.views import AssignmentView, Undoables
from app.security.permissions import May
from db.models import Assignment, Centre, DutyDay, DutyPattern, Holiday, Staff
from db.replica.stamping import new_id
from tests.gui.rota_tabs import chip_of, open_tab, seats
from tests.services.conftest import Bench
from tests.services.conftest import bench as bench
from tests.services.conftest import template as template
from tests.services.rota_centre import MONDAY, expert_id, planner
from ui import ask, jobs, notify
from ui.rota.chip import Chip
from ui.rota.fill_sheet import FillSheet
from ui.rota.gap_sheet import GapSheet
from ui.rota.keys import SEAT, WHOLE, KeysSheet
from ui.rota.loads import bars
from ui.rota.models import Verdict
from ui.rota.month import MonthCell
from ui.rota.tab import RotaTab
from ui.widgets.layout import column, scrolling

SUNDAY = MONDAY + timedelta(days=6)
WEDNESDAY = MONDAY + timedelta(days=2)
MORNING, AFTERNOON = Slot(MONDAY, "am"), Slot(MONDAY, "pm")
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ANYWAY = frozenset({"against-rule", "pinned"})

Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]
TabFor = Callable[[Office], RotaTab]
Press = Callable[..., None]


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 9)


@pytest.fixture
def filled(director: Office) -> Office:
    director.services.rota.adopt(director.services.rota.propose(MONDAY, SUNDAY))
    return director


@pytest.fixture
def tab_for(bench: Bench, shown: Show, wait_jobs: Wait) -> TabFor:
    return lambda office: open_tab(office, bench.clock, shown, wait_jobs)


@pytest.fixture
def press(qtbot: QtBot, wait_jobs: Wait) -> Press:
    """A key where the keyboard is, and everything that follows from it."""

    def go(tab: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = tab.window().focusWidget()
        assert target is not None, "the keyboard is nowhere"
        qtbot.keyClick(target, key, modifier)
        wait_jobs()

    return go


def go_to(tab: RotaTab, slot: Slot, text: str) -> Chip:
    found = chip_of(tab, slot, text)
    cell = tab.board.cell(slot)
    assert cell is not None
    tab.board.go_to(slot, cell.chips.index(found))
    return found


def sheet(kind: type) -> QWidget:
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())


def assign(office: Office, slot: Slot, number: str) -> AssignmentView:
    made: AssignmentView = office.services.rota.assign(
        slot.day, slot.half, expert_id(office, number), confirmed=ANYWAY
    ).value
    return made


def pointer(widget: QWidget, kind: QEvent.Type, place: QPoint) -> None:
    left = Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else left
    where = QPointF(widget.mapToGlobal(place))
    event = QMouseEvent(kind, QPointF(place), where, left, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def carry(found: Chip, over: QWidget, place: QPoint) -> QPoint:
    """Picks a chip up with the pointer and takes it over a widget; gives the place in the chip's own measure."""
    end = found.mapFromGlobal(over.mapToGlobal(place))
    pointer(found, QEvent.Type.MouseButtonPress, QPoint(20, 12))
    pointer(found, QEvent.Type.MouseMove, QPoint(30, 40))
    pointer(found, QEvent.Type.MouseMove, end)
    return end


def free_pair(office: Office) -> tuple[AssignmentView, AssignmentView]:
    """Two duties of different sessions that nothing forbids to exchange (though a rule may ask)."""
    rota = office.services.rota
    view = rota.week(MONDAY)
    rows = [a for cell in view.cells.values() for a in cell.assignments]
    for one in rows:
        targets = rota.targets(MONDAY, SUNDAY, assignment_id=one.id)
        for other in rows:
            if other.slot == one.slot or other.staff_id == one.staff_id:
                continue
            codes = {note.code for note in (*targets.slots[other.slot], *targets.swaps[other.id])}
            if not codes & {"check-expired", "already"}:
                return one, other
    raise AssertionError("nobody can be exchanged")


# --- carrying ---


def test_while_somebody_is_carried_every_place_says_what_speaks_against_it(
    director: Office, tab_for: TabFor, press: Press
) -> None:
    assign(director, MORNING, "E001")  # once a week, on leave 4 and 5 January
    tab = tab_for(director)
    go_to(tab, MORNING, assign_name(director, MORNING))
    press(tab, Qt.Key.Key_X, CONTROL)
    words_of = verdicts(tab)
    assert words_of[MORNING] is None, "her own session"
    monday = words_of[AFTERNOON]
    assert monday is not None and monday.tone == "attention" and "请假" in monday.short
    assert any(found is not None and found.tone == "accent" and "可以" in found.short for found in words_of.values())
    assert "正在移动" in tab._foot.text()
    press(tab, Qt.Key.Key_Escape)
    assert tab.board.carry.seat is None and "竖条" in tab._foot.text()
    assert not any(verdicts(tab).values())


def verdicts(tab: RotaTab) -> dict[Slot, Verdict | None]:
    cells = {slot: tab.board.cell(slot) for slot in slots(tab)}
    return {slot: cell.verdict() for slot, cell in cells.items() if cell is not None}


def slots(tab: RotaTab) -> list[Slot]:
    return sorted({one.seat.slot for one in tab.board.chips()})


def assign_name(office: Office, slot: Slot) -> str:
    name: str = office.services.rota.week(slot.day).cells[slot].assignments[0].name
    return name


def test_where_nobody_may_put_her_the_drop_is_refused_in_words(
    director: Office, tab_for: TabFor, wait_jobs: Wait, qtbot: QtBot
) -> None:
    lasting = assign(director, MORNING, "E031")  # check until 2027-01-04
    tab = tab_for(director)
    found = chip_of(tab, MORNING, lasting.name)
    target = tab.board.cell(Slot(WEDNESDAY, "pm"))
    assert target is not None
    qtbot.waitUntil(lambda: target.y() > found.height() and found.width() > found.height())
    pointer(found, QEvent.Type.MouseButtonPress, QPoint(20, 12))
    pointer(found, QEvent.Type.MouseMove, QPoint(30, 40))
    wait_jobs()
    end = found.mapFromGlobal(target.mapToGlobal(QPoint(40, target.height() - 30)))
    pointer(found, QEvent.Type.MouseMove, end)
    ghost = tab.board._ghost
    assert ghost is not None and ghost.verdict() is not None
    assert "证明过期" in ghost.verdict().short  # type: ignore[union-attr]
    pointer(found, QEvent.Type.MouseButtonRelease, end)
    wait_jobs()
    assert any("2027-01-04" in text for text in notify.shown(tab))
    assert director.services.rota.week(MONDAY).cells[MORNING].assignments[0].id == lasting.id
    assert tab.board.carry.seat is None


def test_a_chip_dropped_on_another_exchanges_the_two_and_one_undo_takes_it_back(
    filled: Office, tab_for: TabFor, wait_jobs: Wait, press: Press, qtbot: QtBot
) -> None:
    one, other = free_pair(filled)
    tab = tab_for(filled)
    found, target = chip_of(tab, one.slot, one.name), chip_of(tab, other.slot, other.name)
    qtbot.waitUntil(lambda: target.width() > target.height() and found.width() > found.height())
    end = carry(found, target, QPoint(30, 12))
    with ask.scripted(True, True):
        pointer(found, QEvent.Type.MouseButtonRelease, end)
        wait_jobs()
    assert other.name in seats(tab, one.slot) and one.name in seats(tab, other.slot)
    assert one.name not in seats(tab, one.slot) and any("对调" in text for text in notify.shown(tab))
    held = tab.board.seat()
    assert held is not None and (held.slot, held.text) == (other.slot, one.name), "the keyboard goes with whom it moved"
    tab.board.take_focus()
    press(tab, Qt.Key.Key_Z, CONTROL)
    assert one.name in seats(tab, one.slot) and other.name in seats(tab, other.slot)
    assert any(text.startswith("已撤销：") and one.name in text for text in notify.shown(tab))
    press(tab, Qt.Key.Key_Y, CONTROL)
    assert other.name in seats(tab, one.slot)
    press(tab, Qt.Key.Key_Z, CONTROL)
    press(tab, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert other.name in seats(tab, one.slot)
    assert len(notify.shown(tab)) == 1, "what several undos say does not pile up"


def test_the_same_by_keys_and_the_foot_line_says_what_will_happen(
    filled: Office, tab_for: TabFor, press: Press
) -> None:
    one, other = free_pair(filled)
    tab = tab_for(filled)
    go_to(tab, one.slot, one.name)
    press(tab, Qt.Key.Key_X, CONTROL)
    go_to(tab, other.slot, other.name)
    assert other.name in tab._foot.text() and "对调" in tab._foot.text()
    with ask.scripted(True, True):
        press(tab, Qt.Key.Key_V, CONTROL)
    assert other.name in seats(tab, one.slot) and one.name in seats(tab, other.slot)


def test_beside_somebody_without_exchanging(filled: Office, tab_for: TabFor, press: Press) -> None:
    one, other = free_pair(filled)
    tab = tab_for(filled)
    go_to(tab, one.slot, one.name)
    press(tab, Qt.Key.Key_X, CONTROL)
    go_to(tab, other.slot, other.name)
    with ask.scripted(True, True):
        press(tab, Qt.Key.Key_V, CONTROL | SHIFT)
    assert {one.name, other.name} <= set(seats(tab, other.slot))


def test_carried_over_the_turn_of_the_week(director: Office, tab_for: TabFor, press: Press) -> None:
    made = assign(director, MORNING, "E041")
    tab = tab_for(director)
    go_to(tab, MORNING, made.name)
    press(tab, Qt.Key.Key_X, CONTROL)
    press(tab, Qt.Key.Key_PageDown)
    later = Slot(MONDAY + timedelta(days=7), "am")
    assert tab.board.slot() == later, "the keyboard stays on its weekday"
    cell = tab.board.cell(later)
    assert cell is not None and cell.verdict() is not None
    press(tab, Qt.Key.Key_V, CONTROL)
    assert made.name in seats(tab, later)


# --- menus, rooms, focus ---


def test_the_menu_opens_at_the_seat_by_key_and_leaves_nothing_out(
    filled: Office, tab_for: TabFor, qtbot: QtBot, wait_jobs: Wait
) -> None:
    tab = tab_for(filled)
    found = tab.board.chips()[0]
    tab.board.go_to(found.seat.slot, 0)
    qtbot.keyClick(found, Qt.Key.Key_F10, SHIFT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = " ".join(action.text() for action in menu.actions())
    for key in ("Enter", "P", "Delete", "Ctrl+X", "A", "R", "S"):
        assert f"\t{key}" in texts, key
    menu.close()
    whole = next(action.menu() for action in menu.actions() if action.text() == "整个值班表")
    assert isinstance(whole, QMenu)
    more = " ".join(action.text() for action in tab.more_menu().actions())
    assert more == " ".join(action.text() for action in whole.actions())
    named = [key for _group in WHOLE for key in _group[0].split(" / ")]
    for key in set(named) - {"PageUp", "PageDown", "Ctrl+Home", "Ctrl+W", "Ctrl+Y", "F2", "Esc"}:
        assert f"\t{key}" in more, key


def test_r_lists_the_rooms_at_the_seat(filled: Office, tab_for: TabFor, press: Press, wait_jobs: Wait) -> None:
    tab = tab_for(filled)
    found = tab.board.chips()[0]
    tab.board.go_to(found.seat.slot, 0)
    press(tab, Qt.Key.Key_R)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()][-1] == "不设房间"
    assert [action.text() for action in menu.actions() if action.isChecked()] == [found.seat.room]
    menu.actions()[-1].trigger()
    menu.close()
    wait_jobs()
    assert tab.board.chips()[0].seat.room == ""


def test_the_board_is_one_stop_for_the_tab_key(filled: Office, tab_for: TabFor) -> None:
    tab = tab_for(filled)
    tab.board.go_to(Slot(WEDNESDAY, "pm"), 1)
    stops = [one for one in tab.board.chips() if one.focusPolicy() == Qt.FocusPolicy.StrongFocus]
    assert [one.seat for one in stops] == [tab.board.seat()]


def test_f1_lists_every_key(director: Office, tab_for: TabFor, press: Press) -> None:
    tab = tab_for(director)
    press(tab, Qt.Key.Key_F1)
    found = sheet(KeysSheet)
    assert len(found.findChildren(QLabel)) >= len(SEAT) + len(WHOLE)


def test_a_refresh_that_changes_nothing_makes_no_widget(filled: Office, tab_for: TabFor, wait_jobs: Wait) -> None:
    tab = tab_for(filled)
    before = [id(one) for one in tab.board.chips()]
    seen = [one.seat for one in tab.board.chips()]
    tab.refresh(None)
    wait_jobs()
    assert [id(one) for one in tab.board.chips()] == before
    row = filled.services.rota.week(MONDAY).cells[MORNING].assignments[0]
    filled.services.rota.pin(row.id)
    tab.refresh(None)
    wait_jobs()
    assert [id(one) for one in tab.board.chips()] == before
    assert [one.seat for one in tab.board.chips()] != seen


# --- undo ---


def test_the_buttons_name_what_they_would_take_back(filled: Office, tab_for: TabFor, press: Press) -> None:
    tab = tab_for(filled)
    assert tab.undoing.undo_button.isEnabled() and "采用方案" in tab.undoing.undo_button.toolTip()
    assert not tab.undoing.redo_button.isEnabled()
    first = tab.board.chips()[0].seat
    tab.board.go_to(first.slot, 0)
    press(tab, Qt.Key.Key_Delete)
    assert first.text in tab.undoing.undo_button.accessibleName()
    press(tab, Qt.Key.Key_Z, CONTROL)
    assert first.text in tab.undoing.redo_button.toolTip()
    tab.undoing.show_words(Undoables(None, None))
    assert not tab.undoing.undo_button.isEnabled()


def test_a_toast_takes_back_only_its_own_act(director: Office, tab_for: TabFor, press: Press) -> None:
    one, two = assign(director, MORNING, "E041"), assign(director, AFTERNOON, "E032")
    tab = tab_for(director)
    for slot, name in ((MORNING, one.name), (AFTERNOON, two.name)):
        go_to(tab, slot, name)
        with ask.scripted(True, True):
            press(tab, Qt.Key.Key_Delete)
    offered = [text for text in notify.shown(tab) if "撤下" in text]
    assert len(offered) == 1 and two.name in offered[0]


# --- proposals ---


def propose(tab: RotaTab, wait_jobs: Wait) -> None:
    tab.fill_shown()
    wait_jobs()
    assert tab.proposals.proposal is not None


def test_one_duty_is_taken_over_another_left_out_and_the_rest_adopted(
    director: Office, tab_for: TabFor, press: Press, wait_jobs: Wait, qtbot: QtBot
) -> None:
    tab = tab_for(director)
    propose(tab, wait_jobs)
    one, out, *_ = seats(tab, MORNING, "new")
    go_to(tab, MORNING, one)
    press(tab, Qt.Key.Key_Return)
    assert seats(tab, MORNING, "duty", "draft") == [one] and out in seats(tab, MORNING, "new")
    go_to(tab, MORNING, out)
    press(tab, Qt.Key.Key_Delete)
    assert out not in seats(tab, MORNING) and len(seats(tab, MORNING, "gap")) == 1
    assert "手动" in seats(tab, MORNING, "gap")[0]
    qtbot.waitUntil(lambda: tab.result.adopt_button is not None and tab.result.adopt_button.isVisible())
    press(tab, Qt.Key.Key_F2)
    view = director.services.rota.week(MONDAY)
    assert sum(len(cell.assignments) for cell in view.cells.values()) == 29
    assert not tab.result.isVisible() and tab.proposals.proposal is None


def test_a_change_by_hand_puts_the_proposal_away_and_says_so(
    director: Office, tab_for: TabFor, wait_jobs: Wait
) -> None:
    tab = tab_for(director)
    propose(tab, wait_jobs)
    assign(director, MORNING, "E041")
    tab.refresh(None)
    wait_jobs()
    assert tab.proposals.proposal is None and not seats(tab, AFTERNOON, "new")
    assert any("作废" in label.text() for label in tab.result.findChildren(QLabel))
    tab.result.again_wanted.emit()
    wait_jobs()
    assert tab.proposals.proposal is not None and len(tab.proposals.proposal.added) == 29


def test_a_change_elsewhere_leaves_the_proposal_alone(director: Office, tab_for: TabFor, wait_jobs: Wait) -> None:
    tab = tab_for(director)
    propose(tab, wait_jobs)
    assign(director, Slot(MONDAY + timedelta(days=14), "am"), "E041")
    tab.refresh(None)
    wait_jobs()
    assert tab.proposals.proposal is not None and seats(tab, AFTERNOON, "new")


def test_escape_stops_a_fill_and_shows_how_long_it_took_so_far(
    director: Office, tab_for: TabFor, qtbot: QtBot, wait_jobs: Wait
) -> None:
    tab = tab_for(director)
    tab.proposals.fill(MONDAY, MONDAY + timedelta(days=7 * 13 - 1))
    assert tab.proposals.running and tab.result.elapsed() == "用时 0:00" and tab.result.cancel_button is not None
    tab.board.take_focus()
    target = tab.window().focusWidget()
    assert target is not None
    qtbot.keyClick(target, Qt.Key.Key_Escape)
    wait_jobs()
    assert not tab.proposals.running and tab.proposals.proposal is None and not tab.result.isVisible()


def test_escape_discards_a_proposal(director: Office, tab_for: TabFor, press: Press, wait_jobs: Wait) -> None:
    tab = tab_for(director)
    propose(tab, wait_jobs)
    tab.board.take_focus()
    press(tab, Qt.Key.Key_Escape)
    assert tab.proposals.proposal is None and not seats(tab, MORNING, "new") and not tab.result.isVisible()


def test_several_weeks_are_filled_to_the_end_of_the_quarter(
    director: Office, tab_for: TabFor, press: Press, wait_jobs: Wait, qtbot: QtBot
) -> None:
    tab = tab_for(director)
    press(tab, Qt.Key.Key_F5, SHIFT)
    found = sheet(FillSheet)
    assert isinstance(found, FillSheet)
    found.weeks.set_value(2)
    assert found.last() == MONDAY + timedelta(days=13)
    found.weeks.set_value(0)
    assert found.last() == date(2027, 3, 31)
    found.weeks.set_value(2)
    found._fill()
    wait_jobs()
    assert tab.proposals.proposal is not None and len(tab.proposals.proposal.added) == 60


def test_an_absence_is_repaired_with_one_change(filled: Office, tab_for: TabFor, press: Press, wait_jobs: Wait) -> None:
    rota = filled.services.rota
    rota.publish(MONDAY, SUNDAY)
    gone = rota.week(MONDAY).cells[AFTERNOON].assignments[0]
    rota.mark_absent(gone.staff_id, MONDAY, "pm")
    tab = tab_for(filled)
    press(tab, Qt.Key.Key_R, CONTROL)
    proposal = tab.proposals.proposal
    assert proposal is not None and len(proposal.added) == 1 and not proposal.removed and proposal.optimal
    assert len(seats(tab, AFTERNOON, "new")) == 1 and any(
        "修补" in label.text() for label in tab.result.findChildren(QLabel)
    )
    tab.proposals.adopt()
    wait_jobs()
    assert not seats(tab, AFTERNOON, "gap", "new") and len(seats(tab, AFTERNOON, "duty", "draft")) == 3


def test_why_a_seat_is_empty_expert_by_expert(director: Office, tab_for: TabFor, press: Press) -> None:
    tab = tab_for(director)
    tab.board.go_to(MORNING)
    press(tab, Qt.Key.Key_I)
    found = sheet(GapSheet)
    assert isinstance(found, GapSheet)
    rows = {row.title: row.detail for row in found.list.rows()}
    assert len(rows) == 64 and "请假" in rows["林诺芳"]
    found.search.setText("lnf")
    assert [row.title for row in found.list.rows()] == ["林诺芳"]
    found.search.setText("请假")
    assert 0 < len(found.list.rows()) < 64 and all("请假" in row.detail for row in found.list.rows())


# --- problems ---


def clash(office: Office, slot: Slot) -> None:
    """As another PC's work arrives: one expert twice, with somebody else in the same room."""
    made = assign(office, slot, "E041")
    with office.ctx.write(May.EDIT_ROTA, "from elsewhere") as act:
        for number, room in (("E041", None), ("E032", made.room_id)):
            act.tx.add(
                Assignment(
                    id=new_id(act.tx), stream="org", centre_id=office.who.centre_id, day=slot.day, half=slot.half,
                    staff_id=expert_id(office, number), state="draft", room_id=room,
                )
            )  # fmt: skip


def test_a_double_booking_is_seen_at_once_and_f8_goes_to_it_in_another_week(
    filled: Office, tab_for: TabFor, press: Press, wait_jobs: Wait
) -> None:
    tab = tab_for(filled)
    assert not tab.problem_line.isVisible()
    far = Slot(MONDAY + timedelta(days=21), "pm")
    clash(filled, far)
    tab.refresh(None)
    wait_jobs()
    assert tab.problem_line.isVisible() and "2 处冲突" in tab._problem_words.text()
    tab.board.take_focus()
    tab.board.go_to(Slot(SUNDAY, "pm"), 99)
    press(tab, Qt.Key.Key_F8)
    assert tab.board.slot() == far
    seat = tab.board.seat()
    assert seat is not None and seat.clash and seat.word in ("重复排班", "房间冲突")
    assert "重复排班" in {one.seat.tag() for one in tab.board.chips()} and seat.warning in seat.says()


def test_f8_walks_from_gap_to_gap_and_says_when_there_is_none(filled: Office, tab_for: TabFor, press: Press) -> None:
    rota = filled.services.rota
    view = rota.week(MONDAY)
    gone = [view.cells[slot].assignments[0] for slot in (AFTERNOON, Slot(SUNDAY, "am"))]
    for row in gone:
        rota.unassign(row.id, confirmed=ANYWAY)
    tab = tab_for(filled)
    tab.board.go_to(MORNING)
    for wanted in (AFTERNOON, Slot(SUNDAY, "am"), AFTERNOON):
        press(tab, Qt.Key.Key_F8)
        seat = tab.board.seat()
        assert tab.board.slot() == wanted and seat is not None and seat.kind == "gap"
    rota.undo()
    rota.undo()
    tab.refresh(None)
    press(tab, Qt.Key.Key_F8)
    press(tab, Qt.Key.Key_F8)
    assert any("没有缺岗" in text for text in notify.shown(tab))


# --- the month ---


def month_cell(tab: RotaTab, slot: Slot) -> MonthCell:
    return next(cell for cell in tab.month.cells() if cell.slot == slot)


def test_the_month_names_everybody_and_enter_opens_the_session(filled: Office, tab_for: TabFor, press: Press) -> None:
    tab = tab_for(filled)
    here = Slot(WEDNESDAY, "pm")
    tab.board.go_to(here)
    press(tab, Qt.Key.Key_M, CONTROL)
    assert tab.month.isVisible() and tab.month.hasFocus() and tab.month.slot() == here
    assert "2027年1月" in tab._header.subtitle()
    found = month_cell(tab, here)
    assert found.cell is not None and {s.text for s in found.cell.seats} == set(tab_names(filled, here))
    assert month_cell(tab, Slot(date(2027, 1, 29), "am")).cell is not None
    spoken = QAccessible.queryAccessibleInterface(tab.month)
    assert spoken.role() == QAccessible.Role.Table
    press(tab, Qt.Key.Key_Right)
    press(tab, Qt.Key.Key_Up)
    assert tab.month.slot() == Slot(WEDNESDAY + timedelta(days=2), "am")
    for _ in range(4):
        press(tab, Qt.Key.Key_Down)
    assert tab.month.slot() == Slot(WEDNESDAY + timedelta(days=16), "am")
    press(tab, Qt.Key.Key_Return)
    assert tab.board.isVisible() and tab.board.slot() == Slot(WEDNESDAY + timedelta(days=16), "am")
    assert "1月18–24日" in tab._header.subtitle()


def tab_names(office: Office, slot: Slot) -> list[str]:
    return [a.name for a in office.services.rota.week(slot.day).cells[slot].assignments]


def test_the_month_turns_and_shows_gaps_and_closures_in_words(director: Office, tab_for: TabFor, press: Press) -> None:
    with director.ctx.write(May.EDIT_CENTRE, "holiday") as act:
        act.tx.add(Holiday(stream="org", day=date(2027, 2, 10), name="春节", workday=False))
        act.tx.add(Holiday(stream="org", day=date(2027, 2, 20), name="春节", workday=True))
    tab = tab_for(director)
    press(tab, Qt.Key.Key_M, CONTROL)
    press(tab, Qt.Key.Key_PageDown)
    assert "2027年2月" in tab._header.subtitle()
    closed = month_cell(tab, Slot(date(2027, 2, 10), "am"))
    assert closed.cell is not None and closed.cell.closed == "春节" and "春节" in closed.says()
    assert month_cell(tab, Slot(date(2027, 2, 20), "am")).workday
    assert "缺 3" in month_cell(tab, Slot(date(2027, 2, 12), "am")).says()
    press(tab, Qt.Key.Key_F8)
    assert tab.month.slot() is not None
    press(tab, Qt.Key.Key_W, CONTROL)
    assert tab.board.isVisible()


def test_a_proposal_lies_over_the_month_too(director: Office, tab_for: TabFor, wait_jobs: Wait, press: Press) -> None:
    tab = tab_for(director)
    press(tab, Qt.Key.Key_M, CONTROL)
    propose(tab, wait_jobs)
    found = month_cell(tab, Slot(date(2027, 1, 20), "am"))
    assert found.cell is not None and [s.kind for s in found.cell.seats] == ["new"] * 3
    assert tab.proposals.proposal is not None and tab.proposals.proposal.last == date(2027, 1, 31)


# --- the filter ---


def test_typing_fades_everybody_else_and_escape_ends_it(filled: Office, tab_for: TabFor, press: Press) -> None:
    tab = tab_for(filled)
    name = tab_names(filled, MORNING)[0]
    number = filled.services.rota.week(MONDAY).cells[MORNING].assignments[0].number
    press(tab, Qt.Key.Key_F, CONTROL)
    assert tab.filters.search.hasFocus()
    for typed in (name, number.lower()):
        tab.filters.search.setText(typed)
        clear = {one.seat.text for one in tab.board.chips() if not one.seat.faded}
        assert clear == {name}, typed
    press(tab, Qt.Key.Key_Return)
    seat = tab.board.seat()
    assert seat is not None and seat.text == name, "Enter goes to whom it found"
    press(tab, Qt.Key.Key_Escape)
    assert not any(one.seat.faded for one in tab.board.chips()) and not tab.filters.isVisible()


def test_a_speciality_and_a_bar_filter_too(filled: Office, tab_for: TabFor, wait_jobs: Wait) -> None:
    tab = tab_for(filled)
    view = filled.services.rota.week(MONDAY)
    wanted = view.cells[MORNING].assignments[0].specialities[0]
    tab.begin_filter()
    wait_jobs()
    tab.filters.speciality.set_value(wanted)
    tab.filters.changed.emit()
    rows = [a for cell in view.cells.values() for a in cell.assignments]
    clear = {one.seat.text for one in tab.board.chips() if not one.seat.faded}
    assert clear == {a.name for a in rows if wanted in a.specialities}
    tab.filters.clear()
    bar = next(one for one in tab.loads.list.bars() if one.name == rows[0].name)
    tab.loads.chosen.emit(bar.number)
    assert {one.seat.text for one in tab.board.chips() if not one.seat.faded} == {bar.name}
    tab.loads.chosen.emit(bar.number)
    assert not any(one.seat.faded for one in tab.board.chips())


def test_another_centre_is_looked_at_and_not_touched(
    filled: Office, tab_for: TabFor, press: Press, wait_jobs: Wait
) -> None:
    guest = expert_id(filled, "E041")
    with filled.ctx.write(May.EDIT_CENTRE, "county") as act:
        county = Centre(id=new_id(act.tx), code="S2", name="莘县中心", address="", hotline="")
        act.tx.add(county)
        act.tx.flush()
        act.tx.add(DutyPattern(centre_id=county.id, weekday=0, half="am", needed=1))
        act.tx.add(
            Assignment(
                id=new_id(act.tx), stream="org", centre_id=county.id, day=MONDAY, half="am", staff_id=guest,
                state="published",
            )
        )  # fmt: skip
        centre_id = county.id
    tab = tab_for(filled)
    press(tab, Qt.Key.Key_F, CONTROL)
    assert tab.filters.centre.isVisible()
    tab.filters.centre.set_value(centre_id)
    tab.filters.changed.emit()
    wait_jobs()
    assert [one.seat.text for one in tab.board.chips()] == ["钟超轩"] and not tab.publish_button.isEnabled()
    tab.board.take_focus()
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_P, Qt.Key.Key_Return, Qt.Key.Key_F5):
        press(tab, key)
    assert tab.seats.menu_for(tab.board.chips()[0].seat).isEmpty() and tab.proposals.proposal is None
    press(tab, Qt.Key.Key_Escape)
    assert len(tab.board.chips()) == 30
    view = filled.services.rota.week(MONDAY, centre_id=centre_id)
    assert [a.name for cell in view.cells.values() for a in cell.assignments] == ["钟超轩"]


# --- evenness ---


def test_bars_count_all_weekends_or_holidays_and_say_how_far_from_the_mean(filled: Office, tab_for: TabFor) -> None:
    tab = tab_for(filled)
    loads = filled.services.rota.week(MONDAY).loads
    total = bars(loads, "duties")
    assert sum(bar.now for bar in total) == 30 and len(total) == 64
    mean = sum(bar.total for bar in total) / 64
    top = total[0]
    assert top.off == pytest.approx(top.total - mean)
    busy = replace(loads[0], duties=20)
    said = bars([busy, *loads[1:]], "duties")[0]
    assert said.off_words().startswith("多 ") and "比人均多" in said.says()
    tab.loads.kind._choose(1)
    assert sum(bar.now for bar in tab.loads.list.bars()) == 12
    tab.loads.kind._choose(2)
    assert sum(bar.now for bar in tab.loads.list.bars()) == 0


def test_the_bars_show_what_a_proposal_would_come_to(director: Office, tab_for: TabFor, wait_jobs: Wait) -> None:
    tab = tab_for(director)
    before = sum(bar.now for bar in tab.loads.list.bars())
    propose(tab, wait_jobs)
    assert sum(bar.now for bar in tab.loads.list.bars()) == before + 30
    tab.discard()
    assert sum(bar.now for bar in tab.loads.list.bars()) == before


def test_after_adopting_the_keyboard_is_on_the_board_again(
    director: Office, tab_for: TabFor, wait_jobs: Wait, press: Press
) -> None:
    tab = tab_for(director)
    tab.board.go_to(AFTERNOON)
    propose(tab, wait_jobs)
    assert tab.result.adopt_button is not None and tab.result.adopt_button.hasFocus()
    press(tab, Qt.Key.Key_Return)
    held = tab.window().focusWidget()
    assert isinstance(held, Chip) and held.seat.slot == AFTERNOON


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Right])
def test_from_a_proposal_s_answers_an_arrow_key_leads_to_the_board(
    director: Office, tab_for: TabFor, wait_jobs: Wait, press: Press, key: Qt.Key
) -> None:
    """And never to the answer that throws the proposal away."""
    tab = tab_for(director)
    propose(tab, wait_jobs)
    assert tab.result.adopt_button is not None and tab.result.adopt_button.hasFocus()
    press(tab, key)
    held = tab.window().focusWidget()
    assert isinstance(held, Chip) and held.seat.kind == "new"
    press(tab, Qt.Key.Key_Return)
    wait_jobs()
    assert tab.proposals.proposal is not None and len(tab.proposals.proposal.added) == 29
    assert not director.services.rota.week(MONDAY).empty


def test_holidays_of_the_whole_quarter_count(director: Office) -> None:
    """Seen from March too, when January is not on show."""
    with director.ctx.write(May.EDIT_CENTRE, "holiday") as act:
        act.tx.add(Holiday(stream="org", day=MONDAY, name="调休", workday=False, duty=True))
    made = assign(director, MORNING, "E041")
    for day in (MONDAY, date(2027, 3, 15)):
        load = next(x for x in director.services.rota.week(day).loads if x.staff_id == made.staff_id)
        assert (load.duties, load.holidays) == (1, 1)
    later = next(x for x in director.services.rota.week(date(2027, 4, 12)).loads if x.staff_id == made.staff_id)
    assert (later.holidays, later.last_holidays) == (0, 1)


# --- what a day has to say ---


def test_heads_flag_make_up_workdays_and_years_without_holidays(
    director: Office, tab_for: TabFor, wait_jobs: Wait
) -> None:
    tab = tab_for(director)
    assert "2027 年节假日尚未公布" in tab._header.subtitle()
    with director.ctx.write(May.EDIT_CENTRE, "holiday") as act:
        act.tx.add(Holiday(stream="org", day=date(2027, 1, 1), name="元旦", workday=False))
        act.tx.add(Holiday(stream="org", day=date(2027, 1, 9), name="元旦", workday=True))
        act.tx.add(
            DutyDay(
                stream="org", centre_id=director.who.centre_id, day=WEDNESDAY, half="am", needed=1, starts="09:00",
                ends="12:00", reason="家长课堂",
            )
        )  # fmt: skip
    tab.refresh(None)
    wait_jobs()
    assert "尚未公布" not in tab._header.subtitle()
    flags = [head._workday.isVisible() for head in tab.board._heads]
    assert flags == [False, False, False, True, False]
    cell = tab.board.cell(Slot(WEDNESDAY, "am"))
    assert cell is not None and cell.facts is not None and cell.facts.note == "09:00–12:00 · 家长课堂"
    assert any(label.isVisible() and "家长课堂" in label.text() for label in cell.findChildren(QLabel))


def test_a_whole_week_needs_no_scrolling_at_the_smallest_screen(
    director: Office, tab_for: TabFor, wait_jobs: Wait
) -> None:
    """Three experts and an absence, a gap with its reasons and a warning in each session."""
    rota = director.services.rota
    rota.adopt(rota.propose(MONDAY, SUNDAY))
    for cell in rota.week(MONDAY).cells.values():
        rota.mark_absent(cell.assignments[0].staff_id, cell.slot.day, cell.slot.half)
    tab = tab_for(director)
    tab.resize(1366 - 148 - 32, 768 - 52 - 32)
    QApplication.sendPostedEvents()
    area = tab._stack.widget(0)
    assert tab.board.minimumSizeHint().height() <= area.height()  # type: ignore[union-attr]
    assert tab.board.sizeHint().height() <= area.height()  # type: ignore[union-attr]


def test_many_gaps_scroll_in_their_card_and_never_push_the_board_off_the_screen(
    director: Office, tab_for: TabFor, wait_jobs: Wait, qtbot: QtBot, press: Press
) -> None:
    with director.ctx.write(May.EDIT_STAFF, "few") as act:
        for person in act.tx.execute(select(Staff).where(Staff.number > "E008")).scalars():
            person.expert = False
    tab = tab_for(director)
    padded = QWidget()
    column(tab, parent=padded, margins=(16, 16, 16, 16))
    frame = scrolling(padded)
    qtbot.addWidget(frame)
    frame.resize(1366 - 148, 768 - 52)
    frame.show()
    qtbot.waitExposed(frame)
    propose(tab, wait_jobs)
    assert tab.proposals.proposal is not None and len(tab.proposals.proposal.gaps) > 6
    qtbot.waitUntil(lambda: tab.result.isVisible() and tab.result.height() > 100)
    QApplication.sendPostedEvents()
    assert padded.height() == frame.viewport().height()
    frame.takeWidget()


def test_nothing_is_left_waiting(director: Office, tab_for: TabFor) -> None:
    tab_for(director)
    assert jobs.idle()
