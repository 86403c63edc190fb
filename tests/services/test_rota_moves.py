"""What is worked out when an expert is picked up is what the acts then say; double bookings; a proposal in part."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.bootstrap import Office
from app.common.errors import Confirmation, UserError
from app.rota.adjust import without
from app.rota.rules import REFUSED, Slot
from app.security.permissions import May
from db.models import Assignment, Centre, DutyPattern
from db.replica.stamping import new_id
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, expert_id, planner

SUNDAY = MONDAY + timedelta(days=6)
MORNING, AFTERNOON = Slot(MONDAY, "am"), Slot(MONDAY, "pm")
ANYWAY = frozenset({"against-rule", "pinned"})


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 9)


@pytest.fixture
def filled(director: Office) -> Office:
    director.services.rota.adopt(director.services.rota.propose(MONDAY, SUNDAY))
    return director


def test_the_verdict_of_every_place_is_what_moving_there_says(filled: Office) -> None:
    rota = filled.services.rota
    row = rota.week(MONDAY).cells[MORNING].assignments[0]
    targets = rota.targets(MONDAY, SUNDAY, assignment_id=row.id)
    assert targets.left == MORNING and len(targets.slots) == 10
    for slot, notes in targets.slots.items():
        if slot == MORNING:
            continue
        here = rota.week(MONDAY).cells[MORNING].assignments
        held = next(a for a in here if a.staff_id == row.staff_id)
        codes = {note.code for note in notes}
        if codes & REFUSED:
            with pytest.raises(UserError):
                rota.move(held.id, slot.day, slot.half)
        elif notes:
            with pytest.raises(Confirmation):
                rota.move(held.id, slot.day, slot.half)
        else:
            rota.move(held.id, slot.day, slot.half)
            rota.undo()


def test_the_verdict_of_every_exchange_is_what_exchanging_says(filled: Office) -> None:
    rota = filled.services.rota
    view = rota.week(MONDAY)
    row = view.cells[Slot(MONDAY + timedelta(days=2), "am")].assignments[0]
    targets = rota.targets(MONDAY, SUNDAY, assignment_id=row.id)
    tried = set()
    for cell in view.cells.values():
        for other in cell.assignments:
            if other.slot == row.slot:
                continue
            codes = {note.code for note in (*targets.slots[other.slot], *targets.swaps[other.id])}
            if codes & REFUSED:
                tried.add("refused")
                with pytest.raises(UserError):
                    rota.exchange(row.id, other.id, confirmed=ANYWAY)
            elif codes:
                tried.add("asked")
                with pytest.raises(Confirmation):
                    rota.exchange(row.id, other.id)
            else:
                tried.add("free")
                one, two = rota.exchange(row.id, other.id).value
                assert (one.slot, two.slot) == (other.slot, row.slot)
                assert (one.room, two.room) == (other.room, row.room)
                rota.undo()
    assert {"refused", "asked"} <= tried


def test_an_exchange_asks_once_for_both_and_pins_whoever_is_against_a_rule(filled: Office) -> None:
    rota = filled.services.rota
    view = rota.week(MONDAY)
    row = view.cells[Slot(MONDAY + timedelta(days=2), "am")].assignments[0]
    targets = rota.targets(MONDAY, SUNDAY, assignment_id=row.id)
    other = next(
        a
        for cell in view.cells.values()
        for a in cell.assignments
        if a.slot != row.slot
        and targets.slots[a.slot]
        and targets.swaps[a.id]
        and not {n.code for n in (*targets.slots[a.slot], *targets.swaps[a.id])} & REFUSED
    )
    with pytest.raises(Confirmation) as question:
        rota.exchange(row.id, other.id)
    assert row.name in question.value.text() and other.name in question.value.text()
    one, two = rota.exchange(row.id, other.id, confirmed=frozenset({question.value.token})).value
    assert one.pinned and two.pinned
    assert sum(len(cell.assignments) for cell in rota.week(MONDAY).cells.values()) == 30


def test_the_same_session_or_person_is_no_exchange(filled: Office) -> None:
    rota = filled.services.rota
    one, two, *_ = rota.week(MONDAY).cells[MORNING].assignments
    with pytest.raises(UserError) as refused:
        rota.exchange(one.id, two.id)
    assert refused.value.code == "same-duty"
    rota.mark_absent(one.staff_id, MONDAY, "am")
    other = rota.week(MONDAY).cells[AFTERNOON].assignments[0]
    with pytest.raises(UserError) as gone:
        rota.exchange(one.id, other.id, confirmed=ANYWAY)
    assert gone.value.code == "not-standing"


def test_moving_to_a_week_where_the_limit_is_reached_asks(director: Office) -> None:
    """The other week is looked at too: E001 comes once a week."""
    rota, once = director.services.rota, expert_id(director, "E001")
    next_week = MONDAY + timedelta(days=9)
    rota.assign(next_week, "am", once, confirmed=ANYWAY)
    there = rota.assign(MONDAY + timedelta(days=2), "am", once, confirmed=ANYWAY).value
    with pytest.raises(Confirmation) as question:
        rota.move(there.id, next_week, "pm", confirmed=frozenset({"pinned"}))
    assert "满" in question.value.text() or "已" in question.value.text()


def test_a_double_booking_from_elsewhere_is_found_however_far_ahead(filled: Office) -> None:
    rota = filled.services.rota
    far = MONDAY + timedelta(days=70)
    assert rota.conflicts(MONDAY, SUNDAY) == ()
    first = rota.assign(far, "am", expert_id(filled, "E041"), confirmed=ANYWAY).value
    with filled.ctx.write(May.EDIT_ROTA, "from elsewhere") as act:
        for number, room in (("E041", None), ("E032", first.room_id)):
            who = expert_id(filled, number)
            act.tx.add(
                Assignment(
                    id=new_id(act.tx), stream="org", centre_id=filled.who.centre_id, day=far, half="am",
                    staff_id=who, state="published", room_id=room,
                )
            )  # fmt: skip
    found = rota.conflicts(MONDAY, far)
    assert [one.note.code for one in found] == ["room-twice", "twice"] and found[0].slot == Slot(far, "am")
    assert "钟超轩" in found[1].note.text() and str(first.room) in found[0].note.text()
    rota.mark_absent(first.staff_id, far, "am")
    assert rota.conflicts(MONDAY, far) == ()


def test_one_duty_of_a_proposal_is_taken_over_and_the_rest_still_holds(director: Office) -> None:
    rota = director.services.rota
    proposal = rota.propose(MONDAY, SUNDAY)
    one, left_out, *_ = proposal.duties
    rest = rota.adopt_part(proposal, one.slot.day, one.slot.half, one.staff_id).value
    assert len(rest.added) == len(proposal.added) - 1 and rota.still_holds(rest) and not rota.still_holds(proposal)
    assert [a.staff_id for a in rota.week(MONDAY).cells[one.slot].assignments] == [one.staff_id]
    rest = without(rest, left_out.slot, left_out.staff_id)
    rota.adopt(rest)
    view = rota.week(MONDAY)
    assert sum(len(cell.assignments) for cell in view.cells.values()) == 29
    assert left_out.staff_id not in {a.staff_id for a in view.cells[left_out.slot].assignments}


def test_a_proposal_no_longer_holds_once_anything_moved(director: Office) -> None:
    rota = director.services.rota
    proposal = rota.propose(MONDAY, SUNDAY)
    rota.assign(MONDAY, "am", expert_id(director, "E041"), confirmed=ANYWAY)
    assert not rota.still_holds(proposal)
    rota.undo()
    assert rota.still_holds(proposal), "undone, the board is as it was"


def test_another_centre_is_read_without_its_drafts(director: Office) -> None:
    rota, who = director.services.rota, director.who
    people = {number: expert_id(director, number) for number in ("E041", "E032")}
    with director.ctx.write(May.EDIT_CENTRE, "county") as act:
        county = Centre(id=new_id(act.tx), code="S2", name="莘县中心", address="", hotline="")
        act.tx.add(county)
        act.tx.flush()
        act.tx.add(DutyPattern(centre_id=county.id, weekday=0, half="am", needed=1))
        for number, state in (("E041", "published"), ("E032", "draft")):
            act.tx.add(
                Assignment(
                    id=new_id(act.tx), stream="org", centre_id=county.id, day=MONDAY, half="am",
                    staff_id=people[number], state=state,
                )
            )  # fmt: skip
        centre_id = county.id
    assert rota.centres() == ((who.centre_id, rota.centres()[0][1]), (centre_id, "莘县中心"))
    view = rota.week(MONDAY, centre_id=centre_id)
    assert [a.name for cell in view.cells.values() for a in cell.assignments] == ["钟超轩"]
    assert not rota.week(MONDAY).cells[MORNING].assignments
