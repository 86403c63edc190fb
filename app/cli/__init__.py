"""The commands of the console script. Importing this costs nothing: each command loads what it needs when run.

Exit status: 0 done, 1 refused or invalid input, 2 wrong usage, 3 environment. No traceback reaches a user.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence

from app.common import words
from app.common.errors import Cancelled, Confirmation, EnvironmentFault, UserError
from app.common.words import tr

COMMANDS: dict[str, str] = {
    "backup": "app.cli.backup",
    "demo": "app.cli.demo",
    "doctor": "app.cli.doctor",
    "hub": "app.cli.hub",
    "import": "app.cli.import_",
    "letter": "app.cli.letter",
    "note": "app.cli.note",
    "restore": "app.cli.restore",
    "rota": "app.cli.rota",
    "schedule": "app.cli.schedule",
    "search": "app.cli.search",
    "sync": "app.cli.sync",
}
"""Command -> module with `register(subparsers)`, which sets `run` to a function of the parsed arguments."""

_log = logging.getLogger(__name__)


def main(argv: Sequence[str]) -> int:
    """Runs one command and gives its exit status."""
    _use_utf8()
    words.set_language(_wanted_language(argv))
    name = next((word for word in argv if word in COMMANDS), None)
    try:
        "".join(argv).encode()
    except UnicodeEncodeError:
        return _say(tr("A text on the command line is not in UTF-8."), 2)
    parser = _parser([name] if name else list(COMMANDS))
    try:
        args = parser.parse_args(list(argv))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    return _run(args)


def _run(args: argparse.Namespace) -> int:
    try:
        status: int = args.run(args)
        if sys.stdout is not None:  # the program without a console has none
            sys.stdout.flush()
        return status
    except EnvironmentFault as fault:
        return _say(fault.text(), 3)
    except (UserError, Confirmation) as refusal:
        return _say(refusal.text(), 1)
    except (Cancelled, KeyboardInterrupt):
        return _say(tr("Cancelled; nothing was changed."), 1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _say(tr("The system refused: {reason}.", reason=error.strerror or type(error).__name__), 3)
    except Exception as bug:  # the last door: a bug is named by its type, never by its values
        _log.debug("bug in a command", exc_info=bug)
        where = bug.__traceback__
        while where and where.tb_next:
            where = where.tb_next
        place = f"{type(bug).__name__} {where.tb_frame.f_code.co_name}:{where.tb_lineno}" if where else ""
        return _say(tr("Something went wrong in the program ({place}). Nothing was changed.", place=place), 1)


def _say(text: str, status: int) -> int:
    print(text, file=sys.stderr)
    return status


def _use_utf8() -> None:
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape" if stream is sys.stdin else "replace")


def _wanted_language(argv: Sequence[str]) -> str:
    for word, after in zip(argv, [*argv[1:], ""], strict=True):
        if word == "--lang" and after in words.LANGUAGES:
            return after
        if word.startswith("--lang=") and word[7:] in words.LANGUAGES:
            return word[7:]
    return words.system_language()


def _parser(names: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="longshan", description=tr("Longshan Desk"))
    parser.add_argument("--lang", choices=words.LANGUAGES, help=tr("language of the messages"))
    commands = parser.add_subparsers(dest="command", required=True, metavar=tr("COMMAND"))
    for name in names:
        importlib.import_module(COMMANDS[name]).register(commands)
    return parser
