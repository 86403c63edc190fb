"""The courier between two PCs and a folder: what it moves, what it refuses, what it says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.common.errors import Cancelled, EnvironmentFault, UserError
from app.common.locking import only_one
from app.common.progress import CancelToken
from app.common.words import set_language
from app.sync import alarms
from app.sync.courier import LOCK, run_courier
from app.sync.exchange import LOOK_AGAIN
from app.sync.hub_file import HubFile, write_hub_file
from app.sync.sentences import Sentence
from app.sync.spool import REFUSED, SEEN, Spool
from app.sync.views import CourierResult
from db.replica.files import TEMPORARY
from db.replica.hubs import folder_url
from db.replica.names import MAX_SEGMENT_BYTES, ORG, parse_name
from tests.services.hub_folders import CENTRE, FOREIGN, Pc, at_hub, make_pc, segment, tree


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    folder = tmp_path / "hub"
    folder.mkdir()
    return folder


@pytest.fixture
def desk(tmp_path: Path, hub: Path) -> Pc:
    return make_pc(tmp_path / "desk", hub, 1)


@pytest.fixture
def room(tmp_path: Path, hub: Path) -> Pc:
    return make_pc(tmp_path / "room", hub, 2)


def said(result: CourierResult) -> list[str]:
    """The msgids of the alarms."""
    assert all(isinstance(alarm, Sentence) for alarm in result.alarms)
    return [alarm.message for alarm in result.alarms if isinstance(alarm, Sentence)]


def numbers(result: CourierResult) -> tuple[int, int, int]:
    return result.pushed, result.pulled, result.refused


def test_segments_of_both_reach_both_and_a_second_run_moves_nothing(hub: Path, desk: Pc, room: Pc) -> None:
    desk.seal(1, 2, 1000)
    desk.seal(1, 2, stream=CENTRE)
    room.seal(1, 2, 3, device=2)
    first = desk.run()
    assert numbers(first) == (5, 0, 0) and first.alarms == ()
    assert first.bytes_out == sum(map(len, desk.segments().values())) and first.bytes_in == 0
    assert numbers(room.run()) == (3, 5, 0)
    second = desk.run()
    assert numbers(second) == (0, 3, 0) and second.bytes_in > 0
    assert desk.segments() == room.segments() == at_hub(hub)
    before = tree(hub), tree(desk.folder), tree(room.folder)
    assert desk.run() == room.run() == CourierResult()
    assert (tree(hub), tree(desk.folder), tree(room.folder)) == before


def test_a_run_without_changes_opens_no_segment(hub: Path, desk: Pc, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.seal(*range(1, 40))
    desk.run()
    opened: list[str] = []
    real = os.open

    def watched(path: str | Path, *rest: int, **named: int) -> int:
        opened.append(str(path))
        return real(path, *rest, **named)

    monkeypatch.setattr(os, "open", watched)
    desk.run()
    assert opened and not [path for path in opened if "/segments/" in path or "/spool/org/" in path]


def test_another_centres_stream_is_carried_out_but_not_in(hub: Path, desk: Pc, room: Pc) -> None:
    room.seal(1, stream=FOREIGN, device=2)
    assert numbers(room.run()) == (1, 0, 0)
    assert numbers(desk.run()) == (0, 0, 0)


def test_a_workspace_without_a_hub_is_told_so(tmp_path: Path, desk: Pc) -> None:
    (desk.folder / "hub.json").unlink()
    with pytest.raises(UserError, match="hub") as none:
        desk.run()
    assert none.value.code == "no-hub" and not isinstance(none.value, EnvironmentFault)
    write_hub_file(desk.folder, HubFile("01" * 8, [ORG]))
    with pytest.raises(UserError) as joined_by_file:
        desk.run()
    assert joined_by_file.value.code == "no-hub"
    with pytest.raises(EnvironmentFault) as nowhere:
        run_courier(tmp_path / "nowhere")
    assert nowhere.value.code == "no-folder"


def test_a_hub_that_is_away_is_tried_three_times_and_never_made(hub: Path, desk: Pc) -> None:
    desk.seal(1)
    hub.rmdir()
    with pytest.raises(EnvironmentFault) as away:
        desk.run()
    assert away.value.code == "hub-away" and str(hub) in away.value.text()
    assert desk.waits == [1.0, 2.0]
    assert not hub.exists()


def test_a_hub_that_comes_back_while_waiting_is_used(hub: Path, desk: Pc) -> None:
    desk.seal(1)
    hub.rmdir()
    assert numbers(desk.run(wait=lambda seconds: hub.mkdir())) == (1, 0, 0)


def test_two_at_once_on_one_workspace(desk: Pc) -> None:
    desk.seal(1)
    with only_one(desk.folder / LOCK) as mine, pytest.raises(UserError) as second:
        assert mine
        desk.run()
    assert second.value.code == "sync-running"
    assert numbers(desk.run()) == (1, 0, 0)


def test_cancelled_between_two_files_keeps_what_was_moved(hub: Path, desk: Pc) -> None:
    desk.seal(*range(1, 11))
    cancel = CancelToken()
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 4:
            cancel.cancel()

    with pytest.raises(Cancelled):
        run_courier(desk.folder, progress, cancel)
    assert seen == [(n, 10) for n in range(5)]
    assert sorted(name.seq for name in map(parse_name, at_hub(hub)) if name) == [1, 2, 3, 4]
    assert numbers(desk.run()) == (6, 0, 0)


def test_cancelled_while_waiting_for_the_hub(hub: Path, desk: Pc) -> None:
    hub.rmdir()
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        run_courier(desk.folder, cancel=cancel)


def test_a_kept_packet_that_is_damaged_is_never_sent(hub: Path, desk: Pc, room: Pc) -> None:
    good, bad = desk.seal(1, 2)
    (desk.spool / bad.path).write_bytes(b"not it")
    result = desk.run()
    assert numbers(result) == (1, 0, 0) and said(result) == [alarms.DAMAGED_HERE]
    assert list(at_hub(hub)) == [good.path]
    assert not (desk.spool / bad.path).exists(), "no segment, and in the way of a good copy"


def test_a_kept_packet_that_is_damaged_comes_back_from_the_hub(hub: Path, desk: Pc) -> None:
    name = desk.seal(1)[0]
    desk.run()
    (desk.spool / name.path).write_bytes(b"")
    result = desk.run()
    assert numbers(result) == (0, 1, 0) and said(result) == [alarms.DAMAGED_HERE]
    assert desk.segments() == at_hub(hub)


def test_a_bad_file_is_refused_once_and_said_until_it_is_gone(hub: Path, desk: Pc, room: Pc) -> None:
    name = desk.seal(1)[0]
    path = hub / "segments" / name.path
    desk.run()
    good = path.read_bytes()
    path.write_bytes(bytes(len(good)))
    assert (numbers(room.run()), said(room.run())) == ((0, 0, 1), [alarms.REFUSED])
    again = room.run()
    assert numbers(again) == (0, 0, 0) and said(again) == [alarms.REFUSED]
    assert room.segments() == {}
    path.write_bytes(good + b"!")
    assert numbers(room.run()) == (0, 0, 1), "another size is another file"
    path.write_bytes(good)
    result = room.run()
    assert numbers(result) == (0, 1, 0) and result.alarms == ()


def test_a_bad_file_of_the_same_size_is_mended_because_somebody_asks(hub: Path, desk: Pc, room: Pc) -> None:
    """No listing shows it: a torn file of zeros, a flipped bit."""
    name = desk.seal(1)[0]
    path = hub / "segments" / name.path
    desk.run()
    path.write_bytes(bytes(path.stat().st_size))
    assert desk.run() == CourierResult()
    assert numbers(room.run()) == (0, 0, 1)
    assert list(tree(hub / "again")) == [name.path]
    mending = desk.run()
    assert numbers(mending) == (1, 0, 0) and said(mending) == [alarms.MENDED]
    assert tree(hub / "again") == {}
    fetching = room.run()
    assert numbers(fetching) == (0, 1, 0) and fetching.alarms == ()
    assert desk.run() == room.run() == CourierResult()


def test_a_mark_for_a_good_file_is_answered_by_looking(hub: Path, desk: Pc) -> None:
    name = desk.seal(1)[0]
    desk.run()
    mark = hub / "again" / name.path
    mark.parent.mkdir(parents=True)
    mark.write_bytes(b"")
    (hub / "again" / "Thumbs.db").write_bytes(b"")
    assert desk.run() == CourierResult() and list(tree(hub / "again")) == ["Thumbs.db"]


def test_a_mark_is_taken_back_with_what_it_was_for(hub: Path, room: Pc) -> None:
    name, _ = segment(1)
    path = hub / "segments" / name.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"forged")
    room.run()
    assert list(tree(hub / "again")) == [name.path]
    path.unlink()
    assert room.run() == CourierResult() and tree(hub / "again") == {}


def test_at_a_hub_that_may_only_be_read_nobody_can_be_asked(hub: Path, desk: Pc, room: Pc) -> None:
    name = desk.seal(1)[0]
    path = hub / "segments" / name.path
    desk.run()
    good = path.read_bytes()
    path.write_bytes(bytes(len(good)))
    (hub / "again").write_bytes(b"in the way")
    assert numbers(room.run()) == (0, 0, 1)
    path.write_bytes(good)
    assert numbers(room.run()) == (0, 0, 0)
    room.at += LOOK_AGAIN
    assert numbers(room.run()) == (0, 1, 0)


def test_a_bad_file_that_is_mended_in_its_size_is_seen_a_day_later(hub: Path, desk: Pc, room: Pc) -> None:
    name = desk.seal(1)[0]
    path = hub / "segments" / name.path
    desk.run()
    good = path.read_bytes()
    path.write_bytes(bytes(len(good)))
    room.run()
    path.write_bytes(good)
    room.at += LOOK_AGAIN - 1
    assert numbers(room.run()) == (0, 0, 0)
    room.at += 1
    assert numbers(room.run()) == (0, 1, 0)


def test_a_bad_file_that_is_bad_a_day_later_is_not_counted_again(hub: Path, desk: Pc, room: Pc) -> None:
    path = hub / "segments" / desk.seal(1)[0].path
    desk.run()
    path.write_bytes(bytes(path.stat().st_size))
    assert numbers(room.run()) == (0, 0, 1)
    room.at += LOOK_AGAIN
    again = room.run()
    assert numbers(again) == (0, 0, 0) and said(again) == [alarms.REFUSED]


def test_a_file_over_the_limit_is_not_read(hub: Path, desk: Pc) -> None:
    name, _ = segment(1, device=9)
    path = hub / "segments" / name.path
    path.parent.mkdir(parents=True)
    with path.open("wb") as stream:
        stream.truncate(MAX_SEGMENT_BYTES + 1)
    result = desk.run()
    assert numbers(result) == (0, 0, 1) and result.bytes_in == 0


def test_a_good_copy_from_elsewhere_mends_what_was_refused(hub: Path, desk: Pc, room: Pc) -> None:
    name, data = segment(1)
    desk.lay(name, data)
    desk.run()
    (hub / "segments" / name.path).write_bytes(bytes(len(data)))
    room.run()
    room.lay(name, data)
    result = room.run()
    assert numbers(result) == (1, 0, 0) and said(result) == [alarms.MENDED]
    assert at_hub(hub) == {name.path: data}
    assert room.run() == CourierResult()


def test_strange_files_are_left_alone(hub: Path, desk: Pc, room: Pc) -> None:
    name = desk.seal(1)[0]
    desk.run()
    folder = (hub / "segments" / name.path).parent
    strange = {
        hub / ".DS_Store": b"1",
        hub / "segments" / "Thumbs.db": b"2",
        folder / ".DS_Store": b"3",
        folder / f"{Path(name.path).name} (conflicted copy 2026-11-23)": b"4",
        folder / f"{Path(name.path).name}.sync-conflict-20261123": b"5",
        hub / "segments" / "org" / "~$lock": b"6",
        hub / "segments" / "org" / "文件": b"7",
        folder / f"{TEMPORARY}{2**63:016x}-00000000": b"another PC's",
    }
    for path, data in strange.items():
        path.write_bytes(data)
    (hub / "segments" / "org" / "empty").mkdir()
    result = room.run()
    assert numbers(result) == (0, 1, 0) and result.alarms == ()
    assert {path: path.read_bytes() for path in strange} == strange
    assert set(room.segments()) == {name.path}


def test_links_at_the_hub_lead_nowhere(tmp_path: Path, hub: Path, desk: Pc) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    name, data = segment(1, device=7)
    (secret / Path(name.path).name).write_bytes(data)
    there = hub / "segments" / Path(name.path).parent
    there.parent.mkdir(parents=True)
    there.symlink_to(secret)
    (hub / "segments" / CENTRE).symlink_to(hub)
    loose, bytes_of = segment(5, device=6)
    target = tmp_path / "target"
    target.write_bytes(bytes_of)
    (hub / "segments" / loose.path).parent.mkdir(parents=True)
    (hub / "segments" / loose.path).symlink_to(target)
    os.mkfifo(hub / "segments" / "org" / "pipe")
    result = desk.run()
    assert numbers(result) == (0, 0, 0) and desk.segments() == {}


def test_a_whole_stream_behind_a_link_is_not_there(tmp_path: Path, hub: Path, desk: Pc, room: Pc) -> None:
    room.seal(1, 2, device=2)
    room.run()
    outside = (hub / "segments" / "org").rename(tmp_path / "outside")
    (hub / "segments" / "org").symlink_to(outside)
    assert numbers(desk.run()) == (0, 0, 0) and desk.segments() == {}
    (hub / "again").symlink_to(outside)
    before = tree(outside)
    assert numbers(desk.run()) == (0, 0, 0) and tree(outside) == before


def test_nothing_is_written_through_a_link(tmp_path: Path, hub: Path, desk: Pc) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (hub / "segments").mkdir()
    (hub / "segments" / "org").symlink_to(outside)
    desk.seal(1, 2)
    desk.seal(1, stream=CENTRE)
    with pytest.raises(EnvironmentFault) as blocked:
        desk.run()
    assert blocked.value.code == "hub-blocked"
    assert [path.partition("/")[0] for path in at_hub(hub)] == [CENTRE], "the rest went"
    assert tree(outside) == {}


def test_what_others_cannot_be_given_back_is_an_alarm_not_a_fault(hub: Path, desk: Pc) -> None:
    """A folder made by another user, whose permissions keep us out, must not stop our own."""
    theirs = desk.seal(1, 2, device=2)
    desk.seal(1, 2)
    in_the_way = hub / "segments" / "org" / theirs[0].device.hex()
    in_the_way.parent.mkdir(parents=True)
    in_the_way.write_bytes(b"")
    result = desk.run()
    assert numbers(result) == (2, 0, 0) and said(result) == [alarms.BLOCKED] and "2" in result.alarms[0]


def test_a_link_under_a_packets_name_is_replaced_not_followed(tmp_path: Path, hub: Path, desk: Pc) -> None:
    name = desk.seal(1)[0]
    target = tmp_path / "target"
    target.write_bytes(b"theirs")
    path = hub / "segments" / name.path
    path.parent.mkdir(parents=True)
    path.symlink_to(target)
    result = desk.run()
    assert numbers(result) == (1, 0, 0) and said(result) == [alarms.MENDED]
    assert target.read_bytes() == b"theirs" and not path.is_symlink() and at_hub(hub) == desk.segments()


def test_what_is_remembered_may_be_lost_or_spoilt(hub: Path, desk: Pc) -> None:
    desk.seal(1, 2)
    desk.run()
    for name in (REFUSED, SEEN):
        (desk.spool / name).write_bytes(b'{"files": [')
        assert numbers(desk.run()) == (0, 0, 0)
        (desk.spool / name).unlink(missing_ok=True)
        assert numbers(desk.run()) == (0, 0, 0)


def test_alarms_are_whole_sentences_in_the_language_in_force(hub: Path, desk: Pc) -> None:
    desk.seal(1, 2)
    desk.run()
    (hub / "segments" / next(iter(desk.segments()))).unlink()
    set_language("zh")
    assert all("{" not in alarm and not alarm.isascii() for alarm in desk.run().alarms)


def test_own_packets_that_another_pc_has_brought_to_the_hub_count_as_sent(hub: Path, desk: Pc, room: Pc) -> None:
    """A PC that joins gets the director's packets in its own, and may be the first to put them there."""
    desk.seal(1)
    desk.run()
    (name,) = desk.seal(2)
    room.lay(*segment(2))
    room.run()
    assert numbers(desk.run()) == (0, 0, 0)
    seen = Spool(desk.folder).seen(folder_url(hub))
    assert seen is not None and seen.chains == {name.path.rsplit("/", 2)[0]: 2}
