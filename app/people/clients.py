"""Clients: made, changed, and put where the search box finds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.common.telephone import read_telephones
from app.people.indexing import reindex_clients, search_terms
from app.people.numbers import next_number
from app.people.rows import clean_name
from db.engine import Tx
from db.models import Client, Guardian, School, Telephone
from db.replica.stamping import new_id
from db.search import index_client


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """监护人 as told."""

    name: str
    relation: str | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True)
class NewClient:
    """What the form or a register row says; everything but the name may be missing."""

    name: str
    kind: str = "student"
    alias: str | None = None
    sex: str | None = None
    birth_date: date | None = None
    id_number: str | None = None
    nationality: str | None = None
    ethnic_group: str | None = None
    school_id: str | None = None
    school_name: str | None = None
    grade: str | None = None
    class_name: str | None = None
    county: str | None = None
    telephones: tuple[str, ...] = ()
    guardians: tuple[NewGuardian, ...] = ()
    safe_times: str | None = None
    emergency_name: str | None = None
    emergency_telephone: str | None = None
    remarks: str | None = None


_PLAIN = (
    "name", "kind", "alias", "sex", "birth_date", "id_number", "nationality", "ethnic_group", "school_id",
    "school_name", "grade", "class_name", "county", "safe_times", "emergency_name", "emergency_telephone", "remarks",
)  # fmt: skip


def create_client(tx: Tx, new: NewClient, on: date) -> Client:
    """Adds client, telephones, guardians and the search entry; `on` gives the year of the number."""
    client = Client(id=new_id(tx), number=next_number(tx, Client.number, on.year))
    for name in _PLAIN:
        setattr(client, name, getattr(new, name))
    client.name = clean_name(new.name)  # so that an import knows them again
    tx.add(client)
    known: set[str] = set()
    for written in new.telephones:
        _add_new_telephones(tx, client.id, written, "client", known)
    for guardian in new.guardians:
        tx.add(
            Guardian(
                id=new_id(tx),
                client_id=client.id,
                name=guardian.name,
                relation=guardian.relation,
                telephone=guardian.telephone,
            )
        )
    telephones = [*new.telephones, *filter(None, (g.telephone for g in new.guardians)), new.emergency_telephone or ""]
    school = new.school_name or _school_name(tx, new.school_id)
    reindex(tx, client, telephones, [g.name for g in new.guardians], school)
    return client


def _school_name(tx: Tx, school_id: str | None) -> str | None:
    """Remembered for the rest of the transaction, so that an import does not ask for each row."""
    held: dict[str, str | None] = tx.info.setdefault("school_names", {})
    if school_id and school_id not in held:
        held[school_id] = tx.execute(select(School.name).where(School.id == school_id)).scalar()
    return held.get(school_id or "")


def add_telephones(tx: Tx, client_id: str, written: str, owner: str = "client") -> None:
    """Adds each number in a cell such as "139… / 0635-…" that the client does not have yet."""
    tx.flush()
    known = set(tx.execute(select(Telephone.digits).where(Telephone.client_id == client_id)).scalars())
    _add_new_telephones(tx, client_id, written, owner, known)


def _add_new_telephones(tx: Tx, client_id: str, written: str, owner: str, known: set[str]) -> None:
    for number in read_telephones(written).numbers:
        if number.digits and number.digits not in known:
            known.add(number.digits)
            row = Telephone(id=new_id(tx), client_id=client_id, written=number.shown, digits=number.digits, owner=owner)
            tx.add(row)


def reindex(tx: Tx, client: Client, telephones: Sequence[str], guardians: Sequence[str], school: str | None) -> None:
    """Writes the client's search entry from what is known now."""
    names = [name for name in (client.name, client.alias) if name]
    index_client(tx, client.id, search_terms(names, client.number, telephones, guardians, school))


def reindex_from_rows(tx: Tx, client: Client) -> None:
    """As `reindex`, gathering telephones, guardians and school from their tables (after an edit)."""
    tx.flush()
    reindex_clients(tx, [client.id])
