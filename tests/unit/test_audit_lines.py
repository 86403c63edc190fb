"""Audit entries travel without what follows from the rest, and arrive as they stood, also when they were altered."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.replica.audit_lines import Stored, entry_hash, restore, shorten
from db.replica.segments import AuditLine, SegmentBroken

CHAINS = (b"d" * 12, b"d" * 8 + b"e" * 4)
IDS = st.binary(min_size=12, max_size=12).map(bytes.hex)
SAID = st.tuples(
    st.sampled_from(CHAINS), st.integers(0, 1 << 50), st.none() | st.binary(min_size=12, max_size=12), st.text(),
    st.lists(IDS, max_size=3), st.none() | st.binary(min_size=32, max_size=32),
)  # fmt: skip


def chained(said: list[tuple[bytes, int, bytes | None, str, list[str], bytes | None]]) -> list[Stored]:
    ends: dict[bytes, bytes] = {}
    lines: list[Stored] = []
    for chain, micros, user, act, subjects, signed in said:
        seq = 1 + sum(line[0] == chain for line in lines)
        previous = ends.get(chain, bytes(32))
        hashed = entry_hash(chain, seq, micros, user.hex() if user else "", act, subjects, signed or b"", previous)
        lines.append((chain, seq, micros, user, act, json.dumps(subjects), signed, previous, hashed))
        ends[chain] = hashed
    return lines


def over_the_wire(lines: list[Stored]) -> list[AuditLine]:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(shorten(lines)), type=list[AuditLine])


@given(st.lists(SAID, max_size=12))
def test_entries_arrive_bit_for_bit_and_carry_no_hash_that_follows(said: list) -> None:
    lines = chained(said)
    wire = over_the_wire(lines)
    assert restore(wire)[0] == lines
    assert all(line[8] == b"" for line in wire)
    assert sum(line[7] != b"" for line in wire) == len({line[0] for line in lines})


@given(st.lists(SAID, min_size=2, max_size=6), st.data())
def test_an_altered_entry_arrives_altered(said: list, data: st.DataObject) -> None:
    lines = chained(said)
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = (*lines[at][:4], "somebody wrote this", *lines[at][5:])
    assert restore(over_the_wire(lines))[0] == lines


@given(st.sampled_from(('["x"]', '["ab" ]', "[]", '["AB"]', '["\\u4e2d"]')))
def test_subjects_that_are_no_row_ids_arrive_as_they_stand(packed: str) -> None:
    line: Stored = (CHAINS[0], 1, 5, None, "act", packed, None, bytes(32), b"h" * 32)
    assert restore(over_the_wire([line]))[0] == [line]


@pytest.mark.parametrize(
    "line",
    [
        (CHAINS[0], 0, 5, None, "act", "[]", None, bytes(32), b""),
        (CHAINS[0], 1, -5, None, "act", "[]", None, bytes(32), b""),
        (CHAINS[0], 1, 5, None, "act", "{}", None, bytes(32), b""),
        (CHAINS[0], 2, 5, None, "act", "[]", None, b"", b""),
    ],
    ids=["number", "moment", "subjects", "no entry before it"],
)
def test_what_no_pc_writes_is_refused(line: AuditLine) -> None:
    with pytest.raises(SegmentBroken):
        restore([line])
