"""The PCs of the organisation: which there are and when each was last heard; the director lets another in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from app.common.words import tr
from app.people.centres import CentreView
from app.security.permissions import May
from app.sync.views import PeerView
from ui.desk import Desk
from ui.jobs import run_job
from ui.joining.admit import AdmitSheet
from ui.settings.keeping import show_rows
from ui.sync.syncing import Syncing
from ui.sync.words import age_words
from ui.widgets.button import QuietButton
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import clear
from ui.widgets.row import Row

SILENT = timedelta(days=3)


class PcsCard(Card):
    """A line a PC."""

    def __init__(self, desk: Desk, syncing: Syncing) -> None:
        super().__init__(tr("PCs"), tr("besides this one"), padded=False)
        self._desk = desk
        self._syncing = syncing
        self._shown: Sequence[PeerView] | None = None
        self._own = ""
        self._may = May.ADMIT_DEVICES in desk.who.may
        if self._may:
            self.set_hint("")
            self.add_to_head(QuietButton(tr("Let a PC in"), self.ask_admit, icon="plus"))
        syncing.changed.connect(self._show)
        self._show()

    def load(self) -> None:
        """The own centre's name goes without saying."""
        run_job(self, self._desk.services.centre.view, lane="read", on_done=self._know)

    def _know(self, view: CentreView) -> None:
        self._own = view.name
        self._show()

    def ask_admit(self) -> AdmitSheet:
        """Opens the sheet that reads a request."""
        sheet = AdmitSheet(self._desk, self)
        sheet.finished.connect(lambda _code: self._syncing.load())
        sheet.open()
        return sheet

    def _show(self) -> None:
        status = self._syncing.status
        peers = status.peers if status is not None else ()
        if peers:
            show_rows(self, [(self._row(peer), None) for peer in peers])
        elif self._shown is None or self._shown:
            clear(self.body)
            hint = (
                tr("On the new PC choose “Join an organisation”, then let it in here.")
                if self._may
                else tr("The director lets others in here.")
            )
            self.add(EmptyState("monitor", tr("No other PC yet"), hint))
        self._shown = peers

    def _row(self, peer: PeerView) -> Row:
        now = self._desk.clock.now()
        silent = peer.last_heard is None or now - peer.last_heard > SILENT
        if peer.last_heard is None:
            badge = tr("not heard yet")
        else:
            badge = tr("heard {age}", age=age_words(peer.last_heard, now))
        return Row(
            peer.device,
            peer.name,
            "" if peer.centre_name == self._own else peer.centre_name,
            lead=peer.letter,
            badge=badge,
            tone="attention" if silent else "accent",
            badge_icon="triangle-alert" if silent and peer.last_heard is not None else "",
            tip=f"{peer.letter} · {peer.name} · {peer.centre_name}",
        )
