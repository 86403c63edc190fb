"""`longshan rota fill|show|pin|publish|absent`: the rota of this workspace's centre, for scripts."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.cli import rota_more
from app.cli.common import Subparsers, add_command, add_sign_in, emit, signed_in
from app.cli.rota_said import (
    absence_document,
    absence_text,
    assignment_document,
    filled_document,
    filled_text,
    slot_text,
    week_document,
    week_text,
)
from app.common.dates import read_day
from app.common.errors import UserError
from app.common.words import N_, tr
from app.rota.rules import HALVES, Slot, monday
from app.rota.views import AssignmentView, Proposal, WeekView

if TYPE_CHECKING:
    from app.bootstrap import Office


def register(subparsers: Subparsers) -> None:
    """Adds `rota` with its acts; each sets `run`."""
    rota = subparsers.add_parser("rota", help=tr("the duty rota"), description=tr("the duty rota"))
    acts = rota.add_subparsers(dest="act", required=True, metavar=tr("ACT"))
    fill = _act(acts, "fill", tr("Fill the free seats of a period"), run_fill)
    _period(fill, required=True)
    fill.add_argument("--dry-run", action="store_true", help=tr("save nothing"))
    fill.add_argument("--anew", action="store_true", help=tr("drafts that are not pinned may move"))
    repair = _act(acts, "repair", tr("Mend what no longer holds with the fewest changes"), run_repair)
    _period(repair, required=True)
    repair.add_argument("--dry-run", action="store_true", help=tr("save nothing"))
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
    rota_more.add_leave(_act(acts, "leave", tr("Enter an expert's leave"), rota_more.run_leave))
    rota_more.add_holidays(_act(acts, "holidays", tr("Show the public holidays of a year"), rota_more.run_holidays))
    _act(acts, "versions", tr("List what was published"), rota_more.run_versions)
    export = _act(acts, "export", tr("Write posters, pages, calendar files and a workbook"), rota_more.run_export)
    _period(export, required=True)
    rota_more.add_export(export)


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
        proposal = office.services.rota.propose(first, last, keep_drafts=not args.anew)
        _say_proposal(args, office, proposal)
    return 0


def run_repair(args: argparse.Namespace) -> int:
    """As `fill`, for what leave, absence or an expired check has broken."""
    first, last = read_day(args.first), read_day(args.last)
    with signed_in(args) as office:
        _say_proposal(args, office, office.services.rota.propose_repair(first, last))
    return 0


def _say_proposal(args: argparse.Namespace, office: Office, proposal: Proposal) -> None:
    saved = not args.dry_run
    if saved:
        office.services.rota.adopt(proposal)
    emit(args, {**filled_document(proposal), "saved": saved}, filled_text(proposal, saved=saved))


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
        document = {**assignment_document(duty), "pinned": not args.off}
        emit(args, document, tr(said, name=duty.name, slot=slot_text(slot)))
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
    raise UserError("no-assignment", N_("{number} is not on duty on {day}."), number=number, day=slot_text(slot))
