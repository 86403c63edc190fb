"""What may be done and shared now, from what was signed: pure, with the day passed in.

Law behind it (guide, chapter on consent): under 14 the guardian decides (PIPL §31); from 14 to 17 guardian and
child both sign; an adult signs alone. A separate consent for each recipient (PIPL §23). Withdrawal wins over
whatever it did not know of; an override is no consent but a recorded exception: emergency or legal duty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.common.dates import age_on
from app.common.words import N_


class Purpose(StrEnum):
    """What a consent is for."""

    COUNSELLING = "counselling"
    SHARE = "share"
    RECORDING = "recording"
    SUPERVISION = "supervision"


class ConsentAct(StrEnum):
    """What an event does."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    OVERRIDDEN = "overridden"


class Party(StrEnum):
    """Who signed. For a client of age, CHILD is the client."""

    GUARDIAN = "guardian"
    CHILD = "child"
    BOTH = "both"


class Scope(StrEnum):
    """What may be shared with a recipient, ticked one by one."""

    ATTENDANCE = "attendance"
    PERIOD = "period"
    OBSERVED = "observed"
    SCALES = "scales"
    RISK = "risk"
    MEASURES = "measures"


class Standing(StrEnum):
    """Where a purpose stands now."""

    GIVEN = "given"
    PARTIAL = "partial"
    WAITING = "waiting"
    NOT_GIVEN = "not-given"
    WITHDRAWN = "withdrawn"
    EXCEPTION = "exception"


PURPOSE_WORDS: dict[Purpose, str] = {
    Purpose.COUNSELLING: N_("Counselling"),
    Purpose.SHARE: N_("Sharing"),
    Purpose.RECORDING: N_("Recording"),
    Purpose.SUPERVISION: N_("Supervision, de-identified"),
}
PARTY_WORDS: dict[Party, str] = {
    Party.GUARDIAN: N_("Guardian"),
    Party.CHILD: N_("The child"),
    Party.BOTH: N_("Guardian and child"),
}
SCOPE_WORDS: dict[Scope, str] = {
    Scope.ATTENDANCE: N_("Attendance"),
    Scope.PERIOD: N_("Period and number of sessions"),
    Scope.OBSERVED: N_("Observed behaviour"),
    Scope.SCALES: N_("Totals of scales"),
    Scope.RISK: N_("Risk level"),
    Scope.MEASURES: N_("Measures taken"),
}
STANDING_WORDS: dict[Standing, str] = {
    Standing.GIVEN: N_("Agreed"),
    Standing.PARTIAL: N_("In part"),
    Standing.WAITING: N_("Signature missing"),
    Standing.NOT_GIVEN: N_("Not agreed"),
    Standing.WITHDRAWN: N_("Withdrawn"),
    Standing.EXCEPTION: N_("By exception"),
}
GROUND_WORDS: dict[str, str] = {"emergency": N_("Emergency: danger to life"), "legal-duty": N_("Legal duty to report")}
ALL_SCOPES: frozenset[Scope] = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """One event. `by` is a Party, for an override its ground; `recipient` only where the purpose is SHARE."""

    id: str
    purpose: Purpose
    recipient: str | None
    scope: frozenset[Scope]
    act: ConsentAct
    by: str
    at: datetime
    supersedes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stand:
    """The answer for one purpose and recipient.

    `allowed`: may be done now. `scope`: what may be shared now (empty for other purposes). `missing`: who has
    still to sign. `since`: when the newest live event was recorded.
    """

    standing: Standing
    allowed: bool
    scope: frozenset[Scope]
    missing: frozenset[Party]
    by: frozenset[Party]
    since: datetime | None


def needed(birth: date | None, day: date, *, minor: bool = True) -> frozenset[Party]:
    """Whose signature a consent needs on `day`. Without a birth date a `minor` needs both, to be safe."""
    age = age_on(birth, day)
    if age is None:
        return frozenset({Party.GUARDIAN, Party.CHILD}) if minor else frozenset({Party.CHILD})
    if age < 14:
        return frozenset({Party.GUARDIAN})
    return frozenset({Party.GUARDIAN, Party.CHILD}) if age < 18 else frozenset({Party.CHILD})


def live(facts: Iterable[ConsentFact]) -> list[ConsentFact]:
    """Those that none supersedes, oldest first. Concurrent ones are all live."""
    held = list(facts)
    gone = {row_id for fact in held for row_id in fact.supersedes}
    return sorted((fact for fact in held if fact.id not in gone), key=lambda fact: (fact.at, fact.id))


def _parties(fact: ConsentFact) -> frozenset[Party]:
    party = Party(fact.by)
    return frozenset({Party.GUARDIAN, Party.CHILD}) if party is Party.BOTH else frozenset({party})


def stand(facts: Iterable[ConsentFact], purpose: Purpose, recipient: str | None, need: frozenset[Party]) -> Stand:
    """Where one purpose (and recipient) stands. What several parties agreed to is what all of them agreed to."""
    now = [fact for fact in live(facts) if fact.purpose is purpose and fact.recipient == recipient]
    since = max((fact.at for fact in now), default=None)
    consented = _consented(now, purpose, need, since)
    excepted = [fact for fact in now if fact.act is ConsentAct.OVERRIDDEN]
    if not excepted or consented.standing is Standing.GIVEN:
        return consented
    scope = consented.scope.union(*(fact.scope for fact in excepted))
    return Stand(Standing.EXCEPTION, True, scope, consented.missing, consented.by, since)


def _consented(now: list[ConsentFact], purpose: Purpose, need: frozenset[Party], since: datetime | None) -> Stand:
    nothing: frozenset[Scope] = frozenset()
    if any(fact.act is ConsentAct.WITHDRAWN for fact in now):
        return Stand(Standing.WITHDRAWN, False, nothing, need, frozenset(), since)
    given = [fact for fact in now if fact.act is ConsentAct.GIVEN]
    signed: frozenset[Party] = frozenset().union(*(_parties(fact) for fact in given))
    missing = need - signed
    if missing:
        standing = Standing.WAITING if given else Standing.NOT_GIVEN
        return Stand(standing, False, nothing, missing, signed, since)
    if purpose is not Purpose.SHARE:
        return Stand(Standing.GIVEN, True, nothing, frozenset(), signed, since)
    agreed = ALL_SCOPES.intersection(*(fact.scope for fact in given))
    if not agreed:
        return Stand(Standing.NOT_GIVEN, False, nothing, frozenset(), signed, since)
    full = agreed == ALL_SCOPES
    return Stand(Standing.GIVEN if full else Standing.PARTIAL, True, agreed, frozenset(), signed, since)


def superseded_by(
    facts: Iterable[ConsentFact], purpose: Purpose, recipient: str | None, act: ConsentAct, by: str
) -> tuple[str, ...]:
    """What a new event names.

    A signature replaces the earlier ones of those it speaks for and any withdrawal; a withdrawal replaces
    everything; an override replaces earlier overrides only, so that a refusal stays on record beside it.
    """
    now = [fact for fact in live(facts) if fact.purpose is purpose and fact.recipient == recipient]
    if act is ConsentAct.WITHDRAWN:
        return tuple(fact.id for fact in now)
    if act is ConsentAct.OVERRIDDEN:
        return tuple(fact.id for fact in now if fact.act is ConsentAct.OVERRIDDEN)
    speaks_for = {Party.GUARDIAN, Party.CHILD} if Party(by) is Party.BOTH else {Party(by)}
    gone = []
    for fact in now:
        replaced = fact.act is ConsentAct.GIVEN and _parties(fact) <= speaks_for
        if replaced or fact.act is ConsentAct.WITHDRAWN:
            gone.append(fact.id)
    return tuple(gone)
