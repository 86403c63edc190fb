"""The form of a letter: what is chosen and typed, and where a word sounds like a diagnosis."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QWidget

from app.common.clock import local
from app.common.words import ntr, tr
from app.referrals.rules import URGENCY_WORDS, Urgency
from app.referrals.views import ReferralDraft, ReferralForm, Total
from app.referrals.wording import check_text
from ui import clipboard
from ui.widgets.choice import Choice
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, holder, row
from ui.widgets.segmented import SegmentedControl
from ui.widgets.text_area import TextArea

MOST_NOTES = 3


class WordedArea(QWidget):
    """A text with the advice on its wording beneath; it warns and lets everything pass."""

    changed = Signal()

    def __init__(self, label: str, hint: str, placeholder: str, lines: int) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self.area = TextArea(placeholder, lines=lines)
        clipboard.guard(self.area)
        self._notes = Label("", "hint", wrap=True)
        self._notice = QFrame()
        self._notice.setProperty("kind", "notice")
        column(self._notes, parent=self._notice, margins=(10, 6, 10, 6))
        self._notice.hide()
        column(Field(label, self.area, hint=hint), self._notice, parent=self, space=4)
        self.area.textChanged.connect(self._typed)

    def value(self) -> str:
        return self.area.value()

    def set_value(self, text: str) -> None:
        self.area.set_value(text)

    def advice(self) -> str:
        """What is shown beneath, or an empty text."""
        return self._notes.text()

    def _typed(self) -> None:
        notes = check_text(self.area.toPlainText())
        said = list(dict.fromkeys(note.text() for note in notes))[:MOST_NOTES]
        self._notes.setText("\n".join(said))
        self._notice.setVisible(bool(said))
        self.changed.emit()


class LetterForm(QWidget):
    """`changed` whenever the draft differs from before."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._loading = False
        self._last = ReferralDraft()
        self.place = Choice(placeholder=tr("Hospital and clinic, or the school"))
        self.urgency = SegmentedControl([(u.value, tr(w)) for u, w in URGENCY_WORDS.items()], name=tr("Urgency"))
        facts = tr("facts, not labels")
        seen = tr("What was seen and heard, since when, how often")
        self.observed = WordedArea(tr("Observed behaviour"), facts, seen, 4)
        self.measures = WordedArea(tr("Measures taken"), "", tr("Whom you told, what was agreed, until when"), 2)
        advice_hint = tr("empty: further assessment is advised")
        self.advice = WordedArea(tr("Advice to the recipient"), advice_hint, tr("Advised assessment, not treatment"), 2)
        self.with_period = QCheckBox(tr("Counselling period"))
        self.with_risk = QCheckBox(tr("Risk level"))
        self._totals = column(space=0)
        self._no_totals = Label(tr("No scale was taken in this case."), "hint")
        self._boxes: list[tuple[QCheckBox, Total]] = []
        column(
            row(Field(tr("Destination"), self.place), _urgency(self.urgency), space=12),
            self.observed,
            Label(tr("Assessment totals"), "label"),
            self._totals,
            self._no_totals,
            row(self.with_period, self.with_risk, None, space=24),
            self.measures,
            self.advice,
            parent=self,
            space=10,
        )
        self._connect()

    def show_form(self, form: ReferralForm) -> None:
        """Fills everything from a case; sends no `changed`."""
        self._loading = True
        draft = form.draft
        self.place.set_options([(place.id, place.name()) for place in form.places])
        self.place.set_value(draft.destination_id or None)
        self.urgency.set_value(draft.urgency.value)
        self.observed.set_value(draft.observed)
        self.measures.set_value(draft.measures)
        self.advice.set_value(draft.advice)
        self._show_totals(form)
        self._show_computed(form)
        self._last = self.draft()
        self._loading = False

    def draft(self) -> ReferralDraft:
        """What the form says now."""
        return ReferralDraft(
            destination_id=self.place.text(),
            urgency=Urgency(str(self.urgency.value())),
            observed=self.observed.value(),
            totals=tuple(total for box, total in self._boxes if box.isChecked()),
            with_period=self.with_period.isChecked(),
            with_risk=self.with_risk.isChecked(),
            measures=self.measures.value(),
            advice=self.advice.value(),
        )

    def _connect(self) -> None:
        self.place.chosen.connect(lambda _value: self._notice())
        self.urgency.chosen.connect(lambda _value: self._notice())
        for box in (self.with_period, self.with_risk):
            box.toggled.connect(lambda _on: self._notice())
        for area in (self.observed, self.measures, self.advice):
            area.changed.connect(self._notice)

    def _notice(self) -> None:
        if self._loading:
            return
        now = self.draft()
        if now != self._last:
            self._last = now
            self.changed.emit()

    def _show_totals(self, form: ReferralForm) -> None:
        clear(self._totals)
        self._boxes = []
        chosen = form.draft.totals
        offered = list(dict.fromkeys((*form.totals, *chosen)))
        for total in offered:
            said = tr("{scale}: {total}, {day}", scale=total.scale, total=total.total, day=total.day.isoformat())
            box = QCheckBox(said)
            box.setChecked(total in chosen)
            box.toggled.connect(lambda _on: self._notice())
            self._totals.addWidget(box)
            self._boxes.append((box, total))
        self._no_totals.setVisible(not offered)

    def _show_computed(self, form: ReferralForm) -> None:
        since = form.period_from.isoformat() if form.period_from else ""
        count = ntr("{n} session", "{n} sessions", form.sessions)
        period = tr("Counselling since {day}, {count}", day=since, count=count) if since else tr("No session yet")
        self.with_period.setText(period)
        self.with_period.setEnabled(bool(since))
        self.with_period.setChecked(form.draft.with_period and bool(since))
        at = f"{local(form.risk_at):%m-%d %H:%M}" if form.risk_at else ""
        risk = tr("Risk: {level}, {at}", level=form.risk_level, at=at) if form.risk_level else tr("No risk level yet")
        self.with_risk.setText(risk)
        self.with_risk.setEnabled(bool(form.risk_level))
        self.with_risk.setChecked(form.draft.with_risk and bool(form.risk_level))


def _urgency(control: SegmentedControl) -> QWidget:
    return holder(column(Label(tr("Urgency"), "label"), control, space=2))
