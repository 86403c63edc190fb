"""How many things wait to be reviewed, for the rail."""

from __future__ import annotations

from typing import Any


def count(services: Any) -> int:
    """Those that this person may decide."""
    return int(services.reviews.count())
