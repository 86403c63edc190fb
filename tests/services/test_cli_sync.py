"""`longshan hub set` and `longshan sync` as scripts and the night call them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.common.locking import only_one
from app.sync import alarms, history
from app.sync.courier import LOCK
from app.sync.hub_file import read_hub_file
from db.replica.hubs import MARKER, folder_url
from tests.services.conftest import PASSWORD, Bench
from tests.services.hub_folders import at_hub, make_pc

KEYS = {"pushed", "pulled", "merged", "refused", "bytes_out", "bytes_in", "alarms"}


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    folder = tmp_path / "同步 hub"
    folder.mkdir()
    return folder


class Line:
    """The command line with a password on standard input; what it printed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.out = self.err = ""

    def __call__(self, *argv: str | Path) -> int:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
        status = main([*map(str, argv), "--lang", "en"])
        self.out, self.err = self._capsys.readouterr()
        return status

    def json(self, *argv: str | Path) -> Any:
        assert self(*argv, "--json") == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(monkeypatch, capsys)


def test_the_director_sets_a_hub_and_both_syncs_use_it(bench: Bench, hub: Path, line: Line) -> None:
    where = ("--workspace", bench.folder)
    assert line.json("hub", "set", folder_url(hub), *where, "--user", "director") == {"hub": folder_url(hub)}
    assert (hub / MARKER).is_file()
    merged = line.json("sync", "--merge", *where, "--user", "desk")
    assert set(merged) >= KEYS and merged["pushed"] == len(at_hub(hub)) > 0 and merged["alarms"] == []
    before = at_hub(hub)
    said = line.json("sync", *where)
    assert said == dict.fromkeys(KEYS, 0) | {"alarms": []}
    assert at_hub(hub) == before
    assert line("sync", *where) == 0 and line.err == "" and "same" in line.out
    runs = history.read(bench.folder)
    assert [run.by for run in runs] == ["courier"] * 3 and all(run.error == "" for run in runs)


def test_a_relative_hub_is_kept_absolute(bench: Bench, hub: Path, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(hub.parent)
    assert line("hub", "set", f"folder:{hub.name}", "--workspace", bench.folder, "--user", "director") == 0
    kept = read_hub_file(bench.folder)
    assert kept is not None and kept.url == folder_url(hub)


@pytest.mark.parametrize(
    ("login", "url", "status"),
    [("desk", "", 1), ("psych", "", 1), ("director", "s3://bucket/prefix?endpoint=x", 1), ("director", "gone", 3)],
)
def test_a_hub_that_is_refused_changes_nothing(
    bench: Bench, hub: Path, line: Line, login: str, url: str, status: int
) -> None:
    address = {"": folder_url(hub), "gone": folder_url(hub / "gone")}.get(url, url)
    assert line("hub", "set", address, "--workspace", bench.folder, "--user", login) == status
    assert line.out == "" and len(line.err.splitlines()) == 1
    assert read_hub_file(bench.folder) is None and list(hub.iterdir()) == []


def test_carrying_needs_no_password_and_says_alarms(tmp_path: Path, hub: Path, line: Line) -> None:
    desk = make_pc(tmp_path / "desk", hub, 1)
    name = desk.seal(1, 2)[0]
    said = line.json("sync", "--workspace", desk.folder)
    assert (said["pushed"], said["bytes_out"]) == (2, sum(map(len, desk.segments().values())))
    (hub / "segments" / name.path).unlink()
    said = line.json("sync", "--workspace", desk.folder)
    assert said["alarms"] == [alarms.ROLLED_BACK.format(n=1)] == line.err.splitlines()
    assert history.read(desk.folder, 1)[0].alarms == tuple(said["alarms"])
    desk.seal(3)
    assert line("sync", "--workspace", desk.folder) == 0
    assert line.out == "1 data packet sent, 0 data packets fetched.\n"


def test_a_hub_that_is_away_is_exit_status_three_and_in_the_history(tmp_path: Path, hub: Path, line: Line) -> None:
    desk = make_pc(tmp_path / "desk", hub, 1)
    hub.rmdir()
    assert line("sync", "--workspace", desk.folder, "--json") == 3
    assert line.out == "" and len(line.err.splitlines()) == 1 and str(hub) in line.err
    (run,) = history.read(desk.folder)
    assert run.by == "courier" and run.error == line.err.rstrip("\n")


def test_refusals(tmp_path: Path, hub: Path, line: Line) -> None:
    desk = make_pc(tmp_path / "desk", hub, 1)
    with only_one(desk.folder / LOCK):
        assert line("sync", "--workspace", desk.folder) == 1 and "running" in line.err
    assert line("sync", "--workspace", tmp_path / "nowhere") == 3
    (desk.folder / "hub.json").unlink()
    assert line("sync", "--workspace", desk.folder) == 1 and "hub" in line.err
    assert line("sync", "--workspace", desk.folder, "--merge") == 2
    assert line("sync", "--workspace", desk.folder, "--user", "desk") == 2
    assert line("sync") == 2
    assert history.read(desk.folder) == []


def test_it_loads_neither_qt_nor_the_database(root: Path, python: str, tmp_path: Path, hub: Path) -> None:
    """At night on a small PC: it starts at once and holds no key."""
    desk = make_pc(tmp_path / "desk", hub, 1)
    desk.seal(1)
    code = (
        "import sys; from ui.__main__ import main; status = main(sys.argv[1:]);"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'PySide6', 'sqlalchemy', 'sqlcipher3'}));"
        "sys.exit(status)"
    )
    command = [python, "-c", code, "sync", "--workspace", str(desk.folder), "--json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("[]")
