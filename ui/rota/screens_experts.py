"""Pictures of the duty experts: the planner's list with one of them in full, and what an expert sees of herself."""

from __future__ import annotations

from ui.rota.experts import open_experts
from ui.screens import Screen, Stage


def _experts(stage: Stage) -> None:
    tab = stage.tab("rota")
    sheet = open_experts(tab.desk, tab)
    stage.wait()
    sheet.list.choose(sheet.list.rows()[1].key)
    sheet.detail.leave.text.setText("12.7下午、每周三下午")
    stage.shot()
    sheet.accept()


def _checks(stage: Stage) -> None:
    tab = stage.tab("rota")
    sheet = open_experts(tab.desk, tab)
    stage.wait()
    sheet.which.set_value("check")
    sheet.which.chosen.emit("check")
    stage.wait()
    sheet.list.choose_first()
    stage.shot()
    sheet.accept()


def _own(stage: Stage) -> None:
    tab = stage.tab("rota")
    sheet = open_experts(tab.desk, tab)
    stage.shot()
    sheet.accept()


SCREENS = [
    Screen("experts", "director", _experts, main=True),
    Screen("experts-checks", "director", _checks),
    Screen("experts-own", "psych", _own),
]
