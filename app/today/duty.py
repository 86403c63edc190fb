"""Today's duty: who comes, who is missing, who could stand in."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.common.clock import local
from app.rota.absence import absence_view
from app.rota.acts import week_of
from app.rota.facts import Roster, in_force, load_roster
from app.rota.now import people
from app.rota.rules import HALVES, Slot
from app.rota.show import board_gaps
from app.rota.views import GapView
from app.today.views import DutyGap, DutyHalf, DutyToday
from db.engine import Tx
from db.models import Assignment


def duty_today(tx: Tx, centre_id: str, now: datetime) -> DutyToday:
    """The halves of today that are not over, as the published rota and the queue have them."""
    at = local(now)
    roster = load_roster(tx, centre_id, *week_of(at.date()))
    clock = f"{at.hour:02}:{at.minute:02}"
    gaps = board_gaps(roster, roster.facts())
    halves = []
    for half in HALVES:
        slot = Slot(at.date(), half)
        begins, ends = roster.hours[half]
        if clock >= ends or not (roster.needed.get(slot) or roster.on(slot)):
            continue
        here = [row for row in roster.on(slot) if in_force(row)]
        found = _gaps(tx, roster, slot, gaps.get(slot), now)
        halves.append(DutyHalf(slot.day, half, (begins, ends), begins <= clock, people(tx, here, slot.day), found))
    rows = [row for half in HALVES for row in roster.on(Slot(at.date(), half))]
    return DutyToday(
        halves=tuple(halves),
        following=() if halves else _following(tx, centre_id, at.date()),
        published=any(row.state != "draft" for row in rows),
        drafted=any(row.state == "draft" for row in rows),
        closed=roster.holidays.get(at.date(), ""),
    )


def _following(tx: Tx, centre_id: str, today: date) -> tuple[DutyHalf, ...]:
    """The halves of the next day within a week on which somebody is on duty."""
    roster = load_roster(tx, centre_id, today + timedelta(days=1), today + timedelta(days=7))
    days = sorted({row.day for row in roster.rows if row.day > today and in_force(row)})
    found = []
    for half in HALVES if days else ():
        here = [row for row in roster.on(Slot(days[0], half)) if in_force(row)]
        if here:
            found.append(DutyHalf(days[0], half, roster.hours[half], False, people(tx, here, days[0]), ()))
    return tuple(found)


def _gaps(tx: Tx, roster: Roster, slot: Slot, gap: GapView | None, now: datetime) -> tuple[DutyGap, ...]:
    if gap is None:
        return ()
    covered = {row.replaces_id for row in roster.on(slot)}
    absent = [row for row in roster.on(slot) if row.absent_at is not None and row.id not in covered]
    found = [_absent(tx, roster, slot, gap, row, now) for row in absent[: gap.missing]]
    rest = gap.missing - len(found)
    if rest > 0:
        found.append(DutyGap(slot.half, rest, gap.short, gap.long, "", "", None, "", None))
    return tuple(found)


def _absent(tx: Tx, roster: Roster, slot: Slot, gap: GapView, row: Assignment, now: datetime) -> DutyGap:
    absence = absence_view(tx, roster, row.staff_id, slot.day, (slot.half,), 0, name_clients=False, now=now)
    best = next((one for one in absence.replacements if one.free), None)
    return DutyGap(slot.half, 1, gap.short, gap.long, row.staff_id, absence.name, row.absent_at, row.id, best)
