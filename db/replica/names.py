"""The name of a segment: the same path below `spool/` and on every hub.

`stream/device/incarnation/seq÷1000/seq12-hash`: whoever holds the bytes can check them against their name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from db.crypto.sealing import digest

MAX_SEGMENT_BYTES = 16_000_000
ORG = "org"
_NAME = re.compile(
    r"(?P<stream>org|[0-9a-f]{24})/(?P<device>[0-9a-f]{16})/(?P<incarnation>[0-9a-f]{8})/(?P<bucket>[0-9]{9})/"
    r"(?P<seq>[0-9]{12})-(?P<hash>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True, order=True)
class SegmentName:
    """Sorts in the order of its chain."""

    stream: str
    device: bytes
    incarnation: bytes
    seq: int
    hash: bytes

    @property
    def path(self) -> str:
        """Relative, with slashes."""
        chain = f"{self.stream}/{self.device.hex()}/{self.incarnation.hex()}"
        return f"{chain}/{self.seq // 1000:09d}/{self.seq:012d}-{self.hash.hex()}"


def parse_name(path: str) -> SegmentName | None:
    """The name that a relative path (with slashes) is, or None for anything else."""
    found = _NAME.fullmatch(path)
    if found is None or int(found["bucket"]) != int(found["seq"]) // 1000 or int(found["seq"]) == 0:
        return None
    return SegmentName(
        found["stream"],
        bytes.fromhex(found["device"]),
        bytes.fromhex(found["incarnation"]),
        int(found["seq"]),
        bytes.fromhex(found["hash"]),
    )


def segment_hash(data: bytes) -> bytes:
    """BLAKE2b-256 of a segment's bytes, as its name says it."""
    return digest(data, 32)


def fits(name: SegmentName, data: bytes) -> bool:
    """Whether the bytes are the ones that the name promises."""
    return 0 < len(data) <= MAX_SEGMENT_BYTES and segment_hash(data) == name.hash
