#!/usr/bin/env python3
"""The way into Longshan Desk from a fresh checkout, with nothing installed but Python 3.11.

    python3 run.py                    opens the application; without a display it plays the day and names the folder
    python3 run.py test [ARGS...]     runs the tests (pytest's arguments)
    python3 run.py check              style, types, layers, words
    python3 run.py bench [ARGS...]    measures against the references
    python3 run.py screens [FOLDER]   a picture of every screen and printed page
    python3 run.py build              the program for people without Python, in dist/
    python3 run.py cli ARGS...        the command `longshan`

Standard library only. What set-up has to say goes to standard error.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST = (3, 11)
CHECKS = (
    ("style", "-m", "ruff", "check", "."),
    ("format", "-m", "ruff", "format", "--check", "."),
    ("types", "-m", "mypy"),
    ("layers", "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    ("words", "resources/i18n/catalogue.py", "check"),
)


def main(arguments: list[str]) -> int:
    """Runs one command; the exit status is its own, 2 for wrong usage, 3 where the machine lacks something."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("open", [])
    if command in ("-h", "--help", "help"):
        print(__doc__)
        return 0
    if command not in COMMANDS or (rest and command in ("open", "check", "build")):
        print(__doc__, file=sys.stderr)
        return 2
    _find_python(arguments)
    from tools.say import SetupError

    try:
        return COMMANDS[command](rest)
    except SetupError as fault:
        print(fault, file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130


def open_or_play(_rest: list[str]) -> int:
    """The window; where there is no display, the day at the desk, its pictures and PDFs."""
    if has_display():
        return _run(_python("open", display=True), "-m", "ui")
    from tools.say import words

    print(words("There is no display here: the day at the desk is played offscreen.",
                "此处没有显示器：将在后台演示前台的一天。"), flush=True)  # fmt: skip
    python = _python("open", display=False)
    folder = _day_folder()
    pictures = folder / "out"
    for arguments in (("ui", "demo", str(folder), "--play"), ("ui.screens", str(pictures), "--tabs-of", str(folder))):
        status = _run(python, "-m", *arguments, offscreen=True)
        if status:
            return status
    print(pictures, flush=True)
    return 0


def test(rest: list[str]) -> int:
    """pytest; nothing is printed after its closing line."""
    return _run(_python("test"), "-m", "pytest", *rest, folder=ROOT)


def check(_rest: list[str]) -> int:
    """Every check, also after one has failed."""
    python = _python("check")
    failed = []
    for name, *command in CHECKS:
        print(f"== {name}", flush=True)
        if _run(python, *command, folder=ROOT):
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed", flush=True)
    return 1 if failed else 0


def bench(rest: list[str]) -> int:
    """The table of tests/bench."""
    return _run(_python("bench"), "-m", "tests.bench", *rest, folder=ROOT, offscreen=True)


def screens(rest: list[str]) -> int:
    """Pictures, below build/screens unless a folder is named."""
    return _run(_python("screens"), "-m", "ui.screens", *(rest or [str(ROOT / "build" / "screens")]), offscreen=True)


def build(_rest: list[str]) -> int:
    """PyInstaller's one folder, dist/longshan."""
    return _run(_python("build", display=True), "-m", "PyInstaller", "--noconfirm", "build.spec", folder=ROOT)


def cli(rest: list[str]) -> int:
    """The command line itself; on POSIX it takes this process's place, so that signals and status are its own."""
    window = not rest or rest[0] == "--workspace"
    python = _python("cli", display=window and has_display())
    command = [str(python), "-P", "-m", "ui", *rest]
    if os.name == "posix":
        os.execve(python, command, _environment(offscreen=False))
    return subprocess.run(command).returncode


def has_display() -> bool:
    """Whether a window could be shown to somebody."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if chosen:
        return chosen not in ("offscreen", "minimal")
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("WAYLAND_DISPLAY")) or _x_answers(os.environ.get("DISPLAY", ""))


def _x_answers(display: str) -> bool:
    """A display of this machine must answer: Qt would end the process where a variable outlived its server."""
    host, colon, number = display.rpartition(":")
    if not colon or host not in ("", "unix"):
        return bool(display)
    path = f"/tmp/.X11-unix/X{number.partition('.')[0]}"
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(address) == 0:
                return True
    return False


def _python(command: str, *, display: bool = False) -> Path:
    from tools import environment, libraries

    libraries.ensure(command, display=display)
    return environment.python()


def _run(python: Path, *arguments: str, folder: Path | None = None, offscreen: bool = False) -> int:
    # -P: a folder named `app` or `ui` where the person happens to stand must not be taken for ours.
    command = [str(python), "-P", *arguments]
    return subprocess.run(command, cwd=folder, env=_environment(offscreen=offscreen)).returncode


def _environment(*, offscreen: bool) -> dict[str, str]:
    from tools.environment import clean_environment

    env = clean_environment()
    if offscreen:
        env["QT_QPA_PLATFORM"] = "offscreen"
    return env


def _day_folder() -> Path:
    from tools.environment import cache

    try:
        return Path(tempfile.mkdtemp(prefix="longshan-day-"))
    except OSError:
        return Path(tempfile.mkdtemp(prefix="longshan-day-", dir=cache()))


def _find_python(arguments: list[str]) -> None:
    """Goes on with a newer Python of this machine where `python3` is too old."""
    if sys.version_info[:2] >= OLDEST:
        return
    import shutil

    for minor in range(15, 10, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, str(ROOT / "run.py"), *arguments])
    sys.exit("Python 3.11 or newer is needed. 需要 Python 3.11 或更新版本。")


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "open": open_or_play,
    "test": test,
    "check": check,
    "bench": bench,
    "screens": screens,
    "build": build,
    "cli": cli,
}

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))
