"""The signed notes of a case: a list, the one being read, and an amended one beside what it replaced."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.common.words import tr
from app.people.centres import RoomView
from app.sessions.views import NoteView
from ui import theme
from ui.sessions.models import note_row
from ui.sessions.reading import Reading
from ui.widgets.button import SecondaryButton
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import column, hairline, row
from ui.widgets.row_list import RowList


def upright_line() -> QFrame:
    """A hairline from top to bottom."""
    made = hairline()
    made.setMinimumHeight(0)
    made.setMaximumHeight(16_777_215)
    made.setFixedWidth(1)
    return made


class History(QWidget):
    """`amend_wanted(NoteView)` for one's own newest version."""

    amend_wanted = Signal(object)

    def __init__(self, user_id: str) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._user_id = user_id
        self._notes: dict[str, NoteView] = {}
        self.list = RowList(tr("Signed notes of this case"))
        self.list.setFixedWidth(theme.current().px(196))
        self.list.chosen.connect(self._read)
        self.now, self.before = Reading(), Reading()
        self.amend = SecondaryButton(tr("Amend"), self._amend, icon="pencil", hint=tr("The signed note stays readable"))
        self.empty = EmptyState(
            "notebook-pen", tr("No signed note yet."), tr("Signed notes appear here; they can only be amended.")
        )
        self._pair = row(self.before, self.now, space=16)
        self._right = QWidget()
        self._right.setProperty("kind", "plain")
        column(self._pair, row(None, self.amend), parent=self._right, margins=(18, 14, 18, 14), space=8)
        self._line = upright_line()
        row(self.list, self._line, self._right, self.empty, parent=self, space=0)

    def show_notes(self, notes: tuple[NoteView, ...], rooms: tuple[RoomView, ...], today: date) -> None:
        """Newest first; keeps the one being read."""
        self._notes = {note.id: note for note in notes}
        for reading in (self.now, self.before):
            reading.set_rooms({room.id: room.name for room in rooms})
        newest = sorted(notes, key=lambda note: (note.day, note.session_number, note.signed_at), reverse=True)
        self.list.set_rows([note_row(note, today) for note in newest])
        for part in (self.list, self._line, self._right):
            part.setVisible(bool(notes))
        self.empty.setVisible(not notes)
        if notes and self.list.key() not in self._notes:
            self.list.choose_first()
        elif notes:
            self._read(self.list.key())

    def show_note(self, note_id: str) -> None:
        """Reads one of them."""
        self.list.choose(note_id)

    def reading(self) -> NoteView | None:
        """The note on show."""
        return self._notes.get(self.list.key())

    def _read(self, note_id: str) -> None:
        note = self._notes.get(note_id)
        if note is None:
            return
        title = tr("Session {n}", n=note.session_number) if note.session_number else tr("Note")
        old = self._notes.get(note.amends or "")
        self.before.setVisible(old is not None)
        if old is not None:
            self.before.show_note(old, title, tr("Before"))
        badge = tr("Amended") if note.amends else tr("Replaced") if note.amended_by else ""
        self.now.show_note(note, title, badge if note.verified else "")
        self.amend.setVisible(note.author == self._user_id and note.verified and not note.amended_by)

    def _amend(self) -> None:
        note = self.reading()
        if note is not None:
            self.amend_wanted.emit(note)
