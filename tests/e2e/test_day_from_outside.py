"""The demonstration day as a script sees it: what it leaves, who can read it, and that no file holds the note.

The psychologist works on the second PC; whatever the first one shows of it came by a synchronisation.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from tests.e2e.outside import ROOT, answer, found_in, longshan

NOTE = "海棠花开的时候她说过不想再醒来；编号七四一"
PASSWORDS = {"desk": "desk-own-1", "psych": "psych-own-2", "supervisor": "sup-own-3", "director": "dir-own-4"}
STEPS = ["signin", "absence", "arrival", "queue", "note", "referral", "print", "handover", "sync"]


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


def assert_unreadable(folder: Path, words: str) -> None:
    for name in ("desk", "room2"):
        assert (folder / name / "centre.db").stat().st_size > 0
    assert found_in(folder, words) == []


def test_the_day_went_through_and_left_its_papers(played: Path) -> None:
    day = json.loads((played / "out" / "day.json").read_text("utf-8"))
    assert [step["name"] for step in day["steps"]] == STEPS
    assert all(step["ok"] and step["seconds"] >= 0 for step in day["steps"])
    assert any(name.startswith("call-list-") for name in day["files"])
    assert day["referral"].startswith("LSB-"), "released on the second PC, which has the letter B"
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


def test_the_search_itself_finds_what_is_there(tmp_path: Path) -> None:
    kept = (
        NOTE.encode(),
        NOTE.encode("utf-16-le"),
        base64.b64encode(b"x" + NOTE.encode("gb18030")),
        zlib.compress(b"some words before " + NOTE.encode("utf-16-be")),
        zstandard.compress(base64.b64encode(b"xy" + NOTE.encode())),
    )
    for n, data in enumerate(kept):
        (tmp_path / f"f{n}").write_bytes(b"....." + data + b"....")
    (tmp_path / "other").write_bytes(b"\x78\x9c\x28\xb5\x2f\xfd" * 9)
    assert sorted(path.name for path in found_in(tmp_path, NOTE)) == ["f0", "f1", "f2", "f3", "f4"]


def test_after_the_day_both_pcs_have_everything(played: Path) -> None:
    for name in ("room2", "desk"):
        where = ("--workspace", str(played / name), "--merge", "--user", "psych")
        said = answer("sync", *where, home=played, password=PASSWORDS["psych"])
        assert not any(said.values()), said


@pytest.mark.parametrize(("pc", "others"), [("desk", ("desk", "director")), ("room2", ("desk",))])
def test_the_psychologist_reads_it_and_others_are_refused_in_one_sentence(
    played: Path, pc: str, others: tuple[str, ...]
) -> None:
    """Signed on room2: the desk carries it, and opens it to nobody else."""
    day = json.loads((played / "out" / "day.json").read_text("utf-8"))
    where = (day["case"], "--workspace", str(played / pc))
    notes = answer("note", *where, "--user", "psych", home=played, password=PASSWORDS["psych"])["notes"]
    assert any(NOTE in text for note in notes for text in note["sections"].values())
    assert all(note["verified"] for note in notes)
    for login in others:
        refused = longshan("note", *where, "--json", "--user", login, home=played, password=PASSWORDS[login])
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
