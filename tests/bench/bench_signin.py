"""From the start of the process to a sign-in window that takes keys, against a bare PySide6 window with one label."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 9

BARE = """
import sys
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication(sys.argv)
window = QLabel("ready")
window.show()
app.processEvents()
app.sendEvent(window, QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a"))
print("ready", flush=True)
"""

OURS = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from ui.application import make_window
window = make_window(Path(sys.argv[1]), "zh")
app = QApplication.instance()
while not isinstance(app.focusWidget(), QLineEdit):
    app.processEvents()
field = app.focusWidget()
app.sendEvent(field, QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a"))
assert field.text() == "a"
heavy = {"sqlalchemy", "alembic", "reportlab", "pypinyin"} & set(sys.modules)
print("ready", *heavy, flush=True)
window.close()
"""


def run() -> dict[str, object]:
    """One row of the bench's table; seconds are medians of runs taken in turn."""
    with tempfile.TemporaryDirectory() as home:
        workspace = _workspace(Path(home))
        ours, reference = [], []
        for number in range(RUNS + 1):
            pair = _seconds(OURS, home, str(workspace)), _seconds(BARE, home)
            if number:  # the first pair fills the file caches
                ours.append(pair[0])
                reference.append(pair[1])
    ours_median, reference_median = statistics.median(ours), statistics.median(reference)
    return {
        "name": "process start to a sign-in window that takes keys",
        "ours": ours_median,
        "reference": reference_median,
        "ratio": ours_median / reference_median,
        "unit": "s",
        "goal": "<= 2.5",
    }


def _seconds(program: str, home: str, *arguments: str) -> float:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": home, "PYTHONPATH": str(ROOT)}
    environment["XDG_CONFIG_HOME"] = environment["XDG_DATA_HOME"] = home
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        taken = time.perf_counter() - begun
    if line != "ready":
        raise RuntimeError(f"not ready: {line!r}")
    return taken


def _workspace(home: Path) -> Path:
    """A centre with four accounts; made in a process of its own, since it needs what the window must not import."""
    folder = home / "desk"
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from app.common.clock import SystemClock\n"
        "from app.security.accounts import NewAccount\n"
        "from app.security.founding import CentreSpec, FoundingSpec, found\n"
        "from app.security.permissions import Role\n"
        "name, word = '聊城市学生心理健康发展服务中心', 'bench-passphrase'\n"
        "def user(login, role): return NewAccount(login, login, frozenset({role}), word)\n"
        "others = (user('desk', Role.RECEPTIONIST), user('psych', Role.PSYCHOLOGIST))\n"
        "spec = FoundingSpec(name, CentreSpec(name), user('director', Role.DIRECTOR), others, kdf_memory=64 << 20)\n"
        "found(Path(sys.argv[1]), spec, SystemClock())\n"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True, cwd=ROOT)
    return folder


if __name__ == "__main__":
    print(run())
