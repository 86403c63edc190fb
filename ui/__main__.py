"""Entry point: a command goes to the command line without Qt, anything else opens the window."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

VALUED = ("--workspace", "--lang")


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 done; those of the commands are told in app/cli."""
    leave_no_core()
    arguments = list(sys.argv[1:] if argv is None else argv)
    wanted = window_options(arguments)
    if wanted is None:
        from app.cli import main as command

        return int(command(arguments))
    from ui.application import run

    folder = wanted.get("--workspace")
    return run(Path(folder) if folder else None, wanted.get("--lang"))


def leave_no_core() -> None:
    """A crash must not write what is in memory, typed text and keys among it, to the disk."""
    if os.name != "posix":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        import ctypes

        not_dumpable = 4  # PR_SET_DUMPABLE: also where cores go to a program and no limit is asked
        ctypes.CDLL(None).prctl(not_dumpable, 0, 0, 0, 0)


def window_options(arguments: Sequence[str]) -> dict[str, str] | None:
    """The window's own options if nothing else was given, else None: then it is a command's line, or a wrong one."""
    wanted: dict[str, str] = {}
    waiting = list(arguments)
    while waiting:
        name, equals, value = waiting.pop(0).partition("=")
        if name not in VALUED:
            return None
        if not equals:
            if not waiting:
                return None
            value = waiting.pop(0)
        if name == "--lang" and value not in ("zh", "en"):
            return None
        wanted[name] = value
    return wanted


if __name__ == "__main__":
    sys.exit(main())
