"""Who wrote a version: the PC by its dot, the person by the audit entry that the same opening of that PC left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.common.words import tr
from app.security.context import Context
from db.engine import Tx
from db.models import AuditEntry, AuditSubject, GroupVersion, Synced
from db.replica.settling import when

_NEAR = timedelta(minutes=2)  # the entry is made in the transaction of the edit, by another clock of the same PC
_AT_ONCE = 5_000


class Writers:
    """Names for versions of some rows, read at once."""

    def __init__(self, tx: Tx, ctx: Context, row_ids: Iterable[str]) -> None:
        members = ctx.members(tx)
        self._devices = members.devices
        self._people = {user: member.name for user, member in members.members.items()}
        self._entries: dict[tuple[str, bytes], list[tuple[datetime, str]]] = defaultdict(list)
        ids = sorted(set(row_ids))
        for at in range(0, len(ids), _AT_ONCE):
            self._read(tx, ids[at : at + _AT_ONCE])

    def _read(self, tx: Tx, ids: list[str]) -> None:
        query = (
            select(AuditSubject.subject, AuditSubject.device, AuditEntry.at, AuditEntry.user_id)
            .join(AuditEntry, (AuditEntry.device == AuditSubject.device) & (AuditEntry.seq == AuditSubject.seq))
            .where(AuditSubject.subject.in_(ids), AuditEntry.user_id.is_not(None))
        )
        for subject, chain, at, user in tx.execute(query):
            self._entries[subject, chain].append((at, user or ""))

    def name(self, row_id: str, version: bytes, stamp: bytes) -> str:
        """ "前台一（电脑 A 前台）", or the PC alone where no entry says who sat at it."""
        person, pc = self._person(row_id, version, when(stamp)), self._pc(version)
        return tr("{name} ({pc})", name=person, pc=pc) if person else pc

    def _pc(self, version: bytes) -> str:
        known = self._devices.get(version[:8])
        if known is None:
            return tr("a PC that is not known")
        return tr("PC {letter} {name}", letter=known.letter, name=known.name).rstrip()

    def _person(self, row_id: str, version: bytes, at: datetime) -> str:
        entries = self._entries.get((row_id, version[:12]), ())
        near = [(abs(entry - at), user) for entry, user in entries if abs(entry - at) <= _NEAR]
        return self._people.get(min(near)[1], "") if near else ""


def devices_of(tx: Tx, table: str, rows: Sequence[Synced], groups: Sequence[str]) -> dict[str, frozenset[bytes]]:
    """Row id -> the PCs that said what stands in these groups of columns."""
    found: dict[str, dict[str, bytes]] = {row.id: dict.fromkeys(groups, row.version[:8]) for row in rows}
    ids = list(found)
    for at in range(0, len(ids), 2_000):
        query = select(GroupVersion.row_id, GroupVersion.group_name, GroupVersion.version).where(
            GroupVersion.table_name == table,
            GroupVersion.row_id.in_(ids[at : at + 2_000]),
            GroupVersion.group_name.in_(groups),
        )
        for row_id, group, version in tx.execute(query):
            found[row_id][group] = version[:8]
    return {row_id: frozenset(by_group.values()) for row_id, by_group in found.items()}
