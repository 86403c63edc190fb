"""值班: the centre's rota, as its board, its acts and its proposals."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from app.common.changes import Changes, Done, Topic
from app.common.clock import today
from app.common.errors import Confirmation, UserError
from app.common.progress import CancelToken, Progress, silent
from app.common.words import N_
from app.rota import acts, now, show
from app.rota.absence import NOTHING_THAT_DAY, absence_view
from app.rota.call_list import call_list_pdf
from app.rota.facts import Roster, load_roster
from app.rota.fill import fill
from app.rota.poster import poster_pdf
from app.rota.rules import HALVES, Slot
from app.rota.views import (
    Absence,
    AssignmentView,
    CandidateView,
    DutyNow,
    Proposal,
    Published,
    WeekView,
)
from app.security.context import Act, Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Staff

_CHANGED = Changes.of(Topic.ROTA)


class RotaService:
    """`confirmed` holds the tokens of questions already answered with yes (see Confirmation)."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    # --- reading ---

    def week(self, day: date) -> WeekView:
        """The board of the ISO week of `day`."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return show.week_view(self._roster(tx, *acts.week_of(day)))

    def stretch(self, first: date, last: date) -> WeekView:
        """As `week`, for any days; for lists, prints and the command line."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return show.week_view(self._roster(tx, first, last))

    def candidates(self, day: date, half: str) -> tuple[CandidateView, ...]:
        """谁有空: every expert for one session, the free first, each other with the reasons against."""
        slot = Slot(day, _half(half))
        with self.ctx.read(May.SEE_ROTA) as tx:
            return show.candidates(self._roster(tx, *acts.week_of(day)), slot)

    def on_duty_now(self) -> DutyNow:
        """Who is there now, with room, free or busy."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return now.duty_now(tx, self.ctx.who.centre_id, self.ctx.clock.now())

    def propose(
        self, first: date, last: date, progress: Progress = silent, cancel: CancelToken | None = None
    ) -> Proposal:
        """自动排班 as a proposal; nothing is saved. Cancelled if stopped."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            roster = self._roster(tx, first, last)
        return show.proposal(roster, fill(roster.facts(), progress, cancel))

    def poster(self, day: date) -> bytes:
        """The published week of `day` as an A4 landscape PDF for the wall."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return poster_pdf(tx, self._roster(tx, *acts.week_of(day)))

    # --- by hand ---

    def assign(
        self, day: date, half: str, staff_id: str, *, confirmed: frozenset[str] = frozenset()
    ) -> Done[AssignmentView]:
        """Puts an expert on a session. One set there against a rule is pinned, so that a fill leaves it."""
        slot = Slot(day, _half(half))
        with self.ctx.write(May.EDIT_ROTA, "rota.assigned") as act:
            roster = self._roster(act.tx, *acts.week_of(day))
            against_rule = acts.check(roster, slot, staff_id, confirmed)
            row = acts.place(act.tx, roster, slot, staff_id, pinned=against_rule)
            return self._done(act, roster, slot, row.id)

    def unassign(self, assignment_id: str, *, confirmed: frozenset[str] = frozenset()) -> Done[None]:
        """Takes an expert off. Asks if pinned."""
        with self.ctx.write(May.EDIT_ROTA, "rota.unassigned") as act:
            row = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            self._ask_pinned(act.tx, row.staff_id, row.pinned, confirmed)
            acts.take_off(row)
            act.on(row.id)
        return Done(None, _CHANGED)

    def restore(self, assignment_id: str) -> Done[None]:
        """Undoes `unassign`."""
        with self.ctx.write(May.EDIT_ROTA, "rota.restored") as act:
            row = acts.restore(act.tx, self.ctx.who.centre_id, assignment_id)
            act.on(row.id)
        return Done(None, _CHANGED)

    def move(
        self, assignment_id: str, day: date, half: str, *, confirmed: frozenset[str] = frozenset()
    ) -> Done[AssignmentView]:
        """Takes an expert from one session to another; room and pin are newly decided."""
        slot = Slot(day, _half(half))
        with self.ctx.write(May.EDIT_ROTA, "rota.moved") as act:
            row = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            self._ask_pinned(act.tx, row.staff_id, row.pinned, confirmed)
            left = Slot(row.day, row.half)
            roster = self._roster(act.tx, *acts.week_of(day))
            against_rule = acts.check(roster, slot, row.staff_id, confirmed, leaving=left)
            acts.take_off(row)
            act.on(row.id)
            made = acts.place(act.tx, roster, slot, row.staff_id, pinned=against_rule)
            return self._done(act, roster, slot, made.id)

    def pin(self, assignment_id: str, pinned: bool = True) -> Done[None]:
        """Pinned duties are never moved by a fill."""
        with self.ctx.write(May.EDIT_ROTA, "rota.pinned" if pinned else "rota.unpinned") as act:
            row = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            row.pinned = pinned
            act.on(row.id)
        return Done(None, _CHANGED)

    def set_room(
        self, assignment_id: str, room_id: str | None, *, confirmed: frozenset[str] = frozenset()
    ) -> Done[None]:
        """The room of one duty; None for none. Asks if somebody else has it then."""
        with self.ctx.write(May.MARK_ABSENT, "rota.room") as act:
            row = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            roster = self._roster(act.tx, row.day, row.day)
            if room_id is not None and room_id not in roster.rooms:
                raise UserError("no-room", N_("This room does not exist."))
            if "room-taken" not in confirmed:
                acts.ask_if_room_taken(roster, row, room_id)
            row.room_id = room_id
            act.on(row.id)
        return Done(None, _CHANGED)

    # --- proposals and publication ---

    def adopt(self, proposal: Proposal) -> Done[int]:
        """采用: saves a proposal as draft. UserError "proposal-stale" if the board has changed since."""
        with self.ctx.write(May.EDIT_ROTA, "rota.filled") as act:
            count = acts.adopt(act.tx, proposal)
            act.on(self.ctx.who.centre_id)
        return Done(count, _CHANGED)

    def publish(self, first: date, last: date) -> Done[Published]:
        """Puts drafts in force and takes off what was taken off. UserError if a check has expired."""
        with self.ctx.write(May.APPROVE_ROTA, "rota.published") as act:
            result, ids = acts.publish(act.tx, self.ctx.who.centre_id, first, last)
            act.on(*ids)
        return Done(result, _CHANGED)

    # --- absence ---

    def mark_absent(self, staff_id: str, day: date, half: str | None = None) -> Done[Absence]:
        """One action: the absence, the bookings it touches, who could stand in. Doing it again changes nothing more."""
        halves = (_half(half),) if half else HALVES
        with self.ctx.write(May.MARK_ABSENT, "rota.absent") as act:
            rows = acts.mark_absent(act.tx, self.ctx.who.centre_id, staff_id, day, halves, self.ctx.clock.now())
            act.on(*(row.id for row in rows))
            view = self._absence(act.tx, staff_id, day, halves, len(rows))
        return Done(view, Changes.of(Topic.ROTA, Topic.APPOINTMENTS))

    def absence(self, staff_id: str, day: date, half: str | None = None) -> Absence:
        """As `mark_absent` answers, without changing anything."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return self._absence(tx, staff_id, day, (_half(half),) if half else HALVES, 0)

    def call_list(self, staff_id: str, day: date, half: str | None = None) -> bytes:
        """联系单 as PDF. It names clients, so the audit chain remembers it."""
        halves = (_half(half),) if half else HALVES
        self.ctx.require(May.SEE_CLIENTS)
        with self.ctx.write(May.MARK_ABSENT, "rota.call-list") as act:
            view = self._absence(act.tx, staff_id, day, halves, 0)
            act.on(*(booking.id for booking in view.bookings))
            return call_list_pdf(act.tx, self.ctx.who.centre_id, view, self.ctx.who.name, self.ctx.clock.now())

    def mark_present(self, assignment_id: str) -> Done[None]:
        """She comes after all."""
        with self.ctx.write(May.MARK_ABSENT, "rota.present") as act:
            row = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            row.absent_at = None
            act.on(row.id)
        return Done(None, _CHANGED)

    def replace(
        self,
        assignment_id: str,
        staff_id: str,
        *,
        take_bookings: bool = False,
        confirmed: frozenset[str] = frozenset(),
    ) -> Done[AssignmentView]:
        """联系并替换: somebody stands in for an absent expert, in the same room; in force if she was.
        `take_bookings` gives that half's bookings to the stand-in."""
        with self.ctx.write(May.MARK_ABSENT, "rota.replaced") as act:
            row = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            if row.absent_at is None:
                raise UserError("not-absent", N_("Only an absent expert is replaced. Mark the absence first."))
            slot = Slot(row.day, row.half)
            roster = self._roster(act.tx, *acts.week_of(row.day))
            acts.check(roster, slot, staff_id, confirmed)
            made = acts.stand_in(act.tx, roster, row, staff_id, take_bookings)
            done = self._done(act, roster, slot, made.id)
        return Done(done.value, Changes.of(Topic.ROTA, Topic.APPOINTMENTS))

    def staff_of(self, number: str) -> str:
        """The id of an expert by staff number; UserError if there is none in this centre."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            query = select(Staff.id).where(Staff.number == number, Staff.centre_id == self.ctx.who.centre_id)
            found = tx.execute(query).scalar()
        if found is None:
            raise UserError("no-staff", N_("There is no staff number {number} in this centre."), number=number)
        return found

    def today(self) -> date:
        """The centre's date."""
        return today(self.ctx.clock)

    # --- inside ---

    def _roster(self, tx: Tx, first: date, last: date) -> Roster:
        return load_roster(tx, self.ctx.who.centre_id, first, last)

    def _done(self, act: Act, roster: Roster, slot: Slot, row_id: str) -> Done[AssignmentView]:
        act.on(row_id)
        view = next(a for a in show.assignments(roster, slot) if a.id == row_id)
        return Done(view, _CHANGED)

    def _ask_pinned(self, tx: Tx, staff_id: str, pinned: bool, confirmed: frozenset[str]) -> None:
        if pinned and "pinned" not in confirmed:
            person = tx.get(Staff, staff_id)
            raise Confirmation(
                "pinned",
                N_("{name} is pinned to this duty session. Change it anyway?"),
                name=person.name if person else "",
            )

    def _absence(self, tx: Tx, staff_id: str, day: date, halves: tuple[str, ...], changed: int) -> Absence:
        tx.flush()
        roster = self._roster(tx, day - timedelta(days=day.weekday()), day + timedelta(days=6 - day.weekday()))
        if staff_id not in roster.names:
            roster.expert(staff_id)
        may_name = May.SEE_CLIENTS in self.ctx.who.may
        view = absence_view(tx, roster, staff_id, day, halves, changed, name_clients=may_name)
        if not view.assignments and not view.bookings:
            raise UserError("nothing-that-day", NOTHING_THAT_DAY, name=view.name, day=day.isoformat())
        return view


def _half(half: str) -> str:
    if half not in HALVES:
        raise UserError("no-half", N_("A duty session is am or pm."))
    return half
