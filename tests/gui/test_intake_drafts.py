"""What is typed at the counter outlives a telephone call, a full disk, another language and the end of the program."""

# ruff: noqa: F811
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.common.errors import EnvironmentFault
from app.common.words import tr
from app.people.centres import SchoolView
from tests.gui.intake_front import (  # noqa: F401
    GIRL,
    TOLD,
    Open,
    been_here,
    focused,
    open_intake,
)
from tests.services.conftest import Bench
from ui import notify
from ui.intake.state import ArrivalState, ParentState
from ui.intake.tab import IntakeTab
from ui.shell import Shell


def test_a_draft_is_on_the_disk_within_a_second_and_comes_back(bench: Bench, open_intake: Open, qtbot: QtBot) -> None:
    front = open_intake()
    front.type("李小雨")
    drafts = bench.sign("desk").services.drafts
    qtbot.waitUntil(lambda: [view.content["name"] for view in drafts.list("arrival")] == ["李小雨"], timeout=1000)
    front.wait()
    front.tab.close()
    again = open_intake()
    assert again.form.fields.name.text() == "李小雨"
    again.register()
    assert len(again.entries) == 1 and drafts.list("arrival") == []


def test_opening_the_tab_is_not_typing(bench: Bench, open_intake: Open) -> None:
    front = open_intake()
    seen: list[str] = []
    front.form.fields.changed.connect(lambda: seen.append("changed"))
    front.tab.refresh(None)
    front.wait()
    assert seen == []


def test_leaving_at_once_loses_nothing(bench: Bench, open_intake: Open) -> None:
    front = open_intake()
    front.go(front.form.fields.reason)
    front.type(TOLD)
    front.tab.flush()
    front.wait()
    assert open_intake().form.fields.reason.value() == TOLD


def test_two_drafts_at_a_time(bench: Bench, open_intake: Open) -> None:
    front = open_intake()
    form = front.form
    front.type("李小雨")
    QTest.keyClick(focused(), Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    front.wait()
    assert form.fields.state().empty and form.switch.words(0).endswith("10:42")
    front.type("赵一")
    front.register()
    assert len(front.entries) == 1
    QTest.keyClick(focused(), Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    front.wait()
    assert form.fields.name.text() == "李小雨"
    left = bench.sign("desk").services.drafts.list("arrival")
    assert [view.content["name"] for view in left] == ["李小雨"]


def test_a_client_from_the_search_box_does_not_overwrite_what_is_typed(bench: Bench, open_intake: Open) -> None:
    (girl,) = been_here(bench, GIRL)
    front = open_intake()
    front.type("李小雨")
    front.tab.show_item(client_id=girl)
    front.wait()
    assert front.form.drafts.place == 1 and front.form.fields.client_id() == girl
    front.tab.show_item(client_id=girl)
    front.wait()
    assert notify.shown(front.tab), "both are in use"


def test_a_disk_that_is_full_for_a_while_costs_no_word(
    bench: Bench, open_intake: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    front = open_intake()
    drafts = bench.sign("desk").services.drafts
    real, refusals = drafts.save, ["full", "full"]

    def save(*args: Any, **kwargs: Any) -> Any:
        if refusals:
            raise EnvironmentFault(refusals.pop(), "The disk is full.")
        return real(*args, **kwargs)

    monkeypatch.setattr(drafts, "save", save)
    monkeypatch.setattr("ui.intake.drafts.RETRY_MS", 20)
    front.type("李小雨")
    qtbot.waitUntil(lambda: [view.content["name"] for view in drafts.list("arrival")] == ["李小雨"])
    said = tr("The draft could not be saved yet. It is still here and is tried again.")
    assert notify.shown(front.tab) == [said] and not refusals


def test_another_language_keeps_what_is_typed(enter: Callable[[str], Shell], wait_jobs: Callable[[], None]) -> None:
    shell = enter("desk")
    shell.open("intake")
    wait_jobs()
    before = shell.tab("intake")
    assert isinstance(before, IntakeTab) and before.form is not None
    before.form.fields.reason.setPlainText(TOLD)
    shell.set_language("en")
    wait_jobs()
    after = shell.tab("intake")
    assert isinstance(after, IntakeTab) and after.form is not None and after is not before
    wait_jobs()
    assert after.form.fields.reason.value() == TOLD


def test_a_draft_that_is_there_before_the_lists_keeps_school_and_wish(bench: Bench, open_intake: Open) -> None:
    fields = open_intake().form.fields
    draft = ArrivalState(name="甲", school_id="a" * 24, wanted="b" * 24)
    fields.set_schools([])
    fields.wanted.set_options([])
    fields.show_state(draft)
    fields.set_schools([SchoolView("a" * 24, "聊城市第三中学", None)])
    fields.set_experts([("b" * 24, "单明霞")])
    assert fields.state() == draft
    assert (fields.school.currentText(), fields.wanted.currentText()) == ("聊城市第三中学", "单明霞")
    fields.set_experts([])
    assert fields.state().wanted == "", "an expert of the own school is no longer offered"


def test_what_an_older_version_kept_is_read(bench: Bench) -> None:
    state = ArrivalState(name="甲", parent=ParentState(name="乙"), concerns=("睡眠",))
    assert ArrivalState.of({**state.content(), "gone": 1}) == state
    assert ArrivalState.of({"name": "甲"}) == ArrivalState(name="甲")
