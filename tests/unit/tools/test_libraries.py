"""What the system lacks is named in one command; a person's machine is never changed without being root."""

from __future__ import annotations

import pytest

from tools import libraries
from tools.say import SetupError


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A system with nothing on it; the list takes what would have been installed."""
    installed: list[list[str]] = []
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(libraries, "present", lambda library: bool(installed))
    monkeypatch.setattr(libraries, "install", installed.append)
    monkeypatch.setattr("shutil.which", lambda program: program if program == "apt-get" else None)
    monkeypatch.setenv("LC_ALL", "C")
    return installed


def test_root_gets_them_all_at_once(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    libraries.ensure("open", display=False)
    assert bare == [sorted([*libraries.ALWAYS.values(), *libraries.DISPLAY.values()])]


def test_another_person_gets_the_one_command(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SetupError) as refused:
        libraries.ensure("test", display=False)
    named = " ".join(sorted([*libraries.ALWAYS.values(), "poppler-utils"]))
    assert str(refused.value).splitlines()[-1].strip() == (
        f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {named}"
    )
    assert bare == []


def test_a_display_needs_more(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SetupError, match="libxcb-cursor0"):
        libraries.ensure("open", display=True)


def test_what_is_there_is_seen() -> None:
    assert libraries.present("libc.so.6")
    assert not libraries.present("libnothing-of-the-kind.so.9")
