"""The folder hub by itself: durable, read back, never made where it is missing, and no way out of it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from app.common.errors import EnvironmentFault, UserError
from app.sync.hubs import accept_hub, hub_words, normal_url, open_hub
from db.replica import hubs
from db.replica.files import TEMPORARY, Disk
from db.replica.hubs import JOIN, MARKER, FolderHub, HubFault, HubTrouble, folder_url, marker, prepare, probe
from tests.services.courier_child import WatchedDisk
from tests.services.hub_folders import tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "同步 hub 100%"
    folder.mkdir()
    return folder


@pytest.fixture
def hub(root: Path) -> FolderHub:
    return FolderHub(root, "me")


def kind(fault: pytest.ExceptionInfo[HubFault]) -> HubTrouble:
    return fault.value.kind


def test_created_once_read_and_replaced(root: Path, hub: FolderHub) -> None:
    assert hub.create("join/a", b"1") and hub.create("join/a", b"1")
    assert not hub.create("join/a", b"2") and not hub.create("join/a", b"")
    assert hub.read("join/a", 1) == b"1" and hub.exists("join/a")
    hub.replace("join/a", b"33")
    assert hub.read("join/a", 10) == b"33" and hub.read("join/a", 1) is None
    hub.delete("join/a")
    hub.delete("join/a")
    assert not hub.exists("join/a") and hub.read("join/a", 10) is None
    assert tree(root) == {}


def test_lists_what_is_below_a_folder(root: Path, hub: FolderHub) -> None:
    for path in ("join/a", "segments/org/1", "segments/org/deep/2"):
        hub.create(path, path.encode())
    assert dict(hub.list("segments")) == {"segments/org/1": 14, "segments/org/deep/2": 19}
    assert dict(hub.list(JOIN)) == {"join/a": 6}
    assert dict(hub.list("none")) == {}


def test_each_step_of_a_write_is_made_durable(root: Path) -> None:
    steps: list[str] = []

    class Told(Disk):
        def write(self, handle: int, data: bytes) -> None:
            steps.append("write")
            super().write(handle, data)

        def sync(self, handle: int) -> None:
            steps.append("sync")
            super().sync(handle)

        def rename(self, old: Path, new: Path) -> None:
            assert old.name.startswith(TEMPORARY) and old.parent == new.parent
            steps.append(f"rename {new.name}")
            super().rename(old, new)

        def sync_folder(self, folder: Path) -> None:
            steps.append(f"folder {folder.name}")
            super().sync_folder(folder)

    FolderHub(root, disk=Told()).create("a/b/c", b"1")
    assert steps == [f"folder {root.name}", "folder a", "write", "sync", "rename c", "folder b"]


def test_a_folder_system_without_folder_sync_is_lived_with(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def on_a_share(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        real(handle)

    monkeypatch.setattr(os, "fsync", on_a_share)
    assert FolderHub(root).create("a/b", b"1")


def test_what_a_killed_run_left_is_tidied_and_nobody_elses(root: Path, hub: FolderHub) -> None:
    hub.create("segments/org/1", b"1")
    mine, other = (root / "segments" / "org" / f"{TEMPORARY}{owner}-0" for owner in ("me", "you"))
    mine.write_bytes(b"1")
    other.write_bytes(b"2")
    beside = root / f"{TEMPORARY}me-1"
    beside.write_bytes(b"3")
    assert dict(hub.list("segments")) == {"segments/org/1": 1}
    assert hub.tidy() == 2 and hub.tidy() == 0
    assert not mine.exists() and not beside.exists() and other.exists()


def test_a_shared_folder_says_who_may_write(root: Path, hub: FolderHub) -> None:
    root.chmod(0o2775)
    hub.create("segments/org/1", b"1")
    assert stat.S_IMODE((root / "segments" / "org").stat().st_mode) & 0o777 == 0o775
    assert stat.S_IMODE((root / "segments" / "org" / "1").stat().st_mode) == 0o664


@pytest.mark.parametrize("path", ["../x", "a/../x", "/x", "a//x", "", "a\\x", "c:x", ".x", "a/\0"])
def test_no_way_out_by_name(hub: FolderHub, path: str) -> None:
    for act in (lambda: hub.create(path, b"1"), lambda: hub.read(path, 1), lambda: hub.delete(path)):
        with pytest.raises(ValueError, match="path"):
            act()


def test_no_way_out_by_links(tmp_path: Path, root: Path, hub: FolderHub) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"s")
    (root / "join").symlink_to(outside)
    (root / "direct").symlink_to(outside / "secret")
    assert dict(hub.list("")) == dict(hub.list("join")) == dict(hub.list("join/deeper")) == {}
    assert hub.read("direct", 10) is None and hub.read("join/secret", 10) is None and not hub.exists("join/secret")
    hub.delete("join/secret")
    with pytest.raises(HubFault) as blocked:
        hub.create("join/new", b"1")
    assert kind(blocked) is HubTrouble.BLOCKED
    assert not hub.create("direct", b"s") and not hub.exists("direct")
    hub.replace("direct", b"mine")
    assert tree(outside) == {"secret": b"s"}


def test_a_pipe_is_not_waited_for(root: Path, hub: FolderHub) -> None:
    os.mkfifo(root / "pipe")
    assert hub.read("pipe", 10) is None and dict(hub.list("")) == {}


def test_a_file_where_a_folder_belongs(root: Path, hub: FolderHub) -> None:
    (root / "segments").write_bytes(b"a file")
    assert dict(hub.list("segments/org")) == {} and hub.read("segments/org", 9) is None
    with pytest.raises(HubFault) as blocked:
        hub.create("segments/org", b"1")
    assert kind(blocked) is HubTrouble.BLOCKED


def test_a_folder_where_a_file_belongs(root: Path, hub: FolderHub) -> None:
    (root / "a" / "b").mkdir(parents=True)
    assert hub.read("a", 9) is None and not hub.create("a", b"1")
    with pytest.raises(HubFault) as blocked:
        hub.replace("a", b"1")
    assert kind(blocked) is HubTrouble.BLOCKED
    assert [path.name for path in root.iterdir()] == ["a"]


def test_an_unreadable_folder_is_passed_over_and_told(
    root: Path, hub: FolderHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("segments/a/1", "segments/b/2"):
        hub.create(path, b"1")
    real = os.scandir

    def closed(path: Path) -> object:  # the tests may run as root, whom no mode stops
        if path.name == "a":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert dict(hub.list("segments")) == {"segments/b/2": 1}
    assert hub.unreadable == ("segments/a",)


def test_a_missing_hub_is_away_for_every_act_and_stays_missing(root: Path, hub: FolderHub) -> None:
    root.rmdir()
    acts = (
        lambda: list(hub.list("")),
        lambda: hub.read("a", 1),
        lambda: hub.create("a", b"1"),
        lambda: hub.replace("a", b"1"),
        lambda: hub.delete("a"),
        lambda: hub.exists("a"),
        lambda: probe(hub),
        lambda: prepare(hub),
    )
    for act in acts:
        with pytest.raises(HubFault) as away:
            act()
        assert kind(away) is HubTrouble.AWAY
    assert not root.exists()
    root.write_bytes(b"a file")
    with pytest.raises(HubFault) as no_folder:
        hub.read("a", 1)
    assert kind(no_folder) is HubTrouble.AWAY


SYSTEM = {
    errno.ENOSPC: "hub-full",
    errno.EDQUOT: "hub-full",
    errno.EROFS: "hub-denied",
    errno.EACCES: "hub-denied",
    errno.EIO: "hub-away",
    errno.ESTALE: "hub-away",
    errno.ENOTCONN: "hub-away",
    errno.EHOSTDOWN: "hub-away",
    errno.EMFILE: "hub-fault",
}


@pytest.mark.parametrize("number", SYSTEM)
def test_what_the_system_says_becomes_a_sentence(root: Path, number: int) -> None:
    def fail(path: Path) -> None:
        raise OSError(number, os.strerror(number))

    url = folder_url(root)
    with pytest.raises(EnvironmentFault) as fault, hub_words(url):
        open_hub(url, disk=WatchedDisk(fail)).create("a/b", b"1")
    assert fault.value.code == SYSTEM[number]
    assert str(root) in fault.value.text() and "{" not in fault.value.text()
    assert tree(root) == {}


def test_windows_says_it_with_numbers_of_its_own() -> None:
    class WindowsError21(OSError):
        winerror = 0

    for number, trouble in (
        (53, HubTrouble.AWAY),
        (112, HubTrouble.FULL),
        (5, HubTrouble.DENIED),
        (32, HubTrouble.FAULT),
    ):
        error = WindowsError21(errno.EACCES, "")
        error.winerror = number
        assert hubs.trouble_of(error) is trouble


# --- trying and marking


def test_a_probe_leaves_nothing_behind(root: Path, hub: FolderHub) -> None:
    probe(hub)
    assert list(root.iterdir()) == []


def test_a_hub_that_overwrites_is_not_accepted(root: Path) -> None:
    class Careless(FolderHub):
        def create(self, path: str, data: bytes) -> bool:
            self.replace(path, data)
            return True

    with pytest.raises(HubFault) as unsafe:
        probe(Careless(root))
    assert kind(unsafe) is HubTrouble.UNSAFE and list(root.iterdir()) == []


def test_a_hub_that_forgets_is_not_accepted(root: Path) -> None:
    class Forgetful(FolderHub):
        def read(self, path: str, max_bytes: int) -> bytes | None:
            return None

    with pytest.raises(HubFault) as torn:
        probe(Forgetful(root))
    assert kind(torn) is HubTrouble.TORN


def test_a_hub_is_marked_once_and_again_when_emptied(root: Path, hub: FolderHub) -> None:
    assert marker(hub) is None
    number = prepare(hub)
    assert marker(hub) == prepare(hub) == number and len(number) == 16
    assert "请不要改动" in (root / MARKER).read_text(encoding="utf-8")
    (root / MARKER).write_bytes(b"")
    assert marker(hub) is None
    assert prepare(hub) not in ("", number)


def test_accepting_tries_and_marks(root: Path) -> None:
    accept_hub(folder_url(root))
    assert [path.name for path in root.iterdir()] == [MARKER]


# --- addresses


@pytest.mark.parametrize(
    "url", ["", "folder:", "s3://bucket/prefix", "/srv/hub", "file:///srv/hub", "C:\\hub", "folder:\0"]
)
def test_an_address_that_nobody_knows(url: str) -> None:
    for act in (normal_url, open_hub, accept_hub):
        with pytest.raises(UserError) as unknown:
            act(url)
        assert unknown.value.code == "hub-unknown" and not isinstance(unknown.value, EnvironmentFault)
        assert "folder:" in unknown.value.text()


def test_a_relative_folder_is_made_absolute_and_never_opened_as_it_is(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root.parent)
    assert normal_url(f" folder:{root.name}") == folder_url(root) == f"folder:{root}"
    with pytest.raises(UserError):
        open_hub(f"folder:{root.name}")
    assert isinstance(open_hub(folder_url(root)), FolderHub)
