"""A workspace comes into being whole or not at all: what founding an organisation and joining one share.

Everything is built in a folder beside its final place, which then gets its name in one step. Where something lies there
already, its files are moved in one by one, `accounts.json` last: as long as that one is missing, there is no workspace.
Power that fails before leaves a folder that the next attempt clears away; its database key was in memory only.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nacl.utils import random as random_bytes

from app.common.clock import Clock
from app.common.errors import UserError
from app.common.words import N_
from app.security.context import environment_faults
from app.security.workspace import ACCOUNTS, DATABASE, HUB, not_writable
from db import keyfile
from db.engine import Database
from db.replica.sealing import milliseconds
from db.replica.stamping import RowIds
from db.schema import upgrade

_MAKING = ".making-"


@contextmanager
def new_workspace(folder: Path) -> Iterator[Path]:
    """Gives the folder to build in. Refuses one that holds a centre; undoes everything if the block fails."""
    if (folder / ACCOUNTS).exists():
        raise UserError("workspace-exists", N_("The folder {folder} already holds a centre."), folder=folder)
    try:
        place = _place(folder)
        (place / "spool").mkdir()
    except OSError as error:
        raise not_writable(folder, error) from None
    try:
        yield place
        _publish(place, folder)
    except OSError as error:
        raise not_writable(folder, error) from None
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _place(folder: Path) -> Path:
    """A new folder on the same disk, and what was left of earlier ones cleared away."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    taken = folder.exists() and (any(folder.iterdir()) or folder.is_mount())
    above, lead = (folder, _MAKING) if taken else (folder.parent, f"{_MAKING}{folder.name}-")
    for found in above.iterdir():
        if found.name.startswith(lead) and len(found.name) == len(lead) + 8:
            shutil.rmtree(found)
    place = above / f"{lead}{random_bytes(4).hex()}"
    place.mkdir(mode=0o700)
    return place


@contextmanager
def new_database(place: Path, key: bytes, clock: Clock) -> Iterator[Database]:
    """An empty `centre.db` with this program's tables, closed at the end: the file is then complete without a WAL."""
    with environment_faults():
        database = Database(place / DATABASE, key)
        try:
            database.stamps["row_ids"] = RowIds()
            database.wall_ms = lambda: milliseconds(clock.now())
            upgrade(database)
            (place / DATABASE).chmod(0o600)
            yield database
        finally:
            database.close()


def _publish(place: Path, folder: Path) -> None:
    for name in ("backups", "log"):
        (place / name).mkdir()
    keyfile.sync_folder(place)
    if place.parent == folder.parent and _gone_if_empty(folder):
        place.rename(folder)
        keyfile.sync_folder(folder.parent)
    else:
        _move_in(place, folder)


def _gone_if_empty(folder: Path) -> bool:
    """False if something came to lie there meanwhile, or the system holds the folder."""
    with suppress(OSError):
        folder.rmdir()
    return not folder.exists()


def _move_in(place: Path, folder: Path) -> None:
    _set_aside(folder)
    folder.chmod(0o700)
    for made in sorted(place.iterdir()):
        if made.name != ACCOUNTS and not (made.is_dir() and (folder / made.name).exists()):
            made.rename(folder / made.name)
    keyfile.sync_folder(folder)
    (place / ACCOUNTS).rename(folder / ACCOUNTS)
    keyfile.sync_folder(folder)


def _set_aside(folder: Path) -> None:
    """A data file without accounts is a set-up that power interrupted, or a loss: kept, under another name."""
    number = 1
    while (folder / f"unfinished-{number}").exists():
        number += 1
    aside = folder / f"unfinished-{number}"
    for name in (*(found.name for found in folder.glob(f"{DATABASE}*")), "spool", HUB):
        if (folder / name).exists():
            aside.mkdir(exist_ok=True)
            (folder / name).rename(aside / name)
