"""待核对: everything that work on two PCs at once leaves for a person to decide.

Nothing was lost or decided behind anybody's back: all sides are kept. What is decided here is an edit or an audit
entry like any other, so it travels, and the same question closes on the other PCs too.
"""

from __future__ import annotations

from app.common.changes import Changes, Done, Topic
from app.common.errors import UserError
from app.common.words import N_
from app.security.context import Act, Context
from app.security.permissions import May
from app.sync.reviewing import bookings, duties, edits, numbers, orphans, risks
from app.sync.reviewing.left import LEFT
from app.sync.touched import TOPICS, follow
from app.sync.views import ReviewView
from db.engine import Tx

DECIDED = "review.decided"
LEAVE = orphans.LEAVE
_KINDS = ("risk", "edit", "booking", "orphan", "number")


class ReviewService:
    """For whoever may decide: the desk its clients, a holder the risk of a case, the director the centre's data."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def open(self) -> list[ReviewView]:
        """What this user may decide, or must know of; risk first, then the newest."""
        with self.ctx.read(May.SYNC) as tx:
            found = _views(tx, self.ctx)
        return sorted(found, key=lambda one: (_KINDS.index(one.kind) > 0, -one.found_at.timestamp(), one.id))

    def count(self) -> int:
        """How many `open` would list."""
        with self.ctx.read(May.SYNC) as tx:
            ctx = self.ctx
            return (
                edits.count_edits(tx, ctx)
                + len(risks.undecided(tx, ctx))
                + len(bookings.open_clashes(tx, ctx))
                + len(duties.open_duties(tx, ctx))
                + len(orphans.open_orphans(tx, ctx))
                + len(numbers.open_numbers(tx, ctx))
            )

    def decide(self, review_id: str, side_key: str) -> Done[None]:
        """Decides for one side. `side_key`: a side's key; "leave" for a booking that shall stay as it is.

        UserError says where a thing is decided instead, that it has been decided, or that a side has changed."""
        kind, _, rest = review_id.partition(":")
        with self.ctx.write(May.SYNC, DECIDED) as act:
            changes = self._decide(act, kind, rest.split(":"), side_key)
        return Done(None, changes)

    def _decide(self, act: Act, kind: str, parts: list[str], side_key: str) -> Changes:
        tx, ctx = act.tx, self.ctx
        if kind == "risk" and len(parts) == 1:
            raise risks.refuse(tx, ctx, parts[0])
        if kind == "edit" and len(parts) == 3:
            edits.decide(act, ctx, parts[0], parts[1], parts[2], side_key, ctx.clock.now())
            follow(tx, {parts[0]: {bytes.fromhex(parts[1])}})
            return Changes.of(*TOPICS[parts[0]])
        if kind == "orphan" and len(parts) == 2:
            orphans.decide(act, ctx, parts[0], parts[1], side_key)
            follow(tx, {parts[0]: {bytes.fromhex(parts[1])}})
            return Changes.of(*TOPICS[parts[0]])
        if kind == "number" and len(parts) == 2:
            numbers.decide(act, ctx, parts[0], parts[1], side_key)
            return Changes.of(*TOPICS[parts[0]])
        if kind == "booking":
            return self._leave(act, parts, side_key)
        raise UserError("review-gone", N_("This has been decided already."))

    def _leave(self, act: Act, parts: list[str], side_key: str) -> Changes:
        review_id = "booking:" + ":".join(parts)
        clash = any(one.id == review_id for one in bookings.open_clashes(act.tx, self.ctx))
        duty = any(one.id == review_id for one in duties.open_duties(act.tx, self.ctx))
        if not (clash or duty):
            raise UserError("review-gone", N_("This has been decided already."))
        if side_key != LEAVE:
            raise UserError("book-anew", bookings.REBOOK if clash else duties.REPLAN)
        act.name = LEFT
        act.on(*parts)
        return Changes.of(Topic.APPOINTMENTS if clash else Topic.ROTA)


def _views(tx: Tx, ctx: Context) -> list[ReviewView]:
    return [
        *risks.views(tx, ctx, risks.undecided(tx, ctx)),
        *edits.views(tx, ctx, edits.open_edits(tx, ctx)),
        *bookings.views(tx, ctx, bookings.open_clashes(tx, ctx)),
        *duties.views(tx, ctx, duties.open_duties(tx, ctx)),
        *orphans.views(tx, ctx, orphans.open_orphans(tx, ctx)),
        *numbers.views(tx, ctx, numbers.open_numbers(tx, ctx)),
    ]
