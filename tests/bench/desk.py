"""Work at a desk as the sealing finds it, written by SQL: millions of changes would take the real forms hours.

The mix is a day's: half of those who come are new (client, telephones, often a guardian); each coming is an arrival, a
visit, its four steps and the edit of the visit that the steps leave behind; some addresses and schools change. Each
registration, step and edit has its audit entry, as the program writes them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from app.demo import invented
from app.security.audit import GENESIS, entry_hash
from db.engine import Tx
from db.models import AuditEntry, Device
from db.models.replica import AUDIT
from db.replica.names import ORG
from db.replica.raw import columns, listed, models, quoted
from tests.services.fleet import CENTRE, Pc

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEPS = (("waiting", None), ("called", "waiting"), ("in_session", "called"), ("done", "in_session"))
_STAFF = bytes.fromhex("5a" * 12)
MOST_AT_ONCE = 11
"""Changes that one coming can make: client, two telephones, guardian, arrival, visit, four steps, what they leave."""
Row = dict[str, Any]


class Desk:
    """One sign-in at one PC. What it draws, it draws from `seed`: two desks need two seeds."""

    def __init__(self, pc: Pc, seed: int) -> None:
        self.pc, self.random = pc, Random(seed)
        self.prefix, self.opening, self.drawn = self.random.randbytes(8), self.random.randbytes(4), 0
        with pc.db.read() as tx:
            device = tx.query(Device).one()
            self.device, self.counter, self.clock = device.id, device.counter, int.from_bytes(device.clock, "big")
            self.clients = _ids(tx, "client")
            self.visits = _ids(tx, "visit")
            self.schools = _ids(tx, "school")
        pc.db.stamps["opening"] = self.opening
        self.chain, self.seq, self.previous = self.device + self.opening, 0, GENESIS
        self._begin()

    def _begin(self) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.edits: dict[tuple[str, str, bytes], Row] = {}
        self.audit: list[tuple[Any, ...]] = []
        self.subjects: list[tuple[bytes, bytes, int]] = []
        self.notes: list[tuple[str, str, bytes, str, bytes]] = []

    # --- what happens

    def work(self, changes: int) -> int:
        """People come until hardly one more would fit into that many changes; one transaction. How many it were."""
        if not self.schools:
            self._schools()
        while self._changes() + MOST_AT_ONCE <= changes:
            self._coming()
        done = self._changes()
        self.write()
        return done

    def renew(self, changes: int) -> None:
        """Edits of clients and visits from all over the file, each of another row, in one transaction."""
        kinds = (("client", "school"), ("client", "safe_contact"), ("visit", "queue"), ("visit", "why"))
        clients = self.random.sample(self.clients, changes // 2)
        visits = self.random.sample(self.visits, changes - changes // 2)
        for number, row_id in enumerate([*clients, *visits]):
            table, group = kinds[2 * (number >= len(clients)) + number % 2]
            self.edit(table, group, row_id)
        self.write()

    def edit(self, table: str, group: str, row_id: bytes) -> None:
        """One person changes one group of one row."""
        values = self._values(group)
        self.edits[table, group, row_id] = values
        self._say(f"{table}.changed", row_id)

    def _values(self, group: str) -> Row:
        person = self._person()
        values: dict[str, Row] = {
            "school": {
                "school_id": self.random.choice(self.schools),
                "school_name": None,
                "grade": person.grade,
                "class_name": person.class_name,
                "county": person.county,
            },
            "safe_contact": {
                "safe_times": "工作日 17:30 以后",
                "emergency_name": person.name,
                "emergency_telephone": person.telephone,
            },
            "queue": {
                "status": "done",
                "status_at": _micros(self.at),
                "room_id": None,
                "staff_id": self._staff(),
            },
            "why": {
                "referral_source": self.random.choice(invented.SOURCES),
                "concerns": json.dumps(self.random.sample(invented.CONCERNS, 2)),
                "remark": None,
            },
        }
        return values[group]

    @property
    def at(self) -> datetime:
        return self.pc.clock.now()

    def _staff(self) -> bytes:
        return bytes([5] * 11 + [self.random.randrange(20)])

    def _person(self) -> invented.Invented:
        return invented.student(self.random, self.at.date())

    def _schools(self) -> None:
        for name, county in invented.SCHOOLS:
            row = self._new("school", {"name": name, "county": county, "kind": "middle"}, ORG)
            self.schools.append(row)

    def _coming(self) -> None:
        self.pc.clock.at += timedelta(seconds=self.random.randrange(700), microseconds=self.random.randrange(10**6))
        new = not self.clients or self.random.random() < 0.5
        client = self._client() if new else self.random.choice(self.clients)
        arrival = self._new("arrival", {"centre_id": bytes.fromhex(CENTRE), "at": _micros(self.at)})
        visit = self._visit(client, arrival)
        self._say("client.registered", visit, client)
        expert, room, later = self._staff(), bytes([6] * 11 + [self.random.randrange(8)]), self.at
        for status, before in _STEPS:
            event = {"visit_id": visit, "status": status, "before": before, "at": _micros(later)}
            event |= {"by": expert, "room_id": room} if before else {"by": _STAFF}
            self._new("visit_event", event)
            if before:
                self._say("visit.moved", visit)
            later += timedelta(seconds=self.random.randrange(20, 3600), microseconds=self.random.randrange(10**6))
        left = {"status": "done", "status_at": event["at"], "room_id": room, "staff_id": expert}
        self.edits["visit", "queue", visit] = left
        if not new and self.random.random() < 0.3:
            self.edit("client", self.random.choice(("school", "safe_contact")), client)

    def _client(self) -> bytes:
        person = self._person()
        client = self._new(
            "client",
            {
                "number": f"LSA-{self.at:%Y}-{self.drawn:06d}-{self.random.randrange(10)}",
                "kind": "student",
                "name": person.name,
                "sex": person.sex,
                "birth_date": person.birth_date.isoformat(),
                "id_number": person.id_number,
                "school_id": self.schools[person.school],
                "grade": person.grade,
                "class_name": person.class_name,
                "county": person.county,
            },
        )
        self._telephone(client, person.telephone, "client")
        if self.random.random() < 0.6:
            number = invented.telephone(self.random)
            said = {"name": invented.name(self.random), "relation": self.random.choice(invented.RELATIONS)}
            self._new("guardian", {"client_id": client, "telephone": number, "withdrawn": 0, **said})
            self._telephone(client, number, "guardian")
        self.clients.append(client)
        return client

    def _telephone(self, client: bytes, number: str, owner: str) -> None:
        row = {"client_id": client, "written": number, "digits": number, "owner": owner, "current": 1}
        self._new("telephone", row)

    def _visit(self, client: bytes, arrival: bytes) -> bytes:
        row: Row = {"arrival_id": arrival, "client_id": client, "centre_id": bytes.fromhex(CENTRE)}
        row |= {"day": self.at.date().isoformat(), "ticket": f"A{self.drawn % 60:02d}", "visit_number": 1}
        row |= {"came_as": "student", "companions": json.dumps(["母亲"]), **self._values("why")}
        row |= {"asked_harm": "no", "asked_plan": "unasked", "asked_danger": "unasked", "priority": "normal"}
        visit = self._new("visit", row | {"status": "waiting", "status_at": _micros(self.at)})
        self.visits.append(visit)
        return visit

    # --- how it is written

    def _changes(self) -> int:
        return sum(map(len, self.rows.values())) + len(self.edits)

    def _dot(self) -> tuple[bytes, bytes]:
        self.counter += 1
        self.clock = max(self.clock + 1, _millis(self.at) << 32)
        return self.device + self.opening + self.counter.to_bytes(8, "big"), self.clock.to_bytes(10, "big")

    def _new(self, table: str, values: Row, stream: str = CENTRE) -> bytes:
        self.drawn += 1
        row_id = self.prefix + self.drawn.to_bytes(4, "big")
        version, stamp = self._dot()
        self.rows[table].append({"id": row_id, "stream": stream, "version": version, "stamp": stamp, **values})
        self.notes.append((stream, table, row_id, "", b""))
        return row_id

    def _say(self, act: str, *about: bytes) -> None:
        self.seq += 1
        said = AuditEntry(
            device=self.chain, seq=self.seq, at=self.at, user_id="5a" * 12, act=act, previous=self.previous
        )
        said.subjects, said.digest = [one.hex() for one in about], None
        said.hash = self.previous = entry_hash(said)
        subjects = json.dumps(said.subjects)
        line = (self.chain, self.seq, _micros(self.at), _STAFF, act, subjects, None, said.previous, said.hash)
        self.audit.append(line)
        self.subjects += [(one, self.chain, self.seq) for one in about]
        self.notes.append((CENTRE, AUDIT, self.chain, str(self.seq), b""))

    def write(self) -> None:
        """All that happened since the last time."""
        with self.pc.db.write() as tx:
            for table, rows in self.rows.items():
                _insert(tx, table, columns(table), [tuple(map(row.get, columns(table))) for row in rows])
            for (table, group, row_id), values in self.edits.items():
                self._edit(tx, table, group, row_id, values)
            names = ("device", "seq", "at", "user_id", "act", "subjects", "digest", "previous", "hash")
            _insert(tx, "audit_entry", names, self.audit)
            _insert(tx, "audit_subject", ("subject", "device", "seq"), self.subjects)
            _insert(tx, "outbox", ("stream", "table_name", "row_id", "part", "supersedes"), self.notes)
            own = (self.counter, self.clock.to_bytes(10, "big"))
            tx.connection().exec_driver_sql("UPDATE device SET counter = ?, clock = ?", own)
        self._begin()

    def _edit(self, tx: Tx, table: str, group: str, row_id: bytes, values: Mapping[str, Any]) -> None:
        run = tx.connection().exec_driver_sql
        of_group = (
            "SELECT coalesce((SELECT version FROM group_version WHERE (table_name, row_id, group_name) = (?, ?, ?)), "
            f"(SELECT version FROM {quoted(table)} WHERE id = ?))"
        )
        before: bytes = run(of_group, (table, row_id, group, row_id)).scalar_one()
        version, stamp = self._dot()
        names = models()[table].merge_groups[group]
        sets = ", ".join(f"{quoted(name)} = ?" for name in names)
        run(f"UPDATE {quoted(table)} SET {sets} WHERE id = ?", (*(values[name] for name in names), row_id))
        run(
            "INSERT OR REPLACE INTO group_version (table_name, row_id, group_name, version, stamp, base) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (table, row_id, group, version, stamp, before),
        )
        self.notes.append((CENTRE, table, row_id, group, before))


def _insert(tx: Tx, table: str, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(names))
    if rows:
        tx.connection().exec_driver_sql(f"INSERT INTO {quoted(table)} ({listed(names)}) VALUES ({marks})", rows)


def _ids(tx: Tx, table: str) -> list[bytes]:
    return [row[0] for row in tx.connection().exec_driver_sql(f"SELECT id FROM {quoted(table)} ORDER BY id")]


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _millis(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
