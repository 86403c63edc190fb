"""Makes one backup file and proves it by opening it, before it gets its name.

The encrypted file is copied while others write; copy, accounts and hub address go into one container beside the final
place; the container is then read back from the disk, its hashes compared, and the database in it opened with the key.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.common.errors import EnvironmentFault
from app.common.progress import CancelToken, Progress
from app.common.words import N_
from app.security.workspace import DAMAGED_ACCOUNTS, Workspace
from app.sync.hub_file import HUB_FILE
from app.upkeep import container
from app.upkeep.container import FORMAT, SUFFIX, Manifest, Member
from db import copying, keyfile
from db.copying import Contents, Step

PHASES = 5
_SHARE = 200
_A_DAY = 86_400
_WORK, _PART = ".unfinished-", ".unfinished"


@dataclass(frozen=True, slots=True)
class Meter:
    """Turns the steps of each phase into one progress, and stops the work where it was cancelled."""

    progress: Progress
    cancel: CancelToken

    def phase(self, number: int) -> Step:
        """`number` counts from 0 to PHASES - 1."""

        def step(done: int, total: int) -> None:
            self.cancel.check()
            self.progress(number * _SHARE + done * _SHARE // max(total, 1), PHASES * _SHARE)

        return step


def make_backup(workspace: Workspace, key: bytes, target: Path, now: datetime, meter: Meter) -> Manifest:
    """Writes `target` whole, or leaves nothing. OSError and StorageFault as they come; EnvironmentFault
    "backup-unproven" if what was written does not stand the proof."""
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    with tempfile.TemporaryDirectory(prefix=_WORK, dir=_work_place(workspace, target)) as made:
        work = Path(made)
        copy = work / container.DATABASE
        contents = copying.copy_database(workspace.database_path, key, copy, meter.phase(0))
        sources = _sources(workspace, copy)
        manifest = _manifest(workspace, sources, contents, now, meter.phase(1))
        return _write_proven(target, manifest, sources, lambda part: _prove(part, key, contents, work, meter), meter)


def _work_place(workspace: Workspace, target: Path) -> Path:
    """Beside the target only where the workspace's disk has no room: SQLite on a share may lack locks."""
    home = workspace.folder / "backups"
    home.mkdir(mode=0o700, exist_ok=True)
    _sweep(home, f".*{SUFFIX}.*{_PART}", f"{_WORK}*")
    _sweep(target.parent, f".*{SUFFIX}.*{_PART}")
    needed = 2 * workspace.database_path.stat().st_size
    return home if shutil.disk_usage(home).free > needed else target.parent


def _sweep(folder: Path, *patterns: str) -> None:
    """What a power cut left; what is of today may belong to a backup that is being made just now."""
    for left in (found for pattern in patterns for found in folder.glob(pattern)):
        if time.time() - left.stat().st_mtime < _A_DAY:
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _sources(workspace: Workspace, copy: Path) -> dict[str, Path | bytes]:
    accounts = workspace.folder / container.ACCOUNTS
    try:
        keyfile.read(accounts)
    except keyfile.KeyFileDamaged:
        raise EnvironmentFault("accounts-damaged", DAMAGED_ACCOUNTS) from None
    sources: dict[str, Path | bytes] = {container.ACCOUNTS: accounts.read_bytes()}
    if (workspace.folder / HUB_FILE).exists():
        sources[container.HUB] = (workspace.folder / HUB_FILE).read_bytes()
    return sources | {container.DATABASE: copy}


def _manifest(
    workspace: Workspace, sources: dict[str, Path | bytes], contents: Contents, now: datetime, step: Step
) -> Manifest:
    members = []
    for name, source in sources.items():
        if isinstance(source, bytes):
            members.append(Member(name, len(source), hashlib.blake2b(source, digest_size=32).hexdigest()))
        else:
            members.append(Member(name, source.stat().st_size, container.hash_file(source, step)))
    said = workspace.accounts
    return Manifest(
        FORMAT, said.organisation, said.centre, said.centre_name, said.device, now, contents.schema, members
    )


def _write_proven(
    target: Path, manifest: Manifest, sources: dict[str, Path | bytes], prove: Callable[[Path], None], meter: Meter
) -> Manifest:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=_PART)
    part = Path(name)
    try:
        with os.fdopen(handle, "w+b") as stream:
            container.write(stream, manifest, sources, meter.phase(2))
            stream.flush()
            os.fsync(stream.fileno())
            _forget_cached(stream.fileno())
        copy = sources[container.DATABASE]
        if isinstance(copy, Path):
            copy.unlink()
        prove(part)
        part.replace(target)
        keyfile.sync_folder(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return manifest


def _forget_cached(handle: int) -> None:
    """What is read back should come from the disk, not from memory, where the system can be asked for that."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def _prove(part: Path, key: bytes, made_from: Contents, work: Path, meter: Meter) -> None:
    opened = work / "opened.db"
    try:
        with part.open("rb") as stream:
            outline = container.read_outline(stream, part.stat().st_size)
            for member in outline.manifest.members:
                if member.name != container.DATABASE:
                    container.read_member(stream, outline, member.name, None, meter.phase(3))
            with opened.open("xb") as into:
                container.read_member(stream, outline, container.DATABASE, into, meter.phase(3))
    except (container.NotABackup, container.BackupDamaged):
        raise _unproven() from None
    meter.phase(4)(0, 1)
    found = copying.look_through(opened, key, meter.cancel.check, alone=True)
    if not found.sound or found.contents != made_from:
        raise _unproven()
    meter.phase(4)(1, 1)


def _unproven() -> EnvironmentFault:
    return EnvironmentFault(
        "backup-unproven",
        N_("The backup was read back and is not what was written; it was thrown away. Use another disk or stick."),
    )
