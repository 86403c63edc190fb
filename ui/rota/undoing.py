"""撤销 and 重做: the two buttons that say what they would take back, and the toasts that offer it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.common.notes import Note
from app.common.words import tr
from app.rota.views import Undoables
from ui import notify
from ui.desk import Desk
from ui.jobs import run_job, still_there
from ui.widgets.icon_button import FramedIconButton
from ui.widgets.toast import Toast


class Undoing:
    """Belongs to the tab; `refresh` after each change of the rota."""

    def __init__(self, desk: Desk, tab: QWidget) -> None:
        self._rota = desk.services.rota
        self._tab = tab
        self._toast: Toast | None = None
        self.undo_button = FramedIconButton("undo-2", tr("Undo"), self.undo, shortcut="Ctrl+Z")
        self.redo_button = FramedIconButton("redo-2", tr("Do again"), self.redo, shortcut="Ctrl+Y")
        self.show_words(Undoables(None, None))

    def refresh(self) -> None:
        """What could be undone now."""
        run_job(self._tab, self._rota.undoable, lane="read", on_done=self.show_words)

    def show_words(self, found: Undoables) -> None:
        """A button without anything to do is greyed out."""
        pairs = (
            (self.undo_button, found.undo, tr("Undo"), "Ctrl+Z"),
            (self.redo_button, found.redo, tr("Do again"), "Ctrl+Y"),
        )
        for button, note, words, key in pairs:
            button.setEnabled(note is not None)
            named = tr("{act}: {what}", act=words, what=note.text()) if note is not None else words
            button.setAccessibleName(named)
            button.setToolTip(f"{named}  {key}")

    def say(self, words: str) -> None:
        """It was done, with a link to take it back. An older link would take back the newer act, so it goes."""
        self._close_toast()
        self._toast = notify.say(self._tab, words, undo=(tr("Undo"), self.undo))

    def undo(self) -> None:
        """Ctrl+Z."""
        self._close_toast()

        def undone(note: Note) -> None:
            self._only(tr("Undone: {what}", what=note.text()))

        run_job(self._tab, self._rota.undo, on_done=undone)

    def redo(self) -> None:
        """Ctrl+Y."""

        def redone(note: Note) -> None:
            self._only(tr("Done again: {what}", what=note.text()))

        run_job(self._tab, self._rota.redo, on_done=redone)

    def _only(self, words: str) -> None:
        """What several Ctrl+Z say does not pile up over the board."""
        self._close_toast()
        self._toast = notify.say(self._tab, words)

    def _close_toast(self) -> None:
        if self._toast is not None and still_there(self._toast) and self._toast.parent() is not None:
            self._toast.close_now()
        self._toast = None
