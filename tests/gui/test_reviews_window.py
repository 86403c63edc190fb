"""待核对 by keyboard, on two real PCs that wrote without knowing of each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.bootstrap import Office
from app.cases.risk_rules import RiskLevel
from app.people.clients import NewClient, create_client
from app.security.permissions import May
from app.sync.views import ReviewView, SideView
from db.models import Client
from tests.gui.two_windows import AtPc, at_pc
from tests.services.casework import begin
from tests.services.conftest import NOON, Bench, template
from tests.services.two_pcs import TwoPcs, pcs, pcs_template
from ui import notify
from ui.reviews.tab import ReviewsTab
from ui.reviews.words import differing, review_row, written_words
from ui.shell import Shell

__all__ = ["at_pc", "pcs", "pcs_template", "template"]

Wait = Callable[[], None]


def new_client(office: Office, name: str) -> str:
    with office.ctx.write(May.EDIT_CLIENTS, "test") as act:
        new = NewClient(name, birth_date=date(2013, 3, 5), safe_times="18:00 以后")
        return create_client(act.tx, new, date(2026, 11, 23)).id


def write(office: Office, client_id: str, **values: object) -> None:
    with office.ctx.write(May.EDIT_CLIENTS, "client.edited") as act:
        row = act.tx.get_one(Client, client_id)
        for name, value in values.items():
            setattr(row, name, value)
        act.on(client_id)


def disagree(pcs: TwoPcs, *names: str, known: bool = True) -> list[str]:
    """Clients whose safe contact two receptionists wrote down differently. `known`: PC A has synchronised since."""
    here, there = pcs.sign(pcs.desk, "desk"), pcs.sign(pcs.room2, "desk")
    ids = [new_client(here, name) for name in names]
    exchange(pcs)
    for client_id in ids:
        write(here, client_id, safe_times="周末")
        write(there, client_id, safe_times="20:00 以后", emergency_name="李女士")
    pcs.sync(pcs.room2, "desk")
    if known:
        exchange(pcs)
    return ids


def exchange(pcs: TwoPcs) -> None:
    for folder in (pcs.desk, pcs.room2, pcs.desk):
        pcs.sync(folder, "desk")


def press(key: Qt.Key) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, key)


def tab_of(shell: Shell, wait_jobs: Wait) -> ReviewsTab:
    wait_jobs()
    shell.rail._buttons["reviews"].click()
    wait_jobs()
    tab = shell.tab("reviews")
    assert isinstance(tab, ReviewsTab)
    return tab


def test_the_rail_has_it_only_while_something_waits(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait) -> None:
    shell = at_pc(pcs.desk, "desk")
    assert shell.rail.keys()[-2:] == ["referrals", "settings"]
    number = [spec.key for spec in shell._specs if not spec.only_waiting].index("settings") + 1
    disagree(pcs, "王子琪", known=False)
    shell.syncing.run("person")
    wait_jobs()
    assert shell.rail.keys()[-2:] == ["reviews", "settings"] and shell.rail.count("reviews") == 1
    QTest.keyClick(shell, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
    assert shell.current() == "settings", "the other tabs keep their keys"
    tab = tab_of(shell, wait_jobs)
    tab.decide(1)
    wait_jobs()
    assert tab.pages.currentWidget() is tab._empty and "没有待核对的内容" in _read(tab)
    shell.open("today")
    assert shell.rail.keys()[-2:] == ["referrals", "settings"]


def test_both_versions_stand_beside_each_other_and_what_differs_is_said_in_a_word(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait
) -> None:
    disagree(pcs, "王子琪")
    tab = tab_of(at_pc(pcs.desk, "desk"), wait_jobs)
    assert tab.list.rows()[0].title.startswith("王子琪")
    first, second = tab.sides
    assert sorted(first.marked) == sorted(second.marked) and len(first.marked) == 2
    assert (first.side.shows, second.side.shows) == (True, False)
    values = [dict(side.side.fields) for side in tab.sides]
    assert {"周末", "20:00 以后"} == {value for side in values for value in side.values()} & {"周末", "20:00 以后"}
    assert "前台一" in first.accessibleName() and "2026-11-" in first.accessibleName()


@pytest.mark.parametrize("key", [Qt.Key.Key_1, Qt.Key.Key_2])
def test_one_key_decides_and_the_other_pc_follows(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait, key: Qt.Key) -> None:
    (client_id,) = disagree(pcs, "王子琪")
    shell = at_pc(pcs.desk, "desk")
    tab = tab_of(shell, wait_jobs)
    chosen = dict(tab.sides[0 if key == Qt.Key.Key_1 else 1].side.fields)
    assert tab.list.hasFocus()
    press(key)
    wait_jobs()
    (said,) = notify.shown(shell)
    assert said.startswith("王子琪") and ("版本 1" in said) == (key == Qt.Key.Key_1)
    exchange(pcs)
    for folder in (pcs.desk, pcs.room2):
        office = pcs.sign(folder, "desk")
        with office.ctx.db.read() as tx:
            assert tx.get_one(Client, client_id).safe_times in chosen.values()
        assert office.services.reviews.count() == 0


def test_arrows_move_and_after_a_decision_the_next_one_is_there(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait) -> None:
    disagree(pcs, "王子琪", "李雨桐", "周一鸣")
    tab = tab_of(at_pc(pcs.desk, "desk"), wait_jobs)
    titles = [row.title for row in tab.list.rows()]
    press(Qt.Key.Key_Down)
    view = tab.chosen()
    assert view is not None and view.subject == titles[1]
    press(Qt.Key.Key_2)
    press(Qt.Key.Key_2)  # twice in a hurry: the next one is not decided unseen
    wait_jobs()
    assert [row.title for row in tab.list.rows()] == [titles[0], titles[2]]
    view = tab.chosen()
    assert view is not None and view.subject == titles[2] and tab.list.hasFocus()
    press(Qt.Key.Key_Up)
    view = tab.chosen()
    assert view is not None and view.subject == titles[0]


def test_a_telephone_typed_into_the_search_box_decides_nothing(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait, qtbot: QtBot
) -> None:
    disagree(pcs, "王子琪")
    shell = at_pc(pcs.desk, "desk")
    tab = tab_of(shell, wait_jobs)
    assert shell._search is not None
    shell._search.setFocus()
    qtbot.keyClicks(shell._search, "0121")
    wait_jobs()
    assert shell._search.text() == "0121" and len(tab.list.rows()) == 1 and notify.shown(shell) == []


def test_enter_opens_the_client(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait) -> None:
    (client_id,) = disagree(pcs, "王子琪")
    shell = at_pc(pcs.desk, "desk")
    tab_of(shell, wait_jobs)
    press(Qt.Key.Key_Return)
    wait_jobs()
    assert shell.current() == "intake"
    form = getattr(shell.tab("intake"), "form", None)
    assert form is not None and form.fields.client_id() == client_id


def test_what_was_decided_elsewhere_meanwhile_is_said_and_goes(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait) -> None:
    disagree(pcs, "王子琪")
    shell = at_pc(pcs.desk, "desk")
    tab = tab_of(shell, wait_jobs)
    view = tab.chosen()
    assert view is not None
    pcs.sign(pcs.desk, "desk").services.reviews.decide(view.id, view.sides[0].key)
    press(Qt.Key.Key_1)
    wait_jobs()
    assert len(notify.shown(shell)) == 1 and tab.list.rows() == []


def test_a_risk_is_decided_in_the_case_by_who_holds_it(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait, qtbot: QtBot) -> None:
    here, there = pcs.sign(pcs.desk, "psych"), pcs.sign(pcs.room2, "psych")
    case_id = begin(Bench(pcs.desk, pcs.clock, lambda login: pcs.sign(pcs.desk, login))).case_id
    exchange(pcs)
    here.services.risk.record(case_id, RiskLevel.FOCUS, "想过伤害自己。")
    there.services.risk.record(case_id, RiskLevel.URGENT, "有计划。")
    exchange(pcs)
    shell = at_pc(pcs.desk, "psych")
    tab = tab_of(shell, wait_jobs)
    view = tab.chosen()
    assert view is not None and view.kind == "risk" and tab.list.rows()[0].badge == "风险等级"
    assert "紧急" in _read(tab) and "重点关注" in _read(tab) and "想过伤害" not in _read(tab)
    assert all(side.choose is None for side in tab.sides)
    press(Qt.Key.Key_1)
    wait_jobs()
    assert len(tab.list.rows()) == 1 and tab.way.isVisible() and tab.way.text() == "打开个案"
    press(Qt.Key.Key_Return)
    wait_jobs()
    assert shell.current() == "notes"


def test_the_words_of_every_kind() -> None:
    side = SideView("a", (("电话", "1"), ("地址", "x")), "前台一 · 电脑 A", NOON, True)
    other = SideView("b", (("电话", "2"), ("地址", "x"), ("备注", "")), "", None, False)
    view = ReviewView("1", "edit", "王子琪", "联系方式", (side, other), NOON - timedelta(hours=3))
    assert differing(view) == {"电话", "备注"}
    assert written_words(side) == "前台一 · 电脑 A · 2026-11-23 10:42" and written_words(other) == ""
    said = {}
    for kind in ("edit", "risk", "booking", "orphan", "number"):
        row = review_row(ReviewView("1", kind, "王子琪", "联系方式", (), NOON - timedelta(hours=3)), NOON)
        assert row.badge and row.badge_icon and row.second == "3 小时前 · 联系方式" and row.badge in row.says()
        said[kind] = row.badge
    assert len(set(said.values())) == 5


def _read(tab: ReviewsTab) -> str:
    return "\n".join(label.text() for label in tab.findChildren(QLabel) if label.isVisible())
