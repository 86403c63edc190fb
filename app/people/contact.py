"""When and whom one may telephone: one answer for every list, card and form.

A wrong hour can put a child in danger. So while two PCs disagree about the hours, and where one person has two
records, every condition holds at once; and guardians who were changed on two PCs are all shown, to be confirmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.common.words import tr
from app.people.merging_clients import families
from db.engine import Tx
from db.models import Client, Guardian, Telephone
from db.replica.raw import Raw
from db.replica.settling import OpenSide, open_sides

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Reached:
    """A guardian. `doubtful`: two PCs say different things, and nobody has decided yet."""

    name: str
    relation: str
    telephone: str
    doubtful: bool

    def text(self) -> str:
        """In one line."""
        said = " ".join(part for part in (self.name, self.relation, self.telephone) if part)
        return tr("{guardian} (please confirm)", guardian=said) if self.doubtful else said


@dataclass(frozen=True, slots=True)
class Contact:
    """`safe_times`: the hours in which one may call, all conditions joined; "" if none is known."""

    safe_times: str
    telephones: tuple[str, ...]
    guardians: tuple[Reached, ...]


def contact(tx: Tx, client_id: str) -> Contact:
    """Of one client."""
    return contacts(tx, [client_id])[client_id]


def contacts(tx: Tx, client_ids: Iterable[str]) -> dict[str, Contact]:
    """Of many, in a handful of queries."""
    people = families(tx, client_ids)
    records = sorted({record for members in people.values() for record in members})
    times, telephones, guardians = _times(tx, records), _telephones(tx, records), _guardians(tx, records)
    return {
        client_id: Contact(
            joined([one for record in members for one in times[record]]),
            tuple(dict.fromkeys(one for record in members for one in telephones[record])),
            tuple(dict.fromkeys(one for record in members for one in guardians[record])),
        )
        for client_id, members in people.items()
    }


def joined(times: Iterable[str]) -> str:
    """Several conditions as one: what shows first, then what holds besides it."""
    first, *more = dict.fromkeys(one.strip() for one in times if one.strip()) or ("",)
    return tr("{times} (and also: {more})", times=first, more=tr("; ").join(more)) if more else first


def _times(tx: Tx, records: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for part in _parts(records):
        query = select(Client.id, Client.safe_times).where(Client.id.in_(part), Client.safe_times.is_not(None))
        for client_id, times in tx.execute(query):
            found[client_id].append(times or "")
    for side in open_sides(tx, "client", records):
        if side.group == "safe_contact":
            found[side.row_id].append(_text(side.values, "safe_times"))
    return found


def _telephones(tx: Tx, records: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for part in _parts(records):
        query = select(Telephone.client_id, Telephone.written).where(Telephone.client_id.in_(part), Telephone.current)
        for client_id, written in tx.execute(query.order_by(Telephone.stamp, Telephone.id)):
            found[client_id].append(written)
    return found


def _guardians(tx: Tx, records: Sequence[str]) -> dict[str, list[Reached]]:
    rows: list[Guardian] = []
    for part in _parts(records):
        query = select(Guardian).where(Guardian.client_id.in_(part)).order_by(Guardian.stamp, Guardian.id)
        rows += tx.execute(query).scalars()
    sides: dict[str, list[OpenSide]] = defaultdict(list)
    for side in open_sides(tx, "guardian", [row.id for row in rows]):
        sides[side.row_id].append(side)
    found: dict[str, list[Reached]] = defaultdict(list)
    for row in rows:
        others = sides[row.id]
        if not row.withdrawn:
            reached = Reached(row.name, row.relation or "", row.telephone or "", bool(others))
            found[row.client_id].append(reached)
        for side in others:
            if not side.values.get("withdrawn"):
                name, relation, telephone = (_text(side.values, one) for one in ("name", "relation", "telephone"))
                found[row.client_id].append(Reached(name, relation, telephone, True))
    return found


def _text(values: Mapping[str, Raw], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))
