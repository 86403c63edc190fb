"""A fill or a repair from the wish to the answer: it runs, can be stopped, is adopted whole or in part, or put away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.common.words import ntr, tr
from app.rota.adjust import without
from app.rota.views import Proposal
from ui.desk import Desk
from ui.jobs import Job, run_job
from ui.rota.models import Seat, slot_words
from ui.rota.result import ResultCard
from ui.rota.undoing import Undoing


class ProposalActs(QObject):
    """`changed` whenever what lies over the board is another proposal, or none."""

    changed = Signal()

    def __init__(self, desk: Desk, tab: QWidget, card: ResultCard, undoing: Undoing) -> None:
        super().__init__(tab)
        self._undoing = undoing
        self._tab = tab
        self._rota = desk.services.rota
        self._card = card
        self._job: Job | None = None
        self._title = ""
        self._again: Callable[[], object] | None = None
        self.proposal: Proposal | None = None
        card.adopt_wanted.connect(self.adopt)
        card.discard_wanted.connect(self.discard)
        card.cancel_wanted.connect(self.cancel)
        card.again_wanted.connect(self._once_more)

    @property
    def running(self) -> bool:
        return self._job is not None

    def fill(self, first: date, last: date, keep_drafts: bool = True) -> None:
        """Looks for the best rota of the stretch."""
        self._title = tr("Result of the fill")
        self._run(self._rota.propose, first, last, keep_drafts=keep_drafts)

    def repair(self, first: date, last: date) -> None:
        """Mends what no longer holds, with the fewest changes."""
        self._title = tr("Result of the repair")
        self._run(self._rota.propose_repair, first, last)

    def _run(self, method: Callable[..., Proposal], first: date, last: date, **wanted: bool) -> None:
        if self._job is not None:
            return
        self._again = partial(self._run, method, first, last, **wanted)
        self._drop()
        self._card.show_running(self._title)
        self._job = run_job(
            self._tab,
            partial(method, first, last, **wanted),
            lane="pool",
            cancellable=True,
            on_end=self._ended,
            on_done=self._propose,
        )

    def cancel(self) -> None:
        """Stops the search; nothing was changed."""
        if self._job is not None:
            self._job.cancel()

    def _ended(self) -> None:
        self._job = None
        self._card.put_away()

    def _propose(self, proposal: Proposal) -> None:
        self.proposal = proposal
        self._card.show_result(proposal, self._title)
        self.changed.emit()
        self.check()

    def adopt(self) -> None:
        """采用: all of it."""
        proposal = self.proposal
        if proposal is None or not (proposal.added or proposal.removed):
            return

        def adopted(count: int) -> None:
            self._drop()
            self._undoing.say(ntr("{n} duty saved as draft.", "{n} duties saved as draft.", count))

        run_job(self._tab, self._rota.adopt, proposal, on_done=adopted)

    def discard(self) -> None:
        """放弃: the board as it stands."""
        self._drop()

    def take_one(self, seat: Seat) -> None:
        """Adopts what the proposal says about one expert on one session; the rest stays a proposal."""
        proposal, slot = self.proposal, seat.slot
        if proposal is None:
            return

        def taken(rest: Proposal) -> None:
            self._undoing.say(tr("{name} taken over, {slot}.", name=seat.text, slot=slot_words(slot)))
            self._show(rest)

        run_job(self._tab, self._rota.adopt_part, proposal, slot.day, slot.half, seat.staff_id, on_done=taken)

    def leave_out(self, seat: Seat) -> None:
        """Takes one duty out of the proposal; nothing is saved."""
        if self.proposal is not None:
            self._show(without(self.proposal, seat.slot, seat.staff_id))

    def check(self) -> None:
        """After a change of the rota: a proposal made for another board is put away, and says so."""
        proposal = self.proposal
        if proposal is None:
            return

        def answered(holds: bool) -> None:
            if not holds and self.proposal is proposal:
                self.proposal = None
                self._card.show_stale(self._title)
                self.changed.emit()

        run_job(self._tab, self._rota.still_holds, proposal, lane="read", on_done=answered)

    def _once_more(self) -> None:
        if self._again is not None:
            self._again()

    def _show(self, proposal: Proposal) -> None:
        if not (proposal.added or proposal.removed or proposal.gaps):
            self._drop()
            return
        self.proposal = proposal
        self._card.show_result(proposal, self._title)
        self.changed.emit()

    def _drop(self) -> None:
        had, self.proposal = self.proposal, None
        self._card.put_away()
        if had is not None:
            self.changed.emit()
