"""The rota's tables between PCs that plan without a network: whatever each writes, in the end all hold the same rows,
and what the rules, the calendar and the versions make of them is the same on each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.rota.conflicts import find_conflicts
from app.rota.facts import load_roster
from app.rota.published import load_versions, state_of
from app.rota.rules import Slot
from app.rota.sessions import load_calendar
from app.rota.swap_reading import state_in
from db.engine import Tx
from db.models import (
    Assignment,
    Centre,
    DutyDay,
    DutyPattern,
    DutyWish,
    Holiday,
    Leave,
    Publication,
    Staff,
    SwapRequest,
)
from db.replica.stamping import new_id
from tests.services.conftest import NOON
from tests.services.fleet import CENTRE, Fleet, Pc
from tests.services.fleet import state_of as rows_of

MONDAY = date(2027, 1, 4)
SUNDAY = MONDAY + timedelta(days=6)
PEOPLE = ("50" * 12, "51" * 12, "52" * 12)
HALVES = ("am", "pm")


@contextmanager
def furnished(number: int) -> Iterator[Fleet]:
    """PCs with one centre, three experts and a pattern for each half day."""
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(Path(folder), number, NOON)
        with fleet.pcs[0].db.write() as tx:
            tx.add(Centre(id=CENTRE, stream="org", code="LC", name="中心", county="", address="", hotline=""))
            for n, staff_id in enumerate(PEOPLE):
                every = [[day, half] for day in range(7) for half in HALVES]
                person = Staff(id=staff_id, stream="org", centre_id=CENTRE, number=f"E{n}", name=f"甲{n}")
                person.expert, person.availability, person.record_check_until = True, every, SUNDAY
                tx.add(person)
            for day in range(7):
                tx.add(DutyPattern(id=new_id(tx), stream="org", centre_id=CENTRE, weekday=day, half="am", needed=2))
        fleet.settle()
        try:
            yield fleet
        finally:
            fleet.close()


def write(pc: Pc, kind: str, random: Random) -> None:
    """Something that a planner does: a new row, or a change of one that is known here."""
    day, half, who = MONDAY + timedelta(days=random.randrange(2)), random.choice(HALVES), random.choice(PEOPLE)
    with pc.db.write() as tx:
        own: dict[str, Any] = {"id": new_id(tx), "stream": "org"}
        held = tx.execute(select(Assignment).order_by(Assignment.id)).scalars().all()
        match kind:
            case "day":
                needed, reason = random.randrange(3), f"因{random.random()}"
                tx.add(DutyDay(**own, centre_id=CENTRE, day=day, half=half, needed=needed, reason=reason))
            case "holiday":
                workday, duty = random.random() < 0.3, random.random() < 0.5
                tx.add(Holiday(**own, day=day, name=f"节{random.random()}", workday=workday, duty=duty and not workday))
            case "wish":
                tx.add(DutyWish(**own, staff_id=who, prefer=random.random() < 0.5, day=day))
            case "leave":
                tx.add(Leave(**own, staff_id=who, first=day, last=day, half=random.choice((half, None))))
            case "assign":
                tx.add(Assignment(**own, centre_id=CENTRE, day=day, half=half, staff_id=who))
            case "publish":
                content = [[row.id, row.day.isoformat(), row.half, row.staff_id, None] for row in held]
                rest = {"number": 1 + random.randrange(2), "at": pc.clock.at, "by_name": "甲", "content": content}
                tx.add(Publication(**own, centre_id=CENTRE, first=day, last=SUNDAY, **rest))
                for row in held:
                    row.state = "published"
            case "swap" if held:
                given_away = random.choice(held)
                rest = {"to_staff_id": who, "asked_by": "a1" * 12, "asked_at": pc.clock.at}
                tx.add(SwapRequest(**own, centre_id=CENTRE, assignment_id=given_away.id, **rest))
            case "edit":
                edit(tx, pc, random)


def edit(tx: Tx, pc: Pc, random: Random) -> None:
    """One of the rows that are known here, in one of the ways that the services know."""
    models = (DutyDay, Holiday, DutyWish, Leave, Assignment, Publication, SwapRequest, DutyPattern)
    rows: list[Any] = [row for one in models for row in tx.execute(select(one).order_by(one.id)).scalars()]
    row = random.choice(rows)
    if isinstance(row, Assignment):
        row.state = random.choice(("published", "leaving", "removed"))
    elif isinstance(row, SwapRequest):
        if random.random() < 0.5:
            row.answer, row.answered_by, row.answered_at, row.answered_how = "agreed", "a2" * 12, pc.clock.at, "told"
        else:
            row.ended, row.ended_by, row.ended_at = random.choice(("done", "withdrawn")), "a3" * 12, pc.clock.at
    elif isinstance(row, DutyPattern):
        row.needed, row.specialities = random.randrange(1, 4), [f"专{random.randrange(3)}"]
    elif isinstance(row, Holiday) and random.random() < 0.5:
        row.duty = not row.duty
    else:
        row.withdrawn = not row.withdrawn


KINDS = (
    "day",
    "holiday",
    "wish",
    "leave",
    "assign",
    "assign",
    "publish",
    "swap",
    "edit",
    "edit",
    "seal",
    "carry",
    "merge",
)


def step(fleet: Fleet, kind: str, random: Random) -> None:
    pc, source = random.choice(fleet.pcs), random.choice(fleet.pcs)
    pc.clock.at += timedelta(seconds=random.choice((0, 0, 1, 3600, -3600)))
    if kind == "seal":
        pc.seal()
    elif kind == "carry":
        fleet.carry(source, pc)
    elif kind == "merge":
        pc.merge()
    else:
        write(pc, kind, random)


def seen(pc: Pc) -> Any:
    """What this PC would show and plan by."""
    with pc.db.read() as tx:
        roster = load_roster(tx, CENTRE, MONDAY, SUNDAY)
        facts = roster.facts()
        swaps = tx.execute(select(SwapRequest).order_by(SwapRequest.id)).scalars()
        return (
            roster.sessions,
            load_calendar(tx, MONDAY, SUNDAY),
            facts.needed,
            facts.standing,
            [(e.id, e.leave, sorted(e.wishes, key=repr), e.load) for e in facts.experts],
            {who: roster.obstacles(who, Slot(MONDAY, "am")) for who in PEOPLE},
            [(one.slot, one.assignment_ids) for one in find_conflicts(tx, CENTRE, MONDAY, SUNDAY)],
            state_of(load_versions(tx, CENTRE), MONDAY, SUNDAY),
            [(row.id, state_in(tx, row, MONDAY)[0]) for row in swaps],
        )


@settings(max_examples=12)
@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=8, max_size=50),
    number=st.integers(2, 3),
    random=st.randoms(use_true_random=False),
)
def test_any_planning_apart_ends_alike_in_rows_and_in_what_is_shown(
    kinds: list[str], number: int, random: Random
) -> None:
    with furnished(number) as fleet:
        for kind in kinds:
            step(fleet, kind, random)
        for result in fleet.settle():
            assert result.refused == 0 and result.alarms == ()
        states = [rows_of(pc) for pc in fleet.pcs]
        assert all(state == states[0] for state in states)
        shown = [seen(pc) for pc in fleet.pcs]
        assert all(one == shown[0] for one in shown)


def test_two_exceptions_of_one_half_day_are_one_on_both_and_the_later_counts() -> None:
    with furnished(2) as fleet:
        one, other = fleet.pcs
        for pc, needed, later in ((one, 5, 60), (other, 0, 0)):
            pc.clock.at += timedelta(seconds=later)
            with pc.db.write() as tx:
                tx.add(DutyDay(id=new_id(tx), stream="org", centre_id=CENTRE, day=MONDAY, half="am", needed=needed))
        fleet.settle()
        for pc in fleet.pcs:
            with pc.db.read() as tx:
                assert load_roster(tx, CENTRE, MONDAY, SUNDAY).needed[Slot(MONDAY, "am")] == 5


def test_two_pcs_that_take_over_one_year_close_each_day_once() -> None:
    with furnished(2) as fleet:
        for pc in fleet.pcs:
            with pc.db.write() as tx:
                tx.add(Holiday(id=new_id(tx), stream="org", day=MONDAY, name="元旦"))
        fleet.settle()
        for pc in fleet.pcs:
            with pc.db.read() as tx:
                roster = load_roster(tx, CENTRE, MONDAY, SUNDAY)
                assert roster.needed[Slot(MONDAY, "am")] == 0 and dict(roster.holidays) == {MONDAY: "元旦"}
                assert len(tx.execute(select(Holiday)).scalars().all()) == 2, "nothing is lost"
