"""The commands of the restore drill, taken from the guide and run as they stand there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DRILL_PASSWORD = "longshan-demo"


def blocks(page: str) -> list[list[str]]:
    """The command lines of each fenced block."""
    return [block.strip().splitlines() for block in re.findall(r"^```\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)]


def run(root: Path, line: str, d: Path, e: Path) -> subprocess.CompletedProcess[str]:
    """A line of the guide with its drives below folders of this test."""
    place = {"D:": d, "E:": e}

    def here(word: str) -> str:
        return str(place[word[:2]].joinpath(*word[3:].split("\\"))) if word[:3] in ("D:\\", "E:\\") else word

    program, *words = line.split()
    assert program == "longshan"
    code = "import sys; from app.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *map(here, words), "--lang", "en"]
    return subprocess.run(command, cwd=root, input=f"{DRILL_PASSWORD}\n", text=True, capture_output=True, check=False)


@pytest.fixture
def drives(tmp_path: Path) -> tuple[Path, Path]:
    for name in "de":
        (tmp_path / name).mkdir()
    return tmp_path / "d", tmp_path / "e"


def test_the_drill_of_the_guide_can_be_done(root: Path, drives: tuple[Path, Path]) -> None:
    page = (root / "docs" / "guide" / "backup.zh.md").read_text(encoding="utf-8")
    *cases, drill = blocks(page)
    assert len(cases) == 4 and len(drill) == 5
    demo = drill[0] + " --clients 0"
    for line in (demo, *drill[1:]):
        done = run(root, line, *drives)
        assert (done.returncode, done.stderr) == (0, ""), line

    d, e = drives
    shutil.move(d / "演练" / "desk", d / "龙山")
    (save,), (look,), (restore,), (look_inside,) = cases
    assert run(root, save, d, e).returncode == 0
    assert run(root, look, d, e).returncode == 0
    shutil.move(d / "龙山", d / "龙山-bad")
    (made,) = e.glob("centre-*.lsbackup")
    assert re.search(r"E:\\centre-\d{8}-\d{6}\.lsbackup", restore)
    line = re.sub(r"E:\\centre-\d{8}-\d{6}\.lsbackup", lambda _found: f"E:\\{made.name}", restore)
    done = run(root, line, d, e)
    assert done.returncode == 0, done.stderr
    assert run(root, look_inside, d, e).returncode == 0


def test_both_languages_tell_the_same_commands(root: Path) -> None:
    zh, en = (blocks((root / "docs" / "guide" / f"backup.{x}.md").read_text(encoding="utf-8")) for x in ("zh", "en"))
    assert zh == en
