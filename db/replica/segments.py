"""A segment: what one PC sealed for the others at one moment. The format never changes; bytes are never re-encoded.

A file is MAGIC and msgpack [header, sealed body, signature]. The header is clear, is the associated data of the body
and is signed together with the hash of the sealed body by the device. The body is msgpack with named columns, zstd,
XChaCha20-Poly1305 under the stream's key of the header's epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import zstandard

from db.crypto.pairs import KeyPairs, verify
from db.crypto.sealing import Place, SealBroken, digest, seal, unseal
from db.replica.names import MAX_SEGMENT_BYTES
from db.replica.raw import Raw

MAGIC = b"longshan segment 1\n"
DOMAIN = "longshan segment 1"
MAX_BODY_BYTES = 64_000_000
MAX_HEADER_BYTES = 1_000_000
MAX_ROWS = 1_000
NO_SEGMENT = bytes(32)
_LAST_MS = (1 << 48) - (1 << 40)
"""Of a stamp, beyond the year 10,000: an edit must still find one above it."""
_MOST = 1 << 63
_RAW = frozenset({int, float, str, bytes, type(None)})


class SegmentBroken(Exception):
    """Not what its device sealed: torn, altered, forged or too large. `reason` is a word for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Head(msgspec.Struct, array_like=True, frozen=True):
    """A segment that the sealing PC had taken in: none of what it sealed was written in ignorance of it."""

    stream: str
    device: bytes
    incarnation: bytes
    seq: int
    hash: bytes


class Header(msgspec.Struct, array_like=True, frozen=True):
    """`at` in ms since 1970 by the sealing PC's clock; `audit`: its chain, number and hash of the last entry."""

    domain: str
    organisation: str
    stream: str
    device: bytes
    incarnation: bytes
    seq: int
    previous: bytes
    schema: str
    epoch: int
    heads: list[Head]
    audit: tuple[bytes, int, bytes]
    at: int
    rows: int


class Block(msgspec.Struct, array_like=True):
    """Changes of one part of one table, column by column. `part`: "" whole rows, "-" deletions, else a group.

    A dot is `openings[whose]` (12 bytes) and a counter; a stamp is ms and tick; counters and ms are differences to the
    row before. `supersedes`: dots that the change was made in knowledge of (empty for whole rows)."""

    table: str
    part: str
    names: list[str]
    ids: list[bytes]
    openings: list[bytes]
    whose: list[int]
    counters: list[int]
    ms: list[int]
    ticks: list[int]
    supersedes: list[bytes]
    columns: list[list[Any]]


AuditLine = tuple[bytes, int, int, bytes | None, str, str | list[bytes], bytes | None, bytes, bytes]
"""Chain, number, microseconds since 1970, user, act, subjects, digest of what was signed, previous hash, hash; what
follows from the rest is left empty (`db.replica.audit_lines`)."""


class Body(msgspec.Struct, array_like=True):
    """What a segment carries."""

    blocks: list[Block]
    audit: list[AuditLine]


class Change(NamedTuple):
    """One row of a block: id, dot, stamp, superseded dots, values in the order of the block's names."""

    id: bytes
    version: bytes
    stamp: bytes
    supersedes: bytes
    values: tuple[Raw, ...]


def make_block(table: str, part: str, names: list[str], changes: list[Change]) -> Block:
    """Column by column, so that what repeats compresses."""
    block = Block(table, part, names, [], [], [], [], [], [], [], [[] for _ in names])
    known: dict[bytes, int] = {}
    counter = ms = 0
    for change in changes:
        opening = change.version[:12]
        if opening not in known:
            known[opening] = len(known)
            block.openings.append(opening)
        count, at = int.from_bytes(change.version[12:], "big"), int.from_bytes(change.stamp[:6], "big")
        block.ids.append(change.id)
        block.whose.append(known[opening])
        block.counters.append(count - counter)
        block.ms.append(at - ms)
        block.ticks.append(int.from_bytes(change.stamp[6:], "big"))
        counter, ms = count, at
        if part:
            block.supersedes.append(change.supersedes)
        for column, value in zip(block.columns, change.values, strict=True):
            column.append(value)
    return block


def changes_of(block: Block) -> list[Change]:
    """The rows of a block; SegmentBroken if its columns do not fit together."""
    found: list[Change] = []
    counter = ms = 0
    if any(not set(map(type, column)) <= _RAW for column in block.columns):
        raise SegmentBroken("block")
    rows = zip(*block.columns, strict=True) if block.columns else [()] * len(block.ids)
    supersedes = block.supersedes if block.part else [b""] * len(block.ids)
    try:
        for row_id, who, count, at, tick, before, values in zip(
            block.ids, block.whose, block.counters, block.ms, block.ticks, supersedes, rows, strict=True
        ):
            counter, ms = counter + count, ms + at
            version = block.openings[who] + counter.to_bytes(8, "big")
            stamp = ms.to_bytes(6, "big") + tick.to_bytes(4, "big")
            if len(row_id) != 12 or len(version) != 20 or len(before) % 20 or who < 0 or ms > _LAST_MS:
                raise SegmentBroken("block")
            found.append(Change(row_id, version, stamp, before, values))
    except (ValueError, OverflowError, IndexError):
        raise SegmentBroken("block") from None
    return found


def _place(header: bytes) -> Place:
    return (DOMAIN, header)


def seal_segment(header: Header, body: Body, key: bytes, pairs: KeyPairs) -> bytes:
    """The file's bytes. SegmentBroken "size" if the body is too large for one segment."""
    clear = msgspec.msgpack.encode(header)
    packed = msgspec.msgpack.encode(body)
    if len(packed) > MAX_BODY_BYTES:
        raise SegmentBroken("size")
    sealed = seal(zstandard.ZstdCompressor(level=6).compress(packed), key, _place(clear))
    signature = pairs.sign((DOMAIN, clear, digest(sealed)))
    data = MAGIC + msgspec.msgpack.encode((clear, sealed, signature))
    if len(data) > MAX_SEGMENT_BYTES:
        raise SegmentBroken("size")
    return data


@dataclass(frozen=True, slots=True)
class Envelope:
    """A segment's parts, nothing of them proven yet."""

    header: Header
    clear: bytes
    sealed: bytes
    signature: bytes


def read_envelope(data: bytes) -> Envelope:
    """Takes a file apart; SegmentBroken if it is none. What it says is believed only after `open_segment`."""
    if len(data) > MAX_SEGMENT_BYTES or not data.startswith(MAGIC):
        raise SegmentBroken("format")
    try:
        clear, sealed, signature = msgspec.msgpack.decode(data[len(MAGIC) :], type=tuple[bytes, bytes, bytes])
        if len(clear) > MAX_HEADER_BYTES:
            raise SegmentBroken("format")
        header = msgspec.msgpack.decode(clear, type=Header)
    except msgspec.MsgspecError:
        raise SegmentBroken("format") from None
    numbers = (header.seq, header.epoch, header.rows, header.audit[1], abs(header.at))
    if header.domain != DOMAIN or len(header.device) != 8 or len(header.incarnation) != 4 or header.seq < 1:
        raise SegmentBroken("format")
    if not all(0 <= number < _MOST for number in numbers):
        raise SegmentBroken("format")
    return Envelope(header, clear, sealed, signature)


def proven_by(envelope: Envelope, public_sign: bytes) -> bool:
    """Whether header and sealed body carry the signature of this key; nothing is opened."""
    return verify(public_sign, (DOMAIN, envelope.clear, digest(envelope.sealed)), envelope.signature)


def open_segment(envelope: Envelope, public_sign: bytes, key: bytes) -> Body:
    """The body, its signature proven by the device's key; SegmentBroken "signature", "sealed" or "body"."""
    if not proven_by(envelope, public_sign):
        raise SegmentBroken("signature")
    try:
        packed = unseal(envelope.sealed, key, _place(envelope.clear))
    except SealBroken:
        raise SegmentBroken("sealed") from None
    return _decoded(packed)


def _decoded(packed: bytes) -> Body:
    reading = msgspec.msgpack.Decoder(Body)
    try:
        size = zstandard.frame_content_size(packed)
        if not 0 <= size <= MAX_BODY_BYTES:
            raise SegmentBroken("size")
        body = reading.decode(zstandard.ZstdDecompressor().decompress(packed, max_output_size=MAX_BODY_BYTES))
    except (zstandard.ZstdError, msgspec.MsgspecError, RecursionError):
        raise SegmentBroken("body") from None
    if not all(_storable(column) for block in body.blocks for column in block.columns):
        raise SegmentBroken("body")
    return body


def _storable(column: list[Any]) -> bool:
    """Whether the file can hold it; msgpack can say more."""
    kinds = set(map(type, column))
    if int in kinds and not all(-(1 << 63) <= value < 1 << 63 for value in column if type(value) is int):
        return False
    return kinds <= _RAW
