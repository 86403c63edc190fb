"""`spool/`: copies of sealed segments, own and fetched, and what the courier remembers about the hub.

A file under a segment's name is whole: it got the name after its bytes were checked and were on the disk. What is
remembered may be lost at any time; then an alarm is missing or a bad file is looked at once more, nothing else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from app.common.errors import EnvironmentFault
from app.common.words import N_
from db.crypto.sealing import digest
from db.keyfile import replace_file
from db.replica.files import Disk, NotAFolder, Walk, make_folders, own_litter, put, read_regular
from db.replica.hubs import HubTrouble, trouble_of
from db.replica.names import MAX_SEGMENT_BYTES, SegmentName, fits

SPOOL, REFUSED, SEEN = "spool", "refused.json", "seen.json"
COURIER = "courier"
_STALE = 24 * 3600.0
_MOST_REMEMBERED, _MOST_BYTES = 20_000, 16_000_000
_T = TypeVar("_T")


class Refusal(msgspec.Struct):
    """A file at the hub that is not what its name says: its size, when it was looked at, and whether a mark at the hub
    asks for a good copy."""

    size: int
    at: float
    asked: bool = False


class _Refusals(msgspec.Struct):
    files: dict[str, Refusal]


class Seen(msgspec.Struct):
    """What was at the hub after the last run: per chain, the number up to which all was there. `hub` is the number in
    the hub's marker."""

    url: str
    hub: str
    chains: dict[str, int]


class Spool:
    """The folder below a workspace. Several may write at once: each `put` is whole, and `owner` marks temporaries."""

    def __init__(self, workspace: Path, disk: Disk | None = None, owner: str = "sealing") -> None:
        self.folder = workspace / SPOOL
        self._owner = owner
        self._litter: list[Path] = []
        self._disk = disk or Disk()

    def list(self) -> dict[str, int]:
        """Path to size of all that lies there."""
        with self._faults():
            self._make()
            walk = Walk()
            found = dict(walk.files(self.folder, ""))
        self._litter = walk.litter
        return found

    def paths(self) -> set[str]:
        """Of all that lies there; nothing is asked of the files themselves, of which there are ever more."""
        with self._faults():
            self._make()
            return {path for path, _ in Walk(sizes=False).files(self.folder, "")}

    def _make(self) -> None:
        if not self.folder.exists():
            with contextlib.suppress(FileExistsError):
                self._disk.make_folder(self.folder, 0o700)

    def tidy(self, now: float) -> None:
        """Removes the temporaries of killed runs that `list` met: own ones (so be alone under this owner), and others'
        once they are a day old."""
        with self._faults():
            own = own_litter(self._litter, self._owner)
            for path in self._litter:
                with contextlib.suppress(FileNotFoundError):
                    if path in own or now - path.stat().st_mtime > _STALE:
                        self._disk.remove(path)

    def read(self, name: SegmentName) -> bytes | None:
        """The bytes if they are what the name promises."""
        with self._faults():
            data = read_regular(self.folder / name.path, MAX_SEGMENT_BYTES)
        return data if data is not None and fits(name, data) else None

    def put(self, name: SegmentName, data: bytes) -> None:
        """Gives checked bytes their name; durable."""
        target = self.folder / name.path
        with self._faults():
            make_folders(self._disk, self.folder, target.parent, 0o700)
            put(self._disk, target, data, owner=self._owner, mode=0o600, over=True)

    def drop_damaged(self, name: SegmentName) -> None:
        """Removes a file that is not what its name says: it is no segment, and a good copy may take its place."""
        with self._faults():
            self._disk.remove(self.folder / name.path)

    def refused(self) -> dict[str, Refusal]:
        """What was refused before, by path."""
        found = _read(self.folder / REFUSED, _Refusals)
        return found.files if found is not None else {}

    def remember_refused(self, refused: dict[str, Refusal]) -> None:
        """The newest, if somebody floods the hub with bad files."""
        newest = sorted(refused.items(), key=lambda item: item[1].at)[-_MOST_REMEMBERED:]
        self._write(REFUSED, msgspec.json.encode(_Refusals(dict(newest))))

    def seen(self, url: str) -> Seen | None:
        """None if another hub was used last, or none."""
        found = _read(self.folder / SEEN, Seen)
        return found if found is not None and found.url == _of(url) else None

    def remember_seen(self, url: str, hub: str, chains: dict[str, int]) -> None:
        self._write(SEEN, msgspec.json.encode(Seen(_of(url), hub, chains)))

    def _write(self, name: str, data: bytes) -> None:
        with self._faults():
            replace_file(self.folder / name, data)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except NotAFolder:
            raise _not_writable(self.folder, "link") from None
        except OSError as error:
            if trouble_of(error) is HubTrouble.FULL:
                raise EnvironmentFault(
                    "disk-full",
                    N_("The disk of this PC is full. Free some space; nothing is lost, the next run carries on."),
                ) from None
            raise _not_writable(self.folder, error.strerror or "") from None


def _not_writable(folder: Path, reason: str) -> EnvironmentFault:
    return EnvironmentFault(
        "spool-not-writable",
        N_("The folder {folder} cannot be used ({reason}). Check its permissions."),
        folder=folder,
        reason=reason,
    )


def _of(url: str) -> str:
    """An address may hold a password; its digest does."""
    return digest(url.encode(), 16).hex()


def _read(path: Path, kind: type[_T]) -> _T | None:
    data = read_regular(path, _MOST_BYTES)
    try:
        return None if data is None else msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError:
        return None
