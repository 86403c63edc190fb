"""My cases at the left, unsigned ones first; the search in one's own notes above them."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget

from app.cases.views import CaseLine
from app.common.words import tr
from app.sessions.views import BoardLine, NoteFound
from ui.sessions.models import case_row, found_case, found_row
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import column
from ui.widgets.line_edit import LineEdit
from ui.widgets.row_list import RowList

SEARCH_PAUSE_MS = 250


class CasesCard(Card):
    """`case_wanted(case_id)`, `note_wanted(case_id, note_id)`, `search_wanted(words)`."""

    case_wanted = Signal(str)
    note_wanted = Signal(str, str)
    search_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("My cases"), tr("Unsigned first"), padded=False)
        self.search = LineEdit(tr("My notes, or a case number"))
        self.search.setAccessibleName(tr("My notes, or a case number"))
        self.search.setClearButtonEnabled(True)
        self.list, self.hits = RowList(tr("My cases")), RowList(tr("Notes found"))
        self._cases: dict[str, str] = {}
        self.empty = EmptyState(
            "inbox", tr("No case yet."), tr("Call a number from the queue in Intake; opening it begins the case.")
        )
        self.nothing = EmptyState(
            "search", tr("Nothing in your notes."), tr("Only your own signed notes are searched.")
        )
        self.pages = QStackedWidget()
        for page in (self.list, self.hits, self.empty, self.nothing):
            self.pages.addWidget(page)
        self.add(column(self.search, margins=(8, 8, 8, 8)), self.pages)
        self._pause = QTimer(self, singleShot=True, interval=SEARCH_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self._ask)
        self.list.chosen.connect(self.case_wanted.emit)
        self.list.opened.connect(self.case_wanted.emit)
        self.hits.chosen.connect(self._hit)
        self.hits.opened.connect(self._hit)

    def show_cases(self, board: tuple[BoardLine, ...], today: date) -> None:
        """The list; the chosen case stays chosen."""
        self.list.set_rows([case_row(line, today) for line in board])
        if not self.search.value():
            self.pages.setCurrentWidget(self.list if board else self.empty)

    def show_hits(self, cases: tuple[CaseLine, ...], hits: list[NoteFound], today: date) -> None:
        """What the search has found: cases by their number, notes by their words."""
        if not self.search.value():
            return
        self._cases = {hit.note_id: hit.case_id for hit in hits}
        self.hits.set_rows([*(found_case(case, today) for case in cases), *(found_row(hit) for hit in hits)])
        self.pages.setCurrentWidget(self.hits if cases or hits else self.nothing)

    def choose(self, case_id: str) -> None:
        """Marks a case without opening it again."""
        self.list.blockSignals(True)
        self.list.choose(case_id)
        self.list.blockSignals(False)

    def _typed(self, words: str) -> None:
        if words.strip():
            self._pause.start()
        else:
            self._pause.stop()
            self.pages.setCurrentWidget(self.list if self.list.rows() else self.empty)

    def _ask(self) -> None:
        self._pause.stop()
        if self.search.value():
            self.search_wanted.emit(self.search.value())

    def _hit(self, key: str) -> None:
        if key in self._cases:
            self.note_wanted.emit(self._cases[key], key)
        else:
            self.case_wanted.emit(key)
