"""The rota as scripts and people at a terminal read it: documents as promised, and lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.common.clock import local
from app.common.words import ntr, tr
from app.rota.rules import HALF_WORDS, Slot
from app.rota.views import Absence, AssignmentView, GapView, Proposal, WeekView

Document = dict[str, Any]


def filled_document(proposal: Proposal) -> Document:
    """As cli.md promises; `gap` of one that is not proven optimal: by which share the best could be better at most."""
    fairness = proposal.fairness
    document: Document = {
        "status": "optimal" if proposal.optimal else "feasible",
        "seconds": round(proposal.seconds, 3),
        "from": proposal.first,
        "to": proposal.last,
        "assignments": [
            {
                "date": duty.slot.day,
                "session": duty.slot.half,
                "expert": duty.number,
                "pinned": duty.pinned,
                "new": duty.new,
            }
            for duty in proposal.duties
        ],
        "gaps": [_gap_document(gap) for gap in proposal.gaps],
        "changed": len(proposal.added) + len(proposal.removed),
        "unannounced": list(proposal.unannounced),
        "fairness": {
            "least": fairness.least,
            "most": fairness.most,
            "duties": dict(fairness.duties),
            "with_last_quarter": dict(fairness.with_last_quarter),
            "weekends": dict(fairness.weekends),
            "holidays": dict(fairness.holidays),
        },
    }
    if not proposal.optimal:
        document["gap"] = round(proposal.distance, 4)
    return document


def week_document(view: WeekView) -> Document:
    """The same shape for what is on the board, of which nothing is proven (`gap` null). `days`: those with something to
    say; `unannounced`: years whose public holidays nobody has published."""
    gaps = [cell.gap for cell in view.cells.values() if cell.gap is not None]
    totals = [load.duties + load.last_quarter for load in view.loads]
    return {
        "status": "feasible",
        "gap": None,
        "seconds": 0.0,
        "from": view.first,
        "to": view.last,
        "published": view.published,
        "differences": view.differences,
        "assignments": [assignment_document(duty) for cell in view.cells.values() for duty in cell.assignments],
        "gaps": [_gap_document(gap) for gap in gaps],
        "days": days_document(view),
        "unannounced": list(view.unannounced),
        "fairness": {
            "least": min(totals, default=0),
            "most": max(totals, default=0),
            "duties": {load.number: load.duties for load in view.loads},
            "with_last_quarter": {load.number: load.duties + load.last_quarter for load in view.loads},
            "weekends": {load.number: load.weekends for load in view.loads},
            "holidays": {load.number: load.holidays for load in view.loads},
        },
    }


def days_document(view: WeekView) -> list[Document]:
    """Public holidays and make-up workdays among the days of the stretch."""
    return [
        {"date": day.day, "holiday": day.holiday, "workday": day.workday}
        for day in view.days
        if day.holiday or day.workday
    ]


def assignment_document(duty: AssignmentView) -> Document:
    return {
        "date": duty.slot.day,
        "session": duty.slot.half,
        "expert": duty.number,
        "name": duty.name,
        "pinned": duty.pinned,
        "state": duty.state,
        "absent": duty.absent_at is not None,
        "room": duty.room,
        "warnings": [note.text() for note in duty.warnings],
    }


def _gap_document(gap: GapView) -> Document:
    return {
        "date": gap.slot.day,
        "session": gap.slot.half,
        "missing": gap.missing,
        "why": gap.long.text(),
        "specialities": list(gap.lacking),
        "reasons": dict(gap.reasons),
    }


def absence_document(absence: Absence) -> Document:
    """As cli.md promises; a client is named only to those who may see clients."""
    return {
        "expert": absence.number,
        "name": absence.name,
        "date": absence.day,
        "sessions": sorted(absence.assignments),
        "changed": absence.changed,
        "affected": [
            {
                "id": booking.id,
                "session": booking.half,
                "at": local(booking.at).isoformat(),
                "kind": booking.kind,
                "client": booking.client_number,
                "name": booking.client_name,
                "telephones": list(booking.telephones),
                "safe_times": booking.safe_times,
            }
            for booking in absence.bookings
        ],
        "replacements": [
            {"expert": one.number, "name": one.name, "session": one.half, "free": one.free, "why": one.why}
            for one in absence.replacements
        ],
    }


def filled_text(proposal: Proposal, *, saved: bool) -> str:
    """For people: how it went, who sits where, what is missing."""
    status = tr("Best possible") if proposal.optimal else tr("Filled")
    head = tr("{status}, {seconds} s.", status=status, seconds=f"{proposal.seconds:.1f}")
    tail = tr("Saved as draft.") if saved else tr("Nothing was saved.")
    on: dict[Slot, list[str]] = {}
    for duty in proposal.duties:
        on.setdefault(duty.slot, []).append(duty.name)
    return "\n".join(
        [head, *_lines(on, {gap.slot: gap for gap in proposal.gaps}), *unannounced_text(proposal.unannounced), tail]
    )


def week_text(view: WeekView) -> str:
    """A line a session."""
    on = {
        slot: [duty.name + _marks(duty) for duty in cell.assignments]
        for slot, cell in view.cells.items()
        if cell.needed or cell.assignments
    }
    gaps = {slot: cell.gap for slot, cell in view.cells.items() if cell.gap is not None}
    differences = ntr("{n} change not published", "{n} changes not published", view.differences)
    calendar = [
        f"{day.day.isoformat()} {tr('{name}, a workday', name=day.workday) if day.workday else day.holiday}"
        for day in view.days
        if day.holiday or day.workday
    ]
    state = differences if view.differences else tr("Published")
    return "\n".join([*_lines(on, gaps), *calendar, *unannounced_text(view.unannounced), state])


def unannounced_text(years: Iterable[int]) -> list[str]:
    """A line a year whose public holidays nobody has published."""
    return [tr("The public holidays of {year} are not announced yet.", year=year) for year in years]


def _marks(duty: AssignmentView) -> str:
    marks = [
        words
        for on, words in (
            (duty.absent_at is not None, tr("absent")),
            (duty.state == "leaving", tr("taken off")),
            (duty.pinned, tr("pinned")),
        )
        if on
    ]
    return tr(" ({marks})", marks=tr(", ").join(marks)) if marks else ""


def _lines(on: Mapping[Slot, Iterable[str]], gaps: Mapping[Slot, GapView]) -> list[str]:
    lines = []
    for slot in sorted(set(on) | set(gaps)):
        line = f"{slot.day.isoformat()} {slot.words()}  {tr(', ').join(on.get(slot, ()))}"
        gap = gaps.get(slot)
        if gap is not None:
            line += "  " + tr("{n} missing. {why}", n=gap.missing, why=gap.long.text())
        lines.append(line.rstrip())
    return lines


def absence_text(absence: Absence) -> str:
    """Bookings to call about, and who could stand in."""
    lines = [tr("{name} is absent on {day}.", name=absence.name, day=absence.day.isoformat())]
    for booking in absence.bookings:
        who = tr(", ").join(part for part in (booking.client_name, *booking.telephones, booking.safe_times) if part)
        lines.append(f"  {local(booking.at):%H:%M}  {who}".rstrip())
    able = [one for one in absence.replacements if not one.refused]
    lines += [f"  {tr(HALF_WORDS[one.half])}  {one.number} {one.name}  {one.why}" for one in able]
    return "\n".join(lines)


def slot_text(slot: Slot) -> str:
    """ "2027-01-04 周一上午"."""
    return f"{slot.day.isoformat()} {slot.words()}"
