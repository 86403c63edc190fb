"""Keeps a fault of PySide6 6.12.0 from ending the process: each `Signal.emit` drops one reference to True too many,
each call that returns nothing one to None.

Before Python 3.12 these are counted like any object; after some thousand calls CPython aborts. Earlier versions
of PySide6 do not do it, but only 6.12 has QtPdf as a wheel of its own. Remove this when a mended version is locked.
"""

from __future__ import annotations

import sys

_MANY = 1 << (40 if sys.maxsize > 2**32 else 28)
_held = False


def hold_true() -> None:
    """Gives these constants more references than calls drop in years. Once; nothing to do where they are immortal."""
    global _held
    import ctypes  # 5 ms that the sign-in window need not wait for

    if not _held and sys.version_info < (3, 12) and sys.implementation.name == "cpython":
        for constant in (True, False, None):
            ctypes.c_ssize_t.from_address(id(constant)).value += _MANY
    _held = True
