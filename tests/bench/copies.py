"""Two PCs with a given number of rows, made once and kept in `.cache/bench`: the one that wrote them and the other.

What is kept is thrown away whenever the schema or the invented work changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from app.common.clock import SetClock
from app.security.membership import KnownDevice
from db.crypto.pairs import KeyPairs
from db.engine import Database
from db.models import Device
from db.replica.segments import MAX_ROWS
from db.schema import LATEST
from tests.bench.desk import MOST_AT_ONCE, Desk
from tests.services.fleet import CENTRE, KEY, Fleet, Pc
from tools.environment import cache

HERE = Path(__file__).resolve().parent
NOON = datetime.fromisoformat("2026-11-23T02:42:07+00:00")
AWAY_BASE, AWAY_CONFLICTS = 20_000, 1_000
_PAIRS = {bytes([0xD0 + index]) * 8: KeyPairs(bytes([index + 1]) * 32, bytes([index + 9]) * 32) for index in (0, 1)}
DEVICES = {
    device: KnownDevice(device, f"pc{index}", "AB"[index], CENTRE, (CENTRE,), pairs.public)
    for index, (device, pairs) in enumerate(_PAIRS.items())
}


def two_pcs(rows: int) -> Path:
    """A folder with `source` and `target`, both with at least so many rows, told in full segments."""
    return _kept(f"pcs-{rows}", lambda folder: _make_two(folder, rows))


def one_behind(changes: int) -> Path:
    """A folder with one PC of 20,000 rows in whose spool `changes` more lie sealed; 1,000 of them contradict what was
    edited here meanwhile."""
    return _kept(f"behind-{changes}", lambda folder: _make_behind(folder, changes))


def open_pc(folder: Path) -> Pc:
    """A PC of the two, its clock after whatever it has written or heard of."""
    database = Database.open(folder / "centre.db", KEY)
    with database.read() as tx:
        latest = tx.execute(select(Device.clock)).scalar_one()
    database.close()
    after = datetime.fromtimestamp(int.from_bytes(latest[:6], "big") / 1000 + 60, NOON.tzinfo)
    pc = Pc(folder, SetClock(max(NOON, after)), DEVICES)
    pc.open()
    return pc


@contextmanager
def work_folder() -> Iterator[Path]:
    """On the disk where the kept files lie, not in memory."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=cache()) as folder:
        yield Path(folder)


def settle_disk() -> None:
    """What was copied is on the disk before anything is timed."""
    if hasattr(os, "sync"):
        os.sync()


def _kept(name: str, make: Callable[[Path], None]) -> Path:
    said = [f"{LATEST} {MAX_ROWS}".encode(), *((HERE / file).read_bytes() for file in ("desk.py", "copies.py"))]
    home = cache() / "bench" / hashlib.sha256(b"\0".join(said)).hexdigest()[:12]
    for old in (cache() / "bench").glob("*"):
        if old != home:
            shutil.rmtree(old)
    if not (home / name).exists():
        home.mkdir(parents=True, exist_ok=True)
        print(f"making {name}, kept in {home} ...", file=sys.stderr, flush=True)
        with work_folder() as folder:
            make(folder)
            (folder / "template.db").unlink(missing_ok=True)
            (folder / "made").mkdir()
            for part in ("source", "target"):
                if (folder / part).exists():
                    (folder / part).rename(folder / "made" / part)
            (folder / "made").rename(home / name)
    return home / name


def write_and_seal(pc: Pc, desk: Desk, changes: int) -> None:
    """At least so many, in full segments."""
    done = 0
    while done < changes:
        done += desk.work(min(changes - done + MOST_AT_ONCE, MAX_ROWS))
        pc.seal()


def _make_two(folder: Path, rows: int) -> None:
    fleet = Fleet(folder, 2, NOON)
    for pc in fleet.pcs:
        pc.devices = DEVICES
        with pc.db.write() as tx:
            own = tx.execute(select(Device)).scalar_one()
            own.key_pairs = _PAIRS[own.id].to_bytes()
    source, target = fleet.pcs
    write_and_seal(source, Desk(source, rows), rows)
    target.clock.at = source.clock.at
    fleet.carry(source, target)
    _must_be_whole(target)
    fleet.close()
    for pc, name in zip(fleet.pcs, ("source", "target"), strict=True):
        pc.folder.rename(folder / name)


def _make_behind(folder: Path, changes: int) -> None:
    for part in ("source", "target"):
        shutil.copytree(two_pcs(AWAY_BASE) / part, folder / part)
    source, target = open_pc(folder / "source"), open_pc(folder / "target")
    here, there = Desk(source, changes + 1), Desk(target, changes + 2)
    for row_id in here.clients[:AWAY_CONFLICTS]:
        here.edit("client", "school", row_id)
        there.edit("client", "school", row_id)
    here.write()
    there.write()
    source.seal()
    target.seal()
    write_and_seal(source, here, changes - AWAY_CONFLICTS)
    source.close()
    target.close()
    shutil.copytree(source.folder / "spool", target.folder / "spool", dirs_exist_ok=True)
    shutil.rmtree(source.folder)


def _must_be_whole(pc: Pc) -> None:
    result = pc.merge()
    if result.refused or result.waiting or result.alarms:
        raise RuntimeError(f"not merged whole: {result}")
