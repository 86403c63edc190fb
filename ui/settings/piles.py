"""Cards in columns: as many columns as there is room for, so that nothing is read by scrolling sideways."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from ui import theme
from ui.widgets.layout import column, row

COLUMN = 330


class Piles(QWidget):
    """`groups` are columns from left to right, as wide as `shares` say; with less room the later ones go beneath."""

    def __init__(self, groups: Sequence[Sequence[QWidget]], shares: Sequence[int], *, least: int = COLUMN) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._shares = list(shares)
        self._least = least
        self._groups = [list(group) for group in groups if group]
        self._line = row(space=12)
        column(self._line, None, parent=self)
        layout = self.layout()
        assert layout is not None
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._columns = 0
        self._flow(len(self._shares))

    def cards(self) -> list[QWidget]:
        """All of them, column by column."""
        return [card for group in self._groups for card in group]

    def minimumSizeHint(self) -> QSize:
        """One column wide; as high as the columns there are."""
        layout = self.layout()
        high = layout.minimumSize().height() if layout is not None else 0
        return QSize(theme.current().px(self._least), high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._flow(max(1, min(len(self._shares), event.size().width() // theme.current().px(self._least))))

    def _flow(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        _clear(self._line)
        piles: list[list[QWidget]] = [[] for _ in range(columns)]
        for number, group in enumerate(self._groups):
            piles[min(number, columns - 1)] += group
        shares = self._shares if columns == len(self._shares) else [1] * columns
        for pile, share in zip(piles, shares, strict=True):
            self._line.addLayout(column(*pile, None, space=12), share)
        self.updateGeometry()


def _clear(line: QBoxLayout) -> None:
    """Takes the columns away and leaves the cards alive."""
    while line.count():
        item = line.takeAt(0)
        inner = item.layout() if item is not None else None
        if inner is not None:
            while inner.count():
                inner.takeAt(0)
            inner.deleteLater()
