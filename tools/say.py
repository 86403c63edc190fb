"""Set-up speaks on standard error only, so that a script may read standard output, and stops with one sentence."""

from __future__ import annotations

import locale
import os
import sys


class SetupError(Exception):
    """The machine lacks something that set-up cannot bring; the text says what to do. Exit status 3."""


def chinese() -> bool:
    """Whether the system speaks Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return value.lower().startswith("zh")
    return (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese"))


def words(english: str, zh: str) -> str:
    """The one of the two texts that the system's language asks for."""
    return zh if chinese() else english


def say(english: str, zh: str) -> None:
    """A line about set-up, for a person to read."""
    print(words(english, zh), file=sys.stderr, flush=True)
