"""A workspace from one backup file. Needs no password: everything in it is ciphertext, and stays so.

Whoever had an account when the backup was made signs in with the password of that day. The first who does gives the
restored file a new incarnation, so that it never continues the chains of the one that it is a copy of; what was typed
later comes back from the other PCs at the next synchronisation.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from app.common.errors import UserError
from app.common.progress import CancelToken, Progress, silent
from app.common.words import N_
from app.security.making import new_workspace
from app.security.workspace import exists
from app.sync.hub_file import HubFile
from app.upkeep import container
from app.upkeep.container import BackupDamaged, Outline
from app.upkeep.faults import backup_faults, disk_faults
from db import keyfile

_PLAIN = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class RestoredView:
    """What now lies in `folder`. `synchronises`: a hub is set, so what was typed after `made_at` can come back."""

    folder: Path
    centre_name: str
    made_at: datetime
    logins: tuple[str, ...]
    synchronises: bool


def restore(
    file: Path, folder: Path, *, progress: Progress = silent, cancel: CancelToken | None = None
) -> RestoredView:
    """Makes the workspace `folder` from a backup; UserError "workspace-exists", "not-a-backup", "backup-damaged",
    "backup-newer", EnvironmentFault for the disk. Whatever fails, `folder` is as it was."""
    token = cancel or CancelToken()
    if not file.is_file():
        raise UserError("no-backup-file", N_("There is no file {file}."), file=file)
    with disk_faults(file.parent), backup_faults(file), file.open("rb") as stream:
        outline = container.read_outline(stream, file.stat().st_size)
        if exists(folder):
            raise UserError("workspace-exists", N_("The folder {folder} already holds a centre."), folder=folder)
        with new_workspace(folder) as place:
            view = _unpack(stream, outline, place, folder, progress, token)
        for name in ("spool", "backups", "log"):
            (folder / name).chmod(0o700)
    return view


def _unpack(
    stream: BinaryIO, outline: Outline, place: Path, folder: Path, progress: Progress, token: CancelToken
) -> RestoredView:
    everything, before = sum(member.size for member in outline.manifest.members), 0

    def step(done: int, _total: int) -> None:
        token.check()
        progress(before + done, everything)

    with disk_faults(folder):
        for member in outline.manifest.members:
            _take_out(stream, outline, member.name, place / member.name, step)
            before += member.size
        keyfile.sync_folder(place)
    accounts = _accounts(place / container.ACCOUNTS, outline)
    return RestoredView(
        folder,
        accounts.centre_name,
        outline.manifest.made_at,
        tuple(entry.login for entry in accounts.entries if entry.database_key is not None),
        _synchronises(place / container.HUB),
    )


def _take_out(stream: BinaryIO, outline: Outline, name: str, into: Path, step: container.Step) -> None:
    with into.open("xb") as made:
        into.chmod(0o600)
        container.read_member(stream, outline, name, made, step)
        made.flush()
        os.fsync(made.fileno())


def _accounts(file: Path, outline: Outline) -> keyfile.KeyFile:
    """The accounts, which must be of the PC that the manifest names, beside a data file that is not plain."""
    try:
        found = keyfile.read(file)
    except keyfile.KeyFileDamaged:
        raise BackupDamaged from None
    said = outline.manifest
    if (found.organisation, found.device) != (said.organisation, said.device):
        raise BackupDamaged
    with (file.parent / container.DATABASE).open("rb") as stream:
        if stream.read(len(_PLAIN)) == _PLAIN:
            raise BackupDamaged
    return found


def _synchronises(file: Path) -> bool:
    try:
        return msgspec.json.decode(file.read_bytes(), type=HubFile).url is not None
    except FileNotFoundError:
        return False
    except msgspec.MsgspecError:
        raise BackupDamaged from None
