"""The rarer fields of the centre's paper form, folded away until they are wanted."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.common.words import N_, tr
from ui.widgets.button import QuietButton
from ui.widgets.field import Field
from ui.widgets.layout import column, row
from ui.widgets.line_edit import LineEdit

FIELDS: dict[str, str] = {
    "alias": N_("Alias"),
    "id_number": N_("ID number"),
    "ethnic_group": N_("Ethnic group"),
    "county": N_("County"),
    "emergency_name": N_("In an emergency call"),
    "emergency_telephone": N_("Their telephone"),
    "safe_times": N_("When one may telephone"),
    "previous": N_("Earlier counselling"),
}
"""`previous` is told in confidence; the others belong to the client's card."""


class MoreFields(QWidget):
    """`values()` holds only what is filled in; `button`, which unfolds them, stands where the form wants it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self.lines = {name: LineEdit(limit=200) for name in FIELDS}
        made = [Field(tr(words), self.lines[name]) for name, words in FIELDS.items()]
        pairs = [row(one, other, space=12) for one, other in zip(made[::2], made[1::2], strict=True)]
        self.button = QuietButton(tr("More fields"), self.toggle, icon="chevron-down")
        column(*pairs, parent=self, space=8)
        self.hide()
        for line in self.lines.values():
            line.textChanged.connect(lambda _text: self.changed.emit())

    def values(self) -> dict[str, str]:
        return {name: line.value() for name, line in self.lines.items() if line.value()}

    def set_values(self, values: Mapping[str, str]) -> None:
        """Unfolds if there is anything to see."""
        for name, line in self.lines.items():
            line.setText(values.get(name, ""))
        self._unfold(bool(values))

    def toggle(self) -> None:
        self._unfold(self.isHidden())

    def _unfold(self, shown: bool) -> None:
        self.setVisible(shown)
        self.button.set_text(tr("Fewer fields") if shown else tr("More fields"))
