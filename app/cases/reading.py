"""Opening case content leaves its trace first: the entry is on the disk before anything is decrypted, also when
the keys then refuse; and the writer is not held while notes are opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx


@contextmanager
def audited(ctx: Context, may: May, act: str, *row_ids: str) -> Iterator[Tx]:
    """A read-only transaction, after an audit entry `act` about these rows."""
    with ctx.write(may, act) as doing:
        doing.on(*row_ids)
    with ctx.read(may) as tx:
        yield tx
