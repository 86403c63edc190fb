"""The published week as the wall's poster: who is coming, not what is being planned."""

from __future__ import annotations

from app.common.errors import UserError
from app.common.words import N_, tr
from app.printing.poster import PosterCell, PosterContent, PosterDay, PosterPerson, PosterRow, render_poster
from app.printing.words import SPECIMEN
from app.rota.facts import Roster, in_force
from app.rota.rules import HALF_WORDS, HALVES, WEEKDAYS, Slot
from db.engine import Tx
from db.models import Centre, Organisation


def poster_pdf(tx: Tx, roster: Roster) -> bytes:
    """UserError while nothing of the week is published."""
    days = sorted({slot.day for slot in (*roster.needed, *roster.by_slot) if roster.first <= slot.day <= roster.last})
    if not any(in_force(row) for day in days for half in HALVES for row in roster.on(Slot(day, half))):
        raise UserError("nothing-published", N_("This week's rota is not published yet."))
    centre = tx.get(Centre, roster.centre_id)
    demo = tx.query(Organisation.demo).scalar()
    return render_poster(
        PosterContent(
            period=f"{roster.first:%Y-%m-%d} – {roster.last:%m-%d}",
            days=tuple(
                PosterDay(tr(WEEKDAYS[day.weekday()]), f"{day:%m-%d}", roster.holidays.get(day, "")) for day in days
            ),
            rows=tuple(
                PosterRow(
                    tr(HALF_WORDS[half]),
                    "–".join(roster.hours[half]),
                    tuple(_cell(roster, Slot(day, half)) for day in days),
                )
                for half in HALVES
            ),
            title=tr("Rota of duty"),
            centre_name=centre.name if centre else "",
            hotline=centre.hotline if centre else "",
            watermark=SPECIMEN if demo else "",
        )
    )


def _cell(roster: Roster, slot: Slot) -> PosterCell:
    rows = sorted(
        (row for row in roster.on(slot) if in_force(row)), key=lambda row: roster.rooms.get(row.room_id or "", "")
    )
    people = tuple(
        PosterPerson(roster.names[row.staff_id][1], roster.rooms.get(row.room_id or "", ""))
        for row in rows
        if row.staff_id in roster.names
    )
    if not roster.needed.get(slot) and not people:
        return PosterCell(kind="closed", note=roster.holidays.get(slot.day, tr("closed")))
    missing = roster.needed.get(slot, 0) - len(people)
    if missing > 0:
        return PosterCell(people, "gap", tr("{n} missing", n=missing))
    return PosterCell(people)
