"""Sides of a concurrent edit that say the same as what shows. Nobody is asked about them, and whoever edits what shows
has edited them too: else they would differ after that edit, and be asked about without reason.

Found alike when asked, never settled at a merge: in which order things arrive must not decide what is asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from db.engine import Tx
from db.replica.raw import quoted


def _same(table: str, names: Sequence[str]) -> str:
    """SQL: the loser's values are those of its row."""
    differs = " OR ".join(f"(v.column_name = '{name}' AND v.value IS NOT t.{quoted(name)})" for name in names)
    return (
        f"EXISTS (SELECT 1 FROM {quoted(table)} AS t WHERE t.id = loser.row_id AND NOT EXISTS "
        f"(SELECT 1 FROM loser_value AS v WHERE v.loser_id = loser.id AND ({differs})))"
    )


def edit_alike(tx: Tx, table: str, row_id: str, group: str, names: Sequence[str], now_ms: int) -> bytes:
    """Dots of the open sides that say what the row still says in the file; they are settled by the edit that comes."""
    waits: dict[tuple[str, str], bool] = tx.info.setdefault("losers_wait", {})
    if (table, group) not in waits:  # once a transaction: an import edits thousands of rows
        query = text("SELECT 1 FROM loser WHERE settled_at IS NULL AND table_name = :t AND group_name = :g LIMIT 1")
        waits[table, group] = tx.execute(query, {"t": table, "g": group}).first() is not None
    if not waits[table, group]:
        return b""
    key = {"t": table, "r": bytes.fromhex(row_id), "g": group}
    where = f"settled_at IS NULL AND table_name = :t AND row_id = :r AND group_name = :g AND {_same(table, names)}"
    dots = tx.execute(text(f"SELECT version FROM loser WHERE {where} ORDER BY id"), key).scalars().all()
    if dots:
        tx.execute(text(f"UPDATE loser SET settled_at = :now WHERE {where}"), {**key, "now": now_ms * 1000})
    return b"".join(dots)


def count_alike(tx: Tx, table: str, group: str, names: Sequence[str]) -> int:
    """Of the rows in temp.judged: how many open sides say the same as what shows."""
    query = text(
        f"SELECT count(*) FROM loser WHERE settled_at IS NULL AND table_name = :t AND group_name = :g "
        f"AND row_id IN (SELECT row_id FROM temp.judged) AND {_same(table, names)}"
    )
    return int(tx.execute(query, {"t": table, "g": group}).scalar_one())
