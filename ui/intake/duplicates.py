"""Who may be in the register already: said in a strip of the form, never in a dialog that blocks typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy

from app.common.words import ntr, tr
from app.intake.views import DuplicateHit
from ui.intake.state import ArrivalState
from ui.intake.words import dotted, person_words, short_school
from ui.jobs import run_job
from ui.widgets.button import QuietButton
from ui.widgets.date_field import parse_date
from ui.widgets.icon_button import IconButton
from ui.widgets.icon_view import IconView
from ui.widgets.label import Label
from ui.widgets.layout import row

PAUSE_MS = 250
Asked = tuple[str, object, tuple[str, ...]]
NOTHING: Asked = ("", None, ())


class DuplicateStrip(QFrame):
    """`wanted(client_id)` when it is the same person."""

    wanted = Signal(str)

    def __init__(self, find: Callable[..., Any]) -> None:
        super().__init__()
        self.setProperty("kind", "notice")
        self._find = find
        self._asked = NOTHING
        self._hits: list[DuplicateHit] = []
        self._not_these: set[str] = set()
        self._words = Label("", "hint", wrap=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.take_button = QuietButton(tr("It is this person"), self._take)
        line = row(parent=self, margins=(12, 4, 4, 4), space=8)
        line.addWidget(IconView("users", "attention", 16))
        line.addWidget(self._words, 1)
        line.addWidget(self.take_button)
        line.addWidget(IconButton("x", tr("Not the same person"), self._dismiss))
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.hide()

    def text(self) -> str:
        """What is said, or ""."""
        return "" if self.isHidden() else self._words.text()

    def look(self, state: ArrivalState) -> None:
        """Asks a moment after the last change of what tells people apart."""
        asked: Asked = (state.name, parse_date(state.birth), (state.telephone,) if state.telephone else ())
        if state.client_id or not state.name:
            asked = NOTHING
            self._not_these.clear()
        if asked == self._asked:
            return
        self._asked = asked
        if asked is NOTHING:
            self._show(asked, ())
        else:
            self._pause.start()

    def _ask(self) -> None:
        asked = self._asked
        if asked is not NOTHING:
            run_job(
                self,
                self._find,
                *asked,
                lane="read",
                on_done=lambda hits: self._show(asked, hits),
                on_error=lambda _error: None,
            )

    def _show(self, asked: Asked, hits: Sequence[DuplicateHit]) -> None:
        if asked != self._asked:
            return
        self._hits = [hit for hit in hits if hit.client_id not in self._not_these]
        if self._hits:
            hit = self._hits[0]
            about = dotted(person_words(hit.age, None), short_school(hit.school), hit.why)
            said = tr("Perhaps here before: {name} {about}", name=hit.name, about=about)
            more = len(self._hits) - 1
            self._words.setText(said + (ntr(", and {n} more", ", and {n} more", more) if more else ""))
        self.setVisible(bool(self._hits))

    def _take(self) -> None:
        if self._hits:
            self.hide()
            self.wanted.emit(self._hits[0].client_id)

    def _dismiss(self) -> None:
        """The next one, if there is another."""
        if self._hits:
            self._not_these.add(self._hits[0].client_id)
        self._show(self._asked, self._hits)
