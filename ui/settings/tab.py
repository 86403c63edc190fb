"""The Settings tab: oneself, the centre and its people; the duty rota; synchronisation, PCs and backups."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.common.changes import Topic
from app.common.words import tr
from app.security.permissions import May
from ui.desk import Desk
from ui.settings.accounts import AccountsCard
from ui.settings.destinations import DestinationsCard
from ui.settings.duty_page import duty_page
from ui.settings.idle import IdleCard
from ui.settings.letterhead import LetterheadCard
from ui.settings.looks import LooksCard
from ui.settings.password import PasswordCard
from ui.settings.piles import Piles
from ui.settings.rooms import RoomsCard
from ui.settings.sync_page import sync_page
from ui.widgets.layout import column
from ui.widgets.page_header import PageHeader
from ui.widgets.segmented import SegmentedControl

GENERAL, DUTY, SYNC = "general", "duty", "sync"


class SettingsTab(QWidget):
    """Up to three pages. Each card loads itself in `load()` and saves itself at once."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.pages = {GENERAL: self._general(desk)}
        if May.EDIT_CENTRE in desk.who.may:
            self.pages[DUTY] = duty_page(desk)
        if desk.syncing is not None:
            self.pages[SYNC] = sync_page(desk, desk.syncing)
        head = PageHeader(tr("Settings"), tr("Changes are kept at once"))
        names = {GENERAL: tr("General"), DUTY: tr("Duty rota"), SYNC: tr("Sync and backup")}
        self.switch = SegmentedControl([(key, names[key]) for key in self.pages], name=tr("Page"))
        self.switch.chosen.connect(lambda key: self.show_item(section=str(key)))
        if len(self.pages) > 1:
            head.add_action(self.switch)
        column(head, *self.pages.values(), None, parent=self, space=12)
        self._section = GENERAL
        self.show_item(section=GENERAL)

    def show_item(self, section: str = GENERAL) -> None:
        """`section`: "general", "duty" or "sync"."""
        if section not in self.pages:
            return
        changed = section != self._section
        self._section = section
        self.switch.set_value(section)
        for key, page in self.pages.items():
            page.setVisible(key == section)
        if changed:
            self.refresh()

    def section(self) -> str:
        """The page on show."""
        return self._section

    def _general(self, desk: Desk) -> Piles:
        may = desk.who.may
        own: list[QWidget] = [LooksCard(desk), PasswordCard(desk)]
        centre: list[QWidget] = [LetterheadCard(desk)]
        people: list[QWidget] = []
        if May.EDIT_CENTRE in may:
            centre += [IdleCard(desk), RoomsCard(desk)]
            people += [DestinationsCard(desk)]
        if May.EDIT_ACCOUNTS in may:
            people.insert(0, AccountsCard(desk))
        return Piles([own, centre, people], (4, 5, 6))

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """Loads every card of the page on show again."""
        for card in self.pages[self._section].cards():
            load = getattr(card, "load", None)
            if load is not None:
                load()

    def flush(self) -> None:
        """Nothing here waits: what is half typed is not yet meant."""
