"""Whatever happens at the hub, and whenever a courier is killed: what was sealed reaches everybody, unchanged.

Seeded: a failing seed replays.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.sync.spool import REFUSED, SEEN
from db.replica.files import TEMPORARY
from db.replica.hubs import MARKER, SEGMENTS
from db.replica.names import fits, parse_name
from tests.services.courier_child import run_and_die
from tests.services.hub_folders import at_hub, make_pc, segment, tree

PCS, ROUNDS, EPISODES, STEPS = 3, 3, 4, 25


class HostileHub:
    """PCs that seal and run; a hub that somebody damages between any two runs."""

    def __init__(self, base: Path, chance: random.Random) -> None:
        self.base, self.chance = base, chance
        self.hub = base / "hub"
        self.hub.mkdir(parents=True)
        self.pcs = [make_pc(base / f"pc{n}", self.hub, n + 1) for n in range(PCS)]
        self.sealed: dict[str, bytes] = {}
        self.own: list[dict[str, bytes]] = [{} for _ in range(PCS)]
        self.old: dict[str, bytes] = {}
        self.acts: list[Callable[[], object]] = [
            *(self.seal, self.run, self.run, self.killed, self.restored, self.forgets, self.disk_error),
            *(self.gone, self.damaged, self.damaged, self.swapped, self.forged),
            *(self.emptied, self.unmarked, self.remembered, self.rolled_back),
        ]

    def act(self) -> None:
        self.chance.choice(self.acts)()

    def pc(self) -> int:
        return self.chance.randrange(PCS)

    def file(self) -> Path | None:
        paths = sorted(at_hub(self.hub))
        return self.hub / SEGMENTS / self.chance.choice(paths) if paths else None

    # --- what PCs do

    def seal(self) -> None:
        pc = self.pc()
        for _ in range(self.chance.randint(1, 3)):
            name, data = segment(len(self.own[pc]) + 1, device=pc + 1)
            self.own[pc][name.path] = self.sealed[name.path] = data
            self.pcs[pc].lay(name, data)

    def run(self) -> None:
        self.pcs[self.pc()].run()

    def killed(self) -> None:
        run_and_die(self.pcs[self.pc()].run, self.chance.randint(1, 60))

    def restored(self) -> None:
        """From a backup: its own packets come from the database, the rest from the hub."""
        pc = self.pc()
        shutil.rmtree(self.pcs[pc].spool, ignore_errors=True)
        self.rebuild(pc)

    def forgets(self) -> None:
        (self.pcs[self.pc()].spool / self.chance.choice((REFUSED, SEEN))).unlink(missing_ok=True)

    def disk_error(self) -> None:
        pc = self.pcs[self.pc()]
        if paths := sorted(pc.segments()):
            path = pc.spool / self.chance.choice(paths)
            path.write_bytes(path.read_bytes()[:-3])

    # --- what happens to the hub

    def gone(self) -> None:
        if path := self.file():
            path.unlink()

    def damaged(self) -> None:
        changes: list[Callable[[bytes], bytes]] = [
            lambda data: b"",
            lambda data: data[:-1],
            lambda data: data + b"x",
            lambda data: bytes(len(data)),
            lambda data: bytes(byte ^ 1 for byte in data),
        ]
        if path := self.file():
            path.write_bytes(self.chance.choice(changes)(path.read_bytes()))

    def swapped(self) -> None:
        one, two = self.file(), self.file()
        if one and two:
            first, second = one.read_bytes(), two.read_bytes()
            one.write_bytes(second)
            two.write_bytes(first)

    def forged(self) -> None:
        if path := self.file():
            path.with_name(f"{self.chance.randint(1, 9):012d}-{'ab' * 32}").write_bytes(path.read_bytes())

    def emptied(self) -> None:
        shutil.rmtree(self.hub)
        self.hub.mkdir()

    def unmarked(self) -> None:
        (self.hub / MARKER).unlink(missing_ok=True)

    def remembered(self) -> None:
        self.old = tree(self.hub)

    def rolled_back(self) -> None:
        self.emptied()
        for path, data in self.old.items():
            (self.hub / path).parent.mkdir(parents=True, exist_ok=True)
            (self.hub / path).write_bytes(data)

    # --- what holds

    def no_pc_believes_a_forgery(self) -> None:
        for pc in self.pcs:
            for path in pc.segments():
                assert parse_name(path) is None or path in self.sealed, "a forgery got a name in a spool"

    def rebuild(self, pc: int) -> None:
        for path, data in self.own[pc].items():
            name = parse_name(path)
            assert name is not None
            if not (self.pcs[pc].spool / path).exists():
                self.pcs[pc].lay(name, data)

    def settle(self) -> None:
        """The hub is left in peace: after a few runs everybody has everything, and then nothing moves."""
        for _ in range(ROUNDS):
            for number, pc in enumerate(self.pcs):
                self.rebuild(number)
                pc.run()
        for pc in self.pcs:
            held = {path: data for path, data in pc.segments().items() if parse_name(path)}
            assert held == self.sealed
            assert not [path for path in tree(pc.folder) if TEMPORARY in path]
        there = at_hub(self.hub)
        assert {path: there.get(path) for path in self.sealed} == self.sealed
        assert not [path for path in tree(self.hub) if TEMPORARY in path]
        before = tree(self.base)
        for pc in self.pcs:
            result = pc.run()
            assert (result.pushed, result.pulled, result.refused) == (0, 0, 0)
        assert tree(self.base) == before


@pytest.mark.parametrize("seed", range(10))
def test_what_was_sealed_reaches_everybody(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for episode in range(EPISODES):
        world = HostileHub(tmp_path / str(episode), chance)
        for _ in range(chance.randint(3, STEPS)):
            world.act()
            world.no_pc_believes_a_forgery()
        world.settle()


def test_the_model_can_fail() -> None:
    """The forgery of the model is one: its bytes are not what its name says."""
    name = parse_name(segment(1)[0].path.rpartition("-")[0] + "-" + "ab" * 32)
    assert name is not None and not fits(name, segment(1)[1])
