"""A folder full of what leaves the screen: made as a whole, then put in place file by file."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.common.errors import Confirmation, EnvironmentFault, UserError
from app.common.progress import CancelToken, Progress
from app.common.words import N_, tr
from app.rota.rules import month_end

Stretch = tuple[date, date]


class Kind(StrEnum):
    """What can be written."""

    POSTERS = "posters"
    SHEETS = "sheets"
    CALENDARS = "calendars"
    SPREADSHEET = "spreadsheet"


@dataclass(frozen=True, slots=True)
class Exported:
    """`files`: the names written, in order. `same`: how many of them were there already, byte for byte."""

    folder: Path
    files: tuple[str, ...]
    same: int = 0


class Source(Protocol):
    """Makes the content; PublicationService is one."""

    def month_poster(self, year: int, month: int) -> bytes: ...
    def duty_sheets(self, first: date, last: date, staff_ids: Sequence[str] | None = None) -> bytes: ...
    def calendar_file(self, staff_id: str, first: date, last: date) -> bytes: ...
    def spreadsheet(self, first: date, last: date) -> bytes: ...
    def on_paper(self, first: date, last: date) -> tuple[tuple[str, str], ...]: ...


def export_all(
    source: Source,
    folder: Path,
    stretch: Stretch,
    kinds: Collection[Kind],
    progress: Progress,
    cancel: CancelToken | None,
    confirmed: Collection[str],
) -> Exported:
    """Everything is made in a hidden folder beside its place, compared with what is there, asked about if that is
    something else, and then renamed. What fails or is cancelled before the renaming leaves nothing."""
    wanted = _plan(source, stretch, kinds)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".longshan-", dir=folder))
    except OSError:
        raise _unwritable(folder) from None
    try:
        made = _make(wanted, beside, progress, cancel)
        others = [name for name in made if (folder / name).exists() and not _alike(folder / name, beside / name)]
        if others and "replace-files" not in confirmed:
            question = N_("{folder} has {n} other files with these names, the first is {name}. Replace them?")
            raise Confirmation("replace-files", question, folder=folder, n=len(others), name=others[0])
        same = sum((folder / name).exists() for name in made) - len(others)
        if cancel is not None:
            cancel.check()
        for name in made:
            (beside / name).replace(folder / name)
    except OSError:
        raise _unwritable(folder) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Exported(folder, tuple(made), same)


def _plan(source: Source, stretch: Stretch, kinds: Collection[Kind]) -> list[tuple[str, Callable[[], bytes]]]:
    """File name -> what makes it, in the order they are made."""
    first, last = stretch
    span = f"{first:%Y%m%d}-{last:%Y%m%d}"
    people = source.on_paper(first, last) if {Kind.SHEETS, Kind.CALENDARS} & set(kinds) else ()
    plan: list[tuple[str, Callable[[], bytes]]] = []
    if Kind.POSTERS in kinds:
        for month in months(first, last):
            name = f"{tr('Rota')}-{month:%Y-%m}.pdf"
            plan.append((name, lambda month=month: source.month_poster(month.year, month.month)))  # type: ignore[misc]
    for staff_id, label in people:
        if Kind.SHEETS in kinds:
            plan.append((f"{label}-{span}.pdf", lambda who=staff_id: source.duty_sheets(first, last, [who])))  # type: ignore[misc]
        if Kind.CALENDARS in kinds:
            plan.append((f"{label}-{span}.ics", lambda who=staff_id: source.calendar_file(who, first, last)))  # type: ignore[misc]
    if Kind.SPREADSHEET in kinds:
        plan.append((f"{tr('Rota')}-{span}.xlsx", lambda: source.spreadsheet(first, last)))
    names: set[str] = set()
    return [(_unused(safe_name(name), names), make) for name, make in plan]


def _make(
    wanted: Collection[tuple[str, Callable[[], bytes]]], beside: Path, progress: Progress, cancel: CancelToken | None
) -> list[str]:
    made = []
    for done, (name, make) in enumerate(wanted):
        if cancel is not None:
            cancel.check()
        progress(done, len(wanted))
        try:
            content = make()
        except UserError as error:
            if error.code != "nothing-published" or isinstance(error, EnvironmentFault):
                raise
            continue  # a month at the edge of the stretch that is not published yet
        handle = os.open(beside / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        made.append(name)
    progress(len(wanted), len(wanted))
    if not made:
        raise UserError("nothing-published", N_("The rota of these days is not published yet."))
    return made


_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$")
_LONGEST = 180
"""Bytes; file systems allow 255."""


def safe_name(name: str) -> str:
    """A file name that every system takes: no separators, no control characters, no name that Windows keeps."""
    stem, dot, ending = _FORBIDDEN.sub("_", name).rpartition(".")
    stem = stem.strip(" .") or "_"
    while len(stem.encode()) > _LONGEST:
        stem = stem[:-1]
    stem = stem.rstrip(" .")
    return f"_{stem}{dot}{ending}" if _RESERVED.match(stem) else f"{stem}{dot}{ending}"


def _unused(name: str, names: set[str]) -> str:
    """Two experts of one name and number get two files."""
    stem, _, ending = name.rpartition(".")
    number, found = 1, name
    while found.casefold() in names:
        number += 1
        found = f"{stem}-{number}.{ending}"
    names.add(found.casefold())
    return found


def _alike(one: Path, other: Path) -> bool:
    return one.is_file() and one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def months(first: date, last: date) -> list[date]:
    """The first day of each month that the stretch touches."""
    found = [first.replace(day=1)]
    while month_end(found[-1]) < last:
        found.append(date.fromordinal(month_end(found[-1]).toordinal() + 1))
    return found


def _unwritable(folder: Path) -> EnvironmentFault:
    said = N_("The folder {folder} cannot be written. Is the disk full, or the folder read-only?")
    return EnvironmentFault("cannot-write", said, folder=folder)
