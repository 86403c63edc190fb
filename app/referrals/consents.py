"""Whether a letter may go to this recipient: consent for this very recipient, or a lawful ground that is recorded.

An exception is for one letter: one recorded earlier serves until the end of its day and no longer.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.cases.consent import NewConsent, institutions, record_consent, sharing
from app.cases.consent_rules import PARTY_WORDS, ConsentAct, Party, Purpose, Scope, Standing
from app.common.clock import local
from app.common.errors import UserError
from app.common.words import N_, tr
from app.people.merging_clients import family
from app.printing.letter import LetterContent
from app.referrals.views import ConsentState, Ground, Override, Place
from app.referrals.words import items_text
from app.security.context import Act, Context
from db.engine import Tx
from db.models import Client, ConsentEvent, ReleasedLetter


def state(tx: Tx, ctx: Context, client_id: str, recipient: str, items: frozenset[Scope]) -> ConsentState:
    """How it stands now for a letter that tells `items`. SealedAltered if a consent event was changed."""
    return ConsentState(recipient, sharing(tx, ctx, client_id, recipient), items)


def settle(
    act: Act, ctx: Context, client: Client, place: Place, now: ConsentState, override: Override | None, at: datetime
) -> Override | None:
    """The exception that the letter goes out on, recorded and signed; None if consent carries it.

    UserError that names what is missing where neither does.
    """
    if now.granted:
        return None
    if override is not None:
        new = NewConsent(
            Purpose.SHARE, ConsentAct.OVERRIDDEN, override.ground.value, place.id, now.items, reason=override.reason
        )
        act.on(record_consent(act.tx, ctx, client.id, new, at).id)
        return override
    recorded = _recorded(act.tx, client.id, place.id, at) if now.excepted and not now.uncovered else None
    if recorded is not None:
        return recorded
    raise refusal(now, place.name())


def refusal(now: ConsentState, place: str) -> UserError:
    """Says what is missing, and for whom."""
    stand = now.stand
    if stand.standing is Standing.WITHDRAWN:
        return UserError(
            "consent-withdrawn",
            N_("The consent to share with {place} was withdrawn. Record a new one, or an exception with its reason."),
            place=place,
        )
    if stand.standing is Standing.EXCEPTION:
        return UserError(
            "consent-exception-old",
            N_("An earlier exception does not carry this letter to {place}. Record consent, or a new exception."),
            place=place,
        )
    if stand.missing:
        return UserError(
            "consent-missing",
            N_("Consent to share with {place} is missing: {who}. Record it, or an exception with its reason."),
            place=place,
            who=parties_text(stand.missing),
        )
    return UserError(
        "consent-scope",
        N_("The consent for {place} does not cover: {items}. Leave it out, or record a wider consent."),
        place=place,
        items=items_text(now.items - stand.scope),
    )


def parties_text(parties: frozenset[Party]) -> str:
    """Who, as a list in words."""
    return tr(", ").join(tr(PARTY_WORDS[party]) for party in Party if party in parties)


def state_of_letter(tx: Tx, ctx: Context, row: ReleasedLetter) -> ConsentState:
    """The consent behind a released letter as it is now."""
    return state(tx, ctx, row.client_id, row.destination_id, frozenset())


def withdrawn_since(tx: Tx, ctx: Context, row: ReleasedLetter, said: LetterContent) -> bool:
    """Whether the consent that a letter rests on was taken back; one that rests on an exception needs none."""
    if said.consent_exception:
        return False
    return state_of_letter(tx, ctx, row).stand.standing is Standing.WITHDRAWN


def _recorded(tx: Tx, client_id: str, recipient: str, at: datetime) -> Override | None:
    """The exception recorded for this recipient today."""
    stands_for = institutions(tx).get(recipient, (recipient, ""))[0]
    query = select(ConsentEvent.by, ConsentEvent.reason, ConsentEvent.at).where(
        ConsentEvent.client_id.in_(family(tx, client_id)),
        ConsentEvent.recipient == stands_for,
        ConsentEvent.act == ConsentAct.OVERRIDDEN.value,
    )
    found = tx.execute(query.order_by(ConsentEvent.at.desc()).limit(1)).first()
    if found is None or local(found.at).date() != local(at).date():
        return None
    return Override(Ground(found.by), found.reason or "")
