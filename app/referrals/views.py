"""What the referral services hand out and take in: frozen, plain, without a trace of the file they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.cases.consent_rules import Scope, Stand, Standing
from app.common.words import N_
from app.referrals.rules import Level, Status, Step, Urgency


@dataclass(frozen=True, slots=True)
class Total:
    """One scale's total as the letter shall show it."""

    scale: str
    day: date
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralDraft:
    """What the form holds. Destination and texts may still be missing; period, count and risk are computed."""

    destination_id: str = ""
    urgency: Urgency = Urgency.ROUTINE
    observed: str = ""
    totals: tuple[Total, ...] = ()
    with_period: bool = True
    with_risk: bool = True
    measures: str = ""
    advice: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For the sealed draft and the sealed document."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        found["urgency"] = self.urgency.value
        found["totals"] = [[t.scale, t.day.isoformat(), t.total] for t in self.totals]
        return found

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> ReferralDraft:
        """The reverse; what an older version did not know takes its default."""
        known = {f.name: content[f.name] for f in fields(cls) if f.name in content}
        if "urgency" in known:
            known["urgency"] = Urgency(known["urgency"])
        known["totals"] = tuple(Total(s, date.fromisoformat(d), t) for s, d, t in known.get("totals", ()))
        return cls(**known)

    def texts(self) -> dict[str, str]:
        """The free texts by field, for the check of their wording."""
        return {"observed": self.observed, "measures": self.measures, "advice": self.advice}

    def items(self) -> frozenset[Scope]:
        """What this letter would tell; that the student comes here, every letter tells."""
        told = {
            Scope.ATTENDANCE: True,
            Scope.PERIOD: self.with_period,
            Scope.OBSERVED: bool(self.observed.strip()),
            Scope.SCALES: bool(self.totals),
            Scope.RISK: self.with_risk,
            Scope.MEASURES: bool(self.measures.strip()),
        }
        return frozenset(item for item, there in told.items() if there)

    @property
    def blank(self) -> bool:
        """Nothing typed yet."""
        return not (self.destination_id or self.totals or any(text.strip() for text in self.texts().values()))


class Ground(StrEnum):
    """The lawful grounds (PIPL §13) on which a letter goes out without consent; words in `cases.consent_rules`."""

    EMERGENCY = "emergency"
    LEGAL_DUTY = "legal-duty"


@dataclass(frozen=True, slots=True)
class Override:
    """Released without consent: on which ground, and why in words; both are recorded and signed."""

    ground: Ground
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """A destination: hospital clinic, school or other."""

    id: str
    institution: str
    clinic: str
    kind: str
    telephone: str = ""

    def name(self) -> str:
        return f"{self.institution} {self.clinic}".strip()


@dataclass(frozen=True, slots=True)
class ConsentState:
    """Whether a letter that tells `items` may go to one recipient now."""

    recipient_id: str
    stand: Stand
    items: frozenset[Scope] = frozenset()

    @property
    def uncovered(self) -> frozenset[Scope]:
        """What the letter tells and the signatures do not cover; empty while a signature is missing altogether."""
        return self.items - self.stand.scope if self.stand.allowed else frozenset()

    @property
    def granted(self) -> bool:
        """Everybody who must has agreed, to all that the letter tells."""
        return self.stand.standing in (Standing.GIVEN, Standing.PARTIAL) and not self.uncovered

    @property
    def excepted(self) -> bool:
        """No consent, but a recorded exception."""
        return self.stand.standing is Standing.EXCEPTION


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """One of the psychologist's cases, to write a letter in."""

    case_id: str
    number: str
    client_name: str
    client_id: str
    has_draft: bool = False
    written_id: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenReferral:
    """A letter kept in the case, not yet released."""

    document_id: str
    draft: ReferralDraft
    at: datetime
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralForm:
    """All that the form shows of a case: what is computed, what can be chosen, what was begun."""

    case_id: str
    case_number: str
    client_id: str
    client_name: str
    sex: str
    age: int | None
    school: str
    grade: str
    period_from: date | None
    sessions: int
    risk_level: str
    risk_at: datetime | None
    totals: tuple[Total, ...]
    places: tuple[Place, ...]
    guardians: tuple[str, ...]
    draft: ReferralDraft
    draft_id: str | None
    written_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCard:
    """A released letter on the board: no name, since people lean over the desk."""

    id: str
    number: str
    institution: str
    clinic: str
    urgency: Urgency
    status: Status
    days: int
    level: Level
    next: Step | None
    released_at: datetime
    released_by: str
    client_id: str
    since: datetime
    reply_arrived: bool | None = None
    altered: bool = False

    @property
    def short(self) -> str:
        """0118-3 of LSA-2026-0118-3."""
        return "-".join(self.number.split("-")[-2:])


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """Letters of one status: urgent first, then overdue, then the oldest."""

    status: Status
    cards: tuple[LetterCard, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """All letters that wait for something."""

    day: date
    columns: tuple[BoardColumn, ...]

    def card(self, letter_id: str) -> LetterCard | None:
        return next((card for column in self.columns for card in column.cards if card.id == letter_id), None)

    def count(self, status: Status) -> int:
        return next(len(column.cards) for column in self.columns if column.status is status)


class BackToSchool(StrEnum):
    """The hospital's word on school, as ticked on the reply."""

    NOT_SAID = "not-said"
    MAY = "may"
    LATER = "later"
    ESCORTED = "escorted"


BACK_WORDS: dict[BackToSchool, str] = {
    BackToSchool.NOT_SAID: N_("not ticked"),
    BackToSchool.MAY: N_("may return to school"),
    BackToSchool.LATER: N_("return later"),
    BackToSchool.ESCORTED: N_("return with company"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """回执 as it came back. `advice` is sealed to the centre's clinicians; the desk does not read it again."""

    arrived: bool = True
    day: date | None = None
    department: str = ""
    advice: str = ""
    back_to_school: BackToSchool = BackToSchool.NOT_SAID


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A reply read again; `advice` is None for whoever has no key to it."""

    arrived: bool
    day: date | None
    department: str
    back_to_school: BackToSchool
    advice: str | None


@dataclass(frozen=True, slots=True)
class LetterView:
    """One released letter opened: its card, who it is about, its consent now, what was done to it.

    `school_telephone` is the consultation telephone, for the way back to school."""

    card: LetterCard
    student: str
    place: str
    consent: ConsentState
    consent_date: date | None
    exception: str
    history: tuple[tuple[Step, datetime, str], ...]
    reply: ReplyView | None = None
    school: str = ""
    school_telephone: str = ""


@dataclass(frozen=True, slots=True)
class MissedLetter:
    """One line of the list of those not arrived: whom to call, and when one may."""

    card: LetterCard
    student: str
    telephones: tuple[str, ...] = ()
    guardians: tuple[str, ...] = ()
    safe_times: str = ""
    tried: int = field(default=0)
