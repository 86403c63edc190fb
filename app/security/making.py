"""A workspace comes into being whole or not at all: what founding an organisation and joining one share.

Everything is built in a folder beside its final place and moved there at the end, `accounts.json` last: as long as
that one is missing, there is no workspace. Power that fails before leaves a folder that the next attempt clears away;
its database key was in memory only.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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
    place = folder / f"{_MAKING}{random_bytes(4).hex()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        for left in folder.glob(f"{_MAKING}*"):
            shutil.rmtree(left)
        (place / "spool").mkdir(parents=True)
    except OSError as error:
        raise not_writable(folder, error) from None
    try:
        yield place
        _publish(place, folder)
    except OSError as error:
        raise not_writable(folder, error) from None
    finally:
        shutil.rmtree(place, ignore_errors=True)


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
    _set_aside(folder)
    for name in ("backups", "log"):
        (folder / name).mkdir(exist_ok=True)
    for made in sorted(place.iterdir()):
        if made.name != ACCOUNTS:
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
