"""Encrypted copies of the workspace, proven by opening them: made on demand and once a day."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.common.changes import Changes, Done, Topic
from app.common.errors import EnvironmentFault, UserError
from app.common.progress import CancelToken, Progress, silent
from app.common.words import N_
from app.security.context import Context, environment_faults
from app.security.permissions import May
from app.security.workspace import Workspace
from app.sync.engine import seal_all
from app.sync.hub_file import read_hub_file
from app.upkeep import container, rotation
from app.upkeep.container import SUFFIX, BackupDamaged, BackupNewer, Manifest, NotABackup
from app.upkeep.faults import disk_faults
from app.upkeep.making import Meter, make_backup

FOLDER = "backups"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BackupView:
    """One backup file. `readable` False: the file is damaged or not complete; `made_at` is then its date on disk."""

    path: Path
    made_at: datetime
    bytes: int
    readable: bool = True


class BackupService:
    """Backups of this PC's workspace. `make` is for a worker thread; others may write meanwhile."""

    def __init__(self, ctx: Context, workspace: Workspace, database_key: bytes) -> None:
        self.ctx = ctx
        self.workspace = workspace
        self._key = database_key

    def make(
        self, to: Path | None = None, *, progress: Progress = silent, cancel: CancelToken | None = None
    ) -> Done[BackupView]:
        """Makes and proves one file: `to` (a file, or a folder to put it into), or one in the workspace's `backups/`,
        where the newest 14 and one a month for a year are kept. An earlier backup of this PC at `to` is replaced.

        UserError "file-exists"; EnvironmentFault in words for disk and file; nothing half made is left."""
        self.ctx.require(May.BACK_UP)
        now = self.ctx.clock.now()
        target = self._target(to, now)
        self._seal()
        with disk_faults(target.parent):
            manifest = make_backup(self.workspace, self._key, target, now, Meter(progress, cancel or CancelToken()))
            size = target.stat().st_size
            if to is None:
                self._thin_out(target.parent)
        with self.ctx.write(May.BACK_UP, "backup.made"):
            view = BackupView(target, manifest.made_at, size)
        return Done(view, Changes.of(Topic.SETTINGS))

    def make_if_due(self, *, progress: Progress = silent, cancel: CancelToken | None = None) -> Done[BackupView] | None:
        """The daily one, for a timer while unlocked: None if today's is there."""
        made = [one.made_at for one in self.list() if one.readable]
        if not rotation.due(max(made, default=None), self.ctx.clock.now()):
            return None
        return self.make(progress=progress, cancel=cancel)

    def list(self) -> list[BackupView]:
        """This PC's backups in the workspace's own folder, newest first."""
        self.ctx.require(May.BACK_UP)
        return backups_in(self.workspace.folder)

    def _seal(self) -> None:
        """So that the copy holds no change which the original will send as well. That would do no harm; so if there is
        no room for it on this disk, the backup on a stick is made all the same."""
        if read_hub_file(self.workspace.folder) is None:
            return
        try:
            with environment_faults():
                seal_all(self.ctx.db, self.workspace.folder, self.ctx.clock)
        except EnvironmentFault as fault:
            _log.debug("not sealed before the backup: %s", fault.code)

    def _target(self, to: Path | None, now: datetime) -> Path:
        if to is None:
            return self.workspace.folder / FOLDER / rotation.name_at(now)
        if to.is_dir():
            to = to / rotation.name_at(now)
        if to.exists() and not self._mine(to):
            raise UserError(
                "file-exists", N_("{file} exists already and is no backup of this PC. Choose another name."), file=to
            )
        return to

    def _mine(self, file: Path) -> bool:
        said, manifest = self.workspace.accounts, manifest_of(file)
        return manifest is not None and (manifest.organisation, manifest.device) == (said.organisation, said.device)

    def _thin_out(self, folder: Path) -> None:
        for name in rotation.superfluous(file.name for file in folder.iterdir()):
            if self._mine(folder / name):
                (folder / name).unlink()


def manifest_of(file: Path) -> Manifest | None:
    """What a backup says of itself, its frame checked; None for anything else."""
    try:
        with file.open("rb") as stream:
            return container.read_outline(stream, file.stat().st_size).manifest
    except (OSError, NotABackup, BackupDamaged, BackupNewer):
        return None


def backups_in(workspace: Path) -> list[BackupView]:
    """What lies in a workspace's `backups/`, newest first; needs no password."""
    found = []
    for file in (workspace / FOLDER).glob(f"*{SUFFIX}"):
        manifest, status = manifest_of(file), file.stat()
        made = manifest.made_at if manifest else datetime.fromtimestamp(status.st_mtime, UTC)
        found.append(BackupView(file, made, status.st_size, manifest is not None))
    return sorted(found, key=lambda one: (one.made_at, one.path.name), reverse=True)
