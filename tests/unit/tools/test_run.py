"""`run.py` does what the README says: one way in, plain words, honest exit status."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import run
from tools.say import SetupError


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, ...]]:
    """Takes the commands that would have been started."""
    noted: list[tuple[str, ...]] = []

    def start(python: Path, *arguments: str, folder: Path | None = None, offscreen: bool = False) -> int:
        noted.append((*arguments, *(["offscreen"] if offscreen else [])))
        return 0

    monkeypatch.setattr(run, "_run", start)
    monkeypatch.setattr(run, "_python", lambda command, display=False: Path(sys.executable))
    monkeypatch.setattr(run, "_day_folder", lambda: tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C")
    return noted


def test_without_a_display_the_day_is_played_and_the_folder_named_last(
    started: list[tuple[str, ...]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main([]) == 0
    out = str(tmp_path / "out")
    assert started == [
        ("-m", "ui", "demo", str(tmp_path), "--play", "offscreen"),
        ("-m", "ui.screens", out, "--tabs-of", str(tmp_path), "offscreen"),
    ]
    lines = capsys.readouterr().out.splitlines()
    assert "no display" in lines[0]
    assert lines[-1] == out


def test_a_day_that_fails_is_no_success(started: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_run", lambda *arguments, **more: 3)
    assert run.main([]) == 3


def test_with_a_display_the_window_opens(started: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "has_display", lambda: True)
    assert run.main([]) == 0
    assert started == [("-m", "ui")]


@pytest.mark.parametrize("arguments", [["nonsense"], ["--nonsense"], ["check", "more"], ["build", "more"]])
def test_wrong_usage(started: list[tuple[str, ...]], arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == "" and "run.py test" in said.err
    assert started == []


def test_what_the_machine_lacks_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lacking(rest: list[str]) -> int:
        raise SetupError("No network.")

    monkeypatch.setitem(run.COMMANDS, "test", lacking)
    assert run.main(["test"]) == 3
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "No network.\n")


def test_every_check_runs_although_one_fails(
    started: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["check"]) == 0
    assert len(started) == len(run.CHECKS)
    monkeypatch.setattr(run, "_run", lambda python, *arguments, **more: int("mypy" in arguments))
    assert run.main(["check"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "failed: types"


def test_a_display_must_answer(monkeypatch: pytest.MonkeyPatch, started: list[tuple[str, ...]]) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert not run.has_display()
    monkeypatch.setenv("DISPLAY", ":94")
    assert not run.has_display()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X94")
        server.listen()
        assert run.has_display()
        monkeypatch.setenv("DISPLAY", ":94.0")
        assert run.has_display()
    monkeypatch.setenv("DISPLAY", "other-host:0")
    assert run.has_display()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert not run.has_display()
    monkeypatch.setenv("QT_QPA_PLATFORM", "vnc:size=800x600")
    assert run.has_display()


def test_only_the_standard_library_is_needed(root: Path) -> None:
    for path in (root / "run.py", *sorted((root / "tools").glob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.partition(".")[0] in {*sys.stdlib_module_names, "tools"}, f"{path.name}: {name}"


def test_the_readmes_name_every_command(root: Path) -> None:
    for name in ("README.md", "README.en.md"):
        text = (root / name).read_text(encoding="utf-8")
        for command in set(run.COMMANDS) - {"open"}:
            assert re.search(rf"`(python3 run\.py )?{command}\b", text), f"{name} does not name {command}"


def test_help_needs_no_set_up(root: Path) -> None:
    env = {"PATH": "/nonexistent", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(root / "run.py"), "--help"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "run.py screens" in done.stdout
    assert os.environ["PATH"] != "/nonexistent"
