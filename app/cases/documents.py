"""Sealed content of a case other than notes: drops moved in, scales, letters before release.

Its kind stands inside the seal, so that nobody without the key learns that a letter is being written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from app.cases import keys
from app.cases.keys import SealedAltered
from app.cases.signed import Proofs, open_proven, sign
from app.security.context import Context
from db.crypto.sealing import Place, digest
from db.engine import Tx
from db.models import Case, CaseDocument
from db.replica.stamping import new_id

_DOMAIN = "longshan case document 1"
_KIND = "document"
WRITTEN = "document.written"


@dataclass(frozen=True, slots=True)
class Document:
    """One sealed document opened. `content` is what was written, `kind` such as "drop", "scale", "letter"."""

    id: str
    case_id: str
    kind: str
    content: dict[str, Any]
    author: str
    at: datetime
    supersedes: str | None


def _statement(organisation: str, row: CaseDocument) -> Place:
    return (
        _DOMAIN,
        organisation,
        row.case_id,
        row.id,
        row.key_version,
        digest(row.sealed),
        row.author,
        row.at.isoformat(),
        row.supersedes or "",
    )


def write_document(
    tx: Tx,
    ctx: Context,
    case: Case,
    kind: str,
    content: dict[str, Any],
    at: datetime,
    supersedes: str | None = None,
) -> CaseDocument:
    """Seals and signs a document under the key in force; NoCaseKey for whoever does not hold it."""
    version, key = keys.key_in_force(tx, ctx.who, case, ctx.members(tx))
    row_id = new_id(tx)
    place = keys.row_place(ctx.who.organisation_id, case.id, row_id, version, _KIND)
    row = CaseDocument(
        id=row_id,
        case_id=case.id,
        key_version=version,
        sealed=keys.seal_row(key, msgspec.msgpack.encode((kind, content)), place),
        author=ctx.who.user_id,
        at=at,
        supersedes=supersedes,
    )
    row.signature = sign(tx, ctx, WRITTEN, _statement(ctx.who.organisation_id, row), row_id, [case.id], at)
    tx.add(row)
    tx.flush()
    return row


def read_document(tx: Tx, ctx: Context, case: Case, row: CaseDocument, proofs: Proofs) -> Document:
    """One document, its signature proven; NoCaseKey or SealedAltered."""
    plain = open_proven(tx, ctx, case, row, _KIND, _statement(ctx.who.organisation_id, row), proofs)
    kind, content = msgspec.msgpack.decode(plain, type=tuple[str, dict[str, Any]])
    return Document(row.id, row.case_id, kind, content, row.author, row.at, row.supersedes)


def documents(tx: Tx, ctx: Context, case: Case, *kinds: str) -> list[Document]:
    """The case's documents of these kinds (all without), oldest first, superseded ones left out.

    NoCaseKey for whoever does not hold the key, also of a case without documents; SealedAltered if one was
    altered or taken away.
    """
    keys.key_in_force(tx, ctx.who, case, ctx.members(tx))
    query = select(CaseDocument).where(CaseDocument.case_id == case.id).order_by(CaseDocument.at, CaseDocument.id)
    rows: Sequence[CaseDocument] = tx.execute(query).scalars().all()
    proofs = Proofs(tx, ctx, [case.id], [WRITTEN])
    if proofs.missing(case.id, (row.id for row in rows)):
        raise SealedAltered
    gone = {row.supersedes for row in rows if row.supersedes}
    opened = [read_document(tx, ctx, case, row, proofs) for row in rows if row.id not in gone]
    return [document for document in opened if not kinds or document.kind in kinds]
