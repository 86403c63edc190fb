"""The Session notes tab: my cases at the left, the note in the centre, the case at a glance at the right."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.cases.consent import MeterLine
from app.cases.views import CaseLine
from app.common.changes import Topic
from app.common.clock import today
from app.common.words import tr
from app.sessions.views import BoardLine, NoteFound, NoteView
from ui import notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.sessions.actions import CaseActions
from ui.sessions.amending import Amending
from ui.sessions.cases_card import CasesCard
from ui.sessions.glance import Glance
from ui.sessions.header import WRITE, NotesHeader
from ui.sessions.history import History
from ui.sessions.load import CaseDesk, Wanted, beginning, last_level, open_wanted, search
from ui.sessions.pad import Pad, Paper
from ui.sessions.told import Told
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import column, row, scrolling

NARROW_BELOW = 1040


class NotesTab(QWidget):
    """Opens a case from the list, from the queue (`visit_id`), from the search (`client_id`) or by its id."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._services: Any = desk.services
        self._shown: CaseDesk | None = None
        self._ticket = 0
        self._note_id = ""
        self.head = NotesHeader()
        self.cases, self.told, self.glance = CasesCard(), Told(), Glance()
        self.pad = Pad(self.told)
        self.history = History(desk.who.user_id)
        self.amending = Amending()
        self.acts = CaseActions(self, desk.services, desk.who.may)
        self.empty = EmptyState(
            "notebook-pen", tr("Choose a case at the left."), tr("Or call a number in Intake; its case opens here.")
        )
        self.pages = QStackedWidget()
        for page in (self.empty, self.pad, self.history, self.amending):
            self.pages.addWidget(page)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.right = scrolling(self.glance)
        middle = Card(padded=False).add(self.pages)
        line = row(self.cases, space=12)
        line.addWidget(middle, 1)
        line.addWidget(self.right)
        column(self.head, line, parent=self, space=12)
        self.right.hide()
        self.setFocusProxy(self.cases.list)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Large text on a small screen: the columns at the sides give way to the note."""
        super().resizeEvent(event)
        scale = self._desk.theme.px
        narrow = self.width() < scale(NARROW_BELOW)
        self.cases.setFixedWidth(scale(196 if narrow else 232))
        self.right.setFixedWidth(scale(216 if narrow else 252))
        self.head.set_narrow(narrow)

    def _connect(self) -> None:
        head = self.head
        self.cases.case_wanted.connect(lambda case_id: self._open(Wanted(case_id=case_id)))
        self.cases.note_wanted.connect(self._open_note)
        self.cases.search_wanted.connect(self._search)
        self.pad.state_changed.connect(head.show_saved)
        self.pad.signed.connect(self._signed)
        self.amending.pad.state_changed.connect(head.show_saved)
        self.amending.pad.signed.connect(self._signed)
        self.history.amend_wanted.connect(self._amend)
        self.glance.consent_wanted.connect(self._consent)
        self.glance.scale_wanted.connect(self._scale)
        head.page.chosen.connect(lambda _page: self._arrange_pages())
        head.leave.clicked.connect(self._leave_amendment)
        head.plan.clicked.connect(self._use_plan)
        head.begin.clicked.connect(self._begin)
        head.sign.clicked.connect(self._press_sign)
        head.more.clicked.connect(self._more)

    # --- what the shell calls

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """The list, and the open case without what is being typed."""
        run_job(self, self._services.notes.board, lane="read", on_done=self._show_board)
        if self._shown is not None and (topics is None or topics & {Topic.NOTES, Topic.CASES}):
            session = self._shown.session
            self._load(Wanted(case_id=self._shown.case.id, session_id=session.id if session else ""))

    def flush(self) -> None:
        """Commits what is typed, now."""
        self.pad.flush()
        self.amending.pad.flush()

    def show_item(self, **wanted: object) -> None:
        """`case_id`, `session_id`, `visit_id` (from the queue: begins its session) or `client_id`."""
        self._open(Wanted(**{name: str(value) for name, value in wanted.items() if value}))

    # --- opening

    def _open(self, wanted: Wanted) -> None:
        if self._shown is not None and wanted == Wanted(case_id=self._shown.case.id):
            return
        self.flush()
        self._load(wanted)

    def _open_note(self, case_id: str, note_id: str) -> None:
        self.flush()
        self._note_id = note_id
        self._load(Wanted(case_id=case_id))

    def _begin(self) -> None:
        if self._shown is not None:
            self._load(Wanted(case_id=self._shown.case.id), starts=True)

    def _load(self, wanted: Wanted, *, starts: bool = False) -> None:
        self._ticket += 1
        run_job(self, open_wanted, self._services, wanted, starts, on_done=partial(self._show, self._ticket))

    def _show(self, ticket: int, found: CaseDesk) -> None:
        if ticket != self._ticket:
            return
        note_id, self._note_id = self._note_id, ""
        other = self._shown is None or self._shown.case.id != found.case.id
        self._shown = found
        day = today(self._desk.clock)
        self.cases.choose(found.case.id)
        self.right.setVisible(True)
        self.glance.show_case(found.case, day)
        self.history.show_notes(found.notes, found.rooms, day)
        self.told.show_drops(found.drops)
        if other and self.amending.pad.subject():
            self.amending.pad.end()
        self._show_session(found)
        if note_id:
            self.history.show_note(note_id)
            self.head.page.set_value("read")
        elif other or not found.session:
            self.head.page.set_value(WRITE)
        self._arrange_pages()

    def _show_session(self, found: CaseDesk) -> None:
        session = found.session
        if session is None:
            self.pad.end()
            return
        form = self.pad.form
        if session.id == self.pad.subject():
            return
        form.set_rooms(found.rooms)
        form.set_previous(last_level(found.notes))
        notes = self._services.notes
        content = found.draft or beginning(session)
        self.pad.begin(Paper(session.id, notes.keep, partial(notes.sign, session.id), content))
        form.go_to("presenting")

    def _arrange_pages(self) -> None:
        found = self._shown
        if found is None:
            self.head.show_nothing()
            self.pages.setCurrentWidget(self.empty)
            return
        amending = bool(self.amending.pad.subject())
        writing = found.session is not None and not amending and self.head.page.value() == WRITE
        page: QWidget = self.amending if amending else self.pad if writing else self.history
        self.pages.setCurrentWidget(page)
        self.right.setVisible(not amending)
        number = found.session.number if found.session else 0
        has_plan = bool(found.case.last_plan)
        self.head.show_case(found.case, number, writing=writing, amending=amending, has_plan=has_plan)

    def _show_board(self, board: tuple[BoardLine, ...]) -> None:
        self.cases.show_cases(board, today(self._desk.clock))
        if self._shown is not None:
            self.cases.choose(self._shown.case.id)
        elif not self._ticket:
            self._go_on(board)
        self._desk.set_count("notes", sum(line.unsigned is not None for line in board))

    def _go_on(self, board: tuple[BoardLine, ...]) -> None:
        """The first time, with nothing asked for: the note of today's newest session, if it is still unsigned."""
        day = today(self._desk.clock)
        begun = [line.unsigned for line in board if line.unsigned is not None and line.unsigned.day == day]
        if begun:
            newest = max(begun, key=lambda item: item.start)
            self._load(Wanted(case_id=newest.case_id, session_id=newest.session_id))

    def _search(self, words: str) -> None:
        run_job(self, search, self._services, words, lane="pool", on_done=self._found)

    def _found(self, found: tuple[tuple[CaseLine, ...], list[NoteFound]]) -> None:
        self.cases.show_hits(*found, today(self._desk.clock))

    # --- signing and amending

    def _press_sign(self) -> None:
        (self.amending.pad if self.amending.pad.subject() else self.pad).press_sign()

    def _signed(self, note: NoteView) -> None:
        """The list and the case come again by what the signature announces."""
        notify.say(self, tr("Signed. From now on it can only be amended."))
        self._note_id = note.id
        if self._shown is not None and self._shown.session is not None and self._shown.session.id == note.session_id:
            self._shown = replace(self._shown, session=None)

    def _use_plan(self) -> None:
        if self._shown is not None and self._shown.case.last_plan:
            self.pad.set_text("plan", self._shown.case.last_plan)

    def _amend(self, note: NoteView) -> None:
        notes = self._services.notes
        run_job(self, notes.kept_amendment, note.id, on_done=partial(self._begin_amendment, note))

    def _begin_amendment(self, note: NoteView, kept: Any) -> None:
        if self._shown is None:
            return
        self.pad.flush()
        notes = self._services.notes
        content = dict(kept.content) if kept else {**note.content, "reason": ""}

        def sign(said: dict[str, str], confirmed: frozenset[str] = frozenset()) -> Any:
            return notes.amend(note.id, said, said.get("reason", ""), confirmed=confirmed)

        self.right.hide()
        self.pages.setCurrentWidget(self.amending)
        self.amending.begin(note, self._shown, Paper(note.id, notes.keep_amendment, sign, content))
        self._arrange_pages()

    def _leave_amendment(self) -> None:
        self.amending.pad.end()
        self._arrange_pages()

    # --- the case besides its notes

    def _consent(self, line: MeterLine) -> None:
        if self._shown is not None:
            self.acts.consent(self._shown, line)

    def _scale(self) -> None:
        if self._shown is not None:
            self.acts.scale(self._shown, today(self._desk.clock))

    def _more(self) -> None:
        if self._shown is not None:
            menu = self.acts.menu(self._shown)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.head.more.mapToGlobal(QPoint(0, self.head.more.height() + 2)))
