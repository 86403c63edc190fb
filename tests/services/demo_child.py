"""Makes three folders as the demonstration does, and dies at the n-th step that it does to the file system.

python -m tests.services.demo_child FOLDER N
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from app.demo.unfinished import unfinished

STEPS = ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.rmtree", "tempfile.mkstemp", "open")


def main() -> None:
    """Prints "done" if there are fewer steps than that."""
    folder, left = Path(sys.argv[1]), int(sys.argv[2])

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in STEPS and any(str(folder) in str(one) for one in arguments):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    with unfinished(folder, ("hub", "room2", "desk")) as part:
        for name in ("desk", "room2", "hub"):
            (part / name).mkdir()
            (part / name / "file").write_bytes(name.encode())
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main()
