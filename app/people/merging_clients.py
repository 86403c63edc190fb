"""One person registered twice: one record names the other as the same person, and is read together with it.

Nothing is rewritten: visits, cases, consents and letters keep the record that they were made for, and everything that
looks a client up follows `merged_into`. So it is undone by emptying that one column, also after both records were
worked on, here or on another PC. Two PCs may merge in opposite directions: of a circle, the smallest id stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from app.common.errors import UserError
from app.common.words import N_
from db.engine import Tx
from db.models import Client

_AT_ONCE = 5_000


def standing(merged_into: Mapping[str, str | None], client_id: str) -> str:
    """Whose record stands for a client's; the same for all of a circle. `merged_into` has the records there are."""
    seen: dict[str, None] = {client_id: None}
    while True:
        further = merged_into.get(client_id)
        if further is None or further not in merged_into:
            return client_id
        if further in seen:
            path = list(seen)
            return min(path[path.index(further) :])
        seen[further] = None
        client_id = further


def roots(tx: Tx, client_ids: Iterable[str]) -> dict[str, str]:
    """Client id -> the one whose record stands for it. Those that are not here stand for themselves."""
    wanted = list(dict.fromkeys(client_ids))
    known = _upwards(tx, wanted) if _any(tx) else {}
    return {client_id: standing(known, client_id) for client_id in wanted}


def root(tx: Tx, client_id: str) -> str:
    """As `roots`, for one."""
    return roots(tx, [client_id])[client_id]


def families(tx: Tx, client_ids: Iterable[str]) -> dict[str, list[str]]:
    """Client id -> every record of the same person: the one that stands first, then the others by id."""
    if not _any(tx):
        return {client_id: [client_id] for client_id in client_ids}
    stands = roots(tx, client_ids)
    known: dict[str, str | None] = _upwards(tx, list(stands.values()))
    frontier = list(known)
    while frontier:
        below = _merged_into(tx, frontier)
        frontier = [client_id for client_id in below if client_id not in known]
        known |= below
    members: dict[str, list[str]] = defaultdict(list)
    for client_id in sorted(known):
        members[standing(known, client_id)].append(client_id)
    return {client_id: [stand, *(one for one in members[stand] if one != stand)] for client_id, stand in stands.items()}


def family(tx: Tx, client_id: str) -> list[str]:
    """As `families`, for one."""
    return families(tx, [client_id])[client_id]


def standing_clients(tx: Tx, client_ids: Iterable[str]) -> dict[str, Client]:
    """Client id -> the record that stands for it; those that are not here are left out."""
    stands = roots(tx, client_ids)
    rows: dict[str, Client] = {}
    for part in _parts(sorted(set(stands.values()))):
        rows |= {row.id: row for row in tx.execute(select(Client).where(Client.id.in_(part))).scalars()}
    return {client_id: rows[stand] for client_id, stand in stands.items() if stand in rows}


def _any(tx: Tx) -> bool:
    return tx.execute(select(Client.id).where(Client.merged_into.is_not(None)).limit(1)).first() is not None


def _upwards(tx: Tx, client_ids: Sequence[str]) -> dict[str, str | None]:
    """The records there are among these and among all that they lead to, with where each leads."""
    known: dict[str, str | None] = {}
    frontier = list(client_ids)
    while frontier:
        found: dict[str, str | None] = {}
        for part in _parts(frontier):
            found |= dict(tx.execute(select(Client.id, Client.merged_into).where(Client.id.in_(part))).all())
        known |= found
        further = {target for target in found.values() if target is not None}
        frontier = sorted(further - known.keys()) if found else []
    return known


def _merged_into(tx: Tx, client_ids: Sequence[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for part in _parts(client_ids):
        query = select(Client.id, Client.merged_into).where(Client.merged_into.in_(part))
        found |= dict(tx.execute(query).all())
    return found


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))


def merge_clients(tx: Tx, keep_id: str, other_id: str) -> str:
    """From now on `other_id` is read as the same person as `keep_id`; the id of the record that stands.

    UserError for one and the same record, also where they are merged already."""
    stands = roots(tx, (keep_id, other_id))
    kept, other = tx.get(Client, stands[keep_id]), tx.get(Client, stands[other_id])
    if kept is None or other is None:
        raise UserError("no-client", N_("This client is not on this PC."))
    if kept.id == other.id:
        raise UserError("same-record", N_("This is one record already."))
    other.merged_into = kept.id
    kept.merged_into = None  # it may be the one that stands for a circle
    tx.flush()
    return kept.id


def unmerge(tx: Tx, other_id: str) -> None:
    """The record stands for itself again, with everything that was made for it. UserError if it was not merged."""
    row = tx.get(Client, other_id)
    if row is None or row.merged_into is None:
        raise UserError("not-merged", N_("This record is not merged with another."))
    circle = _circle(tx, other_id)
    row.merged_into = None
    others = sorted(set(circle) - {other_id})
    for one in others:
        tx.get_one(Client, one).merged_into = others[0] if one != others[0] else None
    tx.flush()


def _circle(tx: Tx, client_id: str) -> list[str]:
    """The records that lead back to this one, if it lies in a circle."""
    known, path, at = _upwards(tx, [client_id]), list[str](), client_id
    while at not in path:
        path.append(at)
        further = known.get(at)
        if further is None or further not in known:
            return []
        at = further
    return path if at == client_id else []
