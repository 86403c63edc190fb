"""Rows that were added on one PC to something that another PC had deleted: nothing leads to them any more.

A row that can be deleted goes together with what it belongs to, if the deleter knew of it; so one that is still here
was not known. Events are never deleted: of those, only what was made after the deletion counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import text

from app.common.errors import UserError
from app.common.words import N_, ntr, tr
from app.security.context import Act, Context
from app.sync.reviewing.left import LEFT, left_alone
from app.sync.reviewing.rights import may_decide
from app.sync.reviewing.subjects import refers, subject_of
from app.sync.reviewing.values import Names, mapped
from app.sync.reviewing.words import GROUPS
from app.sync.reviewing.writers import Writers
from app.sync.views import ReviewView, SideView
from db.engine import Tx
from db.models import Synced
from db.replica.raw import Raw, content_columns, models, quoted
from db.replica.settling import put_back, when

RESTORE, LEAVE = "restore", "leave"
_CHILDREN: dict[str, str] = {
    "appointment": N_("Booking"),
    "assignment": N_("Duty"),
    "case": N_("Case"),
    "consent_event": N_("Consent"),
    "counselling_session": N_("Counselling session"),
    "duty_day": N_("Duty of one day"),
    "duty_pattern": N_("Regular duty"),
    "duty_wish": N_("Wish of an expert"),
    "guardian": N_("Guardian"),
    "leave": N_("Days of leave"),
    "letter_event": N_("Step of a letter"),
    "publication": N_("Published version"),
    "released_letter": N_("Released letter"),
    "swap_request": N_("Swap of duties"),
    "telephone": N_("Telephone"),
    "visit": N_("Visit"),
    "visit_event": N_("Step of a visit"),
}


@dataclass(frozen=True, slots=True)
class Orphans:
    """A deleted row and how many rows of which tables belong to it."""

    table: str
    row_id: str
    version: bytes
    stamp: bytes
    content: Mapping[str, Raw] | None
    children: Mapping[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"orphan:{self.table}:{self.row_id}"


@cache
def _belonging() -> dict[str, list[tuple[str, str]]]:
    """Table -> (table, column) of the rows that belong to its rows."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for table, model in models().items():
        for column, parent in model.merge_parent.items():
            found[parent].append((table, column))
    return dict(found)


def open_orphans(tx: Tx, ctx: Context) -> list[Orphans]:
    """Those that this user may decide, of the organisation or of their own centre."""
    gone = text("SELECT DISTINCT table_name FROM removed WHERE NOT beaten AND (stream = 'org' OR stream = :c)")
    tables = tx.execute(gone, {"c": ctx.who.centre_id}).scalars().all()
    found = [one for table in tables if may_decide(table, ctx.who.may) for one in _of_table(tx, ctx, table)]
    left = left_alone(tx, (one.row_id for one in found))
    return [one for one in found if frozenset((one.row_id,)) not in left]


def _of_table(tx: Tx, ctx: Context, table: str) -> list[Orphans]:
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for child, column in _belonging().get(table, ()):
        later = "AND c.stamp > r.stamp" if models()[child].merge_kind == "event" else ""
        query = text(
            f"SELECT r.row_id, count(*) FROM removed AS r JOIN {quoted(child)} AS c ON c.{quoted(column)} = r.row_id "
            f"WHERE r.table_name = :t AND NOT r.beaten AND (r.stream = 'org' OR r.stream = :c) {later} "
            f"GROUP BY r.row_id"
        )
        for row_id, number in tx.execute(query, {"t": table, "c": ctx.who.centre_id}):
            counted[row_id.hex()][child] = number
    query = text("SELECT version, stamp, content FROM removed WHERE table_name = :t AND row_id = :i")
    found = []
    for row_id, children in counted.items():
        version, stamp, content = tx.execute(query, {"t": table, "i": bytes.fromhex(row_id)}).one()
        values = msgspec.msgpack.decode(content) if content else None
        found.append(Orphans(table, row_id, version, stamp, values, children))
    return found


def _as_row(one: Orphans) -> Synced | None:
    """The deleted row as it was, outside of any transaction."""
    if one.content is None:
        return None
    values = {name: mapped(one.table, name, one.content.get(name)) for name in content_columns(one.table)}
    model: Any = models()[one.table]
    row: Synced = model(id=one.row_id, **values)
    return row


def views(tx: Tx, ctx: Context, found: Sequence[Orphans]) -> list[ReviewView]:
    """In words."""
    names, writers = Names(tx, ctx), Writers(tx, ctx, (one.row_id for one in found))
    rows = [(one, _as_row(one)) for one in found]
    names.learn(wanted for _, row in rows if row is not None for wanted in refers(row))
    return [_view(one, subject_of(row, names).text if row else "", writers) for one, row in rows]


def _view(one: Orphans, subject: str, writers: Writers) -> ReviewView:
    kept = tuple(
        (tr(_CHILDREN.get(table, N_("Other"))), ntr("{n} record", "{n} records", number))
        for table, number in sorted(one.children.items())
    )
    by = writers.name(one.row_id, one.version, one.stamp)
    sides = [SideView(LEAVE, ((tr("Decision"), tr("Leave it deleted")), *kept), by, when(one.stamp), True)]
    if one.content is not None:
        sides.append(SideView(RESTORE, ((tr("Decision"), tr("Bring it back")), *kept), "", None, False))
    group = next(iter(GROUPS.get(one.table, {}).values()), "")
    return ReviewView(
        id=one.id,
        kind="orphan",
        subject=subject or tr(group),
        what=tr("Deleted on one PC, while the other added to it"),
        sides=tuple(sides),
        found_at=when(one.stamp),
    )


def decide(act: Act, ctx: Context, table: str, row_id: str, side_key: str) -> None:
    """Brings the deleted row back, or remembers that it stays deleted; what was added is kept either way."""
    if not may_decide(table, ctx.who.may):
        raise UserError("not-allowed", N_("Your role does not allow this."))
    found = next((one for one in open_orphans(act.tx, ctx) if (one.table, one.row_id) == (table, row_id)), None)
    if found is None:
        raise UserError("review-gone", N_("This has been decided already."))
    if side_key == RESTORE and found.content is not None:
        put_back(act.tx, table, row_id)
    elif side_key == LEAVE:
        act.name = LEFT
    else:
        raise UserError("review-changed", N_("Choose one of the sides that are shown."))
    act.on(row_id)
