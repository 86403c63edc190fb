"""谁有空 at the keyboard: typed, answered, copied; assigned by whoever arranges the rota."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Office
from app.rota.rules import Slot
from tests.gui.test_rota_absence import Keys, sheets
from tests.services.conftest import Bench
from tests.services.conftest import bench as bench
from tests.services.conftest import template as template
from tests.services.rota_centre import MONDAY
from tests.services.test_rota_absence import put
from tests.services.test_rota_free import SATURDAY
from tests.services.test_rota_free import county as county
from tests.services.test_rota_free import director as director
from ui import notify
from ui.desk import Desk
from ui.rota.free import FreeSheet, open_free

Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]


@pytest.fixture
def keys(qtbot: QtBot) -> Keys:
    return Keys(qtbot)


@pytest.fixture
def opened(bench: Bench, shown: Show, wait_jobs: Wait) -> Callable[..., FreeSheet]:
    hosts: list[QWidget] = []

    def make(office: Office, on_assign: Callable[[Slot, str], object] | None = None) -> FreeSheet:
        host = shown(QWidget())
        hosts.append(host)
        desk = Desk(office.services, office.who, clock=bench.clock)
        desk.setParent(host)
        open_free(desk, host, on_assign)
        wait_jobs()
        (found,) = sheets(FreeSheet)
        assert isinstance(found, FreeSheet)
        found.activateWindow()
        return found

    return make


Open = Callable[..., FreeSheet]


def test_the_question_of_the_telephone_is_typed_and_the_answer_copied(
    bench: Bench, director: Office, county: str, opened: Open, keys: Keys, qtbot: QtBot, wait_jobs: Wait
) -> None:
    sheet = opened(bench.sign("desk"))
    assert sheet.line.hasFocus()
    sheet.line.setText("周六 女 厌学 茌平")  # as an input method commits it
    wait_jobs()
    assert (sheet.sex.value(), sheet.day.value(), sheet.centre.value()) == ("female", "5", county)
    assert sheet.speciality.value() == "学业压力"
    row = sheet.list.rows()[0]
    assert row.title == "孔令仪" and row.trailing == "13806350001" and "茌平" in row.note
    assert not sheet.take_button.isVisible()
    keys.press(Qt.Key.Key_Return)
    copied = QGuiApplication.clipboard().text()
    assert "孔令仪" in copied and "13806350001" in copied and "周六上午" in copied
    assert any("已复制" in text for text in notify.shown(sheet))


def test_a_field_narrows_what_was_typed_and_unknown_words_are_named(
    bench: Bench, director: Office, county: str, opened: Open, qtbot: QtBot, wait_jobs: Wait
) -> None:
    put(director, "E041", SATURDAY, "am")
    sheet = opened(bench.sign("desk"))
    sheet.line.setText("周六 啊啊 嗯嗯")  # as an input method commits it
    wait_jobs()
    assert "啊啊" in sheet._note.text() and {row.badge for row in sheet.list.rows()} == {"在班有空", "可加请"}
    sheet.centre.set_value(bench.sign("desk").who.centre_id)
    sheet.centre.chosen.emit(sheet.centre.value())
    wait_jobs()
    assert all(one.own_centre for one in sheet._answer.found) and sheet.query.weekdays == (5,)


def test_who_arranges_the_rota_puts_an_extra_expert_on_with_enter(
    bench: Bench, director: Office, opened: Open, keys: Keys, qtbot: QtBot, wait_jobs: Wait
) -> None:
    taken: list[tuple[Slot, str]] = []
    sheet = opened(director, lambda slot, staff_id: taken.append((slot, staff_id)))
    sheet.line.setText("今天 zcx")  # as an input method commits it
    wait_jobs()
    (row,) = sheet.list.rows()
    assert row.title == "钟超轩" and sheet.take_button.isVisible()
    keys.press(Qt.Key.Key_Return)
    keys.until(lambda: not sheets(FreeSheet))
    assert [(slot.day, who) for slot, who in taken] == [(MONDAY, row.key.split("-")[0])]


def test_arrows_walk_the_answer_from_the_line(
    bench: Bench, director: Office, opened: Open, keys: Keys, wait_jobs: Wait
) -> None:
    sheet = opened(bench.sign("desk"))
    rows = sheet.list.rows()
    assert len(rows) > 2
    keys.press(Qt.Key.Key_Down)
    assert sheet.line.hasFocus() and sheet.list.key() == rows[1].key
    keys.press(Qt.Key.Key_Escape)
    keys.until(lambda: not sheets(FreeSheet))
