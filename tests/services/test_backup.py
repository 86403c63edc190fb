"""A backup is whole, proven, unreadable without the key, and can be gone back to; a bad one is refused in words."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.bootstrap import Office, open_workspace, sign_in
from app.common.errors import Cancelled, EnvironmentFault, UserError
from app.common.progress import CancelToken
from app.people.clients import NewClient, create_client
from app.security.workspace import exists
from app.sync.hub_file import HubFile, write_hub_file
from app.upkeep import container, making, rotation
from app.upkeep.backup import backups_in
from app.upkeep.restore import restore
from db import copying
from db.errors import StorageFault
from db.models import Client, Device
from db.replica.incarnations import NOT_DRAWN
from tests.services.casework import SECRET, begin, make_client
from tests.services.conftest import NOON, PASSWORD, Bench

NAME = "王子琪"


@pytest.fixture
def office(bench: Bench) -> Office:
    make_client(bench.sign("desk"), name=NAME)
    return bench.sign("desk")


@pytest.fixture
def made(office: Office, tmp_path: Path) -> Path:
    return office.services.backups.make(tmp_path / "one.lsbackup").value.path


def key_of(office: Office) -> bytes:
    return office.workspace.unlock("desk", PASSWORD).database_key


def left_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def names_in(folder: Path) -> list[str]:
    """The clients of a workspace, as its receptionist sees them."""
    office = sign_in(open_workspace(folder), "desk", PASSWORD)
    with office.ctx.db.read() as tx:
        found = list(tx.execute(select(Client.name).order_by(Client.name)).scalars())
    office.close()
    return found


def test_a_restored_backup_holds_what_was_there_and_opens_with_the_password_of_that_day(
    bench: Bench, made: Path, tmp_path: Path
) -> None:
    make_client(bench.sign("desk"), name="后来人")
    view = restore(made, tmp_path / "new" / "place")
    assert (view.made_at, view.synchronises) == (NOON, False)
    assert {"desk", "psych", "psych2", "supervisor", "director"} == set(view.logins)
    assert names_in(tmp_path / "new" / "place") == [NAME]
    assert names_in(bench.folder) == sorted([NAME, "后来人"])


def test_notes_in_a_restored_backup_open_for_the_one_who_wrote_them(bench: Bench, tmp_path: Path) -> None:
    from tests.services.test_attacks import _signed_note

    case_id = _signed_note(bench)
    file = bench.sign("desk").services.backups.make(tmp_path / "one.lsbackup").value.path
    restore(file, tmp_path / "new")
    again = sign_in(open_workspace(tmp_path / "new"), "psych", PASSWORD, bench.clock)
    (note,) = again.services.notes.notes(case_id)
    assert note.verified and note.content["presenting"] == "原话"
    again.close()


def test_a_restored_file_begins_another_life_and_the_original_goes_on_with_its_own(
    bench: Bench, made: Path, tmp_path: Path
) -> None:
    def incarnation(office: Office) -> bytes:
        with office.ctx.db.read() as tx:
            return tx.execute(select(Device.incarnation)).scalar_one()

    own = incarnation(bench.sign("desk"))
    lives = {own}
    for place in ("first", "second"):
        restore(made, tmp_path / place)
        again = sign_in(open_workspace(tmp_path / place), "desk", PASSWORD)
        lives.add(incarnation(again))
        again.close()
        later = sign_in(open_workspace(tmp_path / place), "desk", PASSWORD)
        assert incarnation(later) in lives
        later.close()
    assert len(lives) == 3 and NOT_DRAWN not in lives
    assert incarnation(bench.sign("desk")) == own


def test_no_byte_of_a_backup_or_of_what_its_making_leaves_is_readable(bench: Bench, tmp_path: Path) -> None:
    begin(bench)
    bench.sign("psych").services.drafts.save("note", "s", {"presenting": SECRET})
    seen: list[bytes] = []

    def look(_done: int, _total: int) -> None:
        for folder in (bench.folder, tmp_path):
            seen.extend(file.read_bytes() for file in folder.rglob("*") if file.is_file())

    bench.sign("psych").services.backups.make(tmp_path / "one.lsbackup", progress=look)
    seen.append((tmp_path / "one.lsbackup").read_bytes())
    assert len(seen) > 20
    for data in seen:
        for words in (NAME, SECRET, "舍曲林"):
            assert words.encode() not in data and words.encode("utf-16-le") not in data
        assert b"SQLite format 3" not in data


def test_what_is_written_during_the_copy_waits_for_nobody_and_is_not_half_in_it(
    bench: Bench, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGES_A_STEP", 8)
    typed: list[str] = []

    def type_on(done: int, _total: int) -> None:
        if done < 200 and len(typed) < 10:
            typed.append(f"某{len(typed)}")
            with office.ctx.db.write() as tx:
                create_client(tx, NewClient(typed[-1]), NOON.date())

    file = office.services.backups.make(tmp_path / "one.lsbackup", progress=type_on).value.path
    assert len(typed) == 10
    restore(file, tmp_path / "new")
    assert names_in(tmp_path / "new") == [NAME]
    assert len(names_in(bench.folder)) == 11


def test_it_is_one_ordinary_tar_whose_hashes_any_program_can_check(made: Path) -> None:
    with tarfile.open(made) as tar:
        assert tar.getnames() == ["manifest.json", "manifest.b2", "accounts.json", "centre.db"]
        said, seal = (tar.extractfile(name).read() for name in ("manifest.json", "manifest.b2"))  # type: ignore[union-attr]
    assert seal.split() == [hashlib.blake2b(said, digest_size=32).hexdigest().encode(), b"manifest.json"]
    assert made.stat().st_mode & 0o777 == 0o600 or os.name == "nt"


def test_the_hubs_address_comes_back_and_the_folders_are_the_owners_alone(office: Office, tmp_path: Path) -> None:
    write_hub_file(office.workspace.folder, HubFile("00" * 8, ["org"], "folder:/somewhere"))
    file = office.services.backups.make(tmp_path / "one.lsbackup").value.path
    assert restore(file, tmp_path / "new").synchronises
    folder = tmp_path / "new"
    assert left_in(folder) == ["accounts.json", "backups", "centre.db", "hub.json", "log", "spool"]
    assert (folder / "hub.json").read_bytes() == (office.workspace.folder / "hub.json").read_bytes()
    if os.name == "posix":
        modes = {file.name: file.stat().st_mode & 0o777 for file in (folder, *folder.iterdir())}
        assert {modes[name] for name in ("new", "backups", "log", "spool")} == {0o700}
        assert {modes[name] for name in ("accounts.json", "centre.db", "hub.json")} == {0o600}


def test_progress_rises_to_its_end(office: Office, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    office.services.backups.make(tmp_path / "one.lsbackup", progress=lambda *at: told.append(at))
    assert told == sorted(told) and told[-1] == (1000, 1000)


@pytest.mark.parametrize("at", range(0, 801, 160))
def test_a_cancelled_backup_leaves_nothing(office: Office, tmp_path: Path, at: int) -> None:
    token, place = CancelToken(), tmp_path / "stick"
    place.mkdir()

    def stop(done: int, _total: int) -> None:
        if done >= at:
            token.cancel()

    with pytest.raises(Cancelled):
        office.services.backups.make(place, progress=stop, cancel=token)
    assert left_in(place) == []
    assert left_in(office.workspace.folder / "backups") == []


def test_what_is_read_back_otherwise_than_written_is_thrown_away(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick that loses a byte: damaged here between the write and the reading."""
    place = tmp_path / "stick"
    place.mkdir()

    def lose_a_byte(handle: int) -> None:
        os.pwrite(handle, b"\x00\xff\x00", 300_000)

    monkeypatch.setattr(making, "_forget_cached", lose_a_byte)
    with pytest.raises(EnvironmentFault) as fault:
        office.services.backups.make(place)
    assert fault.value.code == "backup-unproven"
    assert left_in(place) == []


def test_a_data_file_with_a_broken_page_makes_no_backup(bench: Bench, office: Office, tmp_path: Path) -> None:
    place = tmp_path / "stick"
    place.mkdir()
    key = key_of(office)
    office.close()
    path = office.workspace.database_path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises((StorageFault, EnvironmentFault)):
        making.make_backup(office.workspace, key, place / "x", NOON, making.Meter(lambda _d, _t: None, CancelToken()))
    assert left_in(place) == []


def test_a_folder_that_is_not_there_or_not_ours_is_named(office: Office, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        office.services.backups.make(tmp_path / "gone" / "x.lsbackup")
    assert fault.value.code == "folder-missing" and str(tmp_path / "gone") in fault.value.text()


_CHILD = """
import os, resource, signal, sys
from pathlib import Path
from app.bootstrap import open_workspace, sign_in
from app.common.errors import EnvironmentFault

folder, password, target, kill_at, limit = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), *map(int, sys.argv[4:])
office = sign_in(open_workspace(folder), "desk", password)
if limit:
    size = office.workspace.database_path.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size * limit // 100, resource.RLIM_INFINITY))

def die(done, total):
    if done >= kill_at > 0:
        os.kill(os.getpid(), signal.SIGKILL)

try:
    office.services.backups.make(target, progress=die)
except EnvironmentFault as fault:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    office.close()
    sys.exit(fault.code)
"""


def _child(
    root: Path, folder: Path, target: Path, kill_at: int = 0, limit: int = 0
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _CHILD, str(folder), PASSWORD, str(target), str(kill_at), str(limit)]
    return subprocess.run(command, cwd=root, text=True, capture_output=True, check=False)


@pytest.mark.parametrize("percent", [40, 101])
def test_fault_11_a_disk_that_is_full_is_a_sentence_and_nothing_is_left(
    root: Path, bench: Bench, tmp_path: Path, percent: int
) -> None:
    """No file may grow beyond so much of the data file's size: first the copy, then the container does not fit."""
    place = tmp_path / "stick"
    place.mkdir()
    done = _child(root, bench.folder, place, limit=percent)
    assert done.returncode == 1 and done.stderr.strip() in ("storage-full", "disk-full"), done.stderr
    assert left_in(place) == [] and left_in(bench.folder / "backups") == []
    assert bench.sign("desk").services.backups.make(place).value.readable


@pytest.mark.parametrize("kill_at", [1, 450, 850])
def test_fault_08_a_backup_that_was_killed_leaves_none_behind_and_the_next_one_is_made(
    root: Path, bench: Bench, tmp_path: Path, kill_at: int
) -> None:
    place = tmp_path / "stick"
    place.mkdir()
    assert _child(root, bench.folder, place, kill_at).returncode == -signal.SIGKILL
    assert list(place.glob("*.lsbackup")) == []
    assert all(file.name.startswith(".") for file in place.iterdir())
    for left in (*(bench.folder / "backups").iterdir(), *place.iterdir()):
        os.utime(left, (0, 0))
    made = bench.sign("desk").services.backups.make(place).value.path
    assert left_in(bench.folder / "backups") == [] and left_in(place) == [made.name], "what is old is cleared away"
    restore(made, tmp_path / "new")


def test_a_disk_that_refuses_is_named_with_its_folder(office: Office, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EnvironmentFault) as fault:
        office.services.backups.make(tmp_path / "file" / "x.lsbackup")
    assert fault.value.code == "folder-missing"


def test_the_search_through_a_file_can_be_stopped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_OPCODES_A_STEP", 10)
    token, key = CancelToken(), key_of(office)
    path = office.workspace.database_path
    assert copying.look_through(path, key, token.check).sound
    token.cancel()
    with pytest.raises(Cancelled):
        copying.look_through(path, key, token.check)


def test_a_file_that_is_no_backup_of_this_pc_is_not_replaced(office: Office, made: Path, tmp_path: Path) -> None:
    thesis = tmp_path / "论文.docx"
    thesis.write_bytes(b"mine")
    with pytest.raises(UserError) as refused:
        office.services.backups.make(thesis)
    assert refused.value.code == "file-exists" and thesis.read_bytes() == b"mine"
    before = made.stat().st_ino
    assert office.services.backups.make(made).value.path == made
    assert made.stat().st_ino != before


# --- the workspace's own folder --------------------------------------------------------------------------------------


def test_the_daily_backup_is_made_once_a_day(bench: Bench, office: Office) -> None:
    backups = office.services.backups
    first = backups.make_if_due()
    assert first is not None and first.value.path.name == "centre-20261123-104207.lsbackup"
    bench.clock.at += timedelta(hours=5)
    assert backups.make_if_due() is None
    bench.clock.at += timedelta(hours=9)
    assert backups.make_if_due() is not None
    assert [one.path.name for one in backups.list()] == [
        "centre-20261124-004207.lsbackup",
        "centre-20261123-104207.lsbackup",
    ]


def test_a_damaged_file_does_not_count_as_todays(bench: Bench, office: Office) -> None:
    first = office.services.backups.make().value
    first.path.write_bytes(first.path.read_bytes()[:-700])
    assert [one.readable for one in office.services.backups.list()] == [False]
    bench.clock.at += timedelta(minutes=1)
    assert office.services.backups.make_if_due() is not None


def test_due_also_after_a_clock_that_ran_ahead() -> None:
    now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert rotation.due(None, now)
    assert not rotation.due(now - timedelta(hours=1), now)
    assert rotation.due(now + timedelta(days=366), now)


def test_fourteen_and_one_a_month_are_kept() -> None:
    day = datetime(2025, 6, 1, 4, 0, tzinfo=UTC)
    kept: set[str] = set()
    for n in range(700):
        kept.add(rotation.name_at(day + timedelta(days=n)))
        kept -= rotation.superfluous(kept)
    newest = {rotation.name_at(day + timedelta(days=n)) for n in range(686, 700)}
    assert newest <= kept
    months = {name[7:13] for name in kept}
    assert len(months) == 12
    assert len(kept - newest) == 10, "the last of April and of May are among the newest"
    others = {"centre-20250101-000000.lsbackup.txt", "mine.lsbackup", "centre-20251399-000000.lsbackup"}
    assert rotation.superfluous(kept | others) == set()


def test_only_this_pcs_backups_are_thinned_out(bench: Bench, office: Office) -> None:
    folder = office.workspace.folder / "backups"
    foreign = folder / "centre-20200101-000000.lsbackup"
    foreign.write_bytes(b"somebody's")
    for _ in range(16):
        bench.clock.at += timedelta(days=1)
        office.services.backups.make()
    names = left_in(folder)
    assert foreign.name in names
    # 14, and the last of November, which is the seventh of the sixteen days made
    assert len(names) == 15
    assert all(one.readable for one in backups_in(office.workspace.folder)[:14])


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_folder_that_holds_a_centre_is_left_alone(bench: Bench, made: Path) -> None:
    before = (bench.folder / "accounts.json").read_bytes()
    with pytest.raises(UserError) as refused:
        restore(made, bench.folder)
    assert refused.value.code == "workspace-exists"
    (bench.folder / "accounts.json").unlink()
    with pytest.raises(UserError) as refused:
        restore(made, bench.folder)
    assert refused.value.code == "workspace-exists"
    assert before


def _cut(length: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:length]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut in the data": lambda data: data[: len(data) // 2],
    "cut at the end": lambda data: data[:-1],
    "longer": lambda data: data + bytes(512),
    "cut in the manifest": _cut(700),
    "a name that leads out": lambda data: data.replace(b"accounts.json", b"../../etc/xyz", 3),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_refused_and_nothing_is_made(made: Path, tmp_path: Path, damage: str) -> None:
    made.write_bytes(DAMAGE[damage](made.read_bytes()))
    with pytest.raises(UserError) as refused:
        restore(made, tmp_path / "new")
    assert refused.value.code == "backup-damaged"
    assert left_in(tmp_path) == ["centre", "one.lsbackup"]


def test_one_flipped_bit_anywhere_is_found(made: Path, tmp_path: Path) -> None:
    data = made.read_bytes()
    places = {*range(0, 4096, 61), *range(0, len(data), len(data) // 60), *range(len(data) - 1100, len(data), 97)}
    for place in sorted(places):
        flipped = bytearray(data)
        flipped[place] ^= 1
        made.write_bytes(flipped)
        with pytest.raises(UserError) as refused:
            restore(made, tmp_path / "new")
        assert refused.value.code in ("backup-damaged", "not-a-backup"), place
        assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", [b"", b"x" * 40_000, b"SQLite format 3\0" + bytes(5000)])
def test_another_file_is_no_backup(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(UserError) as refused:
        restore(tmp_path / "x", tmp_path / "new")
    assert refused.value.code == "not-a-backup"


def test_an_ordinary_tar_with_paths_and_a_bomb_is_no_backup(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x", "w") as tar:
        for name in ("../../evil", "/etc/evil", "accounts.json"):
            info = tarfile.TarInfo(name)
            info.size = 4
            tar.addfile(info, BytesIO(b"evil"))
    with tarfile.open(tmp_path / "y", "w:gz") as tar:
        info = tarfile.TarInfo("manifest.json")
        info.size = 30_000_000
        tar.addfile(info, BytesIO(bytes(30_000_000)))
    for name in ("x", "y"):
        with pytest.raises(UserError) as refused:
            restore(tmp_path / name, tmp_path / "new")
        assert refused.value.code == "not-a-backup"
    assert left_in(tmp_path) == ["x", "y"]


def _pack(tmp_path: Path, manifest: container.Manifest, parts: dict[str, Path | bytes]) -> Path:
    with (tmp_path / "forged.lsbackup").open("wb") as stream:
        container.write(stream, manifest, parts, lambda _d, _t: None)
    return tmp_path / "forged.lsbackup"


def _forged(tmp_path: Path, made: Path, **other: bytes) -> Path:
    """A backup with other members, its hashes made right again, as somebody with ill will could."""
    import msgspec

    with tarfile.open(made) as tar:
        parts = {name: tar.extractfile(name).read() for name in tar.getnames()[2:]}  # type: ignore[union-attr]
    with made.open("rb") as stream:
        manifest = container.read_outline(stream, made.stat().st_size).manifest
    parts |= {name.replace("_", "."): data for name, data in other.items()}
    members = [
        container.Member(name, len(data), hashlib.blake2b(data, digest_size=32).hexdigest())
        for name, data in parts.items()
    ]
    return _pack(tmp_path, msgspec.structs.replace(manifest, members=members), dict(parts))


@pytest.mark.parametrize(
    "other",
    [{"centre_db": b"SQLite format 3\0" + bytes(8176)}, {"accounts_json": b"{}"}, {"evil_sh": b"rm"}],
    ids=["plain", "accounts", "another member"],
)
def test_a_forged_backup_with_right_hashes_restores_nothing(
    made: Path, tmp_path: Path, other: dict[str, bytes]
) -> None:
    with pytest.raises((UserError, KeyError)) as refused:
        restore(_forged(tmp_path, made, **other), tmp_path / "new")
    assert isinstance(refused.value, UserError) and refused.value.code == "backup-damaged"
    assert not (tmp_path / "new").exists()


def test_a_backup_of_a_newer_program_is_not_called_damaged(made: Path, tmp_path: Path) -> None:
    import msgspec

    with made.open("rb") as stream:
        manifest = container.read_outline(stream, made.stat().st_size).manifest
    newer = msgspec.structs.replace(manifest, format="longshan backup 9", members=[])
    with pytest.raises(UserError) as refused:
        restore(_pack(tmp_path, newer, {}), tmp_path / "new")
    assert refused.value.code == "backup-newer"


def test_a_cancelled_restore_leaves_nothing(made: Path, tmp_path: Path) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        restore(made, tmp_path / "new", progress=lambda _d, _t: token.cancel(), cancel=token)
    assert not (tmp_path / "new").exists()


_RESTORE = """
import os, signal, sys
from pathlib import Path
from app.upkeep.restore import restore
restore(Path(sys.argv[1]), Path(sys.argv[2]), progress=lambda done, _all: os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.mark.parametrize("other", [False, True], ids=["new folder", "folder with other files"])
def test_what_a_kill_left_half_restored_is_cleared_by_the_next_attempt(
    root: Path, made: Path, tmp_path: Path, other: bool
) -> None:
    folder = tmp_path / "place" / "new"
    folder.parent.mkdir()
    if other:
        folder.mkdir()
        (folder / "mine.txt").write_bytes(b"")
    killed = subprocess.run([sys.executable, "-c", _RESTORE, str(made), str(folder)], cwd=root, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not exists(folder)
    assert list(folder.parent.rglob("accounts.json")), "it was killed in the middle"
    told: list[tuple[int, int]] = []
    restore(made, folder, progress=lambda *at: told.append(at))
    assert told == sorted(told) and told[-1][0] == told[-1][1]
    assert exists(folder) and left_in(folder.parent) == ["new"]
    assert [name for name in left_in(folder) if name.startswith(".")] == []


def test_a_sign_in_in_a_changed_password_is_not_in_an_old_backup(bench: Bench, made: Path, tmp_path: Path) -> None:
    bench.sign("psych").services.accounts.change_password(PASSWORD, "another-fine-word-8", 64 * 1024 * 1024)
    restore(made, tmp_path / "new")
    sign_in(open_workspace(tmp_path / "new"), "psych", PASSWORD).close()
    with pytest.raises(UserError):
        sign_in(open_workspace(tmp_path / "new"), "psych", "another-fine-word-8")


def test_the_chain_names_the_backup(office: Office, made: Path) -> None:
    with office.ctx.db.read() as tx:
        acts = list(tx.execute(text("SELECT act FROM audit_entry ORDER BY seq DESC LIMIT 1")).scalars())
    assert acts == ["backup.made"]


def test_the_view_says_what_lies_there(office: Office, made: Path) -> None:
    view = office.services.backups.make().value
    assert view.readable and view.bytes == view.path.stat().st_size
