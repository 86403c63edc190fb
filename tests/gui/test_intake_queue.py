"""The live queue by keyboard: order in words, one key on, one key back, no name; the counsellor's own way with it."""

# ruff: noqa: F811
from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.common.words import tr
from app.intake.arrivals import PersonArriving
from tests.gui.intake_front import (  # noqa: F401
    BOY,
    GIRL,
    Open,
    arrive,
    focused,
    open_intake,
    rooms,
)
from tests.services.conftest import Bench
from ui import notify
from ui.intake.count import count
from ui.widgets.choice import Choice


def test_one_key_between_form_and_queue(bench: Bench, open_intake: Open) -> None:
    arrive(bench, PersonArriving(GIRL))
    front = open_intake()
    front.press(Qt.Key.Key_F6, Qt.Key.Key_Space)
    front.wait()
    assert front.entries[0].status == "called"
    front.press(Qt.Key.Key_F6)
    front.type("li")
    assert front.form.fields.name.text() == "li"


def test_large_letters_show_one_side_at_a_time(bench: Bench, open_intake: Open) -> None:
    front = open_intake()
    assert front.form.isVisible() and front.tab.queue.isVisible()
    front.tab.resize(700, 716)
    assert front.form.isVisible() and not front.tab.queue.isVisible()
    front.press(Qt.Key.Key_F6)
    assert front.tab.queue.isVisible() and not front.form.isVisible()
    front.tab.resize(1218, 716)
    assert front.form.isVisible() and front.tab.queue.isVisible()


def test_a_yes_goes_on_top_in_words(bench: Bench, open_intake: Open) -> None:
    arrive(bench, PersonArriving(GIRL))
    front = open_intake()
    front.type("李小雨")
    front.go(front.form.fields.safety.questions[2])
    front.press(Qt.Key.Key_Space, Qt.Key.Key_Space)
    front.register()
    top, below = front.tab.queue.list.rows()
    assert (top.lead, top.badge, top.tone) == ("A02", tr("Priority"), "urgent")
    assert (below.lead, below.badge) == ("A01", tr("Waiting"))
    assert tr("safety not asked") in below.second


def test_no_name_is_in_the_queue_until_the_key_is_held(bench: Bench, open_intake: Open) -> None:
    arrive(bench, PersonArriving(GIRL))
    front = open_intake()
    rows = front.tab.queue.list.rows
    assert "王子琪" not in repr(rows())
    QTest.keyPress(focused(), Qt.Key.Key_F8)
    front.wait()
    assert rows()[0].title == "王子琪"
    QTest.keyRelease(focused(), Qt.Key.Key_F8)
    assert "王子琪" not in repr(rows())


def test_space_goes_on_and_ctrl_z_comes_back(bench: Bench, open_intake: Open) -> None:
    arrive(bench, PersonArriving(GIRL))
    front = open_intake()
    front.tab.queue.list.setFocus()
    seen = []
    for _ in range(3):
        front.press(Qt.Key.Key_Space)
        front.wait()
        seen += [entry.status for entry in front.entries] or ["none"]
    assert seen == ["called", "in_session", "none"]
    assert front.bench.sign("desk").services.queue.view().done == 1
    front.tab.queue.undo_button.click()
    front.wait()
    assert front.entries[0].status == "in_session"
    front.tab.queue.list.setFocus()
    front.press(Qt.Key.Key_Z, control=True)
    front.wait()
    assert front.entries[0].status == "called"


def test_ctrl_z_in_the_form_takes_back_typing_not_the_queue(bench: Bench, open_intake: Open) -> None:
    (visit,) = arrive(bench, PersonArriving(GIRL))
    bench.sign("desk").services.queue.call(visit)
    front = open_intake()
    front.type("li")
    front.press(Qt.Key.Key_Z, control=True)
    front.wait()
    assert front.entries[0].status == "called"


def test_left_can_be_undone_from_the_message(bench: Bench, open_intake: Open) -> None:
    arrive(bench, PersonArriving(GIRL), PersonArriving(BOY))
    front = open_intake()
    front.tab.queue.list.setFocus()
    front.press(Qt.Key.Key_Delete)
    front.wait()
    assert [entry.ticket for entry in front.entries] == ["A02"]
    assert notify.shown(front.tab) == [tr("{ticket} has left.", ticket="A01")]


def test_waits_grow_by_themselves(bench: Bench, open_intake: Open, qtbot: QtBot) -> None:
    arrive(bench, PersonArriving(GIRL))
    front = open_intake()
    assert front.tab.queue.list.rows()[0].trailing == tr("{n} min", n="00")
    bench.clock.at += timedelta(minutes=7)
    front.tab.ticker.timeout.emit()
    front.wait()
    assert front.tab.queue.list.rows()[0].trailing == tr("{n} min", n="07")
    assert front.tab.ticker.interval() == 30_000 and front.tab.ticker.isActive()


def test_the_rail_counts_who_waits(bench: Bench, open_intake: Open) -> None:
    arrive(bench, PersonArriving(GIRL), PersonArriving(BOY))
    (first, _second) = (entry.visit_id for entry in bench.sign("desk").services.queue.view().entries)
    services = bench.sign("desk").services
    assert count(services) == 2
    services.queue.start(first)
    assert count(services) == 1


def test_a_counsellor_calls_to_her_room_which_is_remembered(bench: Bench, open_intake: Open) -> None:
    rooms(bench)
    arrive(bench, PersonArriving(GIRL))
    front = open_intake("psych")
    room = front.tab.room
    assert front.tab.form is None and isinstance(room, Choice)
    room.set_value(None)
    front.tab.queue.list.setFocus()
    front.press(Qt.Key.Key_Space)
    front.wait()
    assert notify.shown(front.tab) == [tr("Choose your room first.")] and focused() is room
    front.press(Qt.Key.Key_Down, Qt.Key.Key_Down)
    chosen = room.currentText()
    front.tab.step_button.click()
    front.wait()
    (entry,) = front.entries
    assert (entry.status, entry.room_name, entry.staff_name) == ("called", chosen, "单明霞")
    assert open_intake("psych").tab.room.currentText() == chosen  # type: ignore[union-attr]


def test_a_counsellor_opens_the_case_of_the_chosen_visit(bench: Bench, open_intake: Open) -> None:
    (visit,) = arrive(bench, PersonArriving(GIRL))
    front = open_intake("psych")
    front.press(Qt.Key.Key_Return)
    assert front.window.opened == [("notes", {"visit_id": visit})]


def test_two_who_call_at_once_are_told(bench: Bench, open_intake: Open) -> None:
    rooms(bench)
    (visit,) = arrive(bench, PersonArriving(GIRL))
    front = open_intake("psych")
    assert front.tab.room is not None
    front.tab.room.setCurrentIndex(0)
    bench.sign("psych2").services.queue.call(visit)
    front.tab.queue.list.setFocus()
    front.press(Qt.Key.Key_Space)
    front.wait()
    assert "尉迟兰" in notify.shown(front.tab)[0]
    assert front.entries[0].staff_name == "尉迟兰"
