"""The experts as the rules know them: availability, leave, wishes, limits, and what they carry over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.rota.rules import Away, Expert, Wish
from db.engine import Tx
from db.models import DutyWish, Leave, Staff


@dataclass(frozen=True, slots=True)
class Carried:
    """Duties besides the stretch by staff id. `last_quarter` None: the rota does not reach back that far."""

    last_quarter: Counter[str] | None
    this_quarter: Counter[str]
    weekends: Counter[str]
    holidays: Counter[str]


def load_experts(tx: Tx, staff: Sequence[Staff], first: date, carried: Carried) -> dict[str, Expert]:
    """By staff id; leave that ended before `first` is left out."""
    ids = {person.id for person in staff}
    leave: dict[str, list[Away]] = defaultdict(list)
    for row in tx.execute(select(Leave).where(Leave.withdrawn.is_(False), Leave.last >= first)).scalars():
        if row.staff_id in ids:
            leave[row.staff_id].append(away_of(row))
    wishes: dict[str, list[Wish]] = defaultdict(list)
    for wish in tx.execute(select(DutyWish).where(DutyWish.withdrawn.is_(False))).scalars():
        if wish.staff_id in ids:
            wishes[wish.staff_id].append(Wish(wish.prefer, wish.weekday, wish.day, wish.half or ""))
    return {
        person.id: _expert(person, carried, tuple(sorted(leave[person.id])), tuple(wishes[person.id]))
        for person in staff
    }


def away_of(row: Leave) -> Away:
    """A row of leave as the rules take it."""
    return Away(row.first, row.last, row.half or "", row.rule or "")


def _expert(person: Staff, carried: Carried, leave: tuple[Away, ...], wishes: tuple[Wish, ...]) -> Expert:
    before = person.last_quarter if carried.last_quarter is None else carried.last_quarter[person.id]
    return Expert(
        id=person.id,
        number=person.number,
        name=person.name,
        available=frozenset((int(weekday), str(half)) for weekday, half in person.availability or ()),
        weekly_limit=person.weekly_limit,
        load=before + carried.this_quarter[person.id],
        leave=leave,
        check_until=person.record_check_until,
        specialities=tuple(person.specialities or ()),
        school_id=person.school_id,
        telephone=person.telephone,
        monthly_limit=person.monthly_limit,
        daily_limit=person.daily_limit,
        weekends=carried.weekends[person.id],
        holidays=carried.holidays[person.id],
        wishes=wishes,
        sex=person.sex,
    )
