"""How a letter's state is said: the same words on the board, on Today and on the command line."""

from __future__ import annotations

from app.cases.consent_rules import SCOPE_WORDS, Scope
from app.common.words import ntr, tr
from app.printing.words import Recipient
from app.referrals.rules import Level, Status, Urgency
from app.referrals.views import LetterCard

PRINTED_URGENCY = {Urgency.ROUTINE: "常规", Urgency.SOON: "尽快", Urgency.URGENT: "紧急"}
"""On paper, which is Chinese whatever the window speaks."""
PRINTED_ITEMS = {
    Scope.PERIOD: "咨询期间与次数",
    Scope.OBSERVED: "观察情况",
    Scope.SCALES: "测评总分",
    Scope.RISK: "风险评估",
    Scope.MEASURES: "已采取措施",
}
PRINTED_EXCEPTION = {
    "emergency": "紧急情况下为保护未成年人生命健康所必需",
    "legal-duty": "履行法定职责或法定义务所必需",
}
RECIPIENT_OF = {"hospital": Recipient.HOSPITAL, "school": Recipient.SCHOOL}


def age_text(card: LetterCard) -> str:
    """The letter's age in days and words: 未领取 2 天."""
    text = _age(card)
    return tr("Urgent · {age}", age=text) if card.urgency is Urgency.URGENT else text


def _age(card: LetterCard) -> str:
    n = card.days
    if card.altered:
        return tr("Altered: call the director")
    if card.status is Status.WAITING:
        return tr("Released today") if n == 0 else ntr("Unprinted {n} day", "Unprinted {n} days", n)
    if card.status is Status.PRINTED:
        return tr("Printed today") if n == 0 else ntr("Uncollected {n} day", "Uncollected {n} days", n)
    if card.status is Status.COLLECTED:
        if card.level is Level.OVERDUE:
            return ntr("Overdue, {n} day", "Overdue, {n} days", n)
        return tr("Collected today") if n == 0 else ntr("{n} day", "{n} days", n)
    if card.status is Status.ARRIVED:
        return tr("Arrived today") if n == 0 else ntr("No reply for {n} day", "No reply for {n} days", n)
    if card.status is Status.REPLIED:
        if card.reply_arrived is False:
            return tr("Reply: not arrived")
        return tr("Back to school next")
    return tr("Recalled") if card.status is Status.RECALLED else tr("Back at school")


def items_text(items: frozenset[Scope]) -> str:
    """What is shared, in the order of the form, as a list in words."""
    return tr(", ").join(tr(SCOPE_WORDS[item]) for item in Scope if item in items)
