"""The Settings tab: a column for oneself, and for the director columns for the centre and its people."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.common.changes import Topic
from app.common.words import tr
from app.security.permissions import May
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


class SettingsTab(QWidget):
    """Each card loads itself in `load()` and saves itself at once."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        may = desk.who.may
        own = [LooksCard(desk), PasswordCard(desk)]
        centre: list[QWidget] = [LetterheadCard(desk)]
        people: list[QWidget] = []
        if May.EDIT_CENTRE in may:
            centre += [IdleCard(desk), RoomsCard(desk)]
            people += [PatternCard(desk), DestinationsCard(desk)]
        if May.EDIT_ACCOUNTS in may:
            people.insert(0, AccountsCard(desk))
        self._cards = [*own, *centre, *people]
        columns = [column(*cards, None, space=12) for cards in (own, centre, people) if cards]
        while len(columns) < 3:
            columns.append(column(None))
        line = row(space=12)
        for made, share in zip(columns, (4, 5, 6), strict=True):
            line.addLayout(made, share)
        head = PageHeader(tr("Settings"), tr("Changes are kept at once"))
        column(head, line, None, parent=self, space=12)

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """Loads every card again."""
        for card in self._cards:
            load = getattr(card, "load", None)
            if load is not None:
                load()

    def flush(self) -> None:
        """Nothing here waits: what is half typed is not yet meant."""
