"""What stands at the head of every letter and slip; for most people to read, for the director to change."""

from __future__ import annotations

from app.common.words import tr
from app.people.centres import CentreView
from app.security.permissions import May
from ui import notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.widgets.button import SecondaryButton
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.layout import row
from ui.widgets.line_edit import LineEdit


class LetterheadCard(Card):
    """Name, address, hotline."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("The centre"), tr("printed on every letter"))
        self._desk = desk
        self.name, self.address, self.hotline = LineEdit(), LineEdit(), LineEdit()
        self._save = SecondaryButton(tr("Save"), self._keep)
        self._may = May.EDIT_CENTRE in desk.who.may
        for line in (self.name, self.address, self.hotline):
            line.setReadOnly(not self._may)
            line.returnPressed.connect(self._keep)
            line.textEdited.connect(lambda _text: self._save.setEnabled(True))
        self.add(
            Field(tr("Name of the centre"), self.name),
            Field(tr("Address"), self.address),
            Field(tr("Hotline"), self.hotline),
        )
        if self._may:
            self.add(row(None, self._save))
        self._save.setEnabled(False)

    def load(self) -> None:
        """Unless something is half typed."""
        if not self._save.isEnabled():
            run_job(self, self._desk.services.centre.view, lane="read", on_done=self._show)

    def _show(self, view: CentreView) -> None:
        self.name.setText(view.name)
        self.address.setText(view.address)
        self.hotline.setText(view.hotline)
        for line in (self.name, self.address, self.hotline):
            line.setCursorPosition(0)

    def _keep(self) -> None:
        if self._may and self._save.isEnabled():
            run_job(
                self,
                self._desk.services.centre.set_letterhead,
                self.name.value(),
                self.address.value(),
                self.hotline.value(),
                on_done=self._kept,
            )

    def _kept(self, _none: object) -> None:
        self._save.setEnabled(False)
        notify.say(self, tr("Saved. The next letter carries it."))
