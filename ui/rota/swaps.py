"""换班: the requests that wait, answered by one key; and what was decided lately, by whom and how."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.common.changes import Topic
from app.common.clock import local
from app.common.words import ntr, tr
from app.rota.rules import Slot
from app.rota.swap_rules import HOW_WORDS, STATE_WORDS
from app.rota.swap_views import Swapped, SwapView
from app.security.permissions import May
from ui import notify, theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.rota.swap_ask import AskSheet, open_own_duties
from ui.widgets.label import Label
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.sheet import Sheet

_TONES = {"open": "attention", "done": "accent", "contested": "urgent"}


def open_swaps(desk: Desk, parent: QWidget, assignment_id: str | None = None) -> None:
    """The requests of this person or of the centre; with a duty, whom to ask for it."""
    if assignment_id is None:
        SwapsSheet(desk, parent.window()).open()
    else:
        AskSheet(desk, assignment_id, parent.window()).open()


class SwapsSheet(Sheet):
    """1 agrees, 2 declines, 3 decides over her head, Delete takes back, N asks for a swap; each only where allowed."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(tr("Swaps of duties"), parent, width=720)
        self._desk = desk
        self._swaps = desk.services.swaps
        self._found: tuple[SwapView, ...] = ()
        self._arranges = May.ARRANGE_SWAPS in desk.who.may
        self.list = RowList(tr("Swaps of duties"), Columns())
        self.list.setFixedHeight(theme.current().px(400))
        self.list.chosen.connect(lambda _key: self._offer())
        self._about = Label("", "hint", wrap=True)
        self.body.addWidget(self.list)
        self.body.addWidget(self._about)
        self.add_button(tr("Close"), self.reject)
        self.ask_button = self.add_button(tr("Ask for a swap"), self.ask_new, shortcut="N")
        self.back_button = self.add_button(tr("Withdraw"), self.withdraw, shortcut="Del")
        self.over_button = self.add_button(tr("Decide without consent"), self.override, shortcut="3")
        self.no_button = self.add_button("", lambda: self.answer(False), shortcut="2")
        self.yes_button = self.add_button("", lambda: self.answer(True), kind="primary", shortcut="1")
        self.ask_button.setVisible(May.OWN_DUTY in desk.who.may)
        desk.bus.changed.connect(self._changed)
        self._load()

    def chosen(self) -> SwapView | None:
        """The request that the list stands on."""
        return next((one for one in self._found if one.id == self.list.key()), None)

    def _changed(self, topics: frozenset[Topic], _initiator: object) -> None:
        if Topic.ROTA in topics:
            self._load()

    def _load(self) -> None:
        run_job(self, self._swaps.requests, lane="read", on_done=self._show)

    def _show(self, found: tuple[SwapView, ...]) -> None:
        self._found = found
        self.list.set_rows([_row(one) for one in found])
        if not self.list.key():
            self.list.choose_first()
        self._offer()
        self.list.setFocus()

    def _offer(self) -> None:
        """Only what may be done with the one that is chosen."""
        one = self.chosen()
        mine = one is not None and one.may_answer
        told = one is not None and one.may_record and not mine
        self.yes_button.setVisible(mine or told)
        self.no_button.setVisible(mine or told)
        self.yes_button.set_text(tr("Agree") if mine else tr("Has agreed (telephone)"))
        self.no_button.set_text(tr("Decline") if mine else tr("Has declined (telephone)"))
        self.over_button.setVisible(one is not None and one.may_override and not mine)
        self.back_button.setVisible(one is not None and one.open and (one.asked_by_me or self._arranges))
        self._about.setText(self._said(one))

    def _said(self, one: SwapView | None) -> str:
        if one is None:
            if May.OWN_DUTY in self._desk.who.may:
                return tr("Nobody has asked for a swap. N asks somebody to take over a duty of yours.")
            return tr("Nobody has asked for a swap. S on a duty of the board asks for one.")
        if one.state == "contested":
            return tr(
                "Agreed on one PC, answered otherwise on another. The rota shows who is on duty; please settle it."
            )
        if one.warnings:
            reasons = tr("; ").join(note.text() for note in one.warnings)
            return tr("Speaks against it: {reasons}", reasons=reasons)
        waiting = sum(found.open for found in self._found)
        return ntr("{n} request waits for an answer", "{n} requests wait for an answer", waiting)

    # --- acts ---

    def answer(self, agreed: bool) -> None:
        """By the one who is asked; or by the desk, as she said on the telephone."""
        one = self.chosen()
        if one is None or not (one.may_answer or one.may_record):
            return
        act = self._swaps.answer if one.may_answer else self._swaps.record
        run_job(self, act, one.id, agreed, on_done=self._told)

    def override(self) -> None:
        """The planner's decision, recorded as such."""
        one = self.chosen()
        if one is not None and one.may_override and not one.may_answer:
            run_job(self, self._swaps.override, one.id, on_done=self._told)

    def withdraw(self) -> None:
        """It stays in the list, as withdrawn."""
        one = self.chosen()
        if one is not None and one.open and (one.asked_by_me or self._arranges):
            run_job(self, self._swaps.withdraw, one.id, on_done=lambda _view: self._load())

    def ask_new(self) -> None:
        """A duty of one's own, then whom to ask."""
        if May.OWN_DUTY in self._desk.who.may:
            open_own_duties(self._desk, self.parentWidget() or self)

    def _told(self, done: Swapped) -> None:
        notify.say(self, swapped_words(done))
        self._load()


def swapped_words(done: Swapped) -> str:
    """What the answer changed, bookings included."""
    one = done.request
    if one.state != "done":
        return tr("{name} declined.", name=one.to_name)
    words = tr("{name} is on duty on {slot} now.", name=one.to_name, slot=one.duty.slot.words())
    if done.moved:
        words += ntr("{n} booking was moved.", "{n} bookings were moved.", done.moved)
    if done.stays:
        words += ntr("{n} is still to be called.", "{n} are still to be called.", done.stays)
    return words


def _row(one: SwapView) -> Row:
    if one.back is None:
        title = tr("{giver} → {taker}", giver=one.duty.name, taker=one.to_name)
        what = _day(one.duty.slot)
    else:
        title = tr("{giver} ⇄ {taker}", giver=one.duty.name, taker=one.to_name)
        what = tr("{slot} for {back}", slot=_day(one.duty.slot), back=_day(one.back.slot))
    asked = tr("asked by {name} {time}", name=one.asked_by, time=f"{local(one.asked_at):%m-%d %H:%M}")
    second = [asked]
    if one.why is not None:
        second.append(one.why.text())
    if one.answered_at is not None and one.how:
        second.append(tr("{how}, {name}", how=tr(HOW_WORDS[one.how]), name=one.answered_by))
    elif one.open and one.to_telephone and one.may_record:
        second.append(tr("telephone {number}", number=one.to_telephone))
    return Row(
        one.id,
        title,
        what,
        second=tr("; ").join(second),
        badge=tr("waits for me") if one.open and one.mine else tr(STATE_WORDS[one.state]),
        tone="accent" if one.open and one.mine else _TONES.get(one.state, "neutral"),
        faded=not one.open,
        strong=one.mine and one.open,
    )


def _day(slot: Slot) -> str:
    return tr("{month}/{day} {slot}", month=slot.day.month, day=slot.day.day, slot=slot.words())
