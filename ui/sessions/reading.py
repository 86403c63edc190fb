"""A signed note to read: plain text in its sections, copied only with the button, which also sees it gone again."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.common.clock import local
from app.common.words import tr
from app.sessions.content import FORM_WORDS
from app.sessions.views import NoteView
from ui import clipboard, notify
from ui.widgets.badge import Badge
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, holder, row, scrolling


class Reading(QWidget):
    """`show_note(note, title)`; a note that does not prove itself shows a warning and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._note: NoteView | None = None
        self._names: dict[str, str] = {}
        self.title = Label("", "strong")
        self.badge = Badge("", "info")
        self.signed = Label("", "small", wrap=True)
        self.copy = IconButton("copy", tr("Copy this note; the clipboard is cleared after a minute"), self._copy)
        self.body = column(space=4)
        inner = holder(self.body)
        self.area = scrolling(inner)
        head = row(self.title, self.badge, None, self.copy, space=8)
        column(head, self.signed, self.area, parent=self, space=4)

    def set_rooms(self, names: dict[str, str]) -> None:
        """Room id -> name."""
        self._names = names

    def show_note(self, note: NoteView, title: str, badge: str = "") -> None:
        """Replaces what is shown."""
        self._note = note
        clear(self.body)
        self.title.setText(title)
        self.badge.set(badge or ("" if note.verified else tr("Damaged")), "info" if note.verified else "urgent")
        self.copy.setVisible(note.verified)
        self.signed.setText(
            tr("Signed by {name}, {at}", name=note.author_name, at=local(note.signed_at).strftime("%Y-%m-%d %H:%M"))
        )
        if not note.verified:
            warning = tr(
                "This note was altered, exchanged or taken away, and is not shown. Call the director; "
                "do not write over it."
            )
            self.body.addWidget(Label(warning, "error", wrap=True))
            self.body.addStretch(1)
            return
        when = " · ".join(part for part in (self._times(note), self._place(note)) if part)
        self.body.addWidget(Label(when, "muted", wrap=True))
        for name, text in note.sections.items():
            if text:
                self.body.addSpacing(6)
                self.body.addWidget(Label(name, "label"))
                self.body.addWidget(Label(text, wrap=True))
        self.body.addStretch(1)

    def text(self) -> str:
        """What is read, as plain text."""
        if self._note is None or not self._note.verified:
            return ""
        head = [self.title.text(), self._times(self._note)]
        return "\n".join([*head, *(f"{name}\n{text}" for name, text in self._note.sections.items() if text)])

    def _times(self, note: NoteView) -> str:
        return f"{note.day.isoformat()} {note.start}–{note.end}"

    def _place(self, note: NoteView) -> str:
        way = tr(FORM_WORDS[note.form]) if note.form in FORM_WORDS else ""
        return " · ".join(part for part in (self._names.get(note.room_id or "", ""), way) if part)

    def _copy(self) -> None:
        clipboard.copy_case(self.text())
        notify.say(self, tr("Copied. The clipboard is cleared after a minute."))
