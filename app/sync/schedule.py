"""The nightly courier in the hands of the system's own scheduler: put there, taken away, asked about."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from app.common.errors import EnvironmentFault, UserError
from app.common.words import N_
from app.security.workspace import exists, not_writable
from app.sync import schedule_files
from app.sync.schedule_files import Job, job_name
from db.keyfile import replace_file

NIGHT = time(2, 0)
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """`at`: when the job runs, or None if there is none. `active`: the system knows it and will start it."""

    scheduler: str
    at: time | None
    active: bool


def make_job(workspace: Path, at: time = NIGHT) -> Job:
    """The courier for this workspace, as this program was started itself. EnvironmentFault if it is no workspace."""
    folder = Path(os.path.abspath(workspace))  # noqa: PTH100 - a link to the workspace stays a link
    if not exists(folder):
        raise EnvironmentFault("no-workspace", N_("The folder {folder} holds no centre."), folder=folder)
    program, here = _program(Path(sys.executable), bool(getattr(sys, "frozen", False)), sys.platform)
    return Job((*program, "sync", "--workspace", str(folder)), here, folder, at)


def _program(executable: Path, frozen: bool, platform: str) -> tuple[tuple[str, ...], Path]:
    """On Windows the twin that opens no console: at two in the morning nobody wants a black window."""
    silent = executable.with_name("LongshanDesk.exe" if frozen else "pythonw.exe")
    program = str(silent if platform == "win32" and silent.exists() else executable)
    if frozen:
        return (program,), executable.parent
    return (program, "-m", "ui"), Path(__file__).resolve().parents[2]


def install(job: Job, platform: str = sys.platform) -> ScheduleView:
    """Puts it there, over an older one. EnvironmentFault "no-scheduler" names the line to run by other means."""
    return _schedulers(platform).install(job)


def remove(workspace: Path, platform: str = sys.platform) -> None:
    """Also where none is."""
    _schedulers(platform).remove(job_name(Path(os.path.abspath(workspace))))  # noqa: PTH100


def status(workspace: Path, platform: str = sys.platform) -> ScheduleView:
    """What the system knows of it now."""
    return _schedulers(platform).status(job_name(Path(os.path.abspath(workspace))))  # noqa: PTH100


@dataclass(frozen=True, slots=True)
class _Scheduler:
    install: Callable[[Job], ScheduleView]
    remove: Callable[[str], None]
    status: Callable[[str], ScheduleView]


def _schedulers(platform: str) -> _Scheduler:
    if platform == "win32":
        return _Scheduler(_windows_install, _windows_remove, _windows_status)
    if platform == "darwin":
        return _Scheduler(_launchd_install, _launchd_remove, _launchd_status)
    return _Scheduler(_systemd_install, _systemd_remove, _systemd_status)


def _call(*command: str) -> str | None:
    """What it printed, or None if it failed or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None


def _no_scheduler(job: Job) -> EnvironmentFault:
    line = subprocess.list2cmdline(job.command) if sys.platform == "win32" else shlex.join(job.command)
    return EnvironmentFault(
        "no-scheduler",
        N_("The system does not take the nightly job. Have this line run at {at} every night, in {folder}: {line}"),
        at=f"{job.at:%H:%M}",
        folder=job.folder,
        line=line,
    )


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)
    except OSError as error:
        raise not_writable(path.parent, error) from None


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


# --- systemd


def _units() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def _systemd_install(job: Job) -> ScheduleView:
    units = _units()
    _write(units / f"{job.name}.service", schedule_files.systemd_service(job).encode())
    _write(units / f"{job.name}.timer", schedule_files.systemd_timer(job).encode())
    started = _call("systemctl", "--user", "daemon-reload") is not None
    if not started or _call("systemctl", "--user", "enable", "--now", f"{job.name}.timer") is None:
        _systemd_remove(job.name)
        raise _no_scheduler(job)
    return _systemd_status(job.name)


def _systemd_remove(name: str) -> None:
    _call("systemctl", "--user", "disable", "--now", f"{name}.timer")
    for kind in ("timer", "service"):
        (_units() / f"{name}.{kind}").unlink(missing_ok=True)
    _call("systemctl", "--user", "daemon-reload")


def _systemd_status(name: str) -> ScheduleView:
    at = schedule_files.systemd_at(_text(_units() / f"{name}.timer").decode(errors="replace"))
    active = at is not None and _call("systemctl", "--user", "is-active", f"{name}.timer") is not None
    return ScheduleView("systemd", at, active)


# --- Windows


def _windows_install(job: Job) -> ScheduleView:
    user = "\\".join(filter(None, (os.environ.get("USERDOMAIN"), os.environ.get("USERNAME"))))
    handle, name = tempfile.mkstemp(suffix=".xml")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(schedule_files.windows_task(job, user))
        if _call("schtasks", "/Create", "/TN", job.name, "/XML", name, "/F") is None:
            raise _no_scheduler(job)
    finally:
        Path(name).unlink(missing_ok=True)
    return _windows_status(job.name)


def _windows_remove(name: str) -> None:
    if _windows_status(name).at is not None and _call("schtasks", "/Delete", "/TN", name, "/F") is None:
        raise UserError("not-removed", N_("The system did not let go of the nightly job {name}."), name=name)


def _windows_status(name: str) -> ScheduleView:
    at = schedule_files.windows_at(_call("schtasks", "/Query", "/TN", name, "/XML") or "")
    return ScheduleView("windows", at, at is not None)


# --- launchd


def _agent(name: str) -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{name}.plist"


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _launchd_install(job: Job) -> ScheduleView:
    _call("launchctl", "bootout", f"{_domain()}/{job.name}")
    _write(_agent(job.name), schedule_files.launchd_plist(job))
    if _call("launchctl", "bootstrap", _domain(), str(_agent(job.name))) is None:
        _agent(job.name).unlink(missing_ok=True)
        raise _no_scheduler(job)
    return _launchd_status(job.name)


def _launchd_remove(name: str) -> None:
    _call("launchctl", "bootout", f"{_domain()}/{name}")
    _agent(name).unlink(missing_ok=True)


def _launchd_status(name: str) -> ScheduleView:
    at = schedule_files.launchd_at(_text(_agent(name)))
    active = at is not None and _call("launchctl", "print", f"{_domain()}/{name}") is not None
    return ScheduleView("launchd", at, active)
