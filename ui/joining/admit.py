"""A director lets a PC in: its request, the comparison of the numbers, its place; then the answer for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app.common.errors import EnvironmentFault, UserError
from app.common.words import N_, tr
from ui import ask
from ui.desk import Desk
from ui.jobs import run_job
from ui.joining.digits import DigitsView
from ui.joining.pages import Note
from ui.settings.keeping import show_rows
from ui.widgets.card import Card
from ui.widgets.choice import Choice
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, holder, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.list_row import ListRow
from ui.widgets.row import Row
from ui.widgets.sheet import Sheet

LOOK_MS = 3_000


class AdmitSheet(Sheet):
    """Three steps in one sheet: choose the request, compare, hand over the answer."""

    def __init__(self, desk: Desk, owner: QWidget) -> None:
        super().__init__(tr("Let a PC in"), owner.window(), width=560)
        self._desk = desk
        self._joining = desk.services.joining
        self._request: Any = None
        self._codes: list[str] = []
        self.admission: Any = None
        self._note = Note()
        self._choosing = self._choose_step()
        self._comparing = self._compare_step()
        self._handing = self._hand_step()
        for part in (self._choosing, self._comparing, self._handing, self._note):
            self.body.addWidget(part)
        self._close = self.add_button(tr("Cancel"), self.reject)
        self.read = self.add_button(tr("Read the request file"), self.ask_file, kind="primary")
        self.agree = self.add_button(tr("The numbers are the same: let it in"), self.admit, kind="primary")
        self.keep = self.add_button(tr("Save the answer file"), self.ask_where, kind="primary")
        self._go(self._choosing)
        self._looking = False
        self.timer = QTimer(self)
        self.timer.setInterval(LOOK_MS)
        self.timer.timeout.connect(lambda: self.look() if self.isVisible() else None)
        self.timer.start()
        self.look()
        run_job(self, self._joining.centres, lane="read", on_done=self._show_centres)

    def look(self) -> None:
        """What lies in the hub; again and again, since the new PC may ask only now."""
        if self._looking or self._request is not None:
            return
        self._looking = True
        run_job(
            self,
            self._joining.requests,
            lane="pool",
            on_done=self._show_waiting,
            on_error=self._hub_away,
            on_end=self._looked,
        )

    def _looked(self) -> None:
        self._looking = False

    def ask_file(self) -> None:
        """From a stick."""
        kinds = tr("Join request") + " (*.join)"
        ask.open_file(self, tr("Choose the request"), kinds, on_path=self.read_file)

    def read_file(self, path: Path) -> None:
        """A file that is no request is refused in words, and the sheet stays."""
        joining = self._joining

        def read() -> Any:
            try:
                data = path.read_bytes()
            except OSError:
                unread = N_("The file {path} cannot be read. Is the stick still plugged in?")
                raise EnvironmentFault("cannot-read", unread, path=path) from None
            return joining.read_request(data)

        run_job(self, read, lane="pool", on_done=self.show_request, on_error=self._refuse)

    def show_request(self, request: Any) -> None:
        """Its numbers, beside what to do with them."""
        self._request = request
        self.timer.stop()
        self.digits.show_digits(request.code, request.fingerprint)
        self.name.setText(request.device_name)
        self._note.hide()
        self._go(self._comparing)

    def admit(self) -> None:
        """Signed by the director; the letter is the next free one of the centre."""
        self.agree.setEnabled(False)
        run_job(
            self,
            self._joining.admit,
            self._request.data,
            self.centre.value(),
            self.name.value(),
            on_done=self._admitted,
            on_error=self._refuse,
            on_end=lambda: self.agree.setEnabled(True),
        )

    def ask_where(self) -> None:
        """Onto the stick, to be carried back."""
        name = f"{self.name.value()}-{self.admission.code}.packet"
        kinds = tr("Answer to a join request") + " (*.packet)"
        ask.save_file(self, tr("Save the answer file"), name, kinds, on_path=self.save_to)

    def save_to(self, path: Path) -> None:
        """The packet opens on the new PC alone."""
        packet = self.admission.packet

        def write() -> Path:
            try:
                path.write_bytes(packet)
            except OSError:
                refused = N_("The file {path} cannot be written. Is the disk full, or the folder read-only?")
                raise EnvironmentFault("cannot-write", refused, path=path) from None
            return path

        def saved(where: Path) -> None:
            self._note.say(tr("Saved: {path}", path=where), "accent")

        run_job(self, write, lane="pool", on_done=saved, on_error=self._refuse)

    def said(self) -> str:
        """The sentence at the bottom."""
        return self._note.text() if not self._note.isHidden() else ""

    def waiting(self) -> list[ListRow]:
        """The PCs whose requests lie in the hub."""
        return self._waiting.findChildren(ListRow)

    def _choose_step(self) -> QWidget:
        self._waiting = Card(tr("Waiting in the hub"), padded=False)
        self._waiting.hide()
        what = tr("On the new PC choose “Join an organisation”. Its request comes as a file, or lies in the hub.")
        return holder(column(Label(what, "muted", wrap=True), self._waiting, space=12))

    def _compare_step(self) -> QWidget:
        self.digits = DigitsView(tr("Fingerprint"))
        self.name = LineEdit(limit=40)
        self.centre = Choice()
        what = tr("Compare the code and all six groups with the other screen. Let it in only if all are the same.")
        place = row(Field(tr("Name of the PC"), self.name), Field(tr("Centre"), self.centre), space=12)
        return holder(column(Label(what, "muted", wrap=True), self.digits, place, space=12))

    def _hand_step(self) -> QWidget:
        self._result = Label("", "heading", wrap=True)
        self._how = Label("", "muted", wrap=True)
        self.root = DigitsView(tr("Fingerprint of the organisation"))
        compare = Label(tr("The new PC's screen must show these numbers, group by group."), "muted", wrap=True)
        return holder(column(self._result, self._how, self.root, compare, space=12))

    def _go(self, step: QWidget) -> None:
        for part in (self._choosing, self._comparing, self._handing):
            part.setVisible(part is step)
        for button, home in ((self.read, self._choosing), (self.agree, self._comparing), (self.keep, self._handing)):
            button.setVisible(home is step)
            button.setDefault(home is step)
        self._close.set_text(tr("Close") if step is self._handing else tr("Cancel"))
        self._settle()

    def _settle(self) -> None:
        """As high as what is on it, once it is laid out."""
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """`adjustSize` would leave room for wrapped texts as if they were narrower."""
        layout = self.layout()
        high = layout.totalHeightForWidth(self.width()) if layout is not None else 0
        self.resize(self.width(), high if high > 0 else self.sizeHint().height())

    def _show_waiting(self, requests: Sequence[Any]) -> None:
        if self._request is not None or [one.code for one in requests] == self._codes:
            return
        self._codes = [one.code for one in requests]
        clear(self._waiting.body)
        rows = [
            (Row(one.code, one.device_name, tr("Code {code}", code=one.code)), partial(self.show_request, one))
            for one in requests
        ]
        show_rows(self._waiting, rows)
        self._waiting.setVisible(bool(rows))
        self._settle()

    def _hub_away(self, error: UserError) -> None:
        """Said once; a stick does without a hub."""
        self.timer.stop()
        self._note.say(error.text(), "attention")
        self._settle()

    def _show_centres(self, centres: Sequence[Any]) -> None:
        self.centre.set_options((one.id, one.name) for one in centres)
        if self.centre.value() is None and centres:
            self.centre.set_value(centres[0].id)

    def _admitted(self, admission: Any) -> None:
        self.admission = admission
        self._result.setText(
            tr("{name} is let in. Its letter is {letter}.", name=self.name.value(), letter=admission.letter)
        )
        delivered = tr("The answer lies in the hub; the new PC fetches it by itself.")
        self._how.setText(delivered if admission.delivered else tr("Carry the answer to the new PC as a file."))
        self.keep.set_text(tr("Save the answer file as well") if admission.delivered else tr("Save the answer file"))
        self.root.show_digits("", admission.root_fingerprint)
        self._note.hide()
        self._go(self._handing)

    def _refuse(self, error: UserError) -> None:
        self._note.say(error.text(), "urgent")
        self._settle()
