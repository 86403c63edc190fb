"""Who could do a session: typed for by name, pinyin or speciality; whoever cannot stays in view with the reasons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.common.words import ntr, tr
from app.rota.rules import Slot
from app.rota.views import CandidateView
from ui import theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.widgets.choice import Choice
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.line_edit import LineEdit
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.sheet import Sheet

_LIST_HEIGHT = 396


class Picker(Sheet):
    """`on_pick(slot, staff_id)`; None only shows who is free."""

    def __init__(
        self,
        desk: Desk,
        slot: Slot,
        slots: Sequence[Slot],
        on_pick: Callable[[Slot, str], object] | None,
        parent: QWidget,
    ) -> None:
        super().__init__(tr("Choose an expert") if on_pick else tr("Who is free"), parent, width=620)
        self._desk = desk
        self._on_pick = on_pick
        self._found: tuple[CandidateView, ...] = ()
        self._when = Choice([(one, _slot_words(one)) for one in slots])
        self._when.set_value(slot)
        self._when.setAccessibleName(tr("Duty session"))
        self._when.chosen.connect(lambda _slot: self._load())
        self._when.setFixedWidth(theme.current().px(180))
        self.search = LineEdit(tr("Name, pinyin or speciality"))
        self.search.setAccessibleName(tr("Name, pinyin or speciality"))
        self.search.textChanged.connect(lambda _text: self._filter())
        self.search.installEventFilter(self)
        self._count = Label("", "hint")
        self.list = RowList(tr("Experts"), Columns())
        self.list.setFixedHeight(theme.current().px(_LIST_HEIGHT))
        self.list.opened.connect(self._pick)
        self.body.addLayout(row(self._when, self.search))
        self.body.addWidget(self.list)
        self.body.addWidget(self._count)
        self.add_button(tr("Close"), self.reject)
        if on_pick is not None:
            self.add_button(tr("Assign"), lambda: self._pick(self.list.key()), kind="primary")
        self._load()

    def slot(self) -> Slot:
        value = self._when.value()
        if not isinstance(value, Slot):
            raise TypeError(value)
        return value

    def _load(self) -> None:
        slot = self.slot()
        run_job(self, self._desk.services.rota.candidates, slot.day, slot.half, lane="read", on_done=self._show_found)
        self.search.setFocus()

    def _show_found(self, found: tuple[CandidateView, ...]) -> None:
        self._found = found
        self._filter()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        shown = [one for one in self._found if all(word in one.found_by for word in words)]
        self.list.set_rows([self._row(one) for one in shown])
        free = sum(one.free for one in shown)
        self._count.setText(tr("{free} free, {others} others", free=free, others=len(shown) - free))
        if not self.list.key():
            self.list.choose_first()

    def _row(self, one: CandidateView) -> Row:
        if one.free:
            badge, tone = tr("can do duty"), "accent"
        elif one.refused:
            badge, tone = tr("not allowed"), "urgent"
        else:
            badge, tone = tr("ask first"), "attention"
        return Row(
            one.staff_id,
            one.name,
            "、".join(one.specialities),
            second="；".join(note.text() for note in one.obstacles) or (one.telephone or ""),
            badge=badge,
            tone=tone,
            note=ntr("{n} in two quarters", "{n} in two quarters", one.load),
            faded=one.refused,
        )

    def _pick(self, staff_id: str) -> None:
        chosen = next((one for one in self._found if one.staff_id == staff_id), None)
        if self._on_pick is None or chosen is None:
            return
        slot = self.slot()
        self.accept()
        self._on_pick(slot, staff_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The list is steered from the search line."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self.list.keyPressEvent(event)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._pick(self.list.key())
                return True
        return super().eventFilter(watched, event)


def _slot_words(slot: Slot) -> str:
    return tr("{month}/{day} {slot}", month=slot.day.month, day=slot.day.day, slot=slot.words())
