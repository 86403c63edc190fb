"""The habits of the house hold everywhere, and the scanner that says so sees a planted lapse."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.architecture import habits

HOUSES = ("app", "db", "ui", "tools", "resources")
LAPSES = {
    "an error is swallowed": '"""Why."""\ntry:\n    f()\nexcept OSError:\n    pass\n',
    "a bare except": '"""Why."""\ntry:\n    f()\nexcept:\n    g()\n',
    "no docstring": "x = 1\n",
    "longer than": '"""Why."""\n' + "x = 1\n" * 600,
    "processEvents": '"""Why."""\nQApplication.processEvents()\n',
    "QEventLoop": '"""Why."""\nfrom PySide6 import QtCore\nQtCore.QEventLoop()\n',
}
LAPSES_IN_TESTS = {
    "a fixed wait": "import time\ntime.sleep(1)\n",
    "qtbot.wait": "def test_it(qtbot):\n    qtbot.wait(100)\n",
    "a skipped test": "import pytest\n\n@pytest.mark.skipif(True, reason='')\ndef test_it(): ...\n",
    "a mock": "from unittest import mock\n",
    "real part": "import unittest.mock\n",
}


def found(root: Path, folders: Iterable[str], scan: Callable[[str], Iterable[str]]) -> list[str]:
    """Every lapse of the modules in `folders`; a released migration is history, not style."""
    modules = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    modules = [path for path in modules if path.parent.name != "versions"]
    assert modules
    return [
        f"{path.relative_to(root)}: {lapse}" for path in modules for lapse in scan(path.read_text(encoding="utf-8"))
    ]


def test_the_program_keeps_the_habits(root: Path) -> None:
    # What takes the pictures drives the window from outside, and may wait for it.
    lapses = found(root, HOUSES, habits.in_program)
    assert [one for one in lapses if not ("/screens" in one and "event loop" in one)] == []


def test_the_tests_keep_theirs(root: Path) -> None:
    tests = [f"tests/{name}" for name in ("unit", "services", "gui", "e2e", "architecture")]
    assert found(root, tests, habits.in_test) == []


@pytest.mark.parametrize("lapse", LAPSES)
def test_a_planted_lapse_is_seen(lapse: str) -> None:
    assert any(lapse in one for one in habits.in_program(LAPSES[lapse]))


@pytest.mark.parametrize("lapse", LAPSES_IN_TESTS)
def test_a_planted_lapse_of_a_test_is_seen(lapse: str) -> None:
    assert any(lapse in one for one in habits.in_test(LAPSES_IN_TESTS[lapse]))


def test_an_orderly_module_is_left_alone() -> None:
    orderly = '"""Why."""\nfrom contextlib import suppress\nwith suppress(OSError):\n    f()\n'
    assert list(habits.in_program(orderly)) == []
    assert list(habits.in_test(orderly)) == []
