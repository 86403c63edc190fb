"""The contracts of pyproject.toml hold, and each of them notices when somebody breaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
PLANTS = {
    "a lower house reaches up": ("db/planted.py", "import app.common.errors", "ui over app over db"),
    "an area reaches up": ("app/people/planted.py", "import app.referrals", "Inside app"),
    "a shared room reaches up": ("app/common/planted.py", "import app.security", "Inside app"),
    "an import hidden in a function": ("app/cases/planted.py", "def f():\n    import app.intake", "Inside app"),
    "a room nobody placed": ("app/planted/__init__.py", "", "Inside app"),
    "Qt below the window": ("app/rota/planted.py", "from PySide6.QtCore import QDate", "Qt only in ui"),
    "Qt in storage": ("db/planted.py", "import PySide6", "Qt only in ui"),
    "storage in the window": ("ui/planted.py", "from db import engine", "ui knows no storage"),
    "SQL in the window": ("ui/planted.py", "import sqlalchemy", "ui knows no storage"),
}


def lint(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    """import-linter on the tree in `folder`, which comes before the checkout's own packages."""
    env = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run([python, "-c", LINT], cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """The packages and their contracts, to be spoilt."""
    for package in ("app", "db", "ui"):
        shutil.copytree(root / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_layers_hold(root: Path, python: str) -> None:
    done = lint(root, python)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_violation_is_caught(copy: Path, python: str, plant: str) -> None:
    place, source, contract = PLANTS[plant]
    path = copy / place
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{source}\n", encoding="utf-8")
    done = lint(copy, python)
    assert done.returncode == 1, done.stdout + done.stderr
    broken = [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(line.startswith(contract) for line in broken), done.stdout
