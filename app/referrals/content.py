"""The released letter as a row: everything that the page says, in a fixed form that one signature covers."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from app.cases.signed import Proofs
from app.common.errors import UserError
from app.common.words import N_
from app.printing.letter import AssessmentTotal, LetterContent
from app.printing.words import Recipient
from app.security.context import Context
from db.crypto.sealing import Place, digest
from db.engine import Tx
from db.models import ReleasedLetter

SIGNED = "letter.signed"
_DOMAIN = "longshan released letter 1"
_DAYS = frozenset({"date", "period_from", "consent_date"})
_MOMENTS = frozenset({"risk_at"})


class LetterAltered(UserError):
    """The row is not what its author released."""

    def __init__(self, number: str) -> None:
        super().__init__(
            "letter-altered",
            N_("Letter {number} was altered after its release and is neither shown nor printed. Call the director."),
            number=number,
        )


def to_json(content: LetterContent) -> dict[str, Any]:
    """Only what is said: empty fields are left out, dates and moments are ISO texts."""
    made: dict[str, Any] = {}
    for field in fields(content):
        value = getattr(content, field.name)
        if isinstance(value, datetime | date):
            made[field.name] = value.isoformat()
        elif field.name == "assessments":
            made[field.name] = [[t.scale, t.taken_on.isoformat(), t.total] for t in value]
        elif isinstance(value, tuple):
            made[field.name] = list(value)
        elif value not in ("", None):
            made[field.name] = str(value) if isinstance(value, Recipient) else value
    return made


def from_json(stored: dict[str, Any]) -> LetterContent:
    """The letter again; a field that this version does not know is left out."""
    known = {field.name for field in fields(LetterContent)}
    found: dict[str, Any] = {}
    for name, value in stored.items():
        if name not in known:
            continue
        if name in _DAYS:
            found[name] = date.fromisoformat(value)
        elif name in _MOMENTS:
            found[name] = datetime.fromisoformat(value)
        elif name == "assessments":
            found[name] = tuple(AssessmentTotal(s, date.fromisoformat(d), t) for s, d, t in value)
        elif name == "recipient":
            found[name] = Recipient(value)
        else:
            found[name] = tuple(value) if isinstance(value, list) else value
    return LetterContent(**found)


def _canonical(stored: dict[str, Any]) -> bytes:
    return json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def statement(row: ReleasedLetter, organisation: str) -> Place:
    """What the releasing psychologist signs: every column, the content by its hash."""
    return (
        _DOMAIN,
        organisation,
        row.id,
        row.number,
        row.client_id,
        row.destination_id,
        row.clinic,
        row.urgency,
        digest(_canonical(row.content)),
        row.released_by,
        row.released_at.isoformat(),
        row.expires_on.isoformat(),
    )


def prove(tx: Tx, ctx: Context, row: ReleasedLetter, proofs: Proofs | None = None) -> None:
    """LetterAltered unless the row is what a clinician released; one released on this PC must stand in its chain."""
    proofs = proofs or Proofs(tx, ctx, [row.client_id], [SIGNED])
    said = statement(row, ctx.who.organisation_id)
    if not proofs.holds(row.id, row.version, row.released_by, said, row.signature):
        raise LetterAltered(row.number)


def opened(tx: Tx, ctx: Context, row: ReleasedLetter) -> LetterContent:
    """What a proven row says."""
    prove(tx, ctx, row)
    return from_json(row.content)
