"""The nightly job: each system's file says what was meant, whatever the path holds, and the system takes it."""

from __future__ import annotations

import configparser
import json
import os
import plistlib
import re
import shlex
import shutil
import stat
import subprocess
import sys
from datetime import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.cli import main
from app.cli.schedule import read_time
from app.common.errors import EnvironmentFault, UserError
from app.sync import schedule, schedule_files
from app.sync.schedule import make_job
from app.sync.schedule_files import Job, job_name
from tests.services.hub_folders import at_hub, make_pc

ODD = ["plain", "with space", "龙山 前台", "100% %h %n", "$HOME ${X}", "it's", 'say "x"', "back\\slash", "a;b#c&d<e>"]
NS = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def job_in(folder: Path, at: time = time(2, 0)) -> Job:
    return Job((sys.executable, "-m", "ui", "sync", "--workspace", str(folder)), folder, folder, at)


def unit(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=True, comment_prefixes=("#", ";"))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def as_systemd_reads(line: str) -> list[str]:
    """Quotes, C escapes, then specifiers; `$` is kept by the colon."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    assert re.sub(r'"(?:[^"\\]|\\.)*"', "", line).strip() == ""
    plain = [re.sub(r"\\(x[0-9a-f]{2}|.)", _escape, word) for word in words]
    assert all(not re.search(r"(?<!%)(%%)*%(?!%)", word) for word in plain)
    assert plain[0].startswith(":")
    return [plain[0][1:].replace("%%", "%"), *(word.replace("%%", "%") for word in plain[1:])]


def _escape(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if len(code) == 3 else code


@pytest.mark.parametrize("name", [*ODD, "line\nbreak"])
def test_systemd_units_say_what_was_meant(tmp_path: Path, name: str) -> None:
    job = Job((sys.executable, "sync", str(tmp_path / name)), tmp_path, tmp_path / name, time(23, 5))
    service, timer = unit(schedule_files.systemd_service(job)), unit(schedule_files.systemd_timer(job))
    assert service["Service"]["Type"] == "oneshot"
    assert as_systemd_reads(service["Service"]["ExecStart"]) == list(job.command)
    assert dict(timer["Timer"]) == {
        "OnCalendar": "*-*-* 23:05:00",
        "Persistent": "true",
        "Unit": f"{job.name}.service",
    }
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert schedule_files.systemd_at(schedule_files.systemd_timer(job)) == job.at


def test_a_working_folder_with_percent_is_no_specifier(tmp_path: Path) -> None:
    folder = tmp_path / "100% of it"
    service = unit(schedule_files.systemd_service(job_in(folder)))
    assert service["Service"]["WorkingDirectory"].replace("%%", "%") == str(folder)
    assert "%%" in service["Service"]["WorkingDirectory"]


def test_a_program_with_quotes_in_its_path_is_started_by_another(tmp_path: Path) -> None:
    job = Job(("/opt/it's/longshan", "sync"), tmp_path, tmp_path, time(2))
    line = unit(schedule_files.systemd_service(job))["Service"]["ExecStart"]
    assert as_systemd_reads(line) == ["/usr/bin/env", "/opt/it's/longshan", "sync"]


@pytest.mark.parametrize("name", ODD)
def test_systemd_itself_accepts_the_units(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    job = job_in(folder)
    service, timer = tmp_path / f"{job.name}.service", tmp_path / f"{job.name}.timer"
    service.write_text(schedule_files.systemd_service(job), encoding="utf-8")
    timer.write_text(schedule_files.systemd_timer(job), encoding="utf-8")
    if shutil.which("systemd-analyze"):
        done = subprocess.run(
            ["systemd-analyze", "--user", "verify", timer, service], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        calendar = subprocess.run(["systemd-analyze", "calendar", "*-*-* 02:00:00"], capture_output=True, check=False)
        assert calendar.returncode == 0
    else:
        assert as_systemd_reads(unit(service.read_text("utf-8"))["Service"]["ExecStart"]) == list(job.command)


def as_windows_reads(line: str) -> list[str]:
    """CommandLineToArgvW's rules."""
    words, word, quoted, inside, index = [], "", False, False, 0
    while index < len(line):
        slashes = len(line[index:]) - len(line[index:].lstrip("\\"))
        index += slashes
        at = line[index] if index < len(line) else ""
        if at == '"':
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word += '"'
            else:
                quoted = not quoted
            inside = True
        elif at in (" ", "\t", "") and not quoted:
            word += "\\" * slashes
            if word or inside:
                words.append(word)
            word, inside = "", False
        else:
            word += "\\" * slashes + at
        index += 1
    return [*words, word] if word else words


@pytest.mark.parametrize("name", ODD)
def test_a_windows_task_says_what_was_meant(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    job = Job(
        ("C:\\Program Files\\龙山\\LongshanDesk.exe", "sync", "--workspace", str(folder)), folder, folder, time(2, 30)
    )
    written = schedule_files.windows_task(job, "PC\\前台")
    assert written[:2] in (b"\xff\xfe", b"\xfe\xff"), "schtasks reads UTF-16"
    task = ElementTree.fromstring(written.decode("utf-16"))
    text = {element.tag.removeprefix(NS): element.text for element in task.iter()}
    assert text["Command"] == job.command[0] and text["WorkingDirectory"] == str(folder)
    assert as_windows_reads(text["Arguments"] or "") == list(job.command[1:])
    assert text["StartBoundary"] == "2026-01-01T02:30:00" and text["DaysInterval"] == "1"
    assert text["StartWhenAvailable"] == text["Hidden"] == "true"
    assert text["LogonType"] == "InteractiveToken" and text["UserId"] == "PC\\前台"
    assert [element.tag.removeprefix(NS) for element in task] == [
        "RegistrationInfo",
        "Triggers",
        "Principals",
        "Settings",
        "Actions",
    ]
    assert schedule_files.windows_at(written.decode("utf-16")) == job.at


@pytest.mark.parametrize("name", ODD)
def test_a_launchd_job_says_what_was_meant(tmp_path: Path, name: str) -> None:
    job = job_in(tmp_path / name, time(2, 30))
    written = schedule_files.launchd_plist(job)
    plist = plistlib.loads(written)
    assert plist["ProgramArguments"] == list(job.command) and plist["WorkingDirectory"] == str(job.folder)
    assert plist["StartCalendarInterval"] == {"Hour": 2, "Minute": 30} and plist["RunAtLoad"] is False
    assert plist["Label"] == job.name
    assert schedule_files.launchd_at(written) == job.at
    assert schedule_files.launchd_at(b"") is schedule_files.launchd_at(plistlib.dumps({})) is None


# --- what is run


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "龙山 100% $X" / "desk"
    folder.mkdir(parents=True)
    (folder / "accounts.json").write_text("{}")
    return folder


def test_the_job_runs_this_very_program(root: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace.parent)
    job = make_job(Path("desk"), time(3))
    assert job.command == (sys.executable, "-m", "ui", "sync", "--workspace", str(workspace))
    assert job.folder == root and job.at == time(3)
    assert job.name == job_name(workspace) != job_name(workspace.parent)
    said = subprocess.run([*job.command[:3], "--help"], cwd=job.folder, capture_output=True, text=True, check=False)
    assert said.returncode == 0 and "sync" in said.stdout
    with pytest.raises(EnvironmentFault) as none:
        make_job(workspace.parent)
    assert none.value.code == "no-workspace"


def test_a_packed_program_is_called_by_its_own_name(tmp_path: Path) -> None:
    packed = tmp_path / "longshan"
    assert schedule._program(packed, True, "linux") == ((str(packed),), tmp_path)
    assert schedule._program(tmp_path / "longshan.exe", True, "win32")[0] == (str(tmp_path / "longshan.exe"),)
    (tmp_path / "LongshanDesk.exe").touch()
    assert schedule._program(tmp_path / "longshan.exe", True, "win32")[0] == (str(tmp_path / "LongshanDesk.exe"),)
    (tmp_path / "pythonw.exe").touch()
    assert schedule._program(tmp_path / "python.exe", False, "win32")[0] == (str(tmp_path / "pythonw.exe"), "-m", "ui")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    return folder


class Stand:
    """A program of the system's name that writes down how it was called, keeps what it was given, and says `text`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.log, self.kept, self.text, self.wrong = (
            folder / f"{name}.{end}" for end in ("log", "kept", "text", "wrong")
        )
        script = folder / name
        log, kept, text, wrong = (shlex.quote(str(path)) for path in (self.log, self.kept, self.text, self.wrong))
        script.write_text(
            f'#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; done >> {log}\necho >> {log}\n'
            f'for word in "$@"; do case "$word" in *.xml) cat "$word" > {kept};; esac; done\n'
            f"cat {text} 2> /dev/null\n[ ! -e {wrong} ]\n"
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)

    def calls(self) -> list[list[str]]:
        text = self.log.read_text("utf-8") if self.log.exists() else ""
        return [call.split("\n") for call in text.split("\n\n") if call]


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def test_systemd_is_given_both_units(home: Path, bin_folder: Path, workspace: Path) -> None:
    systemctl, job = Stand(bin_folder, "systemctl"), make_job(workspace, time(4, 5))
    view = schedule.install(job, "linux")
    assert (view.scheduler, view.at, view.active) == ("systemd", time(4, 5), True)
    units = home / "config" / "systemd" / "user"
    assert sorted(path.name for path in units.iterdir()) == [f"{job.name}.service", f"{job.name}.timer"]
    timer = f"{job.name}.timer"
    assert systemctl.calls()[:2] == [["--user", "daemon-reload"], ["--user", "enable", "--now", timer]]
    schedule.install(make_job(workspace, time(5, 0)), "linux")
    assert schedule.status(workspace, "linux").at == time(5, 0)
    schedule.remove(workspace, "linux")
    assert list(units.iterdir()) == [] and ["--user", "disable", "--now", timer] in systemctl.calls()
    assert schedule.status(workspace, "linux") == schedule.ScheduleView("systemd", None, False)


@pytest.mark.parametrize("there", [True, False], ids=["answers no", "is not there"])
def test_a_system_that_takes_no_job_is_said_with_the_line(
    home: Path, bin_folder: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setenv("PATH", str(bin_folder))
    for name in ("systemctl", "schtasks", "launchctl") if there else ():
        Stand(bin_folder, name).wrong.touch()
    job = make_job(workspace, time(4, 5))
    for platform in ("linux", "win32", "darwin"):
        with pytest.raises(EnvironmentFault) as none:
            schedule.install(job, platform)
        assert none.value.code == "no-scheduler"
        assert "04:05" in none.value.text() and shlex.join(job.command) in none.value.text()
        view = schedule.status(workspace, platform)
        assert view.at is None and not view.active
        schedule.remove(workspace, platform)
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_windows_is_given_the_task(bin_folder: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USERDOMAIN", "PC")
    monkeypatch.setenv("USERNAME", "前台")
    schtasks, job = Stand(bin_folder, "schtasks"), make_job(workspace, time(4, 5))
    schtasks.text.write_text(schedule_files.windows_task(job).decode("utf-16"), encoding="utf-8")
    assert schedule.install(job, "win32") == schedule.ScheduleView("windows", time(4, 5), True)
    create = schtasks.calls()[0]
    assert [create[0], *create[1:3], create[3], create[5]] == ["/Create", "/TN", job.name, "/XML", "/F"]
    assert schtasks.kept.read_bytes() == schedule_files.windows_task(job, "PC\\前台")
    assert not Path(create[4]).exists()
    schedule.remove(workspace, "win32")
    assert schtasks.calls()[-1] == ["/Delete", "/TN", job.name, "/F"]
    schtasks.text.unlink()
    assert schedule.status(workspace, "win32").at is None


def test_launchd_is_given_the_agent(home: Path, bin_folder: Path, workspace: Path) -> None:
    launchctl, job = Stand(bin_folder, "launchctl"), make_job(workspace, time(4, 5))
    assert schedule.install(job, "darwin") == schedule.ScheduleView("launchd", time(4, 5), True)
    agent = home / "Library" / "LaunchAgents" / f"{job.name}.plist"
    assert plistlib.loads(agent.read_bytes())["Label"] == job.name
    assert ["bootstrap", f"gui/{os.getuid()}", str(agent)] in launchctl.calls()
    schedule.remove(workspace, "darwin")
    assert not agent.exists() and schedule.status(workspace, "darwin").at is None


# --- the command


@pytest.mark.parametrize(("text", "at"), [("02:00", time(2)), ("2:05", time(2, 5)), ("23:59", time(23, 59))])
def test_a_time_of_day(text: str, at: time) -> None:
    assert read_time(text) == at


@pytest.mark.parametrize("text", ["", "2", "24:00", "12:60", "12:5", "-1:00", "a:b", "１:00", "12:00:00"])
def test_no_time_of_day(text: str) -> None:
    with pytest.raises(UserError) as wrong:
        read_time(text)
    assert wrong.value.code == "not-a-time"


def test_the_command(
    home: Path, bin_folder: Path, workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    Stand(bin_folder, "systemctl")
    where = ["--workspace", str(workspace), "--json", "--lang", "zh"]
    assert main(["schedule", "status", *where]) == 0
    none = {"scheduler": "systemd", "installed": False, "active": False, "at": None}
    assert json.loads(capsys.readouterr().out) == none
    assert main(["schedule", "install", "--at", "3:30", *where]) == 0
    made = {"scheduler": "systemd", "installed": True, "active": True, "at": "03:30"}
    assert json.loads(capsys.readouterr().out) == made
    assert main(["schedule", "status", *where[:2], "--lang", "zh"]) == 0
    assert "03:30" in capsys.readouterr().out
    assert main(["schedule", "remove", *where]) == 0
    assert json.loads(capsys.readouterr().out) == none
    assert main(["schedule", "install", "--at", "later", *where]) == 1
    assert main(["schedule", "install", "--workspace", str(workspace.parent)]) == 3


# --- the real thing

IN_A_SYSTEM_OF_ITS_OWN = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p -m 700 /run/systemd/system "$XDG_RUNTIME_DIR"
/usr/lib/systemd/systemd --user > "$LOG" 2>&1 &
manager=$!
trap 'kill $manager' EXIT
for try in $(seq 100); do [ -S "$XDG_RUNTIME_DIR/systemd/private" ] && break; sleep 0.05; done
longshan() { "$PYTHON" -m ui schedule "$@" --workspace "$WORKSPACE" --json; }
longshan install --at 03:30
systemctl --user list-timers --all --no-pager | grep -c "03:30:00 .*$NAME.timer" >&2
systemctl --user start "$NAME.service"
longshan status
longshan remove
systemctl --user is-active "$NAME.timer" >&2 || true
"""


def test_systemd_really_runs_it(root: Path, python: str, tmp_path: Path, home: Path) -> None:
    """Where one may start a systemd of one's own (as root, in a container too), it runs the courier; elsewhere there
    is none that these tests could reach, and the command says so."""
    hub = tmp_path / "中转 100% hub"
    hub.mkdir()
    (tmp_path / "龙山 $X").mkdir()
    desk = make_pc(tmp_path / "龙山 $X" / "it's 100% %h", hub, 1)
    (desk.folder / "accounts.json").write_text("{}")
    sealed = desk.seal(1)[0]
    env = {
        **os.environ,
        "PYTHON": python,
        "WORKSPACE": str(desk.folder),
        "NAME": job_name(desk.folder),
        "LOG": str(tmp_path / "systemd.log"),
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    alone = ["unshare", "--mount", "--propagation", "private"]
    if Path("/usr/lib/systemd/systemd").exists() and may(*alone, "mount", "-t", "tmpfs", "tmpfs", "/run"):
        env["XDG_RUNTIME_DIR"] = "/run/user/longshan"
        done = run([*alone, "sh", "-c", IN_A_SYSTEM_OF_ITS_OWN], root, env)
        assert done.returncode == 0, done.stderr
        said = [json.loads(text) for text in done.stdout.replace("}\n{", "}\n\n{").split("\n\n")]
        assert [(one["installed"], one["active"], one["at"]) for one in said] == [
            (True, True, "03:30"),
            (True, True, "03:30"),
            (False, False, None),
        ]
        assert done.stderr.split()[0] == "1" and done.stderr.split()[-1] == "inactive"
        assert list(at_hub(hub)) == [sealed.path], "the service ran the courier"
    else:
        done = run([python, "-m", "ui", "schedule", "install", "--workspace", str(desk.folder)], root, env)
        assert done.returncode == 3 and str(desk.folder) in done.stderr


def may(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def run(command: list[str], root: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
