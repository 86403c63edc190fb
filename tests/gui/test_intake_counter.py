"""At the counter: safety questions answered later, the waiting room's screen, a name only while a key is held."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Office
from app.cases.dropbox import open_drops
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient
from tests.services.conftest import Bench
from ui import notify
from ui.desk import Desk
from ui.intake.safety_sheet import SafetySheet
from ui.intake.tab import IntakeTab

Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]


@pytest.fixture
def tab_for(bench: Bench, shown: Show, wait_jobs: Wait) -> Callable[[Office], IntakeTab]:
    def make(office: Office) -> IntakeTab:
        desk = Desk(office.services, office.who, clock=bench.clock)
        tab = IntakeTab(desk)
        desk.setParent(tab)
        desk.bus.changed.connect(lambda topics, _who: tab.refresh(topics))
        shown(tab)
        tab.refresh(None)
        wait_jobs()
        return tab

    return make


@pytest.fixture
def waiting(bench: Bench) -> list[str]:
    """王子琪 and a boy wait, A01 and A02."""
    register = bench.sign("desk").services.intake.register
    return [register([PersonArriving(NewClient(name))]).value.visits[0].visit_id for name in ("王子琪", "李明")]


def test_a_yes_on_the_card_is_entered_with_keys_and_goes_on_top(
    bench: Bench, tab_for: Callable[[Office], IntakeTab], waiting: list[str], qtbot: QtBot, wait_jobs: Wait
) -> None:
    tab = tab_for(bench.sign("desk"))
    tab.queue.list.setFocus()
    tab.queue.list.choose(waiting[1])
    qtbot.keyClick(tab.queue.list, Qt.Key.Key_S)
    sheet = tab.findChild(SafetySheet)
    assert sheet is not None
    questions = sheet.questions.questions
    qtbot.keyClick(questions[0], Qt.Key.Key_3)
    qtbot.keyClick(questions[1], Qt.Key.Key_2)
    qtbot.keyClicks(sheet.words, "last night")
    sheet.keep()
    wait_jobs()
    rows = tab.queue.list.rows()
    assert [row.lead for row in rows] == ["A02", "A01"]
    assert rows[0].tone == "urgent" and rows[0].badge_icon == "triangle-alert"
    psych = bench.sign("psych").ctx
    with psych.db.read() as tx:
        assert open_drops(tx, psych, waiting[1]) == [{"safety": "last night"}]


def test_the_waiting_room_sees_numbers_and_rooms_and_no_name(
    bench: Bench, tab_for: Callable[[Office], IntakeTab], waiting: list[str], wait_jobs: Wait
) -> None:
    desk = bench.sign("desk")
    tab = tab_for(desk)
    tab.open_call_screen()
    wait_jobs()
    screen = tab.call_screen
    assert screen is not None and "A01" in screen.text() and "A02" in screen.text()
    room = desk.services.centre.rooms()
    psych = bench.sign("psych").services
    psych.queue.call(waiting[0], room[0].id if room else None)
    tab.refresh(None)
    wait_jobs()
    assert screen.text().splitlines()[0].count("A01") == 1 and "王子琪" not in screen.text()
    assert screen.text().splitlines()[-1].count("A02") == 1
    screen.close()


def test_a_name_is_seen_only_while_the_key_is_held_and_the_window_is_in_front(
    bench: Bench, tab_for: Callable[[Office], IntakeTab], waiting: list[str], qtbot: QtBot, wait_jobs: Wait, shown: Show
) -> None:
    tab = tab_for(bench.sign("desk"))
    tab.queue.list.setFocus()
    tab.queue.list.choose(waiting[0])

    def titles() -> list[str]:
        return [row.title for row in tab.queue.list.rows()]

    qtbot.keyPress(tab.queue.list, Qt.Key.Key_F8)
    wait_jobs()
    assert "王子琪" in titles()
    qtbot.keyRelease(tab.queue.list, Qt.Key.Key_F8)
    assert "王子琪" not in titles()
    qtbot.keyPress(tab.queue.list, Qt.Key.Key_F8)
    wait_jobs()
    assert "王子琪" in titles()
    other = shown(QWidget())
    qtbot.waitUntil(lambda: not tab.isActiveWindow())
    assert "王子琪" not in titles() and other.isVisible()


def test_the_key_pressed_on_an_old_picture_of_the_queue_does_not_skip_a_step(
    bench: Bench, tab_for: Callable[[Office], IntakeTab], waiting: list[str], qtbot: QtBot, wait_jobs: Wait
) -> None:
    tab = tab_for(bench.sign("desk"))
    tab.queue.list.setFocus()
    tab.queue.list.choose(waiting[0])
    bench.sign("psych").services.queue.call(waiting[0])
    qtbot.keyClick(tab.queue.list, Qt.Key.Key_Space)
    wait_jobs()
    assert any("A01" in text for text in notify.shown(tab))
    assert bench.sign("desk").services.queue.view().entries[0].status == "called"
    entry = tab.queue.entry()
    assert entry is not None and entry.status == "called"
