"""The watchers of tests/conftest.py catch what they are there for: each is shown a test that deserves to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

PLANTED = {
    "unexpected log line: shop:WARNING: odd": """
        import logging
        def test_it():
            logging.getLogger("shop").warning("odd")
    """,
    "no log line: even": """
        def test_it(expected_log):
            expected_log("even")
    """,
    "thread left running: lost": """
        import threading
        def test_it():
            threading.Thread(target=threading.Event().wait, args=(6.0,), name="lost").start()
    """,
    "timer left running": """
        from PySide6.QtCore import QTimer
        kept = []
        def test_it(qtbot):
            kept.append(QTimer())
            kept[0].start(1000)
    """,
    "Qt messages with level WARNING or above": """
        from PySide6.QtCore import qWarning
        def test_it(qtbot):
            qWarning("torn")
    """,
    "was skipped": """
        import pytest
        @pytest.mark.skip(reason="tired")
        def test_it():
            raise AssertionError
    """,
    "DeprecationWarning": """
        import warnings
        def test_it():
            warnings.warn("old", DeprecationWarning)
    """,
}
QUIET = """
    import logging
    from app.common import words
    def test_one(expected_log):
        expected_log("odd")
        words.set_language("zh")
        logging.getLogger("shop").warning("odd")
    def test_two():
        assert words.language() == "en"
        logging.getLogger("shop").info("nothing")
"""


@pytest.fixture
def bench(pytester: pytest.Pytester, root: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder of its own with our conftest and our settings."""
    monkeypatch.setenv("PYTHONPATH", str(root))
    pytester.makeconftest((root / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyprojecttoml((root / "pyproject.toml").read_text(encoding="utf-8"))
    return pytester


def test_every_planted_fault_fails_its_test(bench: pytest.Pytester) -> None:
    for number, source in enumerate(PLANTED.values()):
        bench.makepyfile(**{f"test_{number}": source})
    result = bench.runpytest_subprocess(".")
    said = result.stdout.str()
    assert [complaint for complaint in PLANTED if complaint not in said] == []
    assert not {"xfailed", "skipped"} & set(result.parseoutcomes())
    for number in range(len(PLANTED)):
        assert f"test_{number}.py::test_it" in said.partition("short test summary")[2]


def test_an_orderly_test_passes_and_the_language_is_put_back(bench: pytest.Pytester) -> None:
    bench.makepyfile(QUIET)
    bench.runpytest_subprocess(".").assert_outcomes(passed=2)
