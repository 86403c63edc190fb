"""A leave was entered over duties that stand already: each is shown, and dealt with like an absence."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from app.common.changes import Topic
from app.common.words import ntr, tr
from app.rota.rules import short
from app.rota.views import AssignmentView
from ui import theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.rota.absence import open_absence
from ui.widgets.label import Label
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.sheet import Sheet


def open_late_leave(desk: Desk, parent: QWidget, staff_id: str, first: date, last: date) -> None:
    """Shows which duties of `staff_id` the leave leaves open; nothing if there are none."""

    def show(found: tuple[AssignmentView, ...]) -> None:
        if found:
            LateLeaveSheet(desk, staff_id, first, last, found, parent.window()).open()

    run_job(parent, desk.services.rota.left_open_by_leave, staff_id, first, last, lane="read", on_done=show)


class LateLeaveSheet(Sheet):
    """Enter finds somebody for the duty that the list stands on; it closes when none is left."""

    def __init__(
        self,
        desk: Desk,
        staff_id: str,
        first: date,
        last: date,
        found: tuple[AssignmentView, ...],
        parent: QWidget,
    ) -> None:
        super().__init__(tr("{name} is on leave: duties without anybody", name=found[0].name), parent, width=560)
        self._desk = desk
        self._wanted = (staff_id, first, last)
        self._found = found
        self._count = Label("", "hint")
        self.list = RowList(tr("Duties"), Columns())
        self.list.setFixedHeight(theme.current().px(280))
        self.list.opened.connect(self._open)
        self.body.addWidget(self.list)
        self.body.addWidget(self._count)
        self.add_button(tr("Close"), self.reject)
        self.add_button(tr("Find a stand-in…"), lambda: self._open(self.list.key()), kind="primary")
        desk.bus.changed.connect(self._changed)
        self._show(found)
        self.list.setFocus()

    def _show(self, found: tuple[AssignmentView, ...]) -> None:
        if not found:
            self.accept()
            return
        self._found = found
        self.list.set_rows([_row(one) for one in found])
        if not self.list.key():
            self.list.choose_first()
        self._count.setText(ntr("{n} duty without anybody", "{n} duties without anybody", len(found)))

    def _open(self, key: str) -> None:
        one = next((found for found in self._found if found.id == key), None)
        if one is not None:
            home = self.parentWidget() or self  # it outlives this sheet, which closes once nothing is left
            open_absence(self._desk, home, one.staff_id, one.slot)

    def _changed(self, topics: frozenset[Topic], _initiator: object) -> None:
        if Topic.ROTA in topics:
            found = self._desk.services.rota.left_open_by_leave
            run_job(self, found, *self._wanted, lane="read", on_done=self._show)


def _row(one: AssignmentView) -> Row:
    day = tr("{day} {slot}", day=short(one.slot.day), slot=one.slot.words())
    marked = tr("marked absent") if one.absent_at is not None else ""
    return Row(one.id, day, one.room or "", badge=marked, tone="attention")
