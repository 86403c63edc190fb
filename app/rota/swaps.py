"""换班: an expert's duty goes to another, or is exchanged for one of hers, once she agrees or the planner decides.

Duties change hands in the transaction of the answer. The seat stays as it is (room, pin, published or draft); the row
of whoever leaves stays as `removed`, so that each request always shows between whom it was."""

from __future__ import annotations

from sqlalchemy import select

from app.common.changes import Changes, Done, Topic
from app.common.clock import today
from app.common.errors import UserError
from app.common.notes import Note, Spoken
from app.common.words import N_
from app.rota import naming
from app.rota.absence import touched
from app.rota.bookings import bookings_of
from app.rota.facts import Roster, load_roster
from app.rota.history import Doing, History
from app.rota.moves import weeks
from app.rota.rebooking import carry_out, to_somebody
from app.rota.rules import Slot
from app.rota.swap_acts import check, hand_over, write_answer
from app.rota.swap_reading import find_partners, own_duties, read_requests, side_of, state_in, view_of
from app.rota.swap_rules import OPEN, STATE_WORDS
from app.rota.swap_views import SwapDuty, SwapPartner, Swapped, SwapSide, SwapView
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Assignment, SwapRequest
from db.replica.stamping import new_id

_CHANGED = Changes.of(Topic.ROTA, Topic.APPOINTMENTS)
_ASKED = Changes.of(Topic.ROTA)


class SwapService:
    """`confirmed` holds the tokens of questions already answered with yes (see Confirmation)."""

    def __init__(self, ctx: Context, history: History) -> None:
        self.ctx = ctx
        self.history = history

    # --- reading ---

    def requests(self) -> tuple[SwapView, ...]:
        """Open ones first, then what was decided in the last weeks; only one's own for whoever arranges no swaps."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return read_requests(tx, self.ctx)

    def waiting(self) -> int:
        """How many wait for this person: for whoever arranges swaps, all open ones of the centre."""
        return sum(one.open and (one.mine or one.may_record) for one in self.requests())

    def duties(self) -> tuple[SwapDuty, ...]:
        """The signed-in person's duties to come that could be given away."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return own_duties(tx, self.ctx)

    def duty(self, assignment_id: str) -> SwapSide:
        """Which duty it is. UserError unless it stands and is still to come."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return side_of(tx, self._duty(tx, assignment_id))

    def partners(self, assignment_id: str) -> tuple[SwapPartner, ...]:
        """Every other expert for that duty, the free first, each with the reasons against, and the duties that could
        come back for it."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            duty = self._duty(tx, assignment_id)
            return find_partners(tx, self.ctx, duty)

    # --- asking ---

    def ask(
        self,
        assignment_id: str,
        to_staff_id: str,
        return_id: str | None = None,
        *,
        confirmed: frozenset[str] = frozenset(),
    ) -> Done[SwapView]:
        """Asks `to_staff_id` to take the duty over, or to exchange it for her duty `return_id`. Nothing on the rota
        changes yet. UserError where the law or a second seat forbids it; Confirmation for every other rule."""
        with self.history.write(self.ctx, self._may(), "rota.swap-asked", N_("swap asked for")) as act:
            duty = self._duty(act.tx, assignment_id)
            self._own_or_arranges(duty.staff_id)
            back = self._back(act.tx, return_id, to_staff_id)
            self._not_asked_twice(act.tx, duty, to_staff_id)
            roster = _roster(act.tx, duty, back)
            check(roster, duty, to_staff_id, back, confirmed)
            row = SwapRequest(
                id=new_id(act.tx),
                stream="org",
                centre_id=duty.centre_id,
                assignment_id=duty.id,
                to_staff_id=to_staff_id,
                return_id=back.id if back is not None else None,
                asked_by=self.ctx.who.user_id,
                asked_at=self.ctx.clock.now(),
            )
            act.tx.add(row)
            act.on(row.id, duty.id, *((back.id,) if back is not None else ()))
            act.words = _words(act.tx, "rota.swap-asked", N_("{name} asked to take over {slot}"), duty, to_staff_id)
            act.tx.flush()
            view = view_of(act.tx, self.ctx, row)
        return Done(view, _ASKED)

    def withdraw(self, request_id: str) -> Done[SwapView]:
        """Whoever asked, or gives the duty away, or arranges swaps, takes the request back. It stays on record."""
        with self.history.write(self.ctx, self._may(), "rota.swap-withdrawn", N_("swap request withdrawn")) as act:
            row, duty, _ = self._open(act.tx, request_id)
            if row.asked_by != self.ctx.who.user_id:
                self._own_or_arranges(duty.staff_id)
            row.ended, row.ended_by, row.ended_at = "withdrawn", self.ctx.who.user_id, self.ctx.clock.now()
            act.on(row.id)
            act.tx.flush()
            view = view_of(act.tx, self.ctx, row)
        return Done(view, _ASKED)

    # --- answering ---

    def answer(self, request_id: str, agreed: bool, *, confirmed: frozenset[str] = frozenset()) -> Done[Swapped]:
        """The one who is asked agrees or declines, in her own sign-in."""
        return self._answer(request_id, agreed, "self", May.OWN_DUTY, confirmed)

    def record(self, request_id: str, agreed: bool, *, confirmed: frozenset[str] = frozenset()) -> Done[Swapped]:
        """The desk writes down what she said on the telephone."""
        return self._answer(request_id, agreed, "told", May.ARRANGE_SWAPS, confirmed)

    def override(self, request_id: str, *, confirmed: frozenset[str] = frozenset()) -> Done[Swapped]:
        """The planner decides without her consent; it is recorded as such."""
        return self._answer(request_id, True, "override", May.EDIT_ROTA, confirmed)

    def _answer(self, request_id: str, agreed: bool, how: str, may: May, confirmed: frozenset[str]) -> Done[Swapped]:
        audit = f"rota.swap-{'agreed' if agreed else 'declined'}"
        with self.history.write(self.ctx, may, audit, N_("swap answered")) as act:
            row, duty, back = self._open(act.tx, request_id)
            if how == "self" and row.to_staff_id != self.ctx.who.staff_id:
                raise UserError("not-asked", N_("Only the person who is asked can answer this."))
            write_answer(row, agreed, how, self.ctx.who.user_id, self.ctx.clock.now())
            act.on(row.id, duty.id)
            went = stays = 0
            words = N_("{name} declined {slot}")
            if agreed:
                roster = _roster(act.tx, duty, back)
                check(roster, duty, row.to_staff_id, back, confirmed)
                went, stays = self._carry_out(act, roster, row, duty, back)
                words = N_("{name} takes over {slot}") if back is None else N_("{name} exchanges for {slot}")
            act.words = _words(act.tx, audit, words, duty, row.to_staff_id)
            act.tx.flush()
            view = view_of(act.tx, self.ctx, row)
        return Done(Swapped(view, went, stays), _CHANGED)

    def _carry_out(
        self, act: Doing, roster: Roster, row: SwapRequest, duty: Assignment, back: Assignment | None
    ) -> tuple[int, int]:
        """The duties change hands; bookings go with them where they can."""
        giver, taker = duty.staff_id, row.to_staff_id
        moves = [(duty, taker)] + ([(back, giver)] if back is not None else [])
        went = stays = 0
        for old, who in moves:
            slot = Slot(old.day, old.half)
            booked = bookings_of(act.tx, roster, old.staff_id, old.day, (old.half,))
            about = touched(act.tx, roster, booked, slot.day, slot.half)
            made = hand_over(act.tx, old, who)
            place = about.workplaces.get(who)
            plan = to_somebody(roster, about.bookings, about.day, who, place, about.schools, made.room_id)
            carry_out(about.bookings, plan)
            went, stays = went + len(plan.moves), stays + len(plan.stays)
            act.on(old.id, made.id, *(move.booking_id for move in plan.moves))
        row.ended, row.ended_by, row.ended_at = "done", self.ctx.who.user_id, self.ctx.clock.now()
        return went, stays

    # --- inside ---

    def _may(self) -> May:
        return May.ARRANGE_SWAPS if May.ARRANGE_SWAPS in self.ctx.who.may else May.OWN_DUTY

    def _own_or_arranges(self, staff_id: str) -> None:
        if May.ARRANGE_SWAPS not in self.ctx.who.may and staff_id != self.ctx.who.staff_id:
            raise UserError("not-own", N_("You can only give away duties of your own."))

    def _duty(self, tx: Tx, assignment_id: str) -> Assignment:
        """UserError unless it stands, is still to come, and is this centre's."""
        row = tx.get(Assignment, assignment_id)
        if row is None or row.centre_id != self.ctx.who.centre_id or row.state not in ("draft", "published"):
            raise UserError("no-assignment", N_("This duty is no longer on the rota."))
        if row.absent_at is not None:
            raise UserError("absent", N_("This duty was marked absent; find a stand-in instead."))
        if row.day < today(self.ctx.clock):
            raise UserError("past", N_("This duty is over."))
        return row

    def _back(self, tx: Tx, return_id: str | None, to_staff_id: str) -> Assignment | None:
        if return_id is None:
            return None
        row = self._duty(tx, return_id)
        if row.staff_id != to_staff_id:
            raise UserError("not-hers", N_("The duty that is to come back belongs to somebody else."))
        return row

    def _not_asked_twice(self, tx: Tx, duty: Assignment, to_staff_id: str) -> None:
        if duty.staff_id == to_staff_id:
            raise UserError("same", N_("This is the same expert."))
        query = select(SwapRequest).where(
            SwapRequest.assignment_id == duty.id, SwapRequest.to_staff_id == to_staff_id, SwapRequest.ended.is_(None)
        )
        if any(row.answer is None for row in tx.execute(query).scalars()):
            raise UserError("asked-already", N_("This expert has been asked already and has not answered yet."))

    def _open(self, tx: Tx, request_id: str) -> tuple[SwapRequest, Assignment, Assignment | None]:
        """UserError in words if it is decided or void."""
        row = tx.get(SwapRequest, request_id)
        if row is None or row.centre_id != self.ctx.who.centre_id:
            raise UserError("no-request", N_("This request does not exist."))
        state, why = state_in(tx, row, today(self.ctx.clock))
        duty = tx.get(Assignment, row.assignment_id)
        back = tx.get(Assignment, row.return_id) if row.return_id else None
        if state != OPEN or duty is None:
            said: object = why.text() if why is not None else _Word(STATE_WORDS[state])
            raise UserError("not-open", N_("This request is no longer open: {state}."), state=said)
        return row, duty, back


def _roster(tx: Tx, duty: Assignment, back: Assignment | None) -> Roster:
    """The whole weeks of both duties."""
    return load_roster(tx, duty.centre_id, *weeks(duty.day, back.day if back is not None else duty.day))


def _words(tx: Tx, code: str, words: str, duty: Assignment, to_staff_id: str) -> Note:
    slot = naming.SlotWords(Slot(duty.day, duty.half))
    return Note.of(code, words, name=naming.name_of(tx, to_staff_id), slot=slot)


class _Word(Spoken):
    """A state inside a sentence, looked up when shown."""

    def __init__(self, msgid: str) -> None:
        self._msgid = msgid

    def __str__(self) -> str:
        return Note.of("state", self._msgid).text()
