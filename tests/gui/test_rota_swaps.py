"""Swaps at the keyboard: asked for, answered by one key, recorded by the desk, decided by the planner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Office
from app.rota.views import AssignmentView
from tests.gui.test_rota_absence import Keys, sheets
from tests.services.conftest import Bench
from tests.services.conftest import bench as bench
from tests.services.conftest import template as template
from tests.services.rota_centre import MONDAY, expert_id
from tests.services.test_rota_absence import put
from tests.services.test_rota_swaps import director as director
from tests.services.test_rota_swaps import duty as duty
from tests.services.test_rota_swaps import seat
from ui import ask, notify
from ui.desk import Desk
from ui.rota.swap_ask import AskSheet, DutiesSheet
from ui.rota.swaps import SwapsSheet, open_swaps

Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def keys(qtbot: QtBot) -> Keys:
    return Keys(qtbot)


@pytest.fixture
def opened(bench: Bench, shown: Show, wait_jobs: Wait) -> Callable[..., QWidget]:
    hosts: list[QWidget] = []

    def make(office: Office, assignment_id: str | None = None) -> QWidget:
        host = shown(QWidget())
        hosts.append(host)
        desk = Desk(office.services, office.who, clock=bench.clock)
        desk.setParent(host)
        open_swaps(desk, host, assignment_id)
        wait_jobs()
        (found,) = sheets(SwapsSheet if assignment_id is None else AskSheet)
        found.activateWindow()
        return found

    return make


Open = Callable[..., QWidget]


def test_she_asks_from_her_own_duties_and_the_other_agrees_with_one_key(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys, qtbot: QtBot, wait_jobs: Wait
) -> None:
    sheet = opened(bench.sign("psych"))
    assert isinstance(sheet, SwapsSheet) and not sheet.list.rows()
    keys.press(Qt.Key.Key_N)
    keys.until(lambda: sheets(DutiesSheet))
    keys.press(Qt.Key.Key_Return)
    keys.until(lambda: sheets(AskSheet))
    (asking,) = sheets(AskSheet)
    assert isinstance(asking, AskSheet)
    asking.activateWindow()
    keys.until(lambda: asking.list.rows())
    qtbot.keyClicks(asking.search, "yuchilan")
    assert [row.title for row in asking.list.rows()] == ["尉迟兰"]
    keys.press(Qt.Key.Key_Return)
    keys.until(lambda: not sheets(AskSheet) and len(sheet.list.rows()) == 1)
    assert not sheet.yes_button.isVisible() and sheet.back_button.isVisible()
    sheet.reject()
    other = opened(bench.sign("psych2"))
    assert isinstance(other, SwapsSheet)
    (row,) = other.list.rows()
    assert row.badge == "等我答复" and "单明霞" in row.title and other.yes_button.isVisible()
    keys.press(Qt.Key.Key_1)
    keys.until(lambda: other.list.rows()[0].badge == "已换班")
    assert [one[0] for one in seat(director, duty)] == ["P002"]
    assert any("尉迟兰" in text for text in notify.shown(other))
    assert "本人答复" in other.list.rows()[0].second


def test_two_declines(bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys) -> None:
    bench.sign("psych").services.swaps.ask(duty.id, bench.sign("psych2").who.staff_id)
    sheet = opened(bench.sign("psych2"))
    assert isinstance(sheet, SwapsSheet)
    keys.press(Qt.Key.Key_2)
    keys.until(lambda: sheet.list.rows()[0].badge == "不同意" or sheet.list.rows()[0].faded)
    assert [one[0] for one in seat(director, duty)] == ["P001"]
    assert not sheet.yes_button.isVisible()


def test_the_desk_records_what_was_said_and_cannot_decide(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys
) -> None:
    desk = bench.sign("desk")
    desk.services.swaps.ask(duty.id, bench.sign("psych2").who.staff_id)
    sheet = opened(desk)
    assert isinstance(sheet, SwapsSheet)
    assert "电话" in sheet.yes_button.text() and not sheet.over_button.isVisible() and not sheet.ask_button.isVisible()
    keys.press(Qt.Key.Key_1)
    keys.until(lambda: sheet.list.rows()[0].badge == "已换班")
    assert "前台一" in sheet.list.rows()[0].second


def test_the_planner_decides_and_the_rule_is_asked_first(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys
) -> None:
    away = expert_id(director, "E001")
    anyway = frozenset({"against-rule"})
    director.services.swaps.ask(duty.id, away, confirmed=anyway)
    sheet = opened(director)
    assert isinstance(sheet, SwapsSheet) and sheet.over_button.isVisible()
    with ask.scripted(True) as questions:
        keys.press(Qt.Key.Key_3)
        keys.until(lambda: sheet.list.rows()[0].badge == "已换班")
    assert "林诺芳" in questions[0]
    assert [one[0] for one in seat(director, duty)] == ["E001"]


def test_an_exchange_is_chosen_and_delete_takes_a_request_back(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys, qtbot: QtBot, wait_jobs: Wait
) -> None:
    back = put(director, "P002", FRIDAY, "pm")
    psych = bench.sign("psych")
    asking = opened(psych, duty.id)
    assert isinstance(asking, AskSheet)
    qtbot.keyClicks(asking.search, "P002")
    assert asking.back.count() == 2
    keys.press(Qt.Key.Key_Tab)
    keys.press(Qt.Key.Key_Tab)
    keys.press(Qt.Key.Key_Down)
    assert asking.back.value() == back.id
    asking.ask()
    keys.until(lambda: not sheets(AskSheet))
    sheet = opened(psych)
    assert isinstance(sheet, SwapsSheet)
    assert "1月8日 周五下午" in sheet.list.rows()[0].detail
    keys.press(Qt.Key.Key_Delete)
    keys.until(lambda: sheet.list.rows()[0].badge == "已撤回")


def test_who_must_never_is_shown_with_the_reason_and_not_asked(
    bench: Bench, director: Office, duty: AssignmentView, opened: Open, keys: Keys, qtbot: QtBot, wait_jobs: Wait
) -> None:
    asking = opened(bench.sign("psych"), duty.id)
    assert isinstance(asking, AskSheet)
    qtbot.keyClicks(asking.search, "E023")
    (row,) = asking.list.rows()
    assert "无犯罪记录证明" in row.second and row.tone == "urgent"
    keys.press(Qt.Key.Key_Return)
    wait_jobs()
    assert any("无犯罪记录证明" in text for text in notify.shown(asking))
    assert bench.sign("psych2").services.swaps.requests() == ()
