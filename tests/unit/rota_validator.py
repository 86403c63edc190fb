"""A second opinion on a rota: recounts every hard rule from the facts alone, by another road than the program's rules.

Nothing of `app.rota.rules` but its dataclasses; leave is expanded and days in a row are counted anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from dateutil.rrule import rrulestr

from app.rota.problem import Facts
from app.rota.rules import Away, Duty, Expert, Slot


def broken_rules(facts: Facts, duties: Sequence[Duty], *, given: Iterable[Duty] = ()) -> list[str]:
    """What is wrong with each duty that is not among `given`, the ones that nobody may move; nothing: all is well."""
    experts = {expert.id: expert for expert in facts.experts}
    immovable = {(duty.slot, duty.expert_id) for duty in given}
    whole: dict[str, set[Slot]] = defaultdict(set)
    for duty in (*duties, *facts.outside):
        whole[duty.expert_id].add(duty.slot)
    wrong = []
    for duty in duties:
        place = (duty.slot, duty.expert_id)
        if place in immovable:
            continue
        if duty.expert_id not in experts:
            wrong.append(f"{place}: no such expert")
            continue
        expert = experts[duty.expert_id]
        wrong += [f"{place}: {why}" for why in _against(facts, expert, duty.slot, whole[expert.id])]
    places = Counter((duty.slot, duty.expert_id) for duty in duties)
    wrong += [f"{place}: twice" for place, times in places.items() if times > 1 and place not in immovable]
    return wrong


def overfull(facts: Facts, duties: Sequence[Duty]) -> list[str]:
    """Slots that have more than they need and somebody new all the same."""
    standing = {(duty.slot, duty.expert_id) for duty in facts.standing}
    wrong = []
    for slot in {duty.slot for duty in duties}:
        there = {duty.expert_id for duty in duties if duty.slot == slot}
        new = {who for who in there if (slot, who) not in standing}
        if new and len(there) > facts.needed.get(slot, 0):
            wrong.append(f"{slot}: {len(there)} of {facts.needed.get(slot, 0)}, new are {sorted(new)}")
    return wrong


def _against(facts: Facts, expert: Expert, slot: Slot, whole: set[Slot]) -> Iterable[str]:
    if (slot.day.weekday(), slot.half) not in expert.available:
        yield "not offered"
    if any(_is_away(away, slot) for away in expert.leave):
        yield "on leave"
    if expert.check_until is None or expert.check_until < slot.day:
        yield "no valid check"
    if (slot, expert.id) in facts.barred:
        yield "called in absent"
    if sum(1 for one in whole if one.day == slot.day) > expert.daily_limit:
        yield "too many a day"
    first = slot.day - timedelta(days=slot.day.isoweekday() - 1)
    in_week = sum(1 for one in whole if first <= one.day < first + timedelta(days=7))
    if expert.weekly_limit is not None and in_week > expert.weekly_limit:
        yield f"{in_week} in the week"
    month = [one for one in whole if (one.day.year, one.day.month) == (slot.day.year, slot.day.month)]
    if expert.monthly_limit is not None and len(month) > expert.monthly_limit:
        yield f"{len(month)} in the month"
    most = facts.limits.weekend_duties
    if most is not None and slot.day.isoweekday() > 5 and sum(one.day.isoweekday() > 5 for one in month) > most:
        yield "too many weekend duties"
    most = facts.limits.consecutive_days
    if most is not None and _in_a_row(slot.day, {one.day for one in whole}) > most:
        yield "too many days in a row"


def _is_away(away: Away, slot: Slot) -> bool:
    if away.half not in ("", slot.half):
        return False
    if not away.rule:
        return away.first <= slot.day <= away.last
    days = set()
    for moment in rrulestr(f"DTSTART:{away.first:%Y%m%d}T000000\nRRULE:{away.rule}"):
        if moment.date() > away.last:
            break
        days.add(moment.date())
    return slot.day in days


def _in_a_row(day: date, days: set[date]) -> int:
    runs, run, before = [], 0, None
    for one in sorted(days):
        run = run + 1 if before is not None and one.toordinal() == before.toordinal() + 1 else 1
        before = one
        runs.append((one, run))
    return max((run for one, run in runs if one >= day and one.toordinal() - run < day.toordinal()), default=0)
