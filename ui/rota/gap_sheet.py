"""Why a seat is empty, expert by expert: those who could first, then each with the reason against."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from app.common.words import tr
from app.rota.views import GapView, LoadView
from ui import theme
from ui.rota.result import gap_title
from ui.widgets.label import Label
from ui.widgets.line_edit import LineEdit
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.sheet import Sheet


class GapSheet(Sheet):
    """`experts`: staff number -> expert."""

    def __init__(self, gap: GapView, experts: Mapping[str, LoadView], parent: QWidget) -> None:
        super().__init__(gap_title(gap), parent, width=560)
        free = tr("nothing speaks against it")
        self._experts = experts
        self._rows = [
            Row(number, experts[number].name if number in experts else number, reason, note=number)
            for number, reason in sorted(gap.reasons.items(), key=lambda pair: (pair[1] != free, pair[0]))
        ]
        self.search = LineEdit(tr("Name, pinyin or reason"))
        self.search.setAccessibleName(tr("Name, pinyin or reason"))
        self.search.textChanged.connect(lambda _text: self._filter())
        self.list = RowList(tr("Expert by expert"), Columns(), parent=self)
        self.list.setFixedHeight(theme.current().px(380))
        self.body.addWidget(Label(gap.long.text(), "muted", wrap=True))
        self.body.addWidget(self.search)
        self.body.addWidget(self.list)
        self.add_button(tr("Close"), self.accept, kind="primary")
        self._filter()
        self.search.setFocus()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        self.list.set_rows([row for row in self._rows if all(word in self._found_by(row) for word in words)])

    def _found_by(self, row: Row) -> str:
        expert = self._experts.get(row.key)
        return f"{row.title} {row.detail} {expert.found_by if expert is not None else ''}".casefold()
