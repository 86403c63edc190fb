"""Whether the signed rows of all cases are what was signed, proven without any case key: for the doctor.

Nothing is opened: a signature covers the sealed bytes, so that whoever may not read a note can still see that it is
the one its author signed, and that none was taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.cases import consent, documents, keys, records, risk
from app.cases.consent_rules import ConsentAct
from app.cases.keys import SealedAltered
from app.cases.signed import Proofs
from app.security.context import Context
from app.security.permissions import CLINICIANS, Role
from db.crypto.sealing import Place
from db.engine import Tx
from db.models import Case, CaseDocument, ConsentEvent, RiskEvent, SessionNote

_AT_ONCE = 400
Row = Any
"""A row of one of the signed tables; what is read of it differs from kind to kind."""


@dataclass(frozen=True, slots=True)
class Tally:
    """`kind`: "grants", "notes", "documents", "risks" or "consents". `gone`: rows that the audit chain knows of and
    the table has lost."""

    kind: str
    proven: int
    altered: int
    gone: int


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    model: Any
    about: str
    acts: tuple[str, ...]
    statement: Callable[[str, Row], Place]


_KINDS = (
    _Kind("notes", SessionNote, "case_id", records.ACTS, records._statement),
    _Kind("documents", CaseDocument, "case_id", (documents.WRITTEN,), documents._statement),
    _Kind("risks", RiskEvent, "case_id", (risk.RECORDED,), risk._statement),
    _Kind("consents", ConsentEvent, "client_id", (consent.RECORDED,), consent._statement),
)


def examine(tx: Tx, ctx: Context, step: Callable[[], None]) -> list[Tally]:
    """Every signed row of every case and consent, kind by kind."""
    return [_grants(tx, ctx, step), *(_kind(tx, ctx, kind, step) for kind in _KINDS)]


def _grants(tx: Tx, ctx: Context, step: Callable[[], None]) -> Tally:
    membership = ctx.members(tx)
    proven = altered = gone = 0
    ids = list(tx.execute(select(Case.id).order_by(Case.id)).scalars())
    for part in _parts(ids):
        step()
        keys.gather(tx, part)
        for case in tx.execute(select(Case).where(Case.id.in_(part))).scalars():
            rows = tx.info["case_grants"][case.id]
            good = sum(keys._signed_by_clinician(row, membership) for row in rows)
            try:
                believed = bool(keys.believed_grants(tx, case, membership))
            except SealedAltered:
                believed = False
            proven, altered = proven + good, altered + len(rows) - good
            if not believed:
                gone += 1
        del tx.info["case_grants"], tx.info["case_anchors"]
    return Tally("grants", proven, altered, gone)


def _kind(tx: Tx, ctx: Context, kind: _Kind, step: Callable[[], None]) -> Tally:
    column = getattr(kind.model, kind.about)
    owner = select(Case.id) if kind.about == "case_id" else select(column).distinct()
    ids = sorted({*tx.execute(owner).scalars(), *tx.execute(select(column).distinct()).scalars()})
    proven = altered = gone = 0
    for part in _parts(ids):
        step()
        proofs = Proofs(tx, ctx, part, kind.acts)
        present: dict[str, list[str]] = {one: [] for one in part}
        for row in tx.execute(select(kind.model).where(column.in_(part))).scalars():
            present[getattr(row, kind.about)].append(row.id)
            good = _holds(ctx, proofs, kind, row)
            proven, altered = proven + good, altered + (not good)
        gone += sum(len(proofs.missing(one, rows)) for one, rows in present.items())
    return Tally(kind.name, proven, altered, gone)


def _holds(ctx: Context, proofs: Proofs, kind: _Kind, row: Row) -> bool:
    roles: frozenset[Role] | None = CLINICIANS
    if isinstance(row, ConsentEvent) and row.act != ConsentAct.OVERRIDDEN:
        roles = None
    statement = kind.statement(ctx.who.organisation_id, row)
    return proofs.holds(row.id, row.version, row.author, statement, row.signature, roles)


def _parts(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield list(ids[start : start + _AT_ONCE])
