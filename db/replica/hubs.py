"""Where PCs leave sealed segments for each other: a small interface, and the folder that is the default hub.

A hub is trusted with nothing. What it lists may be missing, old or forged; whoever reads checks. Names of segments
carry hashes, so `create` needs no atomic refusal: two PCs that write one name write the same bytes.

A folder that is missing is a hub that is away (a share not mounted, a drive pulled): it is never made here. A folder
that is there and has no marker was emptied, or is the bare mount point of a share that is away; the two cannot be told
apart, and an emptied hub has to be seeded again. So it is seeded, and the courier says so in words; what lands in a
mount point is a copy, and the true hub gets its own once it is back.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from db.replica.files import (
    TEMPORARY,
    Disk,
    NotAFolder,
    Walk,
    make_folders,
    own_litter,
    plainly_below,
    put,
    read_regular,
)

SEGMENTS, JOIN, AGAIN, MARKER = "segments", "join", "again", "longshan-hub"
_FOLDER = "folder:"
_PART = re.compile(r"[^./\\:\0][^/\\:\0]*")
_MARKER = re.compile(rb"longshan-hub 1 ([0-9a-f]{16})\n")
_MARKER_NOTE = (
    "This folder is a hub of Longshan Desk. It holds encrypted data only. Please leave it as it is.\n"
    "这是龙山前台的同步中转站，里面只有加密数据，请不要改动。\n"
)


class HubTrouble(StrEnum):
    """The causes that call for different advice."""

    UNKNOWN = "unknown"
    AWAY = "away"
    FULL = "full"
    DENIED = "denied"
    BLOCKED = "blocked"
    TORN = "torn"
    UNSAFE = "unsafe"
    FAULT = "fault"


class HubFault(Exception):
    """What the hub did; `reason` is the system's own word for it, or empty."""

    def __init__(self, kind: HubTrouble, reason: str = "") -> None:
        super().__init__(kind.value, reason)
        self.kind = kind
        self.reason = reason


class Hub(Protocol):
    """Paths are relative to the hub, with slashes: `segments/<SegmentName.path>`, `join/<name>`,
    `again/<SegmentName.path>` (somebody fetched it in vain). All raise HubFault."""

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        """(path, size) of the plain files below the folder `prefix`, in no order; nothing if there is none."""

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """None if there is no such plain file, or it is longer."""

    def create(self, path: str, data: bytes) -> bool:
        """Durable and read back. True if the hub holds these bytes under this name now, by this call or before;
        False if it holds others, which stay."""

    def replace(self, path: str, data: bytes) -> None:
        """As `create`, over whatever holds the name: for a torn file."""

    def delete(self, path: str) -> None:
        """For what is not a segment: probes, join files, marks."""

    def exists(self, path: str) -> bool: ...

    def tidy(self) -> int:
        """Removes what this PC's killed runs left beside the marker, and where `list` met it."""

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Folders that `list` could not read."""


class FolderHub:
    """A share, a NAS, a USB drive. `owner` marks this PC's temporaries, so that nobody removes another's."""

    def __init__(self, root: Path, owner: str = "0", disk: Disk | None = None) -> None:
        self.root = root
        self._owner = owner
        self._disk = disk or Disk()
        self._walk = Walk()
        self._device: int | None = None
        self._mode = 0o700

    @property
    def unreadable(self) -> tuple[str, ...]:
        return tuple(self._walk.unreadable)

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        with self._faults():
            self._here()
            yield from self._walk.files(self.root, prefix)
            self._here()

    def read(self, path: str, max_bytes: int) -> bytes | None:
        with self._faults():
            self._here()
            target = self._target(path)
            return read_regular(target, max_bytes) if plainly_below(self.root, target.parent) else None

    def exists(self, path: str) -> bool:
        with self._faults():
            self._here()
            target = self._target(path)
            try:
                return plainly_below(self.root, target.parent) and stat.S_ISREG(target.lstat().st_mode)
            except FileNotFoundError:
                return False

    def create(self, path: str, data: bytes) -> bool:
        with self._faults():
            self._here()
            target = self._target(path)
            if not plainly_below(self.root, target.parent):
                raise NotAFolder(target)
            if not _taken(target):
                with contextlib.suppress(FileExistsError):  # Windows: somebody else was first
                    self._put(target, data, over=False)
            return read_regular(target, len(data)) == data

    def replace(self, path: str, data: bytes) -> None:
        with self._faults():
            self._here()
            self._put(self._target(path), data, over=True)

    def delete(self, path: str) -> None:
        with self._faults():
            self._here()
            target = self._target(path)
            if plainly_below(self.root, target.parent):
                self._disk.remove(target)

    def tidy(self) -> int:
        with self._faults():
            self._here()
            beside = [path for path in self.root.iterdir() if path.name.startswith(TEMPORARY)]
            left = own_litter([*self._walk.litter, *beside], self._owner)
            for path in left:
                self._disk.remove(path)
        self._walk.litter.clear()
        return len(left)

    def _put(self, target: Path, data: bytes, *, over: bool) -> None:
        make_folders(self._disk, self.root, target.parent, self._mode)
        put(self._disk, target, data, owner=self._owner, mode=self._mode & 0o666, over=over)
        if read_regular(target, len(data)) != data:
            raise HubFault(HubTrouble.TORN)

    def _target(self, path: str) -> Path:
        parts = path.split("/")
        if not all(_PART.fullmatch(part) for part in parts):
            raise ValueError("not a path of a hub")
        return self.root.joinpath(*parts)

    def _here(self) -> None:
        """The folder is there, and the same as before: a share unmounted in between leaves a bare folder behind."""
        try:
            found = self.root.stat()
        except OSError as error:
            raise HubFault(HubTrouble.AWAY, error.strerror or "") from None
        if not stat.S_ISDIR(found.st_mode) or self._device not in (None, found.st_dev):
            raise HubFault(HubTrouble.AWAY)
        self._device = found.st_dev
        self._mode = stat.S_IMODE(found.st_mode) & 0o777 | 0o700

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except NotAFolder:
            raise HubFault(HubTrouble.BLOCKED) from None
        except OSError as error:
            kind = trouble_of(error)
            if kind is not HubTrouble.AWAY and not self.root.is_dir():
                kind = HubTrouble.AWAY
            raise HubFault(kind, error.strerror or type(error).__name__) from None


def _taken(target: Path) -> bool:
    try:
        target.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


_NAMES = {
    HubTrouble.FULL: "ENOSPC EDQUOT EFBIG",
    HubTrouble.DENIED: "EACCES EPERM EROFS",
    HubTrouble.BLOCKED: "ENOTDIR EISDIR ELOOP",
    HubTrouble.AWAY: "EIO ENODEV ENXIO ESTALE ENOTCONN ECONNRESET ECONNABORTED EHOSTDOWN EHOSTUNREACH ENETDOWN "
    "ENETUNREACH ETIMEDOUT ESHUTDOWN",
}
_ERRNOS = {
    getattr(errno, name): kind for kind, names in _NAMES.items() for name in names.split() if hasattr(errno, name)
}
# Not ready, bad network path, name deleted, unexpected network error, name not found, no media, unreachable …
_WINDOWS_AWAY = {21, 51, 53, 54, 55, 59, 64, 65, 67, 121, 1112, 1167, 1231, 1232}
_WINDOWS_FULL = {39, 112, 1295}
_WINDOWS_BUSY = {32, 33}  # a virus scanner or indexer holds the file: passes


def trouble_of(error: OSError) -> HubTrouble:
    """Windows' own numbers first: many of them share one errno."""
    code = getattr(error, "winerror", None)
    if code in _WINDOWS_AWAY:
        return HubTrouble.AWAY
    if code in _WINDOWS_FULL:
        return HubTrouble.FULL
    if code in _WINDOWS_BUSY:
        return HubTrouble.FAULT
    return _ERRNOS.get(error.errno or 0, HubTrouble.FAULT)


def folder_url(folder: Path) -> str:
    """The address of a folder hub; absolute, since the courier runs from anywhere."""
    return _FOLDER + os.path.abspath(folder)  # noqa: PTH100 - resolve() would follow links that may change


def normal_url(url: str) -> str:
    """A relative folder made absolute, from here; HubFault UNKNOWN for an address that nobody knows."""
    place = url.strip().removeprefix(_FOLDER)
    if not url.strip().startswith(_FOLDER) or not place or "\0" in place:
        raise HubFault(HubTrouble.UNKNOWN)
    return folder_url(Path(place))


def open_hub(url: str, owner: str = "0", disk: Disk | None = None) -> Hub:
    """`folder:PATH`, absolute; HubFault UNKNOWN for anything else. Touches nothing."""
    if normal_url(url) != url:
        raise HubFault(HubTrouble.UNKNOWN)
    return FolderHub(Path(url.removeprefix(_FOLDER)), owner, disk)


def probe(hub: Hub) -> None:
    """A write, a read, and a write that must be refused; HubFault if one fails. Leaves nothing behind."""
    name, first, second = f"probe-{secrets.token_hex(8)}", secrets.token_bytes(64), secrets.token_bytes(64)
    try:
        if not hub.create(name, first) or hub.read(name, 64) != first:
            raise HubFault(HubTrouble.TORN)
        if hub.create(name, second) or hub.read(name, 64) != first:
            raise HubFault(HubTrouble.UNSAFE)
    finally:
        with contextlib.suppress(HubFault):
            hub.delete(name)


def marker(hub: Hub) -> str | None:
    """The number that the hub got when it was first used, or None: it never was, or was emptied since."""
    found = _MARKER.match(hub.read(MARKER, 4096) or b"")
    return found[1].decode() if found else None


def prepare(hub: Hub) -> str:
    """Marks the hub as one if it is not; its number."""
    there = marker(hub)
    if there is None:
        note = f"longshan-hub 1 {secrets.token_hex(8)}\n{_MARKER_NOTE}".encode()
        if not hub.create(MARKER, note) and marker(hub) is None:
            hub.replace(MARKER, note)
        there = marker(hub)
    if there is None:
        raise HubFault(HubTrouble.TORN)
    return there
