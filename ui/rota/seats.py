"""What is done with one seat of the board: by key, by pointer, from the menu. Each act asks the service."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.common.words import tr
from app.rota.rules import Slot
from app.rota.views import AssignmentView, GapView, WeekView
from app.security.permissions import May
from ui import notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.rota.absence import open_absence
from ui.rota.board import Board
from ui.rota.free import open_free
from ui.rota.gap_sheet import GapSheet
from ui.rota.models import Seat
from ui.rota.picker import Picker
from ui.rota.proposals import ProposalActs
from ui.rota.swaps import open_swaps
from ui.rota.undoing import Undoing

Target = Seat | Slot


class SeatActs:
    """Belongs to the tab, which tells it the `view` on show. `foreign`: it is another centre's, to be read only."""

    def __init__(self, desk: Desk, tab: QWidget, board: Board, proposals: ProposalActs, undoing: Undoing) -> None:
        self._desk = desk
        self._rota = desk.services.rota
        self._tab = tab
        self._board = board
        self._proposals = proposals
        self._undoing = undoing
        self.view: WeekView | None = None
        self.foreign = False
        self.add_whole: Callable[[QMenu], object] = lambda _menu: None
        self.repair: Callable[[], object] = lambda: None
        self._edits = May.EDIT_ROTA in desk.who.may
        self._marks = May.MARK_ABSENT in desk.who.may
        self._acts: dict[str, Callable[[Target], object]] = {
            "open": self._open,
            "remove": self._remove,
            "pin": self._pin,
            "absent": self._mark,
            "room": self._rooms,
            "why": self.why,
            "swap": self._swap,
        }
        board.acted.connect(self._act)
        board.moved.connect(self._move)
        board.exchanged.connect(self._exchange)
        board.refused.connect(lambda words: notify.warn(tab, words))
        board.picked.connect(self._find_targets)
        board.menu.connect(self._menu)

        self._arranges = May.ARRANGE_SWAPS in desk.who.may
        self._own = desk.who.staff_id if May.OWN_DUTY in desk.who.may else ""

    @property
    def may_edit(self) -> bool:
        return self._edits and not self.foreign

    @property
    def may_mark(self) -> bool:
        return self._marks and not self.foreign

    def _act(self, name: str, target: Target) -> None:
        if name in self._acts:
            self._acts[name](target)

    def _open(self, target: Target) -> None:
        slot = _slot(target)
        kind = target.kind if isinstance(target, Seat) else ""
        if isinstance(target, Seat) and kind in ("new", "going") and self.may_edit:
            self._proposals.take_one(target)
        elif isinstance(target, Seat) and kind == "absent" and self.may_mark:
            self.deal_with_absence(target.staff_id, slot)
        elif self.may_edit:
            self.choose(slot)
        elif not self.foreign:
            self.show_candidates(slot)

    def choose(self, slot: Slot) -> None:
        """The list of who could take a session, to assign from."""
        Picker(self._desk, slot, self._slots(), self._assign, self._tab.window()).open()

    def who_is_free(self) -> None:
        """F3: what the telephone asks, answered for all centres; it assigns only for those who may."""
        open_free(self._desk, self._tab, self._assign if self.may_edit else None)

    def show_candidates(self, slot: Slot) -> None:
        """Everybody for one session with the reasons, to be read only."""
        slots = self._slots()
        if slots:
            Picker(self._desk, slot if slot in slots else slots[0], slots, None, self._tab.window()).open()

    def why(self, target: Target) -> None:
        """Expert by expert, why nobody fills the seat."""
        gap = self._gap(_slot(target))
        if gap is not None:
            self.show_reasons(gap)

    def show_reasons(self, gap: GapView) -> None:
        """The same for a gap that is known."""
        experts = {load.number: load for load in self.view.loads} if self.view is not None else {}
        GapSheet(gap, experts, self._tab.window()).open()

    def _gap(self, slot: Slot) -> GapView | None:
        proposal = self._proposals.proposal
        if proposal is not None and proposal.first <= slot.day <= proposal.last:
            return next((gap for gap in proposal.gaps if gap.slot == slot), None)
        cell = self.view.cells.get(slot) if self.view is not None else None
        return cell.gap if cell is not None else None

    def _slots(self) -> list[Slot]:
        return sorted(slot for slot, cell in self.view.cells.items() if cell.needed) if self.view is not None else []

    def _assign(self, slot: Slot, staff_id: str) -> None:
        def assigned(made: AssignmentView) -> None:
            self._undoing.say(tr("{name}: {slot}.", name=made.name, slot=made.slot.words()))

        run_job(self._tab, self._rota.assign, slot.day, slot.half, staff_id, on_done=assigned)

    def _remove(self, target: Target) -> None:
        if not isinstance(target, Seat) or not self.may_edit:
            return
        if target.kind == "new":
            self._proposals.leave_out(target)
            return
        if not target.movable:
            return

        def removed(_none: None) -> None:
            self._undoing.say(tr("{name} was taken off {slot}.", name=target.text, slot=target.slot.words()))

        run_job(self._tab, self._rota.unassign, target.key, on_done=removed)

    def _pin(self, target: Target) -> None:
        if isinstance(target, Seat) and self.may_edit and (target.movable or target.kind == "going"):
            run_job(self._tab, self._rota.pin, target.key, not target.pinned)

    def _move(self, assignment_id: str, slot: Slot) -> None:
        def moved(made: AssignmentView) -> None:
            self._undoing.say(tr("{name} moved to {slot}.", name=made.name, slot=made.slot.words()))
            self._board.follow(made.id)

        if self.may_edit:
            run_job(
                self._tab, self._rota.move, assignment_id, slot.day, slot.half, on_done=moved,
                on_end=self._board.take_focus,
            )  # fmt: skip

    def _exchange(self, assignment_id: str, other_id: str) -> None:
        def exchanged(made: tuple[AssignmentView, AssignmentView]) -> None:
            one, other = made
            words = tr("{name} and {other} exchanged.", name=one.name, other=other.name)
            self._undoing.say(words)
            self._board.follow(one.id)

        if self.may_edit:
            run_job(
                self._tab, self._rota.exchange, assignment_id, other_id, on_done=exchanged,
                on_end=self._board.take_focus,
            )  # fmt: skip

    def _find_targets(self, seat: Seat) -> None:
        view = self.view
        if view is not None and self.may_edit:
            run_job(
                self._tab, self._rota.targets, view.first, view.last, assignment_id=seat.key, lane="read",
                on_done=self._board.know,
            )  # fmt: skip

    def carry_on(self) -> None:
        """After another week was shown while somebody is carried: what speaks against each place of that one."""
        if self._board.carry.seat is not None:
            self._find_targets(self._board.carry.seat)

    def _mark(self, target: Target) -> None:
        """A: absent; on an absent one: comes after all."""
        if not isinstance(target, Seat) or not self.may_mark:
            return
        if target.kind == "absent":
            self._present(target)
        elif target.movable:
            self.deal_with_absence(target.staff_id, target.slot)

    def _present(self, seat: Seat) -> None:
        def came(_none: None) -> None:
            self._undoing.say(tr("{name} comes on {slot} after all.", name=seat.text, slot=seat.slot.words()))

        run_job(self._tab, self._rota.mark_present, seat.key, on_done=came)

    def deal_with_absence(self, staff_id: str, slot: Slot) -> None:
        """Whom to call and who stands in; marks nothing by itself."""
        open_absence(self._desk, self._tab, staff_id, slot)

    def _may_swap(self, seat: Seat) -> bool:
        return (
            seat.movable and not self.foreign and (self._arranges or (bool(self._own) and seat.staff_id == self._own))
        )

    def _swap(self, target: Target) -> None:
        """S: whom to ask to take this duty over, or to exchange it."""
        if isinstance(target, Seat) and self._may_swap(target):
            open_swaps(self._desk, self._tab, target.key)

    # --- menus ---

    def _menu(self, target: Target, where: QPoint) -> None:
        menu = self.menu_for(target)
        if not menu.isEmpty():
            menu.popup(where)
            first = next((action for action in menu.actions() if action.isEnabled()), None)
            if first is not None:
                menu.setActiveAction(first)

    def menu_for(self, target: Target) -> QMenu:
        """What can be done with a seat, each with its key."""
        menu = QMenu(self._tab)
        menu.aboutToHide.connect(menu.deleteLater)
        if isinstance(target, Seat):
            self._add_seat_acts(menu, target)
        if self.may_edit:
            menu.addAction(tr("Assign an expert…") + "\tEnter", lambda: self.choose(_slot(target)))
        if self.may_edit and self._board.carry.seat is not None:
            swaps = isinstance(target, Seat) and self._board.carry.exchanges(target)
            words = tr("Exchange with this one") if swaps else tr("Move here")
            menu.addAction(words + "\tCtrl+V", lambda: self._board.put_here(exchange=True))
        if self._gap(_slot(target)) is not None and not self.foreign:
            menu.addAction(tr("Why is a seat empty?") + "\tI", lambda: self.why(target))
        if self.may_edit and isinstance(target, Seat) and (target.problem or target.kind == "absent"):
            menu.addAction(tr("Repair") + "\tCtrl+R", self.repair)
        if not menu.isEmpty():
            menu.addSeparator()
            self.add_whole(menu.addMenu(tr("The whole rota")))
        return menu

    def _add_seat_acts(self, menu: QMenu, seat: Seat) -> None:
        if seat.kind in ("new", "going") and self.may_edit:
            menu.addAction(tr("Take over only this") + "\tEnter", lambda: self._open(seat))
        if seat.kind == "new" and self.may_edit:
            menu.addAction(tr("Leave out of the proposal") + "\tDelete", lambda: self._remove(seat))
        if seat.kind == "going" and self.may_edit:
            menu.addAction(tr("Pin") + "\tP", lambda: self._pin(seat))
        if seat.movable and self.may_edit:
            pin = tr("Unpin") if seat.pinned else tr("Pin")
            menu.addAction(pin + "\tP", lambda: self._pin(seat))
            menu.addAction(tr("Take off") + "\tDelete", lambda: self._remove(seat))
            menu.addAction(tr("Pick up, to move or exchange") + "\tCtrl+X", lambda: self._board.pick_up(seat))
        if seat.movable and self.may_mark:
            menu.addAction(tr("Mark absent") + "\tA", lambda: self._mark(seat))
            self._add_rooms(menu, seat)
        if self._may_swap(seat):
            menu.addAction(tr("Ask somebody to swap…") + "\tS", lambda: self._swap(seat))
        if seat.kind == "absent" and self.may_mark:
            menu.addAction(tr("Find a stand-in…") + "\tEnter", lambda: self._open(seat))
            menu.addAction(tr("{name} comes after all", name=seat.text) + "\tA", lambda: self._mark(seat))
        if menu.actions():
            menu.addSeparator()

    def _add_rooms(self, menu: QMenu, seat: Seat) -> None:
        if self.view is not None and self.view.rooms:
            rooms = menu.addMenu(tr("Room") + "\tR")
            self._fill_rooms(rooms, seat)

    def _fill_rooms(self, menu: QMenu, seat: Seat) -> None:
        for room_id, name in (self.view.rooms if self.view is not None else {}).items():
            action = menu.addAction(name, partial(self._set_room, seat.key, room_id))
            action.setCheckable(True)
            action.setChecked(name == seat.room)
        menu.addAction(tr("No room"), partial(self._set_room, seat.key, None))

    def _rooms(self, target: Target) -> None:
        """R: the rooms as a small list at the seat."""
        chip = self._board.chip()
        if not isinstance(target, Seat) or not target.movable or not self.may_mark or chip is None:
            return
        menu = QMenu(self._tab)
        menu.aboutToHide.connect(menu.deleteLater)
        self._fill_rooms(menu, target)
        menu.popup(chip.mapToGlobal(QPoint(0, chip.height())))
        menu.setActiveAction(menu.actions()[0])

    def _set_room(self, assignment_id: str, room_id: str | None) -> None:
        run_job(self._tab, self._rota.set_room, assignment_id, room_id)


def _slot(target: Target) -> Slot:
    return target if isinstance(target, Slot) else target.slot
