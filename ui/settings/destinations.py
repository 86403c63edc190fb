"""Where a referral may go: institution, clinic, telephone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from app.common.errors import UserError
from app.common.words import tr
from app.people.centres import DestinationView
from ui.desk import Desk
from ui.jobs import run_job
from ui.settings.keeping import show_rows
from ui.widgets.button import QuietButton
from ui.widgets.card import Card
from ui.widgets.choice import Choice
from ui.widgets.field import Field
from ui.widgets.line_edit import LineEdit
from ui.widgets.row import Row
from ui.widgets.sheet import Sheet


class DestinationsCard(Card):
    """A row a destination; a click changes it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Destinations of referrals"), padded=False)
        self._desk = desk
        self.add_to_head(QuietButton(tr("Add a destination"), lambda: self.edit(None), icon="plus"))

    def load(self) -> None:
        run_job(self, self._desk.services.centre.destinations, include_inactive=True, lane="read", on_done=self._show)

    def edit(self, view: DestinationView | None) -> DestinationSheet:
        """Opens the sheet for one, or for a new one."""
        sheet = DestinationSheet(self._desk, view, self)
        sheet.open()
        return sheet

    def _show(self, views: Sequence[DestinationView]) -> None:
        show_rows(self, [(self._row(view), partial(self.edit, view)) for view in views])

    def _row(self, view: DestinationView) -> Row:
        return Row(
            view.id,
            view.clinic,
            view.institution,
            badge="" if view.active else tr("not in use"),
            faded=not view.active,
        )


class DestinationSheet(Sheet):
    """Institution, clinic, kind, telephone, in use."""

    def __init__(self, desk: Desk, view: DestinationView | None, card: DestinationsCard) -> None:
        super().__init__(tr("Destination"), card.window())
        self._desk = desk
        self._view = view
        self.institution, self.clinic, self.telephone = LineEdit(), LineEdit(), LineEdit()
        self.kind = Choice([("hospital", tr("Hospital")), ("school", tr("School")), ("other", tr("Other"))])
        self.kind.set_value(view.kind if view else "hospital")
        self.active = Choice([(True, tr("in use")), (False, tr("not in use"))])
        self.active.set_value(view.active if view else True)
        if view is not None:
            self.institution.setText(view.institution)
            self.clinic.setText(view.clinic)
            self.telephone.setText(view.telephone or "")
        self._first = Field(tr("Institution"), self.institution)
        for field in (
            self._first,
            Field(tr("Clinic"), self.clinic),
            Field(tr("Kind"), self.kind),
            Field(tr("Telephone"), self.telephone),
            Field(tr("State"), self.active),
        ):
            self.body.addWidget(field)
        self.add_button(tr("Cancel"), self.reject)
        self.add_button(tr("Save"), self.keep, kind="primary")

    def keep(self) -> None:
        """Saves and closes, or says what is missing."""
        run_job(
            self,
            self._desk.services.centre.save_destination,
            self.institution.value(),
            self.clinic.value(),
            str(self.kind.value() or "hospital"),
            self.telephone.value() or None,
            self._view.id if self._view else None,
            bool(self.active.value()),
            on_done=lambda _id: self.accept(),
            on_error=self._refuse,
        )

    def _refuse(self, error: UserError) -> None:
        self._first.set_error(error.text())
