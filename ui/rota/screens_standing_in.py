"""Pictures of 08:20: an absence about to be dealt with, who is free, a swap asked for."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from app.common.clock import today
from app.common.words import tr
from ui.rota.free import FreeSheet
from ui.rota.models import Seat
from ui.rota.swap_ask import AskSheet
from ui.rota.swaps import open_swaps
from ui.rota.tab import RotaTab
from ui.screens import Screen, Stage


def _seat(stage: Stage, tab: RotaTab) -> Seat:
    """A duty that is still to come."""
    seats = [chip.seat for chip in tab.board.chips() if chip.seat.kind == "duty"]
    return next((seat for seat in seats if seat.slot.day > today(stage.clock)), seats[-1])


def _calling(stage: Stage) -> None:
    """Before Enter: nothing is done yet, and where each booking would go stands beside it."""
    tab: RotaTab = stage.tab("rota")
    day = today(stage.clock)
    booked = tab.desk.services.appointments.day(day)
    chips = [chip.seat for chip in tab.board.chips() if chip.seat.kind == "duty" and chip.seat.slot.day == day]
    wanted = {one.staff_name for one in booked}
    seat = next((seat for seat in chips if seat.text in wanted), (*chips, _seat(stage, tab))[0])
    tab.seats.deal_with_absence(seat.staff_id, seat.slot)
    stage.shot()


def _free(stage: Stage) -> None:
    tab: RotaTab = stage.tab("rota")
    tab.seats.who_is_free()
    stage.wait()
    sheet = next(one for one in QApplication.topLevelWidgets() if isinstance(one, FreeSheet) and one.isVisible())
    sheet.line.setText(" ".join((tr("Sat"), tr("Female"), "厌学")))
    stage.shot()


def _swaps(stage: Stage) -> None:
    tab: RotaTab = stage.tab("rota")
    open_swaps(tab.desk, tab, _seat(stage, tab).key)
    stage.shot("ask")
    asking = next(one for one in QApplication.topLevelWidgets() if isinstance(one, AskSheet) and one.isVisible())
    if tab.desk.services.swaps.requests():
        asking.reject()
    else:
        asking.ask()  # it closes by itself
    stage.wait()
    open_swaps(tab.desk, tab)
    stage.shot()


SCREENS = [
    Screen("rota-calling", "desk", _calling),
    Screen("rota-free", "desk", _free),
    Screen("rota-swaps", "desk", _swaps),
]
