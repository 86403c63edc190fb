"""`longshan rota` as scripts call it: the promised keys, the drafts it leaves, refusals in one sentence."""

from __future__ import annotations

import io
import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app import cli
from tests.services.conftest import PASSWORD, Bench
from tests.services.rota_centre import furnish

Run = Callable[..., tuple[int, str, str]]
WEEK = ("--from", "2027-01-04", "--to", "2027-01-10")
QUARTER = ("--from", "2027-01-04", "--to", "2027-04-04")


@pytest.fixture
def run(bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    furnish(bench.sign("director"))

    def call(*words: str, user: str = "director", lang: str = "en") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
        status = cli.main(["--lang", lang, "rota", *words, "--workspace", str(bench.folder), "--user", user])
        out, err = capsys.readouterr()
        return status, out, err

    return call


def document(run: Run, *words: str, user: str = "director") -> Any:
    status, out, err = run(*words, "--json", user=user)
    assert (status, err) == (0, "")
    return json.loads(out)


def test_a_quarter_is_filled_within_the_rules_and_saved_as_a_draft(run: Run) -> None:
    trial = document(run, "fill", *QUARTER, "--dry-run")
    assert document(run, "show", *QUARTER)["assignments"] == []
    made = document(run, "fill", *QUARTER)
    assert made["assignments"] == trial["assignments"], "the same facts, the same rota"
    assert made["status"] in ("optimal", "feasible") and made["seconds"] >= 0
    assert len(made["assignments"]) + sum(gap["missing"] for gap in made["gaps"]) == 390
    assert set(made["assignments"][0]) >= {"date", "session", "expert", "pinned"}
    assert set(made["fairness"]["duties"]) == {f"E{n:03}" for n in range(1, 65)}
    weeks = Counter((a["expert"], date.fromisoformat(a["date"]).isocalendar()[:2]) for a in made["assignments"])
    assert max(weeks.values()) <= 3
    shown = document(run, "show", *QUARTER)
    where = {(a["date"], a["session"], a["expert"]) for a in shown["assignments"]}
    assert where == {(a["date"], a["session"], a["expert"]) for a in made["assignments"]}
    assert {a["state"] for a in shown["assignments"]} == {"draft"} and shown["differences"] == 390


def test_pin_publish_and_absent(run: Run) -> None:
    first = document(run, "fill", *WEEK)["assignments"][0]
    number, day, half = first["expert"], first["date"], first["session"]
    assert document(run, "pin", number, day, half)["pinned"] is True
    assert next(a for a in document(run, "fill", *WEEK)["assignments"] if a["expert"] == number)["pinned"] is True
    assert document(run, "publish", *WEEK)["added"] == 30
    absent = document(run, "absent", number, day, user="desk")
    assert set(absent) >= {"affected", "replacements", "changed"} and absent["changed"] == 1
    assert set(absent["replacements"][0]) >= {"expert", "free", "why"} and absent["replacements"][0]["free"] is True
    shown = document(run, "show", *WEEK)
    (gap,) = shown["gaps"]
    assert (gap["date"], gap["session"], gap["missing"]) == (day, half, 1)
    assert len(gap["reasons"]) == 62 and gap["reasons"][number].startswith("has called in absent")
    status, out, _ = run("show", *WEEK, lang="zh")
    assert status == 0 and "周一上午" in out and "缺 1" in out and "缺勤" in out


def test_refusals_are_one_sentence(run: Run) -> None:
    for words in (
        ("absent", "E999", "2027-01-04"),
        ("absent", "E001", "2027-01-04"),
        ("fill", "--from", "2027-01-10", "--to", "2027-01-04"),
        ("fill", "--from", "2027-02-30", "--to", "2027-03-04"),
        ("pin", "E001", "2027-01-04", "am"),
    ):
        status, out, err = run(*words)
        assert status == 1 and out == "" and err.count("\n") == 1, (words, err)
    for words in (("fill", *WEEK), ("publish", *WEEK), ("pin", "E001", "2027-01-04", "am")):
        status, out, err = run(*words, user="desk")
        assert status == 1 and out == "" and err.count("\n") == 1
    assert run("fill", "--from", "2027-01-04")[0] == 2
    assert run("absent", "E001", "2027-01-04", "--session", "night")[0] == 2


def test_holidays_say_what_is_announced_and_make_up_days_are_flags(run: Run) -> None:
    assert document(run, "holidays", "2028") == {"year": 2028, "announced": False, "days": [], "taken_over": 0}
    status, out, _ = run("holidays", "2028", lang="zh")
    assert (status, out) == (0, "2028 年节假日尚未公布。\n")
    taken = document(run, "holidays", "2026", "--take-over")
    assert taken["announced"] and {"from", "to", "name", "workday", "duty"} <= set(taken["days"][0])
    assert document(run, "holidays", "2026", "--take-over")["taken_over"] == 0
    shown = document(run, "show", "--from", "2026-02-09", "--to", "2026-02-22")
    days = {day["date"]: day for day in shown["days"]}
    assert days["2026-02-14"]["workday"] == "春节" and days["2026-02-16"]["holiday"] == "春节"
    needed = Counter(gap["date"] for gap in shown["gaps"])
    assert needed["2026-02-14"] == 2 and needed["2026-02-16"] == 0, "a make-up Saturday is a duty day, a holiday is not"


def test_leave_tells_what_it_touches_and_a_repair_changes_only_that(run: Run) -> None:
    made = document(run, "fill", *QUARTER)["assignments"]
    first = made[0]
    told = document(run, "leave", first["expert"], "2027-01-04至2027-01-05")
    assert [(a["date"], a["session"]) for a in told["affected"]] == [(first["date"], first["session"])]
    assert document(run, "show", *WEEK)["assignments"], "nothing was moved"
    mended = document(run, "repair", *QUARTER)
    assert mended["status"] == "optimal" and mended["changed"] == 2
    before, after = ({(a["date"], a["session"], a["expert"]) for a in found} for found in (made, mended["assignments"]))
    assert before - after == {(first["date"], first["session"], first["expert"])} and len(after - before) == 1
    assert document(run, "repair", *QUARTER)["changed"] == 0


def test_what_was_published_is_listed_and_exported(run: Run, tmp_path: Path) -> None:
    document(run, "fill", *WEEK)
    document(run, "publish", *WEEK)
    (version,) = document(run, "versions")
    assert version["number"] == 1 and version["duties"] == 30 and not version["withdrawn"]
    out = tmp_path / "out"
    files = document(run, "export", *WEEK, "--out", str(out))["files"]
    assert {Path(name).suffix for name in files} == {".pdf", ".ics", ".xlsx"}
    assert sorted(path.name for path in out.rglob("*") if path.is_file()) == sorted(Path(name).name for name in files)
    only = document(run, "export", *WEEK, "--out", str(tmp_path / "one"), "--kind", "spreadsheet")["files"]
    assert len(only) == 1 and only[0].endswith(".xlsx")
