"""The one search box: a full-text prefix table over characters, pinyin, initials, telephones and schools.

Contentless: it holds no second copy of a name, only the index, inside the encrypted file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, text

from db.engine import Tx
from db.models.local import SearchEntry

CREATE = """CREATE VIRTUAL TABLE client_search USING fts5(
    characters, latin, digits, other,
    content='', contentless_delete=1, detail=full, prefix='1 2 3 4', tokenize='unicode61 remove_diacritics 2')"""

_INSERT = text("INSERT INTO client_search(rowid, characters, latin, digits, other) VALUES (:r, :c, :l, :d, :o)")
_DELETE = text("DELETE FROM client_search WHERE rowid = :r")
_NEW_ENTRY = text("INSERT INTO search_entry(client_id) VALUES (:c) RETURNING rowid")
_NEW_ENTRIES = text("INSERT INTO search_entry(client_id) VALUES (:c)")
_AT_ONCE = 8_000  # in one run: what is buffered of the full-text table goes out whenever row ids step back
_SEARCH = text(
    "SELECT e.client_id FROM (SELECT rowid AS r FROM client_search WHERE client_search MATCH :q LIMIT :n) "
    "JOIN search_entry AS e ON e.rowid = r"
).columns(SearchEntry.client_id)


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What one client is found by: names in characters; pinyin and initials; numbers; school and the rest."""

    names: Sequence[str]
    latin: Sequence[str]
    digits: Sequence[str]
    other: Sequence[str] = ()


def _spaced(words: Iterable[str]) -> str:
    return " | ".join(" ".join(unicodedata.normalize("NFC", word).replace(" ", "")) for word in words if word)


def index_client(tx: Tx, client_id: str, terms: SearchTerms) -> None:
    """Puts a client into the index, in place of what was there. `digits` are also found by their last four."""
    with tx.no_autoflush:
        known = tx.execute(select(SearchEntry.rowid).where(SearchEntry.client_id == client_id)).scalar()
        rowid = known or tx.execute(_NEW_ENTRY, {"c": bytes.fromhex(client_id)}).scalar_one()
        if known:
            tx.execute(_DELETE, {"r": known})
        _insert(tx, rowid, terms)


def index_clients(tx: Tx, terms: Mapping[str, SearchTerms | None]) -> None:
    """As `index_client` for many at once; None takes a client out of the index."""
    ids = list(terms)
    for at in range(0, len(ids), _AT_ONCE):
        _index_some(tx, {client_id: terms[client_id] for client_id in ids[at : at + _AT_ONCE]})


def _index_some(tx: Tx, terms: Mapping[str, SearchTerms | None]) -> None:
    entries = select(SearchEntry.client_id, SearchEntry.rowid).where(SearchEntry.client_id.in_(terms))
    with tx.no_autoflush:
        known: dict[str, int] = dict(tx.execute(entries).all())
        if known:
            tx.execute(_DELETE, [{"r": rowid} for rowid in known.values()])
        gone = [rowid for client_id, rowid in known.items() if terms[client_id] is None]
        if gone:
            tx.execute(delete(SearchEntry).where(SearchEntry.rowid.in_(gone)))
        new = [client_id for client_id, found in terms.items() if found is not None and client_id not in known]
        if new:
            tx.execute(_NEW_ENTRIES, [{"c": bytes.fromhex(client_id)} for client_id in new])
            known |= dict(tx.execute(entries).all())
        rows = [_row(known[client_id], found) for client_id, found in terms.items() if found is not None]
        if rows:
            tx.execute(_INSERT, rows)


def _insert(tx: Tx, rowid: int, terms: SearchTerms) -> None:
    tx.execute(_INSERT, _row(rowid, terms))


def _row(rowid: int, terms: SearchTerms) -> dict[str, Any]:
    digits = [part for number in terms.digits for part in dict.fromkeys((number, number[-4:])) if part]
    return {
        "r": rowid,
        "c": _spaced(terms.names),
        "l": " ".join(terms.latin).lower(),
        "d": " ".join(digits),
        "o": _spaced(terms.other),
    }


def _match(word: str) -> str:
    if word.isascii() and word.isdigit():
        return f'digits : "{word}" *'
    if word.isascii():
        return f'(latin : "{word.lower()}" *) OR (other : "{" ".join(word)}" *)'
    return f'{{characters other}} : "{" ".join(word)}" *'


def search_clients(tx: Tx, typed: str, limit: int) -> list[str]:
    """Ids of clients that match every word typed, at most `limit`; [] for nothing typed."""
    normal = unicodedata.normalize("NFC", typed)
    clean = "".join(c if c.isalnum() or unicodedata.category(c).startswith(("L", "M")) else " " for c in normal)
    words = clean.split()
    if not words:
        return []
    query = " AND ".join(f"({_match(word)})" for word in words)
    return list(tx.execute(_SEARCH, {"q": query, "n": limit}).scalars())


__all__ = ["CREATE", "SearchTerms", "index_client", "index_clients", "search_clients"]
