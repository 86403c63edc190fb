"""The demonstration's work behind closed doors: cases, notes, scales, consent, letters in every state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select

from app.bootstrap import Office
from app.cases.consent import NewConsent, record_consent
from app.cases.consent_rules import ALL_SCOPES, ConsentAct, Party, Purpose
from app.cases.opening import open_case
from app.cases.risk_rules import RiskLevel
from app.cases.scales import NewAssessment, record_assessment
from app.common.clock import SetClock, local
from app.common.errors import Confirmation
from app.demo import texts
from app.referrals.letters import add_step, release_letter
from app.referrals.rules import Step, Urgency
from app.referrals.views import ReferralDraft, Total
from app.security.context import Act
from app.security.permissions import May
from app.sessions.notes import sign_note
from app.sessions.sessions import start_session
from db.engine import Tx
from db.models import Case, Client, Destination, Visit

STEPS = (Step.PRINTED, Step.COLLECTED, Step.ARRIVED, Step.REPLIED, Step.RETURNED)
LEVELS = (*[RiskLevel.NONE] * 7, *[RiskLevel.ATTENTION] * 4, RiskLevel.FOCUS)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the demonstration: released so many days ago and come so far (0: just released)."""

    days_ago: int
    steps: int
    urgency: Urgency = Urgency.SOON


@contextmanager
def at(office: Office, moment: datetime) -> Iterator[None]:
    """The office's clock stands at `moment` inside the block."""
    before, office.ctx.clock = office.ctx.clock, SetClock(moment)
    try:
        yield
    finally:
        office.ctx.clock = before


def note_content(random: Random, moment: datetime, level: RiskLevel) -> dict[str, str]:
    """A complete note of a session that began at `moment`."""
    began = local(moment)
    return {
        "day": began.date().isoformat(),
        "start": f"{began:%H:%M}",
        "end": f"{began + timedelta(minutes=50):%H:%M}",
        "form": "face",
        "presenting": random.choice(texts.PRESENTING),
        "observed": random.choice(texts.OBSERVED),
        "intervention": random.choice(texts.INTERVENTION),
        "risk_level": level.value,
        "risk": texts.RATIONALE[level.value],
        "plan": random.choice(texts.PLAN),
    }


def consent(tx: Tx, office: Office, client: Client, moment: datetime, recipient: str | None = None) -> None:
    """Guardian and child agree to counselling, or to sharing with one recipient."""
    purpose = Purpose.SHARE if recipient else Purpose.COUNSELLING
    scope = ALL_SCOPES if recipient else frozenset()
    new = NewConsent(purpose, ConsentAct.GIVEN, Party.BOTH.value, recipient, scope, "监护人")
    record_consent(tx, office.ctx, client.id, new, moment)


def begin_case(act: Act, office: Office, visit: Visit) -> Case:
    """Opens the case at a visit and takes the consent to counselling."""
    client = act.tx.get_one(Client, visit.client_id)
    case = open_case(act.tx, office.ctx, client.id, visit.status_at)
    consent(act.tx, office, client, visit.status_at)
    act.on(case.id)
    return case


def signed_session(act: Act, office: Office, case: Case, visit: Visit, level: RiskLevel, random: Random) -> None:
    """A session at the visit, its note signed half an hour after."""
    visit.case_id = case.id
    session = start_session(act.tx, office.ctx, case, visit.status_at, visit)
    content = note_content(random, visit.status_at, level)
    signed_at = visit.status_at + timedelta(minutes=80)
    try:
        sign_note(act.tx, office.ctx, session, content, signed_at)
    except Confirmation as question:
        sign_note(act.tx, office.ctx, session, content, signed_at, {question.token})
    act.on(session.id)


def phq9(act: Act, office: Office, case: Case, day: date, moment: datetime, total: int) -> None:
    """A PHQ-9 with that total and nothing on item 9 unless the total is above 20."""
    answers = [0] * 9
    for n in range(total):
        answers[n % 8] += 1
    answers[8] = 1 if total > 20 else 0
    answers = [min(3, answer) for answer in answers]
    record_assessment(act.tx, office.ctx, case, NewAssessment("phq-9", day, tuple(answers)), moment)


def letter(clinician: Office, desk: Office, case_id: str, plan: Letter, now: datetime, random: Random) -> str:
    """Consent, release and the steps of one letter; gives its number."""
    released = now - timedelta(days=plan.days_ago, minutes=random.randrange(1, 50))
    with at(clinician, released), clinician.ctx.write(May.WRITE_REFERRALS, "letter.released") as act:
        tx = act.tx
        case = tx.get_one(Case, case_id)
        places = tx.execute(select(Destination.id).order_by(Destination.position)).scalars().all()
        place = random.choice(places)
        consent(tx, clinician, tx.get_one(Client, case.client_id), released, place)
        draft = ReferralDraft(
            destination_id=place,
            urgency=plan.urgency,
            observed=random.choice(texts.LETTER_OBSERVED),
            totals=(Total("PHQ-9", local(released).date(), str(random.randrange(10, 20))),),
            measures=random.choice(texts.LETTER_MEASURES),
            advice=random.choice(texts.LETTER_ADVICE),
        )
        row = release_letter(act, clinician.ctx, case_id, draft)
    gap = min(1.0, plan.days_ago / (plan.steps + 1))
    for n, step in enumerate(STEPS[: plan.steps]):
        moment = released + timedelta(days=gap * n, minutes=20 + n)
        with at(desk, min(moment, now)), desk.ctx.write(May.PRINT_RELEASED, f"letter.{step.value}") as act:
            details = {"copies": 2} if step is Step.PRINTED else {}
            add_step(act, desk.ctx, row, step, details)
    return row.number
