"""The one file of a backup: an ordinary tar without compression, written and read by one strict rule.

Any tar program lists and unpacks it in an emergency. This reader takes nothing from the file but sizes: the members
and their order are fixed, each header must be byte for byte the one that we would write, sizes are capped, padding is
zero and nothing follows the end. So no name leads out of a folder, nothing unpacks to more than the file itself, and
every flipped or missing byte is found.

    manifest.json   what, whose, of when; size and BLAKE2b-256 of the members below
    manifest.b2     the manifest's own hash, as `b2sum -l 256 -c` reads it
    accounts.json   as in the workspace
    hub.json        if there is one
    centre.db       the encrypted copy
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

FORMAT = "longshan backup 1"
SUFFIX = ".lsbackup"
_MANIFEST, _SEAL = "manifest.json", "manifest.b2"
ACCOUNTS, HUB, DATABASE = "accounts.json", "hub.json", "centre.db"
_MOST = {_MANIFEST: 64_000, _SEAL: 200, ACCOUNTS: 4_000_000, HUB: 64_000, DATABASE: 1 << 40}
_ORDERS = ((ACCOUNTS, DATABASE), (ACCOUNTS, HUB, DATABASE))
_BLOCK = tarfile.BLOCKSIZE
_END = bytes(2 * _BLOCK)
_PIECE = 1 << 20

Step = Callable[[int, int], None]


class NotABackup(Exception):
    """The file does not begin as one."""


class BackupDamaged(Exception):
    """It begins as one, and bytes are missing or are not those that were written."""


class BackupNewer(Exception):
    """Written by a newer program in a form that this one does not know."""


class Member(msgspec.Struct, frozen=True):
    """One file inside."""

    name: str
    size: int
    blake2b: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself. Ids are hex; `made_at` is UTC."""

    format: str
    organisation: str
    centre: str
    centre_name: str
    device: str
    made_at: datetime
    schema: str
    members: list[Member]


@dataclass(frozen=True, slots=True)
class Outline:
    """A backup whose frame is right: the manifest, and where each member lies. Its content is not read yet."""

    manifest: Manifest
    places: Mapping[str, tuple[int, int]]

    @property
    def database_bytes(self) -> int:
        return self.places[DATABASE][1]


def hash_file(path: Path, step: Step) -> str:
    """BLAKE2b-256 in hex."""
    total = path.stat().st_size
    with path.open("rb") as stream:
        return _copy(stream, None, total, step)


def write(stream: BinaryIO, manifest: Manifest, sources: Mapping[str, Path | bytes], step: Step) -> None:
    """The whole container; the caller syncs and names the file. BackupDamaged if a source is not as the manifest
    says."""
    said = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    _put(stream, _MANIFEST, said)
    _put(stream, _SEAL, _seal_line(said))
    for member in manifest.members:
        source = sources[member.name]
        if isinstance(source, bytes):
            _put(stream, member.name, source)
            continue
        stream.write(_header(member.name, member.size))
        with source.open("rb") as reading:
            if _copy(reading, stream, member.size, step) != member.blake2b:
                raise BackupDamaged
        stream.write(bytes(-member.size % _BLOCK))
    stream.write(_END)


def read_outline(stream: BinaryIO, length: int) -> Outline:
    """Reads the frame of a file of `length` bytes: NotABackup, BackupDamaged or BackupNewer."""
    if length < _BLOCK or _size_in(stream.read(_BLOCK), _MANIFEST) is None:
        raise NotABackup
    stream.seek(0)
    places: dict[str, tuple[int, int]] = {}
    said = _small(stream, _MANIFEST, length, places)
    if _small(stream, _SEAL, length, places) != _seal_line(said):
        raise BackupDamaged
    manifest = _manifest(said)
    for member in manifest.members:
        _place(stream, member.name, length, places)
        if places[member.name][1] != member.size:
            raise BackupDamaged
        stream.seek(member.size, 1)
        _padding(stream, member.size)
    if stream.read(len(_END) + 1) != _END:
        raise BackupDamaged
    return Outline(manifest, places)


def read_member(stream: BinaryIO, outline: Outline, name: str, into: BinaryIO | None, step: Step) -> None:
    """Copies one member out (None: reads it only); BackupDamaged if its hash is not the manifest's."""
    start, size = outline.places[name]
    stream.seek(start)
    wanted = next(member.blake2b for member in outline.manifest.members if member.name == name)
    if _copy(stream, into, size, step) != wanted:
        raise BackupDamaged


def _manifest(said: bytes) -> Manifest:
    try:
        head = msgspec.json.decode(said, type=dict[str, object])
        if head.get("format") != FORMAT:
            raise BackupNewer
        found = msgspec.json.decode(said, type=Manifest)
    except (msgspec.MsgspecError, ValueError):
        raise BackupDamaged from None
    if tuple(member.name for member in found.members) not in _ORDERS or found.made_at.tzinfo is None:
        raise BackupDamaged
    return found


def _seal_line(said: bytes) -> bytes:
    return f"{hashlib.blake2b(said, digest_size=32).hexdigest()}  {_MANIFEST}\n".encode()


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT, "ascii", "strict")


def _size_in(block: bytes, name: str) -> int | None:
    """The size that a header of ours gives for this name; None for any other block."""
    try:
        size = tarfile.TarInfo.frombuf(block, "ascii", "strict").size
    except (tarfile.TarError, ValueError):
        return None
    return size if 0 <= size <= _MOST[name] and _header(name, size) == block else None


def _place(stream: BinaryIO, name: str, length: int, places: dict[str, tuple[int, int]]) -> None:
    size = _size_in(stream.read(_BLOCK), name)
    start = stream.tell()
    if size is None or start + size > length:
        raise BackupDamaged
    places[name] = (start, size)


def _small(stream: BinaryIO, name: str, length: int, places: dict[str, tuple[int, int]]) -> bytes:
    _place(stream, name, length, places)
    size = places[name][1]
    data = stream.read(size)
    _padding(stream, size)
    return data


def _padding(stream: BinaryIO, size: int) -> None:
    gap = -size % _BLOCK
    if stream.read(gap) != bytes(gap):
        raise BackupDamaged


def _put(stream: BinaryIO, name: str, data: bytes) -> None:
    stream.write(_header(name, len(data)) + data + bytes(-len(data) % _BLOCK))


def _copy(reading: BinaryIO, into: BinaryIO | None, size: int, step: Step) -> str:
    """Exactly `size` bytes, hashed on the way; BackupDamaged if there are fewer."""
    sum_, left = hashlib.blake2b(digest_size=32), size
    while left:
        piece = reading.read(min(_PIECE, left))
        if not piece:
            raise BackupDamaged
        sum_.update(piece)
        if into is not None:
            into.write(piece)
        left -= len(piece)
        step(size - left, size)
    return sum_.hexdigest()
