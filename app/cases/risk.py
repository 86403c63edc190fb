"""Risk levels of a case: signed events, the level plain to the centre, its rationale sealed.

A level is never lowered silently: a lower one must be confirmed against exactly the levels that its author
saw, give its reasons, and name what it supersedes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.cases import keys
from app.cases.keys import SealedAltered
from app.cases.risk_rules import RISK_WORDS, RiskFact, RiskLevel, live, lowers, shown, superseded_by
from app.cases.signed import Proofs, sign
from app.common.changes import Changes, Done, Topic
from app.common.errors import Confirmation, UserError
from app.common.words import N_, tr
from app.security.context import Context
from app.security.permissions import May
from db.crypto.sealing import Place, digest
from db.engine import Tx
from db.models import Case, RiskEvent
from db.replica.stamping import new_id

_DOMAIN = "longshan risk event 1"
_KIND = "risk"
RECORDED = "risk.recorded"


@dataclass(frozen=True, slots=True)
class RiskView:
    """One recorded level with its rationale; `live`: nothing has superseded it."""

    id: str
    level: RiskLevel
    at: datetime
    author_name: str
    rationale: str
    live: bool


@dataclass(frozen=True, slots=True)
class LiveRisk:
    """The level that a case shows. `altered`: an event was changed or taken away, so that it may be higher."""

    level: RiskLevel | None
    at: datetime | None
    altered: bool = False


def _statement(organisation: str, row: RiskEvent) -> Place:
    return (
        _DOMAIN,
        organisation,
        row.case_id,
        row.id,
        row.level,
        row.key_version,
        digest(row.sealed_rationale),
        row.at.isoformat(),
        row.author,
        " ".join(row.supersedes),
    )


def _fact(row: RiskEvent) -> RiskFact:
    return RiskFact(row.id, RiskLevel(row.level), row.at, row.author, tuple(row.supersedes))


def _rows(tx: Tx, case_ids: Collection[str]) -> list[RiskEvent]:
    query = select(RiskEvent).where(RiskEvent.case_id.in_(case_ids)).order_by(RiskEvent.at, RiskEvent.id)
    return list(tx.execute(query).scalars())


def _proven(tx: Tx, ctx: Context, case_id: str) -> list[RiskEvent]:
    rows, proofs = _rows(tx, [case_id]), Proofs(tx, ctx, [case_id], [RECORDED])
    if proofs.missing(case_id, (row.id for row in rows)):
        raise SealedAltered
    for row in rows:
        proofs.check(row.id, row.version, row.author, _statement(ctx.who.organisation_id, row), row.signature)
    return rows


def live_risks(tx: Tx, ctx: Context, case_ids: Iterable[str]) -> dict[str, LiveRisk]:
    """Case id -> the level it shows; needs no case key. Cases without any event are left out."""
    wanted = list(case_ids)
    proofs = Proofs(tx, ctx, wanted, [RECORDED])
    facts: dict[str, list[RiskFact]] = {}
    altered: set[str] = set()
    seen: dict[str, list[str]] = {}
    for row in _rows(tx, wanted):
        seen.setdefault(row.case_id, []).append(row.id)
        statement = _statement(ctx.who.organisation_id, row)
        if proofs.holds(row.id, row.version, row.author, statement, row.signature):
            facts.setdefault(row.case_id, []).append(_fact(row))
        else:
            altered.add(row.case_id)
    altered |= {case_id for case_id in wanted if proofs.missing(case_id, seen.get(case_id, ()))}
    found: dict[str, LiveRisk] = {}
    for case_id in facts.keys() | altered:
        now = shown(facts.get(case_id, ()))
        found[case_id] = LiveRisk(now.level if now else None, now.at if now else None, case_id in altered)
    return found


def risk_history(tx: Tx, ctx: Context, case: Case) -> list[RiskView]:
    """All events of a case with their rationale, newest first; NoCaseKey or SealedAltered."""
    members = ctx.members(tx)
    keys.key_in_force(tx, ctx.who, case, members)
    rows = _proven(tx, ctx, case.id)
    unsuperseded = {fact.id for fact in live(map(_fact, rows))}
    views = []
    for row in reversed(rows):
        key = keys.case_key(tx, ctx.who, case, members, row.key_version)
        place = keys.row_place(ctx.who.organisation_id, case.id, row.id, row.key_version, _KIND)
        rationale = keys.open_row(key, row.sealed_rationale, place).decode()
        name = members.members[row.author].name
        views.append(RiskView(row.id, RiskLevel(row.level), row.at, name, rationale, row.id in unsuperseded))
    return views


def record_risk(
    tx: Tx,
    ctx: Context,
    case: Case,
    level: RiskLevel,
    rationale: str,
    at: datetime,
    confirmed: Collection[str] = frozenset(),
) -> RiskEvent:
    """Adds a signed level. UserError "risk-rationale" without the reasons that any level but none, and any lower
    one, needs; Confirmation before a level is lowered, whose token names the levels it was asked about."""
    facts = [_fact(row) for row in _proven(tx, ctx, case.id)]
    lowered = lowers(level, facts)
    if not rationale.strip() and (level is not RiskLevel.NONE or lowered):
        raise UserError("risk-rationale", N_("Write down what the risk level rests on."))
    if lowered is not None:
        _ask_before_lowering(level, lowered, facts, confirmed)
    version, key = keys.key_in_force(tx, ctx.who, case, ctx.members(tx))
    row_id = new_id(tx)
    place = keys.row_place(ctx.who.organisation_id, case.id, row_id, version, _KIND)
    row = RiskEvent(
        id=row_id,
        case_id=case.id,
        level=level.value,
        at=at,
        author=ctx.who.user_id,
        key_version=version,
        sealed_rationale=keys.seal_row(key, rationale.strip().encode(), place),
        supersedes=list(superseded_by(level, facts, lowering=lowered is not None)),
    )
    statement = _statement(ctx.who.organisation_id, row)
    row.signature = sign(tx, ctx, RECORDED, statement, row_id, [case.id], at)
    tx.add(row)
    tx.flush()
    return row


def _ask_before_lowering(
    level: RiskLevel, lowered: RiskFact, facts: list[RiskFact], confirmed: Collection[str]
) -> None:
    token = "risk-lowered:" + ",".join(fact.id for fact in live(facts))
    if token not in confirmed:
        raise Confirmation(
            token,
            N_("This lowers the risk level from {old} to {new}. The earlier level stays in the history. Lower it?"),
            old=tr(RISK_WORDS[lowered.level]),
            new=tr(RISK_WORDS[level]),
        )


class RiskService:
    """Risk levels of cases whose key the user holds."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def record(
        self, case_id: str, level: RiskLevel, rationale: str, confirmed: Collection[str] = frozenset()
    ) -> Done[str]:
        """Records a level outside a note; returns the event's id. See `record_risk` for what it refuses and asks."""
        with self.ctx.write(May.WRITE_NOTES, "risk.written") as act:
            case = act.tx.get_one(Case, case_id)
            row = record_risk(act.tx, self.ctx, case, level, rationale, self.ctx.clock.now(), confirmed)
            act.on(case.id, row.id)
        return Done(row.id, Changes.of(Topic.CASES, Topic.NOTES))
