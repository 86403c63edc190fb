"""What the commands share: arguments, the password, signing in, one JSON document."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.common import words
from app.common.errors import UserError
from app.common.progress import Progress, silent
from app.common.words import N_, tr

if TYPE_CHECKING:
    from app.bootstrap import Office

Subparsers = Any  # argparse's own name for it is private


def add_command(subparsers: Subparsers, name: str, summary: str) -> argparse.ArgumentParser:
    """A sub-command that takes `--json` and `--lang` like all of them."""
    parser: argparse.ArgumentParser = subparsers.add_parser(name, help=summary, description=summary)
    parser.add_argument("--json", action="store_true", help=tr("print one JSON document"))
    parser.add_argument(
        "--lang", choices=words.LANGUAGES, default=argparse.SUPPRESS, help=tr("language of the messages")
    )
    return parser


def add_sign_in(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """`--workspace DIR --user LOGIN`; the password comes from the terminal or standard input."""
    parser.add_argument("--workspace", type=Path, required=required, metavar=tr("DIR"), help=tr("the centre's folder"))
    parser.add_argument("--user", required=required, metavar=tr("LOGIN"), help=tr("who signs in"))


def read_password(login: str) -> str:
    """Without echo on a terminal, else the first line of standard input."""
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass(tr("Password of {login}: ", login=login))
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        raise UserError("no-password", N_("No password was given on standard input."))
    return line.rstrip("\r\n")


@contextmanager
def signed_in(args: argparse.Namespace) -> Iterator[Office]:
    """Opens `args.workspace` as `args.user`, and closes it whatever happens."""
    from app.bootstrap import open_workspace, sign_in

    workspace = open_workspace(args.workspace)
    office = sign_in(workspace, args.user, read_password(args.user))
    try:
        yield office
    finally:
        office.close()


def emit(args: argparse.Namespace, document: Any, text: str) -> None:
    """The JSON document if it was asked for, else the text."""
    print(json.dumps(document, ensure_ascii=False, indent=2, default=str) if args.json else text)


def shown_progress() -> Progress:
    """Percent on standard error for a person at a terminal; nothing for a script."""
    if sys.stderr is None or not sys.stderr.isatty():
        return silent

    def show(done: int, total: int) -> None:
        percent = 100 * done // total if total else 0
        print(f"\r{percent} %", end="\n" if done >= total else "", file=sys.stderr, flush=True)

    return show
