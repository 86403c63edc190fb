"""Referral letters: written and released by psychologists, printed and followed by the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from app.cases.dropbox import drops_of, open_drop, write_drop
from app.cases.keys import NoCaseKey
from app.common.changes import Changes, Done, Topic
from app.common.clock import today
from app.common.errors import UserError
from app.common.words import N_
from app.people.contact import Contact, contacts
from app.people.merging_clients import root, standing_clients
from app.printing.letter import LetterContent, render_letter
from app.printing.words import SPECIMEN
from app.referrals import board, consents, content, facts, letters, rules
from app.referrals.lookup import read_number
from app.referrals.rules import LetterStep, Step
from app.referrals.views import (
    BackToSchool,
    Board,
    LetterCard,
    LetterView,
    MissedLetter,
    Reply,
    ReplyView,
)
from app.security.context import Act, Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Client, Organisation, ReleasedLetter

_CHANGED = Changes.of(Topic.REFERRALS)
SHOWN, SAVED, EXPORTED = "letter.shown", "letter.saved", "letter.exported"


class ReferralService:
    """The desk's side works on released rows only; nothing here opens a case for whoever has no key to it."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def board(self) -> Board:
        """The ageing board: urgent first, then overdue, then the oldest."""
        with self.ctx.read(May.SEE_RELEASED) as tx:
            return board.board(tx, self.ctx, self._today)

    def unanswered(self) -> list[LetterCard]:
        """For Today and the handover: released letters without an answer."""
        with self.ctx.read(May.SEE_RELEASED) as tx:
            return board.unanswered(tx, self.ctx, self._today)

    def unprinted(self) -> list[LetterCard]:
        """Released letters that nobody printed yet."""
        with self.ctx.read(May.SEE_RELEASED) as tx:
            return board.unprinted(tx, self.ctx, self._today)

    def find(self, number: str) -> LetterCard:
        """By scanned code, whole number, or its end; UserError in words if there is none or more than one."""
        wanted = read_number(number)
        with self.ctx.read(May.SEE_RELEASED) as tx:
            query = select(ReleasedLetter).where(ReleasedLetter.stream == self.ctx.who.centre_id)
            if wanted.whole:
                query = query.where(ReleasedLetter.number == wanted.whole)
            else:
                query = query.where(ReleasedLetter.number.endswith(wanted.end, autoescape=True))
            rows = list(tx.execute(query.limit(2)).scalars())
            if not rows:
                raise UserError("no-letter", N_("There is no letter {number}."), number=number.strip())
            if len(rows) > 1:
                raise UserError("number-ambiguous", N_("Several letters end like this. Type the whole number."))
            if wanted.check and wanted.check != rows[0].content.get("check"):
                raise UserError(
                    "check-differs", N_("The code does not belong to letter {number}."), number=wanted.whole
                )
            return board.cards(tx, self.ctx, rows, self._today)[0]

    def letter(self, letter_id: str) -> LetterView:
        """What stands beside the preview: the student, the consent as it is now, what was done."""
        with self.ctx.read(May.PRINT_RELEASED) as tx:
            row = _letter(tx, letter_id)
            said = content.opened(tx, self.ctx, row)
            steps = letters.steps_of(tx, [row.id])[row.id]
            client = tx.get(Client, root(tx, row.client_id))
            names = {user: member.name for user, member in self.ctx.members(tx).members.items()}
            return LetterView(
                card=board.card(row, steps, self._today),
                student=said.student,
                place=f"{said.destination} {said.clinic}".strip(),
                consent=consents.state_of_letter(tx, self.ctx, row),
                consent_date=said.consent_date,
                exception=said.consent_exception,
                history=tuple((step.step, step.at, names.get(step.by, "")) for step in rules.live(steps)),
                reply=self._reply(tx, row.id, steps),
                school=facts.school_name(tx, client) if client else "",
                school_telephone=facts.school_telephone(tx, client) if client else "",
            )

    def letter_pdf(self, letter_id: str, act: str = SHOWN) -> bytes:
        """The PDF of a released letter, both copies: the very bytes that are shown, printed or saved.

        Audited as `act`. LetterAltered, or UserError "missing-glyph", before anything reaches paper; for anything
        but showing it, also "consent-withdrawn" and "letter-expired".
        """
        with self.ctx.write(May.PRINT_RELEASED, act) as doing:
            row = _letter(doing.tx, letter_id)
            said = content.opened(doing.tx, self.ctx, row)
            if act != SHOWN:
                self._may_go_out(doing.tx, row, said)
            doing.on(row.id)
            demo = doing.tx.execute(select(Organisation.demo)).scalar()
        return render_letter(replace(said, watermark=SPECIMEN) if demo else said)

    def printed(self, letter_id: str, copies: int = 2) -> Done[LetterCard]:
        """Two copies lie on the desk. Refused once the consent was withdrawn."""
        with self.ctx.write(May.PRINT_RELEASED, "letter.printed") as act:
            row = _letter(act.tx, letter_id)
            self._may_go_out(act.tx, row, content.opened(act.tx, self.ctx, row))
            return self._stepped(act, row, Step.PRINTED, {"copies": copies})

    def collected(self, letter_id: str) -> Done[LetterCard]:
        """The guardian has taken it."""
        return self._step(letter_id, Step.COLLECTED, "letter.collected")

    def arrived(self, letter_id: str, on: date | None = None) -> Done[LetterCard]:
        """The student was seen there, as the hospital or the family says."""
        day = on or self._today
        if day > self._today:
            raise UserError("future-day", N_("This day has not come yet."))
        return self._step(letter_id, Step.ARRIVED, "letter.arrived", {"day": day.isoformat()})

    def replied(self, letter_id: str, reply: Reply) -> Done[LetterCard]:
        """The reply came back. Its advice is sealed to the centre's clinicians, like all that the desk takes down."""
        if reply.day is not None and reply.day > self._today:
            raise UserError("future-day", N_("This day has not come yet."))
        with self.ctx.write(May.PRINT_RELEASED, "letter.replied") as act:
            row = _letter(act.tx, letter_id)
            details: dict[str, object] = {
                "arrived": reply.arrived,
                "day": reply.day.isoformat() if reply.day else None,
                "department": reply.department.strip(),
                "back_to_school": reply.back_to_school.value,
            }
            at = self.ctx.clock.now()
            details["advice"] = write_drop(act.tx, self.ctx, row.id, {"advice": reply.advice}, at)
            return self._stepped(act, row, Step.REPLIED, details)

    def returned(self, letter_id: str) -> Done[LetterCard]:
        """The student is back at school: the letter is closed."""
        return self._step(letter_id, Step.RETURNED, "letter.returned")

    def undo(self, letter_id: str) -> Done[LetterStep]:
        """Takes the last step back; answers which it was."""
        with self.ctx.write(May.PRINT_RELEASED, "letter.undone") as act:
            step = letters.undo_step(act, self.ctx, _letter(act.tx, letter_id))
        return Done(step, _CHANGED)

    def recall(self, letter_id: str, reason: str) -> Done[LetterCard]:
        """Takes a released letter back before it was collected: by who released it, with a reason."""
        if not reason.strip():
            raise UserError("reason-missing", N_("Write down why."))
        with self.ctx.write(May.WRITE_REFERRALS, "letter.recalled") as act:
            row = _letter(act.tx, letter_id)
            if row.released_by != self.ctx.who.user_id:
                raise UserError("not-yours", N_("Only who released a letter can recall it."))
            return self._stepped(act, row, Step.RECALLED, {"reason": reason.strip()})

    def reply(self, letter_id: str) -> ReplyView | None:
        """The reply as taken down; the advice only for a clinician's keys."""
        with self.ctx.read(May.SEE_RELEASED) as tx:
            return self._reply(tx, letter_id, letters.steps_of(tx, [letter_id])[letter_id])

    def missed(self) -> list[MissedLetter]:
        """未到诊名单: whom to call, with the hours in which one may. Audited: it names people."""
        with self.ctx.write(May.SEE_CLIENTS, "letter.missed-shown") as act:
            found = board.missed(act.tx, self.ctx, self._today)
            act.on(*(one.id for one in found))
            clients = standing_clients(act.tx, {one.client_id for one in found})
            reached = contacts(act.tx, {one.client_id for one in found})
            return [_missed(one, clients.get(one.client_id), reached[one.client_id]) for one in found]

    @property
    def _today(self) -> date:
        return today(self.ctx.clock)

    def _step(
        self, letter_id: str, step: Step, name: str, details: dict[str, object] | None = None
    ) -> Done[LetterCard]:
        with self.ctx.write(May.PRINT_RELEASED, name) as act:
            return self._stepped(act, _letter(act.tx, letter_id), step, details or {})

    def _stepped(self, act: Act, row: ReleasedLetter, step: Step, details: dict[str, object]) -> Done[LetterCard]:
        letters.add_step(act, self.ctx, row, step, details)
        return Done(board.cards(act.tx, self.ctx, [row], self._today)[0], _CHANGED)

    def _may_go_out(self, tx: Tx, row: ReleasedLetter, said: LetterContent) -> None:
        if row.expires_on < self._today:
            raise UserError("letter-expired", N_("Letter {number} has expired. Ask for a new one."), number=row.number)
        if consents.withdrawn_since(tx, self.ctx, row, said):
            raise UserError(
                "consent-withdrawn",
                N_("The consent for letter {number} was withdrawn after its release. Do not hand it over."),
                number=row.number,
            )

    def _reply(self, tx: Tx, letter_id: str, steps: list[LetterStep]) -> ReplyView | None:
        done = [step for step in rules.live(steps) if step.step is Step.REPLIED]
        if not done:
            return None
        told = done[-1].details
        day = told.get("day")
        return ReplyView(
            arrived=bool(told.get("arrived", True)),
            day=date.fromisoformat(str(day)) if day else None,
            department=str(told.get("department") or ""),
            back_to_school=BackToSchool(str(told.get("back_to_school") or BackToSchool.NOT_SAID.value)),
            advice=self._advice(tx, letter_id, str(told.get("advice") or "")),
        )

    def _advice(self, tx: Tx, letter_id: str, drop_id: str) -> str | None:
        drop = next((row for row in drops_of(tx, letter_id) if row.id == drop_id), None)
        if drop is None:
            return ""
        try:
            return open_drop(self.ctx, drop).get("advice", "")
        except NoCaseKey:
            return None


def _letter(tx: Tx, letter_id: str) -> ReleasedLetter:
    row = tx.get(ReleasedLetter, letter_id)
    if row is None:
        raise UserError("no-letter-here", N_("This letter is not on this PC."))
    return row


def _missed(card: LetterCard, client: Client | None, reached: Contact) -> MissedLetter:
    return MissedLetter(
        card=card,
        student=client.name if client else "",
        telephones=reached.telephones,
        guardians=tuple(one.text() for one in reached.guardians),
        safe_times=reached.safe_times,
    )
