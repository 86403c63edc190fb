"""The filter line over the board: by expert, by speciality, by centre. What it does not look for fades."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.common.words import ntr, tr
from app.rota.views import LoadView
from ui import theme
from ui.widgets.choice import Choice
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.line_edit import LineEdit


@dataclass(frozen=True, slots=True)
class Filter:
    """`centre_id` "" is one's own centre."""

    text: str = ""
    speciality: str = ""
    centre_id: str = ""

    @property
    def on(self) -> bool:
        """Whether anything fades."""
        return bool(self.text.strip() or self.speciality)

    def wanted(self, loads: Sequence[LoadView]) -> frozenset[str] | None:
        """The staff ids that it looks for; None if it looks for nobody in particular."""
        if not self.on:
            return None
        words = self.text.casefold().split()
        return frozenset(
            one.staff_id
            for one in loads
            if all(word in one.found_by for word in words)
            and (not self.speciality or self.speciality in one.specialities)
        )


class FilterBar(QWidget):
    """Hidden until it is asked for."""

    changed = Signal()
    left = Signal()
    """Enter or Down: the keyboard goes back to the board."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        words = tr("Name, pinyin or staff number")
        self.search = LineEdit(words)
        self.search.setAccessibleName(words)
        self.search.setFixedWidth(theme.current().px(220))
        self.search.textChanged.connect(lambda _text: self.changed.emit())
        self.search.returnPressed.connect(self.left.emit)
        self.speciality = self._choice([("", tr("All specialities"))], tr("Speciality"))
        self.centre = self._choice([("", tr("This centre"))], tr("Centre"))
        self.centre.hide()
        self._count = Label("", "hint")
        close = IconButton("x", tr("End the filter"), self.clear, shortcut="")
        row(self.search, self.speciality, self.centre, self._count, None, close, parent=self, space=8)
        self.hide()

    def _choice(self, options: list[tuple[object, str]], name: str) -> Choice:
        made = Choice(options)
        made.set_value("")
        made.setAccessibleName(name)
        made.setFixedWidth(theme.current().px(190))
        made.chosen.connect(lambda _value: self.changed.emit())
        return made

    def value(self) -> Filter:
        """What is looked for."""
        return Filter(self.search.text(), self.speciality.text(), self.centre.text())

    def begin(self, load: Callable[[], object]) -> None:
        """Ctrl+F; `load` fetches the centres."""
        self.show()
        self.search.setFocus()
        self.search.selectAll()
        load()

    def look_for(self, text: str) -> None:
        """As if typed."""
        self.show()
        self.search.setText(text)

    def clear(self) -> None:
        """Everything is shown again, the own centre."""
        self.hide()
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.speciality.set_value("")
        self.centre.set_value("")
        self.changed.emit()
        self.left.emit()

    def know_centres(self, centres: Sequence[tuple[str, str]]) -> None:
        """(id, name), one's own first."""
        own = [("", tr("This centre"))]
        kept = self.centre.text()
        self.centre.set_options([*own, *((centre_id, name) for centre_id, name in centres[1:])])
        self.centre.set_value(kept)
        self.centre.setVisible(len(centres) > 1)

    def know_loads(self, loads: Sequence[LoadView]) -> None:
        """Whose specialities there are to choose from, and how many it finds."""
        kept = self.speciality.text()
        found = sorted({one for load in loads for one in load.specialities})
        self.speciality.set_options([("", tr("All specialities")), *((one, one) for one in found)])
        self.speciality.set_value(kept)
        wanted = self.value().wanted(loads)
        self._count.setText("" if wanted is None else ntr("{n} expert", "{n} experts", len(wanted)))
