"""Rows as the file holds them: integers, reals, texts, bytes and NULL, bit for bit, under their columns' names.

What travels is this, never the mapped Python value: the other end must not have to understand a column to keep it.
"""

from __future__ import annotations

from functools import cache

import msgspec
from sqlalchemy import text

from db.engine import Tx
from db.models.base import Base, Synced
from db.schema import LATEST

Raw = int | float | str | bytes | None


@cache
def models() -> dict[str, type[Synced]]:
    """Table name -> the class of rows that travel."""
    travelling = (mapper for mapper in Base.registry.mappers if issubclass(mapper.class_, Synced))
    return {str(mapper.local_table.name): mapper.class_ for mapper in travelling}  # type: ignore[attr-defined]


@cache
def columns(table: str) -> tuple[str, ...]:
    """All columns of a table that travels, in the order of its definition."""
    return tuple(column.name for column in Base.metadata.tables[table].columns)


@cache
def content_columns(table: str, schema: str = LATEST) -> tuple[str, ...]:
    """Those that say something: neither id, nor stream, nor version, nor stamp. `schema`: those that it already had."""
    added = models()[table].merge_added
    said = (name for name in columns(table) if name not in ("id", "stream", "version", "stamp"))
    return tuple(name for name in said if added.get(name, "") <= schema)


def quoted(name: str) -> str:
    """An identifier for a statement; `case`, `end` and `start` are words of SQL."""
    if not name.isidentifier():
        raise ValueError(name)
    return f'"{name}"'


def listed(names: tuple[str, ...], prefix: str = "") -> str:
    """Identifiers with commas between them."""
    return ", ".join(prefix + quoted(name) for name in names)


def read_row(tx: Tx, table: str, row_id: str) -> dict[str, Raw]:
    """One row, or KeyError."""
    names = columns(table)
    query = text(f"SELECT {listed(names)} FROM {quoted(table)} WHERE id = :i")
    found = tx.execute(query, {"i": bytes.fromhex(row_id)}).one_or_none()
    if found is None:
        raise KeyError(row_id)
    return dict(zip(names, found, strict=True))


def last_content(tx: Tx, table: str, row_id: str) -> bytes | None:
    """What is kept of a row that goes: all its columns as msgpack; None of an append-only one, which no edit brings
    back. KeyError if it is not here."""
    if models()[table].merge_kind == "event":
        return None
    return msgspec.msgpack.encode(read_row(tx, table, row_id))
