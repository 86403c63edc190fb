"""The number on the rail: one's own sessions without a signed note."""

from __future__ import annotations

from typing import Any


def count(services: Any) -> int:
    """On the read lane."""
    return len(services.notes.unsigned())
