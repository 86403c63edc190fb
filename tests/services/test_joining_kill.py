"""Power fails in the middle of joining, at every step that names a file: there is a whole workspace or none."""

# ruff: noqa: F811

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import create_organisation, open_workspace, sign_in
from app.common.clock import SetClock
from app.common.errors import Cancelled, EnvironmentFault
from app.common.progress import CancelToken
from app.security.accounts import NewAccount
from app.security.founding import CentreSpec, FoundingSpec
from app.security.permissions import Role
from app.security.workspace import exists
from app.sync.joining import JoinOffer, JoinRequest, join, open_packet
from db.crypto.passwords import FLOOR_MEMORY
from tests.services.casework import make_client
from tests.services.conftest import NOON, PASSWORD
from tests.services.two_pcs import TwoPcs, pcs, pcs_template  # noqa: F401

MADE = ("accounts.json", "centre.db")
_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_CHILDREN: Any = multiprocessing.get_context(_METHOD)
_CHILDREN.set_forkserver_preload([__name__, "tests.services.two_pcs", "app.bootstrap", "app.sync.joining"])


def _die_at(step: int) -> None:
    """The process is gone at the `step`th renaming of a file, before it happens; with no farewell of any kind."""
    seen = 0

    def hook(event: str, _: tuple[object, ...]) -> None:
        nonlocal seen
        if event == "os.rename":
            seen += 1
            if seen == step:
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    sys.addaudithook(hook)


def _join_and_die(folder: Path, request: JoinRequest, offer: JoinOffer, step: int) -> None:
    _die_at(step)
    join(folder, request, offer, clock=SetClock(NOON))


def _found_and_die(folder: Path, step: int) -> None:
    _die_at(step)
    director = NewAccount("director", "郑主任", frozenset({Role.DIRECTOR}), PASSWORD)
    create_organisation(folder, FoundingSpec("机构", CentreSpec("某中心"), director, kdf_memory=FLOOR_MEMORY))


def _killed(target: object, *args: object) -> bool:
    """Whether it died on the way; False once it came through."""
    child = _CHILDREN.Process(target=target, args=args)
    child.start()
    child.join()
    assert child.exitcode in (0, -9, -15)
    return bool(child.exitcode != 0)


@pytest.fixture
def offered(pcs: TwoPcs) -> tuple[JoinRequest, JoinOffer]:
    make_client(pcs.sign(pcs.desk, "desk"))
    request = JoinRequest.new("三号机")
    joining = pcs.sign(pcs.desk, "director").services.joining
    return request, open_packet(request, joining.admit(request.data, pcs.centre, "三号机").value.packet)


def test_power_that_fails_while_joining_leaves_no_half_workspace(
    offered: tuple[JoinRequest, JoinOffer], tmp_path: Path
) -> None:
    last = _renamings(*offered, tmp_path / "counted")
    assert last > 5
    for step in sorted({1, last // 2, last - 2, last - 1, last}):
        folder = tmp_path / f"at-{step}"
        assert _killed(_join_and_die, folder, *offered, step)
        assert not folder.exists()
        join(folder, *offered, clock=SetClock(NOON))  # what is left does not stand in the way
        assert not list(tmp_path.glob(".making-*"))
        _signs_in(folder)


def test_power_that_fails_while_joining_in_a_folder_with_other_things_leaves_no_accounts(
    offered: tuple[JoinRequest, JoinOffer], tmp_path: Path
) -> None:
    """The files get their names one by one, the accounts file last."""
    (tmp_path / "counted").mkdir()
    (tmp_path / "counted" / "x").write_bytes(b"")
    last = _renamings(*offered, tmp_path / "counted")
    for step in (last - 3, last - 1, last):
        folder = tmp_path / f"at-{step}"
        folder.mkdir()
        (folder / "说明.txt").write_text("别人的文件")
        assert _killed(_join_and_die, folder, *offered, step)
        assert not (folder / "accounts.json").exists()
        join(folder, *offered, clock=SetClock(NOON))
        assert not list(folder.glob(".making-*"))
        assert (folder / "说明.txt").exists()
        _signs_in(folder)


def _renamings(request: JoinRequest, offer: JoinOffer, folder: Path) -> int:
    """How many there are when nothing goes wrong."""
    count = _CHILDREN.Value("i", 0)
    child = _CHILDREN.Process(target=_join_and_count, args=(folder, request, offer, count))
    child.start()
    child.join()
    return int(count.value)


def _join_and_count(folder: Path, request: JoinRequest, offer: JoinOffer, count: Any) -> None:
    def hook(event: str, _: tuple[object, ...]) -> None:
        count.value += event == "os.rename"

    sys.addaudithook(hook)
    join(folder, request, offer, clock=SetClock(NOON))


def _signs_in(folder: Path) -> None:
    office = sign_in(open_workspace(folder), "desk", PASSWORD, SetClock(NOON))
    office.close()


def test_power_that_fails_before_the_end_leaves_nothing_under_a_final_name(
    offered: tuple[JoinRequest, JoinOffer], tmp_path: Path
) -> None:
    folder = tmp_path / "room3"
    assert _killed(_join_and_die, folder, *offered, 2)
    assert [path.name[:14] for path in tmp_path.glob(".*")] == [".making-room3-"]
    assert not folder.exists()


def test_power_that_fails_while_founding_leaves_no_half_workspace(tmp_path: Path) -> None:
    assert _killed(_found_and_die, tmp_path / "one", 1)
    assert not exists(tmp_path / "one")
    assert not _killed(_found_and_die, tmp_path / "one", 1000)
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    assert {path.name for path in (tmp_path / "one").iterdir()} == {*MADE, "backups", "log", "spool"}


def test_a_cancelled_joining_leaves_no_folder(offered: tuple[JoinRequest, JoinOffer], tmp_path: Path) -> None:
    folder, token = tmp_path / "room3", CancelToken()

    def cancel(done: int, total: int) -> None:
        token.cancel()

    with pytest.raises(Cancelled):
        join(folder, *offered, clock=SetClock(NOON), progress=cancel, cancel=token)
    assert not folder.exists() and not list(tmp_path.glob(".making-*"))


def test_a_folder_that_cannot_be_written_is_said(offered: tuple[JoinRequest, JoinOffer], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EnvironmentFault) as fault:
        join(tmp_path / "file" / "room3", *offered, clock=SetClock(NOON))
    assert fault.value.code == "folder-not-writable"
