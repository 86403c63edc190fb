"""What a write has changed, in topics that the tabs know how to refresh."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Topic(StrEnum):
    """One for each kind of view that must be drawn again."""

    QUEUE = "queue"
    CLIENTS = "clients"
    ROTA = "rota"
    CASES = "cases"
    NOTES = "notes"
    REFERRALS = "referrals"
    APPOINTMENTS = "appointments"
    SETTINGS = "settings"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Changes:
    """The topics touched by one committed transaction."""

    topics: frozenset[Topic] = frozenset()

    @classmethod
    def of(cls, *topics: Topic) -> Changes:
        return cls(frozenset(topics))


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The answer of every write: its value, and what to refresh."""

    value: T
    changes: Changes
