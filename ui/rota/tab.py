"""值班: the week's board. The director and the supervisor arrange it, the desk marks absences, everybody reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.common.changes import Topic
from app.common.clock import today
from app.common.words import ntr, tr
from app.rota.rules import Slot, monday
from app.rota.views import Proposal, Published, WeekView
from app.security.permissions import May
from ui import ask, notify
from ui.desk import Desk
from ui.jobs import Job, run_job
from ui.pdf_sheet import PdfSheet
from ui.rota.board import Board
from ui.rota.models import board_cells, board_days, period_words
from ui.rota.panel import LoadCard, ResultCard
from ui.rota.seats import SeatActs
from ui.widgets.button import PrimaryButton, SecondaryButton
from ui.widgets.card import Card
from ui.widgets.icon_button import FramedIconButton
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row, scrolling
from ui.widgets.page_header import PageHeader

TOPICS = frozenset({Topic.ROTA, Topic.STAFF, Topic.SETTINGS})
_WEEKS = (1, 4, 13)


class RotaTab(QWidget):
    """The board in the middle, evenness and the fill's result at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._rota = desk.services.rota
        self._may_edit = May.EDIT_ROTA in desk.who.may
        self._may_publish = May.APPROVE_ROTA in desk.who.may
        self._may_mark = May.MARK_ABSENT in desk.who.may
        self._first = monday(today(desk.clock))
        self._view: WeekView | None = None
        self._proposal: Proposal | None = None
        self._job: Job | None = None
        self.board = Board(may_edit=self._may_edit)
        self.seats = SeatActs(desk, self, self.board)
        QShortcut(QKeySequence("Ctrl+Home"), self).activated.connect(self._this_week)
        self.loads = LoadCard()
        self.result = ResultCard(adopt=self._adopt, discard=self.discard, cancel=self._cancel)
        self._build()

    def _build(self) -> None:
        self._header = PageHeader(
            tr("Rota"),
            "",
            FramedIconButton("chevron-left", tr("Week before"), lambda: self._turn(-7), shortcut="PgUp"),
            SecondaryButton(tr("This week"), self._this_week, hint="Ctrl+Home"),
            FramedIconButton("chevron-right", tr("Week after"), lambda: self._turn(7), shortcut="PgDown"),
            self._button(tr("Who is free"), self.seats.who_is_free, "search", "F3"),
        )
        poster = FramedIconButton("printer", tr("Print the rota"), self.show_poster, shortcut="Ctrl+P")
        self._header.add_action(poster)
        if self._may_edit:
            self._header.add_action(self._button(tr("Fill"), self.fill_week, "wand-sparkles", "F5"))
            more = FramedIconButton("calendar-days", tr("Fill several weeks"), self._fill_weeks, shortcut="Shift+F5")
            self._header.add_action(more)
        self.publish_button = PrimaryButton(tr("Publish"), self._publish, shortcut="Ctrl+Return")
        if self._may_publish:
            self._header.add_action(self.publish_button)
        board = Card(padded=False).add(scrolling(self.board))
        legend = Label(self._legend(), "hint")
        legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        board.add_foot(legend)
        side = holder(column(self.loads, self.result, space=12))
        side.setFixedWidth(self.desk.theme.px(236))
        column(self._header, row(board, side, space=12), parent=self, space=12)

    def _button(self, words: str, act: Callable[[], object], icon: str, key: str) -> QWidget:
        """With large letters only its icon, so that the head still fits on a small screen."""
        if self.desk.theme.scale > 150:
            return FramedIconButton(icon, words, act, shortcut=key)
        return SecondaryButton(words, act, icon=icon, shortcut=key)

    def _legend(self) -> str:
        marks = [tr("bar: pinned, never moved"), tr("dashed: changed, not published"), tr("red: a seat is empty")]
        if self._may_edit:
            marks.append(tr("Enter assigns, Delete takes off, P pins, Ctrl+X Ctrl+V moves"))
        elif self._may_mark:
            marks.append(tr("A marks absent"))
        return "　".join(marks)

    # --- showing ---

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """Loads the week again; a proposal made before a change is of no use any more."""
        if topics is not None and topics.isdisjoint(TOPICS):
            return
        if topics is not None and Topic.ROTA in topics and self._proposal is not None:
            self._drop_proposal()
        run_job(self, self._rota.week, self._first, lane="read", on_done=self._show)

    def flush(self) -> None:
        """Nothing is typed here that could be lost."""

    def show_item(self, day: date | None = None, half: str = "am", absent: str = "") -> None:
        """Goes to a day; `absent` is a staff id whose absence is to be dealt with."""
        if day is not None:
            self._first = monday(day)
            self.refresh()
        if absent and day is not None:
            self.seats.deal_with_absence(absent, Slot(day, half))

    def _show(self, view: WeekView) -> None:
        if view.first != self._first:
            return
        first_time = self._view is None
        self._view = self.seats.view = view
        self._header.set_subtitle(self._state(view))
        self.publish_button.setEnabled(view.differences > 0)
        self.board.show_week(
            board_days(view, today(self.desk.clock)),
            board_cells(view, self._proposal, self.desk.who.staff_id),
            view.hours,
        )
        self.loads.set_loads(view.loads)
        if first_time and self.isVisible():
            self.board.take_focus()

    def _state(self, view: WeekView) -> str:
        period = period_words(view.first, view.last)
        if not view.days:
            state = tr("no duty sessions; set the duty pattern in Settings")
        elif not view.loads:
            state = tr("no duty experts yet; import their list first")
        elif view.empty:
            state = tr("nobody assigned yet")
        elif not view.published:
            state = tr("draft, not published yet")
        elif view.differences:
            state = ntr(
                "draft, {n} difference from the published rota",
                "draft, {n} differences from the published rota",
                view.differences,
            )
        else:
            state = tr("published")
        return f"{period} · {state}"

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.board.take_focus()

    def _turn(self, days: int) -> None:
        self._go_to(self._first + timedelta(days=days))

    def _this_week(self) -> None:
        self._go_to(monday(today(self.desk.clock)))

    def _go_to(self, first: date) -> None:
        self._first = first
        run_job(self, self._rota.week, first, lane="read", on_done=self._show)

    # --- filling ---

    def fill_week(self) -> None:
        """F5: a proposal for the week on show."""
        self._fill(1)

    def _fill_weeks(self) -> None:
        options = [(weeks, ntr("{n} week", "{n} weeks", weeks)) for weeks in _WEEKS]
        question = tr("How many weeks from {day} on?", day=self._first.isoformat())
        ask.choose(self, tr("Fill"), question, options, on_choice=lambda weeks: self._fill(int(str(weeks))))

    def _fill(self, weeks: int) -> None:
        if self._job is not None:
            return
        self._drop_proposal()
        self.result.show_progress()
        self._job = run_job(
            self,
            self._rota.propose,
            self._first,
            self._first + timedelta(days=7 * weeks - 1),
            lane="pool",
            on_progress=self.result.step,
            on_end=self._filled,
            on_done=self._propose,
        )

    def _filled(self) -> None:
        self._job = None
        self.result.put_away()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _propose(self, proposal: Proposal) -> None:
        self._proposal = proposal
        self.result.show_result(proposal)
        if self._view is not None:
            self._show(self._view)

    def _adopt(self) -> None:
        proposal = self._proposal
        if proposal is None:
            return

        def adopted(count: int) -> None:
            self._drop_proposal()
            notify.say(self, ntr("{n} duty saved as draft.", "{n} duties saved as draft.", count))

        run_job(self, self._rota.adopt, proposal, on_done=adopted)

    def discard(self) -> None:
        """放弃: the board as it stands."""
        self._drop_proposal()
        if self._view is not None:
            self._show(self._view)
        self.board.take_focus()

    def _drop_proposal(self) -> None:
        self._proposal = None
        self.result.put_away()

    def _publish(self) -> None:
        view = self._view
        if view is None or not self._may_publish or not view.differences:
            return

        def published(done: Published) -> None:
            notify.say(
                self, tr("Published: {added} added, {removed} taken off.", added=done.added, removed=done.removed)
            )

        run_job(self, self._rota.publish, view.first, view.last, on_done=published)

    def show_poster(self) -> None:
        """The published week as it will hang on the wall."""
        name = f"{tr('Rota')}-{self._first.isoformat()}"

        def show(data: bytes) -> None:
            PdfSheet(tr("Print the rota"), name, data, self.window(), wide=True).open()

        run_job(self, self._rota.poster, self._first, lane="read", on_done=show)
