"""Every command and option is told in the guide, in both languages, and the guide tells of none that is not there."""

from __future__ import annotations

import argparse
import importlib
import re
from pathlib import Path

import pytest

from app.cli import COMMANDS

EVERYWHERE = {"--json", "--lang", "--workspace", "--user", "--help", "-h"}


def spoken(command: str) -> tuple[set[str], set[str]]:
    """The command lines (`rota fill`) that begin with `command`, and every option they take."""
    parser = argparse.ArgumentParser()
    importlib.import_module(COMMANDS[command]).register(parser.add_subparsers())
    lines: set[str] = set()
    options: set[str] = set()

    def walk(words: str, inner: argparse.ArgumentParser) -> None:
        below = [action for action in inner._actions if isinstance(action, argparse._SubParsersAction)]
        for action in inner._actions:
            options.update(option for option in action.option_strings if option not in EVERYWHERE)
        for action in below:
            for name, parser_of_name in action.choices.items():
                walk(f"{words} {name}".strip(), parser_of_name)
        if not below:
            lines.add(words)

    walk("", parser)
    return lines, options


def told(page: str, command: str) -> str:
    """The page's section on `command`."""
    found = re.search(rf"^## `longshan {command}\b.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


@pytest.fixture(params=["zh", "en"])
def page(request: pytest.FixtureRequest, root: Path) -> str:
    return (root / "docs" / "guide" / f"commands.{request.param}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_guide_tells_each_command_and_option(page: str, command: str) -> None:
    lines, options = spoken(command)
    section = told(page, command)
    assert [line for line in lines if f"`longshan {line}" not in section] == []
    written = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", section)) - EVERYWHERE
    assert written == options


def test_the_guide_tells_of_no_other_command(page: str) -> None:
    assert set(re.findall(r"`longshan ([a-z]+)", page)) == set(COMMANDS)


def test_the_options_of_all_commands_are_told_once(page: str) -> None:
    opening = page.partition("\n## ")[0]
    assert [option for option in EVERYWHERE - {"--help", "-h"} if f"`{option}" not in opening] == []
