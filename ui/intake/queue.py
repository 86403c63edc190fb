"""等候队列: urgent first, live waits, one key to the next status and one key back. No name unless a key is held."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMenu, QStackedWidget

from app.common.words import ntr, tr
from app.intake import rules
from app.intake.views import QueueEntry, QueueView
from ui import theme
from ui.intake.words import act_words, dotted, entry_badge, entry_line, entry_place, entry_title, wait_words
from ui.widgets.badge import Badge
from ui.widgets.button import QuietButton
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.label import Label
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList

LEAST, ROOM_FOR_KEYS = 400, 640


def next_words(status: str) -> str:
    """What the one key does now."""
    return {
        rules.WAITING: tr("Call ticket"),
        rules.CALLED: tr("Begin session"),
        rules.IN_SESSION: tr("End session"),
    }.get(status, tr("Call ticket"))


class QueueList(RowList):
    """`stepped`, `left`, `asked` and `undone` by Space, Delete, S and Ctrl+Z; `opened` by Enter."""

    stepped = Signal()
    asked = Signal()
    left = Signal()
    undone = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Queue"), Columns(lead=48, note=100, trailing=52))
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.setContext(Qt.ShortcutContext.WidgetShortcut)
        undo.activated.connect(self.undone.emit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.stepped.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.left.emit()
        elif event.key() == Qt.Key.Key_S and not event.modifiers():
            self.asked.emit()
        else:
            super().keyPressEvent(event)


class QueueCard(Card):
    """Shows a QueueView; says what was asked of the chosen visit. `wanted(act, visit_id)`, `chosen(visit_id)`."""

    wanted = Signal(str, str)
    chosen = Signal(str)

    def __init__(self, *, can_print: bool, can_open: bool) -> None:
        super().__init__(tr("Queue"), padded=False)
        self._view: QueueView | None = None
        self._named: tuple[str, str] | None = None
        self._can_print, self._can_open = can_print, can_open
        self.setMinimumWidth(theme.current().px(LEAST))
        self._people = Badge("")
        self.add_beside_title(self._people)
        self.list = QueueList()
        self._empty = EmptyState("users", tr("Nobody is waiting"), tr("Whoever is registered appears here at once."))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        self.body.addWidget(self._pages, 1)
        self._totals, self._last = Label("", "hint"), Label("", "hint")
        self.undo_button = QuietButton(tr("Undo"), self._undo, hint="Ctrl+Z")
        self.add_foot(self._totals, None, self._last, self.undo_button)
        self.list.stepped.connect(lambda: self._want("step"))
        self.list.left.connect(lambda: self._want("leave"))
        self.list.undone.connect(self._undo)
        self.list.asked.connect(lambda: self._want("safety"))
        self.list.opened.connect(lambda _key: self._want("open" if can_open else "step"))
        self.list.chosen.connect(self.chosen.emit)
        self.list.customContextMenuRequested.connect(self._menu)
        self.setFocusProxy(self.list)

    def show_view(self, view: QueueView) -> None:
        """The queue as it is now; the choice stays where it was."""
        self._view = view
        if self._named is not None and self._named[0] not in {entry.visit_id for entry in view.entries}:
            self._named = None
        self._draw()
        if not self.list.key():
            self.list.choose_first()
        here = len(view.entries)
        self._people.set(ntr("{n} person", "{n} people", here), "neutral")
        self._pages.setCurrentWidget(self.list if here else self._empty)
        self._say_hint(view)
        self._totals.setText(
            dotted(
                tr("Done today {n}", n=view.done), tr("did not come {n}", n=view.missed), tr("left {n}", n=view.left)
            )
        )
        self._last.setText(act_words(view.last) if view.last else "")
        self.undo_button.setVisible(view.last is not None)
        self.chosen.emit(self.list.key())

    def entry(self) -> QueueEntry | None:
        """The chosen visit."""
        key = self.list.key()
        found = self._view.entries if self._view else ()
        return next((entry for entry in found if entry.visit_id == key), None)

    def show_name(self, visit_id: str, name: str) -> None:
        """In place of the words, for as long as the key is held."""
        self._named = (visit_id, name)
        self._draw()

    def hide_name(self) -> None:
        if self._named is not None:
            self._named = None
            self._draw()

    def last_visit(self) -> str:
        """The visit whose step Ctrl+Z takes back."""
        return self._view.last.visit_id if self._view and self._view.last else ""

    def _draw(self) -> None:
        if self._view is not None:
            self.list.set_rows([self._row(entry) for entry in self._view.entries])

    def _row(self, entry: QueueEntry) -> Row:
        title, detail = entry_title(entry)
        words, tone, icon = entry_badge(entry)
        if self._named is not None and self._named[0] == entry.visit_id:
            title = self._named[1]
        return Row(
            entry.visit_id,
            title,
            detail,
            lead=entry.ticket,
            second=entry_line(entry),
            badge=words,
            tone=tone,
            badge_icon=icon,
            note=entry_place(entry),
            trailing=wait_words(entry),
            tip=entry_line(entry),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._view is not None:
            self._say_hint(self._view)

    def _say_hint(self, view: QueueView) -> None:
        """The keys are told where there is room for them."""
        keys = [tr("Space next"), tr("Ctrl+Z undo"), tr("S safety"), tr("hold F8: name")]
        if self._can_print:
            keys.append(tr("F6: form"))
        wait = tr("average wait {n} min", n=view.average_wait) if view.average_wait is not None else ""
        self.set_hint(dotted(wait, *(keys if self.width() >= theme.current().px(ROOM_FOR_KEYS) else ())))

    def _want(self, act: str) -> None:
        if self.list.key():
            self.wanted.emit(act, self.list.key())

    def _undo(self) -> None:
        if self.last_visit():
            self.wanted.emit("undo", self.last_visit())

    def _menu(self, where: QPoint) -> None:
        entry = self.entry()
        if entry is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        acts = [("step", next_words(entry.status), "Space")]
        if self._can_open:
            acts.append(("open", tr("Open case"), "Enter"))
        acts.append(("safety", tr("Safety questions…"), "S"))
        acts.append(("leave", tr("Left"), "Delete"))
        if self._can_print:
            acts.append(("slip", tr("Print slip"), ""))
        for act, words, key in acts:
            action = menu.addAction(f"{words}\t{key}" if key else words)
            action.triggered.connect(lambda _on=False, a=act: self.wanted.emit(a, entry.visit_id))
        menu.popup(self.list.viewport().mapToGlobal(where))
