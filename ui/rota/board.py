"""The week as a board: days across, halves down, a chip a seat; carried with the pointer or moved with keys.

Arrows go from seat to seat and over the edge to the next session. Enter opens, Delete takes off, P pins, A marks
absent, Ctrl+X and Ctrl+V move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.common.words import tr
from app.rota.rules import HALVES, Slot
from ui import theme
from ui.rota.cell import Cell, Ghost
from ui.rota.chip import Chip
from ui.rota.models import BoardCell, BoardDay, Seat, half_words
from ui.widgets.badge import Badge
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Board(QWidget):
    """Tells what is wanted; the tab asks the service."""

    opened = Signal(object)
    """Enter or a click on a gap: the seat (or, for an empty cell, its Slot)."""
    removed = Signal(object)
    pinned = Signal(object)
    absent = Signal(object)
    moved = Signal(str, object)
    menu = Signal(object, QPoint)
    current_changed = Signal(object)

    def __init__(self, *, may_edit: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_edit = may_edit
        self._days: Sequence[BoardDay] = ()
        self._cells: dict[Slot, Cell] = {}
        self._ghost: Ghost | None = None
        self._cut = ""
        self._slot: Slot | None = None
        self._index = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_week(
        self,
        days: Sequence[BoardDay],
        cells: Mapping[Slot, BoardCell],
        hours: Mapping[str, tuple[str, str]],
    ) -> None:
        """Draws anew; the keyboard stays where it was."""
        held: QWidget | None = self.window().focusWidget()
        had_focus = held is not None and self.isAncestorOf(held)
        self._clear()
        self._days = days
        for column_, day in enumerate(days, 1):
            self._grid.addWidget(_head(day), 0, column_)
            self._grid.setColumnStretch(column_, 1)
        for row_, half in enumerate(HALVES, 1):
            self._grid.addWidget(_side(half, hours[half]), row_, 0)
            self._grid.setRowStretch(row_, 1)
            for column_, day in enumerate(days, 1):
                found = cells.get(Slot(day.day, half))
                if found is not None:
                    self._grid.addWidget(self._cell(found), row_, column_)
        self._grid.setColumnMinimumWidth(0, theme.current().px(92))
        if self._slot not in self._cells:
            self._slot, self._index = (next(iter(self._cells), None), 0)
        if had_focus:
            self.take_focus()

    def _clear(self) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        for column_ in range(1, len(self._days) + 1):
            self._grid.setColumnStretch(column_, 0)
        self._cells = {}
        self._drop_ghost()

    def _cell(self, facts: BoardCell) -> Cell:
        cell = Cell(facts, self)
        for index, seat in enumerate(facts.seats):
            chip = Chip(seat, may_move=self._may_edit)
            chip.focused.connect(lambda c=cell, i=index: self._stand(c.slot, i))
            chip.chosen.connect(lambda s=seat: self.opened.emit(s))
            chip.dragged.connect(lambda where, c=chip: self._carry(c, where))
            chip.dropped.connect(lambda where, c=chip: self._drop(c, where))
            chip.set_cut(bool(self._cut) and seat.key == self._cut)
            cell.add(chip)
        cell.close_up(facts.why)
        self._cells[facts.slot] = cell
        return cell

    # --- where the keyboard is ---

    def slot(self) -> Slot | None:
        """The session that the keyboard is on."""
        return self._slot

    def seat(self) -> Seat | None:
        """The seat that the keyboard is on."""
        cell = self._cells.get(self._slot) if self._slot else None
        if cell is None or not cell.chips:
            return None
        return cell.chips[min(self._index, len(cell.chips) - 1)].seat

    def chips(self) -> list[Chip]:
        """All chips, session by session."""
        return [chip for slot in sorted(self._cells) for chip in self._cells[slot].chips]

    def cell(self, slot: Slot) -> Cell | None:
        return self._cells.get(slot)

    def take_focus(self) -> None:
        """Puts the keyboard where it was last."""
        if self._slot is not None and self._slot in self._cells:
            self._go(self._slot, self._index)

    def go_to(self, slot: Slot) -> None:
        """Puts the keyboard on a session."""
        if slot in self._cells:
            self._go(slot, 0)

    def _stand(self, slot: Slot, index: int) -> None:
        self._slot, self._index = slot, index
        self.current_changed.emit(slot)

    def _go(self, slot: Slot, index: int) -> None:
        cell = self._cells[slot]
        self._slot = slot
        self._index = max(0, min(index, len(cell.chips) - 1))
        target = cell.chips[self._index] if cell.chips else cell
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self.current_changed.emit(slot)

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key(event):
            super().keyPressEvent(event)

    def _key(self, event: QKeyEvent) -> bool:
        key, plain = (
            Qt.Key(event.key()),
            event.modifiers()
            in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ),
        )
        seat = self.seat()
        if event.matches(QKeySequence.StandardKey.Cut) and seat is not None and seat.movable and self._may_edit:
            self._set_cut(seat.key)
        elif event.matches(QKeySequence.StandardKey.Paste) and self._cut and self._slot is not None:
            cut, self._cut = self._cut, ""
            self._set_cut("")
            self.moved.emit(cut, self._slot)
        elif key == Qt.Key.Key_Escape and self._cut:
            self._set_cut("")
        elif plain and key in _ARROWS:
            self._step(*_ARROWS[key])
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(seat if seat is not None else self._slot)
        elif plain and seat is not None and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(seat)
        elif plain and seat is not None and key == Qt.Key.Key_P:
            self.pinned.emit(seat)
        elif plain and seat is not None and key == Qt.Key.Key_A:
            self.absent.emit(seat)
        else:
            return False
        return True

    def _set_cut(self, key: str) -> None:
        self._cut = key
        for chip in self.chips():
            chip.set_cut(bool(key) and chip.seat.key == key)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        chip = self._chip_at(event.pos())
        if chip is not None:
            chip.setFocus(Qt.FocusReason.MouseFocusReason)
        elif (cell := self._cell_at(event.pos())) is not None and event.reason() != QContextMenuEvent.Reason.Keyboard:
            self._go(cell.slot, 99)
        target = self.seat() or self._slot
        if target is not None:
            self.menu.emit(target, event.globalPos())

    # --- the pointer ---

    def _carry(self, chip: Chip, where: QPoint) -> None:
        if self._ghost is None:
            self._ghost = Ghost(chip.seat, chip, self)
        here = self.mapFromGlobal(where)
        self._ghost.move(here - QPoint(12, 12))
        over = self._cell_at(here)
        for cell in self._cells.values():
            cell.set_target(cell is over and cell.slot != chip.seat.slot)
        chip.update()

    def _drop(self, chip: Chip, where: QPoint) -> None:
        cell = self._cell_at(self.mapFromGlobal(where))
        self._drop_ghost()
        chip.update()
        if cell is not None and cell.slot != chip.seat.slot:
            self.moved.emit(chip.seat.key, cell.slot)

    def _drop_ghost(self) -> None:
        if self._ghost is not None:
            self._ghost.hide()
            self._ghost.deleteLater()
            self._ghost = None
        for cell in self._cells.values():
            cell.set_target(False)

    def _cell_at(self, place: QPoint) -> Cell | None:
        return next((cell for cell in self._cells.values() if cell.geometry().contains(place)), None)

    def _chip_at(self, place: QPoint) -> Chip | None:
        return next((c for c in self.chips() if QRect(c.mapTo(self, QPoint(0, 0)), c.size()).contains(place)), None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The hairlines between the cells."""
        painter = QPainter(self)
        line = theme.colour("line")
        for number in range(1, len(self._days) + 1):
            head = self._grid.itemAtPosition(0, number)
            if head is not None:
                box = head.geometry()
                painter.fillRect(box.left() - 1, box.bottom() + 1, 1, self.height() - box.bottom(), line)
        for number in (1, 2):
            side = self._grid.itemAtPosition(number, 0)
            if side is not None:
                painter.fillRect(0, side.geometry().top() - 1, self.width(), 1, line)
        painter.end()


def _head(day: BoardDay) -> QWidget:
    title = Label(day.title, "heading")
    note = Label(day.note, "small")
    note.setToolTip(day.tip)
    today = (Badge(tr("today"), "accent"),) if day.today else ()
    head = holder(column(None, row(title, *today, None), note, None, margins=(9, 0, 4, 0), space=2))
    head.setFixedHeight(theme.current().px(60))
    head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    head.setToolTip(day.tip)
    return head


def _side(half: str, hours: tuple[str, str]) -> QWidget:
    return holder(
        column(
            Label(half_words(half), "strong"),
            Label(f"{hours[0]}–{hours[1]}", "small"),
            None,
            margins=(10, 10, 4, 8),
            space=4,
        )
    )
