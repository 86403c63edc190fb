"""What the doctor sees without a password: files, permissions, disk, clock, backups."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.common.clock import Clock, local
from app.common.words import ntr, tr
from app.security.workspace import ACCOUNTS, DAMAGED_ACCOUNTS, DATABASE
from app.sync import history
from app.sync.hub_file import HUB_FILE
from app.upkeep import container
from app.upkeep.backup import FOLDER, backups_in
from app.upkeep.checks import Finding, Step, listed, sentences
from app.upkeep.container import BackupDamaged
from db import keyfile
from db.crypto.passwords import KdfParameters, KdfRefused

MB = 1_000_000
_PAGE = 4096
_PLAIN = b"SQLite format 3\0"
_ROOM = 500 * MB
_STALE = timedelta(days=7)
_GRACE = timedelta(days=3)
_SLACK = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 2026, 2099


def folder(place: Path, _step: Step) -> Finding:
    """There, writable, and nobody else's."""
    if not place.is_dir():
        return False, tr("There is no folder {folder}.", folder=place)
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        return False, tr("The folder {folder} cannot be read and written by this user of the computer.", folder=place)
    if os.name == "posix" and place.stat().st_mode & 0o077:
        kept = (place / name for name in (ACCOUNTS, DATABASE, f"{DATABASE}-wal", HUB_FILE))
        open_ = [file.name for file in kept if file.exists() and file.stat().st_mode & 0o077]
        if open_:
            return False, tr(
                "Other users of this computer can read {files}. Their content is encrypted; still, make the folder "
                "private to this user.",
                files=listed(open_),
            )
    return True, tr("{folder} is there, can be written, and is this user's alone.", folder=place)


def accounts(place: Path, _step: Step) -> Finding:
    """Readable, and no password made easier to guess than it was."""
    try:
        found = keyfile.read(place / ACCOUNTS)
    except FileNotFoundError:
        return False, tr("The file accounts.json is missing. Put it back from the last backup.")
    except keyfile.KeyFileDamaged:
        return False, tr(DAMAGED_ACCOUNTS)
    weak = [entry.login for entry in found.entries if not _strong(entry)]
    if weak:
        return False, tr(
            "The protection of these passwords was altered from outside: {logins}. Call the director; put the "
            "accounts file back from a backup.",
            logins=listed(weak),
        )
    opens = sum(entry.database_key is not None for entry in found.entries)
    if not opens:
        return False, tr("No account can open this PC's data.")
    waiting = len(found.entries) - opens
    return True, sentences(
        ntr("{n} account opens this PC.", "{n} accounts open this PC.", opens),
        ntr("{n} waits for a colleague's sign-in here.", "{n} wait for a colleague's sign-in here.", waiting)
        if waiting
        else "",
    )


def _strong(entry: keyfile.Entry) -> bool:
    try:
        KdfParameters(entry.kdf_memory, entry.kdf_passes, entry.kdf_salt).check()
    except KdfRefused:
        return False
    return len(entry.sign_public) == 32 and len(entry.box_public) == 32


def data_file(place: Path, _step: Step) -> Finding:
    """There, whole pages, and not readable."""
    file = place / DATABASE
    if not file.is_file():
        return False, tr("The data file centre.db is missing from the folder. Restore the last backup.")
    size = file.stat().st_size
    with file.open("rb") as stream:
        head = stream.read(len(_PLAIN))
    if head == _PLAIN:
        return False, tr("The data file is not encrypted: another file was put in its place. Restore the last backup.")
    if size == 0 or size % _PAGE:
        return False, tr("The data file is not whole: it was cut off. Restore the last backup into a new folder.")
    return True, tr("centre.db is there and encrypted, {size} MB.", size=f"{size / MB:.1f}")


def disk(place: Path, _step: Step) -> Finding:
    """Room for the file, its backup and a day's work."""
    free = shutil.disk_usage(place).free
    file = place / DATABASE
    needed = max(_ROOM, 3 * file.stat().st_size if file.exists() else 0)
    said = tr("{free} MB are free.", free=f"{free / MB:,.0f}")
    if free < needed:
        return False, sentences(said, tr("Free at least {size} MB.", size=f"{needed / MB:,.0f}"))
    return True, said


def clock(place: Path, now: Clock, _step: Step) -> Finding:
    """Not before what was already written, not in another age."""
    moment = now.now()
    shown = local(moment).strftime("%Y-%m-%d %H:%M")
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return False, tr("This PC's clock says {time}. Set it.", time=shown)
    files = [file for file in (place / ACCOUNTS, place / DATABASE) if file.exists()]
    ahead = max((file.stat().st_mtime for file in files), default=0.0) - time.time()
    written = [one.made_at for one in backups_in(place)] + [run.at for run in history.read(place, 1)]
    latest = max((at for at in written if at.year <= _LAST_YEAR), default=moment)
    if ahead > _SLACK.total_seconds() or latest > moment + _SLACK:
        newest = max(latest, moment + timedelta(seconds=ahead))
        return False, tr(
            "This PC's clock says {time}, but something here was written on {later}. Set the clock.",
            time=shown,
            later=local(newest).strftime("%Y-%m-%d %H:%M"),
        )
    return True, tr("It says {time}.", time=shown)


def backups(place: Path, now: Clock, step: Step) -> Finding:
    """A recent one, every byte of it as it was written."""
    found = backups_in(place)
    damaged = [one.path.name for one in found if not one.readable]
    readable = [one for one in found if one.readable]
    trouble = tr("Damaged or not complete: {files}.", files=listed(damaged)) if damaged else ""
    if not readable:
        missing = tr("There is no backup yet in the folder backups. Make one today, and one on a stick.")
        return not damaged and _is_new(place), sentences(missing, trouble)
    newest = readable[0]
    if not _whole(newest.path, step):
        return False, tr("The newest backup, {file}, is damaged. Make a new one today.", file=newest.path.name)
    age = now.now() - newest.made_at
    said = tr(
        "The newest is of {time}; every byte of it is as it was written.",
        time=local(newest.made_at).strftime("%Y-%m-%d %H:%M"),
    )
    if age > _STALE:
        return False, sentences(said, tr("That is {n} days ago: make one today.", n=age.days), trouble)
    return not damaged, sentences(said, trouble)


def _is_new(place: Path) -> bool:
    """Nothing was ever put into the folder of backups, and it was made a few days ago at the most."""
    try:
        made = datetime.fromtimestamp((place / FOLDER).stat().st_mtime, UTC)
    except FileNotFoundError:
        return False
    return datetime.now(UTC) - made < _GRACE


def _whole(file: Path, step: Step) -> bool:
    try:
        with file.open("rb") as stream:
            outline = container.read_outline(stream, file.stat().st_size)
            for member in outline.manifest.members:
                container.read_member(stream, outline, member.name, None, lambda _done, _total: step())
    except BackupDamaged:
        return False
    return True
