"""The encrypted store keeps its promises: schema, versions, append-only rows, faults told apart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from app.common.errors import EnvironmentFault
from app.people.clients import NewClient, create_client
from app.security import audit
from app.security.permissions import May
from db.engine import Database
from db.errors import FaultKind, StorageFault
from db.models import SYSTEM_COLUMNS, AuditEntry, Base, Client, GroupVersion, Synced, VisitEvent
from db.replica.stamping import AppendOnly, RowIds, hybrid_stamp
from db.search import search_clients
from tests.services.conftest import NOON, Bench

SYNCED = sorted((m.class_ for m in Base.registry.mappers if issubclass(m.class_, Synced)), key=lambda c: c.__name__)


def _no_search_table(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith("client_search")


def test_migrated_schema_equals_the_models(bench: Bench) -> None:
    office = bench.sign("desk")
    options = {"compare_type": True, "include_name": _no_search_table}
    with office.ctx.db.writer.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


@pytest.mark.parametrize("model", SYNCED, ids=lambda m: m.__name__)
def test_every_column_that_may_change_is_in_exactly_one_merge_group(model: type[Synced]) -> None:
    columns = [c.key for c in model.__mapper__.column_attrs if c.key not in SYSTEM_COLUMNS]  # type: ignore[attr-defined]
    grouped = [name for group in model.merge_groups.values() for name in group]
    if model.merge_kind == "event":
        assert grouped == []
    else:
        assert sorted(grouped) == sorted(columns)


def test_an_insert_has_one_version_and_an_edit_versions_only_its_group(bench: Bench) -> None:
    ctx = bench.sign("desk").ctx
    with ctx.write(May.EDIT_CLIENTS, "test") as act:
        client = create_client(act.tx, NewClient("王子琪"), NOON.date())
    with ctx.write(May.EDIT_CLIENTS, "test") as act:
        row = act.tx.get_one(Client, client.id)
        first = row.version
        row.grade = "初二"
    with ctx.write(May.EDIT_CLIENTS, "test") as act:
        act.tx.get_one(Client, client.id).grade = "初三"
    with ctx.db.read() as tx:
        assert tx.get_one(Client, client.id).version == first
        group = tx.execute(select(GroupVersion)).scalars().one()
        assert (group.table_name, group.row_id, group.group_name) == ("client", client.id, "school")
        assert first < group.base < group.version
        assert len(first) == 20 and len(group.stamp) == 10


def test_dots_never_repeat_across_sign_ins_and_threads_of_one_file(bench: Bench) -> None:
    for login in ("desk", "psych", "desk"):
        ctx = bench.sign(login).ctx
        with ctx.write(May.SEE_TODAY, "test") as act:
            for n in range(20):
                create_client(act.tx, NewClient(f"某{n}"), NOON.date())
    with ctx.db.read() as tx:
        versions = [v for model in SYNCED for v in tx.execute(select(model.version)).scalars()]
    assert len(versions) > 60
    assert len(set(versions)) == len(versions)


def test_event_rows_cannot_be_changed_or_deleted(bench: Bench) -> None:
    ctx = bench.sign("desk").ctx
    with ctx.write(May.REGISTER_VISITS, "test") as act:
        event = VisitEvent(visit_id="00" * 12, status="waiting", at=NOON)
        act.tx.add(event)
    for change in ("edit", "delete"):
        with pytest.raises(AppendOnly), ctx.write(May.REGISTER_VISITS, "test") as act:
            row = act.tx.get_one(VisitEvent, event.id)
            if change == "edit":
                row.status = "done"
            else:
                act.tx.delete(row)
    with ctx.db.read() as tx:
        assert tx.get_one(VisitEvent, event.id).status == "waiting"


def test_a_failed_write_leaves_neither_row_nor_audit_entry(bench: Bench) -> None:
    ctx = bench.sign("desk").ctx
    with ctx.db.read() as tx:
        before = tx.query(AuditEntry).count()
    with pytest.raises(ZeroDivisionError), ctx.write(May.EDIT_CLIENTS, "test") as act:
        create_client(act.tx, NewClient("某"), NOON.date())
        raise ZeroDivisionError
    with ctx.db.read() as tx:
        assert tx.query(Client).count() == 0
        assert tx.query(AuditEntry).count() == before


def test_the_audit_chain_notices_a_changed_entry(bench: Bench) -> None:
    ctx = bench.sign("desk").ctx
    for _ in range(3):
        with ctx.write(May.EDIT_CLIENTS, "test"):
            pass
    with ctx.db.read() as tx:
        assert audit.broken_at(tx) is None
        chain, last = tx.execute(text("SELECT device, seq FROM audit_entry ORDER BY rowid DESC LIMIT 1")).one()
    changed = {"d": chain, "s": last - 1}
    with ctx.db.write() as tx:
        tx.execute(text("UPDATE audit_entry SET act = 'nothing' WHERE device = :d AND seq = :s"), changed)
    with ctx.db.read() as tx:
        assert audit.broken_at(tx) == (chain, last - 1)


def test_the_reading_connection_cannot_write(bench: Bench) -> None:
    with pytest.raises(StorageFault) as refused, bench.sign("desk").ctx.db.read() as tx:
        tx.execute(text("DELETE FROM setting"))
    assert refused.value.kind is FaultKind.READ_ONLY


def test_hybrid_stamps_only_grow_even_when_the_clock_goes_back() -> None:
    stamp = hybrid_stamp(bytes(10), 1_000)
    later = hybrid_stamp(stamp, 5)
    full = hybrid_stamp((7).to_bytes(6, "big") + b"\xff" * 4, 3)
    assert bytes(10) < stamp < later
    assert full == (8).to_bytes(6, "big") + bytes(4)


def test_row_ids_of_a_copied_folder_differ() -> None:
    one, other = RowIds(), RowIds()
    ids = [source.draw() for source in (one, other) for _ in range(100)]
    assert len(set(ids)) == 200
    assert {len(i) for i in ids} == {24}


def test_search_finds_characters_pinyin_initials_telephone_and_its_tail(bench: Bench) -> None:
    ctx = bench.sign("desk").ctx
    with ctx.write(May.EDIT_CLIENTS, "test") as act:
        wanted = create_client(
            act.tx, NewClient("王子琪", telephones=("13806351278",), school_name="聊城市第三中学"), NOON.date()
        ).id
        rare = create_client(act.tx, NewClient("蔡𫍯"), NOON.date()).id
        shan = create_client(act.tx, NewClient("单明"), NOON.date()).id
    with ctx.db.read() as tx:
        for typed in ("王子琪", "王子", "子琪", "wzq", "wangzi", "WangZiqi", "1380635", "1278", "第三中 王", "王 第三"):
            assert search_clients(tx, typed, 10) == [wanted], typed
        assert search_clients(tx, "王 单", 10) == []
        assert search_clients(tx, "𫍯", 10) == [rare]
        assert search_clients(tx, "shanming", 10) == [shan]
        for hostile in ('"', "*", "a OR b", "NEAR(", "characters:", "'; DROP", "-", "()", "…"):
            search_clients(tx, hostile, 10)


CHILD = """
    import sys, resource
    from pathlib import Path
    from app.bootstrap import open_workspace, sign_in
    from app.common.errors import EnvironmentFault
    folder, limit = Path(sys.argv[1]), int(sys.argv[2])
    office = sign_in(open_workspace(folder), "psych", "a-long-enough-word-7")
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    n = 0
    while n < 5000:
        try:
            office.services.drafts.save("note", str(n), {"text": "记" * 500})
        except EnvironmentFault as fault:
            print("fault", fault.code, n, flush=True)
            break
        print("saved", n, flush=True)
        n += 1
"""


def _child(folder: Path, limit: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(CHILD), str(folder), str(limit)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})


def test_a_full_disk_is_one_sentence_and_loses_nothing_saved(bench: Bench) -> None:
    size = (bench.folder / "centre.db").stat().st_size
    child = _child(bench.folder, size + 400_000)
    lines = (child.communicate()[0]).splitlines()
    assert lines[-1].startswith("fault storage-full"), lines[-1]
    saved = {line.split()[1] for line in lines if line.startswith("saved")}
    drafts = bench.sign("psych").services.drafts.list("note")
    assert saved <= {d.subject for d in drafts}
    assert len(saved) > 3


def test_a_kill_at_any_save_loses_no_committed_draft(bench: Bench) -> None:
    killed_at = 0
    for stop_after in (1, 3, 7, 18, 40):
        said = []
        with _child(bench.folder, 0) as child:
            assert child.stdout is not None
            for line in child.stdout:
                said.append(line.strip())
                if len(said) == stop_after:
                    child.send_signal(signal.SIGKILL)
        killed_at += child.returncode == -signal.SIGKILL
        drafts = {d.subject for d in bench.sign("psych").services.drafts.list("note")}
        assert {s.split()[1] for s in said if s.startswith("saved")} <= drafts
    assert killed_at == 5


def test_a_read_only_folder_is_one_sentence(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    office = bench.sign("psych")
    monkeypatch.setattr(office.ctx, "db", Database(Path("/proc/nowhere/centre.db"), bytes(32)))
    with pytest.raises(EnvironmentFault) as fault:
        office.services.drafts.save("note", None, {"text": "x"})
    assert fault.value.code == "storage-read-only"


def test_many_rows_edited_at_once_get_the_versions_that_each_alone_would(bench: Bench) -> None:
    ctx = bench.sign("desk").ctx
    with ctx.write(May.EDIT_CLIENTS, "test") as act:
        ids = [create_client(act.tx, NewClient(f"王子琪{n}"), NOON.date()).id for n in range(20)]
    seen: dict[str, list[bytes]] = {}
    for grade in ("初一", "初二", "初三"):
        with ctx.write(May.EDIT_CLIENTS, "test") as act:
            for client_id in ids:
                row = act.tx.get_one(Client, client_id)
                seen.setdefault(client_id, [row.version])
                row.grade = grade
        with ctx.read(May.SEE_CLIENTS) as tx:
            for client_id in ids:
                group = tx.get_one(GroupVersion, ("client", client_id, "school"))
                assert group.base == b"".join(reversed(seen[client_id]))
                seen[client_id].append(group.version)
    assert len({version for versions in seen.values() for version in versions}) == 80
