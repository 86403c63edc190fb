"""Taking in what another PC sealed: set-based, obeying what the models declare, knowing no policy.

For each group of columns the version with the highest (stamp, dot) shows. An edit's stamp always stands above that of
what it supersedes, so that this is causality wherever there is any, and the clock only decides between edits made
without knowledge of each other; then the other side is kept as a loser, open until some version supersedes it. The
outcome is a function of the set of versions: neither order nor repetition changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text

from db.engine import Tx
from db.models.base import Shared, micros
from db.models.replica import DELETION, WHOLE_ROW
from db.replica.alike import count_alike
from db.replica.audit_lines import Stored, restore
from db.replica.deletions import bring_back, delete_again, take_deletions
from db.replica.names import ORG
from db.replica.raw import Raw, content_columns, listed, models, quoted
from db.replica.segments import Block, Body, Change, SegmentBroken, changes_of
from db.replica.settling import settle_quiet
from db.replica.stamping import raise_clock, stamped_upto

DAY_MS = 86_400_000


@dataclass(slots=True)
class Taken:
    """What one segment brought: ids touched by table, concurrent edits kept, rows from a clock far ahead, and edits
    that were not taken (of a fixed group, of a row in another stream, of a row that is not here)."""

    touched: dict[str, set[bytes]] = field(default_factory=dict)
    rows: int = 0
    conflicts: int = 0
    doubtful: int = 0
    not_taken: int = 0


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A proven body taken apart into what the statements take, so that no transaction waits for it."""

    blocks: list[tuple[Block, list[Change]]]
    audit: list[Stored]
    subjects: list[tuple[bytes, bytes, int]]


def unfold(body: Body, stream: str, device: bytes, schema: str) -> Unfolded:
    """SegmentBroken if its parts do not fit together, are not what the models of `schema` (the sealing PC's, never a
    later one than ours) know, do not belong into the stream, or speak under the dots of another PC than `device`."""
    for block in body.blocks:
        _check(block, schema)
        if stream == ORG and not issubclass(models()[block.table], Shared):
            raise SegmentBroken("stream")
        if any(opening[:8] != device for opening in block.openings):
            raise SegmentBroken("dots")
    blocks = [(block, changes_of(block)) for block in body.blocks]
    audit, names = restore(body.audit)
    return Unfolded(blocks, audit, _subjects(audit, names))


def take_body(tx: Tx, stream: str, body: Unfolded, now: datetime, now_ms: int) -> Taken:
    """Merges one proven body into the rows of `stream`, in the caller's transaction, whose outbox must be empty."""
    taken = Taken()
    ahead = max(now_ms, int.from_bytes(stamped_upto(tx)[:6], "big")) + DAY_MS
    limit = ahead.to_bytes(6, "big")
    newest = bytes(10)
    for block, changes in body.blocks:
        taken.rows += len(changes)
        taken.touched.setdefault(block.table, set()).update(change.id for change in changes)
        trusted = [change.stamp for change in changes if change.stamp[:6] <= limit]
        taken.doubtful += len(changes) - len(trusted)
        newest = max([newest, *trusted])
        if block.part == WHOLE_ROW:
            _take_rows(tx, stream, block, changes)
        elif block.part == DELETION:
            taken.not_taken += take_deletions(tx, stream, block.table, changes)
        else:
            _take_edits(tx, stream, block, changes, now, taken)
    raise_clock(tx, newest)
    return taken


def _check(block: Block, schema: str) -> None:
    """Only what the models know; a newer schema's segments do not come this far."""
    model = models().get(block.table)
    if model is None:
        raise SegmentBroken("table")
    expected: Sequence[str] = ()
    if block.part == WHOLE_ROW:
        expected = content_columns(block.table, schema)
    elif block.part != DELETION:
        if block.part not in model.merge_groups:
            raise SegmentBroken("group")
        expected = model.merge_groups[block.part]
    elif model.merge_kind == "event" and not model.merge_expires:
        raise SegmentBroken("deletion")
    if tuple(block.names) != tuple(expected) or len(block.columns) != len(block.names):
        raise SegmentBroken("columns")


def _run(tx: Tx, statement: str, rows: Sequence[tuple[Raw, ...]]) -> None:
    if rows:
        tx.connection().exec_driver_sql(statement, rows)


def _take_rows(tx: Tx, stream: str, block: Block, changes: list[Change]) -> None:
    """Rows that are here already stay as they are; those that were deleted here do not come back by repetition."""
    names = tuple(block.names)
    marks = ", ".join("?" * (len(names) + 4))
    _run(
        tx,
        f"INSERT INTO {quoted(block.table)} (id, stream, version, stamp, {listed(names)}) VALUES ({marks}) "
        f"ON CONFLICT (id) DO NOTHING",
        [(change.id, stream, change.version, change.stamp, *change.values) for change in changes],
    )
    delete_again(tx, block.table, [change.id for change in changes])


_JUDGE = """
INSERT INTO temp.judged
SELECT i.row_id, coalesce(g.version, t.version), coalesce(g.stamp, t.stamp), coalesce(g.base, x''),
  CASE
    WHEN t.id IS NULL THEN CASE WHEN r.row_id IS NULL THEN 'gone' ELSE 'deleted' END
    WHEN t.stream <> :stream THEN 'foreign'
    WHEN coalesce(g.version, t.version) = i.version THEN 'known'
    WHEN (i.stamp, i.version) > (coalesce(g.stamp, t.stamp), coalesce(g.version, t.version))
      THEN CASE WHEN instr(i.supersedes, coalesce(g.version, t.version)) % 20 = 1 THEN 'next' ELSE 'wins' END
    WHEN instr(coalesce(g.base, x''), i.version) % 20 = 1 THEN 'known'
    WHEN instr(i.supersedes, coalesce(g.version, t.version)) % 20 = 1 THEN 'known'
    ELSE 'loses'
  END
FROM temp.incoming AS i
LEFT JOIN {table} AS t ON t.id = i.row_id
LEFT JOIN removed AS r ON r.table_name = :t AND r.row_id = i.row_id AND r.stream = :stream
LEFT JOIN group_version AS g ON g.table_name = :t AND g.row_id = i.row_id AND g.group_name = :g
"""
# A version may come again, from a copy of the PC that made it: so what is superseded stays remembered.
_REMEMBER = """
UPDATE group_version SET base = CAST(group_version.base || i.supersedes AS BLOB)
FROM temp.judged AS j JOIN temp.incoming AS i ON i.row_id = j.row_id
WHERE group_version.table_name = :t AND group_version.row_id = j.row_id AND group_version.group_name = :g
  AND j.verdict IN ('known', 'loses') AND i.version <> group_version.version
  AND instr(group_version.base, i.supersedes) % 20 <> 1
"""


def _take_edits(tx: Tx, stream: str, block: Block, changes: list[Change], now: datetime, taken: Taken) -> None:
    table, group, names = block.table, block.part, tuple(block.names)
    if group in models()[table].merge_fixed:
        taken.not_taken += len(changes)
        return
    _load(tx, names, changes)
    bring_back(tx, table, group, stream)
    key = {"t": table, "g": group, "stream": stream}
    tx.execute(text(_JUDGE.format(table=quoted(table))), key)
    judged = tx.execute(text("SELECT verdict, count(*) FROM temp.judged GROUP BY verdict"))
    verdicts: dict[str, int] = {row.verdict: row[1] for row in judged}
    taken.not_taken += verdicts.get("gone", 0) + verdicts.get("foreign", 0)
    tx.execute(text(_SETTLE), {**key, "now": micros(now)})
    if verdicts.get("wins") or verdicts.get("loses"):
        taken.conflicts += _keep_losers(tx, table, group, names, now, verdicts)
    if verdicts.get("next") or verdicts.get("wins"):
        _apply(tx, table, group, names)
    if verdicts.get("wins") or verdicts.get("loses"):
        no_question = settle_quiet(tx, table, group, now) + count_alike(tx, table, group, names)
        taken.conflicts = max(0, taken.conflicts - no_question)
    if verdicts.get("known") or verdicts.get("loses"):
        tx.execute(text(_REMEMBER), key)


def _load(tx: Tx, names: Iterable[str], changes: list[Change]) -> None:
    given = tuple(names)
    incoming = f"(row_id BLOB PRIMARY KEY, version BLOB, stamp BLOB, supersedes BLOB, {listed(given)})"
    judged = "(row_id BLOB PRIMARY KEY, version BLOB, stamp BLOB, base BLOB, verdict TEXT)"
    for name, columns in (("incoming", incoming), ("judged", judged)):
        tx.connection().exec_driver_sql(f"DROP TABLE IF EXISTS temp.{name}")
        tx.connection().exec_driver_sql(f"CREATE TEMP TABLE {name} {columns} WITHOUT ROWID")
    marks = ", ".join("?" * (len(given) + 4))
    _run(
        tx,
        f"INSERT OR REPLACE INTO temp.incoming VALUES ({marks})",
        [(change.id, change.version, change.stamp, change.supersedes, *change.values) for change in changes],
    )


# What an incoming version supersedes is open no more, whether that version itself shows or not.
_SETTLE = """
UPDATE loser SET settled_at = :now
WHERE settled_at IS NULL AND table_name = :t AND group_name = :g AND EXISTS (
  SELECT 1 FROM temp.incoming AS i JOIN temp.judged AS j ON j.row_id = i.row_id
  WHERE i.row_id = loser.row_id AND j.verdict IN ('known', 'next', 'wins', 'loses')
    AND instr(i.supersedes, loser.version) % 20 = 1)
"""

_LOSERS = """
INSERT INTO loser (table_name, row_id, group_name, version, stamp, against, found_at)
SELECT :t, j.row_id, :g, {version}, {stamp}, {against}, :now
FROM temp.judged AS j JOIN temp.incoming AS i ON i.row_id = j.row_id WHERE j.verdict = '{verdict}'
ON CONFLICT DO NOTHING
"""


def _keep_losers(
    tx: Tx, table: str, group: str, names: Sequence[str], now: datetime, verdicts: Mapping[str, int]
) -> int:
    """Both sides of each concurrent edit stay: the one that shows in the row, the other here, value by value."""
    key = {"t": table, "g": group, "now": micros(now)}
    sides = (
        ("loses", "i.version", "i.stamp", "j.version", "temp.incoming", "row_id"),
        ("wins", "j.version", "j.stamp", "i.version", quoted(table), "id"),
    )
    kept = 0
    for verdict, version, stamp, against, source, ident in (side for side in sides if side[0] in verdicts):
        statement = _LOSERS.format(version=version, stamp=stamp, against=against, verdict=verdict)
        kept += max(0, tx.connection().execute(text(statement), key).rowcount)
        for name in names:
            tx.execute(
                text(
                    f"INSERT INTO loser_value (loser_id, column_name, value) "
                    f"SELECT l.id, :c, s.{quoted(name)} FROM temp.judged AS j "
                    f"JOIN temp.incoming AS i ON i.row_id = j.row_id "
                    f"JOIN loser AS l ON l.table_name = :t AND l.row_id = j.row_id AND l.group_name = :g "
                    f"AND l.version = {version} "
                    f"JOIN {source} AS s ON s.{ident} = j.row_id WHERE j.verdict = '{verdict}' ON CONFLICT DO NOTHING"
                ),
                {"t": table, "g": group, "c": name},
            )
    return kept


def _apply(tx: Tx, table: str, group: str, names: Sequence[str]) -> None:
    wanted = "temp.judged AS j JOIN temp.incoming AS i ON i.row_id = j.row_id"
    sets = ", ".join(f"{quoted(name)} = i.{quoted(name)}" for name in names)
    tx.execute(
        text(
            f"UPDATE {quoted(table)} SET {sets} FROM {wanted} "
            f"WHERE {quoted(table)}.id = j.row_id AND j.verdict IN ('next', 'wins')"
        )
    )
    tx.execute(
        text(
            "INSERT INTO group_version (table_name, row_id, group_name, version, stamp, base) "
            f"SELECT :t, j.row_id, :g, i.version, i.stamp, i.supersedes FROM {wanted} "
            "WHERE j.verdict IN ('next', 'wins') ON CONFLICT (table_name, row_id, group_name) "
            "DO UPDATE SET version = excluded.version, stamp = excluded.stamp, "
            "base = CAST(excluded.base || group_version.base AS BLOB)"
        ),
        {"t": table, "g": group},
    )


def _subjects(lines: list[Stored], names: list[list[str]]) -> list[tuple[bytes, bytes, int]]:
    found = ((line, one) for line, named in zip(lines, names, strict=True) for one in set(named))
    try:
        return sorted((bytes.fromhex(one), line[0], line[1]) for line, one in found)  # as their index lies
    except ValueError:
        raise SegmentBroken("audit") from None


def take_audit(tx: Tx, device: bytes, body: Unfolded) -> int:
    """Keeps another PC's audit entries, the first that claims a place; those that are not of its own chains are not
    taken, and counted."""
    own = [line for line in body.audit if line[0][:8] == device]
    _run(
        tx,
        "INSERT INTO audit_entry (device, seq, at, user_id, act, subjects, digest, previous, hash) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        own,
    )
    _run(
        tx,
        "INSERT INTO audit_subject (subject, device, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [subject for subject in body.subjects if subject[1][:8] == device],
    )
    return len(body.audit) - len(own)
