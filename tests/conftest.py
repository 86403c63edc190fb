"""What holds for every test: its own home, an offscreen Qt, and silence — a stray log line or thread fails it.

Knows nothing of the application but its words; fixtures with services or windows stand in the folders below.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

# Before anything imports Qt, a keyring or a settings folder.
_HOME = Path(tempfile.mkdtemp(prefix="longshan-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["HOME"] = os.environ["USERPROFILE"] = str(_HOME)
for _name in ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "STATE_HOME", "RUNTIME_DIR"):
    _folder = _HOME / _name.lower()
    _folder.mkdir(mode=0o700)
    os.environ[f"XDG_{_name}"] = str(_folder)
# The same words on every machine.
for _name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
    os.environ.pop(_name, None)
os.environ["LANG"] = "C.UTF-8"

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from app.common import words  # noqa: E402
from tests.watch import ExpectedLog, living_threads, repeating_timers, stray_threads  # noqa: E402

pytest_plugins = ["pytester"]

_PATIENT = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("here", deadline=None, suppress_health_check=_PATIENT)
settings.register_profile(
    "ci", deadline=None, suppress_health_check=_PATIENT, derandomize=True, database=None, print_blob=True
)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture
def expected_log() -> Iterator[ExpectedLog]:
    """`expected_log("regex")` allows, and demands, a log line of WARNING or above that matches."""
    watch = ExpectedLog()
    with watch.installed():
        yield watch
    problems = watch.problems()
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture(autouse=True)
def _silence(expected_log: ExpectedLog) -> None:
    """Every test is watched, whether it expects a line or not."""


@pytest.fixture(autouse=True)
def _language_restored() -> Iterator[None]:
    before = words.language()
    yield
    words.set_language(before)


@pytest.fixture(autouse=True)
def _nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    with_qt = "qapp" in request.fixturenames
    threads, timers = living_threads(), repeating_timers() if with_qt else {}
    yield
    left = [f"thread left running: {thread.name}" for thread in stray_threads(threads)]
    if with_qt:
        left += [f"timer left running: {name}" for key, name in repeating_timers().items() if key not in timers]
    if left:
        pytest.fail("\n".join(left), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test proves nothing: here it is a failed one."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def python() -> str:
    """The interpreter to start programs of this checkout with."""
    return sys.executable
