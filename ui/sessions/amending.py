"""Amending: the signed note at the left, the new version at the right, and why."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.common.words import tr
from app.sessions.views import NoteView
from ui import theme
from ui.sessions.history import upright_line
from ui.sessions.load import CaseDesk
from ui.sessions.pad import Pad, Paper
from ui.sessions.reading import Reading
from ui.widgets.layout import column, row


class Amending(QWidget):
    """`pad` saves and signs the new version; empty unless `begin` gave it a note."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self.old = Reading()
        self.pad = Pad(amending=True)
        left = QWidget()
        left.setProperty("kind", "plain")
        column(self.old, parent=left, margins=(18, 14, 12, 14))
        left.setMinimumWidth(theme.current().px(320))
        box = row(parent=self, space=0)
        box.addWidget(left, 2)
        box.addWidget(upright_line())
        box.addWidget(self.pad, 3)

    def begin(self, note: NoteView, found: CaseDesk, paper: Paper) -> None:
        """Shows the signed version and fills the form with it, or with the draft of the amendment."""
        names = {room.id: room.name for room in found.rooms}
        self.old.set_rooms(names)
        self.old.show_note(note, tr("Session {n}", n=note.session_number), tr("As signed"))
        self.pad.form.set_rooms(found.rooms)
        self.pad.begin(paper)
        self.pad.form.go_to("reason")
