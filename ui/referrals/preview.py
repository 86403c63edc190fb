"""Right of the board: the printed page itself, whether the consent still stands, and the next step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QStackedLayout, QWidget

from app.cases.consent_rules import PARTY_WORDS, Party, Standing
from app.common.clock import local
from app.common.words import tr
from app.referrals.rules import Status, Step
from app.referrals.views import BACK_WORDS, BackToSchool, LetterCard, LetterView
from ui.referrals.paper import PaperView
from ui.widgets.badge import Badge
from ui.widgets.button import QuietButton, SecondaryButton
from ui.widgets.empty_state import EmptyState
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row


def step_words(step: Step) -> str:
    """What the button of a step says."""
    said = {
        Step.PRINTED: tr("Print"),
        Step.COLLECTED: tr("Mark as collected"),
        Step.ARRIVED: tr("Mark as arrived"),
        Step.REPLIED: tr("Enter the reply"),
        Step.RETURNED: tr("Mark as back at school"),
    }
    return said[step]


def consent_words(view: LetterView) -> tuple[str, str, str]:
    """What is said of the consent, its tone and icon."""
    stand = view.consent.stand
    if view.exception:
        return tr("Without consent, by exception: {ground}", ground=view.exception), "attention", "circle-alert"
    if stand.standing is Standing.WITHDRAWN:
        return tr("Consent withdrawn: do not hand it over"), "urgent", "triangle-alert"
    who = tr(", ").join(tr(PARTY_WORDS[party]) for party in Party if party in stand.by)
    on = f"{view.consent_date:%m-%d}" if view.consent_date else ""
    return tr("Consent: {who} {day}", who=who, day=on).strip(), "accent", "badge-check"


def reply_words(view: LetterView) -> str:
    """What came back; the advice only for those whose keys open it."""
    reply = view.reply
    if reply is None:
        return ""
    day = f"{reply.day:%m-%d}" if reply.day else ""
    seen = " ".join(part for part in (tr("seen"), day, reply.department) if part) if reply.arrived else tr("not seen")
    back = tr(BACK_WORDS[reply.back_to_school]) if reply.back_to_school is not BackToSchool.NOT_SAID else ""
    advice = tr("advice sealed for the psychologists") if reply.advice is None else reply.advice
    return tr("Reply: {text}", text=tr(", ").join(part for part in (seen, back, advice) if part))


def school_words(view: LetterView) -> str:
    """Whom to call for the way back, once the reply is there."""
    if view.card.status is not Status.REPLIED or not view.school:
        return ""
    return tr("Way back to school: {school} {telephone}", school=view.school, telephone=view.school_telephone).strip()


class PreviewPane(QFrame):
    """`show_letter` when everything is loaded, `clear` when nothing is chosen."""

    def __init__(
        self, on_step: Callable[[], object], on_save: Callable[[], object], on_large: Callable[[], object]
    ) -> None:
        super().__init__()
        self.setProperty("kind", "well")
        self.paper = PaperView(whole=True)
        self._consent = Badge("", "accent")
        self._caption = Label("", "muted")
        self._history = Label("", "small", wrap=True)
        self._step = SecondaryButton("", on_step)
        self._save = QuietButton(tr("Save as PDF"), on_save, icon="download")
        self._large = IconButton("maximize-2", tr("Larger"), on_large)
        foot = column(
            row(self._caption, self._consent, None, self._large, space=8),
            self._history,
            row(self._step, None, self._save, space=8),
            space=6,
            margins=(14, 4, 14, 12),
        )
        full = column(self.paper, foot, space=4)
        full.setStretch(0, 1)
        self._full = holder(full)
        self._empty = EmptyState("send", tr("No letter chosen"), tr("Choose a card to see the page that is printed."))
        self._wrong = EmptyState("shield-alert", "")
        self._stack = QStackedLayout(self)
        for page in (self._empty, self._full, self._wrong):
            self._stack.addWidget(page)

    def show_letter(self, view: LetterView, data: bytes | None) -> None:
        """The page and what stands beneath it; without `data` the page stays."""
        if data is not None:
            self.paper.show_pdf(data)
            self.paper.to_top()
        words, tone, icon = consent_words(view)
        self._caption.setText(tr("Exactly as printed"))
        self._consent.set(words, tone, icon=icon)
        self._consent.setToolTip(words)
        self._history.setText(
            "\n".join(line for line in (_history(view), reply_words(view), school_words(view)) if line)
        )
        self._history.setVisible(bool(view.history))
        self.show_step(view.card)
        self._stack.setCurrentWidget(self._full)

    def show_step(self, card: LetterCard) -> None:
        """The button of the next step."""
        self._step.setVisible(card.next is not None)
        if card.next is not None:
            self._step.set_text(step_words(card.next))

    def refuse(self, sentence: str) -> None:
        """Why this letter is not shown."""
        self.paper.show_pdf(None)
        self._wrong.set_text(sentence)
        self._stack.setCurrentWidget(self._wrong)

    def clear(self) -> None:
        """Nothing is chosen."""
        self.paper.show_pdf(None)
        self._stack.setCurrentWidget(self._empty)

    def consent_text(self) -> str:
        """The sentence about the consent, as shown."""
        return self._consent.text()

    def history_text(self) -> str:
        """What was done and what came back, as shown."""
        return self._history.text()

    def save_button(self) -> QWidget:
        return self._save


def _history(view: LetterView) -> str:
    said = {
        Step.PRINTED: tr("printed"),
        Step.COLLECTED: tr("collected"),
        Step.ARRIVED: tr("arrived"),
        Step.REPLIED: tr("replied"),
        Step.RETURNED: tr("back at school"),
        Step.RECALLED: tr("recalled"),
    }
    parts = [f"{said[step]} {local(at):%m-%d %H:%M} {name}".strip() for step, at, name in view.history if step in said]
    return " · ".join(parts)
