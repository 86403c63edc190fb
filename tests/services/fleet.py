"""Several PCs of one centre without windows or passwords: real encrypted files, real sealing and merging, a spool each.

The test is the courier: `carry` copies any segments it likes, in any order, as often as it likes. `Model` watches what
was written and by whom it was known, and says what must be there in the end.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from app.common.clock import SetClock
from app.security.membership import KnownDevice
from app.sync.engine import seal_all, take_in
from app.sync.views import MergeResult
from db.crypto.pairs import KeyPairs
from db.engine import Database, Tx
from db.models import AuditEntry, Device, GroupVersion, Loser, Outbox, StreamKey
from db.replica.incarnations import draw_if_needed
from db.replica.raw import columns, listed, models, quoted
from db.replica.sealing import milliseconds
from db.schema import upgrade

CENTRE, ORGANISATION = "c0" * 12, "a0" * 12
KEY, STREAM_KEY = b"k" * 32, b"s" * 32


@dataclass
class Pc:
    """One PC: its file, its folder, its own clock."""

    folder: Path
    clock: SetClock
    devices: dict[bytes, KnownDevice]
    db: Database = field(init=False)

    def open(self) -> None:
        """A new opening, as after a start of the program."""
        self.db = Database.open(self.folder / "centre.db", KEY)
        self.db.wall_ms = lambda: milliseconds(self.clock.now())
        with self.db.write() as tx:
            draw_if_needed(tx)

    def close(self) -> None:
        self.db.close()

    def seal(self) -> int:
        return seal_all(self.db, self.folder, self.clock)

    def merge(self) -> MergeResult:
        root = KeyPairs(b"r" * 32, b"r" * 32).public
        return take_in(self.db, self.folder, ORGANISATION, root, self.clock, known=self.devices)

    def spool(self) -> dict[str, bytes]:
        """Path to bytes of the segments that lie here."""
        root = self.folder / "spool"
        return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.glob("*/*/*/*/*")}

    def copy_to(self, folder: Path) -> Pc:
        """The whole folder, as somebody copies it with the file manager while the program is closed."""
        shutil.copytree(self.folder, folder)
        return Pc(folder, SetClock(self.clock.now()), self.devices)


class Fleet:
    """PCs that know each other. `close` them all at the end."""

    def __init__(self, folder: Path, number: int, start: datetime) -> None:
        self.folder, self.start = folder, start
        self.devices: dict[bytes, KnownDevice] = {}
        self.pcs: list[Pc] = []
        template = folder / "template.db"
        made = Database(template, KEY)
        upgrade(made)
        made.close()
        for index in range(number):
            self._add(template, index)

    def _add(self, template: Path, index: int) -> None:
        place = self.folder / f"pc{index}"
        (place / "spool").mkdir(parents=True)
        shutil.copy(template, place / "centre.db")
        device, pairs = bytes([0xD0 + index]) * 8, KeyPairs.new()
        letter = chr(ord("A") + index)
        known = KnownDevice(device, f"pc{index}", letter, CENTRE, (CENTRE,), pairs.public)
        self.devices[device] = known
        pc = Pc(place, SetClock(self.start + timedelta(seconds=index)), self.devices)
        database = Database(place / "centre.db", KEY)
        with database.write() as tx:
            row = Device(id=device, name=known.name, letter=letter, centre_id=CENTRE, organisation_id=ORGANISATION)
            row.root_sign, row.clock, row.incarnation, row.key_pairs = b"r" * 32, bytes(10), bytes(4), pairs.to_bytes()
            tx.add(row)
            tx.add_all(StreamKey(stream=stream, epoch=1, key=STREAM_KEY) for stream in ("org", CENTRE))
        database.close()
        pc.open()
        self.pcs.append(pc)

    def carry(self, source: Pc, target: Pc, wanted: list[str] | None = None) -> None:
        """Copies segments by name into the other's spool; all of them if none are named."""
        for path, data in source.spool().items():
            if wanted is None or path in wanted:
                put(target, path, data)

    def settle(self) -> list[MergeResult]:
        """Everybody seals, everything reaches everybody, and everybody merges, until nothing moves any more."""
        results: list[MergeResult] = []
        while True:
            for pc in self.pcs:
                pc.seal()
            before = [len(pc.spool()) for pc in self.pcs]
            for source in self.pcs:
                for target in self.pcs:
                    if source is not target:
                        self.carry(source, target)
            results += [pc.merge() for pc in self.pcs]
            if [len(pc.spool()) for pc in self.pcs] == before:
                return results

    def close(self) -> None:
        for pc in self.pcs:
            pc.close()


def put(pc: Pc, path: str, data: bytes) -> None:
    """A file in a PC's spool."""
    target = pc.folder / "spool" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def state_of(pc: Pc) -> dict[str, Any]:
    """Everything that must be equal on all PCs once all have everything: rows bit for bit, versions, open losers."""
    with pc.db.read() as tx:
        rows = {table: _rows(tx, table) for table in sorted(models())}
        versions = tx.execute(
            select(GroupVersion.table_name, GroupVersion.row_id, GroupVersion.group_name, GroupVersion.version)
        )
        audit = tx.execute(select(AuditEntry.device, AuditEntry.seq, AuditEntry.hash)).all()
        return {
            "rows": rows,
            "versions": sorted(map(tuple, versions)),
            "losers": sorted(open_losers(tx)),
            "audit": sorted(map(tuple, audit)),
            "outbox": tx.execute(select(func.count()).select_from(Outbox)).scalar_one(),
        }


def _rows(tx: Tx, table: str) -> list[tuple[Any, ...]]:
    names = columns(table)
    kinds = ", ".join(f"typeof({quoted(name)})" for name in names)
    query = text(f"SELECT {listed(names)}, {kinds} FROM {quoted(table)} ORDER BY id")
    return [tuple(row) for row in tx.execute(query)]


def open_losers(tx: Tx) -> list[tuple[str, str, str, bytes, tuple[tuple[str, Any], ...]]]:
    """(table, row, group, dot, values) of what nobody has superseded yet."""
    found = []
    for loser in tx.execute(select(Loser).where(Loser.settled_at.is_(None))).scalars():
        query = text("SELECT column_name, value FROM loser_value WHERE loser_id = :i ORDER BY column_name")
        values = tuple((name, value) for name, value in tx.execute(query, {"i": loser.id}))
        found.append((loser.table_name, loser.row_id, loser.group_name, loser.version, values))
    return found
