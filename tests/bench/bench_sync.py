"""A night's synchronisation through a folder hub: its time and bytes in a small file and in a large one, and what a
changed row weighs at the hub.

The night: one PC seals 500 changes and sends them, the other fetches and merges them. The file of 1,000,000 rows has
1,000 segments behind it, here and at the hub. A row's weight is compared with zstd of nothing but ids and changed
values, packed the same way: what is beyond it are clocks, what was superseded, audit, heads, signature and seal.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import zstandard

from app.sync.courier import run_courier
from app.sync.hub_file import HubFile, write_hub_file
from db.crypto import pairs
from db.replica.hubs import folder_url
from db.replica.names import parse_name
from db.replica.segments import Body, open_segment, read_envelope
from tests.bench.copies import DEVICES, open_pc, settle_disk, two_pcs, work_folder
from tests.bench.desk import Desk
from tests.services.fleet import CENTRE, STREAM_KEY, Pc

NIGHTS, CHANGES = 9, 500
SMALL, LARGE = 10_000, 1_000_000
STEPS = ("seal", "send", "fetch", "merge")
Row = dict[str, object]


@dataclass
class _Pair:
    """Two PCs and a hub between them."""

    folder: Path
    source: Pc
    target: Pc
    desk: Desk
    nights: list[dict[str, float]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    sealed: list[bytes] = field(default_factory=list)

    def night(self) -> None:
        self.desk.work(CHANGES)
        self.target.clock.at = self.source.clock.at
        pairs._known_good.clear()
        settle_disk()
        before = set(self.source.spool())
        marks = [time.perf_counter()]
        self.source.seal()
        marks.append(time.perf_counter())
        sent = run_courier(self.source.folder)
        marks.append(time.perf_counter())
        run_courier(self.target.folder)
        marks.append(time.perf_counter())
        result = self.target.merge()
        marks.append(time.perf_counter())
        if not 0.9 * CHANGES < result.rows <= CHANGES or result.waiting or result.refused:
            raise RuntimeError(f"not merged whole: {result}")
        self.nights.append({step: marks[n + 1] - marks[n] for n, step in enumerate(STEPS)} | {"rows": result.rows})
        self.sizes.append(sent.bytes_out)
        self.sealed += [data for path, data in self.source.spool().items() if path not in before]

    def seconds(self, *steps: str) -> float:
        return statistics.median(sum(night[step] for step in steps or STEPS) for night in self.nights)

    def weight(self) -> float:
        """Bytes at the hub for each changed row."""
        return sum(self.sizes) / sum(night["rows"] for night in self.nights)


def run() -> list[Row]:
    """Medians of nights taken in turn, the first of which only warms."""
    with work_folder() as folder, _pair(folder / "small", SMALL) as small, _pair(folder / "large", LARGE) as large:
        for _ in range(NIGHTS + 1):
            small.night()
            large.night()
        for pair in (small, large):
            del pair.nights[0], pair.sizes[0], pair.sealed[0]
        for step in STEPS:
            print(f"{step}: {small.seconds(step):.4f} s small, {large.seconds(step):.4f} s large", file=sys.stderr)
        nightly = _weights("500 changes a night", large.sealed, large.weight())
    kept = [_bytes(path) for path in _segments(two_pcs(SMALL) / "source" / "spool")]
    bulk = _weights("1,000 changes a segment", kept, sum(map(len, kept)) / sum(_rows(one) for one in kept))
    return [
        _row("a night's 500 changes, 1,000,000 rows / 10,000 rows", large.seconds(), small.seconds(), 1.1),
        _row("bytes of that night", statistics.median(large.sizes), statistics.median(small.sizes), 1.1, "B"),
        *nightly,
        *bulk,
    ]


def _row(name: str, ours: float, reference: float, goal: float, unit: str = "s") -> Row:
    return {"name": name, "ours": ours, "reference": reference, "ratio": ours / reference, "goal": goal, "unit": unit}


@contextmanager
def _pair(folder: Path, rows: int) -> Iterator[_Pair]:
    shutil.copytree(two_pcs(rows), folder)
    hub = folder / "hub"
    hub.mkdir()
    source, target = open_pc(folder / "source"), open_pc(folder / "target")
    for pc in (source, target):
        (device,) = (one for one in DEVICES if DEVICES[one].letter == "AB"[pc is target])
        write_hub_file(pc.folder, HubFile(device.hex(), ["org", CENTRE], folder_url(hub)))
        run_courier(pc.folder)
    try:
        yield _Pair(folder, source, target, Desk(source, rows + 9))
    finally:
        source.close()
        target.close()


# --- what a row weighs


def _weights(name: str, sealed: Iterable[bytes], weight: float) -> list[Row]:
    """Ours against ids and values alone; with the audit entries that ride along, and without."""
    bodies = [_opened(data) for data in sealed]
    rows = sum(len(block.ids) for body in bodies for block in body.blocks)
    bare = sum(map(_values_alone, bodies)) / rows
    audit = sum(_packed(body) - _packed(Body(body.blocks, [])) for body in bodies) / rows
    return [
        _row(f"bytes at the hub a changed row / ids and values, {name}", weight, bare, 1.6, "B"),
        _row("the same without the audit entries", weight - audit, bare, 1.6, "B"),
    ]


def _values_alone(body: Body) -> int:
    return _squeezed(msgspec.msgpack.encode([(block.ids, block.columns) for block in body.blocks]))


def _packed(body: Body) -> int:
    return _squeezed(msgspec.msgpack.encode(body))


def _squeezed(data: bytes) -> int:
    return len(zstandard.ZstdCompressor(level=6).compress(data))


def _opened(data: bytes) -> Body:
    envelope = read_envelope(data)
    return open_segment(envelope, DEVICES[envelope.header.device].keys.sign, STREAM_KEY)


def _rows(data: bytes) -> int:
    return read_envelope(data).header.rows


def _segments(spool: Path) -> list[Path]:
    return [path for path in spool.rglob("*-*") if parse_name(path.relative_to(spool).as_posix())]


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


if __name__ == "__main__":
    print(run())
