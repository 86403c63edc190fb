"""Consent as recorded: signed events per purpose and recipient, and the meter that says what they allow now.

Not sealed: the desk hands out the form and must know whether it came back. What is agreed with a recipient
holds for the whole institution, since that, not its clinic, is the recipient in law.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.cases import consent_rules as rules
from app.cases.consent_rules import ALL_SCOPES, ConsentAct, ConsentFact, Party, Purpose, Scope, Stand
from app.cases.keys import SealedAltered
from app.cases.signed import Proofs, sign
from app.common.changes import Changes, Done, Topic
from app.common.clock import local
from app.common.errors import UserError
from app.common.words import N_
from app.people.merging_clients import family, root
from app.security.context import Context
from app.security.permissions import CLINICIANS, May
from db.crypto.sealing import Place
from db.engine import Tx
from db.models import Client, ConsentEvent, Destination, School
from db.replica.stamping import new_id

_DOMAIN = "longshan consent 1"
RECORDED = "consent.recorded"
FORM_VERSION = "2026-1"


@dataclass(frozen=True, slots=True)
class MeterLine:
    """One purpose, or one recipient. `name` is the recipient's; "" for other purposes."""

    purpose: Purpose
    recipient: str | None
    name: str
    stand: Stand


@dataclass(frozen=True, slots=True)
class ConsentMeter:
    """What may be done and shared now. `needed`: whose signature a consent of this client needs today."""

    client_id: str
    needed: frozenset[Party]
    birth_known: bool
    lines: tuple[MeterLine, ...]

    def line(self, purpose: Purpose, recipient: str | None = None) -> MeterLine | None:
        """The line of a purpose and recipient; None if there is no such recipient."""
        found = (line for line in self.lines if line.purpose is purpose and line.recipient == recipient)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One event as the history shows it."""

    id: str
    purpose: Purpose
    recipient_name: str
    act: ConsentAct
    by: str
    scope: frozenset[Scope]
    signer_name: str
    reason: str
    at: datetime
    author_name: str
    live: bool


@dataclass(frozen=True, slots=True)
class NewConsent:
    """What the signed form says. `by`: a Party's value, or the ground of an override ("emergency", "legal-duty")."""

    purpose: Purpose
    act: ConsentAct
    by: str
    recipient: str | None = None
    scope: frozenset[Scope] = frozenset()
    signer_name: str = ""
    reason: str = ""
    form_version: str = FORM_VERSION


def _statement(organisation: str, row: ConsentEvent) -> Place:
    return (
        _DOMAIN,
        organisation,
        row.client_id,
        row.id,
        row.purpose,
        row.recipient or "",
        " ".join(row.scope),
        row.act,
        row.by,
        row.signer_name or "",
        row.reason or "",
        row.form_version,
        row.at.isoformat(),
        row.author,
        " ".join(row.supersedes),
    )


def _proven(tx: Tx, ctx: Context, client_id: str) -> list[ConsentEvent]:
    """Of all records of the person."""
    records = family(tx, client_id)
    query = select(ConsentEvent).where(ConsentEvent.client_id.in_(records)).order_by(ConsentEvent.at, ConsentEvent.id)
    rows = list(tx.execute(query).scalars())
    proofs = Proofs(tx, ctx, records, [RECORDED])
    if any(proofs.missing(one, (row.id for row in rows)) for one in records):
        raise SealedAltered
    for row in rows:
        statement = _statement(ctx.who.organisation_id, row)
        roles = CLINICIANS if row.act == ConsentAct.OVERRIDDEN else None
        proofs.check(row.id, row.version, row.author, statement, row.signature, roles)
    return rows


def _fact(row: ConsentEvent) -> ConsentFact:
    return ConsentFact(
        row.id,
        Purpose(row.purpose),
        row.recipient,
        frozenset(Scope(name) for name in row.scope),
        ConsentAct(row.act),
        row.by,
        row.at,
        tuple(row.supersedes),
    )


def institutions(tx: Tx) -> dict[str, tuple[str, str]]:
    """Destination id -> the id that stands for its institution (its first clinic's), and the institution's name."""
    query = select(Destination.id, Destination.institution).order_by(Destination.position, Destination.id)
    first: dict[str, str] = {}
    return {row_id: (first.setdefault(name, row_id), name) for row_id, name in tx.execute(query)}


def _recipients(tx: Tx, client: Client, facts: Iterable[ConsentFact]) -> dict[str, str]:
    """Recipient -> name, in the order of the meter: institutions, the client's school, others on record."""
    active = set(tx.execute(select(Destination.id).where(Destination.active)).scalars())
    known = institutions(tx)
    shown = {stands: name for row_id, (stands, name) in known.items() if row_id in active}
    others = {fact.recipient for fact in facts if fact.recipient} - shown.keys()
    if client.school_id:
        others.add(client.school_id)
    names = dict(tx.execute(select(School.id, School.name).where(School.id.in_(others))).all())
    if client.school_id in names:
        shown[client.school_id or ""] = names[client.school_id or ""]
    for recipient in sorted(others - shown.keys()):
        name = names.get(recipient) or known.get(recipient, ("", ""))[1]
        if name:
            shown[recipient] = name
    return shown


def _needed(ctx: Context, client: Client) -> frozenset[Party]:
    day = local(ctx.clock.now()).date()
    return rules.needed(client.birth_date, day, minor=client.kind == "student")


def consent_meter(tx: Tx, ctx: Context, client_id: str) -> ConsentMeter:
    """The meter of one client; SealedAltered if an event was changed or taken away. Needs no case key."""
    client = tx.get_one(Client, root(tx, client_id))
    facts = [_fact(row) for row in _proven(tx, ctx, client_id)]
    need = _needed(ctx, client)
    asked: list[tuple[Purpose, str | None, str]] = [(Purpose.COUNSELLING, None, "")]
    asked += [(Purpose.SHARE, recipient, name) for recipient, name in _recipients(tx, client, facts).items()]
    asked += [(Purpose.RECORDING, None, ""), (Purpose.SUPERVISION, None, "")]
    lines = tuple(MeterLine(p, recipient, name, rules.stand(facts, p, recipient, need)) for p, recipient, name in asked)
    return ConsentMeter(client_id, need, client.birth_date is not None, lines)


def sharing(tx: Tx, ctx: Context, client_id: str, recipient: str) -> Stand:
    """What may be shared now with a destination (any clinic of the institution) or a school."""
    client = tx.get_one(Client, root(tx, client_id))
    facts = [_fact(row) for row in _proven(tx, ctx, client_id)]
    stands_for = institutions(tx).get(recipient, (recipient, ""))[0]
    return rules.stand(facts, Purpose.SHARE, stands_for, _needed(ctx, client))


def _check(new: NewConsent) -> None:
    if (new.purpose is Purpose.SHARE) != (new.recipient is not None):
        raise ValueError("a recipient belongs to sharing, and to nothing else")
    if new.act is ConsentAct.OVERRIDDEN:
        if new.by not in rules.GROUND_WORDS or not new.reason.strip():
            raise UserError("override-reason", N_("An exception needs its ground and a reason in words."))
    elif new.act is ConsentAct.GIVEN:
        Party(new.by)
        if new.purpose is Purpose.SHARE and not new.scope:
            raise UserError("consent-scope", N_("Tick what may be shared with this recipient."))


def record_consent(tx: Tx, ctx: Context, client_id: str, new: NewConsent, at: datetime) -> ConsentEvent:
    """Adds one signed event, naming those it replaces."""
    _check(new)
    facts = [_fact(row) for row in _proven(tx, ctx, client_id)]
    recipient = institutions(tx).get(new.recipient, (new.recipient, ""))[0] if new.recipient else None
    shares = new.purpose is Purpose.SHARE and new.act is not ConsentAct.WITHDRAWN
    scope = (new.scope or ALL_SCOPES) if shares else frozenset()
    row = ConsentEvent(
        id=new_id(tx),
        client_id=client_id,
        purpose=new.purpose.value,
        recipient=recipient,
        scope=sorted(scope),
        act=new.act.value,
        by=new.by,
        signer_name=new.signer_name.strip() or None,
        reason=new.reason.strip() or None,
        form_version=new.form_version,
        at=at,
        author=ctx.who.user_id,
        supersedes=list(rules.superseded_by(facts, new.purpose, recipient, new.act, new.by)),
    )
    row.signature = sign(tx, ctx, RECORDED, _statement(ctx.who.organisation_id, row), row.id, [client_id], at)
    tx.add(row)
    tx.flush()
    return row


class ConsentService:
    """Consent of clients of this centre."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def meter(self, client_id: str) -> ConsentMeter:
        """What may be done and shared now."""
        with self.ctx.read(May.SEE_CONSENT) as tx:
            return consent_meter(tx, self.ctx, client_id)

    def history(self, client_id: str) -> tuple[ConsentRecord, ...]:
        """Everything recorded, newest first."""
        with self.ctx.read(May.SEE_CONSENT) as tx:
            rows = _proven(tx, self.ctx, client_id)
            facts = [_fact(row) for row in rows]
            names = _recipients(tx, tx.get_one(Client, root(tx, client_id)), facts)
            unsuperseded = {fact.id for fact in rules.live(facts)}
            members = self.ctx.members(tx).members
            return tuple(
                ConsentRecord(
                    id=row.id,
                    purpose=fact.purpose,
                    recipient_name=names.get(row.recipient or "", ""),
                    act=fact.act,
                    by=row.by,
                    scope=fact.scope,
                    signer_name=row.signer_name or "",
                    reason=row.reason or "",
                    at=row.at,
                    author_name=members[row.author].name,
                    live=row.id in unsuperseded,
                )
                for row, fact in reversed(list(zip(rows, facts, strict=True)))
            )

    def give(
        self,
        client_id: str,
        purpose: Purpose,
        by: Party,
        *,
        recipient: str | None = None,
        scope: Iterable[Scope] = (),
        signer_name: str = "",
    ) -> Done[str]:
        """Records a signature on the form; `scope` is what is ticked for that recipient."""
        new = NewConsent(purpose, ConsentAct.GIVEN, by.value, recipient, frozenset(scope), signer_name)
        return self._record(client_id, new, May.RECORD_CONSENT, "consent.given")

    def withdraw(
        self, client_id: str, purpose: Purpose, by: Party, *, recipient: str | None = None, reason: str = ""
    ) -> Done[str]:
        """Records a withdrawal: at once, by either of them, without a reason if none is given."""
        new = NewConsent(purpose, ConsentAct.WITHDRAWN, by.value, recipient, reason=reason)
        return self._record(client_id, new, May.RECORD_CONSENT, "consent.withdrawn")

    def override(
        self,
        client_id: str,
        purpose: Purpose,
        ground: str,
        reason: str,
        *,
        recipient: str | None = None,
        scope: Iterable[Scope] = (),
    ) -> Done[str]:
        """Records an exception ("emergency" or "legal-duty") with its reason; clinicians only."""
        new = NewConsent(purpose, ConsentAct.OVERRIDDEN, ground, recipient, frozenset(scope), reason=reason)
        return self._record(client_id, new, May.WRITE_NOTES, "consent.overridden")

    def _record(self, client_id: str, new: NewConsent, may: May, name: str) -> Done[str]:
        with self.ctx.write(may, name) as act:
            row = record_consent(act.tx, self.ctx, client_id, new, self.ctx.clock.now())
            act.on(row.id, client_id)
        return Done(row.id, Changes.of(Topic.CASES, Topic.CLIENTS))
