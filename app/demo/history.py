"""The demonstration's term, played: people come, are called, some get a case with notes, scales and letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.bootstrap import Office
from app.cases.risk_rules import RiskLevel
from app.common.clock import Clock, local
from app.common.progress import CancelToken, Progress
from app.demo import invented, texts
from app.demo.clinical import LEVELS, Letter, begin_case, letter, phq9, signed_session
from app.demo.term import Person, by_day
from app.intake.arrivals import PersonArriving, register
from app.intake.queue import step
from app.referrals.rules import Urgency
from app.security.permissions import May
from db.models import Case, Visit

BATCH = 100
_GIRLS_LEVELS = (RiskLevel.ATTENTION, RiskLevel.ATTENTION, RiskLevel.FOCUS, RiskLevel.FOCUS)
_GIRLS_TOTALS = (18, 15, 12)
LETTERS = (
    Letter(0, 0, Urgency.URGENT),
    Letter(0, 0),
    Letter(2, 1),
    Letter(5, 2),
    Letter(9, 2),
    Letter(4, 3),
    Letter(12, 4),
    Letter(20, 5),
)
"""Two to print, one printed, two collected (one overdue), arrived, replied, back at school."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts: the desk, two clinicians, and what the drawing needs."""

    desk: Office
    psych: Office
    supervisor: Office
    random: Random
    clock: Clock
    schools: Sequence[str]

    def clinician(self, person: Person) -> Office:
        """Whose case this is."""
        return self.psych if person.clinician == "psych" else self.supervisor


Came = tuple[datetime, Person, str]


def play_term(cast: Cast, people: list[Person], show: Progress, cancel: CancelToken) -> None:
    """All visits before today, in batches of at most 100 visits a transaction."""
    total, done = sum(len(person.moments) for person in people), 0
    for day in by_day(people):
        for start in range(0, len(day), BATCH):
            cancel.check()
            part = day[start : start + BATCH]
            came = _arrivals(cast, part)
            for login in ("psych", "supervisor"):
                _sessions(cast, [one for one in came if one[1].with_case and one[1].clinician == login], login)
            done += len(part)
            show(done, total)


def _arrivals(cast: Cast, part: list[tuple[datetime, Person]]) -> list[Came]:
    came = []
    with cast.desk.ctx.write(May.REGISTER_VISITS, "visit.registered") as act:
        for moment, person in part:
            arriving = PersonArriving(
                person.client_id or person.new_client(list(cast.schools)),
                concerns=tuple(cast.random.sample(invented.CONCERNS, cast.random.choice((1, 1, 2)))),
                told={"reason": cast.random.choice(texts.REASONS)} if cast.random.random() < 0.2 else {},
                safety=("no", "no", "no") if cast.random.random() < 0.7 else ("unasked",) * 3,
            )
            companions = ["mother"] if cast.random.random() < 0.5 else []
            source = cast.random.choice(invented.SOURCES[:5])
            (visit,) = register(act.tx, cast.desk.ctx, [arriving], moment, companions, source)
            person.client_id = visit.client_id
            left = not person.with_case and cast.random.random() < 0.03
            for status, minutes in (("left", 40),) if left else (("called", 10), ("in_session", 12), ("done", 65)):
                step(act.tx, cast.desk.ctx, visit, status, moment + timedelta(minutes=minutes))
            act.on(visit.id)
            came.append((moment, person, visit.id))
    return came


def _sessions(cast: Cast, came: list[Came], login: str) -> None:
    if not came:
        return
    office = cast.psych if login == "psych" else cast.supervisor
    with office.ctx.write(May.WRITE_NOTES, "note.signed") as act:
        for moment, person, visit_id in came:
            visit = act.tx.get_one(Visit, visit_id)
            visit.staff_id = office.who.staff_id
            if not person.case_id:
                person.case_id = begin_case(act, office, visit).id
            case = act.tx.get_one(Case, person.case_id)
            nth = person.moments.index(moment)
            girl = person.who.name == "王子琪"
            level = _GIRLS_LEVELS[nth] if girl else cast.random.choice(LEVELS)
            signed_session(act, office, case, visit, level, cast.random)
            if girl and nth < len(_GIRLS_TOTALS):
                phq9(act, office, case, local(moment).date(), moment, _GIRLS_TOTALS[nth])
            elif nth % 2 == 0 and cast.random.random() < 0.5:
                phq9(act, office, case, local(moment).date(), moment, cast.random.randrange(3, 21))


def letters(cast: Cast, people: list[Person]) -> None:
    """One letter in each state, from as many cases as there are."""
    cases = [person for person in people if person.case_id and person.who.name != "王子琪"]
    now = cast.clock.now()
    for plan, person in zip(LETTERS, cases, strict=False):
        letter(cast.clinician(person), cast.desk, person.case_id, plan, now, cast.random)
