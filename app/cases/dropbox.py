"""What the desk takes down in confidence: it writes, and cannot read it again.

Each drop has a one-time key, boxed to the clinicians of the centre and to escrow as the verified membership
log names them. The writer keeps nothing: no permission opens a drop to somebody it was not boxed to.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import select

from app.cases.keys import NoCaseKey, SealedAltered
from app.common.errors import UserError
from app.common.words import N_
from app.security.context import Context
from app.security.permissions import CLINICIANS
from db.crypto.pairs import box_to
from db.crypto.sealing import Place, SealBroken, new_key, seal, unseal
from db.engine import Tx
from db.models import DropBox
from db.replica.stamping import new_id

_DOMAIN = "longshan drop 1"
_KIND = "drop"


def _place(organisation: str, visit_id: str, row_id: str) -> Place:
    return (_DOMAIN, organisation, visit_id, row_id, _KIND)


def write_drop(tx: Tx, ctx: Context, visit_id: str, content: dict[str, str], at: datetime) -> str:
    """Seals `content` (field -> text as told; empty fields are left out) for the centre's clinicians.

    Returns the row's id, or "" if there was nothing to write. UserError "no-clinician" if the centre has
    nobody who could ever read it.
    """
    told = {name: text for name, text in content.items() if text.strip()}
    if not told:
        return ""
    membership = ctx.members(tx)
    readers = {m.user_id: m.keys.box for m in membership.of_centre(ctx.who.centre_id, *CLINICIANS)}
    if not readers:
        raise UserError(
            "no-clinician",
            N_("No psychologist of this centre has an account yet, so nobody could read this. Ask the director."),
        )
    readers[membership.organisation] = membership.root.box
    row_id, key = new_id(tx), new_key()
    bound = bytes.fromhex(row_id) + key
    tx.add(
        DropBox(
            id=row_id,
            visit_id=visit_id,
            sealed=seal(msgspec.msgpack.encode(told), key, _place(membership.organisation, visit_id, row_id)),
            keys=msgspec.msgpack.encode({reader: box_to(public, bound) for reader, public in readers.items()}),
            at=at,
        )
    )
    tx.flush()
    return row_id


def drops_of(tx: Tx, visit_id: str) -> list[DropBox]:
    """The visit's drops still in the box, oldest first; unopened."""
    query = select(DropBox).where(DropBox.visit_id == visit_id).order_by(DropBox.at, DropBox.id)
    return list(tx.execute(query).scalars())


def open_drop(ctx: Context, row: DropBox) -> dict[str, str]:
    """One drop; NoCaseKey if it was not boxed to this user, SealedAltered if it was changed or moved."""
    try:
        boxes: dict[str, bytes] = msgspec.msgpack.decode(row.keys, type=dict[str, bytes])
    except msgspec.MsgspecError:
        raise SealedAltered from None
    mine = boxes.get(ctx.who.user_id)
    if mine is None:
        raise NoCaseKey
    try:
        bound = ctx.who.keys.open_box(mine)
    except SealBroken:
        raise NoCaseKey from None
    if bound[:12] != bytes.fromhex(row.id):
        raise SealedAltered
    try:
        plain = unseal(row.sealed, bound[12:], _place(ctx.who.organisation_id, row.visit_id, row.id))
    except SealBroken:
        raise SealedAltered from None
    return msgspec.msgpack.decode(plain, type=dict[str, str])


def open_drops(tx: Tx, ctx: Context, visit_id: str) -> list[dict[str, str]]:
    """Everything told at this visit that this user's keys open; NoCaseKey if there is something and none opens."""
    rows = drops_of(tx, visit_id)
    opened: list[dict[str, str]] = []
    for row in rows:
        try:
            opened.append(open_drop(ctx, row))
        except NoCaseKey:
            continue
    if rows and not opened:
        raise NoCaseKey
    return opened
