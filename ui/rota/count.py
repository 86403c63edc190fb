"""The rail's number: requests to swap a duty that wait for this person."""

from __future__ import annotations

from app.bootstrap import Services


def count(services: Services) -> int:
    """Those to answer; for whoever arranges swaps, all open ones of the centre."""
    return services.swaps.waiting()
