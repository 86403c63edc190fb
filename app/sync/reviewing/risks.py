"""Risk levels recorded without knowledge of each other: all are in force, the highest shows, a holder decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select, text

from app.cases.risk import live_risks
from app.cases.risk_rules import RISK_WORDS, RiskFact, RiskLevel, live
from app.common.errors import UserError
from app.common.words import N_, tr
from app.security.context import Context
from app.security.permissions import May
from app.sync.reviewing.values import clock
from app.sync.reviewing.writers import Writers
from app.sync.views import ReviewView, SideView
from db.engine import Tx
from db.models import Case, CaseGrant, RiskEvent, RowId

_AT_ONCE = 2_000
# One pass over what is superseded; then the cases that keep more than one level. Joined, for the index that a join
# gets by itself: 0.3 s for 100,000 levels, where `NOT IN` takes minutes.
_CASES = text(
    "WITH gone AS MATERIALIZED "
    "(SELECT r.case_id AS c, j.value AS v FROM risk_event AS r, json_each(r.supersedes) AS j) "
    'SELECT r.case_id FROM risk_event AS r JOIN "case" AS k ON k.id = r.case_id '
    "LEFT JOIN gone AS g ON g.c = r.case_id AND g.v = lower(hex(r.id)) "
    "WHERE k.centre_id = :centre AND g.v IS NULL GROUP BY r.case_id HAVING count(*) > 1"
).columns(case_id=RowId)
IN_THE_CASE = N_("Open the case and record a risk level there: it replaces all of these.")
BY_A_HOLDER = N_("A psychologist of this case decides it. Until then the higher level shows.")


def undecided(tx: Tx, ctx: Context) -> list[str]:
    """Cases of this centre with more than one level in force."""
    if not may_see(ctx):
        return []
    return list(tx.execute(_CASES, {"centre": bytes.fromhex(ctx.who.centre_id)}).scalars())


def may_see(ctx: Context) -> bool:
    """The desk sees that there is something to decide, and the level that shows; whoever may read cases too."""
    return May.DECIDE_REVIEWS in ctx.who.may


def views(tx: Tx, ctx: Context, case_ids: Sequence[str]) -> list[ReviewView]:
    """For a holder every level with its author; for others one sentence with the level that shows."""
    found: list[ReviewView] = []
    for at in range(0, len(case_ids), _AT_ONCE):
        found += _views(tx, ctx, case_ids[at : at + _AT_ONCE])
    return found


def _views(tx: Tx, ctx: Context, case_ids: Sequence[str]) -> list[ReviewView]:
    cases = {row.id: row for row in tx.execute(select(Case).where(Case.id.in_(case_ids))).scalars()}
    events: dict[str, list[RiskEvent]] = defaultdict(list)
    for row in tx.execute(select(RiskEvent).where(RiskEvent.case_id.in_(case_ids))).scalars():
        events[row.case_id].append(row)
    shown = live_risks(tx, ctx, case_ids)
    held = _held(tx, ctx, case_ids)
    writers = Writers(tx, ctx, (row.id for rows in events.values() for row in rows))
    found = []
    for case_id, case in cases.items():
        now, standing = shown.get(case_id), _standing(events[case_id])
        level = tr(RISK_WORDS[now.level]) if now and now.level else tr("not known")
        mine = case_id in held
        found.append(
            ReviewView(
                id=f"risk:{case_id}",
                kind="risk",
                subject=tr("Case {number}", number=case.number),
                what=tr("Two PCs recorded different risk levels; the higher one shows: {level}", level=level),
                sides=_sides(standing, now.level if now else None, writers, ctx, tx) if mine else (),
                found_at=max(row.at for row in standing),
                client_id=case.client_id,
                case_id=case_id if mine else None,
            )
        )
    return found


def _standing(rows: Sequence[RiskEvent]) -> list[RiskEvent]:
    by_id = {row.id: row for row in rows}
    facts = [RiskFact(row.id, RiskLevel(row.level), row.at, row.author, tuple(row.supersedes)) for row in rows]
    return [by_id[fact.id] for fact in live(facts)]


def _held(tx: Tx, ctx: Context, case_ids: Sequence[str]) -> set[str]:
    """A hint, as in the list of cases; the case itself verifies the grant."""
    if May.WRITE_NOTES not in ctx.who.may:
        return set()
    mine = (CaseGrant.recipient == ctx.who.user_id, CaseGrant.case_id.in_(case_ids))
    return set(tx.execute(select(CaseGrant.case_id).where(*mine)).scalars())


def _sides(
    standing: Sequence[RiskEvent], shown: RiskLevel | None, writers: Writers, ctx: Context, tx: Tx
) -> tuple[SideView, ...]:
    members = ctx.members(tx).members
    return tuple(
        SideView(
            key=row.id,
            fields=(
                (tr("Risk level"), tr(RISK_WORDS[RiskLevel(row.level)])),
                (tr("Recorded at"), clock(row.at)),
                (tr("Psychologist"), members[row.author].name if row.author in members else tr("not known")),
            ),
            written_by=writers.name(row.id, row.version, row.stamp),
            at=row.at,
            shows=place == 0 and row.level == shown,
        )
        for place, row in enumerate(standing)
    )


def refuse(tx: Tx, ctx: Context, case_id: str) -> UserError:
    """Where this is decided: a level says what it rests on, and is signed."""
    if case_id in _held(tx, ctx, [case_id]):
        return UserError("risk-in-case", IN_THE_CASE)
    return UserError("risk-by-holder", BY_A_HOLDER)
