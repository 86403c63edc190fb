"""What a second pair of eyes found in the synchronisation core: losses, forgeries and stalls, each by its own test."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, text

from app.cases.risk import live_risks
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient
from app.security import audit
from db.crypto.pairs import KeyPairs
from db.models import AuditEntry, Client, Device, Loser, Outbox, School, Segment
from db.replica.names import SegmentName, parse_name, segment_hash
from db.replica.raw import content_columns
from db.replica.sealing import milliseconds
from db.replica.segments import (
    DOMAIN,
    NO_SEGMENT,
    AuditLine,
    Block,
    Body,
    Change,
    Head,
    Header,
    make_block,
    seal_segment,
)
from db.replica.settling import put_back
from db.replica.stamping import new_id
from db.schema import LATEST
from tests.services import simulator
from tests.services.conftest import NOON
from tests.services.fleet import CENTRE, ORGANISATION, STREAM_KEY, Fleet, Pc, open_losers, put
from tests.services.test_attacks import NOTE
from tests.services.test_faults_core import add, alike, change, no_losers, value
from tests.services.two_pcs import TwoPcs, pcs, pcs_template

__all__ = ["pcs", "pcs_template"]


def old_copy(pc: Pc, place: Path) -> Path:
    """The file as it stands now, with what its outbox holds."""
    pc.close()
    shutil.copy(pc.folder / "centre.db", place)
    pc.open()
    return place


def set_back(pc: Pc, copy: Path) -> None:
    """The PC goes on with the old copy; its spool is what it is."""
    pc.close()
    for left in pc.folder.glob("centre.db*"):
        left.unlink()
    shutil.copy(copy, pc.folder / "centre.db")
    pc.open()


def remove(pc: Pc, client: str) -> None:
    with pc.db.write() as tx:
        tx.delete(tx.get_one(Client, client))


def bring(pc: Pc, client: str) -> None:
    with pc.db.write() as tx:
        put_back(tx, "client", client)


def clients(pc: Pc) -> set[str]:
    with pc.db.read() as tx:
        return set(tx.execute(select(Client.id)).scalars())


# --- nothing lost, all alike


def test_an_edit_sealed_again_by_a_restored_copy_opens_no_conflict(two: Fleet, tmp_path: Path) -> None:
    one, other = two.pcs
    client = add(one)
    two.settle()
    change(one, client, grade="一")
    copy = old_copy(one, tmp_path / "old.db")
    for grade in ("二", "三"):
        one.seal()
        change(one, client, grade=grade)
    two.settle()
    set_back(one, copy)
    two.settle()
    assert [value(pc, client, "grade") for pc in two.pcs] == ["三", "三"]
    no_losers(one)
    no_losers(other)
    alike(two)


def test_an_edit_on_top_of_one_that_a_copy_took_along_unsealed_is_no_conflict(two: Fleet, tmp_path: Path) -> None:
    one, other = two.pcs
    client = add(one)
    two.settle()
    change(one, client, grade="一")
    copy = old_copy(one, tmp_path / "old.db")
    change(one, client, grade="二")
    two.settle()
    set_back(one, copy)
    two.settle()
    assert [value(pc, client, "grade") for pc in two.pcs] == ["二", "二"]
    no_losers(other)
    alike(two)


def test_an_edit_deleted_before_it_was_sealed_is_there_when_the_row_comes_back(two: Fleet) -> None:
    one, other = two.pcs
    client = add(one)
    two.settle()
    change(one, client, grade="初二")
    remove(one, client)
    change(other, client, remarks="电话已核对")
    two.settle()
    assert [(value(pc, client, "grade"), value(pc, client, "remarks")) for pc in two.pcs] == [
        ("初二", "电话已核对"),
        ("初二", "电话已核对"),
    ]
    alike(two)


def test_a_deletion_that_did_not_know_the_other_side_of_a_conflict_is_beaten_everywhere(three: Fleet) -> None:
    one, other, third = three.pcs
    client = add(one)
    three.settle()
    change(one, client, grade="一")
    third.clock.at += timedelta(hours=1)
    change(third, client, grade="三")
    one.seal()
    third.seal()
    three.carry(third, other)
    other.merge()
    remove(other, client)
    other.seal()
    three.carry(one, third)
    third.merge()
    three.settle()
    assert [clients(pc) for pc in three.pcs] == [{client}] * 3
    assert value(one, client, "grade") == "三"
    alike(three)


def test_a_deletion_in_knowledge_of_both_sides_of_a_conflict_stands(two: Fleet) -> None:
    one, other = two.pcs
    client = add(one)
    two.settle()
    change(one, client, grade="一")
    change(other, client, grade="二")
    two.settle()
    remove(one, client)
    two.settle()
    assert [clients(pc) for pc in two.pcs] == [set(), set()]
    alike(two)


def test_deleted_brought_back_and_deleted_again_between_two_sealings(three: Fleet) -> None:
    one, other, third = three.pcs
    client = add(one)
    three.settle()
    remove(one, client)
    bring(one, client)
    change(one, client, remarks="再次")
    remove(one, client)
    one.seal()
    change(third, client, class_name="3班")
    three.settle()
    assert [value(pc, client, "remarks") for pc in three.pcs] == ["再次"] * 3
    remove(other, client)
    remove(third, client)
    three.settle()
    assert [clients(pc) for pc in three.pcs] == [set()] * 3
    alike(three)


def test_a_row_deleted_before_it_was_sealed_and_edited_in_a_copy_ends_alike(two: Fleet, tmp_path: Path) -> None:
    one, _ = two.pcs
    client = add(one)
    one.close()
    twin = one.copy_to(tmp_path / "twin")
    one.open()
    twin.open()
    two.pcs.append(twin)
    remove(one, client)
    change(twin, client, grade="初二")
    two.settle()
    assert [value(pc, client, "grade") for pc in two.pcs] == ["初二"] * 3
    alike(two)


def test_a_repeated_edit_of_a_deleted_row_is_no_alarm(two: Fleet, tmp_path: Path) -> None:
    one, other = two.pcs
    client = add(one)
    two.settle()
    change(one, client, grade="初二")
    copy = old_copy(one, tmp_path / "old.db")
    two.settle()
    remove(other, client)
    two.settle()
    set_back(one, copy)
    results = two.settle()
    assert [clients(pc) for pc in two.pcs] == [set(), set()]
    assert all(result.not_taken == 0 for result in results if hasattr(result, "not_taken"))
    assert not any("sender may not" in str(alarm) for result in results for alarm in result.alarms)
    alike(two)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_to_files_and_rows_all_end_alike_and_nothing_is_lost(seed: int) -> None:
    simulator.run(seed, most=35)


# --- what a hostile PC can send


def forge(
    author: Pc,
    *blocks: Block,
    stream: str = CENTRE,
    audit: list[AuditLine] | None = None,
    seq: int = 900,
    signer: KeyPairs | None = None,
    **header: Any,
) -> tuple[str, bytes]:
    """A segment such as a member's PC with a changed program makes; `signer`: somebody who has no such key."""
    with author.db.read() as tx:
        device = tx.execute(select(Device)).scalar_one()
    said: dict[str, Any] = {
        "epoch": 1, "schema": LATEST, "heads": [], "audit": (device.id, 0, NO_SEGMENT), "rows": 0,
        "at": milliseconds(NOON), "previous": NO_SEGMENT,
    } | header  # fmt: skip
    head = Header(
        DOMAIN, ORGANISATION, stream, device.id, b"\x0e" * 4, seq, said["previous"], said["schema"], said["epoch"],
        said["heads"], said["audit"], said["at"], said["rows"],
    )  # fmt: skip
    pairs = signer or KeyPairs.from_bytes(device.key_pairs)
    data = seal_segment(head, Body(list(blocks), audit or []), STREAM_KEY, pairs)
    return SegmentName(stream, device.id, head.incarnation, seq, segment_hash(data)).path, data


def dot(pc: Pc, counter: int = 1, opening: bytes = b"\x0f" * 4) -> bytes:
    with pc.db.read() as tx:
        return bytes(tx.execute(select(Device.id)).scalar_one() + opening + counter.to_bytes(8, "big"))


def stamp(hours: int = 1) -> bytes:
    return milliseconds(NOON + timedelta(hours=hours)).to_bytes(6, "big") + bytes(4)


def edit_of(client: str, version: bytes, supersedes: bytes, *, remarks: Any = "伪", at: bytes | None = None) -> Block:
    change = Change(bytes.fromhex(client), version, at or stamp(), supersedes, (remarks,))
    return make_block("client", "remarks", ["remarks"], [change])


def row_of(client: str, version: bytes, **values: Any) -> Block:
    names = list(content_columns("client"))
    given = {"number": "LSA-9", "name": "新", "kind": "student"} | values
    change = Change(bytes.fromhex(client), version, stamp(), b"", tuple(given.get(name) for name in names))
    return make_block("client", "", names, [change])


def goes_on(fleet: Fleet, *bad: tuple[str, bytes], refused: int | None = None) -> None:
    """The bad segments come together with a good one; that one is merged at once, and what came later as well."""
    hostile, other = fleet.pcs[0], fleet.pcs[1]
    good = add(hostile, "好的", "LSA-5")
    hostile.seal()
    for path, data in bad:
        put(other, path, data)
    fleet.carry(hostile, other)
    result = other.merge()
    assert value(other, good, "name") == "好的"
    assert result.refused == (len(bad) if refused is None else refused)
    assert add(other, "后来", "LSA-6") in clients(other)
    later = add(hostile, "再后来", "LSA-8")
    hostile.seal()
    fleet.carry(hostile, other)
    other.merge()
    assert value(other, later, "name") == "再后来"


@pytest.mark.parametrize("field", ["epoch", "rows", "at"])
@pytest.mark.parametrize("number", [2**63, 2**64 - 1, -(2**63)])
def test_a_number_beyond_the_file_stalls_nobody_though_no_key_is_needed(two: Fleet, field: str, number: int) -> None:
    said: dict[str, Any] = {field: number}
    goes_on(two, forge(two.pcs[0], signer=KeyPairs.new(), **said))


def test_a_number_beyond_the_file_in_a_members_header_stalls_nobody(two: Fleet) -> None:
    device = dot(two.pcs[0])[:8]
    bad = [
        forge(two.pcs[0], epoch=2**63),
        forge(two.pcs[0], rows=2**64 - 1),
        forge(two.pcs[0], audit=[], rows=0, seq=901, epoch=2**64 - 1),
    ]
    line: AuditLine = (device + b"\x0f" * 4, 2**63, 0, None, "x", "[]", None, NO_SEGMENT, NO_SEGMENT)
    bad.append(forge(two.pcs[0], audit=[line], seq=902))
    goes_on(two, *bad)


def test_an_unsigned_packet_of_a_newer_program_raises_no_alarm_to_update(two: Fleet) -> None:
    bad = forge(two.pcs[0], signer=KeyPairs.new(), schema="9999")
    put(two.pcs[1], *bad)
    result = two.pcs[1].merge()
    assert (result.refused, result.waiting) == (1, 0)


def test_a_forged_packet_that_waits_for_what_never_comes_is_refused(two: Fleet) -> None:
    put(two.pcs[1], *forge(two.pcs[0], signer=KeyPairs.new(), previous=b"\x01" * 32))
    result = two.pcs[1].merge()
    assert (result.refused, result.waiting) == (1, 0)
    put(two.pcs[1], *forge(two.pcs[0], previous=b"\x01" * 32))
    result = two.pcs[1].merge()
    assert (result.refused, result.waiting) == (0, 1), "a proven one waits"


def test_nobody_writes_under_the_dots_of_another_pc(three: Fleet) -> None:
    hostile, victim, other = three.pcs
    client = add(victim)
    three.settle()
    with victim.db.read() as tx:
        known = tx.get_one(Client, client).version
    with victim.db.read() as tx:
        counter = tx.execute(select(Device.counter)).scalar_one()
    ahead = known[:12] + (counter + 1).to_bytes(8, "big")
    path, data = forge(hostile, edit_of(client, ahead, known))
    put(other, path, data)
    assert other.merge().refused == 1
    change(victim, client, remarks="真的")
    three.settle()
    assert value(other, client, "remarks") == value(victim, client, "remarks") == "真的"


def test_a_dot_named_before_it_was_given_hides_no_edit(three: Fleet) -> None:
    hostile, victim, other = three.pcs
    client = add(victim)
    three.settle()
    with victim.db.read() as tx:
        known = tx.get_one(Client, client).version
        counter = tx.execute(select(Device.counter)).scalar_one()
    ahead = known[:12] + (counter + 1).to_bytes(8, "big")
    path, data = forge(hostile, edit_of(client, dot(hostile), known + ahead, at=stamp(-1)))
    for pc in three.pcs:
        put(pc, path, data)
    other.merge()
    victim.clock.at += timedelta(hours=1)
    change(victim, client, remarks="真的")
    three.settle()
    assert {value(pc, client, "remarks") for pc in three.pcs} == {"真的"}
    alike(three)


def test_a_stamp_at_the_end_of_time_keeps_nobody_from_writing(two: Fleet) -> None:
    hostile, other = two.pcs
    client = add(other)
    two.settle()
    with other.db.read() as tx:
        known = tx.get_one(Client, client).version
    put(other, *forge(hostile, edit_of(client, dot(hostile), known, at=b"\xff" * 10)))
    assert other.merge().refused == 1
    change(other, client, remarks="真的")
    assert value(other, client, "remarks") == "真的"


def test_the_organisations_stream_settles_no_conflict_of_a_centre(two: Fleet) -> None:
    hostile, other = two.pcs
    client = add(other)
    two.settle()
    change(hostile, client, remarks="甲")
    change(other, client, remarks="乙")
    two.settle()
    with other.db.read() as tx:
        loser = tx.execute(select(Loser.version)).scalar_one()
    put(other, *forge(hostile, edit_of(client, dot(hostile), loser), stream="org"))
    other.merge()
    with other.db.read() as tx:
        assert len(open_losers(tx)) == 1


def test_no_row_of_a_centre_is_written_before_it_comes_by_the_stream_that_all_carry(two: Fleet) -> None:
    """Row ids are counted: who has seen one knows the next."""
    hostile, other = two.pcs
    with other.db.write() as tx:
        coming = new_id(tx)
        after = coming[:16] + f"{int(coming[16:], 16) + 1:08x}"
    put(other, *forge(hostile, row_of(after, dot(hostile)), stream="org"))
    assert other.merge().refused == 1
    assert add(other, "真的", "LSA-1") == after
    assert value(other, after, "name") == "真的"


def test_the_organisations_stream_takes_no_row_of_a_centre_before_it_comes(two: Fleet) -> None:
    hostile, other = two.pcs
    client = new_row_id(other)
    change = Change(bytes.fromhex(client), dot(hostile), stamp(9), b"\x07" * 20, ())
    put(other, *forge(hostile, make_block("client", "-", [], [change]), stream="org"))
    other.merge()
    with hostile.db.write() as tx:
        tx.add(Client(id=client, number="LSA-1", name="王子琪", kind="student"))
    hostile.seal()
    two.carry(hostile, other)
    other.merge()
    assert value(other, client, "name") == "王子琪"


def new_row_id(pc: Pc) -> str:
    with pc.db.write() as tx:
        return new_id(tx)


def test_a_deletion_by_another_stream_does_not_keep_a_deleted_row_from_coming_back(two: Fleet) -> None:
    hostile, other = two.pcs
    client = add(other)
    two.settle()
    remove(other, client)
    other.seal()
    gone = Change(bytes.fromhex(client), dot(hostile), stamp(9), b"\x07" * 20, ())
    put(other, *forge(hostile, make_block("client", "-", [], [gone]), stream="org"))
    other.merge()
    change(hostile, client, remarks="还要")
    two.settle()
    assert [value(pc, client, "remarks") for pc in two.pcs] == ["还要", "还要"]
    alike(two)


def test_causes_in_a_stream_that_others_lack_do_not_stall_them(three: Fleet) -> None:
    """`county` lacks the centre's stream: what names a segment of it waits there for ever, and so what follows."""
    hostile, other, county = three.pcs
    with county.db.write() as tx:
        tx.execute(text("DELETE FROM stream_key WHERE stream <> 'org'"))
    client = add(hostile)
    hostile.seal()
    (path,) = hostile.spool()
    cause = parse_name(path)
    assert cause is not None
    three.carry(hostile, other)
    forged = forge(hostile, stream="org", previous=cause.hash)
    named = Head("org", cause.device, cause.incarnation, cause.seq, cause.hash)
    for bad in (forged, forge(hostile, stream="org", heads=[named], seq=901)):
        put(other, *bad)
        put(county, *bad)
    other.merge()
    assert value(other, client, "name") == "王子琪"
    with other.db.write() as tx:
        school = School(id=new_id(tx), stream="org", name="东昌中学")
        tx.add(school)
    other.seal()
    three.carry(other, county)
    county.merge()
    with county.db.read() as tx:
        assert tx.get(School, school.id) is not None


def _deep(depth: int) -> bytes:
    return b"\x91" * depth + b"\xc0"


@pytest.mark.parametrize(
    "line",
    [
        (1, 2**62, "[]"),
        (1, -(2**62), "[]"),
        (0, 0, "[]"),
        (1, 0, '["zz"]'),
        (1, 0, '{"ab": 1}'),
        (1, 0, "[" * 100_000),
        (1, 0, "[[]]"),
    ],
)
def test_an_audit_entry_that_nobody_could_read_is_refused(two: Fleet, line: tuple[int, int, str]) -> None:
    seq, at, subjects = line
    chain = dot(two.pcs[0])[:12]
    forged: AuditLine = (chain, seq, at, None, "x", subjects, None, NO_SEGMENT, NO_SEGMENT)
    goes_on(two, forge(two.pcs[0], audit=[forged]))
    with two.pcs[1].db.read() as tx:
        assert tx.execute(select(AuditEntry)).scalars().all() == []


def test_a_body_nested_beyond_reason_is_refused(two: Fleet) -> None:
    block = edit_of("c1" * 12, dot(two.pcs[0]), b"")
    deep = msgspec.Raw(_deep(100_000))
    block.columns = [[deep]]
    goes_on(two, forge(two.pcs[0], block))


def test_a_value_that_the_program_cannot_read_stops_no_other_packet(two: Fleet) -> None:
    """Refused for this run, and tried again at the next: it may be this program that is wrong."""
    hostile, other = two.pcs
    bad = forge(hostile, row_of(new_row_id(hostile), dot(hostile), name=b"\xff\xfe"))
    goes_on(two, bad)
    assert other.merge().refused == 1


def test_ids_given_twice_in_one_block_end_alike(two: Fleet) -> None:
    hostile, other = two.pcs
    client = add(other)
    two.settle()
    with other.db.read() as tx:
        known = tx.get_one(Client, client).version
    changes = [Change(bytes.fromhex(client), dot(hostile, n), stamp(n), known, (f"{n}",)) for n in (1, 2)]
    segment = forge(hostile, make_block("client", "remarks", ["remarks"], changes))
    for pc in two.pcs:
        put(pc, *segment)
    two.settle()
    alike(two)


# --- two windows at once


def test_two_windows_on_one_file_seal_and_merge_at_once(two: Fleet) -> None:
    one, other = two.pcs
    shared = add(one)
    two.settle()
    for n in range(12):
        change(other, shared, grade=f"{n}")
        add(other, f"乙{n}", f"LSB-{n}")
        other.seal()
    two.carry(other, one)
    second = Pc(one.folder, one.clock, one.devices)
    second.open()
    faults: list[BaseException] = []

    def work(pc: Pc, mark: str) -> Callable[[], None]:
        def run() -> None:
            try:
                for n in range(12):
                    add(pc, f"{mark}{n}", f"{mark}-{n}")
                    pc.seal()
                    pc.merge()
            except BaseException as fault:
                faults.append(fault)

        return run

    threads = [threading.Thread(target=work(*what)) for what in ((one, "甲"), (second, "丙"), (second, "丁"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    second.close()
    assert faults == []
    with one.db.read() as tx:
        mine = select(Segment.stream, Segment.incarnation, Segment.seq).where(Segment.state == "own")
        numbers = [tuple(row) for row in tx.execute(mine)]
        assert len(numbers) == len(set(numbers))
        assert tx.execute(select(Outbox)).all() == []
    assert not any(result.alarms for result in two.settle())
    assert len(clients(other)) == 1 + 12 + 36
    alike(two)


# --- what was signed is proven on every PC


def _note_on_desk(pcs: TwoPcs) -> str:
    """A case of the supervisor's, opened at `desk`, with a signed note and a level of risk; the case's id."""
    desk = pcs.sign(pcs.desk, "desk")
    visit = desk.services.intake.register([PersonArriving(NewClient("王子琪"))]).value.visits[0]
    psych = pcs.sign(pcs.desk, "psych").services
    case_id = psych.cases.open_for_visit(visit.visit_id).value.case_id
    session = psych.notes.start(case_id, visit.visit_id).value
    psych.notes.sign(session.id, NOTE)
    return case_id


def proven(pcs: TwoPcs, folder: Path, case_id: str) -> bool:
    """Whether the note is readable there and nothing about the case seems altered."""
    office = pcs.sign(folder, "psych")
    notes = office.services.notes.notes(case_id)
    with office.ctx.db.read() as tx:
        risks = live_risks(tx, office.ctx, [case_id])
    return [one.content["presenting"] for one in notes if one.content] == ["原话"] and not risks[case_id].altered


def test_what_was_signed_on_one_pc_is_proven_on_the_other_and_after_a_restore(pcs: TwoPcs, tmp_path: Path) -> None:
    pcs.sync(pcs.desk)
    pcs.close()
    shutil.copytree(pcs.desk, tmp_path / "old")
    case_id = _note_on_desk(pcs)
    for folder in (pcs.desk, pcs.room2):
        pcs.sync(folder)
    assert proven(pcs, pcs.room2, case_id)
    pcs.close()
    shutil.rmtree(pcs.desk)
    shutil.copytree(tmp_path / "old", pcs.desk)
    pcs.sync(pcs.desk)
    assert proven(pcs, pcs.desk, case_id)


def test_what_another_pc_says_of_a_signed_row_does_not_make_it_altered(pcs: TwoPcs) -> None:
    case_id = _note_on_desk(pcs)
    pcs.sync(pcs.desk)
    room = pcs.sign(pcs.room2, "director")
    with pcs.sign(pcs.desk, "psych").ctx.db.read() as tx:
        said = [
            (entry.act, list(entry.subjects))
            for entry in tx.execute(select(AuditEntry).where(AuditEntry.digest.is_not(None))).scalars()
            if case_id in entry.subjects
        ]
    assert {"case.opened", "note.signed"} <= {act for act, _ in said}
    with room.ctx.db.write() as tx:
        for act, subjects in said:
            audit.append(tx, NOON, None, act, subjects, b"\x00" * 32)
        tx.add(Client(id=new_id(tx), number="LSB-1", name="顺带", kind="student"))
    for folder in (pcs.room2, pcs.desk, pcs.room2):
        pcs.sync(folder)
    assert proven(pcs, pcs.desk, case_id)
    assert proven(pcs, pcs.room2, case_id)
