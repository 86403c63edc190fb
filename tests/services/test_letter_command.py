"""`longshan letter` as scripts call it: real workspace, real process arguments, the password on standard input."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pypdf
import pytest

from app.cli import main
from app.referrals.views import LetterCard
from tests.services.conftest import PASSWORD, Bench
from tests.services.referral_case import NAME, agree, draft_for, open_student


@pytest.fixture
def card(bench: Bench) -> LetterCard:
    psych = bench.sign("psych")
    student = open_student(psych)
    agree(psych, student)
    return psych.services.letters.release(student.case_id, draft_for(psych, student)).value


def call(monkeypatch: pytest.MonkeyPatch, *argv: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
    return main([*argv, "--lang", "en"])


def text_of(path: Path) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def test_the_desk_gets_a_released_letter(
    bench: Bench, card: LetterCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "letter.pdf"
    where = ("--workspace", str(bench.folder), "--user", "desk")
    assert call(monkeypatch, "letter", card.short, "--out", str(out), *where, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"number": card.number, "file": str(out)}
    assert NAME in text_of(out)
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob(".letter*")] == []


@pytest.mark.parametrize(("login", "number"), [("director", ""), ("desk", "LSA-2026-0999-9"), ("desk", "nonsense")])
def test_a_refusal_is_one_sentence(
    bench: Bench,
    card: LetterCard,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    login: str,
    number: str,
) -> None:
    out = tmp_path / "letter.pdf"
    where = ("--workspace", str(bench.folder), "--user", login)
    assert call(monkeypatch, "letter", number or card.number, "--out", str(out), *where) == 1
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.strip().splitlines()) == 1 and not out.exists()


def test_specimen_pages_need_no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = tmp_path / "names.txt"
    names.write_text("王子琪\n𬘫某\n", encoding="utf-8")
    out = tmp_path / "specimen.pdf"
    assert call(monkeypatch, "letter", "--specimen", str(names), "--out", str(out)) == 0
    assert len(pypdf.PdfReader(out).pages) == 2
    said = text_of(out)
    assert "王子琪" in said and "𬘫某" in said and "样张" in said
    assert call(monkeypatch, "letter", "--specimen", str(tmp_path / "none.txt"), "--out", str(out)) == 1


def test_wrong_usage_and_an_unwritable_folder_have_their_own_status(
    bench: Bench, card: LetterCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "letter.pdf"
    assert call(monkeypatch, "letter", "--out", str(out)) == 2
    assert call(monkeypatch, "letter", card.number, "--out", str(out)) == 2
    where = ("--workspace", str(bench.folder), "--user", "desk")
    assert call(monkeypatch, "letter", card.number, "--out", str(tmp_path / "no" / "letter.pdf"), *where) == 3
