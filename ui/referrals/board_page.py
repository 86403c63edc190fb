"""The board's page: letters by status, the very page that is printed, and what the desk does with them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMenu, QStackedLayout, QWidget

from app.common.errors import UserError
from app.common.words import tr
from app.referrals.rules import Status, Step, allowed
from app.referrals.service import SAVED
from app.referrals.views import Board, LetterCard, LetterView, MissedLetter
from app.security.permissions import May
from ui import ask, notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.referrals import printing
from ui.referrals.board import BoardWidget
from ui.referrals.missed_sheet import MissedSheet
from ui.referrals.preview import PreviewPane, step_words
from ui.referrals.reply_sheet import ReplySheet
from ui.widgets.button import Button, PrimaryButton, SecondaryButton
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import column, row
from ui.widgets.page_header import PageHeader

PREVIEW = 420
WIDEST = 16777215


class BoardPage(QWidget):
    """Left the board, right the page. `write_wanted` when a new letter shall be begun."""

    write_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self.desk = desk
        self._may_print = May.PRINT_RELEASED in desk.who.may
        self._may_write = May.WRITE_REFERRALS in desk.who.may
        self._undoable: list[str] = []
        self._wanted = ""
        self._first = True
        self._loaded = ""
        self.board = BoardWidget()
        self.preview = PreviewPane(self._next_step, self._save_pdf, self._enlarge)
        self._none = EmptyState(
            "send", tr("No letters"), tr("A letter appears here as soon as a psychologist releases it for printing.")
        )
        self._compose()
        self.board.chosen.connect(self._load_letter)
        self.board.stepped.connect(lambda _id: self._next_step())
        self.board.asked.connect(self._menu)
        undo = QShortcut(QKeySequence("Ctrl+Z"), self.board)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self.undo)

    def load(self, wanted: str = "") -> None:
        """The board again; `wanted` is the letter to choose then."""
        self._wanted = wanted or self._wanted
        run_job(self, self.desk.services.referrals.board, lane="read", on_done=self._show)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_preview()

    def undo(self) -> None:
        """Takes the last step of this sitting back, else the chosen letter's."""
        card = self.board.card()
        letter_id = self._undoable[-1] if self._undoable else card.id if card else ""
        if letter_id and self._may_print:
            self._undo(letter_id)

    def _undo(self, letter_id: str) -> None:
        for place in reversed(range(len(self._undoable))):
            if self._undoable[place] == letter_id:
                del self._undoable[place]
                break
        run_job(self, self.desk.services.referrals.undo, letter_id, on_done=lambda _step: self._undone(letter_id))

    def print_letter(self) -> None:
        """Two copies of the chosen letter through the system's print dialog."""
        card = self.board.card()
        if card is None or not self._may_print:
            return
        run_job(
            self,
            self.desk.services.referrals.letter_pdf,
            card.id,
            "letter.print-prepared",
            lane="pool",
            on_done=lambda data: self._print(card, data),
        )

    def _compose(self) -> None:
        self.header = PageHeader(tr("Referrals"), tr("From release to the return to school"), *self._actions())
        self._middle = QStackedLayout()
        self._middle.addWidget(self.board)
        self._middle.addWidget(self._none)
        left = QWidget()
        left.setProperty("kind", "plain")
        left.setLayout(self._middle)
        self._left = left
        self.preview.setVisible(self._may_print)
        self._fit_preview()
        across = row(left, self.preview, space=12)
        across.setStretch(0, 1)
        page = column(self.header, across, parent=self, space=12)
        page.setStretch(1, 1)

    def _actions(self) -> list[Button]:
        made: list[Button] = []
        if self._may_print:
            made.append(SecondaryButton(tr("Enter a reply"), self.enter_reply, icon="scan-line", shortcut="F4"))
        if May.SEE_CLIENTS in self.desk.who.may:
            made.append(SecondaryButton(tr("List of those not arrived"), self.show_missed, icon="phone"))
        if self._may_print:
            kind = SecondaryButton if self._may_write else PrimaryButton
            self.print_button = kind(tr("Print two copies"), self.print_letter, icon="printer", shortcut="Ctrl+P")
            self.print_button.setEnabled(False)
            made.append(self.print_button)
        if self._may_write:
            made.append(
                PrimaryButton(tr("Write a referral"), self.write_wanted.emit, icon="square-pen", shortcut="Ctrl+N")
            )
        return made

    def enter_reply(self) -> None:
        """录入回执, by number."""
        self._open_reply(None)

    def _open_reply(self, card: LetterCard | None) -> None:
        sheet = ReplySheet(self.desk, self, card)
        sheet.saved.connect(self._undoable.append)
        sheet.open()

    def show_missed(self) -> None:
        """未到诊名单."""
        run_job(self, self.desk.services.referrals.missed, on_done=self._show_missed)

    def _show_missed(self, listed: list[MissedLetter]) -> None:
        MissedSheet(listed, self).open()

    def _show(self, board: Board) -> None:
        self.board.show_board(board)
        total = sum(len(part.cards) for part in board.columns)
        self._middle.setCurrentWidget(self.board if total else self._none)
        self.desk.set_count("referrals", board.count(Status.WAITING))
        wanted, self._wanted = self._wanted, ""
        if not (wanted and self.board.choose(wanted, focus=True)) and self.board.card() is None:
            self.board.choose_first(focus=self._first and self.isVisible())
            self._first = False
        card = self.board.card()
        if card is None:
            self._loaded = ""
            self.preview.clear()
        else:
            self._load_letter(card.id)
        if self._may_print:
            self.print_button.setEnabled(card is not None)

    def _load_letter(self, letter_id: str) -> None:
        """Page and consent of the chosen card; a later choice overtakes an earlier one."""
        if not self._may_print:
            return
        self.print_button.setEnabled(True)
        fresh, self._loaded = letter_id != self._loaded, letter_id
        service = self.desk.services.referrals

        def load() -> tuple[LetterView, bytes | None]:
            return service.letter(letter_id), service.letter_pdf(letter_id) if fresh else None

        run_job(self, load, lane="pool", on_done=lambda got: self._show_letter(letter_id, *got), on_error=self._refuse)

    def _show_letter(self, letter_id: str, view: LetterView, data: bytes | None) -> None:
        if letter_id == self._loaded:
            self.preview.show_letter(view, data)

    def _refuse(self, error: UserError) -> None:
        self._loaded = ""
        self.preview.refuse(error.text())

    def _next_step(self) -> None:
        card = self.board.card()
        if card is None or card.next is None or not self._may_print:
            return
        if card.next is Step.PRINTED:
            self.print_letter()
        elif card.next is Step.REPLIED:
            self._open_reply(card)
        else:
            self._step(card, card.next)

    def _step(self, card: LetterCard, step: Step) -> None:
        service = self.desk.services.referrals
        act = {
            Step.PRINTED: service.printed,
            Step.COLLECTED: service.collected,
            Step.ARRIVED: service.arrived,
            Step.RETURNED: service.returned,
        }[step]
        run_job(self, act, card.id, on_done=lambda now: self._stepped(card, step))

    def _stepped(self, card: LetterCard, step: Step) -> None:
        self._undoable.append(card.id)
        said = {
            Step.PRINTED: tr("{number} printed", number=card.short),
            Step.COLLECTED: tr("{number} collected", number=card.short),
            Step.ARRIVED: tr("{number} arrived", number=card.short),
            Step.RETURNED: tr("{number} closed: back at school", number=card.short),
        }[step]
        notify.say(self, said, undo=(tr("Undo"), partial(self._undo, card.id)))

    def _undone(self, letter_id: str) -> None:
        self._wanted = letter_id
        notify.say(self, tr("Step taken back"))

    def _print(self, card: LetterCard, data: bytes) -> None:
        if not printing.has_printer():
            ask.confirm(
                self,
                tr("This PC knows no printer. Save the letter as a PDF instead?"),
                title=tr("No printer"),
                yes=tr("Save as PDF"),
                on_yes=self._save_pdf,
            )
            return
        printing.open_dialog(self, data, card.number, lambda: self._step(card, Step.PRINTED))

    def _save_pdf(self) -> None:
        card = self.board.card()
        if card is not None and self._may_print:
            printing.ask_where(self, card.number, lambda path: self.save_to(card, path))

    def save_to(self, card: LetterCard, path: Path) -> None:
        """Writes the PDF; what is then done with it, the person marks by hand."""
        service = self.desk.services.referrals
        run_job(
            self,
            lambda: printing.write_pdf(path, service.letter_pdf(card.id, SAVED)),
            lane="pool",
            on_done=lambda where: notify.say(self, tr("Saved as {file}", file=where.name)),
        )

    def _enlarge(self) -> None:
        self._left.setVisible(not self._left.isVisible())
        self.preview.paper.set_whole(self._left.isVisible())
        self._fit_preview()

    def _fit_preview(self) -> None:
        """As wide as a page needs, though never more than two fifths; alone, all there is."""
        wide = min(self.desk.theme.px(PREVIEW), max(PREVIEW, self.width() * 2 // 5))
        self.preview.setMinimumWidth(wide)
        self.preview.setMaximumWidth(wide if not self._left.isHidden() else WIDEST)

    def _menu(self, letter_id: str, where: QPoint) -> None:
        card = self.board.card()
        if card is None or not self._may_print:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if card.next is not None:
            menu.addAction(step_words(card.next), self._next_step)
        if card.next is not Step.PRINTED:
            menu.addAction(tr("Print again"), self.print_letter)
        else:
            menu.addAction(tr("Printed elsewhere"), lambda: self._step(card, Step.PRINTED))
        menu.addAction(tr("Save as PDF"), self._save_pdf)
        if allowed(card.status, Step.RECALLED) and card.released_by == self.desk.who.user_id:
            menu.addAction(tr("Recall…"), lambda: self.recall(card))
        menu.popup(where)

    def recall(self, card: LetterCard) -> None:
        """Takes a letter back before it leaves the house."""
        ask.text(
            self,
            tr("Recall {number}", number=card.short),
            tr("Why"),
            lines=2,
            yes=tr("Recall"),
            on_text=lambda reason: run_job(
                self,
                self.desk.services.referrals.recall,
                card.id,
                reason,
                on_done=lambda _card: notify.say(self, tr("{number} recalled", number=card.short)),
            ),
        )
