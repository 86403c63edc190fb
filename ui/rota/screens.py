"""The Rota tab's pictures: as each role sees it, week and month, a proposal, somebody carried, a conflict, a filter."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QPoint

from app.common.clock import today
from app.rota.rules import Slot
from ui.rota.chip import Chip
from ui.rota.screens_experts import SCREENS as EXPERTS
from ui.rota.screens_publishing import SCREENS as PUBLISHING
from ui.rota.screens_standing_in import SCREENS as STANDING_IN
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


def _home(stage: Stage, tab: RotaTab) -> None:
    tab.show_item(day=today(stage.clock))
    stage.wait()


def _fill(stage: Stage) -> None:
    tab = _later(stage)
    tab.fill_shown()
    stage.shot()
    tab.discard()
    _home(stage, tab)


def _running(stage: Stage) -> None:
    tab = _later(stage)
    tab.result.show_running(tab.result.accessibleName())
    stage.shot()
    tab.result.put_away()
    _home(stage, tab)


def _month(stage: Stage) -> None:
    tab: RotaTab = stage.tab("rota")
    tab.show_mode("month")
    stage.shot()
    tab.show_mode("week")
    stage.wait()


def _movable(tab: RotaTab) -> list[Chip]:
    return [chip for chip in tab.board.chips() if chip.seat.movable]


def _carried(stage: Stage) -> None:
    """By key: every place says what would come of it."""
    tab: RotaTab = stage.tab("rota")
    first, *_rest, last = _movable(tab)
    tab.board.pick_up(first.seat)
    stage.wait()
    tab.board.go_to(last.seat.slot)
    stage.shot()
    tab.board.put_down()


def _dragged(stage: Stage) -> None:
    """By pointer, over somebody's duty: an exchange."""
    tab: RotaTab = stage.tab("rota")
    first, *_rest, last = _movable(tab)
    tab.board.carry_to(first, last.mapToGlobal(QPoint(30, 10)))
    stage.wait()
    tab.board.carry_to(first, last.mapToGlobal(QPoint(30, 10)))
    stage.shot()
    tab.board.put_down()


def _conflict(stage: Stage) -> None:
    """Two in one room, as after two PCs worked apart; taken back afterwards, which is a picture too."""
    tab: RotaTab = stage.tab("rota")
    one, two, *_rest = _movable(tab)
    rooms = {name: room_id for room_id, name in tab.seats.view.rooms.items()} if tab.seats.view is not None else {}
    tab.desk.services.rota.set_room(two.seat.key, rooms[one.seat.room], confirmed=frozenset({"room-taken"}))
    tab.refresh(None)
    stage.wait()
    tab.next_problem()
    stage.shot()
    tab.undoing.undo()
    stage.wait()
    stage.shot("undone")


def _filtered(stage: Stage) -> None:
    tab: RotaTab = stage.tab("rota")
    tab.begin_filter()
    tab.filters.look_for(tab.board.chips()[0].seat.text)
    stage.shot()
    tab.filters.clear()
    stage.wait()


def _keys(stage: Stage) -> None:
    tab: RotaTab = stage.tab("rota")
    tab.show_keys()
    stage.shot()


def _picker(stage: Stage) -> None:
    _later(stage).seats.choose(Slot(today(stage.clock) + timedelta(weeks=_WEEKS_ON), "am"))
    stage.shot()


def _absence(stage: Stage) -> None:
    tab: RotaTab = stage.tab("rota")
    absent = next((chip.seat for chip in tab.board.chips() if chip.seat.kind == "absent"), None)
    if absent is not None:
        tab.seats.deal_with_absence(absent.staff_id, absent.slot)
    stage.shot()


def _reasons(stage: Stage) -> None:
    tab = _later(stage)
    tab.seats.why(Slot(today(stage.clock) + timedelta(weeks=_WEEKS_ON), "am"))
    stage.shot()


def _poster(stage: Stage) -> None:
    tab: RotaTab = stage.tab("rota")
    stage.pdf(tab.desk.services.publication.week_poster(today(stage.clock)))


SCREENS = [
    Screen("rota", "director", _board, main=True),
    Screen("rota-desk", "desk", _board),
    Screen("rota-psychologist", "psych", _board),
    Screen("rota-month", "director", _month, main=True),
    Screen("rota-fill", "director", _fill, main=True),
    Screen("rota-running", "director", _running),
    Screen("rota-carried", "director", _carried),
    Screen("rota-dragged", "director", _dragged),
    Screen("rota-conflict", "director", _conflict),
    Screen("rota-filtered", "director", _filtered),
    Screen("rota-reasons", "director", _reasons),
    Screen("rota-keys", "director", _keys),
    Screen("rota-picker", "director", _picker),
    Screen("rota-absence", "desk", _absence),
    Screen("page-rota-poster", "desk", _poster),
    *EXPERTS,
    *PUBLISHING,
    *STANDING_IN,
]
