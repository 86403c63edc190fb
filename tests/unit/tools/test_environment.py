"""`.venv` is made once, by the way that fits the index, and never taken for whole when it is not."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools import environment
from tools.say import SetupError
from tools.settings import Settings


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own with a stand-in for uv, which notes its calls and makes a venv's Python."""
    house = tmp_path / "house"
    house.mkdir()
    for name in ("uv.lock", "pyproject.toml"):
        (house / name).write_text(name, encoding="utf-8")
    program = tmp_path / "bin" / "uv"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, sys, pathlib\n"
        f"with open({str(tmp_path / 'calls')!r}, 'a') as file: print(*sys.argv[1:], file=file)\n"
        "if os.environ.get('UV_FAILS'): sys.exit('no space left')\n"
        "if sys.argv[1] == '--version': print('uv 0.13.9')\n"
        "venv = pathlib.Path(os.environ.get('UV_PROJECT_ENVIRONMENT', '/nonexistent'), 'bin')\n"
        "if 'sync' in sys.argv or 'venv' in sys.argv:\n"
        "    venv.mkdir(parents=True, exist_ok=True)\n"
        "    (venv / 'python').unlink(missing_ok=True)\n"
        "    (venv / 'python').symlink_to(sys.executable)\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setattr(environment, "ROOT", house)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("LC_ALL", "C")
    return house


def calls(house: Path) -> list[str]:
    noted = house.parent / "calls"
    return [line for line in noted.read_text(encoding="utf-8").splitlines() if line != "--version"]


def test_it_is_made_once(house: Path) -> None:
    python = environment.python()
    assert python == house / ".venv" / "bin" / "python"
    assert len(calls(house)) == 1 and "sync --frozen" in calls(house)[0]
    assert environment.python() == python
    assert len(calls(house)) == 1


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml"])
def test_a_changed_lock_is_noticed(house: Path, name: str) -> None:
    environment.python()
    (house / name).write_text("changed", encoding="utf-8")
    environment.python()
    assert len(calls(house)) == 2


def test_a_failure_leaves_no_stamp_and_the_next_run_goes_on(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_FAILS", "1")
    monkeypatch.setattr("tools.uv_wheel.version_of", lambda program: (0, 13, 9))
    with pytest.raises(SetupError, match="goes on where it stopped"):
        environment.python()
    monkeypatch.delenv("UV_FAILS")
    assert environment.python().exists()


def test_a_venv_whose_python_has_gone_is_made_anew(house: Path) -> None:
    python = environment.python()
    python.unlink()
    python.symlink_to("/nonexistent/python")
    (house / ".venv" / "left").write_text("", encoding="utf-8")
    assert subprocess.run([environment.python(), "-c", ""], check=False).returncode == 0
    assert not (house / ".venv" / "left").exists()


def test_two_runs_at_once_make_it_once(house: Path) -> None:
    threads = [threading.Thread(target=environment.python) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls(house)) == 1


def test_another_index_gets_versions_and_checksums(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.test/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://more.test/simple")
    environment.python()
    said = calls(house)
    assert "sync --frozen" not in " ".join(said)
    installing = next(line for line in said if "pip sync" in line)
    assert "--require-hashes" in installing
    assert "--default-index https://mirror.test/simple --index https://more.test/simple" in installing
    assert said[-1].endswith(f"--editable {house}")


def test_folders_alone_mean_no_index() -> None:
    told = Settings(index=None, find_links=("/wheels",))
    said = [" ".join(command) for command in environment._commands("uv", Path("/v"), told)]
    assert any("--no-index --find-links /wheels" in line for line in said)


def test_a_child_gets_no_foreign_venv_and_no_absent_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/other")
    monkeypatch.setenv("PYTHONPATH", "/other")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "absent"))
    env = environment.clean_environment()
    assert not {"VIRTUAL_ENV", "PYTHONPATH", "TMPDIR"} & set(env)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert environment.clean_environment()["TMPDIR"] == str(tmp_path)
