"""The courier against crashes, torn files and a hostile hub: nothing lost, nothing deleted, said in words."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.common.errors import EnvironmentFault
from app.sync import alarms
from app.sync.spool import Spool
from app.sync.views import CourierResult
from db.replica.files import TEMPORARY
from db.replica.hubs import AGAIN, MARKER, SEGMENTS
from db.replica.names import ORG, fits, parse_name
from tests.services.courier_child import Countdown, WatchedDisk, run_and_die
from tests.services.hub_folders import CENTRE, Pc, at_hub, make_pc, segment, tree
from tests.services.test_courier import desk, hub, numbers, room, said  # noqa: F401

# ruff: noqa: F811

MOMENTS = 25


def converged(hub: Path, *pcs: Pc) -> dict[str, bytes]:
    """All hold the same whole files and no temporary; what they hold."""
    held = at_hub(hub)
    for pc in pcs:
        assert pc.segments() == held
    for path, data in held.items():
        name = parse_name(path)
        assert name is not None and fits(name, data)
    everything = [path for folder in (hub, *(pc.folder for pc in pcs)) for path in tree(folder)]
    assert [path for path in everything if TEMPORARY in path] == []
    return held


def exchange_all(*pcs: Pc) -> None:
    """Until everybody has everything."""
    for pc in (*pcs, *pcs):
        pc.run()


@pytest.fixture
def both(hub: Path, desk: Pc, room: Pc) -> dict[str, bytes]:
    """Either PC has packets that the other lacks; what both shall have."""
    desk.seal(1, 2)
    desk.seal(1, stream=CENTRE)
    room.seal(1, 2, 999, 1000, device=2)
    return desk.segments() | room.segments()


# --- 8: interrupted while sending


def test_fault_08_killed_at_each_step(hub: Path, desk: Pc, room: Pc, both: dict[str, bytes]) -> None:
    room.run()
    (hub / MARKER).unlink()
    start, step, killed = tree(hub), 1, 0
    while run_and_die(desk.run, step):
        killed, step = killed + 1, step + 1
        for path, data in at_hub(hub).items():
            name = parse_name(path)
            assert name is None or fits(name, data), "a name at the hub is given to whole files only"
        for path, data in desk.segments().items():
            name = parse_name(path)
            assert name is None or fits(name, data)
        exchange_all(desk, room)
        assert converged(hub, desk, room) == both
        for made in (hub, desk.spool):
            shutil.rmtree(made)
        for path, data in start.items():
            (hub / path).parent.mkdir(parents=True, exist_ok=True)
            (hub / path).write_bytes(data)
        desk.seal(1, 2)
        desk.seal(1, stream=CENTRE)
    assert killed > 60
    exchange_all(desk, room)
    assert converged(hub, desk, room) == both


@pytest.mark.parametrize("seed", range(4))
def test_fault_08_a_step_fails(hub: Path, desk: Pc, room: Pc, both: dict[str, bytes], seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(MOMENTS):
        pc = chance.choice((desk, room))
        code = chance.choice((errno.EIO, errno.ENOSPC, errno.EACCES, errno.ESTALE, errno.ENOENT))

        def fail(path: Path, code: int = code) -> None:
            raise OSError(code, os.strerror(code))

        try:
            pc.run(WatchedDisk(Countdown(chance.randint(1, 90), fail)))
        except EnvironmentFault as fault:
            assert fault.code.startswith(("hub-", "spool-", "disk-")) and "{" not in fault.text()
    exchange_all(desk, room)
    assert converged(hub, desk, room) == both


def test_fault_08_killed_at_random_moments(root: Path, python: str, hub: Path, desk: Pc, room: Pc) -> None:
    chance, sealed, killed = random.Random(8), 0, 0
    for _ in range(MOMENTS):
        desk.seal(*range(sealed + 1, sealed + 9))
        room.seal(*range(sealed + 1, sealed + 9), device=2)
        sealed += 8
        for pc in chance.sample((desk, room), 2):
            killed += kill_after(root, python, pc.folder, chance.randint(1, 110))
    assert killed > MOMENTS
    exchange_all(desk, room)
    assert len(converged(hub, desk, room)) == 2 * sealed


def start_courier(root: Path, python: str, workspace: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [python, "-m", "tests.services.courier_child", str(workspace)],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def kill_after(root: Path, python: str, workspace: Path, lines: int) -> bool:
    """The whole process group, once it has said so many steps; False if it was done before."""
    child = start_courier(root, python, workspace)
    assert child.stdout is not None
    with child.stdout as said_steps:
        for _, _ in zip(range(lines), said_steps, strict=False):
            continue
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
    assert child.wait() in (0, -signal.SIGKILL)
    return child.returncode != 0


def test_fault_08_killed_at_each_step_of_fetching_and_asking(hub: Path, desk: Pc, room: Pc) -> None:
    names = desk.seal(1, 2, 3)
    desk.run()
    bad = hub / SEGMENTS / names[1].path
    step = 1
    while True:
        bad.write_bytes(bytes(bad.stat().st_size))
        if not run_and_die(room.run, step):
            break
        step += 1
        exchange_all(room, desk, room)
        assert set(converged(hub, desk, room)) == {name.path for name in names}
        assert tree(hub / AGAIN) == {}
        shutil.rmtree(room.spool)
        shutil.rmtree(hub / AGAIN)
    assert step > 30


# --- 9: torn or empty after "success"


@pytest.mark.parametrize("torn", [b"", b"half", None], ids=["empty", "short", "long"])
def test_fault_09_a_torn_file_of_ours_is_replaced(hub: Path, desk: Pc, room: Pc, torn: bytes | None) -> None:
    name = desk.seal(1, 2)[0]
    desk.run()
    path = hub / SEGMENTS / name.path
    good = path.read_bytes()
    path.write_bytes(good + b"!" if torn is None else torn)
    early = room.run()
    assert numbers(early) == (0, 1, 1) and said(early) == [alarms.REFUSED]
    mending = desk.run()
    assert numbers(mending) == (1, 0, 0) and said(mending) == [alarms.MENDED]
    late = room.run()
    assert numbers(late) == (0, 1, 0) and late.alarms == ()
    converged(hub, desk, room)
    assert desk.run() == room.run() == CourierResult()


def test_fault_09_a_hub_that_gives_back_other_bytes_is_not_believed(hub: Path, desk: Pc) -> None:
    name = desk.seal(1)[0]

    class Lossy(WatchedDisk):
        """Says that it wrote, and wrote the half."""

        def sync_folder(self, folder: Path) -> None:
            super().sync_folder(folder)
            for path in folder.glob("0*-*"):
                os.truncate(path, 5)

    with pytest.raises(EnvironmentFault) as torn:
        desk.run(Lossy(lambda path: None))
    assert torn.value.code == "hub-torn"
    result = desk.run()
    assert numbers(result) == (1, 0, 0) and said(result) == [alarms.MENDED]
    assert at_hub(hub) == desk.segments() and name.path in at_hub(hub)


# --- 11, 12: full, pulled


def full(part: str) -> WatchedDisk:
    """A disk on which nothing new fits below a folder of this name."""

    def reached(path: Path) -> None:
        if part in path.parts and path.name.startswith(TEMPORARY):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return WatchedDisk(reached)


def test_fault_11_a_full_hub_stops_the_sending_alone(hub: Path, desk: Pc, room: Pc, both: dict[str, bytes]) -> None:
    room.run()
    with pytest.raises(EnvironmentFault) as fault:
        desk.run(full("hub"))
    assert fault.value.code == "hub-full"
    assert set(desk.segments()) == set(both), "it fetched nevertheless"
    assert desk.waits == []
    exchange_all(desk, room)
    assert converged(hub, desk, room) == both


def test_fault_11_a_full_disk_here(hub: Path, desk: Pc, room: Pc, both: dict[str, bytes]) -> None:
    room.run()
    with pytest.raises(EnvironmentFault) as fault:
        desk.run(full("spool"))
    assert fault.value.code == "disk-full"
    assert set(at_hub(hub)) == set(both), "it sent nevertheless"
    exchange_all(desk, room)
    assert converged(hub, desk, room) == both


def test_fault_11_a_hub_that_may_only_be_read(hub: Path, desk: Pc, room: Pc, both: dict[str, bytes]) -> None:
    room.run()

    def reached(path: Path) -> None:
        if hub in path.parents:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with pytest.raises(EnvironmentFault) as fault:
        desk.run(WatchedDisk(reached))
    assert fault.value.code == "hub-denied"
    assert set(desk.segments()) == set(both)


@pytest.mark.parametrize("step", [2, 9, 17, 30])
def test_fault_12_the_drive_is_pulled(hub: Path, desk: Pc, room: Pc, both: dict[str, bytes], step: int) -> None:
    room.run()
    pulled = hub.with_name("pulled")

    def pull(path: Path) -> None:
        hub.rename(pulled)

    with pytest.raises(EnvironmentFault) as fault:
        desk.run(WatchedDisk(Countdown(step, pull)))
    assert fault.value.code == "hub-away" and not hub.exists()
    pulled.rename(hub)
    exchange_all(desk, room)
    assert converged(hub, desk, room) == both


def test_fault_12_a_share_is_unmounted_and_its_bare_folder_is_left(tmp_path: Path, hub: Path, desk: Pc) -> None:
    real = hub.rename(tmp_path / "real")
    hub.symlink_to(real)
    desk.seal(*range(1, 9))

    def unmount(path: Path) -> None:
        hub.unlink()
        hub.symlink_to("/dev")  # another file system on every machine

    with pytest.raises(EnvironmentFault) as fault:
        desk.run(WatchedDisk(Countdown(40, unmount)))
    assert fault.value.code == "hub-away"
    assert not Path("/dev", SEGMENTS).exists()


# --- 13: no hard links


def test_fault_13_no_hard_links(hub: Path, desk: Pc, room: Pc, both: dict[str, bytes]) -> None:
    real, tried = os.link, []

    def refuse(*paths: object, **options: object) -> None:
        tried.append(paths)
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    os.link = refuse
    try:
        exchange_all(desk, room)
    finally:
        os.link = real
    assert tried == []
    assert converged(hub, desk, room) == both
    assert all(path.stat().st_nlink == 1 for path in hub.rglob("*") if path.is_file())


# --- 15: several at once


def test_fault_15_couriers_and_sealing_at_once(root: Path, python: str, hub: Path, desk: Pc, room: Pc) -> None:
    """Two PCs' couriers on one hub while either PC goes on sealing, and a second courier on the same PC."""
    pcs = {desk: 1, room: 2}
    for pc, device in pcs.items():
        pc.seal(*range(1, 40), device=device)
    both_at_once = [start_courier(root, python, pc.folder) for pc in (*pcs, *pcs)]
    sealing = Spool(desk.folder), Spool(room.folder)
    for seq in range(40, 80):
        for spool, device in zip(sealing, pcs.values(), strict=True):
            spool.list()
            spool.put(*segment(seq, device=device))
    for child in both_at_once:
        child.communicate()
    ends = [child.returncode for child in both_at_once]
    assert ends.count(0) >= 2 and set(ends) <= {0, 1}, "a second one on the same PC is refused"
    exchange_all(desk, room)
    assert len(converged(hub, desk, room)) == 2 * 79


# --- 16: a flipped bit


def test_fault_16_a_flipped_bit_is_refused(hub: Path, desk: Pc, room: Pc) -> None:
    flipped, _ = desk.seal(1, 2)
    desk.run()
    path = hub / SEGMENTS / flipped.path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    result = room.run()
    assert numbers(result) == (0, 1, 1) and said(result) == [alarms.REFUSED]
    assert flipped.path not in room.segments()


# --- 17: rolled back


@pytest.fixture
def seeded(hub: Path, desk: Pc, room: Pc, both: dict[str, bytes]) -> dict[str, bytes]:
    exchange_all(desk, room)
    return both


def test_fault_17_rolled_back(tmp_path: Path, hub: Path, desk: Pc, room: Pc, seeded: dict[str, bytes]) -> None:
    old = shutil.copytree(hub, tmp_path / "old")
    desk.seal(3, 4, 5)
    exchange_all(desk, room)
    shutil.rmtree(hub)
    shutil.copytree(old, hub)
    result = room.run()
    assert numbers(result) == (3, 0, 0) and said(result) == [alarms.ROLLED_BACK] and "3" in result.alarms[0]
    assert desk.run() == room.run() == CourierResult()
    assert len(converged(hub, desk, room)) == len(seeded) + 3


def test_fault_17_rolled_back_while_new_ones_wait(hub: Path, desk: Pc, room: Pc, seeded: dict[str, bytes]) -> None:
    lost = desk.spool / segment(2)[0].path
    (hub / SEGMENTS / lost.relative_to(desk.spool)).unlink()
    desk.seal(3)
    result = desk.run()
    assert numbers(result) == (2, 0, 0)
    assert [alarm for alarm in result.alarms if "1" in alarm] == list(result.alarms) != []


def test_fault_17_said_although_killed_in_the_middle(hub: Path, desk: Pc, seeded: dict[str, bytes]) -> None:
    for path in (hub / SEGMENTS / ORG).rglob("*-*"):
        path.unlink()
    assert run_and_die(desk.run, 9)
    assert said(desk.run()) == [alarms.ROLLED_BACK]
    assert at_hub(hub) == seeded


# --- 20, 21: replay, reorder


def test_fault_20_a_file_copied_under_other_names(hub: Path, desk: Pc, room: Pc) -> None:
    name, data = segment(3)
    desk.lay(name, data)
    desk.run()
    room.run()
    other_hash, _ = segment(4)
    other_seq = parse_name(name.path.replace("000000000003-", "000000000009-"))
    assert other_seq is not None and fits(other_seq, data)
    for path in (other_hash.path, other_seq.path):
        (hub / SEGMENTS / path).write_bytes(data)
    result = room.run()
    assert numbers(result) == (0, 1, 1)
    assert said(result) == [alarms.REFUSED, alarms.COPIED]
    assert room.segments()[name.path] == data and at_hub(hub)[name.path] == data


def test_fault_20_old_files_put_back(hub: Path, desk: Pc, room: Pc, seeded: dict[str, bytes]) -> None:
    old = tree(hub)
    desk.seal(3, 4)
    exchange_all(desk, room)
    now = at_hub(hub)
    for path, data in old.items():
        (hub / path).write_bytes(data)
    assert desk.run() == room.run() == CourierResult()
    assert converged(hub, desk, room) == now


def test_fault_21_reordered(hub: Path, desk: Pc, room: Pc) -> None:
    """The hub shows the later ones first; whatever arrives is kept, and the rest once it is shown."""
    names = desk.seal(*range(1, 7))
    desk.run()
    hidden = {hub / SEGMENTS / name.path: desk.segments()[name.path] for name in names[:3]}
    for path in hidden:
        path.unlink()
    assert numbers(room.run()) == (0, 3, 0)
    for path, data in reversed(hidden.items()):
        path.write_bytes(data)
        assert numbers(room.run()) == (0, 1, 0)
    converged(hub, desk, room)


def test_fault_21_contents_swapped(hub: Path, desk: Pc, room: Pc) -> None:
    first, second = (hub / SEGMENTS / name.path for name in desk.seal(1, 2))
    desk.run()
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    result = room.run()
    assert numbers(result) == (0, 0, 2) and room.segments() == {}


def test_sent_in_the_order_of_the_chain(hub: Path, desk: Pc) -> None:
    desk.seal(1001, 3, 1, 999, 2, 1000)
    order: list[int] = []

    def reached(path: Path) -> None:
        name = parse_name(path.relative_to(hub / SEGMENTS).as_posix()) if hub / SEGMENTS in path.parents else None
        if name is not None:
            order.append(name.seq)

    desk.run(WatchedDisk(reached))
    assert order == [1, 2, 3, 999, 1000, 1001]


# --- 23: emptied or exchanged


@pytest.fixture(params=["all", "all but the marker"])
def emptied(request: pytest.FixtureRequest, hub: Path, seeded: dict[str, bytes]) -> Iterator[dict[str, bytes]]:
    shutil.rmtree(hub / SEGMENTS)
    if request.param == "all":
        (hub / MARKER).unlink()
    yield seeded


def test_fault_23_an_emptied_hub_is_seeded_again(hub: Path, desk: Pc, room: Pc, emptied: dict[str, bytes]) -> None:
    before = desk.segments()
    result = room.run()
    assert numbers(result) == (len(emptied), 0, 0) and said(result) == [alarms.EMPTIED]
    assert numbers(desk.run()) == (0, 0, 0) and desk.segments() == before
    assert converged(hub, desk, room) == emptied and (hub / MARKER).is_file()
    assert desk.run() == room.run() == CourierResult()


def test_fault_23_another_organisations_hub(tmp_path: Path, hub: Path, desk: Pc, seeded: dict[str, bytes]) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    stranger = make_pc(tmp_path / "stranger", theirs, 77)
    stranger.seal(1, 2, device=77)
    stranger.run()
    foreign = at_hub(theirs)
    shutil.rmtree(hub)
    shutil.copytree(theirs, hub)
    result = desk.run()
    assert numbers(result) == (len(seeded), 2, 0) and said(result) == [alarms.EXCHANGED]
    assert at_hub(hub) == desk.segments() == {**foreign, **seeded}, "nothing deleted, nothing overwritten"
    assert desk.run() == CourierResult()


def test_fault_23_exchanged_with_a_chain_of_the_same_name(
    tmp_path: Path, hub: Path, desk: Pc, seeded: dict[str, bytes]
) -> None:
    """The same numbers with other bytes are other files: a fork, which the merge judges."""
    shutil.rmtree(hub)
    hub.mkdir()
    twin = make_pc(tmp_path / "twin", hub, 1)
    twin.lay(*segment(1, data=b"another life"))
    twin.run()
    desk.run()
    twins = [path for path in at_hub(hub) if path.startswith(segment(1)[0].path.rpartition("-")[0])]
    assert len(twins) == 2 and at_hub(hub) == desk.segments()


# --- 24: conditional create ignored


def test_fault_24_two_write_the_same_name_at_once(hub: Path, desk: Pc, room: Pc) -> None:
    """Both hold it and neither saw the other's: the bytes are the same, so the last one harms nobody."""
    name, data = segment(1)
    desk.lay(name, data)
    room.lay(name, data)

    def overtake(path: Path) -> None:
        if path == hub / SEGMENTS / name.path:
            room.run()

    assert numbers(desk.run(WatchedDisk(overtake))) == (1, 0, 0)
    assert at_hub(hub) == {name.path: data}
    assert desk.run() == room.run() == CourierResult()
