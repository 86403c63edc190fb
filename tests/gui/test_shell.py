"""The desk's frame: tabs by role, keys, quick-hide, lock, idle, live language; with stand-ins for the tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.common.changes import Changes, Topic
from app.common.errors import UserError
from app.common.words import N_
from app.security.permissions import May
from tests.services.conftest import PASSWORD
from ui import ask, clipboard, jobs, notify, registry, theme
from ui.application import DeskWindow
from ui.cover import NeutralPage
from ui.desk import Desk
from ui.duty_chips import Chip, DutyChips
from ui.registry import TabSpec
from ui.search_box import Found, SearchBox
from ui.shell import Shell

Wait = Callable[[], None]
Enter = Callable[[str], Shell]


class SampleTab(QWidget):
    """A tab that writes down what it is asked."""

    made: ClassVar[list[SampleTab]] = []

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.calls: list[object] = []
        self.note = QPlainTextEdit("来访者的话")
        self.note.setAccessibleName("note")
        QVBoxLayout(self).addWidget(self.note)
        self.setFocusProxy(self.note)
        SampleTab.made.append(self)

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        self.calls.append(("refresh", topics))

    def flush(self) -> None:
        self.calls.append("flush")

    def show_item(self, **wanted: object) -> None:
        self.calls.append(wanted)


class SampleSpec(TabSpec):
    """A tab of this file instead of a module's."""

    __slots__ = ()

    def exists(self) -> bool:
        return True

    def make(self, desk: Desk) -> QWidget:
        return SampleTab(desk)

    def counter(self) -> Callable[[object], int] | None:
        return (lambda _services: 3) if self.key == "two" else None


def _spec(key: str, needs: May, *topics: Topic) -> SampleSpec:
    return SampleSpec(key, N_("Today"), "sun", needs, key, "SampleTab", frozenset(topics))


@pytest.fixture
def samples(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[SampleTab]]:
    tabs = (
        _spec("one", May.OWN_SETTINGS, Topic.QUEUE),
        _spec("two", May.OWN_SETTINGS, Topic.ROTA),
        _spec("notes", May.READ_CASES, Topic.NOTES),
    )
    monkeypatch.setattr(registry, "TABS", tabs)
    SampleTab.made.clear()
    yield SampleTab.made
    SampleTab.made.clear()


def test_the_rail_holds_what_the_role_may_use(enter: Enter, samples: list[SampleTab]) -> None:
    shell = enter("desk")
    assert shell.keys() == shell.rail.keys() == ["one", "two"]
    shell.open("notes")
    assert shell.current() == "one"


def test_a_psychologist_has_the_notes(enter: Enter, samples: list[SampleTab]) -> None:
    assert enter("psych").keys() == ["one", "two", "notes"]


def test_a_tab_is_built_at_its_first_show_and_ctrl_number_goes_there(
    enter: Enter, samples: list[SampleTab], qtbot: QtBot, wait_jobs: Wait
) -> None:
    shell = enter("desk")
    assert len(samples) == 1 and samples[0].calls == [("refresh", None)]
    qtbot.waitUntil(samples[0].note.hasFocus)
    qtbot.keyClick(samples[0].note, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert shell.current() == "two" and len(samples) == 2
    qtbot.waitUntil(samples[1].note.hasFocus)
    shell.open("one", client_id="c1")
    assert len(samples) == 2 and samples[0].calls[-1] == {"client_id": "c1"}
    wait_jobs()
    assert shell.rail.count("two") == 3
    shell.desk.set_count("one", 7)
    assert shell.rail.count("one") == 7


def test_changes_reach_the_tab_on_show_at_once_and_another_when_it_is_shown(
    enter: Enter, samples: list[SampleTab], wait_jobs: Wait
) -> None:
    shell = enter("desk")
    shell.open("two")
    shell.open("one")
    jobs.bus().announce(Changes.of(Topic.QUEUE, Topic.ROTA))
    assert samples[0].calls == [("refresh", None), ("refresh", frozenset({Topic.QUEUE}))]
    assert samples[1].calls == [("refresh", None)]
    shell.open("two")
    assert samples[1].calls[-1] == ("refresh", frozenset({Topic.ROTA}))
    wait_jobs()


def test_f9_hides_everything_and_brings_it_back(
    window: DeskWindow, enter: Enter, samples: list[SampleTab], qtbot: QtBot, wait_jobs: Wait
) -> None:
    shell = enter("desk")
    notify.fail(shell, "王子琪")
    sheet = ask.confirm(shell, "王子琪？", on_yes=lambda: None)
    assert sheet is not None
    qtbot.waitUntil(sheet.isVisible)
    qtbot.keyClick(sheet, Qt.Key.Key_F9)
    assert isinstance(shell.pages.currentWidget(), NeutralPage)
    assert not sheet.isVisible() and not samples[0].note.isVisible()
    assert not _spoken(window) & {"来访者的话", "王子琪", "王子琪？", "note"}
    qtbot.waitUntil(shell.neutral.hasFocus)
    qtbot.keyClick(shell.neutral, Qt.Key.Key_F9)
    assert samples[0].note.isVisible() and sheet.isVisible() and notify.shown(shell) == ["王子琪"]
    sheet.reject()


def test_lock_commits_drafts_then_wipes_the_keys_and_the_password_brings_it_back(
    window: DeskWindow, enter: Enter, samples: list[SampleTab], qtbot: QtBot, wait_jobs: Wait
) -> None:
    shell = enter("psych")
    qtbot.keyClick(samples[0].note, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert shell.locked and "flush" in samples[0].calls and not samples[0].note.isVisible()
    assert "来访者的话" not in _spoken(window)
    wait_jobs()
    assert shell.office.who.locked
    with pytest.raises(UserError):
        _ = shell.office.who.keys
    shell.toggle_hide()
    assert shell.pages.currentWidget() is shell.lock_page
    shell.lock_page.unlock_wanted.emit("not the password")
    wait_jobs()
    assert shell.lock_page.error() and shell.office.who.locked
    jobs.bus().announce(Changes.of(Topic.QUEUE))
    before = len(samples[0].calls)
    shell.lock_page.unlock_wanted.emit(PASSWORD)
    wait_jobs()
    assert samples[0].note.isVisible() and not shell.office.who.locked
    assert samples[0].calls[before:] == [("refresh", frozenset({Topic.QUEUE}))]


def test_the_screen_locks_by_itself_sooner_for_those_who_read_notes(
    enter: Enter, samples: list[SampleTab], wait_jobs: Wait
) -> None:
    shell = enter("psych")
    assert 4 * 60_000 < shell.watch.clock.remainingTime() < 6 * 60_000
    shell.watch.idle.emit()
    assert shell.locked
    wait_jobs()


def test_the_desk_has_fifteen_minutes(enter: Enter, samples: list[SampleTab]) -> None:
    assert 14 * 60_000 < enter("desk").watch.clock.remainingTime() < 16 * 60_000


def test_a_key_puts_the_idle_clock_back(enter: Enter, samples: list[SampleTab], qtbot: QtBot) -> None:
    shell = enter("desk")
    fired: list[int] = []
    shell.watch.idle.connect(lambda: fired.append(1))
    shell.watch.start(1)
    shell.watch.clock.timeout.emit()
    assert not fired and shell.watch.clock.isActive()


def test_language_and_text_size_are_switched_live_on_the_same_tab(
    enter: Enter, samples: list[SampleTab], wait_jobs: Wait
) -> None:
    shell = enter("desk")
    shell.open("two")
    shell.set_language("en")
    wait_jobs()
    assert shell.current() == "two" and shell.top.words()[0] == "2026-11-23 Mon"
    assert "flush" in samples[1].calls and len(samples) == 3
    shell.set_appearance(scale=150)
    wait_jobs()
    assert theme.current().scale == 150 and shell.current() == "two"
    shell.set_appearance(mode="dark")
    assert theme.current().dark
    shell.set_language("zh")
    wait_jobs()
    assert shell.top.words() == ("2026-11-23 周一", "10:42")


def test_signing_out_commits_drafts_and_closes_the_file(
    window: DeskWindow, enter: Enter, samples: list[SampleTab], wait_jobs: Wait
) -> None:
    shell = enter("desk")
    office = shell.office
    shell.signed_out.emit()
    wait_jobs()
    assert "flush" in samples[0].calls and office.who.locked and window.shell() is None


def test_a_tab_that_cannot_be_built_leaves_the_others(
    enter: Enter, samples: list[SampleTab], monkeypatch: pytest.MonkeyPatch, expected_log: object
) -> None:
    shell = enter("desk")

    def broken(_self: SampleSpec, _desk: Desk) -> QWidget:
        raise RuntimeError("王子琪")

    assert callable(expected_log)
    expected_log("RuntimeError at test_shell.py")
    monkeypatch.setattr(SampleSpec, "make", broken)
    shell.open("two")
    assert shell.current() == "one" and notify.shown(shell) == ["这一栏没能打开，其他栏目可以照常使用。"]


def test_the_window_fits_an_office_screen_and_goes_narrow_with_large_text(
    window: DeskWindow, enter: Enter, samples: list[SampleTab], wait_jobs: Wait
) -> None:
    shell = enter("desk")
    assert window.minimumSizeHint().width() <= 1366 and window.minimumSizeHint().height() <= 768
    assert not shell.rail.narrow() and shell.rail.width() == 148
    shell.set_appearance(scale=200)
    wait_jobs()
    assert shell.rail.narrow() and window.minimumSizeHint().width() <= 1366
    assert window.minimumSizeHint().height() <= 768


def test_every_control_has_a_name(enter: Enter, wait_jobs: Wait) -> None:
    shell = enter("director")
    shell.open("settings")
    wait_jobs()
    nameless = [
        widget
        for widget in shell.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.metaObject().className() != "QScrollArea"
        and not _name(widget)
    ]
    assert not [f"{type(w).__name__} in {type(w.parent()).__name__}" for w in nameless]


def test_what_was_copied_from_a_case_goes_again(qtbot: QtBot) -> None:
    area = QPlainTextEdit("个案内容")
    qtbot.addWidget(area)
    clipboard.guard(area)
    area.show()
    area.activateWindow()
    area.setFocus()
    qtbot.waitUntil(area.hasFocus)
    area.selectAll()
    qtbot.keyClick(area, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    board = QGuiApplication.clipboard()
    assert board.text() == "个案内容"
    clipboard.sweep_now()
    assert board.text() == ""
    area.copy()
    assert board.text() == "个案内容"
    clipboard.sweep_now()
    assert board.text() == ""
    clipboard.copy_case("再一次")
    board.setText("别人的")
    clipboard.sweep_now()
    assert board.text() == "别人的"


def test_the_search_box_shows_the_last_question_and_opens_by_enter(
    window: DeskWindow, qtbot: QtBot, wait_jobs: Wait
) -> None:
    asked: list[str] = []

    def find(text: str) -> Sequence[Found]:
        asked.append(text)
        return [Found(f"{text}1", f"王{text}", "13岁"), Found(f"{text}2", "二", "11岁")]

    box = SearchBox(find, window)
    box.move(900, 10)
    box.show()
    opened: list[str] = []
    box.opened.connect(opened.append)
    qtbot.keyClicks(box, "wz")
    wait_jobs()
    assert asked == ["w", "wz"] and [row.key for row in box.hits()] == ["wz1", "wz2"]
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert opened == ["wz2"] and box.text() == "" and box.hits() == []
    qtbot.keyClicks(box, "q")
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    wait_jobs()
    assert box.hits() == []


def test_who_is_on_duty_is_said_in_words(qtbot: QtBot) -> None:
    chips = DutyChips()
    qtbot.addWidget(chips)
    chips.set_chips([Chip("单老师", "2 室", False), Chip("尉迟老师", "3 室", True)])
    assert chips.accessibleName() == "正在值班 单老师 · 2 室 · 空闲；尉迟老师 · 3 室 · 咨询中"
    chips.set_chips([])
    assert chips.accessibleName() == "正在值班 暂无"


def _name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return str(interface.text(QAccessible.Text.Name))


def _spoken(window: QWidget) -> set[str]:
    """What a screen reader can reach in all visible windows."""
    said: set[str] = set()
    for top in QApplication.topLevelWidgets():
        if not top.isVisible():
            continue
        for widget in [top, *top.findChildren(QWidget)]:
            if widget.isVisible():
                said.add(_name(widget))
                if isinstance(widget, QPlainTextEdit):
                    said.add(widget.toPlainText())
    return said
