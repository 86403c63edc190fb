"""A form that saves itself and is signed: for a note, and for the amendment of one.

Ctrl+Enter lists what is missing; when nothing is, it says so, and the next Ctrl+Enter signs: in chat programs the
key means "send", so one press alone never signs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.common.errors import UserError
from app.common.words import ntr, tr
from app.sessions.content import Missing, missing
from ui import notify
from ui.jobs import run_job
from ui.sessions.form import NoteForm
from ui.sessions.keeper import Keeper, Save, Saved
from ui.widgets.icon_view import IconView
from ui.widgets.label import Label
from ui.widgets.layout import column, row, scrolling

_NO_REASON = "{field}: not written yet."


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written on: `subject` names it to `save`; `sign(content)` is a service call, `content` what it holds."""

    subject: str
    save: Save
    sign: Callable[..., Any]
    content: Mapping[str, str] = field(repr=False)


class Pad(QWidget):
    """`state_changed(Saved, datetime | None, sentence)`; `signed(NoteView)` after the signature is on the disk."""

    state_changed = Signal(object, object, str)
    signed = Signal(object)

    def __init__(self, *above: QWidget, amending: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._amending = amending
        self._paper: Paper | None = None
        self._armed = False
        self.form = NoteForm(amending=amending)
        self.keeper = Keeper(self, self.form.content)
        self.keeper.state_changed.connect(self._kept)
        self.form.changed.connect(self._touched)
        self.notice = QFrame()
        self.notice.setProperty("kind", "notice")
        self._said = Label("", wrap=True)
        self._icon = IconView("info", "attention", 16)
        line = row(self._icon, parent=self.notice, margins=(12, 8, 12, 8), space=8)
        line.addWidget(self._said, 1)
        self.notice.hide()
        inside = QWidget()
        column(*above, self.form, parent=inside, margins=(18, 12, 18, 8), space=10)
        self.area = scrolling(inside)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box = column(self.area, parent=self, space=0)
        box.addLayout(column(self.notice, margins=(18, 0, 18, 10)))

    def subject(self) -> str:
        """What is being written, "" if nothing is."""
        return self._paper.subject if self._paper else ""

    def begin(self, paper: Paper) -> None:
        """Takes a sheet of paper; text of it that never reached the disk comes back first."""
        unsaved = self.keeper.watch(paper.subject, paper.save)
        self._paper = paper
        self._disarm()
        self.form.set_content(dict(unsaved or paper.content))
        self.form.setEnabled(True)
        if unsaved:
            self.keeper.touched()

    def end(self) -> None:
        """Nothing is written any more; what was typed is saved."""
        self.keeper.watch("", None)
        self._paper = None
        self._disarm()

    def flush(self) -> None:
        """Commits what is typed now."""
        self.keeper.flush()

    def armed(self) -> bool:
        """Whether the next Ctrl+Enter signs."""
        return self._armed

    def lacking(self) -> list[Missing]:
        """What is missing before signing, the amendment's reason included."""
        content = self.form.content()
        found = missing(content)
        if self._amending and not content.get("reason"):
            found.insert(0, Missing("reason", _NO_REASON))
        return found

    def press_sign(self) -> None:
        """Ctrl+Enter, or the button."""
        if self._paper is None or not self.form.isEnabled():
            return
        lacking = self.lacking()
        self.form.show_missing(lacking)
        if lacking:
            self._armed = False
            words = ntr("One thing is missing before signing:", "{n} things are missing before signing:", len(lacking))
            self._tell(words + " " + " ".join(item.text() for item in lacking), "circle-alert")
            self.form.go_to(lacking[0].field)
        elif not self._armed:
            self._armed = True
            self._tell(
                tr("Complete. Press Ctrl+Enter once more to sign; after that it can only be amended."), "badge-check"
            )
        else:
            self._sign(self._paper)

    def set_text(self, name: str, text: str) -> None:
        """Writes into a section as if it were typed: Ctrl+Z takes it back."""
        area = self.form.areas[name]
        cursor = area.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        cursor.insertText(("\n" if area.value() else "") + text)
        self.form.go_to(name)

    def _sign(self, paper: Paper) -> None:
        self.keeper.flush()
        self.form.setEnabled(False)
        run_job(
            self,
            paper.sign,
            self.form.content(),
            on_done=self._signed,
            on_error=self._refused,
            on_end=lambda: self.form.setEnabled(True),
        )

    def _signed(self, note: object) -> None:
        self.keeper.drop()
        self._paper = None
        self._disarm()
        self.signed.emit(note)

    def _refused(self, error: UserError) -> None:
        self._disarm()
        notify.warn(self, error.text())

    def _touched(self) -> None:
        self.keeper.touched()
        if self._armed:
            self._disarm()

    def _kept(self, state: Saved, at: datetime | None, sentence: str) -> None:
        if state is Saved.SAVED and not self._armed and not self.notice.isHidden():
            self.form.show_missing(self.lacking())
            self.notice.setVisible(bool(self.lacking()))
        self.state_changed.emit(state, at, sentence)

    def _tell(self, sentence: str, icon: str) -> None:
        self._said.setText(sentence)
        self._icon.set_icon(icon, "attention")
        self.notice.show()

    def _disarm(self) -> None:
        self._armed = False
        self.notice.hide()
