"""A list of any length, drawn row by row: the queue, my cases, search results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui import theme
from ui.widgets import paint
from ui.widgets import row as rows
from ui.widgets.row import Columns, Row

Index = QModelIndex | QPersistentModelIndex


class RowModel(QAbstractListModel):
    """Rows by position; `RowModel.ROW` is the role of the Row itself."""

    ROW = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.says()
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip or None
        return row if role == self.ROW else None

    def set_rows(self, wanted: Sequence[Row]) -> None:
        """Same keys in the same order only repaint, so that nothing jumps under the pointer."""
        if [row.key for row in wanted] == [row.key for row in self.rows]:
            self.rows = list(wanted)
            if self.rows:
                self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))
            return
        self.beginResetModel()
        self.rows = list(wanted)
        self.endResetModel()


class RowDelegate(QStyledItemDelegate):
    """Paints a Row with its ground, focus ring and hairline."""

    def __init__(self, columns: Columns, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = columns

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(paint.px(200), rows.height(index.data(RowModel.ROW)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box, state = option.rect, option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.colour("accent_soft"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("hover"))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, theme.colour("line"))
        rows.draw(painter, box.adjusted(0, 0, 0, -1), index.data(RowModel.ROW), self.columns)
        if state & QStyle.StateFlag.State_HasFocus:
            ring = QRectF(box).adjusted(1, 1, -1, -2)
            paint.rounded(painter, ring, 4, None, theme.colour("accent"), 2)


class RowList(QListView):
    """`chosen(key)` as the selection moves, `opened(key)` on Enter or a double click; the key outlives a refresh."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, name: str, columns: Columns | None = None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = RowModel(self)
        self._quiet = False
        self.setModel(self._model)
        self.setItemDelegate(RowDelegate(columns or Columns(), self))
        self.setAccessibleName(name)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.selectionModel().currentChanged.connect(self._moved)
        self.doubleClicked.connect(lambda index: self.opened.emit(self._model.rows[index.row()].key))
        theme.current().changed.connect(self.scheduleDelayedItemsLayout)

    def set_rows(self, wanted: Sequence[Row]) -> None:
        """Shows these; keeps what was chosen if it is still there."""
        kept = self.key()
        self.selectionModel().blockSignals(True)
        self._model.set_rows(wanted)
        self.selectionModel().blockSignals(False)
        if kept and self.key() != kept:
            self._quiet = True
            self.choose(kept)
            self._quiet = False
        self.viewport().update()

    def rows(self) -> list[Row]:
        return list(self._model.rows)

    def key(self) -> str:
        """The chosen row's key, or an empty text."""
        index = self.currentIndex()
        return self._model.rows[index.row()].key if index.isValid() and index.row() < len(self._model.rows) else ""

    def row(self) -> Row | None:
        """The chosen row."""
        return next((row for row in self._model.rows if row.key == self.key()), None)

    def choose(self, key: str) -> bool:
        """Chooses by key; False if it is not there."""
        for number, row in enumerate(self._model.rows):
            if row.key == key:
                flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
                self.selectionModel().setCurrentIndex(self._model.index(number), flag)
                return True
        return False

    def choose_first(self) -> None:
        if self._model.rows:
            self.choose(self._model.rows[0].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.key():
            self.opened.emit(self.key())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters belong to the tab's keys, not to Qt's search by first letter."""

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.chosen.emit(self._model.rows[current.row()].key)
