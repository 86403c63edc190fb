"""Signed session notes as rows: sealed and signed when written, proven and opened when read.

What a note means to the one who writes it is in `app.sessions`; letters and the case at a glance need only this.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import select

from app.cases import keys
from app.cases.keys import SealedAltered
from app.cases.signed import Proofs, open_proven, sign
from app.security.context import Context
from db.crypto.sealing import Place, digest
from db.engine import Tx
from db.models import Case, CounsellingSession, SessionNote
from db.replica.stamping import new_id

_DOMAIN = "longshan session note 1"
_KIND = "note"
SIGNED = "note.signed"
AMENDED = "note.amended"
ACTS = (SIGNED, AMENDED)

Content = dict[str, str]
"""Field of the note -> text; the fields are in `app.sessions.content`."""


def _statement(organisation: str, row: SessionNote) -> Place:
    return (
        _DOMAIN,
        organisation,
        row.case_id,
        row.session_id,
        row.id,
        row.amends or "",
        row.key_version,
        digest(row.sealed),
        row.author,
        row.signed_at.isoformat(),
    )


def write_note(
    tx: Tx, ctx: Context, case: Case, session: CounsellingSession, content: Content, at: datetime, amends: str = ""
) -> SessionNote:
    """Seals and signs one note, or the amendment of one; NoCaseKey for whoever does not hold the key."""
    organisation = ctx.who.organisation_id
    version, key = keys.key_in_force(tx, ctx.who, case, ctx.members(tx))
    row_id = new_id(tx)
    place = keys.row_place(organisation, case.id, row_id, version, _KIND)
    row = SessionNote(
        id=row_id,
        case_id=case.id,
        session_id=session.id,
        amends=amends or None,
        key_version=version,
        sealed=keys.seal_row(key, msgspec.msgpack.encode(content), place),
        author=ctx.who.user_id,
        signed_at=at,
    )
    act = AMENDED if amends else SIGNED
    row.signature = sign(tx, ctx, act, _statement(organisation, row), row_id, [case.id, session.id], at)
    tx.add(row)
    tx.flush()
    return row


def read_note(tx: Tx, ctx: Context, case: Case, row: SessionNote, proofs: Proofs) -> Content:
    """One note's content; NoCaseKey without the key, SealedAltered if it is not what its author signed."""
    plain = open_proven(tx, ctx, case, row, _KIND, _statement(ctx.who.organisation_id, row), proofs)
    return msgspec.msgpack.decode(plain, type=Content)


def note_rows(tx: Tx, case_id: str) -> list[SessionNote]:
    """All notes of a case, sealed, oldest first."""
    query = select(SessionNote).where(SessionNote.case_id == case_id).order_by(SessionNote.signed_at, SessionNote.id)
    return list(tx.execute(query).scalars())


def note_proofs(tx: Tx, ctx: Context, case_ids: Sequence[str]) -> Proofs:
    """What the audit chain knows of the notes of these cases."""
    return Proofs(tx, ctx, case_ids, ACTS)


def latest_contents(tx: Tx, ctx: Context, case: Case) -> list[tuple[SessionNote, Content]]:
    """Each session's note as it stands (the amended ones left out), oldest first; NoCaseKey or SealedAltered.

    SealedAltered also if a note was taken away: the one before it must not pass for the latest.
    """
    keys.key_in_force(tx, ctx.who, case, ctx.members(tx))
    rows, proofs = note_rows(tx, case.id), note_proofs(tx, ctx, [case.id])
    if proofs.missing(case.id, (row.id for row in rows)):
        raise SealedAltered
    amended = {row.amends for row in rows}
    return [(row, read_note(tx, ctx, case, row, proofs)) for row in rows if row.id not in amended]
