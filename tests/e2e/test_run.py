"""`python3 run.py` where there is no display: it says so, plays the day, and names the folder with the papers last."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def said(root: Path, python: str, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What it printed on standard output."""
    home = tmp_path_factory.mktemp("home")
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env |= {"TMPDIR": str(home), "HOME": str(home)}
    done = subprocess.run(
        [python, str(root / "run.py")], cwd=home, env=env, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_it_says_that_there_is_no_display(said: list[str]) -> None:
    assert "display" in said[0] or "显示器" in said[0]


def test_the_last_line_is_the_folder_with_papers_and_pictures(said: list[str]) -> None:
    folder = Path(said[-1])
    steps = json.loads((folder / "day.json").read_text(encoding="utf-8"))["steps"]
    assert steps and all(step["ok"] for step in steps)
    assert len(list(folder.glob("*.pdf"))) >= 2
    pictures = list(folder.glob("*.png"))
    assert len(pictures) >= 6
    assert all(picture.stat().st_size > 5_000 for picture in pictures)
