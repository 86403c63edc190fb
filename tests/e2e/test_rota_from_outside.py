"""The rota as a script fills it, judged from outside: by the list as it was imported and the JSON, and nothing else."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.e2e.outside import answer

LIST = Path(__file__).parents[1] / "fixtures" / "experts-2027.csv"
FIRST, LAST = date(2027, 1, 1), date(2027, 3, 31)
QUARTER = ("--from", FIRST.isoformat(), "--to", LAST.isoformat())
DUTY_DAYS, SEATS = (0, 2, 4, 5, 6), 3
PASSWORD = "longshan-demo"
Key = tuple[str, str, str]
Ask = Callable[..., Any]


@dataclass(frozen=True)
class Person:
    offered: frozenset[tuple[int, str]]
    leave: tuple[tuple[date, date], ...]
    weekly: int
    until: date

    def may(self, day: date, half: str) -> bool:
        away = any(first <= day <= last for first, last in self.leave)
        return (day.weekday(), half) in self.offered and not away and day <= self.until


def people_of(path: Path) -> dict[str, Person]:
    """The list, read with nothing but the csv module."""
    found = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            offered = re.findall(r"周([一二三四五六日])(上午|下午)", row["可值班时段"])
            leave = []
            for part in re.split("[；;]", row["请假"]):
                days = [date(2027, int(month), int(day)) for month, day in re.findall(r"(\d+)[.月](\d+)", part)]
                leave += [(days[0], days[-1])] if days else []
            found[row["工号"]] = Person(
                frozenset(("一二三四五六日".index(day), "am" if half == "上午" else "pm") for day, half in offered),
                tuple(leave),
                int(row["每周最多"]),
                date.fromisoformat(row["无犯罪记录证明有效期"]),
            )
    return found


def sessions() -> list[tuple[date, str]]:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    return [(day, half) for day in days if day.weekday() in DUTY_DAYS for half in ("am", "pm")]


def keys(document: Any) -> set[Key]:
    return {(one["date"], one["session"], one["expert"]) for one in document["assignments"]}


def broken(people: dict[str, Person], document: Any) -> list[str]:
    """Every hard rule that an assignment breaks."""
    wrong: list[str] = []
    days, weeks, seats = Counter[Hashable](), Counter[tuple[str, Any]](), Counter[Hashable]()
    for iso, half, number in keys(document):
        day = date.fromisoformat(iso)
        if not people[number].may(day, half):
            wrong.append(f"{number} {iso} {half}")
        days[number, day] += 1
        weeks[number, day.isocalendar()[:2]] += 1
        seats[day, half] += 1
    wrong += [f"{who} twice a day" for who, count in days.items() if count > 1]
    wrong += [f"{who} week" for who, count in weeks.items() if count > people[who[0]].weekly]
    wrong += [f"{slot} too many" for slot, count in seats.items() if count > SEATS]
    assert len(document["assignments"]) == len(keys(document))
    return wrong


def most_seats(people: dict[str, Person]) -> int:
    """How many seats anybody could fill at all: a maximum flow, week by week."""
    weeks = defaultdict(list)
    for day, half in sessions():
        weeks[day.isocalendar()[:2]].append((day, half))
    return sum(_flow(people, slots) for slots in weeks.values())


def _flow(people: dict[str, Person], slots: list[tuple[date, str]]) -> int:
    room: dict[Hashable, dict[Hashable, int]] = defaultdict(lambda: defaultdict(int))
    for number, person in people.items():
        room["source"][number] = person.weekly
        for slot in slots:
            if person.may(*slot):
                room[number][number, slot[0]] = 1
                room[number, slot[0]][slot] = 1
    for slot in slots:
        room[slot]["sink"] = SEATS
    total = 0
    while True:
        came: dict[Hashable, Hashable | None] = {"source": None}
        queue: deque[Hashable] = deque(["source"])
        while queue and "sink" not in came:
            here = queue.popleft()
            for there, free in list(room[here].items()):
                if free > 0 and there not in came:
                    came[there] = here
                    queue.append(there)
        if "sink" not in came:
            return total
        at: Hashable = "sink"
        while (before := came[at]) is not None:
            room[before][at] -= 1
            room[at][before] += 1
            at = before
        total += 1


def centre(folder: Path, experts: Path) -> Ask:
    """A centre without anybody but these experts; gives what asks its rota."""
    answer("demo", str(folder / "d"), "--clients", "0", home=folder)
    signed = ("--workspace", str(folder / "d" / "desk"), "--user", "director")
    answer("import", "experts", str(experts), "--year", "2027", *signed, home=folder, password=PASSWORD)
    return lambda *words: answer("rota", *words, *signed, home=folder, password=PASSWORD)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    return centre(tmp_path_factory.mktemp("rota"), LIST)


def test_a_quarter_of_64_experts_breaks_no_rule_is_proven_and_comes_out_the_same_twice(ask: Ask) -> None:
    people = people_of(LIST)
    one, two = ask("fill", *QUARTER, "--dry-run"), ask("fill", *QUARTER, "--dry-run")
    assert one["assignments"] == two["assignments"] and one["gaps"] == two["gaps"] == []
    assert one["status"] == "optimal" and broken(people, one) == []
    assert len(one["assignments"]) == len(sessions()) * SEATS == most_seats(people)
    assert one["unannounced"] == [2027]


def test_one_absence_changes_only_what_must(ask: Ask) -> None:
    ask("fill", *QUARTER)
    before = ask("show", *QUARTER)
    duty = before["assignments"][150]
    pinned = before["assignments"][151]
    ask("pin", pinned["expert"], pinned["date"], pinned["session"])
    told = ask("absent", duty["expert"], duty["date"])
    assert told["changed"] == 1 and told["replacements"][0]["free"]
    lost = (duty["date"], duty["session"], duty["expert"])
    marked = ask("show", *QUARTER)
    assert keys(marked) == keys(before)
    assert [one for one in marked["assignments"] if one["absent"]] == [
        {**duty, "absent": True, "warnings": [], "pinned": False}
    ]
    for act in ("repair", "fill"):
        mended = ask(act, *QUARTER, "--dry-run")
        assert mended["status"] == "optimal" and mended["gaps"] == []
        assert keys(before) - keys(mended) == {lost}
        (new,) = keys(mended) - keys(before)
        assert new[:2] == lost[:2] and new[2] in {one["expert"] for one in told["replacements"] if one["free"]}
        assert broken(people_of(LIST), mended) == []


def test_with_twenty_of_them_there_is_a_rota_and_each_gap_says_why(tmp_path: Path) -> None:
    lines = LIST.read_text(encoding="utf-8-sig").splitlines()
    some = tmp_path / "twenty.csv"
    some.write_text("\n".join([lines[0], *sorted(Random(8).sample(lines[1:], 20))]), encoding="utf-8")
    people = people_of(some)
    made = centre(tmp_path, some)("fill", *QUARTER, "--dry-run")
    assert broken(people, made) == [] and made["status"] == "optimal"
    missing = {(gap["date"], gap["session"]): gap for gap in made["gaps"]}
    assert len(made["assignments"]) == most_seats(people) and missing
    assert sum(gap["missing"] for gap in missing.values()) + len(made["assignments"]) == len(sessions()) * SEATS
    held = Counter((number, date.fromisoformat(iso).isocalendar()[:2]) for iso, _, number in keys(made))
    for (iso, half), gap in missing.items():
        day = date.fromisoformat(iso)
        there = {number for one, other, number in keys(made) if (one, other) == (iso, half)}
        assert gap["reasons"].keys() == people.keys() - there and all(gap["reasons"].values())
        for number in gap["reasons"]:
            busy = any(one == iso and who == number for one, _, who in keys(made))
            full = held[number, day.isocalendar()[:2]] >= people[number].weekly
            assert busy or full or not people[number].may(day, half), f"{number} is free on {iso} {half}"


def test_a_year_that_is_not_announced_says_so(ask: Ask) -> None:
    assert ask("holidays", "2028") == {"year": 2028, "announced": False, "days": [], "taken_over": 0}
    assert ask("show", "--from", "2028-01-03", "--to", "2028-01-09")["unannounced"] == [2028]
