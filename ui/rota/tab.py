"""值班: the board of a week or a month. The director and the supervisor arrange it, the desk marks absences, everybody
reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QStackedWidget, QWidget

from app.common.changes import Topic
from app.common.clock import today
from app.common.words import ntr, tr
from app.rota.rules import Slot, monday, month_end, month_start
from app.rota.views import Conflict, GapView, WeekView
from app.security.permissions import May
from ui import notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.rota.board import Board
from ui.rota.experts import open_experts
from ui.rota.fill_sheet import FillSheet
from ui.rota.filters import FilterBar
from ui.rota.keys import KeysSheet
from ui.rota.loads import LoadCard
from ui.rota.models import board_cells, board_days, slot_words
from ui.rota.month import MonthView, month_grid
from ui.rota.prints import open_prints
from ui.rota.proposals import ProposalActs
from ui.rota.publishing import PublishSheet
from ui.rota.result import ResultCard
from ui.rota.seats import SeatActs
from ui.rota.subtitle import legend, state_words
from ui.rota.swaps import open_swaps
from ui.rota.undoing import Undoing
from ui.rota.version_list import VersionsSheet
from ui.widgets.button import PrimaryButton, QuietButton, SecondaryButton
from ui.widgets.card import Card
from ui.widgets.icon_button import FramedIconButton
from ui.widgets.icon_view import IconView
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row, scrolling
from ui.widgets.page_header import PageHeader
from ui.widgets.segmented import SegmentedControl

TOPICS = frozenset({Topic.ROTA, Topic.STAFF, Topic.SETTINGS})
_AHEAD = timedelta(days=200)
"""How far ahead double bookings are looked for."""


class RotaTab(QWidget):
    """The board in the middle, evenness and the fill's result at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._rota = desk.services.rota
        self._may_edit = May.EDIT_ROTA in desk.who.may
        self._may_publish = May.APPROVE_ROTA in desk.who.may
        self._may_mark = May.MARK_ABSENT in desk.who.may
        self._may_swap = bool({May.ARRANGE_SWAPS, May.OWN_DUTY} & desk.who.may)
        self._first = monday(today(desk.clock))
        self._last = self._first + timedelta(days=6)
        self._goal: Slot | None = None
        self._view: WeekView | None = None
        self._conflicts: tuple[Conflict, ...] = ()
        self.board = Board(may_edit=self._may_edit)
        self.month = MonthView()
        self.filters = FilterBar()
        self.loads = LoadCard()
        self.result = ResultCard()
        self.undoing = Undoing(desk, self)
        self.proposals = ProposalActs(desk, self, self.result, self.undoing)
        self.seats = SeatActs(desk, self, self.board, self.proposals, self.undoing)
        self.seats.add_whole, self.seats.repair = self.add_whole, self.repair_shown
        self._build()
        self._connect()
        self.setFocusProxy(self.board)

    # --- making it ---

    def _build(self) -> None:
        self.mode = SegmentedControl([("week", tr("Week")), ("month", tr("Month"))], name=tr("Period"))
        self.mode.setToolTip("Ctrl+W  Ctrl+M")
        self.this_button = SecondaryButton(tr("This week"), self._go_today, hint="Ctrl+Home")
        actions: list[QWidget] = [
            FramedIconButton("chevron-left", tr("Before, week or month"), lambda: self._turn(-1), shortcut="PgUp"),
            self.this_button,
            FramedIconButton("chevron-right", tr("After, week or month"), lambda: self._turn(1), shortcut="PgDown"),
            self.mode,
        ]
        if self._may_edit or self._may_mark or self._may_swap:
            actions += [self.undoing.undo_button, self.undoing.redo_button]
        actions.append(self._button(tr("Who is free"), self.seats.who_is_free, "search", "F3"))
        if self._may_edit:
            actions.append(self._button(tr("Fill"), self.fill_shown, "wand-sparkles", "F5"))
        self._more = FramedIconButton("ellipsis", tr("More"), self._open_more)
        actions.append(self._more)
        self.publish_button = PrimaryButton(tr("Publish"), self.publish, hint="Ctrl+Enter")
        if self._may_publish:
            actions.append(self.publish_button)
        self._header = PageHeader(tr("Rota"), "", *actions)
        board = Card(padded=False)
        board.body.addWidget(self._problem_line())
        self._stack = QStackedWidget()
        self._stack.addWidget(scrolling(self.board))
        self._stack.addWidget(self.month)
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        board.body.addWidget(self._stack, 1)
        self._foot = Label(self._legend(), "hint")
        self._foot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        board.add_foot(self._foot)
        beside = column(self.loads, self.result, space=12)
        beside.setStretch(0, 2)
        beside.setStretch(1, 3)
        side = holder(beside)
        side.setFixedWidth(self.desk.theme.px(236))
        whole = column(self.filters, board, space=8)
        column(self._header, row(holder(whole), side, space=12), parent=self, space=12)

    def _button(self, words: str, act: Callable[[], object], icon: str, key: str) -> QWidget:
        """With large letters only its icon, so that the head still fits on a small screen."""
        if self.desk.theme.scale > 125:
            return FramedIconButton(icon, words, act, shortcut=key)
        return SecondaryButton(words, act, icon=icon, shortcut=key)

    def _problem_line(self) -> QWidget:
        """Above the board while something is double booked."""
        self._problem_words = Label("", "body")
        self._problem_words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        go = QuietButton(tr("Go there"), self.next_problem, hint="F8")
        line = row(IconView("triangle-alert", "urgent", 16), self._problem_words, go, margins=(14, 4, 8, 4), space=8)
        line.setStretch(1, 1)
        self.problem_line = holder(line)
        self.problem_line.hide()
        return self.problem_line

    def _connect(self) -> None:
        self.mode.chosen.connect(lambda mode: self.show_mode(str(mode)))
        self.month.opened.connect(self.open_session)
        self.board.said.connect(self._say)
        self.proposals.changed.connect(self._redraw)
        self.result.left.connect(self._take_focus)
        self.result.gap_opened.connect(self.open_session)
        self.result.reasons_wanted.connect(self._show_reasons)
        self.loads.chosen.connect(self._filter_by)
        self.filters.changed.connect(self._filter_changed)
        self.filters.left.connect(self._leave_filter)
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+Home": self._go_today,
            "Ctrl+W": lambda: self.show_mode("week"),
            "Ctrl+M": lambda: self.show_mode("month"),
            "Ctrl+F": self.begin_filter,
            "Ctrl+P": self.show_poster,
            "Ctrl+H": self.show_versions,
            "F1": self.show_keys,
            "F4": self.show_experts,
            "F8": self.next_problem,
            "Esc": self._escape,
        }
        if self._may_swap:
            keys["Shift+S"] = self.show_swaps
        if self._may_publish:
            keys |= {"Ctrl+Return": self.publish, "Ctrl+Enter": self.publish}
        if self._may_edit:
            keys |= {"Shift+F5": self._fill_weeks, "Ctrl+Shift+Z": self.undoing.redo, "Ctrl+R": self.repair_shown}
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def _legend(self) -> str:
        return legend(may_edit=self._may_edit, may_mark=self._may_mark)

    def _say(self, words: str) -> None:
        """The foot line: what is carried, else the legend."""
        self._foot.setText(words or self._legend())
        self._foot.set_role("strong" if words else "hint")

    # --- showing ---

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """Loads again what is on show; a proposal made before a change is of no use any more."""
        if topics is not None and topics.isdisjoint(TOPICS):
            return
        self.proposals.check()
        self._load()
        self.undoing.refresh()
        start = monday(today(self.desk.clock))
        run_job(self, self._rota.conflicts, start, start + _AHEAD, lane="read", on_done=self._show_conflicts)

    def flush(self) -> None:
        """Nothing is typed here that could be lost."""

    def show_item(self, day: date | None = None, half: str = "am", absent: str = "") -> None:
        """Goes to a day; `absent` is a staff id whose absence is to be dealt with."""
        if day is not None:
            self.open_session(Slot(day, half))
        if absent and day is not None:
            self.seats.deal_with_absence(absent, Slot(day, half))

    def _load(self) -> None:
        centre = self.filters.value().centre_id
        run_job(
            self,
            self._rota.stretch,
            self._first,
            self._last,
            centre_id=centre,
            lane="read",
            on_done=partial(self._show, centre),
        )

    def _show(self, centre: str, view: WeekView) -> None:
        if (view.first, view.last) != (self._first, self._last) or centre != self.filters.value().centre_id:
            return
        first_time = self._view is None
        turned = self._view is not None and self._view.first != view.first
        self._view = self.seats.view = view
        self.seats.foreign = bool(centre)
        self.board.may_edit = self._may_edit and not centre
        self._header.set_subtitle(state_words(view, self._month() if self.mode.value() == "month" else None))
        self.publish_button.setEnabled(bool(view.days) and not centre)
        self.filters.know_loads(view.loads)
        self._redraw()
        if self._goal in view.cells and self._goal is not None:
            self._go_on(self._goal)
        elif first_time and self.isVisible():
            self._take_focus()
        self._goal = None
        if turned:
            self.seats.carry_on()

    def _redraw(self) -> None:
        view = self._view
        if view is None:
            return
        proposal = None if self.seats.foreign else self.proposals.proposal
        self.loads.set_loads(view, proposal)
        wanted = self.filters.value().wanted(view.loads)
        cells = board_cells(view, proposal, self.desk.who.staff_id, wanted)
        now = today(self.desk.clock)
        if self.mode.value() == "month":
            self.month.show_month(*month_grid(view, cells, self._month(), now))
        else:
            self.board.show_week(board_days(view, now), cells, view.hours)

    def _go_on(self, slot: Slot) -> None:
        """The keyboard to where it was wanted, now that it is on show."""
        if self.mode.value() == "month":
            self.month.go_to(slot)
        else:
            self.board.go_to(slot, self._problem_index(slot))

    def _problem_index(self, slot: Slot) -> int:
        cell = self.board.cell(slot)
        seats = [chip.seat for chip in cell.chips] if cell is not None else []
        return next((at for at, seat in enumerate(seats) if seat.problem), 0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._take_focus()

    def _take_focus(self) -> None:
        if self.mode.value() == "month":
            self.month.setFocus()
        else:
            self.board.take_focus()

    # --- week and month ---

    def show_mode(self, mode: str) -> None:
        """ "week" or "month", around the session that the keyboard is on."""
        here = self.month.slot() if self._stack.currentWidget() is self.month else self.board.slot()
        day = here.day if here is not None else self._first
        self.mode.set_value(mode)
        self._stack.setCurrentIndex(1 if mode == "month" else 0)
        self.this_button.set_text(tr("This month") if mode == "month" else tr("This week"))
        self.setFocusProxy(self.month if mode == "month" else self.board)
        self._goal = here
        self._go_to(day)
        self._take_focus()

    def open_session(self, slot: Slot) -> None:
        """The week of a session, with the keyboard on it."""
        if self.mode.value() == "month":
            self.mode.set_value("week")
            self._stack.setCurrentIndex(0)
            self.this_button.set_text(tr("This week"))
            self.setFocusProxy(self.board)
        self._goal = slot
        self._go_to(slot.day)

    def _month(self) -> date:
        """The month on show; its sheet begins with the week of the first."""
        return month_start(self._first + timedelta(days=6))

    def _turn(self, by: int) -> None:
        if self.mode.value() == "month":
            start = self._month()
            self._go_to(start - timedelta(days=1) if by < 0 else month_end(start) + timedelta(days=1))
        else:
            self._go_to(self._first + timedelta(days=7 * by))

    def _go_today(self) -> None:
        self._go_to(today(self.desk.clock))

    def _go_to(self, day: date) -> None:
        if self.mode.value() == "month":
            self._first, self._last = monday(month_start(day)), monday(month_end(day)) + timedelta(days=6)
        else:
            self._first = monday(day)
            self._last = self._first + timedelta(days=6)
        self._load()

    # --- problems ---

    def _show_conflicts(self, found: tuple[Conflict, ...]) -> None:
        self._conflicts = found
        self.problem_line.setVisible(bool(found))
        if found:
            count = ntr("{n} double booking", "{n} double bookings", len(found))
            first = f"{slot_words(found[0].slot)} {found[0].note.text()}"
            self._problem_words.setText(f"{count} · {first}")

    def next_problem(self) -> None:
        """F8: the next empty seat, warning or double booking; past the last one shown, a double booking elsewhere."""
        if self.mode.value() == "month":
            if not self.month.next_problem():
                notify.say(self, tr("No further empty seat or conflict in this month."))
            return
        if self.board.next_problem():
            return
        others = [one.slot for one in self._conflicts if not self._first <= one.slot.day <= self._last]
        later = [slot for slot in others if slot.day > self._last]
        if later or others:
            self.open_session((later or others)[0])
            return
        self.board.forget_place()
        if not self.board.next_problem():
            self._take_focus()
            notify.say(self, tr("No empty seat and no conflict here."))

    def _show_reasons(self, gap: GapView) -> None:
        self.seats.show_reasons(gap)

    # --- the filter ---

    def begin_filter(self) -> None:
        """Ctrl+F."""

        def load() -> None:
            run_job(self, self._rota.centres, lane="read", on_done=self.filters.know_centres)

        self.filters.begin(load)

    def _leave_filter(self) -> None:
        """The keyboard goes to the first that the filter found, else to where it was."""
        if self.filters.value().on and self.mode.value() == "week":
            for slot in sorted({chip.seat.slot for chip in self.board.chips()}):
                cell = self.board.cell(slot)
                chips = cell.chips if cell is not None else []
                found = next((at for at, chip in enumerate(chips) if not chip.seat.faded), None)
                if found is not None:
                    self.board.go_to(slot, found)
                    return
        self._take_focus()

    def _filter_by(self, number: str) -> None:
        """From a bar: that expert alone; the same again ends it."""
        name = next((one.name for one in self._view.loads if one.number == number), "") if self._view else ""
        if self.filters.value().text == name:
            self.filters.clear()
        else:
            self.filters.look_for(name)

    def _filter_changed(self) -> None:
        wanted = self.filters.value()
        if bool(wanted.centre_id) != self.seats.foreign or wanted.centre_id:
            self._load()
        elif self._view is not None:
            self.filters.know_loads(self._view.loads)
            self._redraw()

    def _escape(self) -> None:
        """Takes back the last thing begun: what is carried, the search, the filter, the proposal."""
        if self.board.put_down():
            return
        if self.proposals.running:
            self.proposals.cancel()
        elif self.filters.isVisible():
            self.filters.clear()
        else:
            self.discard()

    # --- filling and publishing ---

    def fill_shown(self) -> None:
        """F5: a proposal for the week or the month on show."""
        if not self.seats.foreign:
            self.proposals.fill(*self._days())

    def repair_shown(self) -> None:
        """Ctrl+R: the fewest changes that mend the days on show, from today on."""
        first, last = self._days()
        first = max(first, today(self.desk.clock))
        if self.seats.foreign or first > last:
            notify.say(self, tr("These days are past; there is nothing to repair."))
        else:
            self.proposals.repair(first, last)

    def _fill_weeks(self) -> None:
        if not self.seats.foreign:
            FillSheet(self._first, self.proposals.fill, self.window()).open()

    def discard(self) -> None:
        """放弃: the board as it stands."""
        self.proposals.discard()
        self._take_focus()

    def _days(self) -> tuple[date, date]:
        """What is published and printed: the week, or the month without its neighbours' days."""
        if self.mode.value() == "month":
            return self._month(), month_end(self._month())
        return self._first, self._last

    def publish(self) -> None:
        """Ctrl+Enter: what a publication would change, and the question."""
        if self._may_publish and not self.seats.foreign:
            PublishSheet(self.desk, *self._days(), self.window()).open()

    def show_versions(self) -> None:
        """Every publication, and how they differ."""
        VersionsSheet(self.desk, self.window()).open()

    def show_poster(self) -> None:
        """Ctrl+P: what leaves the screen, the poster first."""
        if not self.seats.foreign:
            open_prints(self.desk, *self._days(), self.window())

    # --- the rest ---

    def show_experts(self) -> None:
        """F4: the experts; at the one that the keyboard is on."""
        seat = self.board.seat() if self.mode.value() == "week" else None
        open_experts(self.desk, self, seat.staff_id or None if seat is not None and not self.seats.foreign else None)

    def show_swaps(self) -> None:
        """Shift+S: the requests that wait for an answer."""
        open_swaps(self.desk, self)

    def show_keys(self) -> None:
        """F1."""
        KeysSheet(self.window()).open()

    def _open_more(self) -> None:
        menu = self.more_menu()
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + 4)))
        menu.setActiveAction(menu.actions()[0])

    def more_menu(self) -> QMenu:
        """Everything that is done with the whole rota, each with its key."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self.add_whole(menu)
        return menu

    def add_whole(self, menu: QMenu) -> None:
        """Into a menu: what this person may do with the whole rota."""
        if self._may_edit:
            menu.addAction(tr("Fill") + "\tF5", self.fill_shown)
            menu.addAction(tr("Fill several weeks…") + "\tShift+F5", self._fill_weeks)
            menu.addAction(tr("Repair") + "\tCtrl+R", self.repair_shown)
        if self.proposals.proposal is not None:
            menu.addAction(tr("Adopt") + "\tF2", self.proposals.adopt)
            menu.addAction(tr("Discard") + "\tEsc", self.discard)
        for button, act in (
            (self.undoing.undo_button, self.undoing.undo),
            (self.undoing.redo_button, self.undoing.redo),
        ):
            if button.isEnabled():
                key = "Ctrl+Z" if button is self.undoing.undo_button else "Ctrl+Y"
                menu.addAction(button.accessibleName().replace("&", "&&") + f"\t{key}", act)
        menu.addSeparator()
        menu.addAction(tr("Who is free") + "\tF3", self.seats.who_is_free)
        menu.addAction(tr("Experts…") + "\tF4", self.show_experts)
        if self._may_swap:
            menu.addAction(tr("Swap requests…") + "\tShift+S", self.show_swaps)
        menu.addAction(tr("Filter") + "\tCtrl+F", self.begin_filter)
        menu.addAction(tr("Next empty seat or conflict") + "\tF8", self.next_problem)
        menu.addSeparator()
        week = self.mode.value() == "week"
        words, key, mode = (tr("Month"), "Ctrl+M", "month") if week else (tr("Week"), "Ctrl+W", "week")
        menu.addAction(words + f"\t{key}", partial(self.show_mode, mode))
        if self._may_publish:
            menu.addAction(tr("Publish") + "\tCtrl+Enter", self.publish)
        menu.addAction(tr("Print and export…") + "\tCtrl+P", self.show_poster)
        menu.addAction(tr("Published versions…") + "\tCtrl+H", self.show_versions)
        menu.addAction(tr("All keys") + "\tF1", self.show_keys)
