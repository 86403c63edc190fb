"""What the desk took down in confidence, shown above the form to whoever holds the case."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget

from app.cases.views import DropView
from app.common.words import N_, tr
from ui.widgets.icon_view import IconView
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, row

TOLD_WORDS: dict[str, str] = {
    "reason": N_("Reason for coming"),
    "safety": N_("Safety questions"),
    "medication": N_("Medication, as told"),
    "previous": N_("Earlier counselling"),
    "ideation": N_("Thoughts"),
    "plan": N_("Plan, as told"),
    "means": N_("Means"),
    "history": N_("History"),
}


class Told(QWidget):
    """Hidden while there is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        frame = QFrame()
        frame.setProperty("kind", "well")
        self._lines = column(space=2)
        head = row(IconView("lock", "info", 14), Label(tr("Told at the desk in confidence"), "label"), None, space=6)
        column(head, self._lines, parent=frame, margins=(12, 8, 12, 8), space=4)
        column(frame, parent=self)
        self.hide()

    def show_drops(self, drops: tuple[DropView, ...]) -> None:
        """Each field in a line of its own."""
        clear(self._lines)
        for drop in drops:
            for name, text in drop.told.items():
                words = tr(TOLD_WORDS[name]) if name in TOLD_WORDS else name
                self._lines.addWidget(Label(tr("{field}: {text}", field=words, text=text), wrap=True))
        self.setVisible(bool(drops))

    def text(self) -> str:
        """What is shown, line by line."""
        items = (self._lines.itemAt(n) for n in range(self._lines.count()))
        labels = (item.widget() for item in items if item is not None)
        return "\n".join(label.text() for label in labels if isinstance(label, Label))
