"""What is done about an absence: marked, covered, the bookings taken care of. The part of RotaService that the desk
uses at 08:20."""

from __future__ import annotations

from datetime import date, timedelta

from app.common.changes import Changes, Done, Topic
from app.common.clock import today
from app.common.errors import UserError
from app.common.words import N_
from app.rota import acts, naming, show
from app.rota.absence import NOTHING_THAT_DAY, Touched, absence_view, duties_on_leave, touched
from app.rota.avoid import OWN_SCHOOL, works_at
from app.rota.bookings import bookings_of
from app.rota.call_list import call_list_pdf
from app.rota.facts import Roster, counts, load_roster
from app.rota.history import Doing, History
from app.rota.rebooking import Plan, carry_out, to_later, to_somebody
from app.rota.rules import HALVES, Slot
from app.rota.settled import REBOOKED, REPLACED
from app.rota.views import Absence, AssignmentView, StoodIn
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Assignment

ALONG, LATER, STAY = "along", "later", "stay"
"""What becomes of the bookings: to the stand-in, to the expert's next duty session, or still to be called about."""

_CHANGED = Changes.of(Topic.ROTA, Topic.APPOINTMENTS)


class AbsenceActs:
    """`confirmed` holds the tokens of questions already answered with yes (see Confirmation)."""

    ctx: Context
    history: History

    def mark_absent(self, staff_id: str, day: date, half: str | None = None) -> Done[Absence]:
        """One action: the absence, the bookings it touches, who could stand in. Doing it again changes nothing more."""
        halves = _halves(half)
        with self.history.write(self.ctx, May.MARK_ABSENT, "rota.absent", N_("absence marked")) as act:
            rows = acts.mark_absent(act.tx, self.ctx.who.centre_id, staff_id, day, halves, self.ctx.clock.now())
            act.on(*(row.id for row in rows))
            view = self._absence(act.tx, staff_id, day, halves, len(rows))
            if rows:
                act.words = naming.absent(view.name, rows)
        return Done(view, _CHANGED)

    def absence(self, staff_id: str, day: date, half: str | None = None) -> Absence:
        """As `mark_absent` answers, without changing anything."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return self._absence(tx, staff_id, day, _halves(half), 0)

    def call_list(self, staff_id: str, day: date, half: str | None = None) -> bytes:
        """联系单 as PDF: everybody who must be told, also those whose bookings were arranged otherwise since. It names
        clients, so the audit chain remembers it."""
        self.ctx.require(May.SEE_CLIENTS)
        with self.ctx.write(May.MARK_ABSENT, "rota.call-list") as act:
            view = self._absence(act.tx, staff_id, day, _halves(half), 0)
            act.on(*(booking.id for booking in (*view.bookings, *view.settled)))
            return call_list_pdf(act.tx, self.ctx.who.centre_id, view, self.ctx.who.name, self.ctx.clock.now())

    def mark_present(self, assignment_id: str) -> Done[None]:
        """She comes after all."""
        with self.history.write(self.ctx, May.MARK_ABSENT, "rota.present", N_("absence taken back")) as act:
            row = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            row.absent_at = None
            act.on(row.id)
            act.words = naming.present(act.tx, row)
        return Done(None, _CHANGED)

    def stand_in(
        self,
        staff_id: str,
        day: date,
        half: str,
        substitute_id: str,
        *,
        whole_day: bool = False,
        bookings: str = ALONG,
        confirmed: frozenset[str] = frozenset(),
    ) -> Done[StoodIn]:
        """联系并替换 in one act: marks the absence of that half (or of the whole day) if it is not marked yet, puts
        `substitute_id` there, in the same room and in force if she was, and takes care of that half's bookings.
        Whoever is on that session anyway only takes the bookings."""
        slot = Slot(day, _halves(half)[0])
        centre = self.ctx.who.centre_id
        with self.history.write(self.ctx, May.MARK_ABSENT, REPLACED, N_("stand-in assigned")) as act:
            marked = HALVES if whole_day else (slot.half,)
            acts.mark_absent(act.tx, centre, staff_id, day, marked, self.ctx.clock.now())
            act.tx.flush()
            roster = load_roster(act.tx, centre, *acts.week_of(day))
            row = next((one for one in roster.on(slot) if one.staff_id == staff_id and one.absent_at), None)
            if row is None:
                raise UserError("not-on-duty", N_("This expert is not on duty then."))
            return Done(self._cover(act, roster, row, substitute_id, bookings, confirmed), _CHANGED)

    def replace(
        self,
        assignment_id: str,
        staff_id: str,
        *,
        take_bookings: bool = False,
        confirmed: frozenset[str] = frozenset(),
    ) -> Done[AssignmentView]:
        """As `stand_in`, for an absence already marked; UserError if it is not."""
        with self.history.write(self.ctx, May.MARK_ABSENT, REPLACED, N_("stand-in assigned")) as act:
            row = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            if row.absent_at is None:
                raise UserError("not-absent", N_("Only an absent expert is replaced. Mark the absence first."))
            roster = load_roster(act.tx, self.ctx.who.centre_id, *acts.week_of(row.day))
            done = self._cover(act, roster, row, staff_id, ALONG if take_bookings else STAY, confirmed)
        if done.duty is None:
            raise UserError("already", N_("This expert is already on that duty session."))
        return Done(done.duty, _CHANGED)

    def rebook(self, staff_id: str, day: date, half: str, to: str = "") -> Done[StoodIn]:
        """The bookings alone, in one act: to `to`, an expert who is on that session; "" to the next free duty session
        of the same expert. UserError if there are none, or if none of them can go."""
        slot = Slot(day, _halves(half)[0])
        with self.history.write(self.ctx, May.MARK_ABSENT, REBOOKED, N_("bookings moved")) as act:
            roster = load_roster(act.tx, self.ctx.who.centre_id, *acts.week_of(day))
            here = [row for row in roster.on(slot) if row.staff_id == staff_id]
            if to and to not in roster.seated(slot):
                raise UserError("not-on-duty", N_("This expert is not on duty then."))
            about = self._touched(act.tx, roster, staff_id, slot)
            if not about.bookings:
                raise UserError("no-bookings", N_("There are no bookings to move."))
            room = next((row.room_id for row in roster.on(slot) if row.staff_id == to and counts(row)), None)
            plan = self._plan(act.tx, roster, about, staff_id, slot, to, room, ALONG if to else LATER)
            if not plan.moves:
                raise UserError("none-goes", N_("None of these bookings can go there. Call the clients."))
            carry_out(about.bookings, plan)
            act.on(*(row.id for row in here), *(move.booking_id for move in plan.moves))
        return Done(StoodIn(None, tuple(move.booking_id for move in plan.moves), plan.stays), _CHANGED)

    def left_open_by_leave(self, staff_id: str, first: date, last: date) -> tuple[AssignmentView, ...]:
        """Duties from today on that a leave entered late leaves without anybody: each is dealt with like an absence."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            first = max(first, today(self.ctx.clock))
            if last < first:
                return ()
            roster = load_roster(tx, self.ctx.who.centre_id, first, last)
            rows = duties_on_leave(tx, roster, staff_id)
            slots = sorted({Slot(row.day, row.half) for row in rows})
            ids = {row.id for row in rows}
            return tuple(view for slot in slots for view in show.assignments(roster, slot) if view.id in ids)

    # --- inside ---

    def _cover(
        self, act: Doing, roster: Roster, row: Assignment, who: str, bookings: str, confirmed: frozenset[str]
    ) -> StoodIn:
        slot = Slot(row.day, row.half)
        about = self._touched(act.tx, roster, row.staff_id, slot)
        expert = roster.expert(who)
        if works_at(about.workplaces.get(who), about.schools.values()):
            raise UserError("own-school", N_("{name}: {reason}."), name=expert.name, reason=OWN_SCHOOL.text())
        seated = next((one for one in roster.on(slot) if one.staff_id == who and counts(one)), None)
        made = seated or self._seat(act, roster, row, who, confirmed)
        plan = self._plan(act.tx, roster, about, row.staff_id, slot, who, made.room_id, bookings)
        carry_out(about.bookings, plan)
        act.on(row.id, made.id, *(move.booking_id for move in plan.moves))
        act.words = naming.replaced(act.tx, row, who)
        act.tx.flush()
        view = next(one for one in show.assignments(roster, slot) if one.id == made.id)
        went = tuple(move.booking_id for move in plan.moves)
        return StoodIn(None if seated is not None else view, went, plan.stays)

    def _seat(self, act: Doing, roster: Roster, row: Assignment, who: str, confirmed: frozenset[str]) -> Assignment:
        """Puts `who` where `row` was, in force as much as that was."""
        slot = Slot(row.day, row.half)
        if any(one.replaces_id == row.id and counts(one) for one in roster.on(slot)):
            raise UserError("covered", N_("Somebody stands in already."))
        acts.check(roster, slot, who, confirmed)
        state = "draft" if row.state == "draft" else "published"
        made = acts.place(act.tx, roster, slot, who, state=state, room_id=row.room_id, replaces=row.id)
        made.replaces_id = row.id
        return made

    def _touched(self, tx: Tx, roster: Roster, staff_id: str, slot: Slot) -> Touched:
        booked = bookings_of(tx, roster, staff_id, slot.day, (slot.half,))
        return touched(tx, roster, booked, slot.day, slot.half)

    def _plan(
        self,
        tx: Tx,
        roster: Roster,
        about: Touched,
        staff_id: str,
        slot: Slot,
        to: str,
        room_id: str | None,
        bookings: str,
    ) -> Plan:
        if bookings == STAY:
            return Plan((), {})
        if bookings == LATER:
            self.ctx.require(May.BOOK)
            return to_later(tx, roster, about.bookings, staff_id, slot, self.ctx.clock.now())
        return to_somebody(roster, about.bookings, about.day, to, about.workplaces.get(to), about.schools, room_id)

    def _absence(self, tx: Tx, staff_id: str, day: date, halves: tuple[str, ...], changed: int) -> Absence:
        tx.flush()
        first = day - timedelta(days=day.weekday())
        roster = load_roster(tx, self.ctx.who.centre_id, first, first + timedelta(days=6))
        if staff_id not in roster.names:
            roster.expert(staff_id)
        view = absence_view(
            tx,
            roster,
            staff_id,
            day,
            halves,
            changed,
            name_clients=May.SEE_CLIENTS in self.ctx.who.may,
            now=self.ctx.clock.now(),
        )
        if not view.assignments and not view.bookings:
            raise UserError("nothing-that-day", NOTHING_THAT_DAY, name=view.name, day=day.isoformat())
        return view


def _halves(half: str | None) -> tuple[str, ...]:
    if half is not None and half not in HALVES:
        raise UserError("no-half", N_("A duty session is am or pm."))
    return (half,) if half else HALVES
