"""Which risk level a case shows: the highest that no later decision has replaced. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.common.words import N_


class RiskLevel(StrEnum):
    """In words, never a numeral: 一级 means the worst in one scheme and the mildest in another."""

    NONE = "none"
    ATTENTION = "attention"
    FOCUS = "focus"
    URGENT = "urgent"


LEVELS: tuple[RiskLevel, ...] = tuple(RiskLevel)
RISK_WORDS: dict[RiskLevel, str] = {
    RiskLevel.NONE: N_("No risk"),
    RiskLevel.ATTENTION: N_("Attention"),
    RiskLevel.FOCUS: N_("Focus"),
    RiskLevel.URGENT: N_("Urgent risk"),
}


@dataclass(frozen=True, slots=True)
class RiskFact:
    """One recorded level, without its sealed rationale."""

    id: str
    level: RiskLevel
    at: datetime
    author: str
    supersedes: tuple[str, ...] = ()


def rank(level: RiskLevel) -> int:
    """0 for none, 3 for urgent."""
    return LEVELS.index(level)


def live(facts: Iterable[RiskFact]) -> list[RiskFact]:
    """Those that none supersedes, highest first, then newest first. Concurrent ones are all live."""
    held = list(facts)
    gone = {row_id for fact in held for row_id in fact.supersedes}
    kept = [fact for fact in held if fact.id not in gone]
    return sorted(kept, key=lambda fact: (rank(fact.level), fact.at, fact.id), reverse=True)


def shown(facts: Iterable[RiskFact]) -> RiskFact | None:
    """The highest live level; None if nothing was recorded yet."""
    found = live(facts)
    return found[0] if found else None


def lowers(level: RiskLevel, facts: Iterable[RiskFact]) -> RiskFact | None:
    """The live level that `level` would lower, or None."""
    now = shown(facts)
    return now if now is not None and rank(level) < rank(now.level) else None


def superseded_by(level: RiskLevel, facts: Sequence[RiskFact], *, lowering: bool) -> tuple[str, ...]:
    """What a new event of `level` names: the live ones at most as high; all of them if it lowers on purpose."""
    return tuple(fact.id for fact in live(facts) if lowering or rank(fact.level) <= rank(level))
