"""The week as a board: days across, halves down, a chip a seat; carried with the pointer or moved with keys.

Arrows go from seat to seat and over the edge to the next session. Every other key is named in `ui.rota.keys`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QSizePolicy, QWidget

from app.rota.rules import HALVES, Slot
from app.rota.views import Targets
from ui import theme
from ui.rota.carry import Carry
from ui.rota.cell import Cell, Ghost
from ui.rota.chip import Chip
from ui.rota.heads import DayHead, HalfHead
from ui.rota.keys import ACTS
from ui.rota.models import BoardCell, BoardDay, Seat

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_BESIDE = Qt.KeyboardModifier.ControlModifier | _SHIFT
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class Board(QWidget):
    """Tells what is wanted; the tab asks the service."""

    acted = Signal(str, object)
    """An act of `ui.rota.keys` and the seat it is for (or, for an empty cell, its Slot)."""
    picked = Signal(object)
    """A seat was picked up: whoever knows answers with `know`."""
    moved = Signal(str, object)
    exchanged = Signal(str, str)
    refused = Signal(str)
    menu = Signal(object, QPoint)
    said = Signal(str)
    """The foot line: what letting go here would mean; "" while nobody is carried."""

    def __init__(self, *, may_edit: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.may_edit = may_edit
        self.carry = Carry()
        self._days: Sequence[BoardDay] = ()
        self._cells: dict[Slot, Cell] = {}
        self._pool: dict[tuple[int, int], Cell] = {}
        self._heads: list[DayHead] = []
        self._sides = [HalfHead(half) for half in HALVES]
        self._ghost: Ghost | None = None
        self._slot: Slot | None = None
        self._index = 0
        self._follow = ""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(1)
        for place, side in enumerate(self._sides, 1):
            self._grid.addWidget(side, place, 0)
            self._grid.setRowStretch(place, 1)
        self._grid.setColumnMinimumWidth(0, theme.current().px(92))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_week(
        self, days: Sequence[BoardDay], cells: Mapping[Slot, BoardCell], hours: Mapping[str, tuple[str, str]]
    ) -> None:
        """Draws what differs from what it shows; the keyboard stays where it was, also over a turn of the week."""
        held: QWidget | None = self.window().focusWidget()
        had_focus = held is not None and self.isAncestorOf(held)
        place = self._place()
        self._days = days
        self._cells = {}
        for at, day in enumerate(days):
            self._head(at).show_day(day)
            for row in range(len(HALVES)):
                self._show_cell(at, row, cells.get(Slot(day.day, HALVES[row])))
        for at in range(len(days), len(self._heads)):
            self._heads[at].hide()
            for row in range(len(HALVES)):
                self._show_cell(at, row, None)
            self._grid.setColumnStretch(at + 1, 0)
        for side in self._sides:
            side.show_hours(hours[side.half])
            side.setVisible(bool(days))
        if self._slot not in self._cells:
            self._slot, self._index = self._nearest(place), 0
        self._find_followed()
        self._mark()
        self._rove()
        if had_focus:
            self.take_focus()

    def follow(self, assignment_id: str) -> None:
        """The keyboard goes to this duty as soon as it is drawn: after a move, to whom was moved."""
        self._follow = assignment_id
        self._find_followed()
        self.take_focus()

    def _find_followed(self) -> None:
        for slot, cell in self._cells.items() if self._follow else ():
            for index, chip in enumerate(cell.chips):
                if chip.seat.key == self._follow:
                    self._slot, self._index, self._follow = slot, index, ""
                    return

    def _head(self, at: int) -> DayHead:
        while len(self._heads) <= at:
            self._heads.append(DayHead())
            self._grid.addWidget(self._heads[-1], 0, len(self._heads))
        self._heads[at].show()
        self._grid.setColumnStretch(at + 1, 1)
        return self._heads[at]

    def _show_cell(self, at: int, row: int, facts: BoardCell | None) -> None:
        cell = self._pool.get((at, row))
        if facts is None:
            if cell is not None:
                cell.hide()
            return
        if cell is None:
            cell = self._pool[at, row] = Cell(self)
            self._grid.addWidget(cell, row + 1, at + 1)
        for chip in cell.show_facts(facts):
            chip.focused.connect(lambda c=chip: self._stand(c))
            chip.chosen.connect(lambda c=chip: self.acted.emit("open", c.seat))
            chip.dragged.connect(lambda where, c=chip: self.carry_to(c, where))
            chip.dropped.connect(lambda where, c=chip: self._drop(c, where))
        for chip in cell.chips:
            chip.set_may_move(self.may_edit)
        cell.show()
        self._cells[facts.slot] = cell

    def _place(self) -> tuple[int, str]:
        """Column and half of where the keyboard is."""
        days = [day.day for day in self._days]
        if self._slot is None or self._slot.day not in days:
            return 0, "am"
        return days.index(self._slot.day), self._slot.half

    def _nearest(self, place: tuple[int, str]) -> Slot | None:
        if place[0] < len(self._days):
            same = Slot(self._days[place[0]].day, place[1])
            if same in self._cells:
                return same
        return next(iter(sorted(self._cells)), None)

    # --- where the keyboard is ---

    def slot(self) -> Slot | None:
        """The session that the keyboard is on."""
        return self._slot

    def seat(self) -> Seat | None:
        """The seat that the keyboard is on."""
        chip = self.chip()
        return chip.seat if chip is not None else None

    def chip(self) -> Chip | None:
        """The chip that the keyboard is on."""
        cell = self._cells.get(self._slot) if self._slot else None
        if cell is None or not cell.chips:
            return None
        return cell.chips[min(self._index, len(cell.chips) - 1)]

    def chips(self) -> list[Chip]:
        """All chips, session by session."""
        return [chip for slot in sorted(self._cells) for chip in self._cells[slot].chips]

    def cell(self, slot: Slot) -> Cell | None:
        return self._cells.get(slot)

    def take_focus(self) -> None:
        """Puts the keyboard where it was last."""
        if self._slot is not None and self._slot in self._cells:
            self._go(self._slot, self._index)

    def go_to(self, slot: Slot, index: int = 0) -> None:
        """Puts the keyboard on a session, or where it will be once that is shown."""
        if slot in self._cells:
            self._go(slot, index)
        else:
            self._slot, self._index = slot, index

    def next_problem(self) -> bool:
        """Goes to the next gap or warning after the keyboard's place; False if there is none further on."""
        here = (self._slot, self._index) if self._slot is not None else None
        for slot in sorted(self._cells):
            for index, chip in enumerate(self._cells[slot].chips):
                if chip.seat.problem and (here is None or (slot, index) > here):
                    self._go(slot, index)
                    return True
        return False

    def forget_place(self) -> None:
        """The next problem is sought from the beginning."""
        first = next(iter(sorted(self._cells)), None)
        self._slot, self._index = first, -1

    def _stand(self, chip: Chip) -> None:
        for slot, cell in self._cells.items():
            if chip in cell.chips:
                self._slot, self._index = slot, cell.chips.index(chip)
        self._rove()
        self._say()

    def _rove(self) -> None:
        """One stop for the Tab key in the whole board: where the arrows are."""
        held = self.chip()
        for chip in self.chips():
            policy = Qt.FocusPolicy.StrongFocus if chip is held else Qt.FocusPolicy.ClickFocus
            chip.setFocusPolicy(policy)

    def _go(self, slot: Slot, index: int) -> None:
        cell = self._cells[slot]
        self._slot = slot
        self._index = max(0, min(index, len(cell.chips) - 1))
        target = cell.chips[self._index] if cell.chips else cell
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self._rove()
        self._say()

    def _step(self, across: int, down: int) -> None:
        if self._slot is None:
            return
        days = [day.day for day in self._days]
        place = days.index(self._slot.day) + across
        if across:
            while 0 <= place < len(days):
                if Slot(days[place], self._slot.half) in self._cells:
                    self._go(Slot(days[place], self._slot.half), self._index)
                    return
                place += across
            return
        index = self._index + down
        if 0 <= index < len(self._cells[self._slot].chips):
            self._go(self._slot, index)
            return
        other = Slot(self._slot.day, "pm" if down > 0 else "am")
        if other != self._slot and other in self._cells:
            self._go(other, 0 if down > 0 else 99)

    # --- keys ---

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The tab hands it the keyboard: on to the seat."""
        super().focusInEvent(event)
        self.take_focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key(event):
            super().keyPressEvent(event)

    def _key(self, event: QKeyEvent) -> bool:
        key, seat = Qt.Key(event.key()), self.seat()
        target = seat if seat is not None else self._slot
        if event.matches(QKeySequence.StandardKey.Cut):
            self.pick_up(seat)
        elif event.matches(QKeySequence.StandardKey.Paste) and self.carry.seat is not None:
            self.put_here(exchange=True)
        elif key == Qt.Key.Key_V and event.modifiers() == _BESIDE and self.carry.seat is not None:
            self.put_here(exchange=False)
        elif key == Qt.Key.Key_Menu or (key == Qt.Key.Key_F10 and event.modifiers() == _SHIFT):
            self.open_menu()
        elif event.modifiers() in _PLAIN and key in _ARROWS:
            self._step(*_ARROWS[key])
        elif event.modifiers() in _PLAIN and key in ACTS and target is not None:
            self.acted.emit(ACTS[key], target)
        else:
            return False
        return True

    def pick_up(self, seat: Seat | None) -> None:
        """Marks a duty to be moved by keys."""
        if self.may_edit and seat is not None and seat.movable:
            self.carry.pick(seat)
            self._mark()
            self._say()
            self.picked.emit(seat)

    def put_here(self, *, exchange: bool) -> None:
        """Moves what is carried to where the keyboard is; on somebody's duty, `exchange`s the two."""
        seat = self.seat()
        if self._slot is not None:
            self._let_go(seat if exchange else None, self._slot)

    def know(self, targets: Targets) -> None:
        """What speaks against each place for whoever is carried."""
        facts = {slot: cell.facts for slot, cell in self._cells.items() if cell.facts is not None}
        if self.carry.know(targets, facts):
            self._mark()
            self._say()

    def put_down(self) -> bool:
        """Lets go without moving; False if nobody was carried."""
        if self.carry.seat is None:
            return False
        self.carry.put_down()
        self._drop_ghost()
        self._mark()
        self._say()
        return True

    def _let_go(self, seat: Seat | None, slot: Slot) -> None:
        key, exchanges = self.carry.key, self.carry.exchanges(seat)
        verdict = self.carry.on(seat) if exchanges and seat is not None else self.carry.at(slot)
        left = self.carry.seat.slot if self.carry.seat is not None else slot
        if verdict is not None and verdict.refused:
            self.refused.emit(verdict.long or verdict.short)
            return
        self.put_down()
        if exchanges and seat is not None:
            self.exchanged.emit(key, seat.key)
        elif slot != left:
            self.moved.emit(key, slot)

    def _mark(self) -> None:
        """Cells and chips as they look while somebody is carried, or as ever."""
        for slot, cell in self._cells.items():
            cell.set_verdict(self.carry.at(slot))
            cell.set_target(False)
            for chip in cell.chips:
                chip.set_cut(bool(self.carry.key) and chip.seat.key == self.carry.key)
                chip.set_over("")

    def _say(self) -> None:
        self.said.emit(self.carry.words(self.seat(), self._slot))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        chip = None if by_key else self._chip_at(event.pos())
        if chip is not None:
            chip.setFocus(Qt.FocusReason.MouseFocusReason)
        elif not by_key and (cell := self._cell_at(event.pos())) is not None and cell.facts is not None:
            self._go(cell.facts.slot, 99)
        self.open_menu(None if by_key else event.globalPos())

    def open_menu(self, where: QPoint | None = None) -> None:
        """The menu of the seat that the keyboard is on, below it unless `where` says otherwise."""
        if QApplication.activePopupWidget() is not None:
            return  # some systems send the key and an event of their own
        held = self.chip() or (self._cells.get(self._slot) if self._slot else None)
        target = self.seat() or self._slot
        if held is not None and target is not None:
            self.menu.emit(target, where if where is not None else held.mapToGlobal(QPoint(8, held.height())))

    # --- the pointer ---

    def carry_to(self, chip: Chip, where: QPoint) -> None:
        """The pointer, at `where` on the screen, carries a chip; each place says what letting go there would mean."""
        if self._ghost is None:
            self._ghost = Ghost(chip.seat, chip, self)
            self.carry.pick(chip.seat)
            self.picked.emit(chip.seat)
        here = self.mapFromGlobal(where)
        cell, under = self._cell_at(here), self._chip_at(here)
        swap = under if under is not None and self.carry.exchanges(under.seat) else None
        over = cell.facts.slot if cell is not None and cell.facts is not None else None
        verdict = self.carry.on(swap.seat) if swap is not None else self.carry.at(over) if over is not None else None
        self._ghost.show_verdict(verdict)
        self.said.emit(self.carry.over(verdict))
        self._ghost.move(min(here.x() - 12, self.width() - self._ghost.width()), here.y() - 12)
        for one in self._cells.values():
            one.set_target(one is cell and swap is None and over != chip.seat.slot)
            for other in one.chips:
                other.set_over((verdict.tone if verdict is not None else "accent") if other is swap else "")
        chip.update()

    def _drop(self, chip: Chip, where: QPoint) -> None:
        here = self.mapFromGlobal(where)
        cell, under = self._cell_at(here), self._chip_at(here)
        self._drop_ghost()
        if cell is not None and cell.facts is not None:
            self._let_go(under.seat if under is not None else None, cell.facts.slot)
        self.put_down()
        chip.update()

    def _drop_ghost(self) -> None:
        if self._ghost is not None:
            self._ghost.hide()
            self._ghost.deleteLater()
            self._ghost = None

    def _cell_at(self, place: QPoint) -> Cell | None:
        return next((cell for cell in self._cells.values() if cell.geometry().contains(place)), None)

    def _chip_at(self, place: QPoint) -> Chip | None:
        return next((c for c in self.chips() if QRect(c.mapTo(self, QPoint(0, 0)), c.size()).contains(place)), None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The hairlines between the cells."""
        painter = QPainter(self)
        line = theme.colour("line")
        for head in self._heads[: len(self._days)]:
            box = head.geometry()
            painter.fillRect(box.left() - 1, box.bottom() + 1, 1, self.height() - box.bottom(), line)
        for side in self._sides if self._days else ():
            painter.fillRect(0, side.geometry().top() - 1, self.width(), 1, line)
        painter.end()
