"""What the tab, the command line and the handover page call: notes and assessments of one sign-in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select

from app.cases import keys
from app.cases.documents import documents
from app.cases.reading import audited
from app.cases.records import latest_contents
from app.cases.scales import SCALE, NewAssessment, assessment_view, record_assessment
from app.cases.service import case_lines, my_case_rows
from app.cases.views import AssessmentView
from app.common.changes import Changes, Done, Topic
from app.common.errors import UserError
from app.common.words import N_
from app.security.context import Context
from app.security.drafts import DraftService, DraftView
from app.security.permissions import May
from app.sessions import notes
from app.sessions.content import Content, Missing, missing
from app.sessions.notes import AMENDMENT, DRAFT
from app.sessions.search import Searchable, scan
from app.sessions.sessions import begun_for, last_sessions, start_session, unsigned_sessions
from app.sessions.views import BoardLine, NoteFound, NoteState, NoteView, SessionView, Unsigned
from db.engine import Tx
from db.models import Case, CounsellingSession, SessionNote, Visit

_WRITTEN = Changes.of(Topic.NOTES, Topic.CASES)


class NoteService:
    """Sessions and their notes. Holds one's own notes in memory for the search until `forget`."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self._drafts = DraftService(ctx)
        self._index: list[Searchable] | None = None

    # --- the list at the left

    def board(self, limit: int = 200) -> tuple[BoardLine, ...]:
        """My open cases: unsigned first, the oldest of them first; then the newest work, at most `limit`."""
        with self.ctx.read(May.READ_CASES) as tx:
            waiting: dict[str, Unsigned] = {}
            for item in unsigned_sessions(tx, self.ctx):
                waiting.setdefault(item.case_id, item)
            rows = my_case_rows(tx, self.ctx, also=waiting.keys(), limit=limit)
            lines = case_lines(tx, self.ctx, rows)
            states = _states(tx, [row.id for row in rows])
        board = [
            BoardLine(line, NoteState.UNSIGNED if line.id in waiting else states[line.id], waiting.get(line.id))
            for line in lines
        ]
        unsigned = sorted(
            (b for b in board if b.unsigned), key=lambda b: (b.unsigned.day, b.unsigned.start) if b.unsigned else ()
        )
        rest = sorted(
            (b for b in board if not b.unsigned),
            key=lambda b: (b.case.last_day.toordinal() if b.case.last_day else 0, b.case.opened_at),
            reverse=True,
        )
        return (*unsigned, *rest)

    def unsigned(self) -> tuple[Unsigned, ...]:
        """One's own sessions without a signed note, oldest first."""
        with self.ctx.read(May.WRITE_NOTES) as tx:
            return tuple(unsigned_sessions(tx, self.ctx))

    # --- a session

    def start(self, case_id: str, visit_id: str | None = None, form: str = "face") -> Done[SessionView]:
        """Begins a session now; the one already begun for this visit, or still unsigned today, if there is one."""
        with self.ctx.write(May.WRITE_NOTES, "session.started") as act:
            tx, now = act.tx, self.ctx.clock.now()
            case = tx.get_one(Case, case_id)
            keys.key_in_force(tx, self.ctx.who, case, self.ctx.members(tx))
            row = self._begun(tx, case_id, visit_id)
            if row is None:
                visit = tx.get_one(Visit, visit_id) if visit_id else None
                row = start_session(tx, self.ctx, case, now, visit, form)
            act.on(row.id, case_id)
            view = notes.view_of_session(tx, row)
        return Done(view, _WRITTEN)

    def _begun(self, tx: Tx, case_id: str, visit_id: str | None) -> CounsellingSession | None:
        if visit_id:
            return begun_for(tx, self.ctx, case_id, visit_id)
        mine = [item for item in unsigned_sessions(tx, self.ctx) if item.case_id == case_id]
        return tx.get_one(CounsellingSession, mine[-1].session_id) if mine else None

    def session(self, session_id: str) -> SessionView:
        """One session of a case."""
        with self.ctx.read(May.READ_CASES) as tx:
            return notes.view_of_session(tx, tx.get_one(CounsellingSession, session_id))

    def withdraw(self, session_id: str) -> Done[None]:
        """Takes back a session begun by mistake: one's own, without a note. Its draft goes with it."""
        with self.ctx.write(May.WRITE_NOTES, "session.withdrawn") as act:
            row = notes.own_session(act.tx, self.ctx, session_id)
            if notes.note_of(act.tx, session_id) is not None:
                raise UserError("already-signed", N_("This note is signed already; it can only be amended."))
            row.withdrawn = True
            notes.drop_drafts(act.tx, self.ctx, DRAFT, session_id)
            act.on(session_id, row.case_id)
        return Done(None, _WRITTEN)

    # --- drafts

    def keep(self, session_id: str, content: Mapping[str, str]) -> datetime:
        """Saves what is typed; on the disk, sealed to its author, when this returns. UserError once signed
        or taken back."""
        with self.ctx.read(May.WRITE_NOTES) as tx:
            if notes.own_session(tx, self.ctx, session_id).withdrawn:
                raise UserError("session-withdrawn", N_("This session was taken back."))
            if notes.note_of(tx, session_id) is not None:
                raise UserError("already-signed", N_("This note is signed already; it can only be amended."))
        return self._drafts.save(DRAFT, session_id, dict(content), session_id).saved_at

    def kept(self, session_id: str) -> DraftView | None:
        """The draft of a session, or None."""
        found = self._drafts.list(DRAFT, session_id)
        return found[-1] if found else None

    def keep_amendment(self, note_id: str, content: Mapping[str, str]) -> datetime:
        """As `keep`, for an amendment under way."""
        self.ctx.require(May.WRITE_NOTES)
        return self._drafts.save(AMENDMENT, note_id, dict(content), note_id).saved_at

    def kept_amendment(self, note_id: str) -> DraftView | None:
        """The amendment of a note under way, or None."""
        found = self._drafts.list(AMENDMENT, note_id)
        return found[-1] if found else None

    # --- signing

    @staticmethod
    def missing(content: Mapping[str, str]) -> list[Missing]:
        """What keeps a note from being signed; no database."""
        return missing(content)

    def sign(
        self, session_id: str, content: Mapping[str, str], confirmed: Collection[str] = frozenset()
    ) -> Done[NoteView]:
        """Seals and signs, records the risk level, drops the draft: one transaction. See `sign_note`."""
        with self.ctx.write(May.WRITE_NOTES, "session.signed") as act:
            session = notes.own_session(act.tx, self.ctx, session_id)
            row = notes.sign_note(act.tx, self.ctx, session, content, self.ctx.clock.now(), confirmed)
            act.on(row.id, session.case_id, session.id)
            view = self._fresh(act.tx, row)
        self._index = None
        return Done(view, _WRITTEN)

    def amend(
        self, note_id: str, content: Mapping[str, str], reason: str, confirmed: Collection[str] = frozenset()
    ) -> Done[NoteView]:
        """A new note that names the one amended; the author only, the newest version only."""
        with self.ctx.write(May.WRITE_NOTES, "session.amended") as act:
            note = act.tx.get_one(SessionNote, note_id)
            row = notes.amend_note(act.tx, self.ctx, note, content, reason, self.ctx.clock.now(), confirmed)
            act.on(row.id, row.case_id, note_id)
            view = self._fresh(act.tx, row)
        self._index = None
        return Done(view, _WRITTEN)

    def _fresh(self, tx: Tx, row: SessionNote) -> NoteView:
        views = notes.note_views(tx, self.ctx, tx.get_one(Case, row.case_id))
        return next(view for view in views if view.id == row.id)

    # --- reading

    def notes(self, case_id: str) -> tuple[NoteView, ...]:
        """All notes of a case, amended ones too, oldest first (write lane: the reading is audited)."""
        with audited(self.ctx, May.READ_CASES, "notes.read", case_id) as tx:
            return tuple(notes.note_views(tx, self.ctx, tx.get_one(Case, case_id)))

    def note(self, note_id: str) -> NoteView:
        """One note; SealedAltered if it is not what was signed, or was taken away."""
        with self.ctx.read(May.READ_CASES) as tx:
            row = tx.get(SessionNote, note_id)
        if row is None:
            raise keys.SealedAltered
        with audited(self.ctx, May.READ_CASES, "note.read", note_id, row.case_id) as tx:
            view = self._fresh(tx, row)
        if not view.verified:
            raise keys.SealedAltered
        return view

    def last_plan(self, case_id: str) -> str:
        """The plan of the newest note, to carry forward; "" if there is none."""
        with audited(self.ctx, May.READ_CASES, "note.plan-read", case_id) as tx:
            contents = latest_contents(tx, self.ctx, tx.get_one(Case, case_id))
            return next((content["plan"] for _, content in reversed(contents) if content.get("plan")), "")

    def search(self, words: str, limit: int = 50) -> list[NoteFound]:
        """One's own notes that hold every word, newest first; in memory only."""
        self.ctx.require(May.READ_CASES)
        if self.ctx.who.locked:
            self.forget()
        if self._index is None:
            with self.ctx.read(May.READ_CASES) as tx:
                opened = notes.searchable(tx, self.ctx)
            with self.ctx.write(May.READ_CASES, "notes.opened-for-search") as act:
                act.on(*dict.fromkeys(note.case_id for note in opened))
            self._index = None if self.ctx.who.locked else opened
            return scan(opened, words, limit)
        return scan(self._index, words, limit)

    def forget(self) -> None:
        """Drops opened notes from memory: at lock and sign-out."""
        self._index = None


def _states(tx: Tx, case_ids: list[str]) -> dict[str, NoteState]:
    sessions = last_sessions(tx, case_ids)
    ids = [row.id for row in sessions.values()]
    query = select(SessionNote.session_id, SessionNote.amends).where(SessionNote.session_id.in_(ids))
    signed: dict[str, bool] = {}
    for session_id, amends in tx.execute(query):
        signed[session_id] = signed.get(session_id, False) or amends is not None
    states: dict[str, NoteState] = {}
    for case_id in case_ids:
        row = sessions.get(case_id)
        if row is None:
            states[case_id] = NoteState.NO_SESSION
        elif row.id not in signed:
            states[case_id] = NoteState.UNSIGNED
        else:
            states[case_id] = NoteState.AMENDED if signed[row.id] else NoteState.SIGNED
    return states


class AssessmentService:
    """Scales of a case."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def record(self, case_id: str, new: NewAssessment) -> Done[AssessmentView]:
        """Scores and seals; `flagged` in the answer asks for the safety check (PHQ-9 item 9 above zero)."""
        with self.ctx.write(May.WRITE_NOTES, "scale.recorded") as act:
            case = act.tx.get_one(Case, case_id)
            row = record_assessment(act.tx, self.ctx, case, new, self.ctx.clock.now())
            act.on(row.id, case_id)
            view = next(view for view in self._all(act.tx, case) if view.id == row.id)
        return Done(view, _WRITTEN)

    def of_case(self, case_id: str) -> tuple[AssessmentView, ...]:
        """All scales of a case, oldest first (write lane: audited)."""
        with audited(self.ctx, May.READ_CASES, "scales.read", case_id) as tx:
            return tuple(self._all(tx, tx.get_one(Case, case_id)))

    def _all(self, tx: Tx, case: Case) -> list[AssessmentView]:
        membership = self.ctx.members(tx)
        views = [assessment_view(document, membership) for document in documents(tx, self.ctx, case, SCALE)]
        return sorted(views, key=lambda view: view.day)


__all__ = ["AssessmentService", "Content", "NoteService"]
