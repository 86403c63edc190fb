"""Keeps a fault of PySide6 6.12.0 from ending the process: each `Signal.emit` drops one reference to True too many.

Before Python 3.12 `True` is counted like any object; after some thousand emissions CPython aborts. Earlier versions
of PySide6 do not do it, but only 6.12 has QtPdf as a wheel of its own. Remove this when a mended version is locked.
"""

from __future__ import annotations

import ctypes
import sys

_MANY = 1 << (40 if sys.maxsize > 2**32 else 28)
_held = False


def hold_true() -> None:
    """Gives `True` more references than emissions can drop in years. Once; nothing to do where it is immortal."""
    global _held
    if not _held and sys.version_info < (3, 12) and sys.implementation.name == "cpython":
        ctypes.c_ssize_t.from_address(id(True)).value += _MANY
    _held = True
