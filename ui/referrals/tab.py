"""Referrals: released letters by status with the very page that is printed; and the letters being written."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedLayout, QWidget

from app.common.changes import Topic
from app.referrals.views import LetterCard
from app.security.permissions import May
from ui.desk import Desk
from ui.referrals.board_page import BoardPage
from ui.referrals.letter_page import LetterPage


class ReferralsTab(QWidget):
    """The board; for psychologists also the page on which a letter is written, made when it is first wanted."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._may_write = May.WRITE_REFERRALS in desk.who.may
        self.board_page = BoardPage(desk)
        self.page: LetterPage | None = None
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.board_page)
        self.board_page.write_wanted.connect(self.write)
        self.board = self.board_page.board
        self.preview = self.board_page.preview

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """The board again; the page being written only learns of consents."""
        if self.page is not None and (topics is None or Topic.CASES in topics):
            self.page.refresh_consent()
        if topics is None or Topic.REFERRALS in topics or Topic.SETTINGS in topics:
            self.board_page.load()

    def flush(self) -> None:
        """Drafts are written before the screen locks."""
        if self.page is not None:
            self.page.flush()

    def show_item(self, letter_id: str = "", case_id: str = "", new: bool = False) -> None:
        """From another tab: a letter on the board, or a new letter in a case."""
        if case_id or new:
            self.write(case_id)
        elif letter_id:
            self._to_board(letter_id)

    def write(self, case_id: str = "") -> None:
        """开具转介."""
        if not self._may_write:
            return
        if self.page is None:
            self.page = LetterPage(self.desk)
            self.page.left.connect(self._to_board)
            self.page.released.connect(self._released)
            self._stack.addWidget(self.page)
        self._stack.setCurrentWidget(self.page)
        self.page.begin(case_id or self.page.case_id())

    def _released(self, card: LetterCard) -> None:
        self._to_board(card.id)

    def _to_board(self, letter_id: str = "") -> None:
        self._stack.setCurrentWidget(self.board_page)
        self.board_page.load(letter_id)
