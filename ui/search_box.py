"""Ctrl+K: characters, pinyin, initials, telephone or school find a client from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from app.common.words import tr
from ui import icons, theme
from ui.jobs import run_job
from ui.widgets import paint
from ui.widgets.key_cap import KeyCap
from ui.widgets.layout import column
from ui.widgets.row import Row
from ui.widgets.row_list import RowList

MOST = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: its id, and what the row says."""

    id: str
    name: str
    detail: str
    matched: str = ""


class SearchBox(QLineEdit):
    """`find(text)` runs on the read lane; `opened(id)` when a hit is taken with Enter or a click."""

    opened = Signal(str)

    def __init__(self, find: Callable[[str], Sequence[Found]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._find = find
        self._asked = 0
        self.setProperty("kind", "search")
        self.setPlaceholderText(tr("Name, pinyin, telephone, school"))
        self.setAccessibleName(tr("Search for a client"))
        px = theme.current().px
        self._cap = KeyCap("Ctrl K", self)
        self.setTextMargins(px(22), 0, px(48), 0)
        self._popup: _Hits | None = None
        self.set_narrow(False)
        QShortcut("Ctrl+K", self, self._enter)
        self.textEdited.connect(self._ask)

    def hits(self) -> list[Row]:
        """The rows on show."""
        return self._popup.list.rows() if self._popup is not None and self._popup.isVisible() else []

    def set_narrow(self, narrow: bool) -> None:
        """Smaller, when the window is narrow for its text size."""
        self.setFixedWidth(theme.current().px(190 if narrow else 280))

    def clear_all(self) -> None:
        """Empties the box and puts the hits away."""
        self._asked += 1
        self.clear()
        self._close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self._cap.sizeHint()
        self._cap.setGeometry(
            QRect(QPoint(self.width() - size.width() - 10, (self.height() - size.height()) // 2), size)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = paint.px(16)
        icons.draw(painter, QRect(paint.px(10), (self.height() - side) // 2, side, side), "search", "muted")
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        popup = self._popup if self._popup is not None and self._popup.isVisible() else None
        if popup is not None and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            popup.list.keyPressEvent(event)
        elif popup is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(popup.list.key())
        elif event.key() == Qt.Key.Key_Escape:
            self.clear_all()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _ask(self, text: str) -> None:
        self._asked += 1
        number = self._asked
        if not text.strip():
            self._close()
            return
        run_job(self, self._find, text.strip(), lane="read", on_done=lambda found: self._show(number, found))

    def _show(self, number: int, found: Sequence[Found]) -> None:
        if number != self._asked:
            return
        if self._popup is None:
            self._popup = _Hits(self.window(), self)
            chosen = self._popup.list
            chosen.clicked.connect(lambda _index: self._take(chosen.key()))
        self._popup.show_hits(found[:MOST])

    def _take(self, key: str) -> None:
        if key:
            self.clear_all()
            self.opened.emit(key)

    def _close(self) -> None:
        if self._popup is not None:
            self._popup.hide()


class _Hits(QFrame):
    """Hangs under the box, inside the window, so that quick-hide covers it."""

    def __init__(self, window: QWidget, box: SearchBox) -> None:
        super().__init__(window)
        self._box = box
        self.setProperty("kind", "popup")
        self.list = RowList(tr("Clients found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column(self.list, parent=self, margins=1)
        box.installEventFilter(self)
        self.hide()

    def show_hits(self, found: Sequence[Found]) -> None:
        rows = [Row(hit.id, hit.name, hit.detail, note=hit.matched) for hit in found]
        self.list.set_rows(rows or [Row("", tr("Nobody found"), faded=True)])
        self.list.choose_first()
        wide = theme.current().px(420)
        place = self._box.mapTo(self.window(), QPoint(self._box.width() - wide, self._box.height() + 4))
        high = theme.current().px(40) * max(1, len(rows)) + 4
        self.setGeometry(QRect(place.x(), place.y(), wide, high))
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.hide()
        return super().eventFilter(watched, event)
