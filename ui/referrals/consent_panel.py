"""Beneath the form: whether this very recipient may be told, and the two lawful ways to make it so."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QWidget

from app.cases.consent_rules import GROUND_WORDS, PARTY_WORDS, SCOPE_WORDS, Party, Purpose, Scope, Standing
from app.common.clock import local
from app.common.words import tr
from app.referrals.consents import parties_text
from app.referrals.views import ConsentState, Ground, Override
from app.referrals.words import items_text
from ui import notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.widgets.badge import Badge
from ui.widgets.button import QuietButton, SecondaryButton
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import column, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.segmented import SegmentedControl
from ui.widgets.sheet import Sheet
from ui.widgets.text_area import TextArea


def state_words(state: ConsentState, override: Override | None) -> tuple[str, str, str]:
    """Badge, tone, and a sentence."""
    stand = state.stand
    if override is not None and not state.granted:
        ground = tr(GROUND_WORDS[override.ground.value])
        return (
            tr("Exception"),
            "attention",
            tr("Goes out without consent: {ground}. Recorded at release.", ground=ground),
        )
    if state.granted:
        day = f"{local(stand.since):%Y-%m-%d}" if stand.since else ""
        return tr("Agreed"), "accent", tr("{who}, {day}", who=parties_text(stand.by), day=day)
    if stand.standing is Standing.WITHDRAWN:
        return tr("Withdrawn"), "urgent", tr("The consent for this recipient was withdrawn.")
    if stand.missing:
        return tr("Signature missing"), "attention", tr("Still to sign: {who}", who=parties_text(stand.missing))
    said = tr("Not covered: {items}", items=items_text(state.items - stand.scope))
    return tr("In part"), "attention", said


class ConsentPanel(QFrame):
    """`changed` when an exception was set or taken back; a recorded consent is announced by the service."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._desk = desk
        self._client_id = ""
        self._guardians: tuple[str, ...] = ()
        self.state: ConsentState | None = None
        self.override: Override | None = None
        self._badge = Badge("", "neutral")
        self._line = Label("", "muted", wrap=True)
        self.record = SecondaryButton(tr("Record consent"), self._record, icon="file-check")
        self.exception = QuietButton(tr("Exception…"), self._except)
        head = row(Label(tr("Consent for this recipient"), "heading"), self._badge, None, self.exception, self.record)
        column(head, self._line, parent=self, margins=(14, 10, 14, 10), space=6)
        self.show_state(None)

    def set_client(self, client_id: str, guardians: tuple[str, ...]) -> None:
        """Whose consent it is; an exception of another letter is forgotten."""
        self._client_id, self._guardians = client_id, guardians
        self.override = None
        self.show_state(None)

    def show_state(self, state: ConsentState | None) -> None:
        """None until a destination is chosen."""
        self.state = state
        self.record.setEnabled(state is not None)
        self.exception.setEnabled(state is not None)
        if state is None:
            self._badge.set("")
            self._line.setText(tr("Choose the destination first: consent is for each recipient."))
            return
        words, tone, sentence = state_words(state, self.override)
        icon = {"accent": "badge-check", "urgent": "triangle-alert"}.get(tone, "circle-alert")
        self._badge.set(words, tone, icon=icon)
        self._line.setText(sentence)
        self.exception.setVisible(not state.granted)
        self.exception.set_text(tr("Take the exception back") if self.override else tr("Exception…"))

    def text(self) -> str:
        """Badge and sentence, as shown."""
        return f"{self._badge.text()} {self._line.text()}".strip()

    def _record(self) -> None:
        if self.state is not None:
            ConsentSheet(self._desk, self, self._client_id, self._guardians, self.state).open()

    def _except(self) -> None:
        if self.override is not None:
            self._set_override(None)
            return
        sheet = ExceptionSheet(self)
        sheet.accepted.connect(lambda: self._set_override(sheet.value()))
        sheet.open()

    def _set_override(self, override: Override | None) -> None:
        self.override = override
        self.show_state(self.state)
        self.changed.emit()


class ConsentSheet(Sheet):
    """What the signed form says: who signed, and what may be shared with this recipient."""

    def __init__(
        self, desk: Desk, parent: QWidget, client_id: str, guardians: tuple[str, ...], state: ConsentState
    ) -> None:
        super().__init__(tr("Record consent"), parent, width=480)
        self._desk, self._client_id, self._state = desk, client_id, state
        needed = state.stand.missing | state.stand.by
        wanted = Party.BOTH if len(needed) > 1 else next(iter(needed), Party.GUARDIAN)
        if needed and len(state.stand.missing) == 1:
            wanted = next(iter(state.stand.missing))
        self.by = SegmentedControl([(p.value, tr(w)) for p, w in PARTY_WORDS.items()], value=wanted.value)
        self.signer = Field(tr("Signature of"), LineEdit(limit=40))
        name = self.signer.control
        assert isinstance(name, LineEdit)
        if guardians and wanted is not Party.CHILD:
            name.setText(guardians[0])
        self.scope = {item: QCheckBox(tr(words)) for item, words in SCOPE_WORDS.items()}
        for item, box in self.scope.items():
            box.setChecked(item in state.stand.scope or item in state.items)
        ticks = column(*self.scope.values(), space=0)
        self._error = Label("", "error", wrap=True)
        self.body.addLayout(row(self.by, None))
        self.body.addWidget(self.signer)
        self.body.addWidget(Label(tr("May be shared with this recipient"), "label"))
        self.body.addLayout(ticks)
        self.body.addWidget(self._error)
        self.add_button(tr("Cancel"), self.reject)
        self.save = self.add_button(tr("Signed on paper: record"), self._save, kind="primary")

    def _save(self) -> None:
        scope: set[Scope] = {item for item, box in self.scope.items() if box.isChecked()}
        signer = self.signer.control
        assert isinstance(signer, LineEdit)
        run_job(
            self,
            self._desk.services.consent.give,
            self._client_id,
            Purpose.SHARE,
            Party(str(self.by.value())),
            recipient=self._state.recipient_id,
            scope=scope,
            signer_name=signer.value(),
            on_done=self._saved,
            on_error=lambda error: self._error.setText(error.text()),
        )

    def _saved(self, _event: str) -> None:
        notify.say(self, tr("Consent recorded"))
        self.accept()


class ExceptionSheet(Sheet):
    """Without consent: the ground in law and the reason in words, signed with the release."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Without consent"), parent, width=480)
        grounds = [(ground.value, tr(GROUND_WORDS[ground.value])) for ground in Ground]
        self.ground = SegmentedControl(grounds, name=tr("Ground"))
        self.reason = Field(tr("Reason"), TextArea(lines=3), hint=tr("recorded and signed"))
        said = tr("Only where life is in danger or the law demands it. The supervisor sees every exception.")
        self.body.addWidget(Label(said, "muted", wrap=True))
        self.body.addLayout(row(self.ground, None))
        self.body.addWidget(self.reason)
        self.add_button(tr("Cancel"), self.reject)
        self.take = self.add_button(tr("Release without consent"), self._take, kind="danger")

    def value(self) -> Override:
        """Ground and reason."""
        area = self.reason.control
        assert isinstance(area, TextArea)
        return Override(Ground(str(self.ground.value())), area.value().strip())

    def _take(self) -> None:
        if self.value().reason:
            self.accept()
        else:
            self.reason.set_error(tr("Write down why."))
            self.reason.control.setFocus()
