"""What can go wrong with the file, told apart so that `app` can say it in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy import exc


class FaultKind(StrEnum):
    """The causes that call for different advice."""

    FULL = "full"
    DAMAGED = "damaged"
    READ_ONLY = "read-only"
    BUSY = "busy"
    MISSING = "missing"
    NEWER = "newer"


class StorageFault(Exception):
    """A fault of file, disk or folder; never carries values of the statement that met it."""

    def __init__(self, kind: FaultKind) -> None:
        super().__init__(kind.value)
        self.kind = kind


_SIGNS = (
    ("database or disk is full", FaultKind.FULL),
    ("disk i/o error", FaultKind.FULL),
    ("file is not a database", FaultKind.DAMAGED),
    ("malformed", FaultKind.DAMAGED),
    ("file is encrypted", FaultKind.DAMAGED),
    ("readonly database", FaultKind.READ_ONLY),
    ("unable to open database", FaultKind.READ_ONLY),
    ("locked", FaultKind.BUSY),
)


def fault_of(error: BaseException) -> FaultKind | None:
    """The kind of a driver's error, judged by SQLite's own fixed message texts; None if it is a bug."""
    text = str(error).lower()
    return next((kind for sign, kind in _SIGNS if sign in text), None)


@contextmanager
def storage_faults() -> Iterator[None]:
    """Turns the driver's errors that the machine caused into StorageFault, and lets bugs through."""
    try:
        yield
    except exc.TimeoutError:
        raise StorageFault(FaultKind.BUSY) from None
    except (exc.DBAPIError, OSError) as error:
        kind = fault_of(error.orig if isinstance(error, exc.DBAPIError) and error.orig else error)
        if kind is None:
            raise
        raise StorageFault(kind) from None
