"""The doctor names what is broken, and only that. Each thing is broken for real, with the file's own key where it needs
one; nothing that it says holds a client's name."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from app import cli
from app.bootstrap import Office
from app.cases.consent_rules import Party, Purpose
from app.common import words
from app.common.clock import SystemClock
from app.common.errors import Cancelled, UserError
from app.common.progress import CancelToken
from app.people.clients import NewClient, create_client
from app.security import membership
from app.security.workspace import Workspace
from app.sync.hub_file import HubFile, write_hub_file
from app.upkeep.checks import TITLES, Check
from app.upkeep.doctor import examine_folder, examine_workspace
from db import keyfile
from db.models import MembershipStatement
from db.replica.names import parse_name
from tests.services.casework import NOTE, SECRET, begin
from tests.services.conftest import NOON, PASSWORD, Bench
from tests.services.two_pcs import TwoPcs, pcs, pcs_template

__all__ = ["pcs", "pcs_template"]

NAME = "王子琪"
OUTSIDE = ["folder", "accounts", "data-file", "disk", "clock", "backups", "spool", "hub", "last-sync"]


def bad(checks: list[Check]) -> dict[str, str]:
    """Name to sentence of what is not well."""
    return {check.name: check.says for check in checks if not check.ok}


def outside(bench: Bench) -> dict[str, str]:
    return bad(examine_folder(bench.folder, bench.clock))


def inside(office: Office) -> dict[str, str]:
    return bad(office.services.doctor.examine())


@pytest.fixture
def worked(bench: Bench) -> Bench:
    """A case with a signed note, a risk level, documents and a consent."""
    session = begin(bench)
    psych = bench.sign("psych").services
    psych.notes.sign(session.id, NOTE)
    with bench.sign("desk").ctx.db.read() as tx:
        client = tx.execute(text("SELECT lower(hex(client_id)) FROM 'case'")).scalar_one()
    bench.sign("desk").services.consent.give(client, Purpose.COUNSELLING, Party.GUARDIAN, signer_name="王母")
    return bench


def write(bench: Bench, statement: str, **values: object) -> None:
    """What somebody with the file's key can do to it."""
    with bench.sign("desk").ctx.db.write() as tx:
        assert tx.execute(text(statement), values).rowcount  # type: ignore[attr-defined]


def test_a_centre_at_work_is_well(worked: Bench) -> None:
    checks = worked.sign("desk").services.doctor.examine()
    assert bad(checks) == {}
    assert [check.name for check in checks] == [
        *OUTSIDE,
        *(
            "database",
            "sign-in",
            "audit",
            "members",
            "segments",
            "signatures",
            "peers",
            "unsent",
            "reviews",
            "numbers",
            "search",
        ),
    ]
    assert {check.name for check in checks} == TITLES.keys()
    (signatures,) = [check for check in checks if check.name == "signatures"]
    assert "notes 1" in signatures.says and "consents 1" in signatures.says and "keys of cases 3" in signatures.says


def test_it_needs_no_password_for_the_outside_and_no_sign_in_for_the_inside(worked: Bench) -> None:
    worked.sign("desk").close()
    worked.sign("psych").close()
    before = (worked.folder / "centre.db").read_bytes()
    assert [check.name for check in examine_folder(worked.folder, worked.clock)] == OUTSIDE
    workspace = Workspace(worked.folder)
    checks = examine_workspace(workspace, workspace.unlock("psych", PASSWORD), worked.clock)
    assert bad(checks) == {} and len(checks) == 20
    assert (worked.folder / "centre.db").read_bytes() == before, "looking writes nothing"


def test_nothing_that_it_says_is_a_clients(worked: Bench) -> None:
    write(worked, "UPDATE session_note SET signature = zeroblob(64)")
    write(worked, "UPDATE client SET number = 'LSA-2026-0001'")
    for language in ("zh", "en"):
        words.set_language(language)
        said = "".join(check.says + check.title for check in worked.sign("psych").services.doctor.examine())
        assert NAME not in said and SECRET not in said and "王母" not in said


# --- from outside ----------------------------------------------------------------------------------------------------


def test_a_folder_that_others_may_read_is_named(bench: Bench) -> None:
    bench.folder.chmod(0o755)
    (bench.folder / "centre.db").chmod(0o644)
    assert set(outside(bench)) == {"folder"}
    assert "centre.db" in outside(bench)["folder"]


def _weaken(folder: Path, memory: int, passes: int) -> None:
    found = keyfile.read(folder / "accounts.json")
    found.entries[0].kdf_memory, found.entries[0].kdf_passes = memory, passes
    keyfile.write(folder / "accounts.json", found)


@pytest.mark.parametrize("memory, passes", [(8 * 1024 * 1024, 3), (1 << 40, 3), (64 * 1024 * 1024, 1)])
def test_fault_26_weakened_or_poisoned_kdf_parameters_are_seen_without_a_password(
    bench: Bench, memory: int, passes: int
) -> None:
    _weaken(bench.folder, memory, passes)
    assert set(outside(bench)) == {"accounts"}
    assert keyfile.read(bench.folder / "accounts.json").entries[0].login in outside(bench)["accounts"]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", None])
def test_a_damaged_or_missing_accounts_file_is_named(bench: Bench, content: bytes | None) -> None:
    if content is None:
        (bench.folder / "accounts.json").unlink()
    else:
        (bench.folder / "accounts.json").write_bytes(content)
    assert set(outside(bench)) == {"accounts"}


def test_a_plain_database_in_the_place_of_ours_is_seen(bench: Bench) -> None:
    (bench.folder / "centre.db").unlink()
    with sqlite3.connect(bench.folder / "centre.db") as plain:
        plain.execute("CREATE TABLE client (id)")
    plain.close()
    assert set(outside(bench)) == {"data-file"}
    assert "not encrypted" in outside(bench)["data-file"]


@pytest.mark.parametrize("length", [0, 5000, None])
def test_a_data_file_that_is_cut_off_empty_or_gone_is_seen(bench: Bench, length: int | None) -> None:
    file = bench.folder / "centre.db"
    if length is None:
        file.unlink()
    else:
        os.truncate(file, length)
    assert set(outside(bench)) == {"data-file"}


def test_a_clock_that_was_set_back_or_never_set_is_seen(bench: Bench) -> None:
    bench.sign("desk").services.backups.make()
    assert outside(bench) == {}
    bench.clock.at -= timedelta(days=2)
    assert set(outside(bench)) == {"clock"}
    bench.clock.at -= timedelta(days=20 * 365)
    assert set(outside(bench)) == {"clock"}


def test_files_from_the_future_say_that_the_clock_was_set_back(bench: Bench) -> None:
    at = (bench.folder / "accounts.json").stat().st_mtime + 90 * 86_400
    os.utime(bench.folder / "accounts.json", (at, at))
    assert set(outside(bench)) == {"clock"}


def test_backups_that_are_old_damaged_or_not_there_are_seen(bench: Bench) -> None:
    backups = bench.folder / "backups"
    os.utime(backups, (0, 0))
    assert set(outside(bench)) == {"backups"}
    bench.sign("desk").services.backups.make()
    assert outside(bench) == {}
    bench.clock.at += timedelta(days=9)
    assert "9 days" in outside(bench)["backups"]
    second = bench.sign("desk").services.backups.make().value.path
    assert outside(bench) == {}
    data = bytearray(second.read_bytes())
    data[len(data) // 2] ^= 4
    second.write_bytes(data)
    assert set(outside(bench)) == {"backups"} and second.name in outside(bench)["backups"]


def test_a_hub_that_is_away_is_a_sentence(bench: Bench, tmp_path: Path) -> None:
    write_hub_file(bench.folder, HubFile("00" * 8, ["org"], f"folder:{tmp_path / 'away'}"))
    found = outside(bench)
    assert set(found) == {"hub"} and str(tmp_path / "away") in found["hub"]


def test_a_damaged_hub_file_is_a_sentence_of_each_check_that_needs_it(bench: Bench) -> None:
    (bench.folder / "hub.json").write_bytes(b"{")
    assert set(outside(bench)) == {"hub", "last-sync"}


# --- two PCs ---------------------------------------------------------------------------------------------------------


def _spool(folder: Path) -> list[Path]:
    return sorted(file for file in (folder / "spool").rglob("*") if file.is_file() and "-" in file.name)


def _of(folder: Path) -> bytes:
    return bytes.fromhex(keyfile.read(folder / "accounts.json").device)


def test_two_synchronised_pcs_are_well(pcs: TwoPcs) -> None:
    for folder in (pcs.desk, pcs.room2):
        checks = pcs.sign(folder, "desk").services.doctor.examine()
        assert bad(checks) == {}
        said = {check.name: check.says for check in checks}
        assert said["hub"].startswith("The hub answers") and "2 PCs" in said["members"]


def test_fault_16_a_flipped_bit_in_the_spool_is_found_and_named(pcs: TwoPcs) -> None:
    file = _spool(pcs.room2)[-1]
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    found = inside(pcs.sign(pcs.room2, "desk"))
    assert set(found) == {"spool"} and file.name in found["spool"]


def test_an_emptied_hub_and_a_torn_file_there_are_seen(pcs: TwoPcs) -> None:
    torn = next(file for file in (pcs.hub / "segments").rglob("*") if file.is_file())
    os.truncate(torn, 10)
    assert set(inside(pcs.sign(pcs.desk, "desk"))) == {"hub"}
    shutil.rmtree(pcs.hub / "segments")
    assert "empty" in inside(pcs.sign(pcs.desk, "desk"))["hub"]


def test_days_without_a_synchronisation_are_counted(pcs: TwoPcs) -> None:
    office = pcs.sign(pcs.desk, "desk")
    pcs.clock.at += timedelta(days=5)
    assert set(inside(office)) == {"last-sync"}
    pcs.sync(pcs.desk)
    assert inside(office) == {}


def test_fault_27_a_pc_that_is_heard_no_more_is_missed_until_it_is_taken_for_gone(pcs: TwoPcs) -> None:
    office = pcs.sign(pcs.room2, "desk")
    for days, missed in ((1, False), (15, True), (60, True), (100, False)):
        pcs.clock.at = NOON + timedelta(days=days)
        found = inside(office)
        assert ("peers" in found) == missed, days
        assert not missed or "A (" in found["peers"]
    pcs.clock.at = NOON + timedelta(days=15)
    pcs.sign(pcs.desk, "director").services.sync.sync(by="interval")
    pcs.sync(pcs.room2)
    assert inside(office) == {}


def _forge(pcs: TwoPcs) -> Path:
    """A segment in the spool under the right name for its bytes, whose signature is nobody's."""
    from db.replica.names import SegmentName, segment_hash
    from db.replica.segments import MAGIC

    path = next(f for f in _spool(pcs.desk) if f.parts[-4] == _of(pcs.desk).hex())
    clear, sealed, signature = msgspec.msgpack.decode(path.read_bytes()[len(MAGIC) :], type=tuple[bytes, bytes, bytes])
    data = MAGIC + msgspec.msgpack.encode((clear, sealed, bytes(reversed(signature))))
    old = parse_name(str(path.relative_to(pcs.desk / "spool").as_posix()))
    assert old is not None
    forged = pcs.desk / "spool" / SegmentName(old.stream, old.device, old.incarnation, 7, segment_hash(data)).path
    forged.parent.mkdir(parents=True, exist_ok=True)
    forged.write_bytes(data)
    return forged


def test_a_packet_with_a_forged_signature_is_seen(pcs: TwoPcs) -> None:
    _forge(pcs)
    assert set(inside(pcs.sign(pcs.desk, "desk"))) == {"segments"}


def test_an_own_packet_that_was_swapped_in_the_data_file_is_seen(pcs: TwoPcs) -> None:
    office = pcs.sign(pcs.desk, "desk")
    with office.ctx.db.write() as tx:
        tx.execute(text("UPDATE segment SET sealed = x'00' WHERE state = 'own' AND seq = 1 AND stream = 'org'"))
    assert set(inside(office)) == {"segments"}


def test_the_end_of_the_chain_cut_off_is_seen_from_the_own_packets(pcs: TwoPcs) -> None:
    """Without its last entries the chain is whole in itself; the header of a sealed packet knows better."""
    office = pcs.sign(pcs.desk, "desk")
    create = NewClient(NAME)
    with office.ctx.write(next(iter(office.who.may)), "test") as act:
        create_client(act.tx, create, NOON.date())
    pcs.sync(pcs.desk, "desk")
    with office.ctx.db.write() as tx:
        head = tx.execute(text("SELECT audit_head FROM segment WHERE state = 'own' ORDER BY rowid DESC")).scalar()
        chain, seq = tx.execute(text("SELECT device, seq FROM audit_entry WHERE hash = :h"), {"h": head}).one()
        for table in ("audit_entry", "audit_subject"):
            tx.execute(text(f"DELETE FROM {table} WHERE device = :d AND seq >= :s"), {"d": chain, "s": seq})
    found = inside(office)
    assert "audit" in found and "cut off" in found["audit"]


# --- inside ----------------------------------------------------------------------------------------------------------

BREAK: dict[str, tuple[str, set[str]]] = {
    "an audit entry altered": ("UPDATE audit_entry SET act = 'nothing' WHERE act = 'signed-in'", {"audit"}),
    "an audit entry taken away": (
        "DELETE FROM audit_entry WHERE act = 'session.begun' OR act = 'session.started' OR act = 'note.written'",
        {"audit"},
    ),
    "a note's signature": ("UPDATE session_note SET signature = zeroblob(64)", {"signatures"}),
    "a note's bytes": ("UPDATE session_note SET sealed = sealed || x'00'", {"signatures"}),
    "a note taken away": ("DELETE FROM session_note", {"signatures"}),
    "a risk level lowered": ("UPDATE risk_event SET level = 'none'", {"signatures"}),
    "a consent's scope": ("UPDATE consent_event SET act = 'withdrawn'", {"signatures"}),
    "a grant": ("UPDATE case_grant SET boxed_key = zeroblob(112) WHERE grantor = recipient", {"signatures"}),
    "a document": ("UPDATE case_document SET at = at + 1", {"signatures"}),
    "another opener": ("UPDATE \"case\" SET opened_by = zeroblob(12)", {"signatures"}),
    "another root": ("UPDATE organisation SET root_box = zeroblob(32)", {"sign-in"}),
    "a client out of the search": ("DELETE FROM search_entry", {"search"}),
}  # fmt: skip


@pytest.mark.parametrize("what", BREAK)
def test_what_is_broken_is_named_and_the_rest_is_well(worked: Bench, what: str) -> None:
    statement, expected = BREAK[what]
    write(worked, statement)
    assert set(inside(worked.sign("desk"))) == expected


def test_a_number_given_out_twice_is_named(bench: Bench) -> None:
    with bench.sign("desk").ctx.db.write() as tx:
        first, second = (create_client(tx, NewClient(f"某{n}"), NOON.date()) for n in range(2))
        second.number = first.number
    found = inside(bench.sign("desk"))
    assert set(found) == {"numbers"} and first.number in found["numbers"]


def test_a_statement_that_nobody_may_sign_counts_for_nothing_and_is_told(bench: Bench) -> None:
    desk = bench.sign("desk")
    with desk.ctx.db.write() as tx:
        body = tx.query(MembershipStatement.body).limit(1).scalar()
        signature = desk.who.keys.sign((membership._DOMAIN, body + b"x"))
        row = MembershipStatement(stream="org", body=body + b"x", signer=desk.who.keys.public.sign, signature=signature)
        tx.add(row)
    assert set(inside(desk)) == {"members"}


@pytest.mark.parametrize("version, well", [("0001", True), ("9999", False)])
def test_a_file_of_another_version_is_told_and_left_alone(bench: Bench, version: str, well: bool) -> None:
    write(bench, "UPDATE alembic_version SET version_num = :v", v=version)
    checks = bench.sign("desk").services.doctor.examine()
    assert [check.name for check in checks] == [*OUTSIDE, "database"]
    assert set(bad(checks)) == (set() if well else {"database"})


def test_an_accounts_file_of_another_pc_is_told(pcs: TwoPcs) -> None:
    office = pcs.sign(pcs.desk, "desk")
    office.workspace.accounts.device = _of(pcs.room2).hex()
    assert set(inside(office)) == {"sign-in"}


def _flip(bench: Bench, pages: Callable[[int], list[int]]) -> None:
    for login in ("desk", "psych"):
        bench.sign(login).close()
    file = bench.folder / "centre.db"
    data = bytearray(file.read_bytes())
    for page in pages(len(data) // 4096):
        data[page * 4096 + 2000] ^= 1
    file.write_bytes(data)


def test_a_damaged_page_is_found_even_if_nobody_reads_it(worked: Bench) -> None:
    _flip(worked, lambda pages: [pages - 1])
    workspace = Workspace(worked.folder)
    found = bad(examine_workspace(workspace, workspace.unlock("desk", PASSWORD), worked.clock))
    assert "1 pages" in found["database"]


def test_a_data_file_damaged_everywhere_gets_a_sentence_from_every_check(worked: Bench) -> None:
    _flip(worked, lambda pages: list(range(pages)))
    workspace = Workspace(worked.folder)
    checks = examine_workspace(workspace, workspace.unlock("desk", PASSWORD), worked.clock)
    found = bad(checks)
    assert len(checks) == 20
    assert set(found) >= {"database", "sign-in", "audit", "members", "segments", "signatures", "numbers", "search"}
    assert not set(found) & set(OUTSIDE)
    assert all("could not be examined" not in says for says in found.values()), found


def test_it_can_be_cancelled_and_says_how_far_it_is(bench: Bench) -> None:
    token, told = CancelToken(), list[tuple[int, int]]()

    def watch(done: int, total: int) -> None:
        told.append((done, total))
        if done == 3:
            token.cancel()

    with pytest.raises(Cancelled):
        bench.sign("desk").services.doctor.examine(watch, token)
    assert told == [(0, 20), (1, 20), (2, 20), (3, 20)]


# --- the commands ----------------------------------------------------------------------------------------------------


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*args: str | Path, password: str = PASSWORD) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(password + "\n"))
        status = cli.main([*map(str, args), "--lang", "en"])
        return status, *capsys.readouterr()

    return call


def test_the_commands_as_a_script_calls_them(run: Run, template: Path, tmp_path: Path) -> None:
    """By the system's own clock: backup, restore and doctor know no other."""
    centre, new = tmp_path / "centre", tmp_path / "new"
    shutil.copytree(template, centre, copy_function=shutil.copyfile)
    centre.chmod(0o700)

    status, out, err = run("backup", "--workspace", centre, "--json", "--user", "desk", "--to", tmp_path)
    assert (status, err) == (0, "")
    file = json.loads(out)["file"]
    status, out, err = run("restore", file, new)
    assert (status, err) == (0, "") and "director" in out
    status, out, err = run("restore", file, new)
    assert (status, out, err.count("\n")) == (1, "", 1)

    status, out, err = run("doctor", "--workspace", centre, "--json")
    found = json.loads(out)
    assert (status, found["ok"], len(found["checks"])) == (0, True, 9), out
    assert set(found["checks"][0]) >= {"name", "ok", "says"}
    status, out, err = run("doctor", "--workspace", new, "--user", "desk", "--json")
    assert (status, err, len(json.loads(out)["checks"])) == (0, "", 20), out
    (centre / "accounts.json").write_bytes(b"{}")
    status, out, err = run("doctor", "--workspace", centre, "--json", "--user", "desk")
    assert (status, err) == (1, "")
    assert [one["name"] for one in json.loads(out)["checks"] if not one["ok"]] == ["accounts"]

    status, out, err = run("doctor", "--workspace", new, "--user", "desk", password="x")
    assert (status, out, err.count("\n")) == (1, "", 1)
    status, out, err = run("doctor", "--workspace", tmp_path / "nowhere")
    assert (status, out, err.count("\n")) == (3, "", 1)


def test_the_doctor_of_settings_asks_for_the_permission(bench: Bench) -> None:
    office = bench.sign("desk")
    office.who.may = frozenset()
    with pytest.raises(UserError) as refused:
        office.services.doctor.examine()
    assert refused.value.code == "not-allowed"


def test_the_systems_clock_is_sane(bench: Bench) -> None:
    (check,) = [one for one in examine_folder(bench.folder, SystemClock()) if one.name == "clock"]
    assert check.ok, check.says
