"""Edits of one field group on two PCs: one side shows, the others are kept, a person chooses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.common.errors import UserError
from app.common.words import N_, tr
from app.security.context import Act, Context
from app.sync.reviewing.rights import RIGHTS, may_decide
from app.sync.reviewing.subjects import Subject, refers, subject_of
from app.sync.reviewing.values import Names, ids_in, said
from app.sync.reviewing.words import GROUPS
from app.sync.reviewing.writers import Writers
from app.sync.views import ReviewView, SideView
from db.engine import Tx
from db.models import GroupVersion, Loser, Synced
from db.replica.raw import Raw, listed, models, quoted
from db.replica.settling import OpenSide, open_sides, settle, when

CHANGED = N_("Somebody has changed this meanwhile. Look at both sides again.")
_AT_ONCE = 2_000
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Winner:
    """The side that shows."""

    row: Synced
    version: bytes
    stamp: bytes
    values: Mapping[str, Raw]


@dataclass(frozen=True, slots=True)
class OpenEdit:
    """One field group with the side that shows and those that wait; their values differ."""

    table: str
    group: str
    winner: _Winner
    losers: tuple[OpenSide, ...]

    @property
    def id(self) -> str:
        return f"edit:{self.table}:{self.winner.row.id}:{self.group}"


def open_edits(tx: Tx, ctx: Context) -> list[OpenEdit]:
    """Those that this user may decide, of rows of the organisation or of their own centre."""
    tables = [table for table in RIGHTS if may_decide(table, ctx.who.may)]
    return [found for table in tables for found in _of_table(tx, ctx, table)]


def count_edits(tx: Tx, ctx: Context) -> int:
    """How many; the few that wait are looked at, since a side that says the same as the other is no question."""
    waits = tx.execute(select(func.count()).select_from(Loser).where(Loser.settled_at.is_(None))).scalar_one()
    return len(open_edits(tx, ctx)) if waits else 0


def _of_table(tx: Tx, ctx: Context, table: str) -> list[OpenEdit]:
    model = models()[table]
    sides = [side for side in open_sides(tx, table) if side.group not in model.merge_quiet]
    by_group: dict[Key, list[OpenSide]] = defaultdict(list)
    for side in sides:
        by_group[table, side.row_id, side.group].append(side)
    found = []
    for key, winner in _winners(tx, table, list(by_group)).items():
        if winner.row.stream not in ("org", ctx.who.centre_id):
            continue
        losers = tuple(side for side in by_group[key] if dict(side.values) != winner.values)
        if losers:
            found.append(OpenEdit(table, key[2], winner, losers))
    return found


def _winners(tx: Tx, table: str, keys: Sequence[Key]) -> dict[Key, _Winner]:
    """What shows now, of the rows that are here."""
    model: Any = models()[table]
    ids = sorted({row_id for _, row_id, _ in keys})
    rows: dict[str, Synced] = {}
    raw: dict[str, dict[str, Raw]] = {}
    versions: dict[tuple[str, str], tuple[bytes, bytes]] = {}
    for at in range(0, len(ids), _AT_ONCE):
        part = ids[at : at + _AT_ONCE]
        rows |= {row.id: row for row in tx.execute(select(model).where(model.id.in_(part))).scalars()}
        raw |= _raw(tx, table, part)
        wanted = (GroupVersion.table_name == table, GroupVersion.row_id.in_(part))
        query = select(GroupVersion.row_id, GroupVersion.group_name, GroupVersion.version, GroupVersion.stamp)
        versions |= {(one, group): (version, stamp) for one, group, version, stamp in tx.execute(query.where(*wanted))}
    found: dict[Key, _Winner] = {}
    for key in keys:
        _, row_id, group = key
        if row_id in rows and group in model.merge_groups:
            row = rows[row_id]
            version, stamp = versions.get((row_id, group), (row.version, row.stamp))
            values = {name: raw[row_id][name] for name in model.merge_groups[group]}
            found[key] = _Winner(row, version, stamp, values)
    return found


def _raw(tx: Tx, table: str, ids: Sequence[str]) -> dict[str, dict[str, Raw]]:
    names = tuple(name for group in models()[table].merge_groups.values() for name in group)
    marks = ", ".join("?" * len(ids))
    query = f"SELECT id, {listed(names)} FROM {quoted(table)} WHERE id IN ({marks})"
    rows = tx.connection().exec_driver_sql(query, tuple(bytes.fromhex(row_id) for row_id in ids))
    return {row[0].hex(): dict(zip(names, row[1:], strict=True)) for row in rows}


def views(tx: Tx, ctx: Context, found: Sequence[OpenEdit]) -> list[ReviewView]:
    """In words."""
    names = Names(tx, ctx)
    names.learn(wanted for edit in found for wanted in refers(edit.winner.row))
    names.learn(wanted for edit in found for values in _all_values(edit) for wanted in ids_in(edit.table, values))
    writers = Writers(tx, ctx, (edit.winner.row.id for edit in found))
    return [_view(edit, subject_of(edit.winner.row, names), names, writers) for edit in found]


def _all_values(edit: OpenEdit) -> Iterable[Mapping[str, Raw]]:
    return (edit.winner.values, *(side.values for side in edit.losers))


def _view(edit: OpenEdit, subject: Subject, names: Names, writers: Writers) -> ReviewView:
    def side(version: bytes, stamp: bytes, values: Mapping[str, Raw], shows: bool) -> SideView:
        ordered = {name: values.get(name) for name in edit.winner.values}
        written_by = writers.name(edit.winner.row.id, version, stamp)
        return SideView(version.hex(), said(edit.table, ordered, names), written_by, when(stamp), shows)

    shown = side(edit.winner.version, edit.winner.stamp, edit.winner.values, True)
    others = tuple(side(one.version, one.stamp, one.values, False) for one in edit.losers)
    return ReviewView(
        id=edit.id,
        kind="edit",
        subject=subject.text,
        what=tr(GROUPS[edit.table][edit.group]),
        sides=(shown, *others),
        found_at=min(one.found_at for one in edit.losers),
        client_id=subject.client_id,
        case_id=subject.case_id,
    )


def decide(act: Act, ctx: Context, table: str, row_id: str, group: str, side_key: str, now: datetime) -> None:
    """Makes the chosen side the newest version. UserError "review-changed" if the sides are others by now."""
    tx = act.tx
    if not may_decide(table, ctx.who.may):
        raise UserError("not-allowed", N_("Your role does not allow this."))
    edit = next((one for one in _of_table(tx, ctx, table) if (one.winner.row.id, one.group) == (row_id, group)), None)
    if edit is None:
        raise UserError("review-gone", N_("This has been decided already."))
    chosen = {side.version.hex(): side for side in edit.losers}.get(side_key)
    if chosen is None and side_key != edit.winner.version.hex():
        raise UserError("review-changed", CHANGED)
    every = [side for side in open_sides(tx, table, [row_id]) if side.group == group]
    settle(tx, table, row_id, group, chosen.values if chosen else None, [side.loser_id for side in every], now)
    act.on(row_id)
