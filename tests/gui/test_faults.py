"""A bug is one sentence for the person and a place for us, never a client's words; and Qt speaks Chinese too."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.watch import ExpectedLog
from ui import faults, notify
from ui.application import DeskWindow
from ui.language import speak
from ui.shell import Shell


def test_an_exception_in_a_slot_is_told_and_logged_without_its_words(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_log: ExpectedLog
) -> None:
    expected_log("ValueError at test_faults.py")
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    faults.catch_all(window)
    try:
        raise ValueError("王子琪 13800635000")
    except ValueError as fault:
        sys.excepthook(type(fault), fault, fault.__traceback__)
    assert notify.shown(window) == ["出错了，已输入的内容都保留着。"]


def test_the_log_stands_in_the_folder_and_holds_places_only(tmp_path: Path, expected_log: ExpectedLog) -> None:
    faults.keep_log(tmp_path)
    expected_log("KeyError at somewhere")
    logger = logging.getLogger("ui")
    logger.debug("not kept")
    logger.getChild("jobs").error("KeyError at somewhere.py:1")
    faults.drop_log()
    text = (tmp_path / "log" / faults.NAME).read_text(encoding="utf-8")
    assert text.endswith("KeyError at somewhere.py:1\n") and text.count("\n") == 1 and not logger.handlers


def test_signing_in_keeps_the_log_in_the_workspace(window: DeskWindow, enter: Callable[[str], Shell]) -> None:
    enter("desk")
    handlers = logging.getLogger("ui").handlers
    assert [Path(handler.baseFilename).parent for handler in handlers if isinstance(handler, logging.FileHandler)] == [
        window.folder / "log"
    ]


def test_qts_own_words_follow_the_language() -> None:
    speak("zh")
    assert QCoreApplication.translate("QLineEdit", "&Undo") != "&Undo"
    speak("en")
    assert QCoreApplication.translate("QLineEdit", "&Undo") == "&Undo"
