"""The demonstration's folders appear together or not at all, and never in place of what was there."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from app.common.errors import Cancelled, EnvironmentFault, UserError
from app.common.locking import only_one
from app.common.progress import CancelToken
from app.demo.centre import DemoOptions, make_demo
from app.demo.unfinished import PART, unfinished

NAMES = ("hub", "room2", "desk")


def make(folder: Path) -> None:
    with unfinished(folder, NAMES) as part:
        for name in NAMES:
            (part / name).mkdir()
            (part / name / "file").write_bytes(name.encode())


def there(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


WHOLE = {*NAMES, *(f"{name}/file" for name in NAMES)}


def test_killed_at_any_step_the_next_attempt_has_it_whole(root: Path, python: str, tmp_path: Path) -> None:
    """Until the last step the desk is not there; afterwards all is, and the next attempt says so."""
    finished, step = False, 0
    while not finished:
        folder = tmp_path / f"at{step}"
        command = [python, "-m", "tests.services.demo_child", str(folder), str(step)]
        child = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        finished = child.returncode == 0
        assert finished == (child.stdout == "done\n") and (finished or child.returncode == -signal.SIGKILL)
        if (folder / "desk").exists():
            with pytest.raises(UserError) as refused:
                make(folder)
            assert refused.value.code == "workspace-exists"
        else:
            make(folder)
        assert there(folder) == WHOLE
        step += 1
    assert step > 12


@pytest.mark.parametrize("taken", NAMES)
def test_what_was_there_is_refused_and_left_alone(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).mkdir()
    (tmp_path / taken / "mine.txt").write_bytes(b"mine")
    with pytest.raises(UserError) as refused:
        make_demo(tmp_path, DemoOptions(clients=0))
    assert refused.value.code == "workspace-exists"
    assert there(tmp_path) == {taken, f"{taken}/mine.txt"}


def test_a_folder_put_there_after_a_kill_is_not_taken_for_ours(root: Path, python: str, tmp_path: Path) -> None:
    """The hub was moved and its folder exchanged before the next attempt."""
    step = 0
    while not (tmp_path / f"at{step}" / "hub").exists():
        step += 1
        command = [python, "-m", "tests.services.demo_child", str(tmp_path / f"at{step}"), str(step)]
        subprocess.run(command, cwd=root, capture_output=True, check=False)
    folder = tmp_path / f"at{step}"
    (folder / "hub").rename(tmp_path / "away")
    (folder / "hub").mkdir()
    (folder / "hub" / "mine.txt").write_bytes(b"mine")
    with pytest.raises(UserError) as refused:
        make(folder)
    assert refused.value.code == "workspace-exists"
    assert there(folder) == {"hub", "hub/mine.txt"}


def test_a_folder_that_only_has_that_name_is_not_cleared(tmp_path: Path) -> None:
    (tmp_path / PART).mkdir()
    (tmp_path / PART / "mine.txt").write_bytes(b"mine")
    with pytest.raises(UserError):
        make(tmp_path)
    assert there(tmp_path) == {PART, f"{PART}/mine.txt"}


def test_two_at_once_do_not_clear_each_other_away(tmp_path: Path) -> None:
    (tmp_path / PART).mkdir()
    with only_one(tmp_path / PART / "lock") as mine:
        assert mine
        (tmp_path / PART / "desk").mkdir()
        with pytest.raises(UserError) as refused:
            make(tmp_path)
        assert refused.value.code == "demo-running"
        assert (tmp_path / PART / "desk").is_dir()
    make(tmp_path)
    assert there(tmp_path) == WHOLE


@pytest.mark.parametrize("percent", [0, 75, 99])
def test_cancelled_anywhere_nothing_stays(tmp_path: Path, percent: int) -> None:
    cancel, told = CancelToken(), list[int]()

    def watch(done: int, total: int) -> None:
        told.append(done)
        assert total == 100
        if done >= percent:
            cancel.cancel()

    with pytest.raises(Cancelled):
        make_demo(tmp_path / "deep" / "er", DemoOptions(clients=3), progress=watch, cancel=cancel)
    assert list(tmp_path.iterdir()) == []
    assert told == sorted(told)


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EnvironmentFault):
        make_demo(tmp_path / "file" / "demo", DemoOptions(clients=0))
    assert there(tmp_path) == {"file"}
