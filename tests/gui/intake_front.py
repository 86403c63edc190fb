"""What the tests of the Intake tab share: clients, the tab of one login, and fingers on its keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.intake.arrivals import PersonArriving
from app.intake.views import QueueEntry
from app.people.clients import NewClient, NewGuardian
from app.people.defaults import add_centre_defaults
from tests.services.conftest import NOON, Bench
from ui import jobs
from ui.desk import Desk
from ui.intake.form import ArrivalForm
from ui.intake.tab import IntakeTab

GIRL = NewClient(
    "王子琪",
    sex="female",
    birth_date=date(2013, 3, 5),
    school_name="聊城市第三中学",
    grade="初二",
    telephones=("13806351278",),
    guardians=(NewGuardian("王女士", "母亲"),),
)
BOY = NewClient("王梓棋", sex="male", birth_date=date(2015, 6, 1), grade="小五")
TOLD = "最近一个月晚上睡不着"


class Window:
    """Stands in for the shell: remembers which tab was asked for."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, dict[str, object]]] = []

    def open(self, key: str, **wanted: object) -> None:
        self.opened.append((key, wanted))


@dataclass
class Front:
    """A tab of somebody signed in, and fingers."""

    bench: Bench
    login: str
    tab: IntakeTab
    window: Window
    wait: Callable[[], None]

    @property
    def form(self) -> ArrivalForm:
        assert self.tab.form is not None
        return self.tab.form

    @property
    def entries(self) -> tuple[QueueEntry, ...]:
        return self.bench.sign(self.login).services.queue.view().entries

    def press(self, *keys: Qt.Key, control: bool = False) -> None:
        modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        for key in keys:
            QTest.keyClick(focused(), key, modifier)

    def type(self, text: str) -> None:
        """Letters by key, characters as an input method commits them."""
        for letter in text:
            if letter.isascii():
                QTest.keyClicks(focused(), letter)
            else:
                event = QInputMethodEvent()
                event.setCommitString(letter)
                QApplication.sendEvent(focused(), event)

    def go(self, widget: QWidget) -> None:
        """Tab until the keyboard is there: what cannot be reached so, cannot be reached without a mouse."""
        for _ in range(60):
            here = focused()
            if here is widget or widget.isAncestorOf(here):
                return
            QTest.keyClick(here, Qt.Key.Key_Tab)
        raise AssertionError(f"Tab never reaches {widget.accessibleName()}")

    def register(self) -> None:
        self.press(Qt.Key.Key_F2)
        self.wait()


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the keyboard"
    return widget


Open = Callable[..., Front]


@pytest.fixture
def open_intake(bench: Bench, shown: Callable[[QWidget], QWidget], wait_jobs: Callable[[], None], qtbot: QtBot) -> Open:
    """Opens the tab as the shell does: refreshed after what it changes."""

    def go(login: str = "desk") -> Front:
        office = bench.sign(login)
        window = Window()
        desk = Desk(office.services, office.who, clock=bench.clock, window=window)  # type: ignore[arg-type]
        tab = IntakeTab(desk)
        shown(tab)
        jobs.bus().changed.connect(lambda topics, _from: tab.refresh(topics))
        tab.refresh(None)
        wait_jobs()
        proxy = tab.focusProxy()
        assert proxy is not None
        proxy.setFocus()
        return Front(bench, login, tab, window, wait_jobs)

    return go


def been_here(bench: Bench, *clients: NewClient) -> list[str]:
    """Clients of some weeks ago; nobody is in the queue today."""
    bench.clock.at = NOON - timedelta(days=30)
    made = [bench.sign("desk").services.intake.register([PersonArriving(one)]).value.visits[0] for one in clients]
    bench.clock.at = NOON
    return [visit.client_id for visit in made]


def arrive(bench: Bench, *people: PersonArriving) -> list[str]:
    visits = bench.sign("desk").services.intake.register(people).value.visits
    return [visit.visit_id for visit in visits]


def rooms(bench: Bench) -> None:
    office = bench.sign("desk")
    with office.ctx.db.write() as tx:
        add_centre_defaults(tx, office.who.centre_id)
