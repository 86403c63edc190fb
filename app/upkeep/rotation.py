"""Which backups of the workspace's own folder are made, and which may go: by their names alone, so that neither a
clock that jumped nor a file that somebody put there makes one disappear that is still wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from app.common.clock import CENTRE_ZONE, local
from app.upkeep.container import SUFFIX

NEWEST, MONTHS = 14, 12
_NAME = re.compile(rf"centre-([0-9]{{8}}-[0-9]{{6}}){re.escape(SUFFIX)}")
_TIME = "%Y%m%d-%H%M%S"


def name_at(now: datetime) -> str:
    """`centre-20261123-104207.lsbackup`, the centre's wall clock."""
    return f"centre-{local(now).strftime(_TIME)}{SUFFIX}"


def time_in(name: str) -> datetime | None:
    """The moment in such a name; None for any other name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], _TIME).replace(tzinfo=CENTRE_ZONE)
    except ValueError:
        return None


def superfluous(names: Iterable[str]) -> set[str]:
    """All but the newest 14, and the last of each of the newest 12 months that have one. Other names are not ours."""
    ours = sorted(name for name in names if time_in(name) is not None)
    last_of_month = {name[: len("centre-YYYYMM")]: name for name in ours}
    kept = {*ours[-NEWEST:], *sorted(last_of_month.values())[-MONTHS:]}
    return set(ours) - kept


def due(last: datetime | None, now: datetime) -> bool:
    """Once a calendar day of the centre; also after a last one that a wrong clock put into the future."""
    return last is None or local(last).date() != local(now).date()
