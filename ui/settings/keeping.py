"""What the list cards of Settings share: rows that open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ui.widgets.card import Card
from ui.widgets.layout import clear
from ui.widgets.list_row import ListRow
from ui.widgets.row import Row


def show_rows(card: Card, rows: Sequence[tuple[Row, Callable[[], object] | None]]) -> None:
    """Replaces the card's rows."""
    clear(card.body)
    for number, (row, act) in enumerate(rows):
        card.add(ListRow(row, act, last=number == len(rows) - 1))
