"""One line in a card, 40 high with a hairline; opens something if told to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.widgets import paint
from ui.widgets import row as rows
from ui.widgets.layout import row as across
from ui.widgets.row import Columns, Row


class ListRow(QWidget):
    """For lists short enough to be widgets. `button` sits at the right end instead of a badge."""

    def __init__(
        self,
        row: Row,
        on_open: Callable[[], object] | None = None,
        *,
        button: QWidget | None = None,
        last: bool = False,
        columns: Columns | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._row = row
        self._columns = columns or Columns()
        self._on_open = on_open
        self._last = last
        self._button = button
        if on_open is not None:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        if button is not None:
            across(None, button, parent=self, margins=(0, 4, 14, 5))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_row(row)

    def set_row(self, row: Row) -> None:
        """Says something else."""
        self._row = row
        self.setAccessibleName(row.says())
        self.setToolTip(row.tip)
        self.updateGeometry()
        self.update()

    def row(self) -> Row:
        return self._row

    def open(self) -> None:
        """As if clicked."""
        if self._on_open is not None:
            self._on_open()

    def sizeHint(self) -> QSize:
        return QSize(paint.px(200), rows.height(self._row))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._on_open is not None and self.rect().contains(event.position().toPoint()):
            self._on_open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._on_open is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._on_open()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._on_open is not None and self.underMouse():
            painter.fillRect(self.rect(), theme.colour("hover"))
        if self.hasFocus():
            paint.rounded(painter, QRectF(self.rect()).adjusted(1, 1, -1, -2), 4, None, theme.colour("accent"), 2)
        room = self.rect()
        if self._button is not None:
            room.setRight(self._button.x() - paint.px(8))
        rows.draw(painter, room, self._row, self._columns)
        if not self._last:
            painter.fillRect(0, self.height() - 1, self.width(), 1, theme.colour("line"))
        painter.end()
