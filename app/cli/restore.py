"""`longshan restore FILE DIR`: a workspace from a backup; no password, the bytes are ciphertext."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.common import Subparsers, add_command, emit, shown_progress
from app.common.clock import local
from app.common.words import tr


def register(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = add_command(subparsers, "restore", tr("Restore a backup into a new folder"))
    parser.add_argument("file", type=Path, metavar=tr("FILE"), help=tr("the backup"))
    parser.add_argument("folder", type=Path, metavar=tr("DIR"), help=tr("an empty or new folder"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints what was restored, and what comes back later."""
    from app.upkeep.restore import restore

    found = restore(args.file, args.folder, progress=shown_progress())
    when = local(found.made_at).strftime("%Y-%m-%d %H:%M")
    lines = [
        tr(
            "{centre}, as it was on {time}, is now in {folder}.",
            centre=found.centre_name,
            time=when,
            folder=args.folder,
        ),
        tr("Sign in with the passwords of that day: {logins}.", logins=", ".join(found.logins)),
        tr("What was typed and synchronised after that comes back from the hub at the next synchronisation.")
        if found.synchronises
        else tr("No hub is set there yet: what was typed after that comes back once one is set."),
    ]
    document = {
        "folder": str(found.folder),
        "centre": found.centre_name,
        "made_at": found.made_at.isoformat(),
        "logins": list(found.logins),
        "synchronises": found.synchronises,
    }
    emit(args, document, "\n".join(lines))
    return 0
