"""What is done with one seat of the board: by key, by pointer, from the menu. Each act asks the service."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.common.words import tr
from app.rota.rules import Slot
from app.rota.views import Absence, AssignmentView, WeekView
from app.security.permissions import May
from ui import ask, notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.pdf_sheet import PdfSheet
from ui.rota.absence import AbsenceSheet
from ui.rota.board import Board
from ui.rota.models import Seat
from ui.rota.picker import Picker


class SeatActs:
    """Belongs to the tab, which tells it the `view` on show."""

    def __init__(self, desk: Desk, tab: QWidget, board: Board) -> None:
        self._desk = desk
        self._rota = desk.services.rota
        self._tab = tab
        self._board = board
        self.view: WeekView | None = None
        self._may_edit = May.EDIT_ROTA in desk.who.may
        self._may_mark = May.MARK_ABSENT in desk.who.may
        board.opened.connect(self._open)
        board.removed.connect(self._remove)
        board.pinned.connect(self._pin)
        board.absent.connect(self._mark)
        board.moved.connect(self._move)
        board.menu.connect(self._menu)

    def _open(self, target: Seat | Slot) -> None:
        slot = target if isinstance(target, Slot) else target.slot
        if isinstance(target, Seat) and target.kind == "absent" and self._may_mark:
            self.deal_with_absence(target.staff_id, slot)
        elif self._may_edit:
            self._choose(slot)
        else:
            self.who_is_free()

    def _choose(self, slot: Slot) -> None:
        Picker(self._desk, slot, self._slots(), self._assign, self._tab.window()).open()

    def who_is_free(self) -> None:
        """F3: the picker for the session that the keyboard is on; it assigns only for those who may."""
        slots = self._slots()
        if not slots:
            return
        slot = self._board.slot() or slots[0]
        pick = self._assign if self._may_edit else None
        Picker(self._desk, slot, slots, pick, self._tab.window()).open()

    def _slots(self) -> list[Slot]:
        return sorted(self.view.cells) if self.view is not None else []

    def _assign(self, slot: Slot, staff_id: str) -> None:
        def assigned(made: AssignmentView) -> None:
            words = tr("{name}: {slot}.", name=made.name, slot=made.slot.words())
            notify.say(self._tab, words, undo=(tr("Undo"), lambda: self._take_off(made.id)))

        run_job(self._tab, self._rota.assign, slot.day, slot.half, staff_id, on_done=assigned)

    def _remove(self, seat: Seat) -> None:
        if self._may_edit and seat.movable:
            name = seat.text

            def removed(_none: None) -> None:
                undo = (tr("Undo"), lambda: run_job(self._tab, self._rota.restore, seat.key))
                notify.say(self._tab, tr("{name} was taken off {slot}.", name=name, slot=seat.slot.words()), undo=undo)

            run_job(self._tab, self._rota.unassign, seat.key, on_done=removed)

    def _take_off(self, assignment_id: str) -> None:
        run_job(self._tab, self._rota.unassign, assignment_id, confirmed=frozenset({"pinned"}))

    def _pin(self, seat: Seat) -> None:
        if self._may_edit and seat.movable:
            run_job(self._tab, self._rota.pin, seat.key, not seat.pinned)

    def _move(self, assignment_id: str, slot: Slot) -> None:
        if self._may_edit:
            run_job(self._tab, self._rota.move, assignment_id, slot.day, slot.half, on_end=self._board.take_focus)

    def _mark(self, seat: Seat) -> None:
        """Asks once, then marks; the sheet with calls and stand-ins follows."""
        if not self._may_mark or not seat.movable:
            return
        slot = seat.slot
        question = tr("{name} cannot come on {slot}?", name=seat.text, slot=slot.words())
        if self._both_halves(seat):
            options = [(slot.half, slot.words()), ("", tr("The whole day"))]
            ask.choose(self._tab, tr("Mark absent"), question, options, on_choice=partial(self._mark_half, seat))
        else:
            words = tr("Mark absent")
            ask.confirm(self._tab, question, title=words, yes=words, on_yes=partial(self._mark_half, seat, slot.half))

    def _both_halves(self, seat: Seat) -> bool:
        other = Slot(seat.slot.day, "pm" if seat.slot.half == "am" else "am")
        cell = self.view.cells.get(other) if self.view is not None else None
        return cell is not None and any(a.staff_id == seat.staff_id and not a.absent_at for a in cell.assignments)

    def _mark_half(self, seat: Seat, half: object) -> None:
        day, wanted = seat.slot.day, str(half) or None
        run_job(self._tab, self._rota.mark_absent, seat.staff_id, day, wanted, on_done=self._show_absence)

    def deal_with_absence(self, staff_id: str, slot: Slot) -> None:
        """Whom to call and who stands in, for an absence already marked."""
        run_job(self._tab, self._rota.absence, staff_id, slot.day, slot.half, lane="read", on_done=self._show_absence)

    def _show_absence(self, absence: Absence) -> None:
        may_list = May.SEE_CLIENTS in self._desk.who.may and self._may_mark
        on_list = partial(self._call_list, absence) if may_list else None
        AbsenceSheet(absence, self._replace, on_list, self._tab.window()).open()

    def _call_list(self, absence: Absence) -> None:
        def show(data: bytes) -> None:
            PdfSheet(tr("Call list"), f"{tr('Call list')}-{absence.day.isoformat()}", data, self._tab.window()).open()

        halves = tuple(absence.assignments)
        half = halves[0] if len(halves) == 1 else None
        run_job(self._tab, self._rota.call_list, absence.staff_id, absence.day, half, on_done=show)

    def _replace(self, assignment_id: str, staff_id: str, take_bookings: bool) -> None:
        def replaced(made: AssignmentView) -> None:
            notify.say(self._tab, tr("{name} stands in on {slot}.", name=made.name, slot=made.slot.words()))

        run_job(self._tab, self._rota.replace, assignment_id, staff_id, take_bookings=take_bookings, on_done=replaced)

    def _present(self, seat: Seat) -> None:
        run_job(self._tab, self._rota.mark_present, seat.key)

    # --- the right-click menu ---

    def _menu(self, target: Seat | Slot, where: QPoint) -> None:
        menu = self.menu_for(target)
        if not menu.isEmpty():
            menu.popup(where)

    def menu_for(self, target: Seat | Slot) -> QMenu:
        """What can be done with a seat, each with its key."""
        menu = QMenu(self._tab)
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
        if self.view is None or not self.view.rooms:
            return
        rooms = menu.addMenu(tr("Room"))
        for room_id, name in self.view.rooms.items():
            rooms.addAction(name, partial(self._set_room, seat.key, room_id))

    def _set_room(self, assignment_id: str, room_id: str) -> None:
        run_job(self._tab, self._rota.set_room, assignment_id, room_id)


def _slot(target: Seat | Slot) -> Slot:
    return target if isinstance(target, Slot) else target.slot
