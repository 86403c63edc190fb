"""`longshan doctor`: looks a workspace over and says in words what it found."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.common import Subparsers, add_command, emit, read_password
from app.common.errors import EnvironmentFault
from app.common.words import tr

if TYPE_CHECKING:
    from app.upkeep.checks import Check


def register(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = add_command(subparsers, "doctor", tr("Look over files, database, signatures, synchronisation and backups"))
    parser.add_argument("--workspace", type=Path, required=True, metavar=tr("DIR"), help=tr("the centre's folder"))
    parser.add_argument("--user", metavar=tr("LOGIN"), help=tr("also looks inside, with this user's password"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 if all is well, else 1."""
    checks = _examined(args)
    ok = all(check.ok for check in checks)
    lines = [f"{'✓' if check.ok else '✗'} {check.title}: {check.says}" for check in checks]
    well = tr("All is well.")
    if args.user is None:
        well = tr("All is well outside. What is inside the data file was not looked at: give --user for that.")
    lines.append(well if ok else tr("Something needs attention; see the lines with ✗."))
    listed = [{"name": one.name, "title": one.title, "ok": one.ok, "says": one.says} for one in checks]
    emit(args, {"ok": ok, "checks": listed}, "\n".join(lines))
    return 0 if ok else 1


def _examined(args: argparse.Namespace) -> list[Check]:
    from app.common.clock import SystemClock
    from app.security.workspace import Workspace, exists
    from app.upkeep.doctor import examine_folder, examine_workspace

    clock = SystemClock()
    if not exists(args.workspace):
        Workspace(args.workspace)  # says in one sentence that there is none
    if args.user is None:
        return examine_folder(args.workspace, clock)
    password = read_password(args.user)
    try:
        workspace = Workspace(args.workspace)
        unlocked = workspace.unlock(args.user, password)
    except EnvironmentFault:
        return examine_folder(args.workspace, clock)  # its check "accounts" says what is wrong there
    return examine_workspace(workspace, unlocked, clock)
