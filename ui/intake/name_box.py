"""The name field: who has been here before appears beneath at each key, by characters, pinyin or telephone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QStyle, QStyleOptionViewItem

from app.common.words import tr
from app.people.search import FoundClient
from ui import theme
from ui.intake.words import hit_words
from ui.jobs import Job, run_job
from ui.widgets import paint
from ui.widgets.layout import column
from ui.widgets.line_edit import LineEdit
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import Index, RowDelegate, RowList

MOST = 5
Search = Callable[[str, int], Sequence[FoundClient]]


class NameBox(LineEdit):
    """`taken(FoundClient)` when somebody is chosen, `released()` when the one chosen is given back.

    Enter before the answer is there waits for it, so that fast fingers choose whom they mean; `settled()` tells
    when nothing is awaited any more.
    """

    taken = Signal(object)
    released = Signal()
    settled = Signal()

    def __init__(self, search: Search, today: Callable[[], date], placeholder: str = "") -> None:
        super().__init__(placeholder, limit=60)
        self._search = search
        self._today = today
        self._asked = self._answered = 0
        self._job: Job | None = None
        self._hits: dict[str, FoundClient] = {}
        self._take_first = False
        self._popup: Hits | None = None
        self.textEdited.connect(self._ask)

    def waiting(self) -> bool:
        """Whether somebody will be chosen as soon as the search answers."""
        return self._take_first

    def hits(self) -> list[Row]:
        """The lines on show."""
        return self._popup.list.rows() if self._popup is not None and self._popup.isVisible() else []

    def hold(self, name: str) -> None:
        """Somebody is chosen: the name cannot be typed over, only given back."""
        self.forget()
        self.setText(name)
        self.setReadOnly(True)
        theme.restyle(self)

    def free(self, name: str = "") -> None:
        """Nobody is chosen; no search for what is put there."""
        self.forget()
        self.setReadOnly(False)
        self.setText(name)
        theme.restyle(self)

    def forget(self) -> None:
        """No answer that is still under way counts, and the list goes."""
        self._asked += 1
        self._answered = self._asked
        self._take_first = False
        self.close_hits()

    def look_for(self, text: str) -> None:
        """As if it were typed."""
        self.setText(text)
        self._ask(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shown = event.key(), bool(self.hits())
        if self.isReadOnly() and key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Escape):
            self.released.emit()
        elif shown and key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._popup is not None:
            self._popup.list.keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif shown and key == Qt.Key.Key_Escape:
            self.close_hits()
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Letters that wait for their characters are searched as pinyin already."""
        super().inputMethodEvent(event)
        composing = event.preeditString().replace("'", "").replace(" ", "")
        if composing and not self.isReadOnly():
            self._ask(self.text() + composing)

    def _ask(self, text: str) -> None:
        self._asked += 1
        self._take_first = False
        if self._job is not None:
            self._job.cancel()
        if not text.strip():
            self._answered = self._asked
            self.close_hits()
            return
        number = self._asked
        self._job = run_job(
            self,
            self._search,
            text.strip(),
            MOST,
            lane="read",
            on_done=lambda found: self._show(number, found),
            on_error=lambda _error: self._show(number, ()),
        )

    def _show(self, number: int, found: Sequence[FoundClient]) -> None:
        if number != self._asked:
            return
        self._answered = number
        self._hits = {hit.id: hit for hit in found}
        wanted, self._take_first = self._take_first, False
        if wanted and found:
            self._take(found[0].id)
        elif found and self.hasFocus():
            self._open([Row(hit.id, hit.name, hit_words(hit, self._today()), strong=True) for hit in found])
        else:
            self.close_hits()
        if wanted:
            if not found:
                self.focusNextChild()
            self.settled.emit()

    def _enter(self) -> None:
        if self._answered != self._asked:
            self._take_first = True
        elif self.hits() and self._popup is not None:
            self._take(self._popup.list.key())
        else:
            self.focusNextChild()

    def _take(self, key: str) -> None:
        hit = self._hits.get(key)
        if hit is not None:
            self.forget()
            self.taken.emit(hit)

    def _open(self, rows: list[Row]) -> None:
        if self._popup is None:
            self._popup = Hits(self)
            chosen = self._popup.list
            chosen.clicked.connect(lambda _index: self._take(chosen.key()))
        self._popup.show_rows(rows)

    def close_hits(self) -> None:
        """Puts the list away; the field stays as it is."""
        if self._popup is not None:
            self._popup.hide()


class Hits(QFrame):
    """Hangs beneath the field inside the window, so that nothing below jumps and quick-hide covers it."""

    def __init__(self, box: NameBox) -> None:
        super().__init__(box.window())
        self._box = box
        self.setProperty("kind", "popup")
        self.list = RowList(tr("Clients found"))
        self.list.setItemDelegate(HitDelegate(Columns(), self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column(self.list, parent=self, margins=1)
        box.installEventFilter(self)
        box.destroyed.connect(self.deleteLater)
        self.hide()

    def show_rows(self, rows: list[Row]) -> None:
        """The best is chosen already."""
        self.list.set_rows(rows)
        self.list.choose_first()
        place = self._box.mapTo(self._box.window(), QPoint(0, self._box.height() + theme.current().px(4)))
        high = theme.current().px(40) * len(rows) + 2
        self.setGeometry(QRect(place.x(), place.y(), self._box.width(), high))
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.Move, QEvent.Type.Resize):
            self.hide()
        return super().eventFilter(watched, event)


class HitDelegate(RowDelegate):
    """The chosen line shows the key that takes it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if option.state & QStyle.StateFlag.State_Selected:
            size = paint.keycap_size("Enter")
            box = option.rect
            right = box.right() - paint.px(10) - size.width()
            spot = QRect(right, box.top() + (box.height() - size.height()) // 2, size.width(), size.height())
            painter.fillRect(spot.adjusted(-paint.px(8), 0, paint.px(10), 0), theme.colour("accent_soft"))
            paint.keycap(painter, spot, "Enter", theme.colour("muted"), theme.colour("edge"))
