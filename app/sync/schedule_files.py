"""What the systems' own schedulers want written: the nightly courier as a systemd timer, a Windows task, a launchd job.

Pure: a job in, text out. A path may hold spaces, Chinese, % and quotes; each format escapes in its own way.
"""

from __future__ import annotations

import plistlib
import re
import subprocess
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from xml.etree import ElementTree

from db.crypto.sealing import digest

_TASK = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_ON_CALENDAR = re.compile(r"^OnCalendar=\*-\*-\* ([0-9]{2}:[0-9]{2}):00$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Job:
    """`command`: absolute program and its arguments; `folder`: where it runs; `workspace`: what it is for."""

    command: tuple[str, ...]
    folder: Path
    workspace: Path
    at: time

    @property
    def name(self) -> str:
        return job_name(self.workspace)


def job_name(workspace: Path) -> str:
    """One for each workspace of this PC."""
    return f"longshan-desk-sync-{digest(str(workspace).encode(errors='surrogateescape'), 4).hex()}"


def systemd_service(job: Job) -> str:
    """The colon keeps `$` from being a variable; `%` is doubled, or it would be a specifier. A program's own path may
    hold no quotes, so `env` starts one whose path does."""
    program, *arguments = job.command if not set(job.command[0]) & set("'\"\\") else ("/usr/bin/env", *job.command)
    words = " ".join(_unit_word(word) for word in (f":{program}", *arguments))
    folder = str(job.folder).replace("%", "%%")
    return (
        "[Unit]\nDescription=Longshan Desk 龙山前台: sync\n\n"
        f"[Service]\nType=oneshot\nNice=10\nWorkingDirectory={folder}\nExecStart={words}\n"
    )


def systemd_timer(job: Job) -> str:
    """Persistent: a night missed is made up for at the next start."""
    return (
        "[Unit]\nDescription=Longshan Desk 龙山前台: sync\n\n"
        f"[Timer]\nOnCalendar=*-*-* {job.at:%H:%M}:00\nPersistent=true\nUnit={job.name}.service\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )


def systemd_at(timer: str) -> time | None:
    """When a timer's text says it runs."""
    found = _ON_CALENDAR.search(timer)
    return time.fromisoformat(found[1]) if found else None


def _unit_word(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found[0]):02x}", escaped) + '"'


def windows_task(job: Job, user: str = "") -> bytes:
    """UTF-16, as `schtasks /XML` wants it. It runs as the signed-in user, whose share passwords it needs; locked is
    fine, and a run missed is made up for."""
    program, *arguments = job.command
    task = ElementTree.Element("Task", {"version": "1.2", "xmlns": _TASK})
    _add(task, "RegistrationInfo", ("Description", "Longshan Desk 龙山前台: sync"))
    trigger = ElementTree.SubElement(ElementTree.SubElement(task, "Triggers"), "CalendarTrigger")
    ElementTree.SubElement(trigger, "StartBoundary").text = f"2026-01-01T{job.at:%H:%M}:00"
    _add(trigger, "ScheduleByDay", ("DaysInterval", "1"))
    who = [("UserId", user)] if user else []
    principal = _add(ElementTree.SubElement(task, "Principals"), "Principal", *who, ("LogonType", "InteractiveToken"))
    principal.set("id", "Author")
    _add(
        task,
        "Settings",
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("StartWhenAvailable", "true"),
        ("Hidden", "true"),
        ("ExecutionTimeLimit", "PT4H"),
    )
    actions = ElementTree.SubElement(task, "Actions", {"Context": "Author"})
    spoken = subprocess.list2cmdline(arguments)
    _add(actions, "Exec", ("Command", program), ("Arguments", spoken), ("WorkingDirectory", str(job.folder)))
    written: bytes = ElementTree.tostring(task, encoding="utf-16", xml_declaration=True)
    return written


def windows_at(task: str) -> time | None:
    """When a task, as `schtasks /Query /XML` prints it, runs."""
    found = re.search(r"<StartBoundary>\d{4}-\d\d-\d\dT(\d\d:\d\d)", task.replace("\0", ""))
    return time.fromisoformat(found[1]) if found else None


def _add(parent: ElementTree.Element, tag: str, *texts: tuple[str, str]) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, tag)
    for name, text in texts:
        ElementTree.SubElement(made, name).text = text
    return made


def launchd_plist(job: Job) -> bytes:
    """A night slept through is made up for when the Mac wakes."""
    return plistlib.dumps(
        {
            "Label": job.name,
            "ProgramArguments": list(job.command),
            "WorkingDirectory": str(job.folder),
            "StartCalendarInterval": {"Hour": job.at.hour, "Minute": job.at.minute},
            "RunAtLoad": False,
            "ProcessType": "Background",
        }
    )


def launchd_at(plist: bytes) -> time | None:
    """When a plist says it runs."""
    try:
        when = plistlib.loads(plist)["StartCalendarInterval"]
        return time(when["Hour"], when["Minute"])
    except (plistlib.InvalidFileException, KeyError, TypeError, ValueError):
        return None
