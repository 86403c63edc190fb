"""值班: the week's board. The director and the supervisor arrange it, the desk marks absences, everybody reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from app.common.changes import Topic
from app.common.clock import today
from app.common.words import ntr, tr
from app.rota.rules import Slot, monday
from app.rota.views import Absence, AssignmentView, Proposal, Published, WeekView
from app.security.permissions import May
from ui import ask, notify
from ui.desk import Desk
from ui.jobs import Job, run_job
from ui.pdf_sheet import PdfSheet
from ui.rota.absence import AbsenceSheet
from ui.rota.board import Board
from ui.rota.models import Seat, board_cells, board_days, period_words
from ui.rota.panel import LoadCard, ResultCard
from ui.rota.picker import Picker
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
        self._desk = desk
        self._rota = desk.services.rota
        self._may_edit = May.EDIT_ROTA in desk.who.may
        self._may_publish = May.APPROVE_ROTA in desk.who.may
        self._may_mark = May.MARK_ABSENT in desk.who.may
        self._first = monday(today(desk.clock))
        self._view: WeekView | None = None
        self._proposal: Proposal | None = None
        self._job: Job | None = None
        self.board = Board(may_edit=self._may_edit)
        self._wire()
        self.loads = LoadCard()
        self.result = ResultCard(adopt=self._adopt, discard=self._discard, cancel=self._cancel)
        self._build()

    def _wire(self) -> None:
        QShortcut(QKeySequence("Ctrl+Home"), self).activated.connect(self._this_week)
        self.board.opened.connect(self._open)
        self.board.removed.connect(self._remove)
        self.board.pinned.connect(self._pin)
        self.board.absent.connect(self._mark)
        self.board.moved.connect(self._move)
        self.board.menu.connect(self._menu)

    def _build(self) -> None:
        self._header = PageHeader(
            tr("Rota"),
            "",
            FramedIconButton("chevron-left", tr("Week before"), lambda: self._turn(-7), shortcut="PgUp"),
            SecondaryButton(tr("This week"), self._this_week, hint="Ctrl+Home"),
            FramedIconButton("chevron-right", tr("Week after"), lambda: self._turn(7), shortcut="PgDown"),
            self._button(tr("Who is free"), self._who_is_free, "search", "F3"),
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
        side.setFixedWidth(self._desk.theme.px(236))
        column(self._header, row(board, side, space=12), parent=self, space=12)

    def _button(self, words: str, act: Callable[[], object], icon: str, key: str) -> QWidget:
        """With large letters only its icon, so that the head still fits on a small screen."""
        if self._desk.theme.scale > 150:
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
            self._absent(absent, Slot(day, half))

    def _show(self, view: WeekView) -> None:
        if view.first != self._first:
            return
        first_time, self._view = self._view is None, view
        self._header.set_subtitle(self._state(view))
        self.publish_button.setEnabled(view.differences > 0)
        self.board.show_week(
            board_days(view, today(self._desk.clock)),
            board_cells(view, self._proposal, self._desk.who.staff_id),
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
        self._go_to(monday(today(self._desk.clock)))

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

    def _discard(self) -> None:
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

    # --- one seat ---

    def _open(self, target: Seat | Slot) -> None:
        slot = target if isinstance(target, Slot) else target.slot
        if isinstance(target, Seat) and target.kind == "absent" and self._may_mark:
            self._absent(target.staff_id, slot)
        elif self._may_edit:
            self._choose(slot)
        else:
            self._who_is_free()

    def _choose(self, slot: Slot) -> None:
        Picker(self._desk, slot, self._slots(), self._assign, self.window()).open()

    def _who_is_free(self) -> None:
        slots = self._slots()
        if not slots:
            return
        slot = self.board.slot() or slots[0]
        pick = self._assign if self._may_edit else None
        Picker(self._desk, slot, slots, pick, self.window()).open()

    def _slots(self) -> list[Slot]:
        return sorted(self._view.cells) if self._view is not None else []

    def _assign(self, slot: Slot, staff_id: str) -> None:
        def assigned(made: AssignmentView) -> None:
            words = tr("{name}: {slot}.", name=made.name, slot=made.slot.words())
            notify.say(self, words, undo=(tr("Undo"), lambda: self._take_off(made.id)))

        run_job(self, self._rota.assign, slot.day, slot.half, staff_id, on_done=assigned)

    def _remove(self, seat: Seat) -> None:
        if self._may_edit and seat.movable:
            name = seat.text

            def removed(_none: None) -> None:
                undo = (tr("Undo"), lambda: run_job(self, self._rota.restore, seat.key))
                notify.say(self, tr("{name} was taken off {slot}.", name=name, slot=seat.slot.words()), undo=undo)

            run_job(self, self._rota.unassign, seat.key, on_done=removed)

    def _take_off(self, assignment_id: str) -> None:
        run_job(self, self._rota.unassign, assignment_id, confirmed=frozenset({"pinned"}))

    def _pin(self, seat: Seat) -> None:
        if self._may_edit and seat.movable:
            run_job(self, self._rota.pin, seat.key, not seat.pinned)

    def _move(self, assignment_id: str, slot: Slot) -> None:
        if self._may_edit:
            run_job(self, self._rota.move, assignment_id, slot.day, slot.half, on_end=self.board.take_focus)

    def _mark(self, seat: Seat) -> None:
        """Asks once, then marks; the sheet with calls and stand-ins follows."""
        if not self._may_mark or not seat.movable:
            return
        slot = seat.slot
        question = tr("{name} cannot come on {slot}?", name=seat.text, slot=slot.words())
        if self._both_halves(seat):
            options = [(slot.half, slot.words()), ("", tr("The whole day"))]
            ask.choose(self, tr("Mark absent"), question, options, on_choice=partial(self._mark_half, seat))
        else:
            words = tr("Mark absent")
            ask.confirm(self, question, title=words, yes=words, on_yes=partial(self._mark_half, seat, slot.half))

    def _both_halves(self, seat: Seat) -> bool:
        other = Slot(seat.slot.day, "pm" if seat.slot.half == "am" else "am")
        cell = self._view.cells.get(other) if self._view is not None else None
        return cell is not None and any(a.staff_id == seat.staff_id and not a.absent_at for a in cell.assignments)

    def _mark_half(self, seat: Seat, half: object) -> None:
        day, wanted = seat.slot.day, str(half) or None
        run_job(self, self._rota.mark_absent, seat.staff_id, day, wanted, on_done=self._show_absence)

    def _absent(self, staff_id: str, slot: Slot) -> None:
        run_job(self, self._rota.absence, staff_id, slot.day, slot.half, lane="read", on_done=self._show_absence)

    def _show_absence(self, absence: Absence) -> None:
        may_list = May.SEE_CLIENTS in self._desk.who.may and self._may_mark
        on_list = partial(self._call_list, absence) if may_list else None
        AbsenceSheet(absence, self._replace, on_list, self.window()).open()

    def _call_list(self, absence: Absence) -> None:
        def show(data: bytes) -> None:
            PdfSheet(tr("Call list"), f"{tr('Call list')}-{absence.day.isoformat()}", data, self.window()).open()

        halves = tuple(absence.assignments)
        half = halves[0] if len(halves) == 1 else None
        run_job(self, self._rota.call_list, absence.staff_id, absence.day, half, on_done=show)

    def _replace(self, assignment_id: str, staff_id: str, take_bookings: bool) -> None:
        def replaced(made: AssignmentView) -> None:
            notify.say(self, tr("{name} stands in on {slot}.", name=made.name, slot=made.slot.words()))

        run_job(self, self._rota.replace, assignment_id, staff_id, take_bookings=take_bookings, on_done=replaced)

    def _present(self, seat: Seat) -> None:
        run_job(self, self._rota.mark_present, seat.key)

    # --- the right-click menu ---

    def _menu(self, target: Seat | Slot, where: QPoint) -> None:
        menu = self.menu_for(target)
        if not menu.isEmpty():
            menu.popup(where)

    def menu_for(self, target: Seat | Slot) -> QMenu:
        """What can be done with a seat, each with its key."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        if self._may_edit:
            menu.addAction(tr("Assign an expert…") + "\tEnter", lambda: self._choose(_slot(target)))
        if isinstance(target, Slot):
            return menu
        if target.movable and self._may_edit:
            pin = tr("Unpin") if target.pinned else tr("Pin")
            menu.addAction(pin + "\tP", lambda: self._pin(target))
            menu.addAction(tr("Take off") + "\tDelete", lambda: self._remove(target))
        if target.movable and self._may_mark:
            menu.addAction(tr("Mark absent") + "\tA", lambda: self._mark(target))
            self._add_rooms(menu, target)
        if target.kind == "absent" and self._may_mark:
            menu.addAction(tr("Find a stand-in…") + "\tEnter", lambda: self._open(target))
            menu.addAction(tr("{name} comes after all", name=target.text), lambda: self._present(target))
        return menu

    def _add_rooms(self, menu: QMenu, seat: Seat) -> None:
        if self._view is None or not self._view.rooms:
            return
        rooms = menu.addMenu(tr("Room"))
        for room_id, name in self._view.rooms.items():
            rooms.addAction(name, partial(self._set_room, seat.key, room_id))

    def _set_room(self, assignment_id: str, room_id: str) -> None:
        run_job(self, self._rota.set_room, assignment_id, room_id)


def _slot(target: Seat | Slot) -> Slot:
    return target if isinstance(target, Slot) else target.slot
