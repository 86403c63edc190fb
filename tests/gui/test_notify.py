"""Toasts: where they are, how long they stay, what they offer."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui import notify
from ui.widgets.button import QuietButton
from ui.widgets.sheet import Sheet
from ui.widgets.toast import ToastHost


def _window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(800, 600)
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_was_done_goes_by_itself_and_what_failed_stays(qtbot: QtBot) -> None:
    window = _window(qtbot)
    done, failed = notify.say(window, "done"), notify.fail(window, "failed")
    assert done is not None and failed is not None
    assert done.findChildren(QTimer)[0].isActive() and not failed.findChildren(QTimer)[0].isActive()
    done.findChildren(QTimer)[0].timeout.emit()
    assert notify.shown(window) == ["failed"]


def test_they_keep_to_the_middle_below_the_top_bar(qtbot: QtBot) -> None:
    window = _window(qtbot)
    notify.say(window, "a long sentence that needs more than one line to be said in full in a narrow toast")
    host = window.findChild(ToastHost)
    assert isinstance(host, ToastHost)
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: host.x() == (1000 - host.width()) // 2 and host.y() == 60)


def test_the_same_words_are_shown_once_and_no_more_than_four(qtbot: QtBot) -> None:
    window = _window(qtbot)
    for _ in range(3):
        notify.say(window, "saved")
    assert notify.shown(window) == ["saved"]
    notify.fail(window, "kept")
    for number in range(6):
        notify.say(window, str(number))
    shown = notify.shown(window)
    assert len(shown) == 4 and "kept" in shown


def test_undo_in_a_toast(qtbot: QtBot) -> None:
    window = _window(qtbot)
    undone: list[int] = []
    toast = notify.say(window, "left", undo=("Undo", lambda: undone.append(1)))
    assert toast is not None
    next(b for b in toast.findChildren(QuietButton) if b.text() == "Undo").click()
    assert undone == [1] and notify.shown(window) == []


def test_a_dialogs_toast_is_shown_in_the_window_below(qtbot: QtBot) -> None:
    window = _window(qtbot)
    sheet = Sheet("Title", window)
    sheet.open()
    notify.say(sheet, "said")
    assert notify.shown(window) == ["said"]
    sheet.reject()
