"""Power cut at any moment: what was committed is there, what was not is whole or absent, and nothing is readable."""

from __future__ import annotations

import base64
import os
import random
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Office, open_workspace, sign_in
from app.common.clock import SetClock
from app.security import audit
from tests.e2e.writer import NOON, PASSWORD
from tests.services.casework import make_client
from tests.services.conftest import template  # noqa: F401

ROUNDS, SAVES = 6, 200
TEXT = "魑魅躲在沐浴露后面，她说灯会自己数到四十七。"


def _open(folder: Path) -> Office:
    return sign_in(open_workspace(folder), "psych", PASSWORD, SetClock(NOON))


@pytest.fixture
def centre(template: Path, tmp_path: Path) -> Path:  # noqa: F811
    folder = tmp_path / "centre"
    shutil.copytree(template, folder)
    return folder


@pytest.fixture
def case_id(centre: Path) -> str:
    office = _open(centre)
    try:
        return office.services.cases.open_for_client(make_client(office)).value.case_id
    finally:
        office.close()


class Writer:
    """The other program, its lines, and its end."""

    def __init__(self, root: Path, python: str, folder: Path, *arguments: str) -> None:
        home = folder / "home"
        home.mkdir(exist_ok=True)
        env = {**os.environ, "HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            [python, "-m", "tests.e2e.writer", str(folder), *arguments],
            cwd=root,
            env=env,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def lines(self) -> Iterator[list[str]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield line.split()

    def kill(self) -> list[list[str]]:
        """SIGKILL; whatever it had said by then."""
        self.process.send_signal(signal.SIGKILL)
        rest = list(self.lines())
        assert self.process.wait() == -signal.SIGKILL
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        return rest


def test_no_committed_save_is_lost(root: Path, python: str, centre: Path, case_id: str) -> None:
    chance = random.Random(20261123)
    said: list[list[str]] = []
    for _ in range(ROUNDS):
        writer = Writer(root, python, centre, case_id)
        wanted = chance.randint(SAVES // ROUNDS, SAVES // ROUNDS + 15)
        for line in writer.lines():
            said.append(line)
            wanted -= 1
            if not wanted:
                break
        said += writer.kill()
        _all_there(centre, case_id, said)
    assert len(said) >= SAVES


def _all_there(centre: Path, case_id: str, said: list[list[str]]) -> None:
    office = _open(centre)
    try:
        notes = {note.id: note for note in office.services.notes.notes(case_id)}
        assert all(note.verified for note in notes.values())
        drafts: dict[str, int] = {}
        for kind, row_id, number in said:
            if kind == "signed":
                assert notes[row_id].content["presenting"] == f"第{number}次"
            else:
                drafts[row_id] = int(number)
        signed = {note.session_id for note in notes.values()}
        for session_id, last in drafts.items():
            if session_id not in signed:
                kept = office.services.notes.kept(session_id)
                assert kept is not None and int(kept.content["presenting"][1:-1]) >= last
        with office.ctx.db.read() as tx:
            assert audit.broken_at(tx) is None
    finally:
        office.close()


def _forms(text: str) -> list[bytes]:
    """What somebody would look for, also inside a base64 text at any offset."""
    plain = [text.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")]
    coded = []
    for raw in plain:
        for offset in range(3):
            line = base64.b64encode(b"\0" * offset + raw)
            coded.append(line[-(-offset * 4 // 3) + 4 : -4])
    return plain + coded


def _found(folder: Path, text: str) -> list[str]:
    forms = _forms(text) + _forms(text[:6])
    hits = []
    for path in folder.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            hits += [path.name for form in forms if form in raw]
    return hits


def test_the_search_itself_finds_what_is_there(tmp_path: Path) -> None:
    for n, form in enumerate(
        (TEXT.encode(), TEXT.encode("utf-16-le"), base64.b64encode(b"x" + TEXT.encode("gb18030")))
    ):
        (tmp_path / f"f{n}").write_bytes(b"....." + form + b"....")
        assert f"f{n}" in _found(tmp_path, TEXT)


def test_a_typed_note_is_in_no_file_while_open_nor_after_a_kill(
    root: Path, python: str, centre: Path, case_id: str
) -> None:
    writer = Writer(root, python, centre, case_id, TEXT)
    assert next(writer.lines()) == ["written"]
    assert (centre / "centre.db-wal").stat().st_size > 0, "the log of writes is among the files looked at"
    assert _found(centre, TEXT) == []
    writer.kill()
    assert _found(centre, TEXT) == []
    office = _open(centre)
    try:
        assert [note.content["presenting"] for note in office.services.notes.notes(case_id)] == [TEXT]
        assert _found(centre, TEXT) == []
    finally:
        office.close()
    assert _found(centre, TEXT) == []
