"""Somebody who has been here before says what has changed: a new grade, another telephone, one more guardian."""

from __future__ import annotations

from sqlalchemy import select

from app.common.telephone import Telephone as Number
from app.common.telephone import read_telephones
from app.people.clients import NewClient, add_telephones, reindex_from_rows
from db.engine import Tx
from db.models import Client, Guardian, Telephone
from db.replica.stamping import new_id

_MAY_CHANGE = (
    "alias", "sex", "birth_date", "id_number", "ethnic_group", "grade", "class_name", "county", "safe_times",
    "emergency_name", "emergency_telephone",
)  # fmt: skip


def renew(tx: Tx, client: Client, said: NewClient) -> bool:
    """Takes over what is filled in and differs; never the name, and nothing is emptied. Tells whether anything changed.

    An old telephone stays, to be found by, but is no longer the one to call.
    """
    changed = _school(client, said)
    for name in _MAY_CHANGE:
        told = getattr(said, name)
        if told and told != getattr(client, name):
            setattr(client, name, told)
            changed = True
    for number in (number for written in said.telephones for number in read_telephones(written).numbers):
        changed |= _telephone(tx, client, number)
    for guardian in said.guardians:
        known = select(Guardian.id).where(Guardian.client_id == client.id, Guardian.name == guardian.name)
        if guardian.name and tx.execute(known).first() is None:
            row = Guardian(id=new_id(tx), client_id=client.id, name=guardian.name, relation=guardian.relation)
            row.telephone = guardian.telephone
            tx.add(row)
            changed = True
    if changed:
        reindex_from_rows(tx, client)
    return changed


def _school(client: Client, said: NewClient) -> bool:
    told = (said.school_id, said.school_name)
    if not any(told) or told == (client.school_id, client.school_name):
        return False
    if said.school_id and said.school_id == client.school_id:
        return False
    client.school_id, client.school_name = told
    return True


def _telephone(tx: Tx, client: Client, number: Number) -> bool:
    rows = list(tx.execute(select(Telephone).where(Telephone.client_id == client.id)).scalars())
    same = [row for row in rows if row.digits == number.digits]
    if not number.digits or any(row.current for row in same):
        return False
    for row in rows:
        row.current = row in same
    if not same:
        add_telephones(tx, client.id, number.shown)
    return True


__all__ = ["renew"]
