"""Synchronisation in the window, on two real PCs: by itself, by hand, at night; and it disturbs nobody who types."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QTextCursor
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.cases.risk_rules import RiskLevel
from app.common.clock import at_centre
from app.sync.courier import run_courier
from app.sync.service import SyncService
from tests.gui.two_windows import AtPc, at_pc
from tests.services.casework import begin
from tests.services.conftest import NOON, Bench, template
from tests.services.two_pcs import TwoPcs, pcs, pcs_template
from ui import ask, notify
from ui.intake.tab import IntakeTab
from ui.sessions.tab import NotesTab
from ui.settings.backup import BackupCard
from ui.settings.checkup import CheckupCard
from ui.settings.pcs import PcsCard
from ui.settings.sync import SyncCard
from ui.settings.tab import SettingsTab
from ui.shell import Shell
from ui.sync.history import HistoryCard
from ui.today.tab import TodayTab
from ui.widgets.list_row import ListRow

__all__ = ["at_pc", "pcs", "pcs_template", "template"]

Wait = Callable[[], None]
TAB_KEY = Qt.FocusPolicy.TabFocus


def runs(shell: Shell) -> list[str]:
    """Who asked for each run, the newest first."""
    return [run.by for run in shell.office.services.sync.history()]


def settings(shell: Shell, wait_jobs: Wait) -> SettingsTab:
    shell.top.sync.click()
    wait_jobs()
    tab = shell.tab("settings")
    assert isinstance(tab, SettingsTab)
    return tab


def test_the_first_run_comes_with_the_sign_in_and_the_top_bar_says_so(pcs: TwoPcs, at_pc: AtPc) -> None:
    shell = at_pc(pcs.desk, "desk")
    assert runs(shell)[0] == "interval"
    assert shell.top.sync.text() == "10:42 已同步" and "都已发出" in shell.top.sync.accessibleName()
    assert notify.shown(shell) == []


def test_at_the_interval_and_once_a_night_also_while_locked(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait) -> None:
    shell = at_pc(pcs.desk, "desk")
    syncing, before = shell.syncing, len(runs(shell))
    shell.office.services.sync.set_interval(60)
    syncing.load()
    wait_jobs()
    pcs.clock.at = NOON + timedelta(seconds=59)
    syncing.tick()
    wait_jobs()
    assert len(runs(shell)) == before and not syncing.running
    pcs.clock.at = NOON + timedelta(seconds=60)
    syncing.tick()
    assert syncing.running and not syncing.run("person")
    assert shell.top.sync.text() == "10:42 已同步", "a short run does not flicker"
    syncing.tick()
    assert shell.top.sync.text() == "正在同步…"
    wait_jobs()
    shell.office.services.sync.set_interval(None)
    syncing.load()
    shell.lock()
    wait_jobs()
    assert shell.office.who.locked
    for hour, minute in ((1, 59), (2, 0), (3, 30)):
        pcs.clock.at = at_centre(NOON.date() + timedelta(days=1), hour, minute)
        syncing.tick()
        wait_jobs()
    assert runs(shell)[0] == "night" and runs(shell).count("night") == 1


def test_what_the_other_pc_wrote_is_on_the_screen_after_a_run(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait) -> None:
    pcs.sync(pcs.desk)
    shell = at_pc(pcs.room2, "director")
    other = pcs.sign(pcs.desk, "director")
    other.services.centre.save_room("沙盘室")
    pcs.sync(pcs.desk)
    tab = settings(shell, wait_jobs)
    tab.findChildren(SyncCard)[0].now.click()
    wait_jobs()
    assert notify.shown(shell)[0].startswith("已同步：发出 ")
    tab.show_item(section="general")
    wait_jobs()
    assert "沙盘室" in [room.name for room in shell.office.services.centre.rooms()]
    assert "沙盘室" in _spoken(tab)


def test_settings_say_how_it_stands_and_what_it_did(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait) -> None:
    pcs.sync(pcs.desk)
    shell = at_pc(pcs.room2, "desk")
    tab = settings(shell, wait_jobs)
    assert tab.section() == "sync" and shell.current() == "settings"
    card, history = tab.findChildren(SyncCard)[0], tab.findChildren(HistoryCard)[0]
    others = tab.findChildren(PcsCard)[0]
    assert card.hub.text() == str(pcs.hub) and card.interval.value() is None
    assert history.list.rows()[0].title.startswith("已同步：") and not history.empty.isVisible()
    spoken = _spoken(others)
    assert "A，一号机" in spoken and "有新内容" in spoken and "接纳一台电脑" not in spoken
    card.interval.set_value(30)
    card.interval.chosen.emit(30)
    wait_jobs()
    assert shell.office.services.sync.status().interval == 30


def test_a_hub_that_is_away_is_told_in_words_and_work_goes_on(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait, tmp_path: Path
) -> None:
    shell = at_pc(pcs.desk, "director")
    shutil.move(pcs.hub, tmp_path / "unplugged")
    tab = settings(shell, wait_jobs)
    card = tab.findChildren(SyncCard)[0]
    card.now.click()
    wait_jobs()
    assert shell.top.sync.text() == "同步中转站不可达"
    assert len(notify.shown(shell)) == 1 and str(pcs.hub) in notify.shown(shell)[0]
    history = tab.findChildren(HistoryCard)[0]
    assert history.list.rows()[0].badge == "未成功"
    with ask.scripted() as asked:
        history.list.opened.emit(history.list.rows()[0].key)
    assert str(pcs.hub) in asked[0]
    notify.clear(shell)
    shell.syncing.run("interval")
    wait_jobs()
    assert notify.shown(shell) == [], "nobody asked for it: no message over the work"
    shutil.move(tmp_path / "unplugged", pcs.hub)
    card.now.click()
    wait_jobs()
    assert shell.top.sync.text() == "10:42 已同步"


def test_what_the_systems_courier_had_brought_is_shown_though_the_hub_is_away_now(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait, tmp_path: Path
) -> None:
    pcs.sync(pcs.desk)
    shell = at_pc(pcs.room2, "director")
    shell.open("settings")
    wait_jobs()
    pcs.sign(pcs.desk, "director").services.centre.save_room("沙盘室")
    pcs.sync(pcs.desk)
    run_courier(pcs.room2)
    shutil.move(pcs.hub, tmp_path / "unplugged")
    shell.syncing.run("interval")
    wait_jobs()
    tab = shell.tab("settings")
    assert "沙盘室" in _spoken(tab) and shell.top.sync.text() == "同步中转站不可达"


def test_a_fault_of_the_program_does_not_bury_the_work_under_messages(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait, monkeypatch: pytest.MonkeyPatch, expected_log: Any
) -> None:
    shell = at_pc(pcs.desk, "desk")

    def broken(*_args: object, **_how: object) -> None:
        raise ZeroDivisionError

    expected_log("ZeroDivisionError at test_sync_windows.py")
    monkeypatch.setattr(SyncService, "sync", broken)
    for _ in range(3):
        shell.syncing.run("interval")
        wait_jobs()
    assert notify.shown(shell) == [] and shell.top.sync.text() == "上次同步未成功"
    assert "程序出错" in shell.top.sync.toolTip()
    shell.syncing.run("person")
    wait_jobs()
    assert len(notify.shown(shell)) == 1 and "什么都没有丢" in notify.shown(shell)[0]


def test_the_director_sets_a_hub_which_is_tried_first(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait, tmp_path: Path
) -> None:
    shell = at_pc(pcs.desk, "director")
    card = settings(shell, wait_jobs).findChildren(SyncCard)[0]
    with ask.scripted(tmp_path / "not-there"):
        card.choose_hub()
        wait_jobs()
    assert "not-there" in card.hub_field.error() and card.hub.text() == str(pcs.hub)
    (tmp_path / "share").mkdir()
    with ask.scripted(str(tmp_path / "share")):
        card.choose_hub()
        wait_jobs()
    assert card.hub_field.error() == "" and card.hub.text() == str(tmp_path / "share")
    assert runs(shell)[0] == "person" and any((tmp_path / "share").rglob("*-*"))
    (tmp_path / "other").mkdir()
    with ask.scripted("s3://bucket", str(tmp_path / "other")):
        card.ask_address()
        wait_jobs()
        assert "s3://bucket" in card.hub_field.error()
        card.ask_address()
        wait_jobs()
    assert card.hub.text() == str(tmp_path / "other") and card.hub_field.error() == ""


def test_who_may_not_set_the_hub_is_told_who_may(enter: Any, wait_jobs: Wait) -> None:
    shell = enter("desk")
    assert shell.top.sync.text() == "未设置同步"
    tab = settings(shell, wait_jobs)
    card = tab.findChildren(SyncCard)[0]
    assert not card.now.isEnabled() and "由主任在这里设置" in _spoken(card)
    assert "选择文件夹" not in _spoken(card) and tab.findChildren(HistoryCard)[0].empty.isVisible()


def test_after_a_switch_of_language_the_runs_reach_the_new_page_only(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait, qapp: QApplication
) -> None:
    shell = at_pc(pcs.desk, "director")
    settings(shell, wait_jobs)
    shell.set_language("en")
    wait_jobs()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    shell.syncing.run("person")
    wait_jobs()
    assert shell.top.sync.text() == "Synchronised 10:42" and len(notify.shown(shell)) == 1
    tab = settings(shell, wait_jobs)
    rows = tab.findChildren(HistoryCard)[0].list.rows()
    assert rows[0].title in ("Nothing new", "Synchronised: 1 packet sent, 0 received") and "by hand" in rows[0].tip


def test_a_run_that_is_cancelled_says_nothing_and_the_next_one_carries_on(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait
) -> None:
    shell = at_pc(pcs.desk, "director")
    shell.office.services.centre.save_room("绘画室")
    before = len(runs(shell))
    card = settings(shell, wait_jobs).findChildren(SyncCard)[0]
    card.now.click()
    assert not card.progress.isHidden() and not card.now.isEnabled()
    card.progress.cancel.click()
    wait_jobs()
    assert card.progress.isHidden() and card.now.isEnabled()
    assert notify.shown(shell) == [] and not shell.syncing.running
    shell.syncing.run("person")
    wait_jobs()
    assert len(runs(shell)) > before and shell.office.services.sync.status().unsent == 0


def test_signing_out_while_it_runs_waits_for_nothing_but_its_next_step(pcs: TwoPcs, at_pc: AtPc) -> None:
    shell = at_pc(pcs.desk, "desk")
    shell.syncing.run("person")
    shell.signed_out.emit()
    assert shell.office.who.locked and not shell.syncing.run("person"), "a signed-out desk begins nothing"
    assert at_pc(pcs.desk, "desk").top.sync.text() == "10:42 已同步"


def test_a_note_being_typed_keeps_its_text_and_cursor_when_changes_arrive(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait, qtbot: QtBot
) -> None:
    pcs.sync(pcs.desk)
    shell = at_pc(pcs.room2, "psych")
    other = pcs.sign(pcs.desk, "psych")
    case_id = begin(Bench(pcs.desk, pcs.clock, lambda login: pcs.sign(pcs.desk, login))).case_id
    pcs.sync(pcs.desk, "psych")
    shell.syncing.run("interval")
    wait_jobs()
    shell.open("notes", case_id=case_id)
    wait_jobs()
    tab = shell.tab("notes")
    assert isinstance(tab, NotesTab)
    area = tab.pad.form.areas["observed"]
    area.setFocus()
    area.insertPlainText("语速慢，低头。")
    cursor = area.textCursor()
    cursor.setPosition(4)
    cursor.setPosition(6, QTextCursor.MoveMode.KeepAnchor)
    area.setTextCursor(cursor)
    other.services.risk.record(case_id, RiskLevel.FOCUS, "想过伤害自己。")
    pcs.sync(pcs.desk, "psych")
    shell.syncing.run("interval")
    wait_jobs()
    assert area.value() == "语速慢，低头。" and area.hasFocus()
    assert (area.textCursor().anchor(), area.textCursor().position()) == (4, 6)


def test_an_arrival_being_typed_keeps_its_text_and_cursor_when_changes_arrive(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait
) -> None:
    pcs.sync(pcs.desk)
    shell = at_pc(pcs.room2, "desk")
    shell.open("intake")
    wait_jobs()
    tab = shell.tab("intake")
    assert isinstance(tab, IntakeTab) and tab.form is not None
    reason = tab.form.fields.reason
    reason.setFocus()
    reason.insertPlainText("最近睡不着，不想上学")
    cursor = reason.textCursor()
    cursor.setPosition(2)
    reason.setTextCursor(cursor)
    school = tab.form.fields.school.lineEdit()
    assert school is not None
    school.setText("柳园 第三")
    school.setCursorPosition(3)
    other = pcs.sign(pcs.desk, "director")
    other.services.centre.save_room("沙盘室")
    other.services.centre.save_destination("市第四人民医院", "睡眠门诊", "hospital", None, None, True)
    pcs.sync(pcs.desk)
    shell.syncing.run("interval")
    wait_jobs()
    assert reason.value() == "最近睡不着，不想上学" and reason.hasFocus() and reason.textCursor().position() == 2
    assert (school.text(), school.cursorPosition()) == ("柳园 第三", 3)


def test_the_backup_of_the_day_is_made_by_itself_once(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait) -> None:
    shell = at_pc(pcs.desk, "desk")
    for _ in range(60):
        shell.syncing.tick()
    wait_jobs()
    assert len(shell.office.services.backups.list()) == 1


def test_today_and_the_top_bar_name_the_same_minute_also_when_nothing_new_came(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait
) -> None:
    shell = at_pc(pcs.desk, "desk")
    tab = shell.tab("today")
    assert isinstance(tab, TodayTab)
    shell.open("today")
    wait_jobs()
    assert "10:42" in tab.night.texts()[0]
    pcs.clock.at = NOON + timedelta(minutes=3)
    shell.syncing.run("interval")
    wait_jobs()
    assert shell.top.sync.text() == "10:45 已同步"
    assert "10:45" in tab.night.texts()[0]


def test_today_says_how_the_night_went_and_leads_to_settings(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait) -> None:
    pcs.sync(pcs.desk)
    pcs.sync(pcs.room2)
    shell = at_pc(pcs.desk, "desk")
    tab = shell.tab("today")
    assert isinstance(tab, TodayTab)
    tab.refresh()
    wait_jobs()
    sync, backup = tab.night.texts()
    assert sync.startswith("同步成功") and "10:42" in sync and "还没有" in backup
    shell.office.services.backups.make()
    pcs.clock.at = NOON + timedelta(days=4)
    tab.refresh()
    wait_jobs()
    assert tab.night.texts()[0] == "同步，4 天未同步，查看"
    assert "二号机，已 4 天没有消息，请联系" in tab.night.texts() and "4 天前" in tab.night.texts()[-1]
    tab.night.rows()[0].open()
    wait_jobs()
    settings_tab = shell.tab("settings")
    assert isinstance(settings_tab, SettingsTab) and settings_tab.section() == "sync"


def test_a_backup_now_and_into_a_file_is_verified_and_told(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait, tmp_path: Path
) -> None:
    shell = at_pc(pcs.desk, "desk")
    card = settings(shell, wait_jobs).findChildren(BackupCard)[0]
    assert card.words() == ("还没有备份", "无")
    card.now.click()
    assert not card.now.isEnabled() and not card.progress.isHidden()
    wait_jobs()
    assert card.words() == ("2026-11-23 10:42", "已验证") and card.progress.isHidden()
    with ask.scripted(tmp_path / "stick.lsbackup"):
        card.ask_where()
        wait_jobs()
    assert (tmp_path / "stick.lsbackup").stat().st_size > 10_000
    assert [text.split("：")[0] for text in notify.shown(shell)] == ["已备份并验证"] * 2
    with ask.scripted(tmp_path / "not-there" / "x.lsbackup"):
        card.ask_where()
        wait_jobs()
    assert "not-there" in notify.shown(shell)[-1]
    with ask.scripted() as asked:
        card.way_back.click()
    assert "longshan restore" in asked[0]


def test_the_check_up_says_in_words_what_is_not_as_it_should_be(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait, tmp_path: Path
) -> None:
    shell = at_pc(pcs.desk, "desk")
    shutil.move(pcs.hub, tmp_path / "unplugged")
    card = settings(shell, wait_jobs).findChildren(CheckupCard)[0]
    card.begin.click()
    wait_jobs()
    assert "项需要查看" in card.words() and str(pcs.hub) in _spoken(card)
    sheet = card.show_all()
    said = _spoken(sheet)
    assert "数据文件" in said and said.index(str(pcs.hub)) < said.index("数据文件"), "what is wrong comes first"
    sheet.accept()


def test_a_press_on_cancel_stops_backup_and_check_up(pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait) -> None:
    shell = at_pc(pcs.desk, "desk")
    tab = settings(shell, wait_jobs)
    backup, checkup = tab.findChildren(BackupCard)[0], tab.findChildren(CheckupCard)[0]
    for button, progress in ((backup.now, backup.progress), (checkup.begin, checkup.progress)):
        button.click()
        progress.cancel.click()
        wait_jobs()
        assert progress.isHidden() and button.isEnabled()
    assert shell.office.services.backups.list() == [] and notify.shown(shell) == []
    assert not shell.syncing.busy


def test_every_control_of_the_page_has_a_name_and_is_reached_by_the_tab_key(
    pcs: TwoPcs, at_pc: AtPc, wait_jobs: Wait
) -> None:
    tab = settings(at_pc(pcs.desk, "director"), wait_jobs)
    reached = [one for one in tab.findChildren(QWidget) if one.isVisible() and one.focusPolicy() & TAB_KEY]
    named = {QAccessible.queryAccessibleInterface(one).text(QAccessible.Text.Name) for one in reached}
    assert "" not in named
    wanted = {"立即同步", "选择文件夹", "接纳一台电脑", "立即备份", "备份到文件", "怎样恢复", "开始体检", "同步记录"}
    assert wanted <= named, wanted - named


def _spoken(widget: Any) -> str:
    """All that can be read on a widget."""
    said = []
    for one in widget.findChildren(QWidget):
        if isinstance(one, QLabel | QAbstractButton):
            said.append(one.text())
        elif isinstance(one, ListRow):
            said.append(one.accessibleName())
    return "\n".join(said)
