"""What the search box finds a client by, written for one client or for the thousands that a merge brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.common import pinyin
from app.common.telephone import read_telephones, search_forms
from db.engine import Tx
from db.models import Client, Guardian, School, Telephone
from db.search import SearchTerms, index_clients

_AT_ONCE = 8_000  # parameters of one statement, of the 32,766 that SQLite takes


def reindex_clients(tx: Tx, client_ids: Iterable[str]) -> int:
    """Writes the search entries of these clients from their rows, and takes out those that are gone.

    To be called with what was flushed: after an edit, and after a merge with the clients that it touched.
    """
    ids = list(dict.fromkeys(client_ids))
    schools: dict[str, str] = {}
    for at in range(0, len(ids), _AT_ONCE):
        part = ids[at : at + _AT_ONCE]
        index_clients(tx, _terms(tx, part, schools))
    return len(ids)


def search_terms(
    names: Sequence[str], number: str, telephones: Iterable[str], guardians: Sequence[str], school: str | None
) -> SearchTerms:
    """Names, pinyin and initials of client and guardians, telephones with and without area code, school, number."""
    latin: dict[str, None] = {}
    for name in (*names, *guardians):
        found = pinyin.keys(name)
        latin |= dict.fromkeys((*found.full, *found.initials))
    numbers = (one for written in telephones if written for one in read_telephones(written).numbers)
    digits = [form for one in numbers for form in search_forms(one)]
    return SearchTerms(names, list(latin), digits, [word for word in (school, number, *guardians) if word])


def _terms(tx: Tx, ids: Sequence[str], schools: dict[str, str]) -> dict[str, SearchTerms | None]:
    columns = (
        Client.id,
        Client.name,
        Client.alias,
        Client.number,
        Client.school_id,
        Client.school_name,
        Client.emergency_telephone,
    )
    rows = tx.execute(select(*columns).where(Client.id.in_(ids))).all()
    _learn_schools(tx, {row.school_id for row in rows if row.school_id} - schools.keys(), schools)
    telephones, guardians = _telephones(tx, ids), _guardians(tx, ids)
    terms: dict[str, SearchTerms | None] = dict.fromkeys(ids)
    for client_id, name, alias, number, school_id, school_name, emergency in rows:
        theirs = guardians[client_id]
        reached = [*telephones[client_id], *(telephone for _, telephone in theirs), emergency]
        terms[client_id] = search_terms(
            [one for one in (name, alias) if one],
            number,
            dict.fromkeys(one for one in reached if one),
            [one for one, _ in theirs],
            schools.get(school_id or "") or school_name,
        )
    return terms


def _learn_schools(tx: Tx, ids: set[str], schools: dict[str, str]) -> None:
    if ids:
        schools |= dict.fromkeys(ids, "")
        schools |= dict(tx.execute(select(School.id, School.name).where(School.id.in_(ids))).all())


def _telephones(tx: Tx, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    query = select(Telephone.client_id, Telephone.written).where(Telephone.client_id.in_(ids))
    for client_id, written in tx.execute(query):
        found[client_id].append(written)
    return found


def _guardians(tx: Tx, ids: Sequence[str]) -> dict[str, list[tuple[str, str | None]]]:
    """Name and telephone of each who has not withdrawn."""
    found: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    query = select(Guardian.client_id, Guardian.name, Guardian.telephone)
    for client_id, name, telephone in tx.execute(
        query.where(Guardian.client_id.in_(ids), Guardian.withdrawn.is_(False))
    ):
        found[client_id].append((name, telephone))
    return found
