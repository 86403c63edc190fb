"""Whatever happens at the hub, and whenever a courier is killed: what was sealed reaches everybody, unchanged."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.sync.spool import REFUSED, SEEN
from db.replica.files import TEMPORARY
from db.replica.hubs import MARKER, SEGMENTS
from db.replica.names import fits, parse_name
from tests.services.courier_child import run_and_die
from tests.services.hub_folders import at_hub, make_pc, segment, tree

PCS, ROUNDS = 3, 3
which = st.integers(0, PCS - 1)
some = st.integers(0, 30)


class HostileHub(RuleBasedStateMachine):
    """PCs that seal and run; a hub that somebody damages between any two runs."""

    @initialize()
    def begin(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="longshan-hub-"))
        self.hub = self.base / "hub"
        self.hub.mkdir()
        self.pcs = [make_pc(self.base / f"pc{n}", self.hub, n + 1) for n in range(PCS)]
        self.sealed: dict[str, bytes] = {}
        self.own: list[dict[str, bytes]] = [{} for _ in range(PCS)]
        self.old: dict[str, bytes] = {}

    def teardown(self) -> None:
        if hasattr(self, "base"):
            try:
                self.settle()
            finally:
                shutil.rmtree(self.base)

    def file(self, number: int) -> Path | None:
        paths = sorted(at_hub(self.hub))
        return self.hub / SEGMENTS / paths[number % len(paths)] if paths else None

    # --- what PCs do

    @rule(pc=which, count=st.integers(1, 3))
    def seal(self, pc: int, count: int) -> None:
        for _ in range(count):
            name, data = segment(len(self.own[pc]) + 1, device=pc + 1)
            self.own[pc][name.path] = self.sealed[name.path] = data
            self.pcs[pc].lay(name, data)

    @rule(pc=which)
    def run(self, pc: int) -> None:
        self.pcs[pc].run()

    @rule(pc=which, step=st.integers(1, 60))
    def killed(self, pc: int, step: int) -> None:
        run_and_die(self.pcs[pc].run, step)

    @rule(pc=which)
    def restored(self, pc: int) -> None:
        """From a backup: its own packets come from the database, the rest from the hub."""
        shutil.rmtree(self.pcs[pc].spool, ignore_errors=True)
        self.rebuild(pc)

    @rule(pc=which, name=st.sampled_from([REFUSED, SEEN]))
    def forgets(self, pc: int, name: str) -> None:
        (self.pcs[pc].spool / name).unlink(missing_ok=True)

    @rule(pc=which, number=some)
    def disk_error(self, pc: int, number: int) -> None:
        paths = sorted(self.pcs[pc].segments())
        if paths:
            path = self.pcs[pc].spool / paths[number % len(paths)]
            path.write_bytes(path.read_bytes()[:-3])

    # --- what happens to the hub

    @rule(number=some)
    def gone(self, number: int) -> None:
        if path := self.file(number):
            path.unlink()

    @rule(number=some, change=st.sampled_from(["empty", "short", "long", "zeros"]))
    def damaged(self, number: int, change: str) -> None:
        changes: dict[str, Callable[[bytes], bytes]] = {
            "empty": lambda data: b"",
            "short": lambda data: data[:-1],
            "long": lambda data: data + b"x",
            "zeros": lambda data: bytes(len(data)),
        }
        if path := self.file(number):
            path.write_bytes(changes[change](path.read_bytes()))

    @rule(number=some, other=some)
    def swapped(self, number: int, other: int) -> None:
        one, two = self.file(number), self.file(other)
        if one and two:
            first, second = one.read_bytes(), two.read_bytes()
            one.write_bytes(second)
            two.write_bytes(first)

    @rule(number=some, seq=st.integers(1, 9))
    def forged(self, number: int, seq: int) -> None:
        if path := self.file(number):
            path.with_name(f"{seq:012d}-{'ab' * 32}").write_bytes(path.read_bytes())

    @rule()
    def emptied(self) -> None:
        shutil.rmtree(self.hub)
        self.hub.mkdir()

    @rule()
    def unmarked(self) -> None:
        (self.hub / MARKER).unlink(missing_ok=True)

    @rule()
    def remembered(self) -> None:
        self.old = tree(self.hub)

    @rule()
    def rolled_back(self) -> None:
        self.emptied()
        for path, data in self.old.items():
            (self.hub / path).parent.mkdir(parents=True, exist_ok=True)
            (self.hub / path).write_bytes(data)

    # --- what holds

    @invariant()
    def no_pc_believes_a_forgery(self) -> None:
        for pc in getattr(self, "pcs", []):
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


def test_the_model_can_fail() -> None:
    """The forgery of the model is one: its bytes are not what its name says."""
    name = parse_name(segment(1)[0].path.rpartition("-")[0] + "-" + "ab" * 32)
    assert name is not None and not fits(name, segment(1)[1])


TestHostileHub = HostileHub.TestCase
