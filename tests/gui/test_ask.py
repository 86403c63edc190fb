"""Questions: by keyboard, and answered by a script."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui import ask
from ui.widgets.sheet import Scrim, Sheet


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(800, 600)
    qtbot.addWidget(made)
    made.show()
    return made


def test_enter_is_yes_and_escape_is_no(window: QWidget, qtbot: QtBot) -> None:
    said: list[str] = []
    for key, expected in ((Qt.Key.Key_Return, "yes"), (Qt.Key.Key_Escape, "no")):
        sheet = ask.confirm(window, "Go?", on_yes=lambda: said.append("yes"), on_no=lambda: said.append("no"))
        assert isinstance(sheet, Sheet) and window.findChildren(Scrim)
        qtbot.keyClick(sheet, key)
        assert said[-1] == expected


def test_enter_never_confirms_what_is_dangerous(window: QWidget, qtbot: QtBot) -> None:
    said: list[str] = []
    sheet = ask.confirm(window, "Delete?", danger=True, on_yes=lambda: said.append("yes"))
    assert sheet is not None
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert not said


def test_words_are_needed_unless_told_otherwise(window: QWidget, qtbot: QtBot) -> None:
    said: list[str] = []
    sheet = ask.text(window, "Reason", "Why", on_text=said.append)
    assert sheet is not None
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert not said and sheet.isVisible()
    field = sheet.focusWidget()
    qtbot.keyClicks(field, "because")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert said == ["because"] and not sheet.isVisible()


def test_a_script_answers_in_turn_and_a_missing_answer_fails(window: QWidget) -> None:
    said: list[object] = []
    with ask.scripted("words", True, "b") as asked:
        ask.text(window, "Reason", "Why", on_text=said.append)
        ask.confirm(window, "Go?", on_yes=lambda: said.append(True))
        ask.choose(window, "Which", "Which?", [("a", "A"), ("b", "B")], on_choice=said.append)
        assert said == ["words", True, "b"] and asked == ["Reason", "Go?", "Which?"]
        with pytest.raises(AssertionError):
            ask.confirm(window, "More?", on_yes=lambda: None)


def test_one_of_several(window: QWidget) -> None:
    said: list[object] = []
    sheet = ask.choose(window, "Which", "Which?", [(1, "One"), (2, "Two")], on_choice=said.append)
    assert sheet is not None
    from ui.widgets.button import SecondaryButton

    next(b for b in sheet.findChildren(SecondaryButton) if b.text() == "Two").click()
    assert said == [2]
