"""A file of an earlier schema keeps everything, and what it holds reaches the other PCs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from db.engine import Database
from db.models import AuditEntry, Client, DutyPattern, GroupVersion, Leave
from db.replica import sealing
from db.replica.stamping import hybrid_stamp, new_id
from db.schema import upgrade
from tests.services.fleet import CENTRE, KEY, Fleet, open_losers, state_of

CLIENT = "c1" * 12
OPENING = b"\xd0" * 8 + b"d" * 4
FIRST, EDITED = OPENING + (1).to_bytes(8, "big"), OPENING + (2).to_bytes(8, "big")


def _old_file(path: Path, like: Database) -> None:
    """Schema 0001 with a client whose school was edited, and one audit entry."""
    made = Database(path, KEY)
    upgrade(made, "0001")
    with like.read() as tx:
        device = tx.execute(text("SELECT * FROM device")).mappings().one()
        keys = tx.execute(text("SELECT * FROM stream_key")).mappings().all()
    first = hybrid_stamp(bytes(10), 1_700_000_000_000)
    with made.writer.connect() as connection, connection.begin():
        for table, row in [("device", dict(device)), *(("stream_key", dict(key)) for key in keys)]:
            names = ", ".join(row)
            marks = ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)
        connection.execute(
            text(
                "INSERT INTO client (id, stream, version, stamp, number, kind, name, grade) "
                "VALUES (:i, :s, :v, :t, 'LSA-1', 'student', '王子琪', '初二')"
            ),
            {"i": bytes.fromhex(CLIENT), "s": CENTRE, "v": FIRST, "t": first},
        )
        connection.execute(
            text("INSERT INTO group_version VALUES ('client', :i, 'school', :v, :t, :b)"),
            {"i": bytes.fromhex(CLIENT), "v": EDITED, "t": hybrid_stamp(first, 0), "b": FIRST},
        )
        connection.execute(
            text(
                "INSERT INTO audit_entry (device, seq, at, act, subjects, previous, hash) "
                "VALUES (:d, 1, 5, 'client.edited', '[]', :p, :h)"
            ),
            {"d": device["id"], "p": bytes(32), "h": b"h" * 32},
        )
    made.close()


def test_rows_of_the_first_schema_travel_with_their_versions(two: Fleet) -> None:
    one, other = two.pcs
    old = one.folder / "old.db"
    _old_file(old, one.db)
    one.close()
    for left in one.folder.glob("centre.db*"):
        left.unlink()
    old.rename(one.folder / "centre.db")
    database = Database.open(one.folder / "centre.db", KEY)
    upgrade(database)
    database.close()
    one.open()
    two.settle()
    with other.db.write() as tx:
        row = tx.get_one(Client, CLIENT)
        assert (row.name, row.grade) == ("王子琪", "初二")
        assert tx.get_one(GroupVersion, ("client", CLIENT, "school")).version == EDITED
        assert tx.execute(select(AuditEntry.act)).scalars().all() == ["client.edited"]
        row.grade = "初三"
    two.settle()
    assert state_of(one) == state_of(other)
    with one.db.read() as tx:
        assert open_losers(tx) == []
        assert tx.get_one(Client, CLIENT).grade == "初三"


def test_segments_of_an_earlier_schema_are_taken_with_the_defaults_of_this_one(
    two: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PC that was not updated yet writes rows without the columns that came later."""
    one, other = two.pcs
    with one.db.write() as tx:
        tx.add(Leave(id=new_id(tx), stream="org", staff_id="a1" * 12, first=date(2027, 1, 4), last=date(2027, 1, 5)))
        tx.add(DutyPattern(id=new_id(tx), stream="org", centre_id=CENTRE, weekday=5, half="am", needed=2))
    with monkeypatch.context() as earlier:
        earlier.setattr(sealing, "LATEST", "0002")
        assert one.seal() > 0
    two.settle()
    assert state_of(one) == state_of(other)
    with other.db.read() as tx:
        leave = tx.execute(select(Leave)).scalars().one()
        pattern = tx.execute(select(DutyPattern)).scalars().one()
        assert (leave.first, leave.half, leave.rule) == (date(2027, 1, 4), None, None)
        assert (pattern.needed, pattern.room_ids, pattern.specialities, pattern.rule) == (2, [], [], None)
