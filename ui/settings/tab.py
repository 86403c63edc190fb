"""The Settings tab: a column for oneself, and for the director columns for the centre and its people."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from app.common.changes import Topic
from app.common.words import tr
from app.security.permissions import May
from ui import theme
from ui.desk import Desk
from ui.settings.accounts import AccountsCard
from ui.settings.destinations import DestinationsCard
from ui.settings.idle import IdleCard
from ui.settings.letterhead import LetterheadCard
from ui.settings.looks import LooksCard
from ui.settings.password import PasswordCard
from ui.settings.pattern import PatternCard
from ui.settings.rooms import RoomsCard
from ui.widgets.layout import column, row
from ui.widgets.page_header import PageHeader

COLUMN = 330
SHARES = {1: (1,), 2: (1, 1), 3: (4, 5, 6)}


def clear_layouts(line: QBoxLayout) -> None:
    """Takes the columns away and leaves the cards alive."""
    while line.count():
        item = line.takeAt(0)
        inner = item.layout() if item is not None else None
        if inner is not None:
            while inner.count():
                inner.takeAt(0)
            inner.deleteLater()


class SettingsTab(QWidget):
    """Each card loads itself in `load()` and saves itself at once."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        may = desk.who.may
        own: list[QWidget] = [LooksCard(desk), PasswordCard(desk)]
        centre: list[QWidget] = [LetterheadCard(desk)]
        people: list[QWidget] = []
        if May.EDIT_CENTRE in may:
            centre += [IdleCard(desk), RoomsCard(desk)]
            people += [PatternCard(desk), DestinationsCard(desk)]
        if May.EDIT_ACCOUNTS in may:
            people.insert(0, AccountsCard(desk))
        self._cards = [*own, *centre, *people]
        self._groups: list[list[QWidget]] = [group for group in (own, centre, people) if group]
        self._line = row(space=12)
        head = PageHeader(tr("Settings"), tr("Changes are kept at once"))
        column(head, self._line, None, parent=self, space=12)
        layout = self.layout()
        assert layout is not None
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._columns = 0
        self._flow(3)

    def minimumSizeHint(self) -> QSize:
        """One column wide; as high as the columns there are."""
        layout = self.layout()
        high = layout.minimumSize().height() if layout is not None else 0
        return QSize(theme.current().px(COLUMN), high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._flow(max(1, min(3, event.size().width() // theme.current().px(COLUMN))))

    def _flow(self, columns: int) -> None:
        """Large text has fewer columns, so that nothing is read by scrolling sideways."""
        if columns == self._columns:
            return
        self._columns = columns
        clear_layouts(self._line)
        piles: list[list[QWidget]] = [[] for _ in range(columns)]
        for number, group in enumerate(self._groups):
            piles[min(number, columns - 1)] += group
        for pile, share in zip(piles, SHARES[columns], strict=True):
            self._line.addLayout(column(*pile, None, space=12), share)
        self.updateGeometry()

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """Loads every card again."""
        for card in self._cards:
            load = getattr(card, "load", None)
            if load is not None:
                load()

    def flush(self) -> None:
        """Nothing here waits: what is half typed is not yet meant."""
