"""The month as a sheet: a row a half day, its weeks one under the other; names, gaps and closures in words.

One view that paints what is visible: a month has some two hundred names, too many for a widget each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.common.words import tr
from app.rota.rules import HALVES, WEEKDAYS, Slot, monday
from app.rota.views import DayView, WeekView
from ui import icons, theme
from ui.rota.models import BoardCell, Seat, half_words
from ui.widgets import paint

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class MonthCell:
    """One half day. `outside`: of the month before or after; `head`: what stands beside the date; `cell` None: no duty
    on that day."""

    slot: Slot
    cell: BoardCell | None
    head: str = ""
    outside: bool = False
    today: bool = False
    workday: bool = False

    def says(self) -> str:
        """What a screen reader says."""
        day = tr("{month}/{day} {slot}", month=self.slot.day.month, day=self.slot.day.day, slot=self.slot.words())
        seats = [seat.says() for seat in self.cell.seats] if self.cell is not None else [tr("no duty")]
        return "，".join(part for part in (day, self.head, self.cell.closed if self.cell else "", *seats) if part)


def month_grid(
    view: WeekView, cells: Mapping[Slot, BoardCell], month: date, today: date
) -> tuple[list[int], list[list[MonthCell]]]:
    """(weekdays that have duty, rows); two rows a week, Monday first, from the week of the first to that of the last
    day of `month`."""
    days = {day.day: day for day in view.days}
    weekdays = sorted({day.weekday() for day in days})
    rows = []
    start = monday(view.first)
    while start <= view.last:
        for half in HALVES:
            line = []
            for weekday in weekdays:
                day = start + timedelta(days=weekday)
                slot = Slot(day, half)
                found, outside = days.get(day), day.month != month.month
                workday = found is not None and found.workday is not None
                line.append(MonthCell(slot, cells.get(slot), _head(found), outside, day == today, workday))
            rows.append(line)
        start += timedelta(days=7)
    return weekdays, rows


def _head(day: DayView | None) -> str:
    if day is None:
        return ""
    return day.holiday or (tr("{name}, a workday", name=day.workday) if day.workday else "")


class MonthModel(QAbstractTableModel):
    """`MonthModel.CELL` is the role of the MonthCell itself."""

    CELL = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.weekdays: list[int] = []
        self.lines: list[list[MonthCell]] = []

    def show_month(self, weekdays: list[int], lines: list[list[MonthCell]]) -> bool:
        """Whether the table's shape has changed; the same one only repaints."""
        same = weekdays == self.weekdays and len(lines) == len(self.lines)
        if not same:
            self.beginResetModel()
        self.weekdays, self.lines = weekdays, lines
        if same and lines and weekdays:
            self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(weekdays) - 1))
        elif not same:
            self.endResetModel()
        return not same

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.weekdays)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self.lines[index.row()][index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell.says()
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(seat.says() for seat in cell.cell.seats) if cell.cell is not None else None
        return cell if role == self.CELL else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return tr(WEEKDAYS[self.weekdays[section]])
        return half_words(HALVES[section % 2])


class MonthView(QTableView):
    """Arrows move, Enter or a double click opens that week at that session."""

    opened = Signal(object)
    """Slot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = MonthModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Rota of the month"))
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            header.setSectionsClickable(False)
            header.setHighlightSections(False)
        self.horizontalHeader().setFixedHeight(paint.px(32))
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().setMinimumSectionSize(paint.px(36))
        self.verticalHeader().setFixedWidth(paint.width(half_words("pm"), paint.font()) + paint.px(24))
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(MonthModel.CELL).slot))

    def show_month(self, weekdays: list[int], lines: list[list[MonthCell]]) -> None:
        """Paints what differs; the keyboard stays on its session, or goes to today's."""
        slot = self.slot()
        self._model.show_month(weekdays, lines)
        if not self.go_to(slot):
            today = next((cell.slot for line in lines for cell in line if cell.today), None)
            inside = next((cell.slot for line in lines for cell in line if not cell.outside), None)
            self.go_to(today if today is not None else inside)

    def slot(self) -> Slot | None:
        """The session that the keyboard is on."""
        cell = self.currentIndex().data(MonthModel.CELL) if self.currentIndex().isValid() else None
        return cell.slot if isinstance(cell, MonthCell) else None

    def go_to(self, slot: Slot | None) -> bool:
        """Puts the keyboard on a session; False if it is not in the month."""
        for row, line in enumerate(self._model.lines):
            for column, cell in enumerate(line):
                if cell.slot == slot:
                    self.setCurrentIndex(self._model.index(row, column))
                    return True
        return False

    def cells(self) -> Sequence[MonthCell]:
        """All half days of the sheet."""
        return [cell for line in self._model.lines for cell in line]

    def next_problem(self) -> bool:
        """Goes to the next session with a gap or a warning, day by day; False if there is none further on."""
        here = self.slot()
        found = sorted(
            cell.slot for cell in self.cells() if cell.cell is not None and any(s.problem for s in cell.cell.seats)
        )
        return self.go_to(next((slot for slot in found if here is None or slot > here), None))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        slot = self.slot()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and slot is not None:
            self.opened.emit(slot)
        else:
            super().keyPressEvent(event)


class _Delegate(QStyledItemDelegate):
    """Paints one half day."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found = index.data(MonthModel.CELL)
        box = option.rect
        painter.save()
        painter.setClipRect(box)
        self._ground(painter, box, found, bool(option.state & QStyle.StateFlag.State_MouseOver))
        if found.outside:
            painter.setOpacity(0.45)
        if index.row() % 2 == 0:
            self._date(painter, box, found)
        inner = box.adjusted(paint.px(30), paint.px(4), -paint.px(4), -paint.px(2))
        if found.cell is None:
            painter.restore()
            self._lines(painter, box, index)
            return
        if found.cell.closed and not found.cell.seats:
            words = found.cell.closed
            paint.text(painter, _line(inner, 0), words, paint.font(12), theme.colour("muted"))
        else:
            _names(painter, inner, found.cell)
        painter.restore()
        self._lines(painter, box, index)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus):
            view = option.widget
            focused = view.hasFocus()
            ring = QRectF(box).adjusted(1, 1, -2, -2)
            paint.rounded(painter, ring, 4, None, theme.colour("accent" if focused else "edge"), 2 if focused else 1)

    def _ground(self, painter: QPainter, box: QRect, found: MonthCell, hot: bool) -> None:
        if found.cell is None or (found.cell.closed and not found.cell.seats):
            painter.fillRect(box, theme.colour("neutral_soft"))
        elif found.today:
            painter.fillRect(box, theme.colour("accent_soft"))
        elif hot:
            painter.fillRect(box, theme.colour("hover"))

    def _date(self, painter: QPainter, box: QRect, found: MonthCell) -> None:
        """The day's number; a holiday or make-up workday under it, as a flag."""
        left = box.adjusted(paint.px(8), paint.px(4), 0, 0)
        bold = paint.font(13, bold=True)
        token = "accent" if found.today else "attention" if found.workday else "text"
        paint.text(painter, _line(left, 0), str(found.slot.day.day), bold, theme.colour(token))
        if found.head:
            small = paint.font(11)
            spot = _line(box.adjusted(paint.px(30), 0, -paint.px(4), 0), 0)
            spot.moveTop(box.bottom() - paint.px(17))
            tone = "attention" if found.workday else "muted"
            paint.text(painter, spot, found.head, small, theme.colour(tone))

    def _lines(self, painter: QPainter, box: QRect, index: Index) -> None:
        """Hairlines; a stronger one between weeks."""
        line = theme.colour("line")
        painter.fillRect(box.left(), box.top(), 1, box.height(), line)
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, theme.colour("edge") if index.row() % 2 else line)


def _line(box: QRect, number: int) -> QRect:
    tall = paint.px(18)
    return QRect(box.left(), box.top() + number * tall, box.width(), tall)


def _names(painter: QPainter, box: QRect, cell: BoardCell) -> None:
    """The names one after another, on as many lines as fit; then the gap. What does not fit is counted."""
    gap = next((seat for seat in cell.seats if seat.kind == "gap"), None)
    people = [seat for seat in cell.seats if seat.kind != "gap"]
    lines = max(1, box.height() // paint.px(18)) - (1 if gap is not None else 0)
    made, line, left = paint.font(12), 0, 0
    for place, seat in enumerate(people):
        wide = _width(seat)
        if left and left + wide > box.width():
            line, left = line + 1, 0
        if line >= max(1, lines):
            spot = _line(box, max(0, lines - 1))
            more = f"+{len(people) - place}"
            paint.text(painter, spot, more, made, theme.colour("muted"), right=True)
            break
        spot = _line(box, line)
        _name(painter, QRect(spot.left() + left, spot.top(), min(wide, spot.width() - left), spot.height()), seat)
        left += wide + paint.px(8)
    if gap is not None:
        spot = _line(box, min(line + 1, max(1, lines)) if people else 0)
        if gap.faded:
            painter.setOpacity(0.35)
        side = paint.px(13)
        at = QRect(spot.left(), spot.center().y() - side // 2 + 1, side, side)
        icons.draw(painter, at, "triangle-alert", "urgent")
        words = spot.adjusted(side + paint.px(4), 0, 0, 0)
        paint.text(painter, words, gap.text, made, theme.colour("urgent"))


def _width(seat: Seat) -> int:
    made = paint.font(12, bold=seat.own)
    wide = paint.width(_written(seat), made) + 1
    return wide + (paint.px(16) if seat.warning else 0)


def _name(painter: QPainter, box: QRect, seat: Seat) -> None:
    made = paint.font(12, bold=seat.own)
    made.setStrikeOut(seat.kind in ("absent", "leaving", "going"))
    quiet = seat.kind in ("absent", "leaving", "going")
    token = "urgent" if seat.clash else "accent" if seat.kind == "new" else "muted" if quiet else "text"
    colour = QColor(theme.colour(token))
    if seat.faded:
        colour.setAlphaF(0.3)
    left = box.left()
    if seat.warning:
        side = paint.px(13)
        spot = QRect(left, box.center().y() - side // 2 + 1, side, side)
        icons.draw(painter, spot, "triangle-alert" if seat.clash else "circle-alert", _tone(seat))
        left += paint.px(16)
    wide = paint.text(
        painter, QRect(left, box.top(), box.right() - left + 1, box.height()), _written(seat), made, colour
    )
    under = QPen(colour, 1.0)
    if seat.kind in ("draft", "new"):
        under.setDashPattern([3.0, 2.0])
    if seat.kind in ("draft", "new") or seat.pinned:
        under.setWidthF(2.0 if seat.pinned else 1.0)
        if seat.pinned:
            under.setColor(theme.colour("accent"))
        painter.setPen(under)
        painter.drawLine(left, box.bottom() - 1, left + wide, box.bottom() - 1)


def _written(seat: Seat) -> str:
    """A sign before what a proposal adds or takes off: there is no room for its word."""
    return {"new": "+", "going": "−"}.get(seat.kind, "") + seat.text


def _tone(seat: Seat) -> str:
    return "urgent" if seat.clash else "attention"
