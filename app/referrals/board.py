"""The ageing board, and what of it Today and the handover page must know. Inner functions that take `tx`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from app.cases.signed import Proofs
from app.referrals import content, rules
from app.referrals.content import LetterAltered
from app.referrals.letters import steps_of
from app.referrals.rules import COLUMNS, LetterStep, Level, Status, Step, Urgency
from app.referrals.views import Board, BoardColumn, LetterCard
from app.security.context import Context
from db.engine import Tx
from db.models import LetterEvent, ReleasedLetter

_LEVELS = (Level.OVERDUE, Level.ATTENTION, Level.CALM)
_URGENCIES = (Urgency.URGENT, Urgency.SOON, Urgency.ROUTINE)


def open_letters(tx: Tx, ctx: Context, today: date) -> list[ReleasedLetter]:
    """This centre's letters that are not expired and whose student is not back at school."""
    undone = select(LetterEvent.undoes).where(LetterEvent.undoes.is_not(None))
    closed = select(LetterEvent.letter_id).where(LetterEvent.step == Step.RETURNED.value, LetterEvent.id.not_in(undone))
    query = select(ReleasedLetter).where(
        ReleasedLetter.stream == ctx.who.centre_id,
        ReleasedLetter.expires_on >= today,
        ReleasedLetter.id.not_in(closed),
    )
    return list(tx.execute(query).scalars())


def card(row: ReleasedLetter, steps: Iterable[LetterStep], today: date, *, altered: bool = False) -> LetterCard:
    """A row and its events as a card. An altered row shows its number and nothing else."""
    held = list(steps)
    standing = rules.standing(held)
    since = standing.since or row.released_at
    days = rules.days_since(since, today)
    urgency = Urgency(row.urgency) if row.urgency in list(Urgency) else Urgency.ROUTINE
    replies = [step for step in rules.live(held) if step.step is Step.REPLIED]
    return LetterCard(
        id=row.id,
        number=row.number,
        institution="" if altered else str(row.content.get("destination", "")),
        clinic="" if altered else row.clinic,
        urgency=urgency,
        status=standing.status,
        days=days,
        level=rules.level(standing.status, days, urgency),
        next=rules.next_step(standing.status),
        released_at=row.released_at,
        released_by=row.released_by,
        client_id=row.client_id,
        since=since,
        reply_arrived=bool(replies[-1].details.get("arrived", True)) if replies else None,
        altered=altered,
    )


def cards(tx: Tx, ctx: Context, rows: list[ReleasedLetter], today: date) -> list[LetterCard]:
    """The cards of several letters, each proven by its signature."""
    steps = steps_of(tx, [row.id for row in rows])
    proofs = Proofs(tx, ctx, {row.client_id for row in rows}, [content.SIGNED])
    return [card(row, steps[row.id], today, altered=_altered(tx, ctx, row, proofs)) for row in rows]


def _altered(tx: Tx, ctx: Context, row: ReleasedLetter, proofs: Proofs) -> bool:
    try:
        content.prove(tx, ctx, row, proofs)
    except LetterAltered:
        return True
    return False


def _rank(one: LetterCard) -> tuple[int, int, str, str]:
    return _URGENCIES.index(one.urgency), _LEVELS.index(one.level), one.since.isoformat(), one.number


def board(tx: Tx, ctx: Context, today: date) -> Board:
    """All columns; within one, urgent letters first, then the overdue, then the oldest."""
    found = sorted(cards(tx, ctx, open_letters(tx, ctx, today), today), key=_rank)
    columns = tuple(BoardColumn(status, tuple(c for c in found if c.status is status)) for status in COLUMNS)
    return Board(today, columns)


def unprinted(tx: Tx, ctx: Context, today: date) -> list[LetterCard]:
    """Released and not printed yet."""
    return [one for one in cards(tx, ctx, open_letters(tx, ctx, today), today) if one.status is Status.WAITING]


def unanswered(tx: Tx, ctx: Context, today: date) -> list[LetterCard]:
    """For the handover: released, and no answer yet from where the student was sent; the most pressing first."""
    found = cards(tx, ctx, open_letters(tx, ctx, today), today)
    return sorted((one for one in found if rules.unanswered(one.status)), key=_rank)


def missed(tx: Tx, ctx: Context, today: date) -> list[LetterCard]:
    """Printed or given away, and no arrival known."""
    found = cards(tx, ctx, open_letters(tx, ctx, today), today)
    waiting = [one for one in found if rules.not_arrived(one.status) or one.reply_arrived is False]
    return sorted(waiting, key=_rank)
