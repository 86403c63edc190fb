"""An expert or a room on duty twice in one half day, because two PCs planned without knowing of each other. Both stay.

A room that one PC gave twice is no matter here: it asked before it did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.common.clock import local
from app.common.words import N_, tr
from app.rota.conflicts import experts_twice, rooms_twice
from app.rota.rules import HALF_WORDS
from app.security.context import Context
from app.sync.reviewing.left import left_alone
from app.sync.reviewing.rights import may_decide
from app.sync.reviewing.values import Names
from app.sync.reviewing.writers import Writers, devices_of
from app.sync.views import ReviewView, SideView
from db.engine import Tx
from db.models import Assignment, Centre
from db.replica.settling import when

REPLAN = N_("Both duties are kept. Change one of them in the Rota tab.")


@dataclass(frozen=True, slots=True)
class Twice:
    """Duties of one half day that share an expert or a room; `what` says which."""

    rows: tuple[Assignment, ...]
    what: str

    @property
    def id(self) -> str:
        """Of the review."""
        return "booking:" + ":".join(row.id for row in self.rows)


def open_duties(tx: Tx, ctx: Context) -> list[Twice]:
    """From today on, here or, for an expert, in two centres."""
    if not may_decide("assignment", ctx.who.may):
        return []
    centres = list(tx.execute(select(Centre.id)).scalars())
    query = select(Assignment).where(
        Assignment.centre_id.in_(centres),
        Assignment.day >= local(ctx.clock.now()).date(),
        Assignment.state.in_(("draft", "published")),
        Assignment.absent_at.is_(None),
    )
    rows = list(tx.execute(query.order_by(Assignment.id)).scalars())
    found = {one.id: one for one in (*_rooms(tx, rows), *_experts(rows))}
    here = [one for one in found.values() if any(row.centre_id == ctx.who.centre_id for row in one.rows)]
    left = left_alone(tx, (row.id for one in here for row in one.rows))
    return [one for one in here if frozenset(row.id for row in one.rows) not in left]


def _experts(rows: Iterable[Assignment]) -> Iterable[Twice]:
    what = N_("One expert on duty twice in one half day")
    return (Twice(tuple(held), what) for held in experts_twice(rows).values())


def _rooms(tx: Tx, rows: Iterable[Assignment]) -> Iterable[Twice]:
    shared = rooms_twice(rows).values()
    devices = devices_of(tx, "assignment", [row for held in shared for row in held], ("who", "state"))
    what = N_("One room given twice in one half day")
    for held in shared:
        if len({devices[row.id] for row in held}) > 1:
            yield Twice(tuple(held), what)


def views(tx: Tx, ctx: Context, found: Sequence[Twice]) -> list[ReviewView]:
    """In words."""
    rows = [row for one in found for row in one.rows]
    names = Names(tx, ctx)
    names.learn(("staff", row.staff_id) for row in rows)
    names.learn(("centre", row.centre_id) for row in rows)
    names.learn(("room", row.room_id) for row in rows if row.room_id)
    writers = Writers(tx, ctx, (row.id for row in rows))
    return [
        ReviewView(
            id=one.id,
            kind="booking",
            subject=_subject(one, names),
            what=tr(one.what),
            sides=tuple(_side(row, names, writers) for row in one.rows),
            found_at=max(when(row.stamp) for row in one.rows),
        )
        for one in found
    ]


def _subject(one: Twice, names: Names) -> str:
    row = one.rows[0]
    day = f"{row.day.isoformat()} {tr(HALF_WORDS[row.half])}"
    if len({each.staff_id for each in one.rows}) == 1:
        return f"{names.of('staff', row.staff_id)} · {day}"
    return f"{names.of('room', row.room_id)} · {day}" if row.room_id else day


def _side(row: Assignment, names: Names, writers: Writers) -> SideView:
    fields = (
        (tr("Expert"), names.of("staff", row.staff_id)),
        (tr("Day"), f"{row.day.isoformat()} {tr(HALF_WORDS[row.half])}"),
        (tr("Centre"), names.of("centre", row.centre_id)),
        (tr("Room"), names.of("room", row.room_id) if row.room_id else tr("not filled in")),
    )
    return SideView(row.id, fields, writers.name(row.id, row.version, row.stamp), when(row.stamp), shows=True)
