"""Recording a consent, a withdrawal or an exception for one line of the meter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QWidget

from app.cases.consent import ConsentMeter, MeterLine, NewConsent
from app.cases.consent_rules import (
    GROUND_WORDS,
    PARTY_WORDS,
    SCOPE_WORDS,
    STANDING_WORDS,
    ConsentAct,
    Party,
    Purpose,
    Scope,
)
from app.common.words import tr
from ui.sessions.models import STANDING_TONES, consent_title
from ui.widgets.badge import Badge
from ui.widgets.choice import Choice
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.segmented import SegmentedControl
from ui.widgets.sheet import Sheet


class ConsentSheet(Sheet):
    """Hands a NewConsent to `on_ready`. `may_override`: a clinician may record an exception."""

    def __init__(
        self,
        parent: QWidget,
        meter: ConsentMeter,
        line: MeterLine,
        on_ready: Callable[[NewConsent], object],
        *,
        may_override: bool,
    ) -> None:
        super().__init__(consent_title(line), parent, width=480)
        self._line, self._on_ready = line, on_ready
        acts: list[tuple[object, str]] = [(ConsentAct.GIVEN, tr("Signed")), (ConsentAct.WITHDRAWN, tr("Withdrawn"))]
        if may_override:
            acts.append((ConsentAct.OVERRIDDEN, tr("Exception")))
        self.act = SegmentedControl(acts, value=ConsentAct.GIVEN, name=tr("What happened"))
        self.act.chosen.connect(lambda _act: self._arrange())
        self.by = Choice([(party, tr(words)) for party, words in PARTY_WORDS.items()])
        both = meter.needed == {Party.GUARDIAN, Party.CHILD}
        self.by.set_value(Party.BOTH if both else next(iter(meter.needed), Party.GUARDIAN))
        self.ground = Choice([(value, tr(words)) for value, words in GROUND_WORDS.items()])
        self.ground.set_value("emergency")
        self.signer, self.reason = LineEdit(tr("As on the form")), LineEdit()
        self.scope = {scope: QCheckBox(tr(words)) for scope, words in SCOPE_WORDS.items()}
        for scope, box in self.scope.items():
            box.setChecked(scope in line.stand.scope)
        self.error = Label("", "error", wrap=True)
        self._by_field = Field(tr("Who signed"), self.by)
        self._ground_field = Field(tr("Ground"), self.ground)
        self._signer_field = Field(tr("Name of the signer"), self.signer)
        self._reason_field = Field(tr("Reason"), self.reason)
        ticks = row(space=16)
        boxes = list(self.scope.values())
        for half in (boxes[:3], boxes[3:]):
            ticks.addLayout(column(*half, space=4))
        self._scope_part = holder(column(Label(tr("May be shared, ticked one by one"), "label"), ticks, space=4))
        self._compose(meter)
        self.add_button(tr("Cancel"), self.reject)
        self.add_button(tr("Record"), self._ready, kind="primary")
        self._arrange()

    def _compose(self, meter: ConsentMeter) -> None:
        stand = self._line.stand
        now = Badge(tr(STANDING_WORDS[stand.standing]), STANDING_TONES[stand.standing])
        self.body.addLayout(row(Label(tr("Now"), "muted"), now, None, space=8))
        who = "、".join(tr(PARTY_WORDS[party]) for party in sorted(meter.needed))
        words = tr("By age, the signature needed: {who}", who=who)
        if not meter.birth_known:
            words = tr("No birth date is known, so both must sign: {who}", who=who)
        self.body.addWidget(Label(words, "hint", wrap=True))
        for part in (self.act, self._by_field, self._ground_field, self._signer_field, self._scope_part):
            self.body.addWidget(part)
        self.body.addWidget(self._reason_field)
        self.body.addWidget(self.error)

    def _arrange(self) -> None:
        act = self.act.value()
        sharing = self._line.purpose is Purpose.SHARE
        self._by_field.setVisible(act is not ConsentAct.OVERRIDDEN)
        self._by_field.set_label(tr("Who signed") if act is ConsentAct.GIVEN else tr("Who withdraws"))
        self._ground_field.setVisible(act is ConsentAct.OVERRIDDEN)
        self._signer_field.setVisible(act is ConsentAct.GIVEN)
        self._scope_part.setVisible(sharing and act is not ConsentAct.WITHDRAWN)
        self._reason_field.setVisible(act is not ConsentAct.GIVEN)
        self.error.setText("")
        self.adjustSize()

    def _ready(self) -> None:
        act = self.act.value()
        scope = frozenset(scope for scope, box in self.scope.items() if box.isChecked())
        sharing = self._line.purpose is Purpose.SHARE
        if act is ConsentAct.GIVEN and sharing and not scope:
            self.error.setText(tr("Tick what may be shared with this recipient."))
            return
        if act is ConsentAct.OVERRIDDEN and not self.reason.value():
            self.error.setText(tr("An exception needs its ground and a reason in words."))
            self.reason.setFocus()
            return
        by = str(self.ground.value()) if act is ConsentAct.OVERRIDDEN else str(self.by.value() or Party.GUARDIAN)
        new = NewConsent(
            purpose=self._line.purpose,
            act=ConsentAct(str(act)),
            by=by,
            recipient=self._line.recipient,
            scope=scope if sharing and act is not ConsentAct.WITHDRAWN else frozenset[Scope](),
            signer_name=self.signer.value() if act is ConsentAct.GIVEN else "",
            reason=self.reason.value() if act is not ConsentAct.GIVEN else "",
        )
        self.accept()
        self._on_ready(new)
