"""How two states of the rota differ: properties of the comparison, and its words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common import words
from app.rota.rules import Slot
from app.rota.versions import Line, differences, latest, read_line, told, told_to

MONDAY = date(2027, 1, 4)
DAYS = [MONDAY + timedelta(days=n) for n in range(4)]
PEOPLE = ["a", "b", "c", "d", "e"]

slots = st.builds(Slot, st.sampled_from(DAYS), st.sampled_from(["am", "pm"]))
keys = st.tuples(slots, st.sampled_from(PEOPLE))
states = st.dictionaries(keys, st.sampled_from([None, "r1", "r2", "r3"]), max_size=16).map(
    lambda found: [Line(slot, who, room, f"{slot.day}{slot.half}{who}") for (slot, who), room in found.items()]
)


def seats(lines: list[Line]) -> dict[tuple[Slot, str], str | None]:
    return {(line.slot, line.staff_id): line.room_id for line in lines}


@given(states, states)
def test_what_differs_turns_one_state_into_the_other(before: list[Line], now: list[Line]) -> None:
    made = seats(before)
    for one in differences(before, now):
        if one.kind in ("removed", "hands"):
            assert one.before is not None
            del made[one.slot, one.before.staff_id]
        if one.kind in ("added", "hands", "room"):
            assert one.now is not None and (one.kind == "room") == ((one.slot, one.now.staff_id) in made)
            made[one.slot, one.now.staff_id] = one.now.room_id
    assert made == seats(now)


@given(states, states)
def test_exactly_those_are_told_for_whom_something_changes(before: list[Line], now: list[Line]) -> None:
    old, new = seats(before), seats(now)
    concerned = {who for slot, who in {*old, *new} if old.get((slot, who), "") != new.get((slot, who), "")}
    assert {who for one in differences(before, now) for who in one.staff_ids} == concerned


@given(states, states)
def test_no_session_has_both_somebody_taken_off_and_somebody_added(before: list[Line], now: list[Line]) -> None:
    """They are one change of hands."""
    kinds: dict[Slot, set[str]] = {}
    for one in differences(before, now):
        kinds.setdefault(one.slot, set()).add(one.kind)
    assert all(not {"added", "removed"} <= found for found in kinds.values())


@given(states, st.randoms(use_true_random=False))
def test_the_order_of_lines_says_nothing(lines: list[Line], random: object) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert not differences(lines, shuffled)
    assert differences([], lines) == differences([], shuffled)


@given(states)
def test_a_line_reads_back_as_it_was_stored(lines: list[Line]) -> None:
    assert [read_line(line.stored()) for line in lines] == lines


spans = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(sorted)


@given(st.lists(st.tuples(spans, states), max_size=4))
def test_the_newest_version_of_a_day_is_what_counts(versions: list[tuple[list[date], list[Line]]]) -> None:
    cut = [
        (first, last, [line for line in lines if first <= line.slot.day <= last]) for (first, last), lines in versions
    ]
    found, days = latest(cut)
    for day in DAYS:
        speaking = [lines for first, last, lines in cut if first <= day <= last]
        assert (day in days) == bool(speaking)
        wanted = seats([line for line in speaking[-1] if line.slot.day == day]) if speaking else {}
        assert seats([line for slot, lines in found.items() if slot.day == day for line in lines]) == wanted


def test_hands_change_in_the_same_room_first() -> None:
    slot = Slot(MONDAY, "am")
    before = [Line(slot, "a", "r1", "1"), Line(slot, "b", "r2", "2")]
    now = [Line(slot, "c", "r2", "3"), Line(slot, "d", "r1", "4")]
    pairs = {(one.before.staff_id, one.now.staff_id) for one in differences(before, now) if one.before and one.now}
    assert pairs == {("a", "d"), ("b", "c")}


@pytest.mark.parametrize(("language", "wanted"), [
    ("zh", ["乙替换甲", "1月4日 周一上午：不再值班，由乙来", "1月4日 周一上午：新的值班，1室，接替甲"]),
    ("en", ["乙 instead of 甲", "1/4 Mon morning: no longer on duty, 乙 comes",
            "1/4 Mon morning: new duty, 1室, in place of 甲"]),
])  # fmt: skip
def test_each_side_is_told_her_part_in_the_language_in_force(language: str, wanted: list[str]) -> None:
    slot = Slot(MONDAY, "am")
    (one,) = differences([Line(slot, "a", "r1", "1")], [Line(slot, "b", "r1", "2")])
    names, rooms = {"a": "甲", "b": "乙"}, {"r1": "1室"}
    notes = [told(one, names, rooms), told_to("a", one, names, rooms), told_to("b", one, names, rooms)]
    before = words.language()
    words.set_language(language)
    try:
        assert [note.text() for note in notes] == wanted
    finally:
        words.set_language(before)
