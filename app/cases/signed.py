"""Signed rows of a case: signed in the transaction that writes them, proven each time they are read.

Two proofs: the author's signature over everything the row says, by a key that the membership log believes;
and the hash that the audit chain of its PC kept, so that neither another row put in its place nor a row
taken away goes unseen. In an audit entry the signed row is the first subject, its case or client the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from app.cases import keys
from app.cases.keys import SealedAltered
from app.security import audit
from app.security.context import Context
from app.security.permissions import CLINICIANS, Role
from db.crypto.sealing import Place, digest, encode_place
from db.engine import Tx
from db.models import AuditEntry, AuditSubject, Case, CaseDocument, Device, SessionNote


def signed_hash(statement: Place, signature: bytes) -> bytes:
    """What the audit chain keeps of a signed row."""
    return digest(encode_place(statement) + signature)


def sign(tx: Tx, ctx: Context, act: str, statement: Place, row_id: str, about: Sequence[str], at: datetime) -> bytes:
    """The user's signature over `statement`; its hash goes into the audit chain in the same transaction."""
    signature = ctx.who.keys.sign(statement)
    audit.append(tx, at, ctx.who.user_id, act, [row_id, *about], signed_hash(statement, signature))
    return signature


class Proofs:
    """The hashes that the chains of audit entries hold for the signed rows about one case or client, or several; for a
    row counts the chain of the PC that wrote it."""

    def __init__(self, tx: Tx, ctx: Context, about: Iterable[str], acts: Iterable[str]) -> None:
        self._membership = ctx.members(tx)
        self._device: bytes = tx.execute(select(Device.id)).scalar_one()
        self._kept: dict[str, dict[bytes, bytes]] = {}
        self.expected: dict[str, set[str]] = {}
        wanted = list(about)
        for start in range(0, len(wanted), 10_000):
            self._gather(tx, wanted[start : start + 10_000], list(acts))

    def _gather(self, tx: Tx, about: list[str], acts: list[str]) -> None:
        rows = tx.execute(
            select(AuditSubject.subject, AuditEntry.subjects, AuditEntry.digest, AuditEntry.device)
            .join(AuditEntry, (AuditEntry.device == AuditSubject.device) & (AuditEntry.seq == AuditSubject.seq))
            .where(AuditSubject.subject.in_(about), AuditEntry.act.in_(acts), AuditEntry.digest.is_not(None))
        )
        for subject, subjects, kept, chain in rows:
            self._kept.setdefault(subjects[0], {})[chain[:8]] = kept or b""
            self.expected.setdefault(subject, set()).add(subjects[0])

    def holds(
        self,
        row_id: str,
        version: bytes,
        author: str,
        statement: Place,
        signature: bytes,
        roles: frozenset[Role] | None = CLINICIANS,
    ) -> bool:
        """Whether the row is what its author signed, one of `roles` (None: anybody); one written on this PC must
        stand in its chain."""
        if not self._membership.signed(author, statement, signature, roles):
            return False
        kept = audit.written_with(self._kept.get(row_id, {}), version)
        if kept is None:
            return version[: len(self._device)] != self._device
        return kept == signed_hash(statement, signature)

    def check(
        self,
        row_id: str,
        version: bytes,
        author: str,
        statement: Place,
        signature: bytes,
        roles: frozenset[Role] | None = CLINICIANS,
    ) -> None:
        """SealedAltered unless `holds`."""
        if not self.holds(row_id, version, author, statement, signature, roles):
            raise SealedAltered

    def missing(self, about: str, present: Iterable[str]) -> set[str]:
        """Rows that the chain knows of and the table has lost."""
        return self.expected.get(about, set()) - set(present)


def open_proven(
    tx: Tx, ctx: Context, case: Case, row: SessionNote | CaseDocument, kind: str, statement: Place, proofs: Proofs
) -> bytes:
    """What a sealed row of this case holds, its signature proven first; NoCaseKey or SealedAltered."""
    key = keys.case_key(tx, ctx.who, case, ctx.members(tx), row.key_version)
    if row.case_id != case.id:
        raise SealedAltered
    proofs.check(row.id, row.version, row.author, statement, row.signature)
    place = keys.row_place(ctx.who.organisation_id, case.id, row.id, row.key_version, kind)
    return keys.open_row(key, row.sealed, place)
