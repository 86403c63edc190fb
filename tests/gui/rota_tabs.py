"""The Rota tab in tests: opened for somebody, and looked at session by session."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.bootstrap import Office
from app.common.clock import Clock
from app.rota.rules import Slot
from ui.desk import Desk
from ui.rota.chip import Chip
from ui.rota.tab import RotaTab


def open_tab(
    office: Office, clock: Clock, shown: Callable[[QWidget], QWidget], wait_jobs: Callable[[], None]
) -> RotaTab:
    """On screen, with the week loaded, refreshed by what its own acts change."""
    desk = Desk(office.services, office.who, clock=clock)
    tab = RotaTab(desk)
    desk.setParent(tab)
    desk.bus.changed.connect(lambda topics, _who: tab.refresh(topics))
    shown(tab)
    tab.refresh(None)
    wait_jobs()
    return tab


def seats(tab: RotaTab, slot: Slot, *kinds: str) -> list[str]:
    """What the chips of a session say, those of certain kinds or all."""
    cell = tab.board.cell(slot)
    assert cell is not None
    return [one.seat.text for one in cell.chips if not kinds or one.seat.kind in kinds]


def chip_of(tab: RotaTab, slot: Slot, text: str) -> Chip:
    """The chip that says so."""
    cell = tab.board.cell(slot)
    assert cell is not None
    return next(one for one in cell.chips if one.seat.text == text)
