"""Whether the released letters are what was signed: for the doctor, who reads none of them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app.cases.signed import Proofs
from app.cases.soundness import Tally
from app.referrals.content import SIGNED, statement
from app.security.context import Context
from db.engine import Tx
from db.models import ReleasedLetter

_AT_ONCE = 400


def examine_letters(tx: Tx, ctx: Context, step: Callable[[], None]) -> Tally:
    """A letter that is gone is no finding: it expires by deletion."""
    ids = list(tx.execute(select(ReleasedLetter.id).order_by(ReleasedLetter.id)).scalars())
    proven = 0
    for start in range(0, len(ids), _AT_ONCE):
        step()
        some = ReleasedLetter.id.in_(ids[start : start + _AT_ONCE])
        rows = tx.execute(select(ReleasedLetter).where(some)).scalars().all()
        proofs = Proofs(tx, ctx, {row.client_id for row in rows}, [SIGNED])
        for row in rows:
            said = statement(row, ctx.who.organisation_id)
            proven += proofs.holds(row.id, row.version, row.released_by, said, row.signature)
    return Tally("letters", proven, len(ids) - proven, 0)
