"""A card of short lines that is filled again and again without losing the keyboard's place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.widgets.card import Card
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, holder, scrolling
from ui.widgets.list_row import ListRow
from ui.widgets.row import Row


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it says, what it opens, perhaps a button at its end."""

    row: Row
    open: Callable[[], object] | None = None
    button: QWidget | None = None


class LinesCard(Card):
    """`show_lines`; with none, `empty` is said."""

    def __init__(self, title: str, empty: str, hint: str = "") -> None:
        super().__init__(title, hint, padded=False)
        self._empty = empty
        self._rows: list[ListRow] = []
        self._list = column(space=0)
        inner = holder(column(self._list, None, space=0))
        area = scrolling(inner)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(area)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Replaces the lines; one with the key that had the keyboard gets it again."""
        held = next((row.row().key for row in self._rows if row.hasFocus()), None)
        clear(self._list)
        self._rows = []
        for line in lines:
            made = ListRow(line.row, line.open, button=line.button)
            self._rows.append(made)
            self._list.addWidget(made)
            if line.row.key == held:
                made.setFocus()
        if not lines:
            label = Label(self._empty, "muted", wrap=True)
            label.setContentsMargins(14, 12, 14, 12)
            self._list.addWidget(label)

    def rows(self) -> list[ListRow]:
        return list(self._rows)

    def texts(self) -> list[str]:
        """All lines as they are spoken."""
        return [row.row().says() for row in self._rows]
