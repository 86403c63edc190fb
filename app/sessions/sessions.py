"""Counselling sessions: begun from the queue or from a case, numbered within it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select

from app.common.clock import at_centre, local
from app.security.context import Context
from app.sessions.content import Content, read_time
from app.sessions.views import OVERDUE_HOURS, SessionView, Unsigned
from db.engine import Tx
from db.models import Case, CounsellingSession, Draft, SessionNote, Visit
from db.replica.stamping import new_id

MINUTES = 50


def start_session(
    tx: Tx, ctx: Context, case: Case, at: datetime, visit: Visit | None = None, form: str = "face"
) -> CounsellingSession:
    """A new session of the case at `at`, by the signed-in psychologist; the room is the visit's."""
    numbers = select(CounsellingSession.number).where(CounsellingSession.case_id == case.id)
    last = max(tx.execute(numbers).scalars(), default=0)
    began = local(at)
    row = CounsellingSession(
        id=new_id(tx),
        case_id=case.id,
        visit_id=visit.id if visit else None,
        number=last + 1,
        day=began.date(),
        start=began.strftime("%H:%M"),
        end=None,
        room_id=visit.room_id if visit else None,
        counsellor=ctx.who.user_id,
        form=form,
    )
    tx.add(row)
    tx.flush()
    return row


def begun_for(tx: Tx, ctx: Context, case_id: str, visit_id: str) -> CounsellingSession | None:
    """The session that this user already began for a visit."""
    query = select(CounsellingSession).where(
        CounsellingSession.case_id == case_id,
        CounsellingSession.visit_id == visit_id,
        CounsellingSession.counsellor == ctx.who.user_id,
        CounsellingSession.withdrawn.is_(False),
    )
    return tx.execute(query.order_by(CounsellingSession.number.desc())).scalars().first()


def set_times(row: CounsellingSession, content: Content) -> None:
    """Day, times, room and form as the note says; only what differs is touched."""
    start, end = read_time(content["start"]), read_time(content["end"])
    wanted: dict[str, object] = {
        "day": date.fromisoformat(content["day"]),
        "start": start.strftime("%H:%M") if start else row.start,
        "end": end.strftime("%H:%M") if end else row.end,
        "room_id": content["room_id"] or None,
        "form": content["form"],
    }
    for name, value in wanted.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def session_view(row: CounsellingSession, case: Case, note_id: str | None) -> SessionView:
    """A session as the form shows it; without an end yet, 50 minutes after the start."""
    return SessionView(
        id=row.id,
        case_id=row.case_id,
        case_number=case.number,
        number=row.number,
        day=row.day,
        start=row.start,
        end=row.end or _after(row.start),
        room_id=row.room_id,
        form=row.form,
        visit_id=row.visit_id,
        counsellor=row.counsellor,
        note_id=note_id,
    )


def _after(start: str) -> str:
    at = read_time(start)
    if at is None:
        return ""
    minutes = at.hour * 60 + at.minute + MINUTES
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def unsigned_sessions(tx: Tx, ctx: Context, user_id: str | None = None) -> list[Unsigned]:
    """Sessions without a signed note, oldest first: one user's (default: one's own). Needs no case key."""
    counsellor = user_id or ctx.who.user_id
    noted = select(SessionNote.session_id)
    query = (
        select(CounsellingSession, Case.number)
        .join(Case, Case.id == CounsellingSession.case_id)
        .where(
            CounsellingSession.counsellor == counsellor,
            CounsellingSession.withdrawn.is_(False),
            CounsellingSession.id.not_in(noted),
        )
        .order_by(CounsellingSession.day, CounsellingSession.start, CounsellingSession.number)
    )
    drafted = set(tx.execute(select(Draft.subject).where(Draft.author == counsellor, Draft.kind == "note")).scalars())
    now, found = ctx.clock.now(), []
    for row, number in tx.execute(query):
        hours = max(0, int((now - ended_at(row)) / timedelta(hours=1)))
        found.append(
            Unsigned(
                session_id=row.id,
                case_id=row.case_id,
                case_number=number,
                number=row.number,
                day=row.day,
                start=row.start,
                hours=hours,
                overdue=hours >= OVERDUE_HOURS,
                has_draft=row.id in drafted,
            )
        )
    return found


def ended_at(row: CounsellingSession) -> datetime:
    """When it ended, or should have."""
    at = read_time(row.end or _after(row.start)) or read_time("12:00")
    assert at is not None
    return at_centre(row.day, at.hour, at.minute)


def last_sessions(tx: Tx, case_ids: list[str]) -> dict[str, CounsellingSession]:
    """Case id -> its newest session."""
    session = CounsellingSession
    query = select(session).where(session.case_id.in_(case_ids), session.withdrawn.is_(False))
    query = query.order_by(session.case_id, session.day, session.number)
    return {case_id: list(rows)[-1] for case_id, rows in groupby(tx.execute(query).scalars(), lambda row: row.case_id)}
