"""Draws the week, the list of who could do a session, and a proposal, from the facts."""

from __future__ import annotations

from collections import Counter
from datetime import date

from app.common import pinyin
from app.common.notes import Note
from app.common.words import N_
from app.rota.facts import ON_BOARD, Roster, counts
from app.rota.gaps import gap_view
from app.rota.problem import Facts, Filled, Load, find_gaps
from app.rota.rules import Expert, Slot, quarter_before, quarter_start, refused
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
        slot: _cell(roster, slot, gaps.get(slot))
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
        unannounced=roster.calendar.unannounced,
    )


def _cell(roster: Roster, slot: Slot, gap: GapView | None) -> CellView:
    session = roster.sessions.get(slot)
    return CellView(
        slot,
        session.needed if session else 0,
        assignments(roster, slot),
        gap,
        roster.hours_of(slot),
        session.specialities if session else (),
        session.reason if session else "",
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
        warnings=_warnings(roster, row, slot) if counts(row) else (),
        room_id=row.room_id,
    )


_AGREED = frozenset({"limit", "month", "row", "weekends", "same-day"})
"""What a planner sets aside knowingly; the duty is pinned then."""


def _warnings(roster: Roster, row: Assignment, slot: Slot) -> tuple[Note, ...]:
    """What has come to speak against a duty since, and where it collides with another."""
    here = [one for one in roster.on(slot) if counts(one) and one.id != row.id]
    found = []
    if any(one.staff_id == row.staff_id for one in here):
        found.append(Note.of("twice", N_("twice on this duty session")))
    for one in here:
        if one.room_id and one.room_id == row.room_id and one.staff_id != row.staff_id:
            name = roster.names.get(one.staff_id, ("", ""))[1]
            room = roster.rooms.get(one.room_id, "")
            found.append(Note.of("room-twice", N_("{room} is also {name}'s"), room=room, name=name))
    if row.staff_id not in roster.experts:
        return (*found, Note.of("not-an-expert", N_("no longer a duty expert")))
    ignored = {"already", "unavailable"} | (_AGREED if row.pinned else frozenset())
    return (*found, *(note for note in roster.obstacles(row.staff_id, slot) if note.code not in ignored))


def _within(roster: Roster, day: date) -> bool:
    return roster.first <= day <= roster.last


def _day(roster: Roster, day: date) -> DayView:
    away = tuple(expert.name for expert in roster.experts.values() if expert.on_leave(day))
    return DayView(day, roster.holidays.get(day), roster.workdays.get(day), away)


def loads(roster: Roster) -> tuple[LoadView, ...]:
    """Each expert's duties of the quarter, the most first."""
    begins = roster.quarter_begins
    weekends, holidays, besides = Counter[str](), Counter[str](), Counter[str]()
    last_weekends, last_holidays = Counter[str](), Counter[str]()
    for row in roster.rows:
        if not counts(row):
            continue
        weekend, holiday = Slot(row.day, row.half).weekend, row.day in roster.feasts
        if quarter_start(row.day) == begins:
            weekends[row.staff_id] += weekend
            holidays[row.staff_id] += holiday
            besides[row.staff_id] += roster.beside(row.day)
        elif quarter_before(begins) <= row.day < begins:
            last_weekends[row.staff_id] += weekend
            last_holidays[row.staff_id] += holiday
    found = [
        LoadView(
            staff_id=who,
            number=e.number,
            name=e.name,
            duties=roster.quarter[who],
            last_quarter=e.load - besides[who],
            weekends=weekends[who],
            holidays=holidays[who],
            last_weekends=last_weekends[who],
            last_holidays=last_holidays[who],
            specialities=e.specialities,
            found_by=_found_by(e),
        )
        for who, e in roster.experts.items()
    ]
    return tuple(sorted(found, key=lambda load: (-load.duties, load.number)))


def _found_by(expert: Expert) -> str:
    """What typing finds an expert by: name, number, specialities and both kinds of pinyin."""
    keys = pinyin.keys(expert.name)
    return " ".join((expert.name, expert.number, *expert.specialities, *keys.full, *keys.initials)).casefold()


def candidates(roster: Roster, slot: Slot, *, leaving: Slot | None = None) -> tuple[CandidateView, ...]:
    """Every expert of the centre: the free ones first, fewest duties first; then those to ask for; then the refused."""
    found = []
    for who, expert in roster.experts.items():
        against = roster.obstacles(who, slot, leaving=leaving)
        found.append(
            CandidateView(
                staff_id=who,
                number=expert.number,
                name=expert.name,
                specialities=expert.specialities,
                telephone=expert.telephone,
                duties=roster.quarter[who],
                load=total_load(roster, who),
                this_week=sum(one.week == slot.week for one in set(roster.held[who])),
                obstacles=against,
                refused=refused(against) is not None,
                found_by=_found_by(expert),
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
        distance=filled.distance,
        unannounced=roster.calendar.unannounced,
    )


def _fairness(roster: Roster, filled: Filled) -> Fairness:
    numbers = {who: expert.number for who, expert in roster.experts.items()}
    inside = Counter(duty.expert_id for duty in filled.duties)
    all_of = {numbers[who]: filled.loads.get(who, Load()) for who in numbers}
    return Fairness(
        {numbers[who]: inside[who] for who in numbers},
        {number: load.duties for number, load in all_of.items()},
        {number: load.weekends for number, load in all_of.items()},
        {number: load.holidays for number, load in all_of.items()},
    )


def board_state(roster: Roster) -> frozenset[tuple[str, str, bool, bool]]:
    """What must not have changed between a proposal and its adoption."""
    return frozenset(
        (row.id, row.state, row.pinned, row.absent_at is not None)
        for row in roster.rows
        if _within(roster, row.day) and (row.state in ON_BOARD or row.absent_at is not None)
    )
