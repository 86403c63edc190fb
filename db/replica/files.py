"""Files that are whole or not there, on any file system: the steps of a durable write, and one walk through a tree.

No hard links (FAT has none) and no rename that refuses (only some systems have one): a name that carries the hash of
its bytes may be written twice, since both writers write the same.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TEMPORARY = ".new-"
_DEEPEST = 12
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM, errno.ENOSYS}


class Disk:
    """The steps one by one, so that a test can stop the world between any two."""

    def make_folder(self, folder: Path, mode: int) -> None:
        """Under the umask, but never less than `mode` says: a shared folder tells with its mode who may write."""
        folder.mkdir()
        if stat.S_IMODE(folder.stat().st_mode) != mode:
            with contextlib.suppress(OSError):  # FAT and many shares have no modes
                folder.chmod(mode)

    def open_new(self, path: Path, mode: int) -> int:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        if os.name == "posix":
            with contextlib.suppress(OSError):
                os.fchmod(handle, mode)
        return handle

    def write(self, handle: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]

    def sync(self, handle: int) -> None:
        os.fsync(handle)

    def rename(self, old: Path, new: Path) -> None:
        """Windows refuses to replace, POSIX does not; either is right where names carry hashes."""
        old.rename(new)

    def replace(self, old: Path, new: Path) -> None:
        old.replace(new)

    def sync_folder(self, folder: Path) -> None:
        """Makes names durable where the system knows how; Windows and some shares do not."""
        if os.name != "posix":
            return
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in _NO_FOLDER_SYNC:
                raise
        finally:
            os.close(handle)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)


class NotAFolder(Exception):
    """A link or a file stands where a folder of ours belongs; nothing is written through it."""


def make_folders(disk: Disk, root: Path, folder: Path, mode: int) -> None:
    """What is missing between `root` (which must be there) and `folder`, each durable in its parent. No link is
    followed below `root`."""
    here = root
    for part in folder.relative_to(root).parts:
        above, here = here, here / part
        try:
            found = here.lstat().st_mode
        except FileNotFoundError:
            with contextlib.suppress(FileExistsError):  # somebody else made it meanwhile
                disk.make_folder(here, mode)
            disk.sync_folder(above)
            found = here.lstat().st_mode
        if not stat.S_ISDIR(found):
            raise NotAFolder(here)


def plainly_below(root: Path, folder: Path) -> bool:
    """Whether no link and no file stands between `root` and `folder`; a missing folder is plain."""
    here = root
    for part in folder.relative_to(root).parts:
        here = here / part
        try:
            if not stat.S_ISDIR(here.lstat().st_mode):
                return False
        except FileNotFoundError:
            return True
    return True


def put(disk: Disk, path: Path, data: bytes, *, owner: str, mode: int, over: bool) -> None:
    """Temporary file in the same folder, fsync, rename, fsync of the folder. `over` replaces what is there, also on
    Windows. A temporary that a kill left carries `owner`, who removes it next time."""
    temporary = path.with_name(f"{TEMPORARY}{owner}-{secrets.token_hex(4)}")
    try:
        handle = disk.open_new(temporary, mode)
        try:
            disk.write(handle, data)
            disk.sync(handle)
        finally:
            os.close(handle)
        (disk.replace if over else disk.rename)(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    disk.sync_folder(path.parent)


def read_regular(path: Path, most: int) -> bytes | None:
    """The bytes of a plain file of at most `most` bytes; None for anything else: a link, a pipe, a longer file."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            return None
        raise
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            return None
        with open(handle, "rb", closefd=False) as stream:
            data = stream.read(most + 1)
    finally:
        os.close(handle)
    return data if len(data) <= most else None


@dataclass
class Walk:
    """One pass through a tree. Links are not followed and not named; temporaries are set aside in `litter`. Without
    `sizes` every size is 0, and a listing is all that the file system is asked for."""

    sizes: bool = True
    litter: list[Path] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def files(self, root: Path, prefix: str) -> Iterator[tuple[str, int]]:
        """(path relative to `root`, size) of every plain file below `root/prefix`, in no order."""
        waiting = [prefix] if plainly_below(root, root / prefix) else []
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(root / folder if folder else root) as entries:
                    yield from self._entries(list(entries), folder, waiting)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except PermissionError:
                self.unreadable.append(folder)

    def _entries(self, entries: list[os.DirEntry[str]], folder: str, waiting: list[str]) -> Iterator[tuple[str, int]]:
        lead = f"{folder}/" if folder else ""
        for entry in entries:
            path = lead + entry.name
            if entry.is_file(follow_symlinks=False):
                if entry.name.startswith(TEMPORARY):
                    self.litter.append(Path(entry.path))
                    continue
                try:
                    yield path, entry.stat(follow_symlinks=False).st_size if self.sizes else 0
                except FileNotFoundError:
                    continue
            elif entry.is_dir(follow_symlinks=False) and path.count("/") < _DEEPEST:
                waiting.append(path)


def own_litter(litter: list[Path], owner: str) -> list[Path]:
    """The temporaries that `owner` left when it was killed."""
    return [path for path in litter if path.name.startswith(f"{TEMPORARY}{owner}-")]
