"""What one expert would like or rather not: 周六上午, 1月7日; a wish, never a promise."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from app.common.clock import today
from app.common.words import tr
from app.rota.expert_views import WishLine
from app.rota.leave import read_typed_wishes
from ui.desk import Desk
from ui.jobs import run_job
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.list_row import ListRow
from ui.widgets.row import Row
from ui.widgets.segmented import SegmentedControl


class WishBox(QWidget):
    """Enter in the line adds; the cross of a row takes the wish back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._desk = desk
        self._staff_id = ""
        self.prefer = SegmentedControl([(True, tr("Would like")), (False, tr("Rather not"))], name=tr("Wish"))
        self.text = LineEdit(tr("such as 周六上午、1月7日"))
        self.text.setAccessibleName(tr("Wish"))
        self.text.returnPressed.connect(self.enter)
        self._error = Label("", "error", wrap=True)
        self.text.textChanged.connect(lambda _text: self._error.setText(""))
        self.rows = column(space=0)
        head = row(Label(tr("Wishes"), "heading"), None, self.prefer, space=8)
        column(head, self.text, self._error, self.rows, None, parent=self, space=6)

    def begin(self, staff_id: str) -> None:
        """For another person."""
        self._staff_id = staff_id
        self.text.clear()

    def show_wishes(self, lines: Sequence[WishLine], *, may_change: bool) -> None:
        """What she would like first."""
        self.text.setEnabled(may_change)
        self.prefer.setEnabled(may_change)
        clear(self.rows)
        for line in lines:
            words = tr("would like") if line.prefer else tr("rather not")
            shown = Row(line.id, line.words(), words)
            button = None
            if may_change:
                button = IconButton("x", tr("Take back: {wish}", wish=line.words()), partial(self._take_back, line.id))
            self.rows.addWidget(ListRow(shown, button=button))
        if not lines:
            self.rows.addWidget(Label(tr("no wishes"), "muted"))

    def error(self) -> str:
        return self._error.text()

    def enter(self) -> None:
        """Adds each of what was typed, or says what cannot be read."""
        found, notes = read_typed_wishes(self.text.value(), today(self._desk.clock))
        if notes:
            self._error.setText(notes[0].text())
            return
        self.text.clear()
        for wish in found:
            run_job(self, self._desk.services.experts.add_wish, self._staff_id, bool(self.prefer.value()), wish)

    def _take_back(self, wish_id: str) -> None:
        run_job(self, self._desk.services.experts.withdraw_wish, wish_id)
