"""How far to fill, and whether drafts that nobody pinned may be arranged anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtWidgets import QCheckBox, QWidget

from app.common.words import ntr, tr
from app.rota.rules import quarter_start
from ui.rota.models import period_words
from ui.widgets.label import Label
from ui.widgets.segmented import SegmentedControl
from ui.widgets.sheet import Sheet


class FillSheet(Sheet):
    """`on_fill(first, last, keep_drafts)`; `monday` is the week on show."""

    def __init__(self, monday: date, on_fill: Callable[[date, date, bool], object], parent: QWidget) -> None:
        super().__init__(tr("Fill several weeks"), parent, width=520)
        self._monday = monday
        self._on_fill = on_fill
        options: list[tuple[object, str]] = [(n, ntr("{n} week", "{n} weeks", n)) for n in (1, 2, 4, 13)]
        self.weeks = SegmentedControl([*options, (0, tr("to the quarter's end"))], value=4, name=tr("How far"))
        self.anew = QCheckBox(tr("Arrange drafts anew that nobody pinned"))
        self.weeks.chosen.connect(lambda _n: self._tell())
        self._period = Label("", "muted", wrap=True)
        self.body.addWidget(self.weeks)
        self.body.addWidget(self._period)
        self.body.addWidget(self.anew)
        kept = tr("Pinned and published duties stay in any case. Nothing is saved before you adopt it.")
        self.body.addWidget(Label(kept, "hint", wrap=True))
        self.add_button(tr("Cancel"), self.reject)
        self.add_button(tr("Fill"), self._fill, kind="primary")
        self._tell()
        self.weeks.setFocus()

    def last(self) -> date:
        """The last day to fill."""
        weeks = int(str(self.weeks.value()))
        if weeks:
            return self._monday + timedelta(days=7 * weeks - 1)
        return quarter_start(quarter_start(self._monday) + timedelta(days=100)) - timedelta(days=1)

    def _tell(self) -> None:
        self._period.setText(period_words(self._monday, self.last()))

    def _fill(self) -> None:
        self.accept()
        self._on_fill(self._monday, self.last(), not self.anew.isChecked())
