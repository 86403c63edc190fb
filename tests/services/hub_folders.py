"""PCs and a folder hub for the courier, which knows no content: right names over any bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.sync.courier import run_courier
from app.sync.hub_file import HubFile, write_hub_file
from app.sync.views import CourierResult
from db.replica.files import Disk
from db.replica.hubs import folder_url
from db.replica.names import ORG, SegmentName, segment_hash

CENTRE, FOREIGN = "a1" * 12, "b2" * 12
NIGHT = 1_795_400_000.0


def segment(
    seq: int, *, stream: str = ORG, device: int = 1, incarnation: int = 1, data: bytes | None = None
) -> tuple[SegmentName, bytes]:
    """A segment's name and its bytes."""
    made = data or f"{stream} {device} {incarnation} {seq} ".encode() * (seq % 7 + 3)
    name = SegmentName(stream, device.to_bytes(8, "big"), incarnation.to_bytes(4, "big"), seq, segment_hash(made))
    return name, made


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@dataclass(eq=False)
class Pc:
    """A workspace folder as far as the courier looks at it."""

    folder: Path
    waits: list[float] = field(default_factory=list)
    at: float = NIGHT

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    def seal(self, *seqs: int, **of: object) -> list[SegmentName]:
        """Puts segments of its own into the spool."""
        return [self.lay(*segment(seq, **of)) for seq in seqs]  # type: ignore[arg-type]

    def lay(self, name: SegmentName, data: bytes) -> SegmentName:
        path = self.spool / name.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return name

    def run(self, disk: Disk | None = None, wait: Callable[[float], None] | None = None) -> CourierResult:
        return run_courier(self.folder, wait=wait or self.waits.append, now=lambda: self.at, disk=disk)

    def segments(self) -> dict[str, bytes]:
        """What the spool holds under names of segments."""
        return {path: data for path, data in tree(self.spool).items() if "/" in path}


def make_pc(folder: Path, hub: Path, device: int, streams: tuple[str, ...] = (ORG, CENTRE)) -> Pc:
    folder.mkdir()
    write_hub_file(folder, HubFile(f"{device:016x}", list(streams), folder_url(hub)))
    return Pc(folder)


def at_hub(hub: Path) -> dict[str, bytes]:
    """What the hub holds below its segments."""
    return tree(hub / "segments")
