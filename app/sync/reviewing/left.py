"""What somebody looked at and left as it is. Remembered in the audit chains, which travel: so every PC knows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from db.engine import Tx
from db.models import AuditEntry, AuditSubject

LEFT = "review.left"
_AT_ONCE = 5_000


def left_alone(tx: Tx, row_ids: Iterable[str]) -> set[frozenset[str]]:
    """The sets of rows, each containing one of `row_ids`, that were left as they are."""
    ids = sorted(set(row_ids))
    found: set[frozenset[str]] = set()
    for at in range(0, len(ids), _AT_ONCE):
        query = (
            select(AuditEntry.subjects)
            .join(AuditSubject, (AuditEntry.device == AuditSubject.device) & (AuditEntry.seq == AuditSubject.seq))
            .where(AuditSubject.subject.in_(ids[at : at + _AT_ONCE]), AuditEntry.act == LEFT)
        )
        found |= {frozenset(subjects) for subjects in tx.execute(query).scalars()}
    return found
