"""The facts of the day that lie in other areas' tables: counts, cases at risk, what is unsigned, holidays."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import exists, select

from app.cases.consent import consent_meter
from app.cases.consent_rules import Purpose
from app.cases.keys import SealedAltered
from app.cases.risk import live_risks
from app.cases.risk_rules import RiskLevel, rank
from app.common.words import N_
from app.intake.appointments import appointments_of
from app.intake.views import QueueView
from app.rota.holidays import lines as lines_of
from app.rota.sessions import is_announced
from app.security.context import Context
from app.security.permissions import May, Role
from app.sessions.sessions import ended_at, unsigned_sessions
from app.today.views import BookingToday, HolidayLine, RiskLine
from db.engine import Tx
from db.models import Case, CaseGrant, CounsellingSession, Holiday, RiskEvent, SessionNote, Visit

HIGH = (RiskLevel.FOCUS, RiskLevel.URGENT)


def arrivals(tx: Tx, centre_id: str, day: date) -> Counter[str]:
    """How many came today, as what."""
    query = select(Visit.came_as).where(Visit.centre_id == centre_id, Visit.day == day)
    return Counter(tx.execute(query).scalars())


def sees_own_only(ctx: Context) -> bool:
    """A psychologist's unsigned notes are their own; a supervisor, director or desk sees how many the centre has."""
    return May.WRITE_NOTES in ctx.who.may and Role.SUPERVISOR not in ctx.who.roles


def unsigned_hours(tx: Tx, ctx: Context) -> list[int]:
    """Hours since the end of each session without a signed note, the longest first."""
    if sees_own_only(ctx):
        return sorted((one.hours for one in unsigned_sessions(tx, ctx)), reverse=True)
    noted = exists().where(SessionNote.session_id == CounsellingSession.id)
    query = (
        select(CounsellingSession)
        .join(Case, Case.id == CounsellingSession.case_id)
        .where(
            Case.centre_id == ctx.who.centre_id,
            CounsellingSession.withdrawn.is_(False),
            ~noted,
        )
    )
    now = ctx.clock.now()
    ages = (int((now - ended_at(row)) / timedelta(hours=1)) for row in tx.execute(query).scalars())
    return sorted((max(0, hours) for hours in ages), reverse=True)


def risks(tx: Tx, ctx: Context) -> list[RiskLine]:
    """Open cases in focused attention or urgent, the gravest first; without level and time for the desk."""
    raised = select(RiskEvent.case_id).where(RiskEvent.level.in_([level.value for level in HIGH]))
    here = (Case.centre_id == ctx.who.centre_id, Case.state == "open", Case.id.in_(raised))
    numbers = {row.id: row.number for row in tx.execute(select(Case.id, Case.number).where(*here))}
    may_know = May.READ_CASES in ctx.who.may
    mine = select(CaseGrant.case_id).where(CaseGrant.recipient == ctx.who.user_id, CaseGrant.case_id.in_(numbers))
    own = set(tx.execute(mine).scalars()) if may_know else set()  # a hint; the notes verify the grant
    found = []
    for case_id, now in live_risks(tx, ctx, numbers).items():
        if now.level in HIGH or now.altered:
            order = (-(rank(now.level) if now.level else 0), now.at.isoformat() if now.at else "", numbers[case_id])
            if may_know:
                found.append(
                    (
                        order,
                        RiskLine(numbers[case_id], now.level, now.at, now.altered, case_id if case_id in own else None),
                    )
                )
            else:
                found.append(((0, "", numbers[case_id]), RiskLine(numbers[case_id], None, None)))
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


def bookings(tx: Tx, centre_id: str, day: date) -> list[BookingToday]:
    """Today's appointments without names."""
    return [
        BookingToday(row.id, row.starts_at, row.ticket, row.kind, row.room_name, row.staff_name, row.status)
        for row in appointments_of(tx, centre_id, day)
    ]


def consents_missing(tx: Tx, ctx: Context, queue: QueueView, day: date) -> int:
    """How many who are here or still expected today have not agreed to counselling."""
    here = {entry.client_id for entry in queue.entries}
    expected = {row.client_id for row in appointments_of(tx, ctx.who.centre_id, day) if row.status == "booked"}
    return sum(not _agreed(tx, ctx, client_id) for client_id in sorted(here | expected))


def _agreed(tx: Tx, ctx: Context, client_id: str) -> bool:
    try:
        line = consent_meter(tx, ctx, client_id).line(Purpose.COUNSELLING)
    except SealedAltered:
        return False
    return line is not None and line.stand.allowed


def holidays(tx: Tx, day: date) -> tuple[list[HolidayLine], HolidayLine | None]:
    """The next public holidays and the next make-up workday. A year that nobody has announced is said to be so."""
    query = select(Holiday).where(Holiday.withdrawn.is_(False), Holiday.day >= day)
    coming = lines_of(tx.execute(query).scalars())
    days_off = [line for line in coming if not line.workday]
    lines = [HolidayLine(line.name, line.first, line.last, line.first.year) for line in days_off][:2]
    for year in (day.year, day.year + 1):
        if not is_announced(tx, year):
            name = N_("New Year's Day") if year > day.year else N_("Public holidays")
            lines.append(HolidayLine(name, None, None, year))
            break
    makeup = next((line for line in coming if line.workday), None)
    return lines, HolidayLine(makeup.name, makeup.first, makeup.first, makeup.first.year) if makeup else None
