"""A student with a case, sessions, scales and consents: what a referral letter is written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.bootstrap import Office
from app.cases.consent import NewConsent, record_consent
from app.cases.consent_rules import ALL_SCOPES, ConsentAct, Party, Purpose, Scope
from app.cases.opening import open_case
from app.cases.risk import record_risk
from app.cases.risk_rules import RiskLevel
from app.cases.scales import NewAssessment, record_assessment
from app.people.clients import NewClient, NewGuardian, create_client
from app.people.defaults import CLINICS, HOSPITAL, add_destinations
from app.referrals.rules import Urgency
from app.referrals.views import ReferralDraft
from app.security.permissions import May
from db.models import Case, CounsellingSession, Destination

NAME = "王子琪"
OBSERVED = "近一个月入睡困难，两周内三次未到校，谈及人际时情绪低落。"
MEASURES = "已告知监护人陪伴，并约定 72 小时内回访。"


@dataclass(frozen=True)
class Student:
    """The ids that a test works with."""

    client_id: str
    case_id: str
    places: tuple[str, ...]


def open_student(office: Office, *, name: str = NAME, birth: date | None = date(2013, 3, 5)) -> Student:
    """A student of 13, two sessions, one PHQ-9, risk "focus"; no consent yet. `office` is a psychologist's."""
    ctx = office.ctx
    now = ctx.clock.now()
    with ctx.write(May.OPEN_CASES, "test.prepared") as act:
        tx = act.tx
        if not tx.execute(select(Destination.id).limit(1)).first():
            add_destinations(tx)
        new = NewClient(
            name,
            sex="female",
            birth_date=birth,
            school_name="第三中学",
            grade="初二年级",
            telephones=("13906350001",),
            guardians=(NewGuardian("王建国", "父亲", "13906350002"),),
            safe_times="18:00-20:00",
        )
        client = create_client(tx, new, now.date())
        case = open_case(tx, ctx, client.id, now)
        for number, day in enumerate((date(2026, 9, 14), date(2026, 11, 23)), 1):
            session = CounsellingSession(case_id=case.id, number=number, day=day, start="09:00", form="face")
            session.counsellor = ctx.who.user_id
            tx.add(session)
        record_risk(tx, ctx, case, RiskLevel.FOCUS, "谈及不想上学", now)
        for total, weeks in ((18, 9), (15, 0)):
            taken = now.date() - timedelta(weeks=weeks)
            record_assessment(tx, ctx, case, NewAssessment("other", taken, name="PHQ-9", total=total), now)
        clinics = select(Destination.id).where(Destination.institution == HOSPITAL).order_by(Destination.position)
        places = tuple(tx.execute(clinics).scalars())
    assert len(places) == len(CLINICS)
    return Student(client.id, case.id, places)


def agree(
    office: Office,
    student: Student,
    by: Party = Party.GUARDIAN,
    *,
    scope: frozenset[Scope] = ALL_SCOPES,
    place: int = 0,
) -> None:
    """A consent to share with a hospital."""
    _record(office, student, ConsentAct.GIVEN, by, scope, place)


def withdraw(office: Office, student: Student, place: int = 0) -> None:
    """Takes it back."""
    _record(office, student, ConsentAct.WITHDRAWN, Party.GUARDIAN, frozenset(), place)


def _record(office: Office, student: Student, what: ConsentAct, by: Party, scope: frozenset[Scope], place: int) -> None:
    new = NewConsent(Purpose.SHARE, what, by.value, student.places[place], scope, signer_name="王建国")
    with office.ctx.write(May.RECORD_CONSENT, "test.consent") as act:
        record_consent(act.tx, office.ctx, student.client_id, new, office.ctx.clock.now())


def draft_for(office: Office, student: Student, *, urgency: Urgency = Urgency.SOON, place: int = 0) -> ReferralDraft:
    """A letter that can be released once consent is there."""
    form = office.services.letters.form(student.case_id)
    return ReferralDraft(
        destination_id=student.places[place],
        urgency=urgency,
        observed=OBSERVED,
        measures=MEASURES,
        totals=form.totals,
    )


def case_row(office: Office, student: Student) -> Case:
    """The case's row, read for a test."""
    with office.ctx.read(May.SEE_CLIENTS) as tx:
        return tx.get_one(Case, student.case_id)
