"""Session notes: kept while typed, signed once, then only amended; every reading is proven and audited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import select

from app.cases import keys
from app.cases.keys import NoCaseKey, SealedAltered
from app.cases.records import note_proofs, note_rows, read_note, write_note
from app.cases.risk import record_risk
from app.cases.risk_rules import RiskLevel
from app.cases.signed import Proofs
from app.common.clock import local
from app.common.errors import UserError
from app.common.words import N_
from app.security.context import Context
from app.security.drafts import drop
from app.sessions import content as form
from app.sessions.search import Searchable
from app.sessions.sessions import session_view, set_times
from app.sessions.views import NoteView, SessionView
from db.engine import Tx
from db.models import AuditEntry, AuditSubject, Case, CounsellingSession, Draft, SessionNote

DRAFT, AMENDMENT = "note", "amendment"


def own_session(tx: Tx, ctx: Context, session_id: str) -> CounsellingSession:
    """A session that this user counselled; UserError "not-author" otherwise."""
    row = tx.get_one(CounsellingSession, session_id)
    if row.counsellor != ctx.who.user_id:
        raise UserError("not-author", N_("Only the psychologist who held the session writes its note."))
    return row


def note_of(tx: Tx, session_id: str) -> SessionNote | None:
    """The note in force of a session; None while it is unsigned."""
    rows = tx.execute(select(SessionNote).where(SessionNote.session_id == session_id)).scalars().all()
    amended = {row.amends for row in rows}
    return next((row for row in rows if row.id not in amended), None)


def require_complete(content: Mapping[str, str]) -> form.Content:
    """The content as it will be sealed; UserError "note-incomplete" naming what is missing."""
    lacking = form.missing(content)
    if lacking:
        what = " ".join(item.text() for item in lacking)
        raise UserError("note-incomplete", N_("This note cannot be signed yet. {what}"), what=what)
    return form.cleaned(content)


def sign_note(
    tx: Tx,
    ctx: Context,
    session: CounsellingSession,
    content: Mapping[str, str],
    at: datetime,
    confirmed: Collection[str] = frozenset(),
) -> SessionNote:
    """Note and risk level, sealed and signed; session times as the note says; its draft dropped.

    Nothing is written yet when it raises: UserError if incomplete or signed before, Confirmation if the risk
    level would fall.
    """
    kept = require_complete(content)
    if note_of(tx, session.id) is not None:
        raise UserError("already-signed", N_("This note is signed already; it can only be amended."))
    case = tx.get_one(Case, session.case_id)
    record_risk(tx, ctx, case, RiskLevel(kept["risk_level"]), kept["risk"], at, confirmed)
    set_times(session, kept)
    row = write_note(tx, ctx, case, session, kept, at)
    drop_drafts(tx, ctx, DRAFT, session.id)
    return row


def amend_note(
    tx: Tx,
    ctx: Context,
    note: SessionNote,
    content: Mapping[str, str],
    reason: str,
    at: datetime,
    confirmed: Collection[str] = frozenset(),
) -> SessionNote:
    """A new note that names the one it amends and says why; both stay readable."""
    if not reason.strip():
        raise UserError("amend-reason", N_("Say why the note is amended."))
    kept = require_complete({**content, "reason": reason})
    if note.author != ctx.who.user_id:
        raise UserError("not-author", N_("Only its author amends a note."))
    session = tx.get_one(CounsellingSession, note.session_id)
    in_force = note_of(tx, session.id)
    if in_force is None or in_force.id != note.id:
        raise UserError("already-amended", N_("This note was amended before; amend the newest version."))
    case = tx.get_one(Case, note.case_id)
    before = read_note(tx, ctx, case, note, note_proofs(tx, ctx, [case.id]))
    if (before["risk_level"], before["risk"]) != (kept["risk_level"], kept["risk"]):
        record_risk(tx, ctx, case, RiskLevel(kept["risk_level"]), kept["risk"], at, confirmed)
    set_times(session, kept)
    row = write_note(tx, ctx, case, session, kept, at, amends=note.id)
    drop_drafts(tx, ctx, AMENDMENT, note.id)
    return row


def drop_drafts(tx: Tx, ctx: Context, kind: str, subject: str) -> None:
    """The drafts that a signature makes final."""
    query = select(Draft.id).where(Draft.author == ctx.who.user_id, Draft.kind == kind, Draft.subject == subject)
    for draft_id in tx.execute(query).scalars().all():
        drop(tx, ctx.who.user_id, draft_id)


def note_views(tx: Tx, ctx: Context, case: Case) -> list[NoteView]:
    """All notes of a case, oldest first, each with its proof; NoCaseKey for whoever does not hold the key."""
    keys.key_in_force(tx, ctx.who, case, ctx.members(tx))
    rows, proofs = note_rows(tx, case.id), note_proofs(tx, ctx, [case.id])
    query = select(CounsellingSession).where(CounsellingSession.case_id == case.id)
    sessions = {row.id: row for row in tx.execute(query).scalars()}
    amended_by = {row.amends: row.id for row in rows if row.amends}
    views = [_view(tx, ctx, case, row, sessions.get(row.session_id), amended_by.get(row.id), proofs) for row in rows]
    views += [_lost(tx, case, row_id, sessions) for row_id in proofs.missing(case.id, (row.id for row in rows))]
    return sorted(views, key=lambda view: (view.signed_at, view.id))


def _view(
    tx: Tx,
    ctx: Context,
    case: Case,
    row: SessionNote,
    session: CounsellingSession | None,
    amended_by: str | None,
    proofs: Proofs,
) -> NoteView:
    opened: form.Content | None
    try:
        opened = read_note(tx, ctx, case, row, proofs)
    except (SealedAltered, NoCaseKey):
        opened = None
    author = ctx.members(tx).members.get(row.author)
    said = opened or {}
    return NoteView(
        id=row.id,
        case_id=case.id,
        session_id=row.session_id,
        session_number=session.number if session else 0,
        day=_day(said.get("day", ""), session, row.signed_at),
        start=said.get("start", "") or (session.start if session else ""),
        end=said.get("end", "") or ((session.end or "") if session else ""),
        room_id=said.get("room_id") or None,
        form=said.get("form", "") or (session.form if session else ""),
        author=row.author,
        author_name=author.name if author else "",
        signed_at=row.signed_at,
        amends=row.amends,
        amended_by=amended_by,
        verified=opened is not None,
        content=said,
    )


def _day(written: str, session: CounsellingSession | None, signed_at: datetime) -> date:
    if written:
        return date.fromisoformat(written)
    return session.day if session else local(signed_at).date()


def _lost(tx: Tx, case: Case, row_id: str, sessions: Mapping[str, CounsellingSession]) -> NoteView:
    """What the audit chain says of a note that was taken away."""
    entry = (
        tx.execute(
            select(AuditEntry)
            .join(AuditSubject, (AuditEntry.device == AuditSubject.device) & (AuditEntry.seq == AuditSubject.seq))
            .where(AuditSubject.subject == row_id, AuditEntry.digest.is_not(None))
        )
        .scalars()
        .first()
    )
    assert entry is not None
    session = sessions.get(entry.subjects[2]) if len(entry.subjects) > 2 else None
    return NoteView(
        id=row_id,
        case_id=case.id,
        session_id=session.id if session else "",
        session_number=session.number if session else 0,
        day=_day("", session, entry.at),
        start=session.start if session else "",
        end=(session.end or "") if session else "",
        room_id=None,
        form=session.form if session else "",
        author=entry.user_id or "",
        author_name="",
        signed_at=entry.at,
        amends=None,
        amended_by=None,
        verified=False,
        content={},
    )


def view_of_session(tx: Tx, session: CounsellingSession) -> SessionView:
    """A session with its case's number and the note in force."""
    note = note_of(tx, session.id)
    return session_view(session, tx.get_one(Case, session.case_id), note.id if note else None)


def searchable(tx: Tx, ctx: Context) -> list[Searchable]:
    """One's own notes in force, newest first, opened into memory; what does not prove itself is left out."""
    query = select(SessionNote).where(SessionNote.author == ctx.who.user_id)
    rows = list(tx.execute(query).scalars())
    amended = {row.amends for row in rows}
    rows = [row for row in rows if row.id not in amended]
    ids = sorted({row.case_id for row in rows})
    cases = {case.id: case for case in tx.execute(select(Case).where(Case.id.in_(ids))).scalars()}
    sessions = select(CounsellingSession).where(CounsellingSession.case_id.in_(ids))
    held = {session.id: session for session in tx.execute(sessions).scalars()}
    keys.gather(tx, ids)
    proofs = note_proofs(tx, ctx, ids)
    found: list[Searchable] = []
    for row in rows:
        try:
            content = read_note(tx, ctx, cases[row.case_id], row, proofs)
        except (SealedAltered, NoCaseKey):
            continue
        session = held.get(row.session_id)
        number = session.number if session else 0
        day = _day(content["day"], session, row.signed_at)
        found.append(Searchable(row.id, row.case_id, cases[row.case_id].number, number, day, content))
    return sorted(found, key=lambda note: (note.day, note.note_id), reverse=True)
