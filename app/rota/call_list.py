"""联系单: whom to call after an absence, when they may be called, and who could see them instead."""

from __future__ import annotations

from datetime import datetime

from app.common.clock import local
from app.common.words import N_, tr
from app.printing.handover import HandoverContent, HandoverSection, render_handover
from app.printing.words import SPECIMEN
from app.rota.rules import HALF_WORDS
from app.rota.views import Absence, BookingView
from db.engine import Tx
from db.models import Centre, Organisation

_KINDS = {"first": N_("First visit"), "return": N_("Return visit"), "parent": N_("Parent")}
_MOST = 5


def call_list_pdf(tx: Tx, centre_id: str, absence: Absence, by: str, at: datetime) -> bytes:
    """A sheet to tick off while telephoning; it names clients, so it stays at the desk."""
    centre = tx.get(Centre, centre_id)
    demo = tx.query(Organisation.demo).scalar()
    people = tuple(
        " · ".join(part for part in (tr(HALF_WORDS[one.half]), one.name, one.telephone or "", one.why) if part)
        for half in absence.assignments
        for one in [found for found in absence.replacements if found.half == half][:_MOST]
    )
    return render_handover(
        HandoverContent(
            date=absence.day,
            sections=(
                HandoverSection(
                    tr("{name} is absent: to call", name=absence.name),
                    tuple(_line(booking) for booking in absence.bookings),
                    tr("none"),
                ),
                HandoverSection(tr("Who could stand in"), people, tr("none")),
            ),
            prepared_by=by,
            prepared_at=at,
            title=tr("Call list"),
            centre_name=centre.name if centre else "",
            watermark=SPECIMEN if demo else "",
        )
    )


def _line(booking: BookingView) -> str:
    who = booking.client_name or booking.client_number or tr("a client")
    safe = (
        tr("may be called: {times}", times=booking.safe_times) if booking.safe_times else tr("calling hours not known")
    )
    numbers = tr(", ").join(booking.telephones) or tr("no telephone")
    return " · ".join((f"{local(booking.at):%H:%M}", who, tr(_KINDS.get(booking.kind, "Return visit")), numbers, safe))
