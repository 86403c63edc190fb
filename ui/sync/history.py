"""What synchronisation did: one line a run, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Slot

from app.common.words import tr
from app.sync.views import RunView
from ui import ask
from ui.desk import Desk
from ui.jobs import run_job
from ui.sync.syncing import Syncing
from ui.sync.words import history_rows
from ui.widgets import paint
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.row import Columns
from ui.widgets.row_list import RowList

ASKED = 400
"""Runs at a short interval that moved nothing share a line: many make few."""
LINES = 13


class HistoryCard(Card):
    """Enter on a line that went wrong opens the whole sentence."""

    def __init__(self, desk: Desk, syncing: Syncing) -> None:
        super().__init__(tr("What it did"), tr("newest first"), padded=False)
        self._desk = desk
        syncing.ended.connect(self.load)  # a method, not a lambda: it must go with the card when the page is made anew
        self._wrong: dict[str, RunView] = {}
        self.list = RowList(tr("What it did"), Columns(lead=92))
        self.list.opened.connect(self._open)
        self.empty = EmptyState("history", tr("No run yet"), tr("Set the hub at the left, then synchronise now."))
        self.add(self.list, self.empty)
        self.list.hide()

    @Slot()
    def load(self) -> None:
        run_job(self, partial(self._desk.services.sync.history, ASKED), lane="read", on_done=self._show)

    def _show(self, runs: Sequence[RunView]) -> None:
        made = history_rows(runs, self._desk.clock.now())
        self._wrong = {row.key: run for row, run in made if run.error or run.alarms}
        self.list.set_rows([row for row, _run in made])
        self.list.setVisible(bool(made))
        self.empty.setVisible(not made)
        self.list.setFixedHeight(paint.px(40) * min(max(len(made), 1), LINES) + 2)

    def _open(self, key: str) -> None:
        run = self._wrong.get(key)
        if run is not None:
            ask.tell(self, "\n\n".join(part for part in (run.error, *run.alarms) if part), title=tr("What it did"))
