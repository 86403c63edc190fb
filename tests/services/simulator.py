"""Everything that happens to PCs, drawn from a seed: writing, deleting, deciding, copied folders, old files put back,
power cuts, segments in any order and as often as it likes. A seed that fails fails again.

`python -m tests.services.simulator 0 1000` runs a thousand of them and says which end differently, or lose a value.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import event, select, text

from app.sync.intake import CLONED, FORKED
from app.sync.sentences import Sentence
from db.engine import Tx
from db.models import Client, GroupVersion, Guardian, Outbox, Removed
from db.replica import sealing
from db.replica.deletions import dots
from db.replica.incarnations import NOT_DRAWN
from db.replica.settling import open_sides, put_back, settle
from db.replica.stamping import new_id
from tests.services.conftest import NOON
from tests.services.fleet import Fleet, Pc, open_losers, state_of

GROUPS = {"school": ("grade", "class_name"), "remarks": ("remarks",)}
MOST_PCS = 5


class Killed(BaseException):
    """Power, at one statement."""


@dataclass
class World:
    """PCs and what was written on them: dot -> row, group, values. `lost`: what an old file put back may undo."""

    fleet: Fleet
    random: Random
    folder: Path
    log: list[str] = field(default_factory=list)
    copies: dict[Path, list[Path]] = field(default_factory=dict)
    written: dict[bytes, tuple[str, str, dict[str, Any]]] = field(default_factory=dict)
    replaced: set[bytes] = field(default_factory=set)
    lost: set[bytes] = field(default_factory=set)

    def say(self, what: str, pc: Pc, *more: object) -> None:
        """A line of the log by which a failing seed is understood."""
        self.log.append(" ".join(map(str, (what, self.fleet.pcs.index(pc), *more))))

    def note(self, tx: Tx, row: Client, group: str, *replaced: bytes) -> None:
        """Remembers the version that this group has now."""
        known = tx.get(GroupVersion, ("client", row.id, group))
        version = known.version if known else row.version
        self.written[version] = (row.id, group, {name: getattr(row, name) for name in GROUPS[group]})
        self.replaced.update(replaced)


def insert(world: World, pc: Pc) -> None:
    with pc.db.write() as tx:
        row = Client(id=new_id(tx), number="LS1", name="名", kind="student")
        tx.add_all([row, Guardian(id=new_id(tx), client_id=row.id, name="母", relation="母")])
    world.say("insert", pc, row.id)


def edit(world: World, pc: Pc) -> None:
    with pc.db.write() as tx:
        row, group = _some(world, tx, Client), world.random.choice(sorted(GROUPS))
        if row is None:
            return
        before = _shown(tx, row, group)
        for name in GROUPS[group]:
            setattr(row, name, f"值{world.random.randrange(10**6)}")
        tx.flush()
        world.note(tx, row, group, before)
        world.say("edit", pc, row.id, group)


def _some(world: World, tx: Tx, model: type[Client] | type[Guardian]) -> Any:
    ids = sorted(tx.execute(select(model.id)).scalars())
    return tx.get_one(model, world.random.choice(ids)) if ids else None


def _shown(tx: Tx, row: Client, group: str) -> bytes:
    known = tx.get(GroupVersion, ("client", row.id, group))
    return known.version if known else row.version


def delete(world: World, pc: Pc) -> None:
    with pc.db.write() as tx:
        row = _some(world, tx, world.random.choice((Client, Client, Guardian)))
        if row is not None:
            tx.delete(row)
            world.say("delete", pc, row.id)


def bring_back(world: World, pc: Pc) -> None:
    with pc.db.write() as tx:
        query = select(Removed.table_name, Removed.row_id)
        gone = sorted(tx.execute(query.where(Removed.beaten.is_(False), Removed.content.is_not(None))).all())
        if not gone:
            return
        table, row_id = world.random.choice(gone)
        put_back(tx, table, row_id)
        world.say("back", pc, row_id)


def decide(world: World, pc: Pc) -> None:
    with pc.db.write() as tx:
        sides = [side for side in open_sides(tx) if tx.get(Client, side.row_id) is not None]
        if not sides:
            return
        one = world.random.choice(sides)
        row = tx.get_one(Client, one.row_id)
        all_of_it = [side for side in sides if (side.row_id, side.group) == (one.row_id, one.group)]
        before = _shown(tx, row, one.group)
        values = world.random.choice((one.values, None))
        settle(tx, one.table, one.row_id, one.group, values, [side.loser_id for side in all_of_it], pc.clock.now())
        world.note(tx, row, one.group, before, *(side.version for side in all_of_it))
        world.say("decide", pc, one.row_id, one.group)


def seal(world: World, pc: Pc) -> None:
    world.say("seal", pc, pc.seal())


def merge(world: World, pc: Pc) -> None:
    result = pc.merge()
    assert result.refused == 0
    world.say("merge", pc, result.merged)


def carry_some(world: World, pc: Pc) -> None:
    source = world.random.choice(world.fleet.pcs)
    names = sorted(source.spool())
    world.fleet.carry(source, pc, world.random.sample(names, world.random.randrange(len(names) + 1)))
    world.say("carry some", pc, world.fleet.pcs.index(source))


def carry_all(world: World, pc: Pc) -> None:
    source = world.random.choice(world.fleet.pcs)
    world.fleet.carry(source, pc)
    world.say("carry", pc, world.fleet.pcs.index(source))


def restart(world: World, pc: Pc) -> None:
    pc.close()
    pc.open()
    world.say("restart", pc)


def twin(world: World, pc: Pc) -> None:
    """Somebody copies the folder, and both go on."""
    if len(world.fleet.pcs) < MOST_PCS:
        pc.close()
        other = pc.copy_to(world.folder / f"twin{len(world.fleet.pcs)}")
        pc.open()
        other.open()
        world.fleet.pcs.append(other)
        world.say("twin", pc)


def copy(world: World, pc: Pc) -> None:
    """The file is laid aside, with what waits in its outbox."""
    kept = world.copies.setdefault(pc.folder, [])
    kept.append(world.folder / f"{pc.folder.name}-{len(kept)}.db")
    pc.close()
    shutil.copy(pc.folder / "centre.db", kept[-1])
    pc.open()
    world.say("copy", pc)


def set_back(world: World, pc: Pc) -> None:
    """An old file takes the place of the present one, by the file manager or as a restore does it; the hub (another PC)
    holds what was sealed."""
    kept = world.copies.get(pc.folder)
    if not kept:
        return
    with pc.db.read() as tx:
        waiting = select(Outbox.row_id, Outbox.part).where(Outbox.table_name == "client")
        for row_id, part in tx.execute(waiting):
            world.lost.update(dot for dot, (row, group, _) in world.written.items() if (row, group) == (row_id, part))
    hub = next(other for other in world.fleet.pcs if other is not pc)
    world.fleet.carry(pc, hub)
    pc.close()
    for left in pc.folder.glob("centre.db*"):
        left.unlink()
    shutil.copy(world.random.choice(kept), pc.folder / "centre.db")
    if world.random.random() < 0.5:
        shutil.rmtree(pc.folder / "spool")
        (pc.folder / "spool").mkdir()
    pc.open()
    if world.random.random() < 0.5:
        with pc.db.write() as tx:
            tx.execute(text("UPDATE device SET incarnation = :i"), {"i": NOT_DRAWN})
        restart(world, pc)
    world.say("set back", pc)


def power_cut(world: World, pc: Pc) -> None:
    """At some statement of sealing or merging."""
    left = [world.random.randrange(1, 60)]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    what = world.random.choice((pc.merge, pc.seal))
    event.listen(pc.db.writer, "before_cursor_execute", count)
    with contextlib.suppress(Killed):
        what()
    event.remove(pc.db.writer, "before_cursor_execute", count)
    restart(world, pc)


STEPS: tuple[Callable[[World, Pc], None], ...] = (
    *(insert, edit, edit, edit, edit, delete, delete, bring_back, decide, decide),
    *(seal, seal, seal, merge, merge, merge, carry_some, carry_all, carry_all),
    *(restart, twin, copy, set_back, power_cut),
)


def run(seed: int, most: int = 50) -> World:
    """AssertionError with the log if the PCs end differently or a value is lost."""
    random, rows = Random(seed), vars(sealing)["MAX_ROWS"]
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(Path(folder), random.choice((2, 3)), NOON)
        world = World(fleet, random, Path(folder))
        vars(sealing)["MAX_ROWS"] = random.choice((rows, rows, 1, 2, 3))
        try:
            for _ in range(random.randrange(6, most)):
                pc = random.choice(fleet.pcs)
                pc.clock.at += timedelta(seconds=random.choice((0, 0, 1, 3600, -3600)))
                random.choice(STEPS)(world, pc)
            _all_alike(world)
            _nothing_lost(world)
        except AssertionError as error:
            raise AssertionError("\n".join((f"seed {seed}", *world.log, str(error)))) from error
        finally:
            vars(sealing)["MAX_ROWS"] = rows
            fleet.close()
    return world


def _all_alike(world: World) -> None:
    for result in world.fleet.settle():
        said = {alarm.message for alarm in result.alarms if isinstance(alarm, Sentence)}
        assert result.refused == 0
        assert said <= {CLONED, FORKED}, said
    states = [state_of(pc) for pc in world.fleet.pcs]
    for part, of_first in states[0].items():
        for number, state in enumerate(states):
            assert state[part] == of_first, f"{part} of {number}: {state[part]!r} and not {of_first!r}"


def _nothing_lost(world: World) -> None:
    """What nobody replaced shows, or waits for a decision with its very values, or was known to who deleted its row."""
    with world.fleet.pcs[0].db.read() as tx:
        losers = {version: dict(values) for _, _, _, version, values in open_losers(tx)}
        for dot, (row_id, group, values) in world.written.items():
            if dot in world.replaced or dot in world.lost:
                continue
            row = tx.get(Client, row_id)
            if row is None:
                assert dot in dots(tx.get_one(Removed, ("client", row_id)).known), (row_id, group)
            elif dot == _shown(tx, row, group):
                assert {name: getattr(row, name) for name in GROUPS[group]} == values
            else:
                assert {name: losers[dot][name] for name in GROUPS[group]} == values
        if not world.lost:
            assert not losers.keys() & world.replaced


def main() -> None:
    first, last = map(int, sys.argv[1:3])
    failed = 0
    for seed in range(first, last):
        try:
            run(seed)
        except Exception as error:
            failed += 1
            sys.stdout.write(f"{type(error).__name__} {error}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{first}-{last}: {failed} failed\n")


if __name__ == "__main__":
    main()
