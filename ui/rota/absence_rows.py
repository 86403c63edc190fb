"""The lines of the absence sheet: a booking, an expert."""

from __future__ import annotations

from collections.abc import Sequence

from app.common.clock import local
from app.common.words import tr
from app.rota.views import BookingView, Replacement
from ui.widgets.row import Row

_BADGES = {"free": "accent", "ask": "attention", "there": "info", "not": "neutral"}


def booking_row(booking: BookingView, fate: str, tone: str) -> Row:
    """`fate`: what becomes of it."""
    at = local(booking.at)
    who = booking.client_name or booking.client_number or tr("a client")
    numbers = "、".join(booking.telephones)
    return Row(
        booking.id,
        who,
        numbers,
        lead=f"{at:%H:%M}",
        second=tr("; ").join(part for part in (booking.safe_times or "", fate) if part),
        badge="",
        tone=tone,
        tip=tr("; ").join(part for part in (*booking.guardians, fate) if part),
    )


def replacement_row(one: Replacement) -> Row:
    """An expert with what speaks for or against."""
    words = {
        "free": tr("can do duty"),
        "ask": tr("ask first"),
        "there": tr("on duty then"),
        "not": tr("not allowed") if one.refused else tr("not possible"),
    }
    return Row(
        one.staff_id,
        one.name,
        one.telephone or "",
        second=one.why,
        badge=words[one.group],
        tone="urgent" if one.refused else _BADGES[one.group],
        faded=one.group == "not",
        tip=one.why,
    )


def counted(found: Sequence[Replacement]) -> str:
    """How many of each kind."""
    free, asked = (sum(one.group == group for one in found) for group in ("free", "ask"))
    rest = len(found) - free - asked
    return tr("{free} free, {ask} to be asked, {rest} not possible", free=free, ask=asked, rest=rest)
