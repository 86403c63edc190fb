"""Whatever is written on several PCs, whatever the order, however often it arrives: nothing is lost, all end alike."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.models import Client, GroupVersion, RiskEvent, Telephone
from db.replica.stamping import new_id
from tests.services.conftest import NOON
from tests.services.fleet import Fleet, Pc, open_losers, state_of

GROUPS = {"school": ("grade", "class_name"), "remarks": ("remarks",), "identity": ("name", "alias")}


@contextmanager
def fleet_of(number: int) -> Iterator[Fleet]:
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(Path(folder), number, NOON)
        try:
            yield fleet
        finally:
            fleet.close()


@dataclass
class Model:
    """What was written: each version of a group with its values, and which versions somebody knowingly replaced."""

    written: dict[tuple[str, str, bytes], dict[str, str | None]] = field(default_factory=dict)
    replaced: set[bytes] = field(default_factory=set)
    clients: list[str] = field(default_factory=list)
    events: set[str] = field(default_factory=set)


def insert(pc: Pc, model: Model, random: Random) -> None:
    with pc.db.write() as tx:
        row = Client(id=new_id(tx), number=f"LS{random.randrange(9999)}", name=f"名{random.random()}", kind="student")
        tx.add(row)
        tx.add(Telephone(client_id=row.id, written="0635-1", digits="06351"))
    model.clients.append(row.id)
    for group, names in GROUPS.items():
        model.written[row.id, group, row.version] = {name: getattr(row, name) for name in names}


def edit(pc: Pc, model: Model, random: Random) -> None:
    with pc.db.write() as tx:
        here = sorted(set(tx.execute(select(Client.id)).scalars()) & set(model.clients))
        if not here:
            return
        row, group = tx.get_one(Client, random.choice(here)), random.choice(sorted(GROUPS))
        key = ("client", row.id, group)
        before = tx.get(GroupVersion, key)
        model.replaced.add(before.version if before else row.version)
        for name in GROUPS[group]:
            setattr(row, name, random.choice((f"值{random.random()}", f"值{random.random()}", "")))
        tx.flush()
        after = tx.get_one(GroupVersion, key)
        model.written[row.id, group, after.version] = {name: getattr(row, name) for name in GROUPS[group]}


def record(pc: Pc, model: Model, random: Random) -> None:
    with pc.db.write() as tx:
        fields = {"case_id": "ca" * 12, "level": random.choice(("attention", "urgent")), "at": NOON, "key_version": 1}
        row = RiskEvent(id=new_id(tx), author="aa" * 12, sealed_rationale=b"x", supersedes=[], signature=b"y", **fields)
        tx.add(row)
    model.events.add(row.id)


def step(fleet: Fleet, model: Model, kind: int, random: Random) -> None:
    """One thing that happens somewhere: 0-2 write, 3 seal, 4 some segments arrive somewhere, 5 merge, 6 restart."""
    pc = random.choice(fleet.pcs)
    pc.clock.at += timedelta(seconds=random.choice((0, 0, 1, 3600, -3600)))
    if kind <= 2:
        (insert, edit, record)[kind](pc, model, random)
    elif kind == 3:
        pc.seal()
    elif kind == 4:
        source = random.choice(fleet.pcs)
        names = sorted(source.spool())
        fleet.carry(source, pc, random.sample(names, random.randrange(len(names) + 1)))
    elif kind == 5:
        pc.merge()
    else:
        pc.close()
        pc.open()


@settings(max_examples=25)
@given(
    kinds=st.lists(st.sampled_from((0, 0, 1, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6)), min_size=5, max_size=60),
    number=st.integers(2, 4),
    random=st.randoms(use_true_random=False),
)
def test_any_order_any_repetition_ends_alike_and_loses_nothing(kinds: list[int], number: int, random: Random) -> None:
    with fleet_of(number) as fleet:
        model = Model()
        for kind in kinds:
            step(fleet, model, kind, random)
        for result in fleet.settle():
            assert result.refused == 0
            assert result.alarms == ()
        states = [state_of(pc) for pc in fleet.pcs]
        assert all(state == states[0] for state in states)
        must_hold(fleet.pcs[0], model)


def must_hold(pc: Pc, model: Model) -> None:
    """Each version that nobody knowingly replaced is what shows, or an open loser with its very values."""
    with pc.db.read() as tx:
        assert set(tx.execute(select(Client.id)).scalars()) == set(model.clients)
        assert set(tx.execute(select(RiskEvent.id)).scalars()) == model.events
        losers = {(row, group, version): dict(values) for _, row, group, version, values in open_losers(tx)}
        for (row_id, group, version), values in model.written.items():
            if version in model.replaced:
                continue
            row, known = tx.get_one(Client, row_id), tx.get(GroupVersion, ("client", row_id, group))
            if version == (known.version if known else row.version):
                assert {name: getattr(row, name) for name in GROUPS[group]} == values
            else:
                kept = losers.pop((row_id, group, version))
                assert {name: kept[name] for name in values} == values
        assert not losers


def test_two_knowing_edits_leave_no_conflict() -> None:
    with fleet_of(2) as fleet:
        one, two = fleet.pcs
        model, random = Model(), Random(1)
        insert(one, model, random)
        fleet.settle()
        for pc in (two, one, two):
            edit(pc, model, random)
            fleet.settle()
        with one.db.read() as tx:
            assert open_losers(tx) == []
        must_hold(one, model)
