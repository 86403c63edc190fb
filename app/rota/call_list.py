"""联系单: whom to call after an absence, when they may be called, what to tell them, and who could stand in."""

from __future__ import annotations

from datetime import datetime

from app.common.clock import local
from app.common.words import N_, tr
from app.printing.call_list import Call, CallListContent, CallSection, render_call_list
from app.printing.words import SPECIMEN
from app.rota.calling_hours import Reach, reach
from app.rota.rules import HALF_WORDS, short
from app.rota.views import Absence, BookingView
from db.engine import Tx
from db.models import Centre, Organisation

_KINDS = {"first": N_("First visit"), "return": N_("Return visit"), "parent": N_("Parent")}
_SECTIONS = {
    "now": N_("May be called now"),
    "unclear": N_("Read the calling hours first"),
    "later": N_("May be called later only"),
}
_MOST = 5


def call_list_pdf(tx: Tx, centre_id: str, absence: Absence, by: str, at: datetime) -> bytes:
    """A sheet to tick off while telephoning, those who may be called at `at` first; it stays at the desk."""
    centre = tx.get(Centre, centre_id)
    demo = tx.query(Organisation.demo).scalar()
    return render_call_list(
        CallListContent(
            title=tr("Call list"),
            about=tr("{name} is absent", name=absence.name),
            day=absence.day,
            sections=tuple(CallSection(tr(title), _calls(absence, at, state)) for state, title in _SECTIONS.items()),
            nobody=tr("No bookings are affected."),
            people_title=tr("Who could stand in"),
            people=_people(absence),
            centre_name=centre.name if centre else "",
            prepared=tr("prepared by {name} {time}", name=by, time=f"{local(at):%H:%M}"),
            note=tr("Confidential: keep at the desk, shred after use"),
            watermark=SPECIMEN if demo else "",
        )
    )


def calling_order(absence: Absence, at: datetime) -> list[tuple[BookingView, Reach]]:
    """Everybody to be told: first who may be called at `at`, then whose hours must be read, then who later on."""
    everybody = (*absence.bookings, *absence.settled)
    found = [(booking, reach(booking.safe_times, at)) for booking in everybody]
    return sorted(found, key=lambda pair: (pair[1].rank, pair[0].at, pair[0].id))


def _calls(absence: Absence, at: datetime, state: str) -> tuple[Call, ...]:
    return tuple(_call(booking, how, absence, at) for booking, how in calling_order(absence, at) if how.state == state)


def _call(booking: BookingView, how: Reach, absence: Absence, at: datetime) -> Call:
    who = booking.client_name or booking.client_number or tr("a client")
    number = booking.client_number if booking.client_name else ""
    kind = tr(_KINDS.get(booking.kind, "Return visit"))
    numbers = (*booking.telephones, *booking.guardians)
    return Call(
        who="　".join(part for part in (_moment(booking.at, absence), who, number or "", kind) if part),
        numbers=tr("; ").join(numbers) or tr("no telephone"),
        hours=_hours(booking, how, at),
        told=_told(booking),
        results=(tr("told"), tr("not reached"), tr("agreed on another time"), tr("cancelled")),
    )


def _moment(when: datetime, absence: Absence) -> str:
    """The time; with the day, where it is another one by now."""
    at = local(when)
    return f"{at:%H:%M}" if at.date() == absence.day else f"{short(at.date())} {at:%H:%M}"


def _hours(booking: BookingView, how: Reach, now: datetime) -> str:
    if not booking.safe_times:
        return tr("calling hours not known")
    said = tr("may be called: {times}", times=booking.safe_times)
    if how.state != "later" or how.opens is None:
        return said
    opens = local(how.opens)
    when = f"{opens:%H:%M}" if opens.date() == local(now).date() else f"{short(opens.date())} {opens:%H:%M}"
    return tr("{said} (not before {when})", said=said, when=when)


def _told(booking: BookingView) -> str:
    if booking.outcome is not None:
        return tr("To tell: {arranged}", arranged=booking.outcome.text())
    if booking.later is not None:
        at = local(booking.later)
        return tr("Could come to the same expert: {day} {time}", day=short(at.date()), time=f"{at:%H:%M}")
    return tr("To be agreed: another expert or another time")


def _people(absence: Absence) -> tuple[str, ...]:
    """The first few of each half whom it makes sense to call."""
    found = []
    for half in absence.assignments:
        likely = [one for one in absence.replacements if one.half == half and one.group in ("free", "ask")]
        found += [
            " · ".join(part for part in (tr(HALF_WORDS[half]), one.name, one.telephone or "", one.why) if part)
            for one in likely[:_MOST]
        ]
    return tuple(found)
