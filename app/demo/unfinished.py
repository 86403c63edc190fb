"""The demonstration's folders come into being together or not at all, at whatever moment the making ends.

Everything is built in one folder beside the final places and moved out of it at the end, the desk's last. What was
about to be moved is written down before, each folder by its number in the file system: a later attempt takes back
exactly these, and never a folder that somebody else has put there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from app.common.errors import UserError
from app.common.locking import only_one
from app.common.words import N_
from app.security.workspace import not_writable
from db.keyfile import replace_file, sync_folder

PART = "demo-unfinished"
_LOCK, _MOVING = "lock", "moving.json"


@contextmanager
def unfinished(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """Gives the folder in which to make one folder for each name; they get to `folder` in this order when the block
    ends well. UserError "workspace-exists", or "demo-running" if another run is at it."""
    made: list[Path] = []
    part, held = folder / PART, False
    try:
        made = _first_missing(folder)
        _open(folder, part)
        with only_one(part / _LOCK) as held:
            if not held:
                running = N_("A demonstration is being made in {folder} already.")
                raise UserError("demo-running", running, folder=folder)
            try:
                _take_back(folder, part, names)
                _refuse_existing(folder, names)
                _clear(part)
                yield part
                _publish(folder, part, names)
            finally:
                _take_back(folder, part, names)
                _clear(part)
    except OSError as error:
        raise not_writable(folder, error) from None
    finally:
        if held:
            _remove([part / _LOCK], [part, *made])


def _open(folder: Path, part: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if part.is_dir() and any(part.iterdir()) and not (part / _LOCK).exists():
        raise UserError("workspace-exists", _TAKEN, folder=part)
    part.mkdir(mode=0o700, exist_ok=True)


def _refuse_existing(folder: Path, names: Sequence[str]) -> None:
    for name in reversed(names):
        if (folder / name).exists():
            raise UserError("workspace-exists", _EXISTS if name == names[-1] else _TAKEN, folder=folder / name)


_EXISTS = N_("The folder {folder} already holds a centre.")
_TAKEN = N_("{folder} exists already. Choose an empty or a new folder for the demonstration.")


def _publish(folder: Path, part: Path, names: Sequence[str]) -> None:
    numbers = {name: _number(part / name) for name in names}
    replace_file(part / _MOVING, json.dumps(numbers).encode())
    for name in names:
        (part / name).rename(folder / name)
        sync_folder(folder)


def _take_back(folder: Path, part: Path, names: Sequence[str]) -> None:
    """What an interrupted move has already brought to its place, unless all of it is there."""
    try:
        numbers = json.loads((part / _MOVING).read_bytes())
    except (OSError, ValueError):
        return
    there = [name for name in names if (folder / name).exists() and _number(folder / name) == numbers.get(name)]
    if len(there) == len(names):
        return
    for name in there:
        (folder / name).rename(part / name)


def _clear(part: Path) -> None:
    for left in list(part.iterdir()):
        if left.name == _LOCK:
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _number(folder: Path) -> list[int]:
    about = folder.stat()
    return [about.st_dev, about.st_ino]


def _first_missing(folder: Path) -> list[Path]:
    """The folders that have to be made for `folder`, the innermost first."""
    return [one for one in (folder, *folder.parents) if not one.exists()]


def _remove(files: list[Path], folders: list[Path]) -> None:
    """The folders as far as they are empty."""
    with suppress(OSError):
        for file in files:
            file.unlink()
        for folder in folders:
            folder.rmdir()
