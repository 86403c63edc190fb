"""`longshan sync`: the courier, with nobody signed in; `--merge --user LOGIN` seals and merges as well."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.common import Subparsers, add_command, emit, signed_in
from app.common.errors import UserError
from app.common.words import ntr, tr

if TYPE_CHECKING:
    from app.sync.views import CourierResult, SyncResult

BY = "courier"


def register(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = add_command(subparsers, "sync", tr("Exchange encrypted data packets with the hub; needs no password"))
    folder = tr("the centre's folder")
    parser.add_argument("--workspace", type=Path, required=True, metavar=tr("DIR"), help=folder)
    parser.add_argument("--merge", action="store_true", help=tr("sign in and take in what has arrived as well"))
    parser.add_argument("--user", metavar=tr("LOGIN"), help=tr("who signs in, with --merge"))
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """One run, told in the history too."""
    if args.merge != (args.user is not None):
        args.parser.print_usage(sys.stderr)
        print(tr("--merge needs --user, and --user goes with --merge"), file=sys.stderr)
        return 2
    if args.merge:
        with signed_in(args) as office:
            result = office.services.sync.sync(by=BY).value
        _say(args, result, result.merged)
    else:
        _say(args, carry(args.workspace), 0)
    return 0


def carry(workspace: Path) -> CourierResult:
    """The courier alone, with its line in the history, whatever comes of it."""
    from app.sync import history
    from app.sync.courier import run_courier
    from app.sync.sentences import Sentence
    from app.sync.views import CourierResult, RunView

    def note(of: CourierResult, error: str = "") -> None:
        moved = (of.pushed, of.pulled, 0, 0, of.refused, of.bytes_out, of.bytes_in)
        history.append(workspace, RunView(datetime.now(UTC), BY, *moved, of.alarms, error))

    try:
        result = run_courier(workspace)
    except UserError as error:
        if error.code not in ("no-folder", "no-hub", "sync-running", "folder-not-writable"):
            note(CourierResult(), Sentence.of(error))
        raise
    note(result)
    return result


def _say(args: argparse.Namespace, result: CourierResult | SyncResult, merged: int) -> None:
    for alarm in result.alarms:
        print(alarm, file=sys.stderr)
    emit(args, document(result, merged), _text(result, merged))


def document(result: CourierResult | SyncResult, merged: int) -> dict[str, Any]:
    """The JSON that scripts count on."""
    return {
        "pushed": result.pushed,
        "pulled": result.pulled,
        "merged": merged,
        "refused": result.refused,
        "bytes_out": result.bytes_out,
        "bytes_in": result.bytes_in,
        "alarms": [str(alarm) for alarm in result.alarms],
    }


def _text(result: CourierResult | SyncResult, merged: int) -> str:
    if not (result.pushed or result.pulled or result.refused or merged):
        return tr("Everything was the same already.")
    parts = [
        ntr("{n} data packet sent", "{n} data packets sent", result.pushed),
        ntr("{n} data packet fetched", "{n} data packets fetched", result.pulled),
    ]
    if merged:
        parts.append(ntr("{n} data packet taken in", "{n} data packets taken in", merged))
    if result.refused:
        parts.append(ntr("{n} data packet refused", "{n} data packets refused", result.refused))
    return tr(", ").join(parts) + tr(".")
