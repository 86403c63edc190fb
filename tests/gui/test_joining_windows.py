"""A second PC joins, from its first question to its sign-in; on the other side a director lets it in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import open_workspace, sign_in
from app.common.progress import CancelToken, silent
from app.security.workspace import exists
from tests.gui.conftest import SetDoors
from tests.services.conftest import PASSWORD, Bench
from ui import ask, notify
from ui.application import DeskWindow
from ui.doors import Doors
from ui.joining.admit import AdmitSheet
from ui.joining.digits import DigitsView
from ui.joining.pages import AnswerPage, NamePage, OfferPage, RequestPage
from ui.preferences import Preferences
from ui.settings.pcs import PcsCard
from ui.setup import SetupPage
from ui.setup_pages import StartPage
from ui.shell import Shell
from ui.signin import SignInPage
from ui.widgets.button import Button

Wait = Callable[[], None]
Enter = Callable[[str], Shell]


@pytest.fixture
def fresh(qtbot: QtBot, bench: Bench, preferences: Preferences, tmp_path: Path) -> DeskWindow:
    """The window of a PC that holds nothing yet."""
    made = DeskWindow(SetDoors(bench.clock), preferences, tmp_path / "new" / "desk")
    qtbot.addWidget(made)
    made.begin()
    made.show()
    return made


@pytest.fixture
def director(enter: Enter, wait_jobs: Wait) -> Shell:
    shell = enter("director")
    shell.open("settings", section="sync")
    wait_jobs()
    return shell


def setup(window: DeskWindow) -> SetupPage:
    page = window.page()
    assert isinstance(page, SetupPage)
    return page


def step(window: DeskWindow) -> QWidget:
    found = setup(window).pages.currentWidget()
    assert found is not None
    return found


def press(where: QWidget, words: str) -> None:
    next(button for button in where.findChildren(Button) if button.text() == words).click()


def read(where: QWidget) -> str:
    return "\n".join(label.text() for label in where.findChildren(QLabel) if not label.isHidden())


def ask_to_join(window: DeskWindow, wait_jobs: Wait, name: str = "咨询室二") -> RequestPage:
    press(step(window), "加入已有机构")
    page = step(window)
    assert isinstance(page, NamePage)
    page.name.setEditText(name)
    press(page, "继续")
    wait_jobs()
    made = step(window)
    assert isinstance(made, RequestPage)
    return made


def let_in(shell: Shell, request: Path, answer: Path, wait_jobs: Wait) -> AdmitSheet:
    """The director's part, with a stick."""
    tab = shell.tab("settings")
    assert tab is not None
    sheet = tab.findChildren(PcsCard)[0].ask_admit()
    wait_jobs()
    with ask.scripted(request, answer):
        sheet.read.click()
        wait_jobs()
        sheet.agree.click()
        wait_jobs()
        sheet.keep.click()
        wait_jobs()
    return sheet


def test_from_the_first_question_to_the_sign_in_with_a_stick(
    fresh: DeskWindow, director: Shell, bench: Bench, tmp_path: Path, wait_jobs: Wait
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    asking = ask_to_join(fresh, wait_jobs)
    shown = (asking.digits.code(), asking.digits.fingerprint())
    assert len(shown[0]) == 9 and len(shown[1].split()) == 6 and shown[1] in asking.digits.accessibleName()
    with ask.scripted(stick / "咨询室二.join"):
        asking.ask_file()
        wait_jobs()
    assert "已保存" in asking.said()
    press(asking, "继续")
    waiting = step(fresh)
    assert isinstance(waiting, AnswerPage) and "把此文件拿到主任的电脑" in read(waiting)
    assert (waiting.digits.code(), waiting.digits.fingerprint()) == shown

    sheet = let_in(director, stick / "咨询室二.join", stick / "answer.packet", wait_jobs)
    assert (sheet.digits.code(), sheet.digits.fingerprint()) == shown, "both screens show the same numbers"
    assert "咨询室二" in read(sheet) and sheet.admission.letter == "B" and "已保存" in sheet.said()

    with ask.scripted(stick / "answer.packet"):
        press(waiting, "选择答复文件")
        wait_jobs()
    offer = step(fresh)
    assert isinstance(offer, OfferPage) and "聊城市学生心理健康发展服务中心" in read(offer)
    assert offer.digits.fingerprint() == sheet.root.fingerprint()
    press(offer, "一致，加入")
    wait_jobs()
    page = fresh.page()
    assert isinstance(page, SignInPage)
    page.choose("psych")
    assert page.login() == "psych"
    office = sign_in(open_workspace(tmp_path / "new" / "desk"), "psych", PASSWORD, bench.clock)
    assert office.services.centre.view().name == "聊城市学生心理健康发展服务中心"
    assert [peer.letter for peer in office.services.sync.status().peers] == ["A"]
    office.close()
    fresh.close()


def test_over_the_shared_folder_the_answer_comes_by_itself(
    fresh: DeskWindow, director: Shell, tmp_path: Path, wait_jobs: Wait
) -> None:
    hub = tmp_path / "share"
    hub.mkdir()
    director.office.services.sync.set_hub(f"folder:{hub}")
    asking = ask_to_join(fresh, wait_jobs)
    code = asking.digits.code()
    tab = director.tab("settings")
    assert tab is not None
    sheet = tab.findChildren(PcsCard)[0].ask_admit()
    wait_jobs()
    assert sheet.waiting() == [], "nobody has asked yet"
    with ask.scripted(hub):
        asking.ask_folder()
        wait_jobs()
    press(asking, "继续")
    joining = setup(fresh).joining
    assert joining is not None and joining.timer.isActive()
    joining.look()
    wait_jobs()
    assert isinstance(step(fresh), AnswerPage), "nobody has answered yet"
    sheet.look()
    wait_jobs()
    (waiting,) = sheet.waiting()
    assert "咨询室二" in waiting.row().title and code in waiting.row().detail
    waiting.open()
    sheet.agree.click()
    wait_jobs()
    assert sheet.admission.delivered and "自动取走" in read(sheet)
    joining.look()
    wait_jobs()
    offer = step(fresh)
    assert isinstance(offer, OfferPage) and not joining.timer.isActive()
    press(offer, "一致，加入")
    wait_jobs()
    assert isinstance(fresh.page(), SignInPage)
    assert list((hub / "join").iterdir()) == [], "the two files are taken away"
    fresh.close()


def test_by_stick_too_a_hub_that_can_be_reached_is_taken_over_and_another_folder_of_that_name_is_not(
    director: Shell, bench: Bench, tmp_path: Path, wait_jobs: Wait
) -> None:
    hub, doors = tmp_path / "share", Doors()
    hub.mkdir()
    services = director.office.services
    services.sync.set_hub(f"folder:{hub}")
    services.sync.sync()
    for place, expected in (("near", f"folder:{hub}"), ("far", None)):
        request = doors.join_request("咨询室二")
        packet = services.joining.admit(request.data, director.office.who.centre_id, place).value.packet
        services.sync.sync()
        (tmp_path / "a.packet").write_bytes(packet)
        offer = doors.read_offer(tmp_path / "a.packet", request)
        if expected is None:
            shutil.rmtree(hub)
            hub.mkdir()
        doors.join(tmp_path / place, request, offer, None, progress=silent, cancel=CancelToken())
        office = sign_in(open_workspace(tmp_path / place), "desk", PASSWORD, bench.clock)
        assert office.services.sync.status().hub == expected
        office.close()


def test_a_wrong_answer_is_refused_in_words_and_nothing_is_lost(
    fresh: DeskWindow, director: Shell, tmp_path: Path, wait_jobs: Wait
) -> None:
    asking = ask_to_join(fresh, wait_jobs)
    code = asking.digits.code()
    with ask.scripted(tmp_path / "a.join"):
        asking.ask_file()
        wait_jobs()
    press(asking, "继续")
    let_in(director, tmp_path / "a.join", tmp_path / "a.packet", wait_jobs)
    good = (tmp_path / "a.packet").read_bytes()
    (tmp_path / "torn.packet").write_bytes(good[: len(good) // 2])
    for wrong, part in (("torn.packet", "损坏"), ("a.join", "损坏"), ("not-there", "无法读取")):
        waiting = step(fresh)
        assert isinstance(waiting, AnswerPage)
        with ask.scripted(tmp_path / wrong):
            press(waiting, "选择答复文件")
            wait_jobs()
        assert part in waiting.said(), waiting.said()
        assert step(fresh) is waiting and waiting.digits.code() == code
    with ask.scripted(tmp_path / "a.packet"):
        press(step(fresh), "选择答复文件")
        wait_jobs()
    assert isinstance(step(fresh), OfferPage)


def test_enter_presses_the_button_that_has_the_focus(fresh: DeskWindow, qtbot: QtBot, wait_jobs: Wait) -> None:
    page = step(fresh)
    button = next(one for one in page.findChildren(Button) if one.text() == "加入已有机构")
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    wait_jobs()
    assert step(fresh) is not page and "这台电脑叫什么" in read(step(fresh))


def test_numbers_that_differ_join_nothing(fresh: DeskWindow, director: Shell, tmp_path: Path, wait_jobs: Wait) -> None:
    asking = ask_to_join(fresh, wait_jobs)
    with ask.scripted(tmp_path / "a.join"):
        asking.ask_file()
        wait_jobs()
    press(asking, "继续")
    let_in(director, tmp_path / "a.join", tmp_path / "a.packet", wait_jobs)
    with ask.scripted(tmp_path / "a.packet"):
        press(step(fresh), "选择答复文件")
        wait_jobs()
    press(step(fresh), "不一致")
    waiting = step(fresh)
    assert isinstance(waiting, AnswerPage) and "没有加入" in waiting.said()
    assert not exists(tmp_path / "new" / "desk")


def test_a_stick_that_was_pulled_out_is_told_and_the_page_stays(
    fresh: DeskWindow, tmp_path: Path, wait_jobs: Wait
) -> None:
    asking = ask_to_join(fresh, wait_jobs)
    (tmp_path / "gone").mkdir()
    shutil.rmtree(tmp_path / "gone")
    with ask.scripted(tmp_path / "gone" / "a.join", tmp_path / "gone", None):
        asking.ask_file()
        wait_jobs()
        assert "a.join" in asking.said()
        asking.ask_folder()
        wait_jobs()
        assert "gone" in asking.said()
        asking.ask_file()
    assert step(fresh) is asking and not asking._go.isEnabled()
    press(asking, "返回")
    page = step(fresh)
    assert isinstance(page, NamePage)
    page.name.setEditText("一" * 41)
    press(page, "继续")
    wait_jobs()
    assert "40" in page.error() and step(fresh) is page
    page.name.setEditText(" ")
    press(page, "继续")
    assert page.error() == "请填写此项。"
    press(page, "返回")
    assert isinstance(step(fresh), StartPage)


def test_cancelled_on_the_way_nothing_is_there_and_it_can_be_done_again(
    fresh: DeskWindow, director: Shell, tmp_path: Path, wait_jobs: Wait
) -> None:
    asking = ask_to_join(fresh, wait_jobs)
    with ask.scripted(tmp_path / "a.join"):
        asking.ask_file()
        wait_jobs()
    press(asking, "继续")
    let_in(director, tmp_path / "a.join", tmp_path / "a.packet", wait_jobs)
    with ask.scripted(tmp_path / "a.packet"):
        press(step(fresh), "选择答复文件")
        wait_jobs()
    press(step(fresh), "一致，加入")
    press(step(fresh), "取消")
    wait_jobs()
    assert isinstance(step(fresh), OfferPage) and not exists(tmp_path / "new" / "desk")
    press(step(fresh), "一致，加入")
    wait_jobs()
    assert isinstance(fresh.page(), SignInPage)
    fresh.close()


def test_a_file_that_is_no_request_is_refused_and_the_sheet_stays(
    director: Shell, tmp_path: Path, wait_jobs: Wait
) -> None:
    tab = director.tab("settings")
    assert tab is not None
    sheet = tab.findChildren(PcsCard)[0].ask_admit()
    (tmp_path / "letter.join").write_text("你好", encoding="utf-8")
    with ask.scripted(tmp_path / "letter.join", tmp_path / "not-there.join"):
        sheet.read.click()
        wait_jobs()
        first = sheet.said()
        sheet.read.click()
        wait_jobs()
    assert first and sheet.said() and first != sheet.said() and sheet.read.isVisible()
    assert notify.shown(director) == [] and sheet.isVisible()


def test_only_a_director_is_offered_it(enter: Enter, wait_jobs: Wait) -> None:
    shell = enter("desk")
    shell.open("settings", section="sync")
    wait_jobs()
    tab = shell.tab("settings")
    assert tab is not None
    card = tab.findChildren(PcsCard)[0]
    assert not card.findChildren(Button) and "由主任在这里接纳" in read(card)


def test_digits_are_shown_group_by_group(qtbot: QtBot) -> None:
    view = DigitsView("指纹")
    qtbot.addWidget(view)
    view.show_digits("", "12345 67890 11111 22222 33333 44444")
    assert view.fingerprint() == "12345 67890 11111 22222 33333 44444" and view.accessibleName().startswith("指纹")
    view.show_digits("7K3M-Q9TX", "00000 1")
    assert view.code() == "7K3M-Q9TX" and view.fingerprint() == "00000 1"
