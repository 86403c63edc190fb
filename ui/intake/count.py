"""The rail's number: who waits."""

from __future__ import annotations

from app.bootstrap import Services


def count(services: Services) -> int:
    """Visits whose session has not begun."""
    return services.queue.view().waiting
