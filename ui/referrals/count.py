"""The rail's number: letters that nobody printed yet."""

from __future__ import annotations

from app.bootstrap import Services


def count(services: Services) -> int:
    """Released and waiting for the printer."""
    return len(services.referrals.unprinted())
