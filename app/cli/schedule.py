"""`longshan schedule install|remove|status`: the nightly courier with the system's own scheduler."""

from __future__ import annotations

import argparse
from datetime import time
from pathlib import Path
from typing import Any

from app.cli.common import Subparsers, add_command, emit
from app.common.errors import UserError
from app.common.words import N_, tr


def register(subparsers: Subparsers) -> None:
    """Adds `schedule` with its three acts; each sets `run`."""
    summary = tr("Have the system synchronise every night")
    schedule = subparsers.add_parser("schedule", help=summary, description=summary)
    acts = schedule.add_subparsers(dest="act", required=True, metavar=tr("ACT"))
    install = _act(acts, "install", tr("Synchronise every night from now on"), run_install)
    install.add_argument("--at", default="02:00", metavar=tr("HH:MM"), help=tr("when; 02:00 if not given"))
    _act(acts, "remove", tr("Stop synchronising every night"), run_remove)
    _act(acts, "status", tr("Say whether and when the system synchronises"), run_status)


def _act(acts: Subparsers, name: str, summary: str, run: Any) -> argparse.ArgumentParser:
    parser = add_command(acts, name, summary)
    folder = tr("the centre's folder")
    parser.add_argument("--workspace", type=Path, required=True, metavar=tr("DIR"), help=folder)
    parser.set_defaults(run=run)
    return parser


def run_install(args: argparse.Namespace) -> int:
    """Over an older one."""
    from app.sync.schedule import install, make_job

    install(make_job(args.workspace, read_time(args.at)))
    return run_status(args)


def run_remove(args: argparse.Namespace) -> int:
    """Also where none is."""
    from app.sync.schedule import remove

    remove(args.workspace)
    return run_status(args)


def run_status(args: argparse.Namespace) -> int:
    """As the system knows it now."""
    from app.sync.schedule import status

    view = status(args.workspace)
    at = f"{view.at:%H:%M}" if view.at is not None else None
    if at is None:
        text = tr("No nightly synchronisation is set up for this folder.")
    elif view.active:
        text = tr("The system synchronises this folder every night at {at}.", at=at)
    else:
        text = tr("Nightly synchronisation at {at} is set up, but the system does not start it.", at=at)
    emit(args, {"scheduler": view.scheduler, "installed": at is not None, "active": view.active, "at": at}, text)
    return 0


def read_time(text: str) -> time:
    """`02:00`, `2:00`; UserError for anything else."""
    hour, colon, minute = text.strip().partition(":")
    try:
        if not (colon and hour.isascii() and hour.isdigit() and len(minute) == 2 and minute.isdigit()):
            raise ValueError
        return time(int(hour), int(minute))
    except ValueError:
        raise UserError("not-a-time", N_("“{text}” is no time of day. Write it as 02:00."), text=text) from None
