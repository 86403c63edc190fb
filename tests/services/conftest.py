"""A real encrypted centre, made once per run and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.bootstrap import Office, open_workspace, sign_in
from app.common.clock import SetClock
from app.security.accounts import NewAccount
from app.security.founding import CentreSpec, FoundingSpec, found
from app.security.permissions import Role
from db.crypto.passwords import FLOOR_MEMORY
from tests.services.fleet import Fleet

PASSWORD = "a-long-enough-word-7"
NOON = datetime(2026, 11, 23, 2, 42, 7, tzinfo=UTC)  # Monday 10:42:07 at the centre

PEOPLE = {
    "desk": ("前台一", frozenset({Role.RECEPTIONIST})),
    "psych": ("单明霞", frozenset({Role.PSYCHOLOGIST})),
    "psych2": ("尉迟兰", frozenset({Role.PSYCHOLOGIST})),
    "supervisor": ("解冬梅", frozenset({Role.SUPERVISOR})),
}


@dataclass
class Bench:
    """A workspace folder of one's own, a clock that can be set, and sign-ins that are closed at the end."""

    folder: Path
    clock: SetClock
    sign: Callable[[str], Office]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "centre"
    spec = FoundingSpec(
        organisation="聊城市学生心理健康发展服务中心",
        centre=CentreSpec("聊城市学生心理健康发展服务中心"),
        director=NewAccount("director", "郑主任", frozenset({Role.DIRECTOR}), PASSWORD),
        others=tuple(NewAccount(login, name, roles, PASSWORD) for login, (name, roles) in PEOPLE.items()),
        kdf_memory=FLOOR_MEMORY,
    )
    found(folder, spec, SetClock(NOON))
    return folder


@pytest.fixture
def bench(template: Path, tmp_path: Path) -> Iterator[Bench]:
    folder = tmp_path / "centre"
    shutil.copytree(template, folder)
    clock = SetClock(NOON)
    offices: dict[str, Office] = {}

    def sign(login: str) -> Office:
        if login not in offices:
            offices[login] = sign_in(open_workspace(folder), login, PASSWORD, clock)
        return offices[login]

    yield Bench(folder, clock, sign)
    for office in offices.values():
        office.close()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Fleet]:
    """Two PCs that know each other, closed at the end."""
    fleet = Fleet(tmp_path, 2, NOON)
    yield fleet
    fleet.close()


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Fleet]:
    """As `two`, one more."""
    fleet = Fleet(tmp_path, 3, NOON)
    yield fleet
    fleet.close()
