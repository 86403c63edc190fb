"""The day at the desk, played on both PCs through the services that the window calls: from the sign-in to the sync."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app.bootstrap import Office
from app.common.clock import Clock, SystemClock
from app.common.errors import LongshanError
from app.demo.centre import DESK, ROOM2
from app.demo.organisation import open_as
from app.demo.steps import NAME, Day, steps
from db.keyfile import replace_file


def play_day(
    folder: Path, note: str | None, passwords: Mapping[str, str], clock: Clock | None = None
) -> dict[str, Any]:
    """Plays on `folder`/desk and /room2; leaves papers and day.json in `folder/out` and gives what day.json says.

    A step that fails ends the day: its `ok` is false and `error` says why, in words.
    """
    now, out = clock or SystemClock(), folder / "out"
    out.mkdir(exist_ok=True)
    said: list[dict[str, Any]] = []
    document: dict[str, Any] = {"steps": said}
    with ExitStack() as stack:
        offices: list[Office] = []
        if _timed(said, "signin", lambda: _sign_in(stack, offices, folder, passwords, now)):
            day = Day(offices[0], offices[1], out, now, note)
            for name, act in steps(day):
                if not _timed(said, name, lambda act=act: act(day)):  # type: ignore[misc]
                    break
            document |= {"client": day.client, "client_name": NAME, "case": day.case, "referral": day.referral}
            document["files"] = day.files
    replace_file(out / "day.json", json.dumps(document, ensure_ascii=False, indent=2).encode())
    return document


def _sign_in(stack: ExitStack, offices: list[Office], folder: Path, passwords: Mapping[str, str], clock: Clock) -> None:
    """The receptionist at the desk, the psychologist in room 2."""
    for name, login in ((DESK, "desk"), (ROOM2, "psych")):
        office = open_as(folder / name, login, clock, passwords)
        stack.callback(office.close)
        offices.append(office)
    offices[0].services.today.view()


def _timed(steps: list[dict[str, Any]], name: str, act: Callable[[], None]) -> bool:
    began, error = time.perf_counter(), ""
    try:
        act()
    except LongshanError as refused:
        error = str(refused)
    step = {"name": name, "ok": not error, "seconds": round(time.perf_counter() - began, 3)}
    steps.append(step | ({"error": error} if error else {}))
    return not error
