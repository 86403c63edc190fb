"""Those the centre has already, as far as a register's rows may be about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TypeVar

from sqlalchemy import select

from app.common.identity import lengthened
from app.common.telephone import read_telephone
from app.people.matching import Known
from app.people.merging_clients import families
from app.people.register_rows import identifiers_of
from app.people.rows import DOTS, name_key
from db.engine import Tx
from db.models import Client, Telephone, Visit

T = TypeVar("T")
_AT_ONCE = 400


def chunks(things: Iterable[T], size: int = _AT_ONCE) -> Iterator[list[T]]:
    """At most `size` at a time, so that no statement has too many parameters."""
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part


def known_clients(tx: Tx, names: Iterable[str]) -> list[Known]:
    """Clients who bear one of `names`; one merged into another counts as that other."""
    wanted = {name_key(name) for name in names}
    spelled = sorted({variant for name in names for variant in _spellings(name)})
    found: dict[str, Client] = {}
    for part in chunks(spelled):
        for client in tx.execute(select(Client).where(Client.name.in_(part))).scalars():
            if name_key(client.name) in wanted:
                found[client.id] = client
    family = families(tx, found)
    members = sorted({*found, *(one for ones in family.values() for one in ones)})
    digits, days = _digits(tx, members), _days(tx, members)
    ordered = sorted(found.values(), key=lambda one: (one.merged_into is not None, one.id))
    known = [_known(one, family[one.id], digits, days) for one in ordered]
    return list({(one.id, one.name_key, one.birth_date): one for one in reversed(known)}.values())[::-1]


def _known(client: Client, ids: Sequence[str], digits: dict[str, set[str]], days: dict[str, set[date]]) -> Known:
    number = lengthened(client.id_number) if client.id_number and len(client.id_number) == 15 else client.id_number
    return Known(
        id=ids[0],
        name_key=name_key(client.name),
        birth_date=client.birth_date,
        identifiers=identifiers_of(number, {digit for one in ids for digit in digits[one]}),
        days=frozenset(day for one in ids for day in days[one]),
    )


def _spellings(name: str) -> set[str]:
    dot = next((c for c in name if c in DOTS), None)
    return {name} if dot is None else {name.replace(dot, other) for other in DOTS}


def _digits(tx: Tx, ids: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for part in chunks(ids):
        for one, digits in tx.execute(
            select(Telephone.client_id, Telephone.digits).where(Telephone.client_id.in_(part))
        ):
            if read_telephone(digits).identifies:
                found[one].add(digits)
    return found


def _days(tx: Tx, ids: Sequence[str]) -> dict[str, set[date]]:
    found: dict[str, set[date]] = defaultdict(set)
    for part in chunks(ids):
        for one, day in tx.execute(select(Visit.client_id, Visit.day).where(Visit.client_id.in_(part))):
            found[one].add(day)
    return found
