"""Settings: what each role is offered, and that each card keeps what it is told, in a real centre."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import open_workspace
from app.common import words
from app.common.errors import UserError
from app.security.permissions import Role
from tests.services.conftest import PASSWORD, Bench
from ui import ask, notify, theme
from ui.settings.accounts import AccountsCard, PassphraseSheet
from ui.settings.destinations import DestinationsCard
from ui.settings.idle import IdleCard
from ui.settings.letterhead import LetterheadCard
from ui.settings.looks import LooksCard
from ui.settings.password import PasswordCard
from ui.settings.pattern import PatternCard
from ui.settings.rooms import RoomsCard
from ui.shell import Shell
from ui.widgets.button import Button
from ui.widgets.card import Card
from ui.widgets.label import Label
from ui.widgets.list_row import ListRow

Wait = Callable[[], None]
Enter = Callable[[str], Shell]
W = TypeVar("W", bound=QWidget)


def _card(shell: Shell, kind: type[W]) -> W:
    found = shell.tab("settings")
    assert found is not None
    return found.findChildren(kind)[0]


def _rows(card: Card) -> list[ListRow]:
    items = [card.body.itemAt(at) for at in range(card.body.count())]
    return [item.widget() for item in items if item is not None and isinstance(item.widget(), ListRow)]  # type: ignore[misc]


def _titles(card: Card) -> list[str]:
    return [row.row().title for row in _rows(card)]


@pytest.fixture
def director(enter: Enter, wait_jobs: Wait) -> Shell:
    shell = enter("director")
    shell.open("settings")
    wait_jobs()
    return shell


def test_the_desk_is_offered_only_what_it_may(enter: Enter, wait_jobs: Wait) -> None:
    shell = enter("desk")
    shell.open("settings")
    wait_jobs()
    tab = shell.tab("settings")
    assert tab is not None and not tab.findChildren(AccountsCard) and not tab.findChildren(RoomsCard)
    letterhead = _card(shell, LetterheadCard)
    assert letterhead.name.isReadOnly() and letterhead.name.text() == "聊城市学生心理健康发展服务中心"


def test_the_letterhead_is_kept(director: Shell, wait_jobs: Wait) -> None:
    card = _card(director, LetterheadCard)
    card.hotline.setText("0635-8311096")
    card.hotline.textEdited.emit("0635-8311096")
    card.hotline.returnPressed.emit()
    wait_jobs()
    assert director.office.services.centre.view().hotline == "0635-8311096"
    assert notify.shown(director) == ["已保存，从下一份转介单起使用。"]


def test_a_room_is_added_renamed_and_taken_out_of_use(director: Shell, wait_jobs: Wait) -> None:
    card = _card(director, RoomsCard)
    with ask.scripted("沙盘室"):
        card.ask_new()
        wait_jobs()
    assert _titles(card)[-1] == "沙盘室"
    with ask.scripted("name", "绘画室"):
        _open(card, "沙盘室")
        wait_jobs()
    assert _titles(card)[-1] == "绘画室"
    with ask.scripted("use"):
        _open(card, "绘画室")
        wait_jobs()
    rooms = director.office.services.centre.rooms(include_inactive=True)
    assert [(room.name, room.active) for room in rooms][-1] == ("绘画室", False)


def test_the_pattern_and_the_idle_time_are_kept(director: Shell, wait_jobs: Wait) -> None:
    choice = _card(director, PatternCard).choices[1, "am"]
    choice.set_value(2)
    choice.chosen.emit(2)
    idle = _card(director, IdleCard).choices["desk"]
    idle.set_value(10)
    idle.chosen.emit(10)
    wait_jobs()
    centre = director.office.services.centre
    assert director.office.services.calendar.grid()[1, "am"] == 2
    assert centre.view().idle_minutes["receptionist"] == 10
    assert choice.value() == 2


def test_a_destination_needs_a_name_and_is_kept(director: Shell, wait_jobs: Wait) -> None:
    card = _card(director, DestinationsCard)
    sheet = card.edit(None)
    sheet.keep()
    wait_jobs()
    assert sheet.isVisible()
    sheet.institution.setText("市第四人民医院")
    sheet.clinic.setText("睡眠门诊")
    sheet.keep()
    wait_jobs()
    assert "睡眠门诊" in _titles(card)


def test_a_new_account_gets_a_passphrase_that_is_shown_once_and_opens_this_pc(
    director: Shell, bench: Bench, wait_jobs: Wait, qtbot: QtBot
) -> None:
    sheet = _card(director, AccountsCard).ask_new()
    sheet.make()
    wait_jobs()
    assert sheet.error()
    sheet.name.setText("乐老师")
    sheet.login.setText("le")
    sheet.roles[Role.PSYCHOLOGIST].setChecked(True)
    sheet.make()
    wait_jobs()
    shown = director.window().findChildren(PassphraseSheet)[0]
    passphrase = next(label.text() for label in shown.findChildren(Label) if label.property("role") == "mono")
    assert open_workspace(bench.folder).unlock("le", passphrase).entry.name == "乐老师"
    shown.reject()
    assert shown.isVisible(), "Escape must not lose it"
    close = shown.findChildren(Button)[-1]
    assert not close.isEnabled()
    shown.accept()


def test_ones_own_password_is_changed_and_the_old_one_refused(enter: Enter, bench: Bench, wait_jobs: Wait) -> None:
    shell = enter("desk")
    shell.open("settings")
    wait_jobs()
    card = _card(shell, PasswordCard)

    def change(old: str, new: str, again: str) -> list[str]:
        card.old.setText(old)
        card.new.setText(new)
        card.again.setText(again)
        card.again.returnPressed.emit()
        wait_jobs()
        return card.errors()

    new = "an-other-long-word-9"
    assert change("", new, new) == ["请填写此项。", "", ""]
    assert change(PASSWORD, new, "x") == ["", "", "两次输入的新密码不一致。"]
    assert change("wrong-password-12", new, new)[0] == "这不是现在的密码。"
    assert change(PASSWORD, "short", "short")[1]
    assert change(PASSWORD, new, new) == ["", "", ""]
    assert open_workspace(bench.folder).unlock("desk", new).entry.login == "desk"
    with pytest.raises(UserError):
        open_workspace(bench.folder).unlock("desk", PASSWORD)


def test_looks_are_switched_at_once_and_remembered(director: Shell, wait_jobs: Wait) -> None:
    card = _card(director, LooksCard)
    card.mode.chosen.emit("dark")
    assert theme.current().dark and director.preferences.appearance == "dark"
    card.scale.chosen.emit(200)
    wait_jobs()
    assert theme.current().scale == 200 and director.preferences.scale == 200
    _card(director, LooksCard).language.chosen.emit("en")
    wait_jobs()
    assert words.language() == "en" and director.current() == "settings"


def _open(card: Card, title: str) -> None:
    next(row for row in _rows(card) if row.row().title == title).open()
