"""What a disk, a stick or a share can do to a backup, each in one sentence that says what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.common.errors import EnvironmentFault, UserError
from app.common.words import N_
from app.security.context import environment_faults
from app.upkeep.container import BackupDamaged, BackupNewer, NotABackup

_SENTENCES = {
    "disk-full": N_("There is not enough room in {folder}. Free some space or choose another disk; nothing was lost."),
    "folder-missing": N_("There is no folder {folder}. If it is on a stick or a share, plug it in or sign in there."),
    "folder-read-only": N_("The folder {folder} cannot be written. Choose another, or check its permissions."),
    "folder-failed": N_("Reading or writing in {folder} failed ({reason}). Check the disk or choose another."),
}
_CODES = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
    errno.EFBIG: "disk-full",
    errno.ENOENT: "folder-missing",
    errno.ENOTDIR: "folder-missing",
    errno.EACCES: "folder-read-only",
    errno.EPERM: "folder-read-only",
    errno.EROFS: "folder-read-only",
}


@contextmanager
def disk_faults(folder: Path) -> Iterator[None]:
    """EnvironmentFault for what the system, or SQLite, said about files in `folder`."""
    try:
        with environment_faults():
            yield
    except OSError as error:
        code = _CODES.get(error.errno or 0, "folder-failed")
        reason = error.strerror or type(error).__name__
        raise EnvironmentFault(code, _SENTENCES[code], folder=folder, reason=reason) from None


@contextmanager
def backup_faults(file: Path) -> Iterator[None]:
    """UserError for a file that is no backup, or not a whole one."""
    try:
        yield
    except NotABackup:
        raise UserError("not-a-backup", N_("{file} is not a backup of this program."), file=file) from None
    except BackupDamaged:
        raise UserError(
            "backup-damaged",
            N_("The backup {file} is damaged or not complete. Nothing was restored; take another backup."),
            file=file,
        ) from None
    except BackupNewer:
        raise UserError(
            "backup-newer",
            N_("A newer version of this program has made {file}. Update the program on this PC first."),
            file=file,
        ) from None
