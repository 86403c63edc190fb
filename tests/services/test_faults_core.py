"""Faults of clocks, disks and hostile copies, at the level of segments: real files, several PCs, a virtual clock."""

from __future__ import annotations

import shutil
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from app.common.clock import at_centre
from app.sync.engine import rebuild_spool
from app.sync.intake import CLONED, DOUBTFUL, FORKED
from app.sync.sentences import Sentence
from db.models import Client, Device, GroupVersion, Segment, StreamKey, Visit, VisitEvent
from db.replica.names import SegmentName, parse_name, segment_hash
from db.replica.raw import content_columns, quoted
from db.replica.stamping import new_id
from tests.services.conftest import NOON
from tests.services.fleet import CENTRE, Fleet, Pc, open_losers, put, state_of


def add(pc: Pc, name: str = "王子琪", number: str = "LSA-1") -> str:
    with pc.db.write() as tx:
        row = Client(id=new_id(tx), number=number, name=name, kind="student")
        tx.add(row)
    return row.id


def change(pc: Pc, client: str, **values: str | None) -> bytes:
    """Edits and gives the stamp of what was edited first."""
    with pc.db.write() as tx:
        row = tx.get_one(Client, client)
        for name, value in values.items():
            setattr(row, name, value)
        tx.flush()
        query = select(GroupVersion.stamp).where(GroupVersion.row_id == client).order_by(GroupVersion.stamp.desc())
        return tx.execute(query.limit(1)).scalar_one()


def value(pc: Pc, client: str, column: str) -> object:
    with pc.db.read() as tx:
        return getattr(tx.get_one(Client, client), column)


def alike(fleet: Fleet) -> None:
    states = [state_of(pc) for pc in fleet.pcs]
    for part in states[0]:
        assert all(state[part] == states[0][part] for state in states), part


def no_losers(pc: Pc) -> None:
    with pc.db.read() as tx:
        assert open_losers(tx) == []


def test_fault_01_a_clock_set_back_a_year_loses_no_later_edit(two: Fleet) -> None:
    one, other = two.pcs
    client = add(one)
    two.settle()
    one.clock.at -= timedelta(days=365)
    first = change(one, client, grade="初一")
    second = change(one, client, grade="初二")
    assert first < second
    two.settle()
    change(other, client, grade="初三")
    two.settle()
    assert [value(pc, client, "grade") for pc in two.pcs] == ["初三", "初三"]
    no_losers(one)
    alike(two)


def test_fault_02_a_clock_a_year_ahead_then_mended_poisons_nobody(three: Fleet) -> None:
    ahead, one, other = three.pcs
    client = add(one)
    three.settle()
    ahead.clock.at += timedelta(days=365)
    wild = change(ahead, client, grade="未来")
    alarms = {alarm.message for result in three.settle() for alarm in result.alarms if isinstance(alarm, Sentence)}
    assert alarms == {DOUBTFUL}
    ahead.clock.at -= timedelta(days=365)
    mended = change(other, client, grade="初三")
    assert mended > wild, "an edit stands above what it replaced, whatever clock that came from"
    elsewhere = add(one, "后来的人", "LSA-2")
    three.settle()
    assert {value(pc, client, "grade") for pc in three.pcs} == {"初三"}
    limit = int((NOON + timedelta(days=2)).timestamp() * 1000)
    for pc in (one, other):
        with pc.db.read() as tx:
            assert int.from_bytes(tx.execute(select(Device.clock)).scalar_one()[:6], "big") < limit
            assert int.from_bytes(tx.get_one(Client, elsewhere).stamp[:6], "big") < limit
    no_losers(one)
    alike(three)


def test_fault_03_more_than_65536_changes_in_one_tick(two: Fleet) -> None:
    one, other = two.pcs
    number = 65_536 + 10
    with one.db.write() as tx:
        tx.add_all(VisitEvent(visit_id="a1" * 12, status="waiting", at=NOON) for _ in range(number))
    with one.db.read() as tx:
        stamps = list(tx.execute(select(VisitEvent.stamp).order_by(VisitEvent.version)).scalars())
    assert len({stamp[:6] for stamp in stamps}) == 1, "the clock stood still"
    assert len(stamps) == number
    assert stamps == sorted(set(stamps))
    client = add(one)
    two.settle()
    change(other, client, grade="初二")
    two.settle()
    assert value(one, client, "grade") == "初二"
    alike(two)


def test_fault_04_a_copied_disk_is_found_and_both_branches_are_kept(three: Fleet, tmp_path: Path) -> None:
    one = three.pcs[0]
    client = add(one)
    three.settle()
    one.close()
    twin = one.copy_to(tmp_path / "twin")
    one.open()
    twin.open()
    three.pcs.append(twin)
    mine, theirs = add(one, "甲", "LSA-7"), add(twin, "乙", "LSA-7")
    change(one, client, grade="初一")
    change(twin, client, grade="初二")
    one.seal()
    twin.seal()
    results = three.settle()
    sentences = {alarm.message for result in results for alarm in result.alarms if isinstance(alarm, Sentence)}
    assert {CLONED, FORKED} <= sentences
    for pc in three.pcs:
        with pc.db.read() as tx:
            assert {mine, theirs, client} == set(tx.execute(select(Client.id)).scalars())
            (loser,) = open_losers(tx)
            assert {value(pc, client, "grade"), dict(loser[4])["grade"]} == {"初一", "初二"}
    alike(three)
    with one.db.read() as tx, twin.db.read() as tx2:
        lives = {t.execute(select(Device.incarnation)).scalar_one() for t in (tx, tx2)}
    assert len(lives) == 2, "the two go on as two chains"
    more = [add(one, "丙", "LSA-8"), add(twin, "丁", "LSA-8")]
    after = three.settle()
    assert not any(result.alarms for result in after)
    for pc in three.pcs:
        with pc.db.read() as tx:
            assert set(more) <= set(tx.execute(select(Client.id)).scalars())
    alike(three)


def test_fault_05_a_pc_set_back_to_an_old_copy_gets_back_what_it_lost(two: Fleet, tmp_path: Path) -> None:
    one, other = two.pcs
    client = add(one)
    two.settle()
    one.close()
    shutil.copy(one.folder / "centre.db", tmp_path / "old.db")
    one.open()
    lost = add(one, "后来的人", "LSA-2")
    change(one, client, grade="初二")
    two.settle()
    one.close()
    for left in one.folder.glob("centre.db*"):
        left.unlink()
    shutil.copy(tmp_path / "old.db", one.folder / "centre.db")
    shutil.rmtree(one.folder / "spool")
    (one.folder / "spool").mkdir()
    one.open()
    made = add(one, "回来以后", "LSA-2")
    change(one, client, class_name="3班")
    two.settle()
    assert value(one, lost, "name") == "后来的人"
    assert value(other, made, "name") == "回来以后"
    with other.db.read() as tx:
        (loser,) = open_losers(tx)
        shown = tx.get_one(Client, client)
        assert {(shown.grade, shown.class_name), (dict(loser[4])["grade"], dict(loser[4])["class_name"])} == {
            ("初二", None),
            (None, "3班"),
        }
    alike(two)


def _zone_changed() -> None:
    if hasattr(time, "tzset"):
        time.tzset()


def test_fault_06_a_change_of_zone_or_summer_time_moves_nothing(two: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two.pcs
    client = add(one)
    two.settle()
    for zone, grade in (("America/New_York", "一"), ("Pacific/Kiritimati", "二"), ("Europe/Berlin", "三")):
        monkeypatch.setenv("TZ", zone)
        _zone_changed()
        one.clock.at = other.clock.at = at_centre(NOON.date() + timedelta(days=len(grade)), 2, 30)
        change(one, client, grade=grade)
        two.settle()
        change(other, client, class_name=grade)
        two.settle()
        assert (value(one, client, "grade"), value(other, client, "class_name")) == (grade, grade)
    monkeypatch.undo()
    _zone_changed()
    no_losers(one)
    alike(two)


def test_fault_07_power_lost_between_commit_and_spool(two: Fleet) -> None:
    one, other = two.pcs
    client = add(one)
    one.seal()
    (path, data), *more = one.spool().items()
    assert not more
    (one.folder / "spool" / path).unlink()
    one.close()
    one.open()
    assert rebuild_spool(one.db, one.folder) == 1
    assert one.spool() == {path: data}, "the very bytes"
    two.settle()
    assert value(other, client, "name") == "王子琪"


class _Killed(BaseException):
    """Power, at one statement."""


def test_fault_10_killed_at_each_statement_of_a_merge(two: Fleet, tmp_path: Path) -> None:
    one, other = two.pcs
    client, gone = add(one), add(one, "要删的", "LSA-3")
    two.settle()
    change(one, client, grade="初一")
    change(other, client, grade="初二")
    with one.db.write() as tx:
        tx.delete(tx.get_one(Client, gone))
    add(one, "新来的", "LSA-4")
    one.seal()
    two.carry(one, other)
    other.close()
    base = tmp_path / "before"
    shutil.copytree(other.folder, base)
    other.open()
    other.merge()
    wanted = state_of(other)
    statements = 0
    while _dies_at(other, base, statements):
        other.merge()
        assert state_of(other) == wanted, f"killed at statement {statements}"
        statements += 1
    assert statements > 20


def _dies_at(pc: Pc, base: Path, number: int) -> bool:
    """Sets the PC back, merges, and dies before statement `number` of the writing connection; False if there are
    fewer. A file that dies inside a transaction is opened anew, as after a power cut."""
    pc.close()
    shutil.rmtree(pc.folder)
    shutil.copytree(base, pc.folder)
    pc.open()
    left = [number]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise _Killed

    event.listen(pc.db.writer, "before_cursor_execute", count)
    try:
        pc.merge()
        return False
    except _Killed:
        pc.close()
        pc.open()
        return True
    finally:
        if event.contains(pc.db.writer, "before_cursor_execute", count):
            event.remove(pc.db.writer, "before_cursor_execute", count)


def test_fault_20_replayed_segments_change_nothing(two: Fleet) -> None:
    one, other = two.pcs
    client = add(one)
    two.settle()
    old = one.spool()
    change(one, client, grade="初二")
    two.settle()
    before = state_of(other)
    for path, data in old.items():
        put(other, path, data)
    other.close()
    other.open()
    assert other.merge().merged == 0
    assert state_of(other) == before


def test_fault_21_segments_in_the_wrong_order_wait_for_their_causes(two: Fleet) -> None:
    one, other = two.pcs
    client = add(one)
    one.seal()
    first = set(one.spool())
    change(one, client, grade="初二")
    one.seal()
    two.carry(one, other, sorted(set(one.spool()) - first))
    waiting = other.merge()
    assert (waiting.merged, waiting.waiting) == (0, 1)
    two.carry(one, other, sorted(first))
    assert other.merge().merged == 2
    assert value(other, client, "grade") == "初二"
    no_losers(other)


def test_fault_16_and_22_flipped_bits_and_swapped_names_are_refused(two: Fleet) -> None:
    one, other = two.pcs
    client = add(one)
    one.seal()
    (path, data), *_ = one.spool().items()
    name = parse_name(path)
    assert name is not None
    flipped = bytearray(data)
    flipped[len(flipped) // 2] ^= 1
    forged = SegmentName(name.stream, name.device, name.incarnation, name.seq, segment_hash(bytes(flipped)))
    put(other, forged.path, bytes(flipped))
    moved = SegmentName("org", name.device, name.incarnation, name.seq, name.hash)
    put(other, moved.path, data)
    result = other.merge()
    assert (result.merged, result.refused) == (0, 2)
    two.carry(one, other)
    assert other.merge().merged == 1, "good bytes under a wrong name must not hide the segment that they are"
    assert value(other, client, "name") == "王子琪"


BIG = [2**63 - 1, -(2**63), 1.5, -0.0, 1e308, 5e-324, float("inf")]
ODD = [None, "", "0", "\x00中", "𫍯䶮\u0301", "e\u0301", "é", " ", "x" * 70_000, "'; DROP TABLE client; --"]
RAW: list[object] = [
    None,
    "",
    0,
    2**63 - 1,
    -(2**63),
    1.5,
    -0.0,
    1e308,
    5e-324,
    float("inf"),
    b"",
    b"\x00\xff",
    "\u200b",
]


def test_fault_33_every_value_arrives_bit_for_bit(two: Fleet) -> None:
    one, other = two.pcs
    ids = [add(one, f"名{n}", f"LSA-{n}") for n in range(len(ODD))]
    for client, odd in zip(ids, ODD, strict=True):
        change(one, client, remarks="先前")
        change(one, client, remarks=odd)
    with one.db.write() as tx:
        visit = new_id(tx)
        names = content_columns("visit")
        tx.add(_visit(visit))
        tx.flush()
        for column, raw in zip(names, RAW, strict=False):
            if column in ("companions", "concerns", "day", "status_at"):
                continue
            tx.execute(
                text(f"UPDATE visit SET {quoted(column)} = :v WHERE id = :i"),
                {"v": raw if raw is not None else b"\x01", "i": bytes.fromhex(visit)},
            )
    two.settle()
    assert state_of(one) == state_of(other)
    assert [value(other, client, "remarks") for client in ids] == ODD


def _visit(row_id: str) -> Visit:
    return Visit(
        id=row_id, arrival_id="a1" * 12, client_id="c1" * 12, centre_id="c0" * 12, day=NOON.date(), status_at=NOON
    )


def test_a_stream_without_its_key_is_left_alone(two: Fleet) -> None:
    one, other = two.pcs
    add(one)
    one.seal()
    with other.db.write() as tx:
        tx.execute(text("DELETE FROM stream_key WHERE stream <> 'org'"))
    two.carry(one, other)
    assert other.merge().merged == 0
    with other.db.read() as tx:
        assert tx.execute(select(Segment)).all() == []


def test_a_segment_of_an_epoch_whose_key_is_not_here_waits_for_it(two: Fleet) -> None:
    one, other = two.pcs
    add(one)
    with one.db.write() as tx:
        tx.add(StreamKey(stream=CENTRE, epoch=2, key=b"n" * 32))
    one.seal()
    two.carry(one, other)
    early = other.merge()
    assert (early.merged, early.refused, early.waiting) == (0, 0, 1)
    with other.db.write() as tx:
        tx.add(StreamKey(stream=CENTRE, epoch=2, key=b"n" * 32))
    assert other.merge().merged == 1


def test_segments_and_files_hold_no_readable_text(two: Fleet) -> None:
    one, _ = two.pcs
    add(one, "绝不可读的名字")
    one.seal()
    one.close()
    for file in one.folder.rglob("*"):
        if file.is_file():
            for coding in ("utf-8", "utf-16-le", "gb18030"):
                assert "绝不可读的名字".encode(coding) not in file.read_bytes()
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(one.folder / "centre.db").execute("SELECT 1 FROM sqlite_master").fetchall()
    one.open()
