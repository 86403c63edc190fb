"""What the tests of the Referrals tab share: a student, released letters, the tab of one login, keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Office
from app.referrals.rules import Status, Urgency
from app.referrals.views import LetterCard
from tests.services.conftest import Bench, bench, template  # noqa: F401
from tests.services.referral_case import OBSERVED, Student, agree, draft_for, open_student
from ui import jobs
from ui.desk import Desk
from ui.referrals.letter_page import LetterPage
from ui.referrals.tab import ReferralsTab

Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]
Open = Callable[[str], ReferralsTab]
Press = Callable[..., None]


@pytest.fixture
def student(bench: Bench) -> Student:  # noqa: F811
    return open_student(bench.sign("psych"))


@pytest.fixture
def release(bench: Bench, student: Student) -> Callable[..., LetterCard]:  # noqa: F811
    psych = bench.sign("psych")
    for place in range(len(student.places)):
        agree(psych, student, place=place)

    def made(urgency: Urgency = Urgency.ROUTINE, place: int = 0) -> LetterCard:
        draft = draft_for(psych, student, urgency=urgency, place=place)
        return psych.services.letters.release(student.case_id, draft).value

    return made


@pytest.fixture
def open_tab(bench: Bench, shown: Show, wait_jobs: Wait) -> Open:  # noqa: F811
    """The tab of one login, with the shell's part played: changes bring `refresh`."""

    def made(login: str) -> ReferralsTab:
        office: Office = bench.sign(login)
        desk = Desk(office.services, office.who, clock=office.ctx.clock)
        tab = ReferralsTab(desk)
        tab.kept = desk  # type: ignore[attr-defined]
        jobs.bus().changed.connect(lambda topics, _who: tab.refresh(topics))
        shown(tab)
        tab.refresh(None)
        wait_jobs()
        return tab

    return made


@pytest.fixture
def press(qtbot: QtBot) -> Press:
    """A key to what has the focus; a button that it pressed has come up again."""

    def made(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = QApplication.focusWidget() or QApplication.activeWindow()
        assert target is not None
        window = target.window()
        QTest.keyClick(target, key, modifier)
        qtbot.waitUntil(lambda: not any(button.isDown() for button in window.findChildren(QAbstractButton)))

    return made


def back_to(page: LetterPage, qtbot: QtBot) -> None:
    """The sheet is gone; the window has the keyboard again, as a window manager sees to."""
    page.window().activateWindow()
    page.form.observed.area.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.form.observed.area)


def status_of(tab: ReferralsTab, letter: LetterCard) -> Status | None:
    return next((card.card.status for card in tab.board.cards() if card.card.id == letter.id), None)


def sheet(kind: type[QWidget]) -> QWidget:
    found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    assert len(found) == 1, found
    return found[0]


@pytest.fixture
def page(press: Press, student: Student, open_tab: Open, wait_jobs: Wait) -> LetterPage:
    tab = open_tab("psych")
    press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    wait_jobs()
    assert tab.page is not None
    tab.page.case.set_value(student.case_id)
    tab.page.open_case(student.case_id)
    wait_jobs()
    tab.page.tab = tab  # type: ignore[attr-defined]
    return tab.page


def settle(page: LetterPage, qtbot: QtBot, wait_jobs: Wait) -> None:
    """The two short timers have run, and what they asked for has come."""
    qtbot.waitUntil(lambda: not page.saver.timer.isActive() and not page.draw_timer.isActive(), timeout=3000)
    wait_jobs()


def fill(page: LetterPage, student: Student) -> None:
    page.form.place.set_value(student.places[0])
    page.form.place.chosen.emit(student.places[0])
    page.form.observed.area.setFocus()
    page.form.observed.area.insertPlainText(OBSERVED)
