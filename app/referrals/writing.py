"""The psychologist's side: what the form shows, what is kept in the case, and the release.

Typed text is a draft, sealed to its author, of a kind that does not say "letter": the table is read with the PC's key.
`keep` puts a version into the case, where its other psychologists read it. The desk learns of a letter at its
release and not before.
"""

from __future__ import annotations

from sqlalchemy import select

from app.cases.documents import documents
from app.cases.risk_rules import RISK_WORDS
from app.common.changes import Changes, Done, Topic
from app.common.clock import local, today
from app.common.dates import age_on
from app.common.words import tr
from app.people.merging_clients import standing_clients
from app.printing.letter import LetterContent, render_letter
from app.referrals import board, consents, facts, letters
from app.referrals.letters import KIND
from app.referrals.views import (
    CaseChoice,
    ConsentState,
    LetterCard,
    Override,
    ReferralDraft,
    ReferralForm,
    WrittenReferral,
)
from app.security.context import Context
from app.security.drafts import DraftView
from app.security.permissions import May
from db.engine import Tx
from db.models import Case, CaseGrant, Draft

DRAFT = "document"


class LetterService:
    """Letters in the making, for whoever holds the key of the case."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def cases(self) -> list[CaseChoice]:
        """Open cases granted to the user, begun letters first, then the newest."""
        with self.ctx.read(May.WRITE_REFERRALS) as tx:
            begun = self._draft_subjects(tx)
            query = (
                select(Case.id, Case.number, Case.client_id)
                .join(CaseGrant, CaseGrant.case_id == Case.id)
                .where(CaseGrant.recipient == self.ctx.who.user_id, Case.state == "open")
                .distinct()
                .order_by(Case.opened_at.desc(), Case.id)
            )
            rows = tx.execute(query).all()
            clients = standing_clients(tx, {client for _, _, client in rows})
            found = [
                CaseChoice(case_id, number, clients[client].name, clients[client].id, case_id in begun)
                for case_id, number, client in rows
                if client in clients
            ]
            return sorted(found, key=lambda choice: not choice.has_draft)

    def form(self, case_id: str, draft: DraftView | None = None) -> ReferralForm:
        """All that the form shows. `draft`: the author's sealed draft if there is one, else the kept version."""
        with self.ctx.read(May.WRITE_REFERRALS) as tx:
            case, client = letters.own_case(tx, self.ctx, case_id)
            day = today(self.ctx.clock)
            first, count = facts.period(tx, case.id, day)
            risk = facts.risk(tx, self.ctx, case.id)
            kept = self._written(tx, case)
            held = ReferralDraft.from_dict(draft.content) if draft else kept.draft if kept else ReferralDraft()
            return ReferralForm(
                case_id=case.id,
                case_number=case.number,
                client_id=client.id,
                client_name=client.name,
                sex=client.sex or "",
                age=age_on(client.birth_date, day),
                school=facts.school_name(tx, client),
                grade=client.grade or "",
                period_from=first,
                sessions=count,
                risk_level=tr(RISK_WORDS[risk.level]) if risk else "",
                risk_at=risk.at if risk else None,
                totals=facts.totals(tx, self.ctx, case),
                places=facts.places(tx, client),
                guardians=facts.guardians(tx, client.id),
                draft=held,
                draft_id=draft.id if draft else None,
                written_id=kept.document_id if kept else None,
            )

    def written(self, case_id: str) -> WrittenReferral | None:
        """The letter kept in the case and not yet released."""
        with self.ctx.read(May.WRITE_REFERRALS) as tx:
            case, _client = letters.own_case(tx, self.ctx, case_id)
            return self._written(tx, case)

    def keep(self, case_id: str, draft: ReferralDraft, written_id: str | None = None) -> Done[str]:
        """Puts the letter into the case, sealed; answers the document's id. The audit says "a document", no more."""
        with self.ctx.write(May.WRITE_REFERRALS, "document.kept") as act:
            case, _client = letters.own_case(act.tx, self.ctx, case_id)
            kept = letters.keep(act, self.ctx, case, draft, written_id)
        return Done(kept, Changes.of(Topic.CASES))

    def consent(self, case_id: str, draft: ReferralDraft) -> ConsentState:
        """Whether this letter may go to its destination now."""
        with self.ctx.read(May.WRITE_REFERRALS) as tx:
            _case, client = letters.own_case(tx, self.ctx, case_id)
            items = letters.told_items(tx, self.ctx, case_id, draft)
            return consents.state(tx, self.ctx, client.id, draft.destination_id, items)

    def preview_pdf(self, case_id: str, draft: ReferralDraft) -> bytes:
        """The page as it would be released now, marked as a draft; UserError "missing-glyph" for what cannot print."""
        return render_letter(self._preview(case_id, draft))

    def release(
        self,
        case_id: str,
        draft: ReferralDraft,
        *,
        draft_id: str | None = None,
        written_id: str | None = None,
        override: Override | None = None,
    ) -> Done[LetterCard]:
        """授权打印: from here on the desk sees the letter. UserError that names what is missing."""
        letters.complete(draft)
        letters.check_glyphs(self._preview(case_id, draft))
        with self.ctx.write(May.WRITE_REFERRALS, "letter.released") as act:
            row = letters.release_letter(
                act, self.ctx, case_id, draft, draft_id=draft_id, written_id=written_id, override=override
            )
            card = board.card(row, (), local(row.released_at).date())
        return Done(card, Changes.of(Topic.REFERRALS, Topic.CASES))

    def _preview(self, case_id: str, draft: ReferralDraft) -> LetterContent:
        with self.ctx.read(May.WRITE_REFERRALS) as tx:
            case, client = letters.own_case(tx, self.ctx, case_id)
            made = letters.compose(tx, self.ctx, case, client, draft, self.ctx.clock.now())
            items = letters.told_items(tx, self.ctx, case_id, draft)
            if draft.destination_id:
                state = consents.state(tx, self.ctx, client.id, draft.destination_id, items)
                made = letters.with_consent(made, state, items, None)
            return letters.as_preview(made)

    def _written(self, tx: Tx, case: Case) -> WrittenReferral | None:
        kept = [one for one in documents(tx, self.ctx, case, KIND) if one.content.get("state") == "written"]
        if not kept:
            return None
        last = kept[-1]
        return WrittenReferral(last.id, ReferralDraft.from_dict(last.content["draft"]), last.at, last.author)

    def _draft_subjects(self, tx: Tx) -> set[str]:
        query = select(Draft.subject).where(Draft.author == self.ctx.who.user_id, Draft.kind == DRAFT)
        return {subject for subject in tx.execute(query).scalars() if subject}
