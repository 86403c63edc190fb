"""The pages of a PC that joins: its name, its request, the answer, the comparison; one thing a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.common.errors import UserError
from app.common.words import tr
from ui import ask
from ui.joining.digits import DigitsView
from ui.widgets.button import PrimaryButton, QuietButton, SecondaryButton
from ui.widgets.choice import Choice
from ui.widgets.field import Field
from ui.widgets.icon_view import IconView
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row
from ui.widgets.page import Page
from ui.widgets.progress_line import ProgressLine

SUGGESTED = ("二号机", "三号机", "咨询室一", "咨询室二")


class NamePage(Page):
    """What this PC is called in the organisation. `done(name)`."""

    done = Signal(str)

    def __init__(self) -> None:
        super().__init__(
            tr("Join an organisation"),
            tr("This PC asks to be let in, and a director lets it in from theirs. What is this PC called?"),
        )
        self.name = Choice([(name, name) for name in SUGGESTED], free=True)
        self.name.set_value(SUGGESTED[0])
        self._field = Field(tr("Name of this PC"), self.name, hint=tr("as people call it, such as 二号机"))
        self.box.addWidget(self._field)
        go = PrimaryButton(tr("Continue"), self._go)
        self.finish(SecondaryButton(tr("Back"), self.back.emit), go)
        line = self.name.lineEdit()
        if line is not None:
            line.returnPressed.connect(self._go)
        self.setFocusProxy(self.name)

    def refuse(self, error: UserError) -> None:
        """A name that cannot be."""
        self._field.set_error(error.text())

    def error(self) -> str:
        return self._field.error()

    def _go(self) -> None:
        name = self.name.text().strip()
        self._field.set_error("" if name else tr("Please fill this in."))
        if name:
            self.done.emit(name)


class RequestPage(Page):
    """The code and the fingerprint; the request goes into a file or into the hub's folder. `done()`."""

    done = Signal()
    file_wanted = Signal(object)
    folder_wanted = Signal(object)

    def __init__(self, request: Any) -> None:
        super().__init__(
            tr("The request of this PC"),
            tr("Save it onto a USB stick, or put it into the folder that the PCs share. It holds no secret."),
        )
        self._request = request
        self.digits = DigitsView(tr("Fingerprint"))
        self.digits.show_digits(request.code, request.fingerprint)
        self._said = Note()
        save = PrimaryButton(tr("Save as a file"), self.ask_file, icon="usb")
        share = SecondaryButton(tr("Put into the shared folder"), self.ask_folder, icon="folder-sync")
        self._go = SecondaryButton(tr("Continue"), self.done.emit)
        self._go.setEnabled(False)
        for item in (self.digits, holder(row(save, share, None)), self._said):
            self.box.addWidget(item)
        self.finish(SecondaryButton(tr("Back"), self.back.emit), self._go)
        self.setFocusProxy(save)

    def ask_file(self) -> None:
        """Where to."""
        name = f"{self._request.device_name}-{self._request.code}.join"
        kinds = tr("Join request") + " (*.join)"
        ask.save_file(self, tr("Save the request"), name, kinds, on_path=self.file_wanted.emit)

    def ask_folder(self) -> None:
        """The folder that the director's PC reaches too."""
        ask.folder(self, tr("Choose the shared folder"), on_path=self.folder_wanted.emit)

    def show_saved(self, sentence: str) -> None:
        """It lies there now."""
        self._said.say(sentence, "accent")
        self._go.setEnabled(True)
        self._go.setFocus()

    def refuse(self, error: UserError) -> None:
        self._said.say(error.text(), "urgent")

    def said(self) -> str:
        return self._said.text()


class AnswerPage(Page):
    """What happens at the director's PC, in steps; then the packet that comes back. `file_wanted(path)`."""

    file_wanted = Signal(object)

    def __init__(self, request: Any, watched: Path | None) -> None:
        super().__init__(
            tr("At the director's PC"),
            tr("Leave this window open: the answer opens only here. If it is closed, begin again; nothing is lost."),
        )
        first = (
            tr("The request lies in the shared folder {folder}.", folder=watched)
            if watched
            else tr("Carry the file to a PC on which a director signs in.")
        )
        steps = (
            first,
            tr("There: Settings, Sync and backup, PCs, “Let a PC in”."),
            tr("Compare the code and all six groups with this screen. Only then let it in."),
            tr("The answer comes by itself.") if watched else tr("Bring the answer file back to this PC."),
        )
        for number, sentence in enumerate(steps, start=1):
            line = row(space=10)
            line.addWidget(Label(str(number), "strong"), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(Label(sentence, wrap=True), 1)
            self.box.addLayout(line)
        self.digits = DigitsView(tr("Fingerprint"))
        self.digits.show_digits(request.code, request.fingerprint)
        self._said = Note()
        if watched is not None:
            self._said.say(tr("Waiting for the answer in the shared folder…"), "info", "hourglass")
        self.pick = PrimaryButton(tr("Choose the answer file"), self.ask_file, icon="folder-open")
        self.box.addWidget(self.digits)
        self.box.addWidget(self._said)
        self.finish(SecondaryButton(tr("Back"), self.back.emit), self.pick)
        self.setFocusProxy(self.pick)

    def ask_file(self) -> None:
        """The packet that the director's PC has made."""
        kinds = tr("Answer to a join request") + " (*.packet)"
        ask.open_file(self, tr("Choose the answer file"), kinds, on_path=self.file_wanted.emit)

    def refuse(self, error: UserError) -> None:
        """The wrong file: why; the page stays."""
        self.refuse_words(error.text())

    def refuse_words(self, sentence: str) -> None:
        self._said.say(sentence, "urgent")

    def said(self) -> str:
        return self._said.text()


class OfferPage(Page):
    """Into what this PC is let, and the organisation's fingerprint. `done()` when the person agreed."""

    done = Signal()

    def __init__(self, offer: Any) -> None:
        super().__init__(
            tr("Is it the right organisation?"),
            tr("Compare the numbers with the director's screen, group by group. If one differs, do not join."),
        )
        for name, value in (
            (tr("Organisation"), offer.organisation),
            (tr("Centre"), offer.centre_name),
            (tr("Letter of this PC"), offer.letter),
        ):
            caption = Label(name, "muted")
            caption.setMinimumWidth(caption.fontMetrics().horizontalAdvance("字" * 8))
            line = row(caption, space=12)
            line.addWidget(Label(value, "strong", wrap=True), 1)
            self.box.addLayout(line)
        self.digits = DigitsView(tr("Fingerprint of the organisation"))
        self.digits.show_digits("", offer.root_fingerprint)
        self.box.addWidget(self.digits)
        self._differs = QuietButton(tr("They differ"), self.back.emit)
        go = PrimaryButton(tr("They are the same: join"), self.done.emit, icon="check")
        self.finish(self._differs, go)
        self.setFocusProxy(self._differs)


class JoiningPage(Page):
    """How far it is. `cancelled()`."""

    def __init__(self, on_cancel: Callable[[], object]) -> None:
        super().__init__(tr("Joining…"), tr("The keys are taken in, and the data of the centre are fetched."))
        self.progress = ProgressLine(on_cancel)
        self.progress.begin(tr("Fetching…"))
        self.box.addWidget(self.progress)


class Note(QFrame):
    """One sentence with a sign; nothing until something is said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "plain")
        self._icon = IconView("info", "info", 16)
        self._text = Label("", wrap=True, selectable=True)
        line = row(parent=self, space=8)
        line.addLayout(column(2, self._icon, None, space=0))
        line.addLayout(column(self._text, None, space=0), 1)
        self.hide()

    def say(self, sentence: str, tone: str, icon: str = "") -> None:
        """`tone`: accent (done), info, attention or urgent (refused)."""
        signs = {"accent": "circle-check", "urgent": "circle-alert", "attention": "circle-alert"}
        self._icon.set_icon(icon or signs.get(tone, "info"), tone)
        self._text.setText(sentence)
        self._text.set_role("error" if tone == "urgent" else "body")
        self.show()

    def text(self) -> str:
        return self._text.text()
