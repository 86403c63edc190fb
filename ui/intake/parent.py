"""家长本人也来访: a second visit of the same arrival, with a record that the first one's does not show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from app.common.words import tr
from app.people.search import FoundClient
from ui import clipboard
from ui.intake.name_box import NameBox, Search
from ui.intake.safety import SafetyRow
from ui.intake.state import ParentState
from ui.widgets.field import Field
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.layout import column, hairline, holder, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.text_area import TextArea


class ParentFields(QFrame):
    """`changed` at each change by hand; `removed` by its cross."""

    changed = Signal()
    removed = Signal()

    def __init__(self, search: Search, today: Callable[[], date]) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._client_id = ""
        self.name = NameBox(search, today)
        self.telephone = LineEdit(limit=40)
        self.reason = TextArea(lines=2, most=8)
        self.safety = SafetyRow()
        clipboard.guard(self.reason)
        self.name_field = Field(tr("Parent's name"), self.name)
        head = row(
            Label(tr("The parent's own visit"), "heading"),
            Label(tr("kept apart from the child's record"), "small"),
            None,
            IconButton("x", tr("Take the parent's visit off"), self.removed.emit),
        )
        who = row(self.name_field, Field(tr("Telephone"), self.telephone), space=12)
        column(
            hairline(),
            head,
            holder(who),
            Field(
                tr("Reason for coming"), self.reason, hint=tr("their own words; after saving the desk cannot read it")
            ),
            Field(tr("Three safety questions"), self.safety),
            parent=self,
            space=8,
        )
        self.name.taken.connect(self._take)
        self.name.released.connect(self._release)
        for line in (self.name, self.telephone):
            line.textChanged.connect(lambda _text: self.changed.emit())
        self.reason.textChanged.connect(self.changed.emit)
        self.safety.changed.connect(self.changed.emit)

    def state(self) -> ParentState:
        return ParentState(
            name=self.name.value(),
            client_id=self._client_id,
            telephone=self.telephone.value(),
            reason=self.reason.value(),
            safety=self.safety.value(),
        )

    def show_state(self, state: ParentState | None) -> None:
        """None empties it."""
        shown = state or ParentState()
        self._client_id = shown.client_id
        self.name.hold(shown.name) if shown.client_id else self.name.free(shown.name)
        self.telephone.setText(shown.telephone)
        self.telephone.setEnabled(not shown.client_id)
        self.reason.set_value(shown.reason)
        self.safety.set_value(shown.safety)

    def suggest(self, *, name: str, telephone: str) -> None:
        """What the child's part knows of the parent."""
        if not self.name.value():
            self.name.free(name)
        if not self.telephone.value():
            self.telephone.setText(telephone)

    def _take(self, hit: FoundClient) -> None:
        self._client_id = hit.id
        self.name.hold(hit.name)
        self.telephone.setText("")
        self.telephone.setEnabled(False)
        self.reason.setFocus()
        self.changed.emit()

    def _release(self) -> None:
        self._client_id = ""
        self.name.free()
        self.telephone.setEnabled(True)
        self.changed.emit()
