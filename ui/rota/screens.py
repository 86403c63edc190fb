"""The Rota tab's pictures: as each role sees it, a proposal, the picker, an absence, the poster."""

from __future__ import annotations

from datetime import timedelta

from app.common.clock import today
from ui.rota.tab import RotaTab
from ui.screens import Screen, Stage

_WEEKS_ON = 3
"""A week that the demonstration has not arranged yet."""


def _board(stage: Stage) -> None:
    stage.tab("rota")
    stage.shot()


def _later(stage: Stage) -> RotaTab:
    tab: RotaTab = stage.tab("rota")
    tab.show_item(day=today(stage.clock) + timedelta(weeks=_WEEKS_ON))
    stage.wait()
    return tab


def _fill(stage: Stage) -> None:
    tab = _later(stage)
    tab.fill_shown()
    stage.shot()
    tab.discard()
    tab.show_item(day=today(stage.clock))


def _picker(stage: Stage) -> None:
    _later(stage).seats.who_is_free()
    stage.shot()


def _absence(stage: Stage) -> None:
    tab: RotaTab = stage.tab("rota")
    absent = next((chip.seat for chip in tab.board.chips() if chip.seat.kind == "absent"), None)
    if absent is not None:
        tab.seats.deal_with_absence(absent.staff_id, absent.slot)
    stage.shot()


def _poster(stage: Stage) -> None:
    tab: RotaTab = stage.tab("rota")
    stage.pdf(tab.desk.services.rota.poster(today(stage.clock)))


SCREENS = [
    Screen("rota", "director", _board, main=True),
    Screen("rota-desk", "desk", _board),
    Screen("rota-psychologist", "psych", _board),
    Screen("rota-fill", "director", _fill, main=True),
    Screen("rota-picker", "director", _picker),
    Screen("rota-absence", "desk", _absence),
    Screen("page-rota-poster", "desk", _poster),
]
