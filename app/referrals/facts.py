"""What a letter says that nobody types: the student, the counselling so far, risk, totals, the centre's head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.cases.documents import documents
from app.cases.keys import SealedAltered
from app.cases.risk import live_risks
from app.cases.risk_rules import RiskLevel
from app.cases.scales import SCALE, assessment_view
from app.common.errors import UserError
from app.common.words import N_
from app.people.contact import contact
from app.printing.letter import AssessmentTotal
from app.referrals.views import Place, Total
from app.security.context import Context
from db.engine import Tx
from db.models import Case, Centre, Client, CounsellingSession, Destination, School

RISK_ON_PAPER = {
    RiskLevel.NONE: "无",
    RiskLevel.ATTENTION: "一般关注",
    RiskLevel.FOCUS: "重点关注",
    RiskLevel.URGENT: "紧急",
}
"""On paper, which is Chinese whatever the window speaks; never a bare numeral."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A level in force, and when it was set."""

    level: RiskLevel
    at: datetime


def school_name(tx: Tx, client: Client) -> str:
    """The directory's name of the school, else as told."""
    named = tx.get(School, client.school_id) if client.school_id else None
    return named.name if named else client.school_name or ""


def school_telephone(tx: Tx, client: Client) -> str:
    """The consultation telephone of the client's school, where the directory knows it."""
    named = tx.get(School, client.school_id) if client.school_id else None
    return (named.telephone or "") if named else ""


def guardians(tx: Tx, client_id: str) -> tuple[str, ...]:
    """Names of the guardians there are, both where two PCs disagree."""
    return tuple(dict.fromkeys(one.name for one in contact(tx, client_id).guardians))


def centre(tx: Tx, centre_id: str) -> Centre:
    found = tx.get(Centre, centre_id)
    if found is None:
        raise UserError("no-centre", N_("This centre is not on this PC."))
    return found


def places(tx: Tx, client: Client) -> tuple[Place, ...]:
    """Where this client can be sent: the directory in its order, then the client's own school."""
    query = select(Destination).where(Destination.active).order_by(Destination.position, Destination.id)
    found = [_place(row) for row in tx.execute(query).scalars()]
    school = tx.get(School, client.school_id) if client.school_id else None
    if school is not None:
        found.append(Place(school.id, school.name, "", "school", school.telephone or ""))
    return tuple(found)


def place(tx: Tx, client: Client, destination_id: str) -> Place | None:
    """One destination, also one that is no longer offered; the client's school by its own id."""
    row = tx.get(Destination, destination_id) if destination_id else None
    if row is not None:
        return _place(row)
    return next((found for found in places(tx, client) if found.id == destination_id), None)


def _place(row: Destination) -> Place:
    return Place(row.id, row.institution, row.clinic, row.kind, row.telephone or "")


def period(tx: Tx, case_id: str, until: date) -> tuple[date | None, int]:
    """First day and number of the case's sessions up to a day."""
    query = select(func.min(CounsellingSession.day), func.count()).where(
        CounsellingSession.case_id == case_id, CounsellingSession.day <= until
    )
    first, count = tx.execute(query).one()
    return first, count


def risk(tx: Tx, ctx: Context, case_id: str) -> Risk | None:
    """The level that the case shows; SealedAltered if it may be higher than it looks."""
    found = live_risks(tx, ctx, [case_id]).get(case_id)
    if found is None or found.level is None or found.at is None:
        return None
    if found.altered:
        raise SealedAltered
    return Risk(found.level, found.at)


def as_total(total: Total) -> AssessmentTotal:
    """As the letter prints it."""
    return AssessmentTotal(total.scale, total.day, total.total)


def totals(tx: Tx, ctx: Context, case: Case) -> tuple[Total, ...]:
    """The totals of the scales taken in this case, newest first; sealed, so only for holders of its key."""
    membership = ctx.members(tx)
    taken = [assessment_view(one, membership) for one in documents(tx, ctx, case, SCALE)]
    found = [Total(one.name, one.day, str(one.total)) for one in taken]
    return tuple(sorted(found, key=lambda total: (total.day, total.scale), reverse=True))
