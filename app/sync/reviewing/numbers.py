"""One human number on two records, as a copied folder gives out: one of them gets a fresh one.

The number that stays is found as before; a letter's number is signed and printed, so a new letter replaces it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.common.clock import local, today
from app.common.errors import UserError
from app.common.words import N_, tr
from app.intake.arrivals import next_ticket
from app.people.indexing import reindex_clients
from app.people.numbers import next_number
from app.security.context import Act, Context
from app.sync.reviewing.left import left_alone
from app.sync.reviewing.rights import may_decide
from app.sync.reviewing.subjects import refers, subject_of
from app.sync.reviewing.values import Names
from app.sync.reviewing.writers import Writers
from app.sync.views import ReviewView, SideView
from db.engine import Tx
from db.models import Case, Client, ReleasedLetter, Synced, Visit
from db.replica.settling import when

RELEASE_ANEW = N_("A letter's number is signed. Recall one of the two letters and release it again.")
_NUMBERED: dict[str, tuple[Any, Any]] = {
    "case": (Case, Case.number),
    "client": (Client, Client.number),
    "released_letter": (ReleasedLetter, ReleasedLetter.number),
}
_WHAT = {
    "case": N_("Two cases with one number"),
    "client": N_("Two clients with one number"),
    "released_letter": N_("Two letters with one number"),
    "visit": N_("Two visits of today with one ticket"),
}


@dataclass(frozen=True, slots=True)
class SameNumber:
    """The rows that bear it, the oldest first."""

    table: str
    number: str
    rows: tuple[Synced, ...]

    @property
    def id(self) -> str:
        return f"number:{self.table}:{self.number}"


def open_numbers(tx: Tx, ctx: Context) -> list[SameNumber]:
    """Those that this user may decide, of their own centre."""
    found = [one for table in _NUMBERED if may_decide(table, ctx.who.may) for one in _of_table(tx, ctx, table)]
    if may_decide("visit", ctx.who.may):
        found += _tickets(tx, ctx, today(ctx.clock))
    left = left_alone(tx, (row.id for one in found for row in one.rows))
    return [one for one in found if frozenset(row.id for row in one.rows) not in left]


def _of_table(tx: Tx, ctx: Context, table: str) -> list[SameNumber]:
    model, column = _NUMBERED[table]
    twice = list(tx.execute(select(column).group_by(column).having(func.count() > 1)).scalars())
    by_number: dict[str, list[Synced]] = defaultdict(list)
    for at in range(0, len(twice), 2_000):
        query = select(model).where(column.in_(twice[at : at + 2_000]), model.stream == ctx.who.centre_id)
        for row in tx.execute(query.order_by(model.stamp, model.id)).scalars():
            if getattr(row, "merged_into", None) is None:
                by_number[row.number].append(row)
    return [SameNumber(table, number, tuple(rows)) for number, rows in by_number.items() if len(rows) > 1]


def _tickets(tx: Tx, ctx: Context, day: date) -> list[SameNumber]:
    query = select(Visit).where(Visit.centre_id == ctx.who.centre_id, Visit.day == day, Visit.ticket.is_not(None))
    by_ticket: dict[str, list[Visit]] = defaultdict(list)
    for row in tx.execute(query.order_by(Visit.stamp, Visit.id)).scalars():
        by_ticket[row.ticket or ""].append(row)
    return [SameNumber("visit", ticket, tuple(rows)) for ticket, rows in by_ticket.items() if len(rows) > 1]


def views(tx: Tx, ctx: Context, found: Sequence[SameNumber]) -> list[ReviewView]:
    """In words. Whoever is chosen keeps the number; the others get a fresh one."""
    names = Names(tx, ctx)
    names.learn(wanted for one in found for row in one.rows for wanted in refers(row))
    names.learn(("client", row.client_id) for one in found for row in one.rows if isinstance(row, Case))
    writers = Writers(tx, ctx, (row.id for one in found for row in one.rows))
    return [_view(one, names, writers) for one in found]


def _view(one: SameNumber, names: Names, writers: Writers) -> ReviewView:
    sides = tuple(
        SideView(
            key=row.id,
            fields=((tr("What"), subject_of(row, names).text), *_client(row, names)),
            written_by=writers.name(row.id, row.version, row.stamp),
            at=when(row.stamp),
            shows=place == 0,
        )
        for place, row in enumerate(one.rows)
    )
    about = subject_of(one.rows[-1], names)
    return ReviewView(
        id=one.id,
        kind="number",
        subject=one.number,
        what=tr(_WHAT[one.table]),
        sides=sides,
        found_at=max(when(row.stamp) for row in one.rows),
        client_id=about.client_id,
        case_id=about.case_id,
    )


def _client(row: Synced, names: Names) -> tuple[tuple[str, str], ...]:
    if isinstance(row, Case | ReleasedLetter):
        return ((tr("Client"), names.of("client", row.client_id)),)
    return ()


def decide(act: Act, ctx: Context, table: str, number: str, side_key: str) -> None:
    """The chosen record keeps the number. UserError for letters, and if the records are others by now."""
    tx = act.tx
    if not may_decide(table, ctx.who.may):
        raise UserError("not-allowed", N_("Your role does not allow this."))
    found = next((one for one in open_numbers(tx, ctx) if (one.table, one.number) == (table, number)), None)
    if found is None:
        raise UserError("review-gone", N_("This has been decided already."))
    if table == "released_letter":
        raise UserError("letter-number", RELEASE_ANEW)
    if side_key not in {row.id for row in found.rows}:
        raise UserError("review-changed", N_("Choose one of the sides that are shown."))
    renamed = [row for row in found.rows if row.id != side_key]
    for row in renamed:
        _renumber(tx, ctx, row)
    tx.flush()
    reindex_clients(tx, [row.id for row in renamed if isinstance(row, Client)])
    act.on(*(row.id for row in found.rows))


def _renumber(tx: Tx, ctx: Context, row: Synced) -> None:
    year = local(when(row.stamp)).year
    if isinstance(row, Client):
        row.number = next_number(tx, Client.number, year)
    elif isinstance(row, Case):
        row.number = next_number(tx, Case.number, local(row.opened_at).year)
    elif isinstance(row, Visit):
        row.ticket = next_ticket(tx, ctx.who.centre_id, ctx.clock.now())
