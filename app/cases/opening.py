"""Opening a case: its number, its key, and the drop box's content moved under it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.cases import dropbox, keys
from app.cases.documents import Document, write_document
from app.cases.keys import NoCaseKey
from app.cases.views import DropView
from app.common.clock import local
from app.people.merging_clients import family
from app.people.numbers import next_number
from app.security.context import Context
from db.engine import Tx
from db.models import Case, CaseGrant, DropBox, Visit
from db.replica.stamping import new_id

DROP = "drop"


def open_case(tx: Tx, ctx: Context, client_id: str, at: datetime) -> Case:
    """A new case of this client with its key and grants; takes in what the drop box holds of the client's visits."""
    case = Case(
        id=new_id(tx),
        number=next_number(tx, Case.number, local(at).year),
        client_id=client_id,
        centre_id=ctx.who.centre_id,
        opened_by=ctx.who.user_id,
        opened_at=at,
        state="open",
        key_version=1,
    )
    tx.add(case)
    keys.new_case_key(tx, ctx.who, case, ctx.members(tx), at)
    tx.flush()
    take_in_drops(tx, ctx, case, at)
    return case


def take_in_drops(tx: Tx, ctx: Context, case: Case, at: datetime) -> None:
    """Moves the drops of the client's visits under the case key, those that this user's keys open.

    A drop of a visit that belongs to another case stays where it is.
    """
    query = (
        select(DropBox, Visit.case_id)
        .join(Visit, Visit.id == DropBox.visit_id)
        .where(Visit.client_id.in_(family(tx, case.client_id)))
        .order_by(DropBox.at, DropBox.id)
    )
    for row, of_case in tx.execute(query).all():
        if of_case not in (None, case.id):
            continue
        try:
            told = dropbox.open_drop(ctx, row)
        except NoCaseKey:
            continue
        content = {"visit": row.visit_id, "told_at": row.at.isoformat(), "told": told}
        write_document(tx, ctx, case, DROP, content, at)
        tx.delete(row)


def drop_view(document: Document) -> DropView:
    """A drop as it stands in the case."""
    content = document.content
    return DropView(document.id, content["visit"], datetime.fromisoformat(content["told_at"]), content["told"])


def open_cases_of(tx: Tx, ctx: Context, client_id: str) -> tuple[list[Case], list[Case]]:
    """The client's open cases: those granted to this user, and those of others."""
    whose = (Case.client_id.in_(family(tx, client_id)), Case.state == "open")
    query = select(Case).where(*whose).order_by(Case.opened_at, Case.id)
    mine: list[Case] = []
    others: list[Case] = []
    for case in tx.execute(query).scalars():
        granted = select(CaseGrant.id).where(CaseGrant.case_id == case.id, CaseGrant.recipient == ctx.who.user_id)
        (mine if tx.execute(granted.limit(1)).first() else others).append(case)
    return mine, others
