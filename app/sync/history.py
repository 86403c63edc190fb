"""`log/sync.jsonl`: what each synchronisation did, one line a run. Numbers, times and sentences; no client content.

A sentence is kept as msgid and values, so that it is shown in the language of the day. A line that a power cut tore is
passed over; runs at an interval that say the same twice in a row are one line, else a day at 30 seconds would leave
nothing but itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec

from app.sync.sentences import Sentence
from app.sync.views import RunView
from db.keyfile import replace_file

HISTORY = Path("log") / "sync.jsonl"
KEPT, TRIMMED_AT = 1000, 1100
_MOST_BYTES = 8_000_000


class _Said(msgspec.Struct, omit_defaults=True):
    text: str
    params: dict[str, str | int | float] = {}


class _Line(msgspec.Struct, omit_defaults=True):
    at: datetime
    by: str
    moved: tuple[int, int, int, int, int, int, int]
    alarms: list[_Said] = []
    error: _Said | None = None


def append(workspace: Path, run: RunView) -> None:
    """Durable when this returns. Give `alarms` and `error` as Sentence where they shall follow the language."""
    path = workspace / HISTORY
    path.parent.mkdir(mode=0o700, exist_ok=True)
    lines = _lines(path)
    last = _decode(lines[-1]) if lines else None
    line = msgspec.json.encode(_packed(run))
    again = last is not None and run.by == "interval" and replace(_view(last), at=run.at) == run
    if again or len(lines) >= TRIMMED_AT:
        kept = (lines[:-1] if again else lines)[-KEPT + 1 :]
        replace_file(path, b"\n".join([*kept, line]) + b"\n")
    else:
        _add(path, line)


def read(workspace: Path, limit: int = 50) -> list[RunView]:
    """The newest first. Empty if nothing ran yet, or the file cannot be read."""
    try:
        lines = _lines(workspace / HISTORY)
    except OSError:
        return []
    found = (_decode(line) for line in reversed(lines))
    return list(_first((_view(line) for line in found if line is not None), limit))


def _first(views: Iterator[RunView], limit: int) -> Iterator[RunView]:
    for view, _ in zip(views, range(limit), strict=False):
        yield view


def _lines(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - _MOST_BYTES))
            return [line for line in stream.read(_MOST_BYTES).split(b"\n") if line]
    except FileNotFoundError:
        return []


def _add(path: Path, line: bytes) -> None:
    """In one write, behind whatever a torn line left."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "r+b", buffering=0) as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 1))
        torn = stream.read(1) not in (b"", b"\n")
        stream.write((b"\n" if torn else b"") + line + b"\n")
        os.fsync(stream.fileno())


def _decode(line: bytes) -> _Line | None:
    try:
        found = msgspec.json.decode(line, type=_Line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return found if found.at.tzinfo is not None else None


def _packed(run: RunView) -> _Line:
    moved = (run.pushed, run.pulled, run.merged, run.conflicts, run.refused, run.bytes_out, run.bytes_in)
    error = _said(run.error) if run.error else None
    return _Line(run.at, run.by, moved, [_said(alarm) for alarm in run.alarms], error)


def _said(text: str) -> _Said:
    if not isinstance(text, Sentence):
        return _Said(text)
    return _Said(text.message, {k: v if isinstance(v, int | float) else str(v) for k, v in text.params.items()})


def _view(line: _Line) -> RunView:
    error = _sentence(line.error) if line.error is not None else ""
    return RunView(line.at, line.by, *line.moved, tuple(_sentence(one) for one in line.alarms), error)


def _sentence(said: _Said) -> Sentence:
    """A text that does not fit its values (written by another version) is shown as it stands."""
    try:
        return Sentence(said.text, **said.params)
    except (KeyError, IndexError, ValueError):
        return Sentence(said.text)
