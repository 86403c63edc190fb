"""`longshan rota fill|show|pin|publish|absent`: the rota of this workspace's centre, for scripts."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from app.cli.common import Subparsers, add_command, add_sign_in, emit, signed_in
from app.common.clock import local
from app.common.dates import read_day
from app.common.errors import UserError
from app.common.words import N_, ntr, tr
from app.rota.rules import HALVES, Slot, monday
from app.rota.views import Absence, AssignmentView, GapView, Proposal, WeekView

Document = dict[str, Any]


def register(subparsers: Subparsers) -> None:
    """Adds `rota` with its five acts; each sets `run`."""
    rota = subparsers.add_parser("rota", help=tr("the duty rota"), description=tr("the duty rota"))
    acts = rota.add_subparsers(dest="act", required=True, metavar=tr("ACT"))
    fill = _act(acts, "fill", tr("Fill the free seats of a period"), run_fill)
    _period(fill, required=True)
    fill.add_argument("--dry-run", action="store_true", help=tr("save nothing"))
    _period(_act(acts, "show", tr("Show the rota of a period"), run_show))
    pin = _act(acts, "pin", tr("Pin a duty, so that no fill moves it"), run_pin)
    pin.add_argument("expert", metavar=tr("STAFFNO"))
    pin.add_argument("day", metavar=tr("DATE"))
    pin.add_argument("session", choices=HALVES)
    pin.add_argument("--off", action="store_true", help=tr("unpin"))
    _period(_act(acts, "publish", tr("Put the rota of a period in force"), run_publish), required=True)
    absent = _act(acts, "absent", tr("Mark an expert absent, and see what that changes"), run_absent)
    absent.add_argument("expert", metavar=tr("STAFFNO"))
    absent.add_argument("day", metavar=tr("DATE"))
    absent.add_argument("--session", choices=HALVES, help=tr("only this half day"))


def _act(acts: Subparsers, name: str, summary: str, run: Any) -> argparse.ArgumentParser:
    parser = add_command(acts, name, summary)
    add_sign_in(parser)
    parser.set_defaults(run=run)
    return parser


def _period(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    parser.add_argument("--from", dest="first", required=required, metavar=tr("DATE"), help=tr("first day"))
    parser.add_argument("--to", dest="last", required=required, metavar=tr("DATE"), help=tr("last day"))


def run_fill(args: argparse.Namespace) -> int:
    """Proposes and, without `--dry-run`, adopts as draft."""
    first, last = read_day(args.first), read_day(args.last)
    with signed_in(args) as office:
        rota = office.services.rota
        proposal = rota.propose(first, last)
        if not args.dry_run:
            rota.adopt(proposal)
        document = {**filled_document(proposal), "saved": not args.dry_run}
        emit(args, document, filled_text(proposal, saved=not args.dry_run))
    return 0


def run_show(args: argparse.Namespace) -> int:
    """The board; without dates, this week's."""
    with signed_in(args) as office:
        rota = office.services.rota
        first = read_day(args.first) if args.first else monday(rota.today())
        last = read_day(args.last) if args.last else max(first, monday(first) + timedelta(days=6))
        view = rota.stretch(first, last)
        emit(args, week_document(view), week_text(view))
    return 0


def run_pin(args: argparse.Namespace) -> int:
    """Pins or unpins one duty."""
    slot = Slot(read_day(args.day), args.session)
    with signed_in(args) as office:
        rota = office.services.rota
        duty = _duty(rota.stretch(slot.day, slot.day), slot, args.expert)
        rota.pin(duty.id, not args.off)
        said = N_("{name} is no longer pinned to {slot}.") if args.off else N_("{name} is pinned to {slot}.")
        document = {**_assignment_document(duty), "pinned": not args.off}
        emit(args, document, tr(said, name=duty.name, slot=_slot_text(slot)))
    return 0


def run_publish(args: argparse.Namespace) -> int:
    """Puts drafts in force."""
    first, last = read_day(args.first), read_day(args.last)
    with signed_in(args) as office:
        done = office.services.rota.publish(first, last).value
        text = tr("Published: {added} added, {removed} taken off.", added=done.added, removed=done.removed)
        emit(args, {"from": first, "to": last, "added": done.added, "removed": done.removed}, text)
    return 0


def run_absent(args: argparse.Namespace) -> int:
    """Marks the absence, and answers with bookings and replacements."""
    day = read_day(args.day)
    with signed_in(args) as office:
        rota = office.services.rota
        absence = rota.mark_absent(rota.staff_of(args.expert), day, args.session).value
        emit(args, absence_document(absence), absence_text(absence))
    return 0


def _duty(view: WeekView, slot: Slot, number: str) -> AssignmentView:
    cell = view.cells.get(slot)
    for duty in cell.assignments if cell else ():
        if duty.number == number:
            return duty
    raise UserError("no-assignment", N_("{number} is not on duty on {day}."), number=number, day=_slot_text(slot))


def filled_document(proposal: Proposal) -> Document:
    """As cli.md promises; `gap` is how many seats stay empty."""
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
        "fairness": {
            "least": fairness.least,
            "most": fairness.most,
            "duties": dict(fairness.duties),
            "with_last_quarter": dict(fairness.with_last_quarter),
        },
    }
    if not proposal.optimal:
        document["gap"] = sum(gap.missing for gap in proposal.gaps)
    return document


def week_document(view: WeekView) -> Document:
    """The same shape for what is on the board."""
    gaps = [cell.gap for cell in view.cells.values() if cell.gap is not None]
    totals = [load.duties + load.last_quarter for load in view.loads]
    return {
        "status": "feasible",
        "gap": sum(gap.missing for gap in gaps),
        "seconds": 0.0,
        "from": view.first,
        "to": view.last,
        "published": view.published,
        "differences": view.differences,
        "assignments": [_assignment_document(duty) for cell in view.cells.values() for duty in cell.assignments],
        "gaps": [_gap_document(gap) for gap in gaps],
        "fairness": {
            "least": min(totals, default=0),
            "most": max(totals, default=0),
            "duties": {load.number: load.duties for load in view.loads},
            "with_last_quarter": {load.number: load.duties + load.last_quarter for load in view.loads},
        },
    }


def _assignment_document(duty: AssignmentView) -> Document:
    return {
        "date": duty.slot.day,
        "session": duty.slot.half,
        "expert": duty.number,
        "name": duty.name,
        "pinned": duty.pinned,
        "state": duty.state,
        "absent": duty.absent_at is not None,
        "room": duty.room,
    }


def _gap_document(gap: GapView) -> Document:
    return {
        "date": gap.slot.day,
        "session": gap.slot.half,
        "missing": gap.missing,
        "why": gap.long.text(),
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
    return "\n".join([head, *_lines(on, {gap.slot: gap for gap in proposal.gaps}), tail])


def week_text(view: WeekView) -> str:
    """A line a session."""
    on = {
        slot: [duty.name + _marks(duty) for duty in cell.assignments]
        for slot, cell in view.cells.items()
        if cell.needed or cell.assignments
    }
    gaps = {slot: cell.gap for slot, cell in view.cells.items() if cell.gap is not None}
    differences = ntr("{n} change not published", "{n} changes not published", view.differences)
    return "\n".join([*_lines(on, gaps), differences if view.differences else tr("Published")])


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
    lines += [f"  {tr(_HALF[one.half])}  {one.number} {one.name}  {one.why}" for one in absence.replacements]
    return "\n".join(lines)


_HALF = {"am": N_("morning"), "pm": N_("afternoon")}


def _slot_text(slot: Slot) -> str:
    return f"{slot.day.isoformat()} {slot.words()}"
