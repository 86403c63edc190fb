"""What a merge costs: everything that the program does with a segment, against the bare writing of the same rows.

merge into an away PC   200,000 changes in segments of 1,000, 1,000 of them in conflict; reference: the same rows by
                        INSERT and UPDATE of prepared tuples in one transaction of the same kind of file
merge into a full file  10,000 edits of rows from all over 1,000,000; references: UPDATE by key of prepared tuples,
                        and SQLite's session extension applying a changeset of the same edits
"""

from __future__ import annotations

import importlib
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import select

from app.sync import intake
from app.sync.spool import Spool
from db.crypto import pairs
from db.engine import Database, Tx
from db.models import Segment
from db.models.replica import WHOLE_ROW
from db.replica.names import parse_name
from db.replica.raw import listed, quoted
from db.replica.segments import Block, changes_of, open_segment, read_envelope
from tests.bench.copies import DEVICES, one_behind, open_pc, settle_disk, two_pcs, work_folder
from tests.bench.desk import Desk
from tests.services.fleet import CENTRE, KEY, STREAM_KEY, Pc

RUNS = 5
CHANGES, FULL, EDITS = 200_000, 1_000_000, 10_000
Statement = tuple[str, list[tuple[Any, ...]]]
Row = dict[str, object]


def run() -> list[Row]:
    """Medians of runs taken in turn."""
    return [*_away(), *_full()]


def _away() -> list[Row]:
    kept = one_behind(CHANGES) / "target"
    taken: dict[str, list[float]] = {"ours": [], "bare": [], "unindexed": []}
    held: list[float] = []
    with work_folder() as folder:
        statements = list(plain(kept, kept / "spool"))
        for _ in range(RUNS):
            with _copy(kept, folder) as pc, _held(held):
                taken["ours"].append(_merged(pc, CHANGES))
            with _copy(kept, folder) as pc, mock.patch.object(intake, "follow"):
                taken["unindexed"].append(_merged(pc, CHANGES))
            with _copy(kept, folder) as pc:
                taken["bare"].append(_written(pc.db, statements))
    ours, bare, unindexed = (statistics.median(taken[name]) for name in ("ours", "bare", "unindexed"))
    held = [seconds for seconds in held if seconds > 0.01]  # of the others that a merge makes, none writes rows
    print(_spread("a merge transaction, s", held), file=sys.stderr)
    return [
        _row("merge of 200,000 changes / INSERT and UPDATE of the same", ours, bare, 8),
        _row("the same without the search index", unindexed, bare, 8),
        _row("a transaction of it, 1,000 rows, median / 0.1 s", statistics.median(held), 0.1, 1),
        _row("the longest of them / 0.1 s", max(held), 0.1, 1),
    ]


def _full() -> list[Row]:
    kept = two_pcs(FULL)
    taken: dict[str, list[float]] = {"ours": [], "bare": [], "unindexed": [], "session": []}
    with work_folder() as folder:
        spool = _edited(kept / "source", folder / "source")
        statements = list(plain(kept / "target", spool))
        changeset = _recorded(kept / "target" / "centre.db", folder / "recorded.db", statements)
        for _ in range(RUNS):
            with _copy(kept / "target", folder, spool) as pc:
                taken["ours"].append(_merged(pc, EDITS))
            with _copy(kept / "target", folder, spool) as pc, mock.patch.object(intake, "follow"):
                taken["unindexed"].append(_merged(pc, EDITS))
            with _copy(kept / "target", folder, spool) as pc:
                taken["bare"].append(_written(pc.db, statements))
            if changeset is not None:
                taken["session"].append(_applied(kept / "target" / "centre.db", folder / "applied.db", changeset))
    ours, bare, unindexed = (statistics.median(taken[name]) for name in ("ours", "bare", "unindexed"))
    rows = [
        _row("merge of 10,000 edits into 1,000,000 rows / UPDATE by key", ours, bare, 3),
        _row("the same without the search index", unindexed, bare, 3),
    ]
    name = "the same merge / SQLite session changeset_apply"
    if changeset is None:
        return [*rows, {"name": name, "missing": "apsw-sqlite3mc is not installed"}]
    return [*rows, _row(name, ours, statistics.median(taken["session"]), 2)]


def _row(name: str, ours: float, reference: float, goal: float) -> Row:
    return {"name": name, "ours": ours, "reference": reference, "ratio": ours / reference, "goal": goal}


def _spread(name: str, values: list[float]) -> str:
    cuts = statistics.quantiles(values, n=100)
    return f"{name}: median {cuts[49]:.3f}, p95 {cuts[94]:.3f}, p99 {cuts[98]:.3f}, longest {max(values):.3f}"


# --- ours


@contextmanager
def _copy(kept: Path, folder: Path, spool: Path | None = None) -> Iterator[Pc]:
    """A fresh copy of a PC, with another spool if one is named; nothing proven, nothing waiting for the disk."""
    place = folder / "pc"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    shutil.copy(kept / "centre.db", place / "centre.db")
    shutil.copytree(spool or kept / "spool", place / "spool")
    pc = open_pc(place)
    pc.clock.at += timedelta(days=4000)
    pairs._known_good.clear()
    settle_disk()
    try:
        yield pc
    finally:
        pc.close()


def _merged(pc: Pc, changes: int) -> float:
    begun = time.perf_counter()
    result = pc.merge()
    taken = time.perf_counter() - begun
    if result.rows < changes or result.waiting or result.refused or result.alarms:
        raise RuntimeError(f"not merged whole: {result}")
    return taken


def _edited(kept: Path, place: Path) -> Path:
    """The spool of a PC that edits 10,000 rows and seals them."""
    shutil.copytree(kept, place)
    pc = open_pc(place)
    Desk(pc, EDITS + 1).renew(EDITS)
    pc.seal()
    pc.close()
    (place / "centre.db").unlink()
    return place / "spool"


@contextmanager
def _held(into: list[float]) -> Iterator[None]:
    """Notes how long each writing transaction keeps others from writing."""
    write = Database.write

    @contextmanager
    def watched(database: Database, *, patient: bool = False) -> Iterator[Tx]:
        with write(database, patient=patient) as tx:
            begun = time.perf_counter()
            yield tx
        into.append(time.perf_counter() - begun)

    with mock.patch.object(Database, "write", watched):
        yield


# --- the bare writing


def blocks_of(kept: Path, spool: Path) -> Iterator[Block]:
    """What lies in a spool and that PC has not merged yet, opened; in the order of its numbers."""
    database = Database.open(kept / "centre.db", KEY)
    with database.read() as tx:
        known = set(tx.execute(select(Segment.hash)).scalars())
    database.close()
    names = filter(None, (parse_name(path) for path in Spool(spool.parent).list()))
    for name in sorted(
        (one for one in names if one.hash not in known), key=lambda one: (one.stream == CENTRE, one.seq)
    ):
        envelope = read_envelope((spool / name.path).read_bytes())
        yield from open_segment(envelope, DEVICES[name.device].keys.sign, STREAM_KEY).blocks


def plain(kept: Path, spool: Path) -> Iterator[Statement]:
    """The same changes as bare statements and tuples."""
    for block in blocks_of(kept, spool):
        table, changes = quoted(block.table), changes_of(block)
        if block.part == WHOLE_ROW:
            names = ("id", "stream", "version", "stamp", *block.names)
            marks = ", ".join("?" * len(names))
            rows = [(one.id, CENTRE, one.version, one.stamp, *one.values) for one in changes]
            yield f"INSERT INTO {table} ({listed(names)}) VALUES ({marks})", rows
        else:
            sets = ", ".join(f"{quoted(name)} = ?" for name in block.names)
            yield f"UPDATE {table} SET {sets} WHERE id = ?", [(*one.values, one.id) for one in changes]


def _written(database: Database, statements: list[Statement]) -> float:
    with database.writer.connect() as connection:
        cursor = connection.connection.cursor()
        begun = time.perf_counter()
        cursor.execute("BEGIN IMMEDIATE")
        for statement, rows in statements:
            cursor.executemany(statement, rows)
        cursor.execute("COMMIT")
        return time.perf_counter() - begun


# --- SQLite's session extension


def _apsw() -> Any:
    """apsw-sqlite3mc, which this program itself has no need of; None where it is not installed."""
    try:
        return importlib.import_module("apsw")
    except ImportError:
        return None


def _session(path: Path) -> Any:
    """Its connection to a file of ours: the same cipher, the same key."""
    connection = _apsw().Connection(str(path))
    for pragma in ("cipher='sqlcipher'", "legacy=4", f"key=\"x'{KEY.hex()}'\"", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _recorded(kept: Path, path: Path, statements: list[Statement]) -> bytes | None:
    """The changeset of these statements; None without apsw-sqlite3mc."""
    if _apsw() is None:
        return None
    shutil.copy(kept, path)
    connection = _session(path)
    session = _apsw().Session(connection, "main")
    session.attach()
    with connection:
        for statement, rows in statements:
            connection.executemany(statement, rows)
    found: bytes = session.changeset()
    session.close()
    connection.close()
    path.unlink()
    return found


def _applied(kept: Path, path: Path, changeset: bytes) -> float:
    shutil.copy(kept, path)
    settle_disk()
    connection = _session(path)
    begun = time.perf_counter()
    _apsw().Changeset.apply(changeset, connection)
    taken = time.perf_counter() - begun
    connection.close()
    return taken


if __name__ == "__main__":
    print(run())
