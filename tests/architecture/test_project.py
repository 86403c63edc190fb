"""What the project says about itself is so: its lock, its imports, its links, its licences."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

OURS = {"app", "db", "ui", "tools", "tests", "resources", "run"}
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
# Needed without being imported by name: time zones for zoneinfo.
UNNAMED = {"tzdata"}
# PySide6's own lower half.
INSIDE = {"shiboken6"}


def normal(name: str) -> str:
    """A distribution's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def declared(requirements: list[str]) -> dict[str, str]:
    """Distribution to version bounds."""
    parted = [re.match(r"([\w.-]+)(?:\[[\w,-]+\])?\s*(.*)", one) for one in requirements]
    return {normal(found[1]): found[2] for found in parted if found}


def test_the_lock_belongs_to_the_project(root: Path, project: dict[str, Any]) -> None:
    lock = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))
    own = next(package for package in lock["package"] if package["name"] == project["project"]["name"])
    locked = {one["name"]: one.get("specifier", "") for one in own["metadata"]["requires-dist"]}
    assert locked == declared(project["project"]["dependencies"])
    tools = {one["name"]: one.get("specifier", "") for one in own["metadata"]["requires-dev"]["dev"]}
    assert tools == declared(project["dependency-groups"]["dev"])
    assert own["version"] == project["project"]["version"]


def imported(folder: Path) -> set[str]:
    """Top-level names of every import below `folder`."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names - OURS - INSIDE - set(sys.stdlib_module_names)


def test_every_import_is_declared_and_every_dependency_used(root: Path, project: dict[str, Any]) -> None:
    names = set().union(*(imported(root / house) for house in ("app", "db", "ui")))
    providers = packages_distributions()
    used = {name: {normal(one) for one in providers[name]} for name in names}
    runtime = set(declared(project["project"]["dependencies"]))
    assert {name for name, ones in used.items() if not ones & runtime} == set(), "imported, but not declared"
    assert runtime - set().union(*used.values()) - UNNAMED == set(), "declared, but not imported"


def test_links_between_documents_lead_somewhere(root: Path) -> None:
    pages = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    assert len(pages) > 3
    broken = [
        f"{page.relative_to(root)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_each_language_has_every_page(root: Path) -> None:
    pages = {path.name for path in (root / "docs" / "guide").glob("*.md")}
    assert {name.replace(".zh.", ".en.") for name in pages if ".zh." in name} == {n for n in pages if ".en." in n}


def test_decisions_have_numbers_of_their_own(root: Path) -> None:
    numbers = [path.name[:4] for path in (root / "docs" / "decisions").glob("*.md")]
    assert all(number.isdigit() for number in numbers)
    assert len(numbers) == len(set(numbers))


def test_licences_lie_beside_what_they_cover(root: Path) -> None:
    assert "GNU GENERAL PUBLIC LICENSE" in (root / "LICENSE").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in (root / "resources/fonts/OFL-NotoSansSC.txt").read_text(encoding="utf-8").upper()
    assert (root / "resources/fonts/OFL-NotoSerifSC.txt").is_file()
    assert "ISC" in (root / "resources/icons/LICENSE-Lucide.txt").read_text(encoding="utf-8")


def test_the_change_log_knows_this_version(root: Path, project: dict[str, Any]) -> None:
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text or f"## [{project['project']['version']}]" in text
