"""`longshan demo DIR`: the demonstration centre and, with `--play`, its day."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from app.cli.common import Subparsers, add_command, emit
from app.common.errors import UserError
from app.common.words import N_, tr

SOME_CLIENTS = 240


def register(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = add_command(subparsers, "demo", tr("Make the demonstration centre"))
    parser.add_argument("folder", type=Path, metavar=tr("DIR"), help=tr("an empty or new folder"))
    parser.add_argument("--seed", type=int, default=1, help=tr("other invented people for another number"))
    parser.add_argument("--clients", type=int, default=SOME_CLIENTS, help=tr("how many clients; 0: an empty centre"))
    parser.add_argument("--play", action="store_true", help=tr("play the day at the desk"))
    parser.add_argument("--note", metavar=tr("TEXT"), help=tr("becomes part of the session note"))
    parser.add_argument("--passwords", type=Path, metavar=tr("FILE"), help=tr("JSON: login to password"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Makes it; prints where it is."""
    from app.demo.centre import DemoOptions, make_demo

    if args.clients < 0:
        raise UserError("clients-negative", N_("The number of clients cannot be negative."))
    passwords = _passwords(args.passwords)
    options = DemoOptions(seed=args.seed, clients=args.clients, passwords=passwords)
    progress = _progress if sys.stderr.isatty() else None
    make_demo(args.folder, options, progress=progress)
    document: dict[str, object] = {
        "workspace": str(args.folder / "desk"),
        "room2": str(args.folder / "room2"),
        "hub": str(args.folder / "hub"),
    }
    if args.play:
        from app.demo.day import play_day

        played = play_day(args.folder, args.note, passwords)
        document |= {"out": str(args.folder / "out"), "steps": len(played["steps"])}
        if not all(step["ok"] for step in played["steps"]):
            raise UserError("day-failed", N_("The demonstration day did not go through; see out/day.json."))
    emit(
        args,
        document,
        tr(
            "The demonstration centre is in {folder}, its second PC in {room2}.",
            folder=args.folder / "desk",
            room2=args.folder / "room2",
        ),
    )
    return 0


def _passwords(file: Path | None) -> dict[str, str]:
    from app.demo.organisation import PEOPLE

    if file is None:
        return {}
    try:
        found = json.loads(file.read_text("utf-8-sig"))
    except (ValueError, UnicodeDecodeError):
        found = None
    except OSError as error:
        raise UserError(
            "passwords-unreadable", N_("{file} cannot be read: {reason}."), file=file, reason=error.strerror or ""
        ) from None
    if not isinstance(found, dict) or not all(isinstance(value, str) and value for value in found.values()):
        raise UserError("passwords-format", N_("{file} must be a JSON object from login to password."), file=file)
    unknown = sorted(set(found) - set(PEOPLE))
    if unknown:
        raise UserError(
            "unknown-login", N_("{file} names a login that is not made: {login}."), file=file, login=unknown[0]
        )
    return dict(found)


def _progress(done: int, total: int) -> None:
    print(f"\r{done}/{total}", end="\n" if done >= total else "", file=sys.stderr, flush=True)
