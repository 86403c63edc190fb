"""`longshan import` and `longshan search` as scripts call them: exit status, one JSON document, clear sentences."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app import cli
from tests.services.conftest import PASSWORD

if TYPE_CHECKING:
    from tests.services.conftest import Bench

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str, user: str = "desk", password: str = PASSWORD) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(password + "\n"))
        status = cli.main(["--lang", "en", *words, "--workspace", str(bench.folder), "--user", user])
        out, err = capsys.readouterr()
        return status, out, err

    return call


def document(run: Run, *words: str, user: str = "desk") -> Any:
    status, out, err = run(*words, "--json", user=user)
    assert (status, err) == (0, "")
    return json.loads(out)


def test_the_register_as_a_script_sees_it(run: Run, tmp_path: Path) -> None:
    for name in ("register-2023.xlsx", "register-2023.csv"):
        shutil.copy(FIXTURES / name, tmp_path / name)
    trial = document(run, "import", "clients", str(tmp_path / "register-2023.xlsx"), "--dry-run")
    assert (trial["read"], trial["added"], trial["rejects"]) == (420, 408, None)
    first = document(run, "import", "clients", str(tmp_path / "register-2023.xlsx"))
    keys = ("read", "added", "existing", "refused", "warned", "clients", "visits")
    assert [first[key] for key in keys] == [420, 408, 0, 12, 23, 375, 408]
    assert first["read"] == first["added"] + first["existing"] + first["refused"]
    assert Path(first["rejects"]).is_file()
    again = document(run, "import", "clients", str(tmp_path / "register-2023.csv"))
    assert [again[key] for key in keys] == [420, 0, 408, 12, 23, 0, 0]
    found = document(run, "search", "tcg")
    assert [(one["name"], one["school"], one["matched"]) for one in found] == [("唐翀刚", "聊城市第三中学", "pinyin")]
    assert {"id", "name", "age", "school", "matched"} <= set(found[0])
    assert document(run, "search", "nobodyatall") == []


def test_experts_and_words(run: Run, tmp_path: Path) -> None:
    path = Path(shutil.copy(FIXTURES / "experts-2027.csv", tmp_path))
    assert document(run, "import", "experts", str(path), user="director")["added"] == 64
    status, out, _ = run("import", "experts", str(path), user="director")
    assert status == 0
    assert out.startswith("64 rows read: 0 added, 64 already there, 0 refused")
    assert run("search", "E001")[1] == "Nobody was found.\n"


def test_refusals_are_one_sentence(run: Run, tmp_path: Path) -> None:
    experts = str(shutil.copy(FIXTURES / "experts-2027.csv", tmp_path))
    assert run("import", "experts", experts) == (1, "", "Your role does not allow this.\n")
    assert run("import", "clients", str(tmp_path / "no.csv"))[0] == 3
    status, out, err = run("import", "clients", experts)
    assert (status, out) == (1, "")
    assert err == "The file has no column 来访日期.\n"
    assert run("import", "clients", experts, password="wrong")[0] == 1
    assert run("import", "clients", experts, "--year", "20x")[0] == 2
    assert run("import", "teachers", experts)[0] == 2
