"""Undo and redo of every act on the rota, one by one and in any order; and what others have changed is left alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.bootstrap import Office
from app.common.errors import Confirmation, UserError
from app.people.clients import NewClient, create_client
from app.rota.rules import HALVES, Slot
from app.rota.views import AssignmentView, WeekView
from app.security.permissions import May
from db.models import Appointment, Assignment, AuditEntry, Leave, Publication, SwapRequest
from db.models.base import SYSTEM_COLUMNS
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, clock_at, expert_id, planner

SUNDAY = MONDAY + timedelta(days=6)
MORNING, AFTERNOON = Slot(MONDAY, "am"), Slot(MONDAY, "pm")
ANYWAY = frozenset({"against-rule", "pinned", "room-taken"})
State = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 9)


def state(office: Office) -> State:
    """Every row that an act of the rota may touch and that is not marked as gone, column by column."""
    found: State = {}
    with office.ctx.read(May.SEE_ROTA) as tx:
        models: tuple[Any, ...] = (Assignment, Leave, Publication, SwapRequest, Appointment)
        for model in models:
            for row in tx.execute(select(model)).scalars():
                if not _gone(row):
                    names = [c.key for c in type(row).__mapper__.column_attrs if c.key not in SYSTEM_COLUMNS]
                    found[model.__name__, row.id] = {name: getattr(row, name) for name in names}
    return found


def _gone(row: Any) -> bool:
    if isinstance(row, Assignment):
        return row.state == "removed"
    if isinstance(row, SwapRequest):
        return row.ended == "withdrawn"
    return bool(getattr(row, "withdrawn", False))


def week(office: Office) -> WeekView:
    view: WeekView = office.services.rota.week(MONDAY)
    return view


def on(office: Office, slot: Slot) -> AssignmentView:
    """The first expert who fills a seat of a session."""
    return next(a for a in week(office).cells[slot].assignments if a.state != "leaving" and a.absent_at is None)


def assign(office: Office, slot: Slot, number: str) -> AssignmentView:
    made = office.services.rota.assign(slot.day, slot.half, expert_id(office, number), confirmed=ANYWAY)
    view: AssignmentView = made.value
    return view


@dataclass(frozen=True)
class Step:
    """`set_up` before, then `act`; `told` are the words by which it can be undone."""

    set_up: Callable[[Office], object]
    act: Callable[[Office], object]
    told: tuple[str, ...]


def _filled(office: Office) -> None:
    office.services.rota.adopt(office.services.rota.propose(MONDAY, SUNDAY))


def _published(office: Office) -> None:
    _filled(office)
    office.services.rota.publish(MONDAY, SUNDAY)


def _leaving(office: Office) -> None:
    _published(office)
    office.services.rota.unassign(on(office, MORNING).id)


def _absent(office: Office) -> None:
    _published(office)
    office.services.rota.mark_absent(on(office, MORNING).staff_id, MONDAY, "am")


def _absent_row(office: Office) -> AssignmentView:
    return next(a for a in week(office).cells[MORNING].assignments if a.absent_at is not None)


def _book(office: Office) -> None:
    _published(office)
    with office.ctx.write(May.EDIT_ROTA, "booked") as act:
        client = create_client(act.tx, NewClient("王子琪", telephones=("13906350000",)), MONDAY)
        made = Appointment(
            centre_id=office.who.centre_id,
            client_id=client.id,
            staff_id=on(office, MORNING).staff_id,
            starts_at=clock_at(MONDAY, 9, 30),
            kind="return",
        )
        act.tx.add(made)


def _stand_in(office: Office) -> None:
    gone = on(office, MORNING)
    best = next(
        one for one in office.services.rota.absence(gone.staff_id, MONDAY, "am").replacements if one.group == "free"
    )
    office.services.rota.stand_in(gone.staff_id, MONDAY, "am", best.staff_id, confirmed=ANYWAY)


def _exchange(office: Office) -> None:
    one, other = (on(office, Slot(MONDAY + timedelta(days=n), half)) for n, half in ((2, "am"), (4, "pm")))
    office.services.rota.exchange(one.id, other.id, confirmed=ANYWAY)


def _room(office: Office) -> None:
    row, rooms = on(office, MORNING), week(office).rooms
    other = next(room_id for room_id in rooms if room_id != row.room_id)
    office.services.rota.set_room(row.id, other, confirmed=ANYWAY)


def _one_of_a_proposal(office: Office) -> None:
    proposal = office.services.rota.propose(MONDAY, SUNDAY)
    duty = next(d for d in proposal.duties if d.slot == MORNING)
    office.services.rota.adopt_part(proposal, MONDAY, "am", duty.staff_id)


def _nothing(_office: Office) -> None:
    """The rota as it is furnished: empty."""


STEPS = {
    "assign": Step(_nothing, lambda o: assign(o, MORNING, "E041"), ("钟超轩", "周一上午", "1月4日")),
    "assign against a rule": Step(_nothing, lambda o: assign(o, MORNING, "E001"), ("周一上午",)),
    "unassign": Step(
        lambda o: assign(o, MORNING, "E041"),
        lambda o: o.services.rota.unassign(on(o, MORNING).id),
        ("钟超轩", "周一上午", "撤下"),
    ),
    "unassign what is published": Step(_published, lambda o: o.services.rota.unassign(on(o, MORNING).id), ("撤下",)),
    "assign again what leaves": Step(
        _leaving,
        lambda o: assign(
            o, MORNING, next(a.number for a in week(o).cells[MORNING].assignments if a.state == "leaving")
        ),
        ("周一上午",),
    ),
    "restore": Step(
        _leaving,
        lambda o: o.services.rota.restore(
            next(a.id for a in week(o).cells[MORNING].assignments if a.state == "leaving")
        ),
        ("恢复",),
    ),
    "move": Step(
        lambda o: assign(o, MORNING, "E041"),
        lambda o: o.services.rota.move(on(o, MORNING).id, MONDAY, "pm", confirmed=ANYWAY),
        ("钟超轩", "周一上午", "周一下午"),
    ),
    "move what is published": Step(
        _published,
        lambda o: o.services.rota.move(on(o, Slot(SUNDAY, "am")).id, MONDAY, "pm", confirmed=ANYWAY),
        ("周日上午", "移到", "周一下午"),
    ),
    "exchange": Step(_filled, _exchange, ("对调", "周三上午", "周五下午")),
    "exchange what is published": Step(_published, _exchange, ("对调",)),
    "pin": Step(_filled, lambda o: o.services.rota.pin(on(o, MORNING).id), ("固定在", "周一上午")),
    "unpin": Step(
        lambda o: assign(o, MORNING, "E001"),
        lambda o: o.services.rota.pin(on(o, MORNING).id, False),
        ("取消固定", "周一上午"),
    ),
    "room": Step(_filled, _room, ("室", "周一上午")),
    "no room": Step(_filled, lambda o: o.services.rota.set_room(on(o, MORNING).id, None), ("不设房间",)),
    "adopt": Step(_nothing, _filled, ("采用方案", "30")),
    "adopt a part": Step(_nothing, _one_of_a_proposal, ("周一上午",)),
    "publish": Step(_filled, lambda o: o.services.rota.publish(MONDAY, SUNDAY), ("发布",)),
    "absence": Step(
        _published,
        lambda o: o.services.rota.mark_absent(on(o, MORNING).staff_id, MONDAY, "am"),
        ("缺勤", "周一上午"),
    ),
    "comes after all": Step(_absent, lambda o: o.services.rota.mark_present(_absent_row(o).id), ("照常来", "周一上午")),
    "stand-in with the bookings": Step(_book, _stand_in, ("周一上午",)),
}


@pytest.mark.parametrize("name", STEPS)
def test_each_act_is_undone_and_done_again_by_name(director: Office, name: str) -> None:
    step, rota = STEPS[name], director.services.rota
    step.set_up(director)
    before = state(director)
    step.act(director)
    after = state(director)
    assert after != before
    named = rota.undoable().undo
    assert named is not None
    assert all(part in named.text() for part in step.told), named.text()
    assert rota.undo().value == named
    assert state(director) == before
    assert rota.undoable().redo == named
    assert rota.redo().value == named
    assert state(director) == after
    rota.undo()
    assert state(director) == before


def test_there_is_nothing_to_undo_at_first_and_nothing_to_redo_after_a_new_act(director: Office) -> None:
    rota = director.services.rota
    assert rota.undoable().undo is None and rota.undoable().redo is None
    for wanted in (rota.undo, rota.redo):
        with pytest.raises(UserError) as refused:
            wanted()
        assert refused.value.code.startswith("nothing-to-")
    assign(director, MORNING, "E041")
    rota.undo()
    assign(director, AFTERNOON, "E041")
    with pytest.raises(UserError):
        rota.redo()


def test_what_somebody_else_changed_since_is_left_alone_and_said(bench: Bench, director: Office) -> None:
    rota = director.services.rota
    made = assign(director, MORNING, "E041")
    assign(director, AFTERNOON, "E032")
    rota.undo()
    bench.sign("desk").services.rota.mark_absent(made.staff_id, MONDAY, "am")
    before = state(director)
    with pytest.raises(UserError) as refused:
        rota.undo()
    assert refused.value.code == "changed-since" and "不能撤销" in refused.value.text()
    assert state(director) == before
    assert rota.undoable().undo is None, "it is not offered again"


def test_each_person_undoes_only_what_they_did(bench: Bench, director: Office) -> None:
    made = assign(director, MORNING, "E041")
    desk = bench.sign("desk")
    assert desk.services.rota.undoable().undo is None
    with pytest.raises(UserError):
        desk.services.rota.undo()
    assert on(director, MORNING).id == made.id


def test_an_undone_act_stands_in_the_audit_chain(director: Office) -> None:
    assign(director, MORNING, "E041")
    director.services.rota.undo()
    director.services.rota.redo()
    with director.ctx.read(May.SEE_ROTA) as tx:
        acts = [row.act for row in tx.execute(select(AuditEntry).order_by(AuditEntry.seq)).scalars()]
    assert acts[-3:] == ["rota.assigned", "rota.undone", "rota.redone"]


# --- in any order ---


def _days() -> Iterator[date]:
    for offset in (0, 2, 4, 5, 6):
        yield MONDAY + timedelta(days=offset)


SLOTS = [Slot(day, half) for day in _days() for half in HALVES]


def _any_row(office: Office, rng: random.Random) -> AssignmentView | None:
    rows = [a for cell in week(office).cells.values() for a in cell.assignments if a.state != "leaving"]
    return rng.choice(rows) if rows else None


def _random_act(office: Office, kind: str, seed: int) -> None:
    """One act at random; what the rules refuse is no act."""
    rng, rota = random.Random(seed), office.services.rota
    row, slot = _any_row(office, rng), rng.choice(SLOTS)
    other = _any_row(office, rng)
    if kind == "assign":
        rota.assign(slot.day, slot.half, expert_id(office, f"E{rng.randrange(1, 65):03}"), confirmed=ANYWAY)
    elif kind == "adopt":
        rota.adopt(rota.propose(MONDAY, SUNDAY))
    elif kind == "publish":
        rota.publish(MONDAY, SUNDAY)
    elif row is None or other is None:
        return
    elif kind == "unassign":
        rota.unassign(row.id, confirmed=ANYWAY)
    elif kind == "move":
        rota.move(row.id, slot.day, slot.half, confirmed=ANYWAY)
    elif kind == "exchange":
        rota.exchange(row.id, other.id, confirmed=ANYWAY)
    elif kind == "pin":
        rota.pin(row.id, not row.pinned)
    elif kind == "room":
        rota.set_room(row.id, rng.choice([*week(office).rooms, None]), confirmed=ANYWAY)
    elif kind == "absent":
        rota.mark_absent(row.staff_id, row.slot.day, rng.choice([*HALVES, None]))
    elif kind == "present":
        rota.mark_present(row.id)
    elif kind == "stand-in":
        best = rota.absence(row.staff_id, row.slot.day, row.slot.half).replacements
        if best:
            rota.stand_in(row.staff_id, row.slot.day, row.slot.half, rng.choice(best).staff_id, confirmed=ANYWAY)


KINDS = (
    "assign", "adopt", "publish", "unassign", "move", "exchange", "pin", "room", "absent", "present", "stand-in"
)  # fmt: skip


def _undo_all(office: Office) -> int:
    count = 0
    while office.services.rota.undoable().undo is not None:
        office.services.rota.undo()
        count += 1
    return count


@settings(max_examples=20, deadline=None)
@given(acts=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2**20)), min_size=1, max_size=12))
def test_any_sequence_of_acts_is_undone_to_the_beginning_and_redone_to_the_end(
    director: Office, acts: list[tuple[str, int]]
) -> None:
    beginning = state(director)
    director.services.rota.history.done.clear()
    passed = [beginning]
    for kind, seed in acts:
        try:
            _random_act(director, kind, seed)
        except (UserError, Confirmation):
            continue
        now = state(director)
        if now != passed[-1]:
            passed.append(now)
    end = passed[-1]
    count = 0
    while director.services.rota.undoable().undo is not None:
        director.services.rota.undo()
        count += 1
        assert state(director) in passed
    assert state(director) == beginning
    for _ in range(count):
        director.services.rota.redo()
    assert state(director) == end
    _undo_all(director)
    assert state(director) == beginning
