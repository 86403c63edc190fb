"""A courier of its own process that says each step of a durable write, so that it can be killed at any of them.

python -m tests.services.courier_child WORKSPACE
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from app.sync.courier import run_courier
from db.replica.files import Disk


class WatchedDisk(Disk):
    """Calls `reached` with the path before each step and, for a write, in its middle."""

    def __init__(self, reached: Callable[[Path], None]) -> None:
        self.reached = reached
        self.paths: dict[int, Path] = {}

    def make_folder(self, folder: Path, mode: int) -> None:
        self.reached(folder)
        super().make_folder(folder, mode)

    def open_new(self, path: Path, mode: int) -> int:
        self.reached(path)
        handle = super().open_new(path, mode)
        self.paths[handle] = path
        return handle

    def write(self, handle: int, data: bytes) -> None:
        self.reached(self.paths[handle])
        super().write(handle, data[: len(data) // 2])
        self.reached(self.paths[handle])
        super().write(handle, data[len(data) // 2 :])

    def sync(self, handle: int) -> None:
        self.reached(self.paths[handle])
        super().sync(handle)

    def rename(self, old: Path, new: Path) -> None:
        self.reached(new)
        super().rename(old, new)

    def replace(self, old: Path, new: Path) -> None:
        self.reached(new)
        super().replace(old, new)

    def sync_folder(self, folder: Path) -> None:
        self.reached(folder)
        super().sync_folder(folder)

    def remove(self, path: Path) -> None:
        self.reached(path)
        super().remove(path)


class Countdown:
    """Acts at the step of this number, the first being 1, and at none if there are fewer."""

    def __init__(self, step: int, act: Callable[[Path], None]) -> None:
        self.left, self.act = step, act

    def __call__(self, path: Path) -> None:
        self.left -= 1
        if self.left == 0:
            self.act(path)

    @property
    def acted(self) -> bool:
        return self.left <= 0


def run_and_die(run: Callable[[Disk], object], step: int) -> bool:
    """Runs in a process of its own that is killed at `step`; False if it came to its end before."""
    child = os.fork()
    if child == 0:
        try:
            run(WatchedDisk(Countdown(step, lambda path: os.kill(os.getpid(), signal.SIGKILL))))
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def main() -> None:
    """Runs the courier; a line for each step."""

    def reached(path: Path) -> None:
        sys.stdout.write(f"{path.name}\n")
        sys.stdout.flush()

    run_courier(Path(sys.argv[1]), disk=WatchedDisk(reached))


if __name__ == "__main__":
    main()
