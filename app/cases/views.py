"""What the services of cases answer with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from app.cases.consent import ConsentMeter
from app.cases.risk import LiveRisk, RiskView
from app.cases.risk_rules import RiskLevel


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list: nothing that is sealed, no name. `age` is today's; `mine`: the user holds a grant."""

    id: str
    number: str
    client_id: str
    age: int | None
    sex: str | None
    grade: str | None
    state: str
    opened_at: datetime
    risk: RiskLevel | None
    risk_altered: bool
    sessions: int
    last_day: date | None


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """A scale opened. `answers` is empty where only the total was taken over from paper."""

    id: str
    scale: str
    name: str
    day: date
    total: int
    answers: tuple[int, ...]
    flagged: bool
    author_name: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """The case at a glance, opened with its key. `holders` are the names of those whose keys open it.

    `damaged`: the parts (msgids) that do not prove themselves; they are empty here, and shown as such.
    """

    id: str
    number: str
    client_id: str
    client_number: str
    age: int | None
    sex: str | None
    grade: str | None
    school: str | None
    kind: str
    state: str
    opened_at: datetime
    holders: tuple[str, ...]
    consent: ConsentMeter
    risk: LiveRisk | None
    risk_history: tuple[RiskView, ...]
    sessions: int
    first_day: date | None
    last_day: date | None
    assessments: tuple[AssessmentView, ...]
    last_plan: str = field(repr=False)
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DropView:
    """What the desk took down in confidence at one visit, as moved into the case. Fields: see `app.intake`."""

    id: str
    visit_id: str
    told_at: datetime
    told: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """The answer to opening a case from the queue. `new`: it did not exist before."""

    case_id: str
    number: str
    visit_id: str | None
    new: bool
    drops: tuple[DropView, ...]
