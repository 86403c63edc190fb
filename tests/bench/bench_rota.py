"""A quarter's rota proven against the textbook CP-SAT model of the same problem; the repair after one absence."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter

from app.rota.fill import fill
from app.rota.problem import Facts, Filled
from app.rota.repair import repair
from app.rota.rules import HALVES, Expert, Limits, Slot, Wish
from tests.unit.rota_facts import real_experts

ROOT = Path(__file__).resolve().parents[2]
FIRST, WEEKS, SEATS = date(2027, 1, 4), 13, 3
DUTY_DAYS = (0, 2, 4, 5, 6)
LONGEST = 60
"""Seconds after which the reference is stopped."""


def quarter() -> Facts:
    """64 experts, 13 weeks of ten sessions with three seats, two days in a row and four weekend duties a month at
    most, the Spring Festival, a wish or a dislike for most."""
    days = [FIRST + timedelta(days=7 * week + day) for week in range(WEEKS) for day in DUTY_DAYS]
    feast = frozenset(date(2027, 2, 5) + timedelta(days=n) for n in range(8))
    needed = {Slot(day, half): SEATS for day in days for half in HALVES}
    return Facts(_experts(), needed, limits=Limits(2, 4), holidays=feast)


def _experts() -> list[Expert]:
    chance = Random(2027)
    return [replace(one, wishes=_wishes(chance, tuple(sorted(one.available)))) for one in real_experts()]


def _wishes(chance: Random, offered: tuple[tuple[int, str], ...]) -> tuple[Wish, ...]:
    if not offered or chance.random() < 0.2:
        return ()
    weekday, half = chance.choice(offered)
    return (Wish(chance.random() < 0.6, weekday=weekday, half=half),)


def _seconds(work: Callable[[], Filled]) -> tuple[float, Filled]:
    began = perf_counter()
    found = work()
    return perf_counter() - began, found


def _reference() -> tuple[float, str]:
    """Its own seconds without the start of the process; 60 if nothing is proven by then."""
    command = [sys.executable, "-m", "tests.bench.rota_reference"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    told = json.loads(done.stdout)
    return (told["seconds"], "proven") if told["proven"] else (float(LONGEST), "stopped")


def run(rounds: int = 5) -> list[dict[str, object]]:
    """Medians of `rounds` taken in turn, in seconds."""
    facts = quarter()
    ours, theirs, ended, mended = [], [], [], []
    standing = [replace(duty, id=str(n), published=True) for n, duty in enumerate(fill(facts).duties)]
    for n in range(rounds):
        seconds, filled = _seconds(partial(fill, facts))
        if not filled.optimal:
            raise AssertionError("the quarter was not proven")
        ours.append(seconds)
        reference, how = _reference()
        theirs.append(reference)
        ended.append(how)
        gone = standing[31 + 71 * n]
        rest = [duty for duty in standing if duty != gone]
        one_absent = replace(facts, standing=rest, barred=frozenset({(gone.slot, gone.expert_id)}))
        seconds, filled = _seconds(partial(repair, one_absent))
        if not filled.optimal or len(filled.added) != 1 or filled.removed:
            raise AssertionError("one absence is one change, proven")
        mended.append(seconds)
    mine, reference = statistics.median(ours), statistics.median(theirs)
    return [
        {
            "name": f"rota of a quarter, proven; CP-SAT stopped in {ended.count('stopped')} of {rounds} runs",
            "ours": mine,
            "reference": reference,
            "ratio": mine / reference,
            "goal": "0.2 and 10 s",
        },
        {
            "name": "repair after one absence; against the fill",
            "ours": statistics.median(mended),
            "reference": mine,
            "ratio": statistics.median(mended) / mine,
            "goal": "1 s",
        },
    ]


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
