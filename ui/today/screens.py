"""Today's pictures: the screen of each role, and the handover."""

from __future__ import annotations

from ui.screens import Screen, Stage
from ui.today.tab import TodayTab


def _today(stage: Stage) -> None:
    stage.tab("today")
    stage.shot()


def _handover(stage: Stage) -> None:
    tab: TodayTab = stage.tab("today")
    tab.show_handover()
    stage.shot()


def _sheet(stage: Stage) -> None:
    tab: TodayTab = stage.tab("today")
    stage.pdf(tab.desk.services.today.handover_sheet())


SCREENS = [
    Screen("today", "desk", _today, main=True),
    Screen("today-psychologist", "psych", _today),
    Screen("today-supervisor", "supervisor", _today),
    Screen("today-director", "director", _today),
    Screen("today-handover", "desk", _handover),
    Screen("page-handover", "desk", _sheet),
]
