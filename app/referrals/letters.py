"""From a psychologist's draft to a released row, and the steps that follow: inner functions that take `tx`.

Before the release everything lies under the case key or in the author's sealed draft; the audit chain, which the
desk's PC holds in clear, says only that a document of a case was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from app.cases.consent_rules import Scope
from app.cases.documents import write_document
from app.cases.keys import key_in_force
from app.cases.signed import sign
from app.common.clock import local
from app.common.dates import age_on
from app.common.errors import UserError
from app.common.words import N_, tr
from app.people.merging_clients import root
from app.people.numbers import next_number
from app.printing import fonts
from app.printing.letter import LetterContent
from app.printing.words import Recipient
from app.referrals import consents, facts, rules, words
from app.referrals.content import SIGNED, statement, to_json
from app.referrals.rules import LetterStep, Step
from app.referrals.views import ConsentState, Override, Place, ReferralDraft
from app.security import drafts
from app.security.context import Act, Context
from db.crypto.sealing import digest
from db.engine import Tx
from db.models import Case, Client, Draft, LetterEvent, ReleasedLetter
from db.replica.stamping import new_id

KIND = "letter"
DAYS_KEPT = 180
CHECK_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
UNNUMBERED = "授权后编号"
PREVIEW = "草稿"


def check_code(letter_id: str) -> str:
    """Four characters that tell a scanned reply from a mistyped number; they say nothing about anybody."""
    number = int.from_bytes(digest(b"longshan letter check " + bytes.fromhex(letter_id), 16), "big")
    return "".join(CHECK_LETTERS[number >> (5 * place) & 31] for place in range(4))


def own_case(tx: Tx, ctx: Context, case_id: str) -> tuple[Case, Client]:
    """An open case whose key opens for the signed-in user; NoCaseKey otherwise."""
    case = tx.get(Case, case_id)
    client = tx.get(Client, root(tx, case.client_id)) if case else None
    if case is None or client is None:
        raise UserError("no-case", N_("This case is not on this PC."))
    key_in_force(tx, ctx.who, case, ctx.members(tx))
    return case, client


def complete(draft: ReferralDraft) -> None:
    """UserError "referral-incomplete" that names what a letter cannot go without."""
    lacking = []
    if not draft.destination_id:
        lacking.append(tr("destination"))
    if not draft.observed.strip():
        lacking.append(tr("observed behaviour"))
    if lacking:
        raise UserError("referral-incomplete", N_("Still missing: {fields}."), fields=tr(", ").join(lacking))


def compose(tx: Tx, ctx: Context, case: Case, client: Client, draft: ReferralDraft, at: datetime) -> LetterContent:
    """The letter as it would be released now, still without number and code."""
    day = local(at).date()
    place = facts.place(tx, client, draft.destination_id)
    centre = facts.centre(tx, ctx.who.centre_id)
    period_from, sessions = facts.period(tx, case.id, day)
    risk = facts.risk(tx, ctx, case.id) if draft.with_risk else None
    return LetterContent(
        number=UNNUMBERED,
        check="0000",
        date=day,
        destination=place.institution if place else "",
        clinic=place.clinic if place else "",
        recipient=words.RECIPIENT_OF.get(place.kind if place else "hospital", Recipient.OTHER),
        urgency=words.PRINTED_URGENCY[draft.urgency],
        student=client.name,
        sex={"female": "女", "male": "男"}.get(client.sex or "", ""),
        age=age_on(client.birth_date, day),
        school=facts.school_name(tx, client),
        grade=client.grade or "",
        period_from=period_from if draft.with_period else None,
        sessions_count=(sessions or None) if draft.with_period else None,
        observed=tuple(line.strip() for line in draft.observed.splitlines() if line.strip()),
        assessments=tuple(facts.as_total(total) for total in draft.totals),
        risk_level=facts.RISK_ON_PAPER[risk.level] if risk else "",
        risk_at=risk.at if risk else None,
        measures=draft.measures.strip(),
        advice=draft.advice.strip(),
        referrer=ctx.who.name,
        centre_name=centre.name,
        address=centre.address,
        hotline=centre.hotline,
        centre_phone=centre.hotline,
    )


def as_preview(content: LetterContent) -> LetterContent:
    """Marked as a draft, so that a printed preview never passes for a letter."""
    return replace(content, watermark=PREVIEW)


def with_consent(
    content: LetterContent, state: ConsentState, items: frozenset[Scope], override: Override | None
) -> LetterContent:
    """Adds on what ground the letter goes out."""
    if override is not None:
        return replace(content, consent_exception=words.PRINTED_EXCEPTION[override.ground])
    if not state.granted:
        return content
    scope = "、".join(words.PRINTED_ITEMS[item] for item in words.PRINTED_ITEMS if item in items)
    given = state.stand.since
    return replace(content, consented_scope=scope, consent_date=local(given).date() if given else None)


def told_items(tx: Tx, ctx: Context, case_id: str, draft: ReferralDraft) -> frozenset[Scope]:
    """What the draft tells once computed: a risk level that nobody has set is not told."""
    items = draft.items()
    return items - {Scope.RISK} if facts.risk(tx, ctx, case_id) is None else items


def keep(act: Act, ctx: Context, case: Case, draft: ReferralDraft, before: str | None) -> str:
    """Keeps a letter in the case, sealed; `before` is the version that it replaces. The id of the document."""
    payload = {"state": "written", "draft": draft.to_dict()}
    row = write_document(act.tx, ctx, case, KIND, payload, ctx.clock.now(), before)
    act.on(row.id, case.id)
    return row.id


def release_letter(
    act: Act,
    ctx: Context,
    case_id: str,
    draft: ReferralDraft,
    *,
    draft_id: str | None = None,
    written_id: str | None = None,
    override: Override | None = None,
) -> ReleasedLetter:
    """Checks, numbers, signs and adds the letter; drops the draft. All in `act`'s transaction."""
    tx, at = act.tx, ctx.clock.now()
    case, client = own_case(tx, ctx, case_id)
    complete(draft)
    if draft_id is not None and tx.get(Draft, draft_id) is None:
        raise UserError("already-released", N_("This letter has been released already."))
    place = facts.place(tx, client, draft.destination_id)
    if place is None:
        raise UserError("no-destination", N_("This destination no longer exists. Choose another."))
    items = told_items(tx, ctx, case_id, draft)
    state = consents.state(tx, ctx, client.id, place.id, items)
    ground = consents.settle(act, ctx, client, place, state, override, at)
    content = with_consent(compose(tx, ctx, case, client, draft, at), state, items, ground)
    row = _sign(act, ctx, client, place, draft, content, at)
    sealed = {"state": "released", "letter": row.id, "number": row.number, "draft": draft.to_dict()}
    write_document(tx, ctx, case, KIND, sealed, at, written_id)
    if draft_id is not None:
        drafts.drop(tx, ctx.who.user_id, draft_id)
    return row


def _sign(
    act: Act, ctx: Context, client: Client, place: Place, draft: ReferralDraft, content: LetterContent, at: datetime
) -> ReleasedLetter:
    tx, day = act.tx, local(at).date()
    row = ReleasedLetter(id=new_id(tx), number=next_number(tx, ReleasedLetter.number, day.year))
    row.client_id, row.destination_id = client.id, place.id
    row.clinic, row.urgency = place.clinic or place.institution, draft.urgency.value
    row.content = to_json(replace(content, number=row.number, check=check_code(row.id)))
    row.released_by, row.released_at = ctx.who.user_id, at
    row.expires_on = day + timedelta(days=DAYS_KEPT)
    row.signature = sign(tx, ctx, SIGNED, statement(row, ctx.who.organisation_id), row.id, [client.id], at)
    tx.add(row)
    tx.flush()
    act.on(row.id)
    return row


def check_glyphs(content: LetterContent) -> None:
    """UserError "missing-glyph" that names the characters which paper cannot show."""
    told = [content.student, content.school, content.grade, content.measures, content.advice, content.referrer]
    totals = [part for total in content.assessments for part in (total.scale, total.total)]
    fonts.check([*told, *content.observed, *totals, content.destination, content.clinic])


def steps_of(tx: Tx, letter_ids: list[str]) -> dict[str, list[LetterStep]]:
    """Letter id -> all its events."""
    found: dict[str, list[LetterStep]] = {letter_id: [] for letter_id in letter_ids}
    for start in range(0, len(letter_ids), 500):
        query = select(LetterEvent).where(LetterEvent.letter_id.in_(letter_ids[start : start + 500]))
        for row in tx.execute(query).scalars():
            step = LetterStep(row.id, Step(row.step), row.at, row.by, dict(row.details), row.undoes)
            found[row.letter_id].append(step)
    return found


def add_step(
    act: Act, ctx: Context, letter: ReleasedLetter, step: Step, details: Mapping[str, object] | None = None
) -> LetterEvent:
    """One step forward; UserError "step-not-now" where the letter is not that far, or is past it."""
    status = rules.standing(steps_of(act.tx, [letter.id])[letter.id]).status
    if not rules.allowed(status, step):
        said = tr(rules.STATUS_WORDS[status])
        raise UserError(
            "step-not-now",
            N_("This cannot be done with letter {number} now. Its state: {state}."),
            number=letter.number,
            state=said,
        )
    return _add(act, ctx, letter.id, step, details or {}, None)


def undo_step(act: Act, ctx: Context, letter: ReleasedLetter) -> LetterStep:
    """Takes the last step back; UserError "nothing-to-undo" without one."""
    done = rules.live(steps_of(act.tx, [letter.id])[letter.id])
    if not done:
        raise UserError("nothing-to-undo", N_("Nothing has been done with this letter yet."))
    if done[-1].step is Step.RECALLED:
        raise UserError("recall-stays", N_("A recalled letter stays recalled. Release a new one."))
    _add(act, ctx, letter.id, Step.UNDONE, {}, done[-1].id)
    return done[-1]


def _add(
    act: Act, ctx: Context, letter_id: str, step: Step, details: Mapping[str, object], undoes: str | None
) -> LetterEvent:
    row = LetterEvent(id=new_id(act.tx), letter_id=letter_id, step=step.value, at=ctx.clock.now(), by=ctx.who.user_id)
    row.details, row.undoes = dict(details), undoes
    act.tx.add(row)
    act.tx.flush()
    act.on(letter_id)
    return row
