"""`longshan backup`: an encrypted, proven copy of the workspace in one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.common import Subparsers, add_command, add_sign_in, emit, shown_progress, signed_in
from app.common.clock import local
from app.common.words import tr


def register(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = add_command(subparsers, "backup", tr("Make an encrypted backup and prove it by opening it"))
    add_sign_in(parser)
    parser.add_argument(
        "--to", type=Path, metavar=tr("FILE"), help=tr("a file or a folder; without it, the folder backups/")
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints where the backup is."""
    with signed_in(args) as office:
        made = office.services.backups.make(args.to, progress=shown_progress()).value
    document = {"file": str(made.path), "made_at": made.made_at.isoformat(), "bytes": made.bytes, "verified": True}
    text = tr(
        "The backup of {time} is in {file} ({size} MB). It was read back and opened: it is whole.",
        time=local(made.made_at).strftime("%Y-%m-%d %H:%M"),
        file=made.path,
        size=f"{made.bytes / 1e6:.1f}",
    )
    emit(args, document, text)
    return 0
