"""What was done, by whom, to which rows: hash chains of ids and acts, never content.

A PC begins a chain at each opening of its file (`device` = its id and what was drawn then), tied to the end of the one
before: a copied folder continues neither chain of its twin, so that no two entries ever claim one place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from db.engine import Tx
from db.models import AuditEntry, AuditSubject, Device
from db.models.base import micros
from db.replica import audit_lines
from db.replica.stamping import note_audit, opening_of

GENESIS = bytes(32)


def entry_hash(entry: AuditEntry) -> bytes:
    """BLAKE2b-256 over everything the entry says, the previous hash included."""
    user, signed = entry.user_id or "", entry.digest or b""
    return audit_lines.entry_hash(
        entry.device, entry.seq, micros(entry.at), user, entry.act, entry.subjects, signed, entry.previous
    )


def append(
    tx: Tx, at: datetime, user_id: str | None, act: str, subjects: Sequence[str], signed: bytes | None = None
) -> None:
    """Adds the next entry of this device's chain, in the caller's transaction."""
    device: bytes = tx.info.get("audit_chain") or tx.execute(select(Device.id)).scalar_one() + opening_of(tx)
    tx.info["audit_chain"] = device
    last = tx.execute(
        select(AuditEntry.seq, AuditEntry.hash)
        .where(AuditEntry.device == device)
        .order_by(AuditEntry.seq.desc())
        .limit(1)
    ).first()
    before = last.hash if last else _end_before(tx, device)
    entry = AuditEntry(
        device=device,
        seq=last.seq + 1 if last else 1,
        at=at,
        user_id=user_id,
        act=act,
        subjects=list(subjects),
        digest=signed,
        previous=before,
    )
    entry.hash = entry_hash(entry)
    tx.add(entry)
    tx.add_all(AuditSubject(subject=s, device=device, seq=entry.seq) for s in dict.fromkeys(subjects))
    note_audit(tx, device, entry.seq)
    tx.flush()


def _end_before(tx: Tx, chain: bytes) -> bytes:
    """The newest entry of this PC's earlier openings, to which a new chain is tied."""
    of_device = (AuditEntry.device >= chain[:8], AuditEntry.device < chain[:8] + b"\xff" * 5)
    query = select(AuditEntry.hash).where(*of_device).order_by(AuditEntry.at.desc(), AuditEntry.seq.desc()).limit(1)
    return tx.execute(query).scalar() or GENESIS


def broken_at(tx: Tx) -> tuple[bytes, int] | None:
    """Chain and number of the first entry whose hash, link or index is wrong, or None if all chains are whole.

    The index of subjects, by which rows that were taken away are missed, is no part of the hash: it is compared."""
    last: tuple[bytes, int, bytes] = (b"", 0, GENESIS)
    indexed: dict[tuple[bytes, int], set[str]] = {}
    for subject, device, seq in tx.execute(select(AuditSubject.subject, AuditSubject.device, AuditSubject.seq)):
        indexed.setdefault((device, seq), set()).add(subject)
    known = {(device[:8], digest) for device, digest in tx.execute(select(AuditEntry.device, AuditEntry.hash))}
    for entry in tx.execute(select(AuditEntry).order_by(AuditEntry.device, AuditEntry.seq)).scalars():
        begins = entry.device != last[0]
        linked = (
            entry.previous == GENESIS or (entry.device[:8], entry.previous) in known
            if begins
            else (entry.previous == last[2])
        )
        if (
            not linked
            or entry.seq != (1 if begins else last[1] + 1)
            or entry.hash != entry_hash(entry)
            or indexed.get((entry.device, entry.seq), set()) != set(entry.subjects)
        ):
            return entry.device, entry.seq
        last = (entry.device, entry.seq, entry.hash)
    return None


def signed_digests(tx: Tx, row_ids: Sequence[str], act: str) -> dict[str, dict[bytes, bytes]]:
    """What the chains of each PC say of signed rows, to compare with what is read: row -> PC -> digest. Rows of which
    none speaks are left out."""
    found = tx.execute(
        select(AuditSubject.subject, AuditEntry.device, AuditEntry.digest)
        .join(AuditEntry, (AuditSubject.device == AuditEntry.device) & (AuditSubject.seq == AuditEntry.seq))
        .where(AuditSubject.subject.in_(row_ids), AuditEntry.act == act, AuditEntry.digest.is_not(None))
    )
    digests: dict[str, dict[bytes, bytes]] = {}
    for row_id, chain, kept in found:
        digests.setdefault(row_id, {})[chain[:8]] = kept or b""
    return digests


def written_with(digests: Mapping[bytes, bytes], version: bytes) -> bytes | None:
    """The digest by the PC whose dot the row bears: what another PC says of it proves nothing against it. If only
    others speak of the row, its dot was changed, and theirs stands."""
    return digests.get(version[:8], next(iter(digests.values()), None))
