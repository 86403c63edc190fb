"""Asking somebody for a duty: who could take it over, who could exchange it, and why each other cannot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.common.words import ntr, tr
from app.rota.rules import Slot
from app.rota.swap_views import SwapDuty, SwapOffer, SwapPartner, SwapSide, SwapView
from ui import notify, theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.widgets.choice import Choice
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.line_edit import LineEdit
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.sheet import Sheet


def open_own_duties(desk: Desk, parent: QWidget) -> None:
    """The signed-in person's duties; Enter on one goes on to whom to ask."""

    def show(found: tuple[SwapDuty, ...]) -> None:
        if found:
            DutiesSheet(desk, found, parent.window()).open()
        else:
            notify.say(parent, tr("You have no duties to come."))

    run_job(parent, desk.services.swaps.duties, lane="read", on_done=show)


class DutiesSheet(Sheet):
    """Which duty is to be given away."""

    def __init__(self, desk: Desk, found: Sequence[SwapDuty], parent: QWidget) -> None:
        super().__init__(tr("Which duty?"), parent, width=480)
        self._desk = desk
        self.list = RowList(tr("My duties"), Columns())
        self.list.setFixedHeight(theme.current().px(280))
        self.list.set_rows([_duty_row(one) for one in found])
        self.list.choose_first()
        self.list.opened.connect(self._go_on)
        self.body.addWidget(self.list)
        self.add_button(tr("Cancel"), self.reject)
        self.add_button(tr("Next"), lambda: self._go_on(self.list.key()), kind="primary")
        self.list.setFocus()

    def _go_on(self, key: str) -> None:
        home = self.parentWidget()
        if key and home is not None:
            self.accept()
            AskSheet(self._desk, key, home).open()


class AskSheet(Sheet):
    """Typing finds a name, arrows choose, Enter asks; `back` is the duty that comes back for it, if any."""

    def __init__(self, desk: Desk, assignment_id: str, parent: QWidget) -> None:
        super().__init__(tr("Ask somebody to take over a duty"), parent, width=660)
        self._desk = desk
        self._duty = assignment_id
        self._found: tuple[SwapPartner, ...] = ()
        self.search = LineEdit(tr("Name, pinyin or number"))
        self.search.setAccessibleName(tr("Name, pinyin or number"))
        self.search.textChanged.connect(lambda _text: self._filter())
        self.search.installEventFilter(self)
        self.list = RowList(tr("Experts"), Columns())
        self.list.setFixedHeight(theme.current().px(340))
        self.list.opened.connect(lambda _key: self.ask())
        self.list.chosen.connect(lambda _key: self._offer())
        self.back = Choice([(None, tr("nothing comes back"))])
        self._count = Label("", "hint", wrap=True)
        self._which = Label("", "strong")
        self.body.addWidget(self._which)
        self.body.addWidget(self.search)
        self.body.addWidget(self.list)
        self.body.addWidget(Field(tr("In exchange for"), self.back, hint="Tab"))
        self.body.addWidget(self._count)
        self.add_button(tr("Cancel"), self.reject)
        self.add_button(tr("Ask"), self.ask, kind="primary")
        run_job(self, desk.services.swaps.duty, assignment_id, lane="read", on_done=self._name, on_error=self._quiet)
        run_job(self, desk.services.swaps.partners, assignment_id, lane="read", on_done=self._show, on_error=self._gone)
        self.search.setFocus()

    def chosen(self) -> SwapPartner | None:
        """Whom the list stands on."""
        return next((one for one in self._found if one.staff_id == self.list.key()), None)

    def _name(self, duty: SwapSide) -> None:
        self._which.setText(tr("{name}: {slot}", name=duty.name, slot=_day(duty.slot)))

    def _quiet(self, _error: Exception) -> None:
        """Said once, by the list."""

    def _gone(self, error: Exception) -> None:
        notify.warn(self, str(error))
        self.reject()

    def _show(self, found: tuple[SwapPartner, ...]) -> None:
        self._found = found
        self._filter()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        shown = [one for one in self._found if all(word in one.found_by for word in words)]
        self.list.set_rows([_partner_row(one) for one in shown])
        if not self.list.key():
            self.list.choose_first()
        free = sum(one.free for one in shown)
        self._count.setText(tr("{free} free, {others} others", free=free, others=len(shown) - free))
        self._offer()

    def _offer(self) -> None:
        """The duties that the chosen one could give back."""
        one = self.chosen()
        options: list[tuple[object, str]] = [(None, tr("nothing comes back"))]
        if one is not None:
            options += [(offer.assignment_id, _offer_words(offer)) for offer in one.exchanges if not offer.refused]
        self.back.set_options(options)
        if self.back.value() is None:
            self.back.set_value(None)
            self.back.setCurrentIndex(0)

    def ask(self) -> None:
        """Rules that speak against it are asked about first."""
        one = self.chosen()
        if one is None:
            return
        if one.refused:
            reasons = tr("; ").join(note.text() for note in one.obstacles)
            notify.warn(self, tr("{name}: {reason}.", name=one.name, reason=reasons))
            return
        back = self.back.value()
        run_job(self, self._desk.services.swaps.ask, self._duty, one.staff_id, back, on_done=self._asked)

    def _asked(self, view: SwapView) -> None:
        words = tr("{name} is asked to take over {slot}.", name=view.to_name, slot=view.duty.slot.words())
        notify.say(self, words)
        self.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The list is steered from the search line."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self.list.keyPressEvent(event)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.ask()
                return True
        return super().eventFilter(watched, event)


def _duty_row(one: SwapDuty) -> Row:
    asked = tr("asked: {names}", names=one.asked) if one.asked else ""
    return Row(one.assignment_id, _day(one.slot), one.room or "", badge=asked, tone="attention")


def _partner_row(one: SwapPartner) -> Row:
    if one.free:
        badge, tone = tr("can do duty"), "accent"
    elif one.refused:
        badge, tone = tr("not allowed"), "urgent"
    else:
        badge, tone = tr("ask first"), "attention"
    offers = len(one.exchanges)
    return Row(
        one.staff_id,
        one.name,
        one.telephone or "",
        second="；".join(note.text() for note in one.obstacles) or "、".join(one.specialities),
        badge=badge,
        tone=tone,
        note=ntr("{n} duty to exchange", "{n} duties to exchange", offers) if offers else "",
        faded=one.refused,
    )


def _offer_words(offer: SwapOffer) -> str:
    against = tr("; ").join(note.text() for note in offer.obstacles)
    return f"{_day(offer.slot)}（{against}）" if against else _day(offer.slot)


def _day(slot: Slot) -> str:
    return tr("{month}/{day} {slot}", month=slot.day.month, day=slot.day.day, slot=slot.words())
