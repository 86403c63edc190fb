"""Which duties on the board a change contradicts: told at once, since nothing is moved silently."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.common.words import ntr, tr
from app.rota.calendar_views import AffectedDuty
from app.rota.rules import HALF_WORDS, WEEKDAYS
from ui import ask, notify

_MOST = 8


def duty_line(duty: AffectedDuty) -> str:
    """2027-01-04 周一 上午 · 钟超轩."""
    day = duty.slot.day
    return f"{day.isoformat()} {tr(WEEKDAYS[day.weekday()])} {tr(HALF_WORDS[duty.slot.half])} · {duty.name}"


def tell_saved(owner: QObject, affected: Sequence[AffectedDuty], said: str = "") -> None:
    """A toast, or what must be looked after on the board first."""
    if not affected:
        notify.say(owner, said or tr("Saved."))
        return
    head = ntr("{n} duty on the board is affected:", "{n} duties on the board are affected:", len(affected))
    lines = [duty_line(one) for one in affected[:_MOST]]
    if len(affected) > _MOST:
        lines.append(ntr("and {n} more", "and {n} more", len(affected) - _MOST))
    foot = tr("They stay as they are. The board marks them; move or replace them there.")
    ask.tell(owner, "\n".join((head, *lines, "", foot)), title=said or tr("Saved."))
