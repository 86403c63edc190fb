"""Draws the week, the list of who could do a session, and a proposal, from the facts."""

from __future__ import annotations

from datetime import date

from app.common import pinyin
from app.rota.facts import ON_BOARD, Roster, counts
from app.rota.fill import Facts, Filled, find_gaps
from app.rota.gaps import gap_view
from app.rota.rules import Slot, refused
from app.rota.views import (
    AssignmentView,
    CandidateView,
    CellView,
    DayView,
    Fairness,
    GapView,
    LoadView,
    Proposal,
    ProposedDuty,
    WeekView,
)
from db.models import Assignment


def week_view(roster: Roster) -> WeekView:
    """`roster` is one of Monday to Sunday."""
    facts = roster.facts()
    gaps = board_gaps(roster, facts)
    cells = {
        slot: CellView(slot, facts.needed[slot], assignments(roster, slot), gaps.get(slot))
        for slot in sorted(set(facts.needed) | {slot for slot in roster.by_slot if _within(roster, slot.day)})
        if slot in facts.needed or roster.on(slot)
    }
    rows = [row for row in roster.rows if _within(roster, row.day)]
    return WeekView(
        first=roster.first,
        last=roster.last,
        days=tuple(_day(roster, day) for day in sorted({slot.day for slot in cells})),
        hours=roster.hours,
        cells=cells,
        loads=loads(roster),
        differences=sum(row.state in ("draft", "leaving") for row in rows),
        published=any(row.state != "draft" for row in rows),
        rooms=roster.rooms,
    )


def board_gaps(roster: Roster, facts: Facts) -> dict[Slot, GapView]:
    """Where the board as it stands leaves seats empty."""
    inside = find_gaps(facts, facts.standing)
    return {gap.slot: gap_view(gap, roster) for gap in inside if gap.slot in roster.needed}


def assignments(roster: Roster, slot: Slot) -> tuple[AssignmentView, ...]:
    """Everybody on a session, absent and leaving ones last."""
    found = [_assignment(roster, row, slot) for row in roster.on(slot)]
    return tuple(sorted(found, key=lambda a: (a.state == "leaving", a.absent_at is not None, a.number)))


def _assignment(roster: Roster, row: Assignment, slot: Slot) -> AssignmentView:
    number, name = roster.names.get(row.staff_id, ("", ""))
    expert = roster.experts.get(row.staff_id)
    against = roster.obstacles(row.staff_id, slot) if expert is not None and counts(row) else ()
    return AssignmentView(
        id=row.id,
        slot=slot,
        staff_id=row.staff_id,
        number=number,
        name=name,
        specialities=expert.specialities if expert else (),
        state=row.state,
        pinned=row.pinned,
        absent_at=row.absent_at,
        room=roster.rooms.get(row.room_id or ""),
        replaces=row.replaces_id,
        warnings=tuple(note for note in against if note.code not in ("already", "unavailable", "limit")),
    )


def _within(roster: Roster, day: date) -> bool:
    return roster.first <= day <= roster.last


def _day(roster: Roster, day: date) -> DayView:
    away = tuple(expert.name for expert in roster.experts.values() if expert.on_leave(day))
    return DayView(day, roster.holidays.get(day), roster.workdays.get(day), away)


def loads(roster: Roster) -> tuple[LoadView, ...]:
    """Each expert's duties of the quarter up to the week shown, the most first."""
    last_quarter = {who: expert.load for who, expert in roster.experts.items()}
    before = dict.fromkeys(roster.experts, 0)
    for row in roster.rows:
        if counts(row) and row.staff_id in before and quarter_of(row.day) == quarter_of(roster.first):
            before[row.staff_id] += row.day < roster.first
    found = [
        LoadView(who, e.number, e.name, roster.quarter[who], last_quarter[who] - before[who])
        for who, e in roster.experts.items()
    ]
    return tuple(sorted(found, key=lambda load: (-load.duties, load.number)))


def quarter_of(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def candidates(roster: Roster, slot: Slot, *, leaving: Slot | None = None) -> tuple[CandidateView, ...]:
    """Every expert of the centre: the free ones first, fewest duties first; then those to ask for; then the refused."""
    found = []
    for who, expert in roster.experts.items():
        against = roster.obstacles(who, slot, leaving=leaving)
        keys = pinyin.keys(expert.name)
        found.append(
            CandidateView(
                staff_id=who,
                number=expert.number,
                name=expert.name,
                specialities=expert.specialities,
                telephone=expert.telephone,
                duties=roster.quarter[who],
                load=total_load(roster, who),
                this_week=roster.weeks[who, slot.week],
                obstacles=against,
                refused=refused(against) is not None,
                found_by=" ".join(
                    (expert.name, expert.number, *expert.specialities, *keys.full, *keys.initials)
                ).casefold(),
            )
        )
    return tuple(sorted(found, key=lambda c: (c.refused, bool(c.obstacles), c.load, c.number)))


def total_load(roster: Roster, staff_id: str) -> int:
    """Last quarter's duties and all of this quarter's on the board: what "fewest duties" means."""
    expert = roster.experts[staff_id]
    inside = sum(1 for row in roster.rows if row.staff_id == staff_id and counts(row) and _within(roster, row.day))
    return expert.load + inside


def proposal(roster: Roster, filled: Filled) -> Proposal:
    """What the fill found, with names."""
    added = {(duty.slot, duty.expert_id) for duty in filled.added}
    duties = tuple(
        ProposedDuty(
            duty.slot,
            duty.expert_id,
            *roster.names.get(duty.expert_id, ("", "")),
            duty.pinned,
            (duty.slot, duty.expert_id) in added,
        )
        for duty in filled.duties
    )
    return Proposal(
        centre_id=roster.centre_id,
        first=roster.first,
        last=roster.last,
        duties=duties,
        added=filled.added,
        removed=filled.removed,
        gaps=tuple(gap_view(gap, roster) for gap in filled.gaps),
        fairness=_fairness(roster, filled),
        pinned=sum(duty.pinned for duty in filled.duties),
        optimal=filled.optimal,
        seconds=filled.seconds,
        base=board_state(roster),
    )


def _fairness(roster: Roster, filled: Filled) -> Fairness:
    in_period = dict.fromkeys(roster.experts, 0)
    for duty in filled.duties:
        if duty.expert_id in in_period:
            in_period[duty.expert_id] += 1
    numbers = {who: expert.number for who, expert in roster.experts.items()}
    return Fairness(
        {numbers[who]: count for who, count in in_period.items()},
        {numbers[who]: filled.loads[who] for who in numbers},
    )


def board_state(roster: Roster) -> frozenset[tuple[str, str, bool, bool]]:
    """What must not have changed between a proposal and its adoption."""
    return frozenset(
        (row.id, row.state, row.pinned, row.absent_at is not None)
        for row in roster.rows
        if _within(roster, row.day) and (row.state in ON_BOARD or row.absent_at is not None)
    )
