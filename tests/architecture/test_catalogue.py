"""The catalogue has every word the code says, and its check sees each way in which it could lack one."""

from __future__ import annotations

import gettext
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.i18n import catalogue

SOURCE = """
from app.common.words import N_, ntr, tr
GREETING = N_("Good morning, {name}")
def count(n):
    return tr("Queue") + ntr("{n} waits", "{n} wait", n)
"""
WORDS = {"Good morning, {name}": "{name}，早上好", "Queue": "等候队列", "{n} waits": "{n} 人等候"}


def test_every_word_has_its_chinese(root: Path) -> None:
    assert catalogue.problems(root) == []


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small program whose words are all translated."""
    for folder in catalogue.SOURCES:
        (tmp_path / folder).mkdir()
    (tmp_path / "app" / "desk.py").write_text(SOURCE, encoding="utf-8")
    assert catalogue.update(tmp_path, WORDS) == []
    assert catalogue.problems(tmp_path) == []
    return tmp_path


def _say(tree: Path, line: str) -> None:
    with (tree / "app" / "desk.py").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def _in_po(tree: Path, old: str, new: str) -> None:
    po = tree / catalogue.PO
    text = po.read_text(encoding="utf-8")
    assert old in text
    po.write_text(text.replace(old, new), encoding="utf-8")


SPOILT: dict[str, Callable[[Path], None]] = {
    "missing: 'Rota'": lambda tree: _say(tree, 'tr("Rota")'),
    "missing: 'Queue'": lambda tree: _in_po(tree, '"等候队列"', '""'),
    "doubtful (fuzzy): 'Queue'": lambda tree: _in_po(tree, 'msgid "Queue"', '#, fuzzy\nmsgid "Queue"'),
    "unused: 'Old'": lambda tree: _in_po(tree, 'msgid "Queue"', 'msgid "Old"\nmsgstr "旧"\n\nmsgid "Queue"'),
    "placeholders differ: 'Good morning, {name}'": lambda tree: _in_po(tree, "{name}，早上好", "{nome}，早上好"),
    "placeholders differ: '{n} waits'": lambda tree: _in_po(tree, "{n} 人等候", "有人等候"),
    "braces do not match": lambda tree: _in_po(tree, "{name}，早上好", "{name，早上好"),
    "is not what": lambda tree: _in_po(tree, "等候队列", "队列"),
    "unreadable: app/desk.py": lambda tree: _say(tree, 'tr("""'),
}


@pytest.mark.parametrize("complaint", SPOILT)
def test_a_planted_gap_is_caught(tree: Path, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    SPOILT[complaint](tree)
    assert catalogue.main(["--root", str(tree), "check"]) == 1
    assert any(complaint in line for line in capsys.readouterr().out.splitlines())


def test_update_writes_the_same_bytes_again(tree: Path) -> None:
    before = [(tree / path).read_bytes() for path in (catalogue.PO, catalogue.MO)]
    catalogue.update(tree, {})
    assert [(tree / path).read_bytes() for path in (catalogue.PO, catalogue.MO)] == before


def test_a_word_out_of_use_is_kept_until_pruned(tree: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.json"
    words.write_text(json.dumps({"Later": "以后"}), encoding="utf-8")
    assert catalogue.main(["--root", str(tree), "update", "--from", str(words)]) == 0
    assert '#~ msgid "Later"' in (tree / catalogue.PO).read_text(encoding="utf-8")
    _say(tree, 'tr("Later")')
    catalogue.update(tree, {})
    assert catalogue.problems(tree) == []
    (tree / "app" / "desk.py").write_text("", encoding="utf-8")
    catalogue.update(tree, {}, prune=True)
    assert "Later" not in (tree / catalogue.PO).read_text(encoding="utf-8")


def test_the_compiled_file_speaks(tree: Path) -> None:
    with (tree / catalogue.MO).open("rb") as file:
        spoken = gettext.GNUTranslations(file)
    assert spoken.gettext("Queue") == "等候队列"
    assert spoken.ngettext("{n} waits", "{n} wait", 3) == "{n} 人等候"
