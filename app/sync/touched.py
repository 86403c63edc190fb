"""What follows from rows that came by synchronisation, in the transaction that brought them."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping
from functools import cache

from sqlalchemy import select

from app.common import pinyin
from app.common.changes import Topic
from app.people.indexing import reindex_clients
from db.engine import Tx
from db.models import Client, Guardian, Telephone

_AT_ONCE = 8_000

TOPICS: dict[str, tuple[Topic, ...]] = {
    "account": (Topic.SETTINGS, Topic.STAFF),
    "appointment": (Topic.APPOINTMENTS,),
    "arrival": (Topic.QUEUE,),
    "assignment": (Topic.ROTA,),
    "case": (Topic.CASES,),
    "case_document": (Topic.CASES, Topic.NOTES),
    "case_grant": (Topic.CASES, Topic.NOTES),
    "centre": (Topic.SETTINGS,),
    "client": (Topic.CLIENTS, Topic.QUEUE),
    "consent_event": (Topic.CASES, Topic.REFERRALS),
    "counselling_session": (Topic.NOTES,),
    "destination": (Topic.SETTINGS, Topic.REFERRALS),
    "drop_box": (Topic.QUEUE, Topic.CASES),
    "duty_day": (Topic.ROTA, Topic.SETTINGS),
    "duty_pattern": (Topic.ROTA, Topic.SETTINGS),
    "duty_wish": (Topic.ROTA, Topic.STAFF),
    "guardian": (Topic.CLIENTS,),
    "holiday": (Topic.ROTA,),
    "leave": (Topic.ROTA,),
    "letter_event": (Topic.REFERRALS,),
    "membership_statement": (Topic.STAFF, Topic.SETTINGS),
    "organisation": (Topic.SETTINGS,),
    "publication": (Topic.ROTA,),
    "released_letter": (Topic.REFERRALS,),
    "risk_event": (Topic.CASES, Topic.QUEUE),
    "room": (Topic.SETTINGS, Topic.QUEUE),
    "scale_done": (Topic.CASES, Topic.NOTES),
    "school": (Topic.CLIENTS,),
    "session_note": (Topic.NOTES,),
    "staff": (Topic.STAFF, Topic.ROTA),
    "swap_request": (Topic.ROTA,),
    "telephone": (Topic.CLIENTS,),
    "visit": (Topic.QUEUE,),
    "visit_event": (Topic.QUEUE,),
}
"""What must be drawn again when a table was changed from elsewhere."""


def topics_of(tables: Iterable[str]) -> frozenset[Topic]:
    """Topics of all these tables."""
    return frozenset(topic for table in tables for topic in TOPICS[table])


@cache
def prepare() -> None:
    """Loads what names are read with, a third of a second, while no transaction waits for it. It stays for good, so
    the garbage collector need not walk through it each time: that took 0.1 s in the middle of a transaction."""
    pinyin.keys("一")
    gc.collect()
    gc.freeze()


def follow(tx: Tx, touched: Mapping[str, set[bytes]]) -> None:
    """Rewrites the search entries of the clients whom the rows are about."""
    clients = {row_id.hex() for row_id in touched.get("client", ())}
    for table, column in (("telephone", Telephone.client_id), ("guardian", Guardian.client_id)):
        model = Telephone if table == "telephone" else Guardian
        for part in _parts(touched.get(table, ())):
            clients |= set(tx.execute(select(column).where(model.id.in_(part))).scalars())
    for part in _parts(touched.get("school", ())):
        clients |= set(tx.execute(select(Client.id).where(Client.school_id.in_(part))).scalars())
    if clients:
        reindex_clients(tx, sorted(clients))


def _parts(ids: Iterable[bytes]) -> Iterable[list[str]]:
    every = sorted(row_id.hex() for row_id in ids)
    return (every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE))
