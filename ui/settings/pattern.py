"""The weekly duty pattern: how many experts each half day needs."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QGridLayout

from app.common.words import tr
from ui import theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.topbar import WEEKDAYS
from ui.widgets.card import Card
from ui.widgets.choice import Choice
from ui.widgets.label import Label

HALVES = ("am", "pm")
MOST = 9


class PatternCard(Card):
    """Seven days by two halves; 0 is a closed half day."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Duty pattern"), tr("experts needed; – is closed"))
        self._desk = desk
        self.choices: dict[tuple[int, str], Choice] = {}
        grid = QGridLayout()
        grid.setSpacing(theme.current().px(6))
        names = {"am": tr("Morning"), "pm": tr("Afternoon")}
        for line, half in enumerate(HALVES, start=1):
            grid.addWidget(Label(names[half], "label"), line, 0)
        options = [(0, "–"), *((n, str(n)) for n in range(1, MOST + 1))]
        for day, name in enumerate(WEEKDAYS):
            grid.addWidget(Label(tr(name), "label"), 0, day + 1)
            for line, half in enumerate(HALVES, start=1):
                choice = Choice(options)
                choice.setMinimumContentsLength(1)
                choice.setProperty("kind", "cell")
                choice.setAccessibleName(f"{tr(name)} {names[half]}")
                choice.chosen.connect(lambda needed, at=(day, half): self._keep(at, int(needed)))
                self.choices[day, half] = choice
                grid.addWidget(choice, line, day + 1)
        self.add(grid)

    def load(self) -> None:
        run_job(self, self._desk.services.calendar.grid, lane="read", on_done=self._show)

    def _show(self, needed: Mapping[tuple[int, str], int]) -> None:
        for at, choice in self.choices.items():
            choice.set_value(needed.get(at, 0))

    def _keep(self, at: tuple[int, str], needed: int) -> None:
        run_job(self, self._desk.services.calendar.set_needed, at[0], at[1], needed)
