"""The board: a column a status, cards that the arrow keys walk through."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.common.words import tr
from app.referrals.rules import STATUS_WORDS
from app.referrals.views import Board, BoardColumn, LetterCard
from ui import theme
from ui.referrals.card import CardWidget
from ui.widgets.label import Label
from ui.widgets.layout import column, row, scrolling

NARROWEST = 132
"""A column's least width; with large text the board scrolls sideways instead of cutting words off."""


class ColumnWidget(QWidget):
    """The name of a status with its count, over its cards."""

    def __init__(self, status_words: str) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self.setAccessibleName(status_words)
        self._count = Label("0", "muted")
        self.cards = column(space=8)
        head = row(Label(status_words, "heading"), self._count, None, space=6)
        column(head, self.cards, None, parent=self, space=8)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(theme.current().px(NARROWEST))

    def set_count(self, number: int) -> None:
        self._count.setText(str(number))


class BoardWidget(QWidget):
    """`chosen(id)`, `stepped(id)` on Enter, `asked(id, where)` for a card's menu. The choice outlives a refresh."""

    chosen = Signal(str)
    stepped = Signal(str)
    asked = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "plain")
        self._columns: list[ColumnWidget] = []
        self._cards: dict[str, CardWidget] = {}
        self._grid: list[list[str]] = []
        self._chosen = ""
        self._across = row(space=10)
        inside = QWidget()
        column(self._across, None, parent=inside, margins=(2, 0, 4, 2))
        self._area = scrolling(inside)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column(self._area, parent=self)

    def show_board(self, board: Board) -> None:
        """Puts every card where it belongs now; the focus stays on the card that had it."""
        focused = next((card.card.id for card in self._cards.values() if card.hasFocus()), "")
        if not self._columns:
            for part in board.columns:
                made = ColumnWidget(tr(STATUS_WORDS[part.status]))
                self._columns.append(made)
                self._across.addWidget(made, 1, Qt.AlignmentFlag.AlignTop)
        present = {card.id for part in board.columns for card in part.cards}
        for gone in self._cards.keys() - present:
            card = self._cards.pop(gone)
            card.hide()
            card.setParent(None)
            card.deleteLater()
        for widget, part in zip(self._columns, board.columns, strict=True):
            self._fill(widget, part)
        self._grid = [[card.id for card in part.cards] for part in board.columns]
        if self._chosen not in present:
            self._chosen = ""
        if focused in present:
            self._cards[focused].setFocus()

    def card(self) -> LetterCard | None:
        """The chosen letter."""
        found = self._cards.get(self._chosen)
        return found.card if found else None

    def cards(self) -> list[CardWidget]:
        """Column by column, from top to bottom."""
        return [self._cards[one] for ids in self._grid for one in ids]

    def choose(self, letter_id: str, *, focus: bool = False) -> bool:
        """Marks one; False if it is not on the board."""
        if letter_id not in self._cards:
            return False
        changed, self._chosen = letter_id != self._chosen, letter_id
        for one, card in self._cards.items():
            card.set_selected(one == letter_id)
        self._area.ensureWidgetVisible(self._cards[letter_id], 8, 24)
        if focus:
            self._cards[letter_id].setFocus()
        if changed:
            self.chosen.emit(letter_id)
        return True

    def choose_first(self, *, focus: bool = False) -> bool:
        """The first card of the first column that has one."""
        return any(self.choose(ids[0], focus=focus) for ids in self._grid if ids)

    def _fill(self, widget: ColumnWidget, part: BoardColumn) -> None:
        widget.set_count(len(part.cards))
        for place, card in enumerate(part.cards):
            held = self._cards.get(card.id)
            if held is None:
                held = self._cards[card.id] = self._make(card)
            held.set_card(card)
            if widget.cards.indexOf(held) != place:
                widget.cards.insertWidget(place, held)
        _tab_order(widget.cards)

    def _make(self, card: LetterCard) -> CardWidget:
        made = CardWidget(card)
        made.chosen.connect(self.choose)
        made.stepped.connect(self.stepped)
        made.moved.connect(self._move)
        made.asked.connect(self.asked)
        return made

    def _move(self, across: int, down: int) -> None:
        where = next(((x, ids.index(self._chosen)) for x, ids in enumerate(self._grid) if self._chosen in ids), None)
        if where is None:
            self.choose_first(focus=True)
            return
        x, y = where
        if down:
            y = min(max(y + down, 0), len(self._grid[x]) - 1)
        else:
            beyond = range(x + across, len(self._grid) if across > 0 else -1, across)
            x = next((other for other in beyond if self._grid[other]), x)
            y = min(y, len(self._grid[x]) - 1)
        self.choose(self._grid[x][y], focus=True)


def _tab_order(cards: QVBoxLayout) -> None:
    widgets = [item.widget() for index in range(cards.count()) if (item := cards.itemAt(index)) is not None]
    for one, other in pairwise(widgets):
        if one is not None and other is not None:
            QWidget.setTabOrder(one, other)
