"""回避: an expert never counsels a student of the school where the expert works.

Both sides may be known by the directory's id or only by a name as it was told, so the names are compared as well."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from app.common.notes import Note
from app.common.words import N_
from app.people.merging_clients import standing_clients
from db.engine import Tx
from db.models import School, Staff

OWN_SCHOOL = Note.of("own-school", N_("works at the school of a client who is booked then"))


@dataclass(frozen=True, slots=True)
class Place:
    """A school or an employer: its id in the directory, and its name without blanks."""

    school_id: str | None
    name: str

    def same(self, other: Place) -> bool:
        """Whether both are one place. What is unknown is no place."""
        by_id = self.school_id is not None and self.school_id == other.school_id
        return by_id or (bool(self.name) and self.name == other.name)


def place(school_id: str | None, *names: str | None) -> Place:
    """The first name that says something counts."""
    told = next((name for name in names if name and name.strip()), "")
    return Place(school_id, "".join(unicodedata.normalize("NFKC", told).split()).casefold())


def workplaces(tx: Tx, centre_id: str | None = None) -> dict[str, Place]:
    """Staff id -> where each works; of one centre or of all."""
    query = select(Staff.id, Staff.school_id, Staff.employer, School.name)
    query = query.outerjoin(School, School.id == Staff.school_id)
    if centre_id is not None:
        query = query.where(Staff.centre_id == centre_id)
    return {row[0]: place(row[1], row[3], row[2]) for row in tx.execute(query)}


def schools_of(tx: Tx, client_ids: Iterable[str]) -> dict[str, Place]:
    """Client id -> school; merged records count as the one that stands."""
    clients = standing_clients(tx, set(client_ids))
    ids = {client.school_id for client in clients.values() if client.school_id}
    names = dict(tx.execute(select(School.id, School.name).where(School.id.in_(ids))).all()) if ids else {}
    return {
        client_id: place(client.school_id, names.get(client.school_id or ""), client.school_name)
        for client_id, client in clients.items()
    }


def works_at(workplace: Place | None, schools: Collection[Place]) -> bool:
    """Whether it is one of `schools`."""
    return workplace is not None and any(workplace.same(school) for school in schools)
