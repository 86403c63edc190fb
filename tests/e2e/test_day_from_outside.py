"""The demonstration day as a script sees it: what it leaves, who can read it, and that no file holds the note."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTE = "海棠花开的时候她说过不想再醒来；编号七四一"
PASSWORDS = {"desk": "desk-own-1", "psych": "psych-own-2", "supervisor": "sup-own-3", "director": "dir-own-4"}


def longshan(*arguments: str, home: Path, password: str = "") -> subprocess.CompletedProcess[str]:
    """Runs the console script in its own home and temporary folder."""
    (home / "home").mkdir(parents=True, exist_ok=True)
    (home / "tmp").mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "HOME": str(home / "home"),
        "TMPDIR": str(home / "tmp"),
        "XDG_CONFIG_HOME": str(home / "home"),
        "XDG_CACHE_HOME": str(home / "home"),
        "XDG_DATA_HOME": str(home / "home"),
        "LC_ALL": "zh_CN.UTF-8",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "ui", *arguments]
    return subprocess.run(
        command, input=password + "\n", capture_output=True, text=True, env=environment, cwd=ROOT, check=False
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("day")
    passwords = folder.parent / "passwords.json"
    passwords.write_text(json.dumps(PASSWORDS), "utf-8")
    done = longshan(
        "demo", str(folder), "--play", "--note", NOTE, "--clients", "40", "--passwords", str(passwords), home=folder
    )
    assert done.returncode == 0, done.stderr
    yield folder


def forms(words: str) -> list[bytes]:
    """The bytes by which a readable copy would betray itself."""
    found = [words.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")]
    for raw in list(found):
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + raw)
            found.append(encoded[4 : len(encoded) // 4 * 4 - 4])
    return found


def assert_unreadable(folder: Path, words: str) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "centre.db" for path in files)
    for path in files:
        data = path.read_bytes()
        for form in forms(words):
            assert form not in data, path


def test_the_day_went_through_and_left_its_papers(played: Path) -> None:
    day = json.loads((played / "out" / "day.json").read_text("utf-8"))
    steps = {step["name"]: step["ok"] for step in day["steps"]}
    assert steps and all(steps.values())
    assert set(steps) >= {"signin", "arrival", "queue", "note", "referral", "print", "handover"}
    for name in day["files"]:
        text = subprocess.run(
            ["pdftotext", str(played / "out" / name), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert text.strip()
    letters = [name for name in day["files"] if day["referral"] in name]
    assert letters
    text = subprocess.run(
        ["pdftotext", "-layout", str(played / "out" / letters[0]), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert day["referral"] in text and "0635-8311095" in text and "龙山西街33号" in text
    fonts = subprocess.run(
        ["pdffonts", str(played / "out" / letters[0])], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    assert fonts and all(" yes " in line.replace("  ", " ") for line in fonts)


def test_the_note_is_in_no_file_in_any_coding(played: Path) -> None:
    assert_unreadable(played, NOTE)


def test_the_psychologist_reads_it_and_the_desk_is_refused_in_one_sentence(played: Path) -> None:
    day = json.loads((played / "out" / "day.json").read_text("utf-8"))
    where = ("--workspace", str(played / "desk"), "--json")
    read = longshan("note", day["case"], *where, "--user", "psych", home=played, password=PASSWORDS["psych"])
    assert read.returncode == 0, read.stderr
    notes = json.loads(read.stdout)["notes"]
    assert any(NOTE in text for note in notes for text in note["sections"].values())
    assert all(note["verified"] for note in notes)
    for login in ("desk", "director"):
        refused = longshan("note", day["case"], *where, "--user", login, home=played, password=PASSWORDS[login])
        assert refused.returncode == 1
        assert refused.stdout == ""
        assert len(refused.stderr.strip().splitlines()) == 1
        assert "Traceback" not in refused.stderr
    assert_unreadable(played, NOTE)


def test_passwords_are_distinct_and_a_wrong_one_is_refused(played: Path) -> None:
    day = json.loads((played / "out" / "day.json").read_text("utf-8"))
    where = ("--workspace", str(played / "desk"), "--user", "psych")
    refused = longshan("note", day["case"], *where, home=played, password=PASSWORDS["desk"])
    assert (refused.returncode, refused.stdout) == (1, "")


def test_a_killed_writer_leaves_no_readable_text(played: Path) -> None:
    words = "被杀掉的进程里的一句话九三六"
    code = f"""
import sys
from pathlib import Path
from app.bootstrap import open_workspace, sign_in
office = sign_in(open_workspace(Path(sys.argv[1])), "psych", "{PASSWORDS["psych"]}")
for n in range(10000):
    office.services.drafts.save("note", str(n), {{"presenting": "{words}" * 50}})
    print(n, flush=True)
"""
    environment = {**os.environ, "HOME": str(played / "home"), "TMPDIR": str(played / "tmp")}
    command = [sys.executable, "-c", code, str(played / "desk")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) >= 25:
                child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert_unreadable(played, words)
