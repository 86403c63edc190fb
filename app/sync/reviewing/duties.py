"""An expert on duty twice in one half day, because two PCs planned without knowing of each other. Both stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.common.clock import local
from app.common.words import N_, tr
from app.rota.rules import HALF_WORDS
from app.security.context import Context
from app.sync.reviewing.left import left_alone
from app.sync.reviewing.rights import may_decide
from app.sync.reviewing.values import Names
from app.sync.reviewing.writers import Writers
from app.sync.views import ReviewView, SideView
from db.engine import Tx
from db.models import Assignment, Centre
from db.replica.settling import when

REPLAN = N_("Both duties are kept. Take one of them off in the Rota tab.")


def open_duties(tx: Tx, ctx: Context) -> list[tuple[Assignment, ...]]:
    """The same expert on one half day twice, here or in two centres."""
    if not may_decide("assignment", ctx.who.may):
        return []
    centres = list(tx.execute(select(Centre.id)).scalars())
    query = select(Assignment).where(
        Assignment.centre_id.in_(centres),
        Assignment.day >= local(ctx.clock.now()).date(),
        Assignment.state.in_(("draft", "published")),
        Assignment.absent_at.is_(None),
    )
    same: dict[tuple[str, date, str], list[Assignment]] = defaultdict(list)
    for row in tx.execute(query).scalars():
        same[row.staff_id, row.day, row.half].append(row)
    twice = [tuple(sorted(rows, key=lambda row: row.id)) for rows in same.values() if len(rows) > 1]
    here = [rows for rows in twice if any(row.centre_id == ctx.who.centre_id for row in rows)]
    left = left_alone(tx, (row.id for rows in here for row in rows))
    return [rows for rows in here if frozenset(row.id for row in rows) not in left]


def duty_id(rows: Sequence[Assignment]) -> str:
    """Of the review."""
    return "booking:" + ":".join(row.id for row in rows)


def views(tx: Tx, ctx: Context, found: Sequence[Sequence[Assignment]]) -> list[ReviewView]:
    """In words."""
    names = Names(tx, ctx)
    names.learn(("staff", row.staff_id) for rows in found for row in rows)
    names.learn(("centre", row.centre_id) for rows in found for row in rows)
    writers = Writers(tx, ctx, (row.id for rows in found for row in rows))
    made = []
    for rows in found:
        day = f"{rows[0].day.isoformat()} {tr(HALF_WORDS[rows[0].half])}"
        sides = tuple(
            SideView(
                key=row.id,
                fields=((tr("Centre"), names.of("centre", row.centre_id)), (tr("Day"), day)),
                written_by=writers.name(row.id, row.version, row.stamp),
                at=when(row.stamp),
                shows=True,
            )
            for row in rows
        )
        made.append(
            ReviewView(
                id=duty_id(rows),
                kind="booking",
                subject=f"{names.of('staff', rows[0].staff_id)} · {day}",
                what=tr("One expert on duty twice in one half day"),
                sides=sides,
                found_at=max(when(row.stamp) for row in rows),
            )
        )
    return made
