"""The commands of the restore drill, taken from the guide and run as they stand there."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app import cli

DRILL_PASSWORD = "longshan-demo"


def blocks(page: str) -> list[list[str]]:
    """The command lines of each fenced block."""
    return [block.strip().splitlines() for block in re.findall(r"^```\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Does a line of the guide, its drives below folders of this test; it must succeed and complain of nothing."""
    place = {"D:": tmp_path / "d", "E:": tmp_path / "e"}

    def here(word: str) -> str:
        return str(place[word[:2]].joinpath(*word[3:].split("\\"))) if word[:3] in ("D:\\", "E:\\") else word

    def call(line: str) -> None:
        program, *words = line.split()
        assert program == "longshan"
        monkeypatch.setattr(sys, "stdin", io.StringIO(DRILL_PASSWORD + "\n"))
        status = cli.main([*map(here, words), "--lang", "en"])
        out, err = capsys.readouterr()
        assert (status, err) == (0, ""), (line, out)

    return call


def test_the_drill_of_the_guide_can_be_done(root: Path, run: Callable[[str], None], tmp_path: Path) -> None:
    page = (root / "docs" / "guide" / "backup.zh.md").read_text(encoding="utf-8")
    *cases, drill = blocks(page)
    assert len(cases) == 4 and len(drill) == 5
    d, e = tmp_path / "d", tmp_path / "e"
    e.mkdir()
    run(drill[0] + " --clients 0")
    for line in drill[1:]:
        run(line)

    (d / "演练" / "desk").rename(d / "龙山")
    (save,), (look,), (restore,), (look_inside,) = cases
    run(save)
    run(look)
    (d / "龙山").rename(d / "龙山-bad")
    (made,) = e.glob("centre-*.lsbackup")
    line, found = re.subn(r"E:\\centre-\d{8}-\d{6}\.lsbackup", lambda _name: f"E:\\{made.name}", restore)
    assert found == 1
    run(line)
    run(look_inside)


def test_both_languages_tell_the_same_commands(root: Path) -> None:
    zh, en = (blocks((root / "docs" / "guide" / f"backup.{x}.md").read_text(encoding="utf-8")) for x in ("zh", "en"))
    assert zh == en
