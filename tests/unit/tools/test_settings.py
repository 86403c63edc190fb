"""Set-up reads the index, proxy and certificates as pip would."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools import settings


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    return tmp_path


def told(home: Path, text: str = "", **env: str) -> settings.Settings:
    """What is read with `text` as this person's pip.conf; the machine's own files are kept out by XDG_CONFIG_DIRS."""
    config = home / ".config" / "pip" / "pip.conf"
    config.write_text(text, encoding="utf-8")
    return settings.read({"HOME": str(home), "XDG_CONFIG_DIRS": str(home), "PIP_CONFIG_FILE": str(config)} | env)


def test_a_mirror_in_pips_file_is_used(home: Path) -> None:
    read = told(home, "[global]\nindex-url = https://mirror.test/simple\ntrusted-host = mirror.test other.test\n")
    assert read.index == "https://mirror.test/simple"
    assert read.trusted == ("mirror.test", "other.test")
    assert not read.is_pypi


def test_the_install_section_wins_over_global_and_the_environment_over_both(home: Path) -> None:
    text = "[install]\nindex_url = https://two.test/simple\n[global]\nindex-url = https://one.test/simple\n"
    assert told(home, text).index == "https://two.test/simple"
    assert told(home, text, PIP_INDEX_URL="https://three.test/simple").index == "https://three.test/simple"


def test_uvs_own_variables_win(home: Path) -> None:
    read = told(home, PIP_INDEX_URL="https://a.test/s", UV_DEFAULT_INDEX="office=https://b.test/s")
    assert read.index == "https://b.test/s"


def test_nothing_said_means_pypi(home: Path) -> None:
    assert told(home).is_pypi


def test_no_index_leaves_the_folders(home: Path) -> None:
    read = told(home, PIP_NO_INDEX="1", PIP_FIND_LINKS="/a /b")
    assert (read.index, read.find_links, read.is_pypi) == (None, ("/a", "/b"), False)


def test_the_null_device_turns_files_off(home: Path) -> None:
    read = told(home, "[global]\nindex-url = https://mirror.test/simple\n", PIP_CONFIG_FILE=os.devnull)
    assert read.is_pypi


def test_a_broken_file_is_no_obstacle(home: Path) -> None:
    assert told(home, "index-url = no section\n").is_pypi


def test_the_certificate_named_to_pip_is_the_one(home: Path) -> None:
    bundle = home / "office.pem"
    bundle.write_text("", encoding="utf-8")
    assert told(home, PIP_CERT=str(bundle), SSL_CERT_FILE="/nowhere").cert == str(bundle)
    assert told(home, PIP_CERT=str(home / "absent.pem")).cert != str(home / "absent.pem")


def test_a_password_in_the_address_is_not_shown() -> None:
    assert settings.shown("https://me:secret@mirror.test/simple") == "https://mirror.test/simple"
    assert settings.shown("https://mirror.test/a@b") == "https://mirror.test/a@b"
