"""值班: the centre's rota, as its board, its acts and its proposals."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.common.changes import Changes, Done, Topic
from app.common.clock import today
from app.common.errors import Confirmation, UserError
from app.common.notes import Note
from app.common.progress import CancelToken, Progress, silent
from app.common.words import N_
from app.rota import acts, adjust, moves, naming, now, show
from app.rota.absence_acts import AbsenceActs
from app.rota.conflicts import find_conflicts
from app.rota.facts import Roster, load_roster
from app.rota.fill import fill
from app.rota.history import Doing, History
from app.rota.publication import PublicationService
from app.rota.repair import repair
from app.rota.rules import HALVES, Slot
from app.rota.views import (
    AssignmentView,
    CandidateView,
    Conflict,
    DutyNow,
    Proposal,
    Published,
    Targets,
    Undoables,
    WeekView,
)
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Centre, DutyPattern, Staff

_CHANGED = Changes.of(Topic.ROTA)


class RotaService(AbsenceActs):
    """`confirmed` holds the tokens of questions already answered with yes (see Confirmation)."""

    def __init__(self, ctx: Context, history: History) -> None:
        self.ctx = ctx
        self.history = history

    # --- reading ---

    def week(self, day: date, *, centre_id: str = "") -> WeekView:
        """The board of the ISO week of `day`; of another centre only what it has published."""
        return self.stretch(*acts.week_of(day), centre_id=centre_id)

    def stretch(self, first: date, last: date, *, centre_id: str = "") -> WeekView:
        """As `week`, for any days."""
        own = self.ctx.who.centre_id
        with self.ctx.read(May.SEE_ROTA) as tx:
            other = bool(centre_id) and centre_id != own
            return show.week_view(load_roster(tx, centre_id or own, first, last, only_published=other))

    def centres(self) -> tuple[tuple[str, str], ...]:
        """(id, name) of every centre that has a rota, one's own first."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            query = select(Centre.id, Centre.name).where(Centre.id.in_(select(DutyPattern.centre_id)))
            found = [(row.id, row.name) for row in tx.execute(query.order_by(Centre.name))]
        return tuple(sorted(found, key=lambda pair: pair[0] != self.ctx.who.centre_id))

    def conflicts(self, first: date, last: date) -> tuple[Conflict, ...]:
        """Every double booking of an expert or a room, however far ahead."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return find_conflicts(tx, self.ctx.who.centre_id, first, last)

    def targets(self, first: date, last: date, *, assignment_id: str = "", staff_id: str = "") -> Targets:
        """For a duty that is picked up, or for an expert who has none yet: what speaks against each session of the
        stretch, and against each exchange."""
        with self.ctx.read(May.EDIT_ROTA) as tx:
            row = acts.find(tx, self.ctx.who.centre_id, assignment_id) if assignment_id else None
            days = (first, last, row.day) if row is not None else (first, last)
            roster = self._roster(tx, min(days), max(days))
            return moves.targets(roster, row.staff_id if row is not None else staff_id, row)

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
        self,
        first: date,
        last: date,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
        *,
        keep_drafts: bool = True,
    ) -> Proposal:
        """自动排班 as a proposal; nothing is saved. Cancelled if stopped. `keep_drafts` False: drafts that nobody
        pinned may be arranged anew."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            roster = self._roster(tx, first, last)
        return show.proposal(roster, fill(roster.facts(), progress, cancel, keep_drafts=keep_drafts))

    def poster(self, day: date) -> bytes:
        """The published week of `day` as an A4 landscape PDF for the wall."""
        return PublicationService(self.ctx, self.history).week_poster(day)

    # --- by hand ---

    def assign(
        self, day: date, half: str, staff_id: str, *, confirmed: frozenset[str] = frozenset()
    ) -> Done[AssignmentView]:
        """Puts an expert on a session. One set there against a rule is pinned, so that a fill leaves it."""
        slot = Slot(day, _half(half))
        with self.history.write(self.ctx, May.EDIT_ROTA, "rota.assigned", N_("duty assigned")) as act:
            roster = self._roster(act.tx, *acts.week_of(day))
            against_rule = acts.check(roster, slot, staff_id, confirmed)
            row = acts.place(act.tx, roster, slot, staff_id, pinned=against_rule)
            act.words = naming.assigned(act.tx, row)
            return self._done(act, roster, slot, row.id)

    def unassign(self, assignment_id: str, *, confirmed: frozenset[str] = frozenset()) -> Done[None]:
        """Takes an expert off. Asks if pinned."""
        with self.history.write(self.ctx, May.EDIT_ROTA, "rota.unassigned", N_("duty taken off")) as act:
            row = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            self._ask_pinned(act.tx, row.staff_id, row.pinned, confirmed)
            acts.take_off(row)
            act.on(row.id)
            act.words = naming.taken_off(act.tx, row)
        return Done(None, _CHANGED)

    def restore(self, assignment_id: str) -> Done[None]:
        """Undoes `unassign`."""
        with self.history.write(self.ctx, May.EDIT_ROTA, "rota.restored", N_("duty put back")) as act:
            row = acts.restore(act.tx, self.ctx.who.centre_id, assignment_id)
            act.on(row.id)
            act.words = naming.put_back(act.tx, row)
        return Done(None, _CHANGED)

    def move(
        self, assignment_id: str, day: date, half: str, *, confirmed: frozenset[str] = frozenset()
    ) -> Done[AssignmentView]:
        """Takes an expert from one session to another; room and pin are newly decided."""
        slot = Slot(day, _half(half))
        with self.history.write(self.ctx, May.EDIT_ROTA, "rota.moved", N_("duty moved")) as act:
            row = acts.find_standing(act.tx, self.ctx.who.centre_id, assignment_id)
            self._ask_pinned(act.tx, row.staff_id, row.pinned, confirmed)
            left = Slot(row.day, row.half)
            roster = self._roster(act.tx, *moves.weeks(day, row.day))
            against_rule = acts.check(roster, slot, row.staff_id, confirmed, leaving=left)
            acts.take_off(row)
            roster.drop(row)
            act.on(row.id)
            act.words = naming.moved(act.tx, row, slot)
            made = acts.place(act.tx, roster, slot, row.staff_id, pinned=against_rule)
            return self._done(act, roster, slot, made.id)

    def exchange(
        self, assignment_id: str, other_id: str, *, confirmed: frozenset[str] = frozenset()
    ) -> Done[tuple[AssignmentView, AssignmentView]]:
        """Two experts take each other's session and room: one act. Gives the two new duties, hers first."""
        with self.history.write(self.ctx, May.EDIT_ROTA, "rota.exchanged", N_("two duties exchanged")) as act:
            one = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            other = acts.find(act.tx, self.ctx.who.centre_id, other_id)
            for row in (one, other):
                self._ask_pinned(act.tx, row.staff_id, row.pinned, confirmed)
            roster = self._roster(act.tx, *moves.weeks(one.day, other.day))
            act.words = naming.exchanged(act.tx, one, other)
            act.on(one.id, other.id)
            made = moves.exchange(act.tx, roster, one, other, confirmed)
            views = [self._done(act, roster, naming.slot_of(row), row.id).value for row in made]
        return Done((views[0], views[1]), _CHANGED)

    def pin(self, assignment_id: str, pinned: bool = True) -> Done[None]:
        """Pinned duties are never moved by a fill."""
        audit = "rota.pinned" if pinned else "rota.unpinned"
        words = N_("duty pinned") if pinned else N_("duty unpinned")
        with self.history.write(self.ctx, May.EDIT_ROTA, audit, words) as act:
            row = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            row.pinned = pinned
            act.on(row.id)
            act.words = naming.pinned(act.tx, row)
        return Done(None, _CHANGED)

    def set_room(
        self, assignment_id: str, room_id: str | None, *, confirmed: frozenset[str] = frozenset()
    ) -> Done[None]:
        """The room of one duty; None for none. Asks if somebody else has it then."""
        with self.history.write(self.ctx, May.MARK_ABSENT, "rota.room", N_("room changed")) as act:
            row = acts.find(act.tx, self.ctx.who.centre_id, assignment_id)
            roster = self._roster(act.tx, row.day, row.day)
            if room_id is not None and room_id not in roster.rooms:
                raise UserError("no-room", N_("This room does not exist."))
            if "room-taken" not in confirmed:
                acts.ask_if_room_taken(roster, row, room_id)
            row.room_id = room_id
            act.on(row.id)
            act.words = naming.room_set(act.tx, row)
        return Done(None, _CHANGED)

    # --- proposals and publication ---

    def propose_repair(
        self, first: date, last: date, progress: Progress = silent, cancel: CancelToken | None = None
    ) -> Proposal:
        """修补 as a proposal: what no longer holds is mended with the fewest changes, proven. Nothing is saved."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            roster = self._roster(tx, first, last)
        return show.proposal(roster, repair(roster.facts(), progress, cancel))

    def adopt(self, proposal: Proposal) -> Done[int]:
        """采用: saves a proposal as draft. UserError "proposal-stale" if the board has changed since, or if what
        was entered since speaks against it."""
        with self.history.write(self.ctx, May.EDIT_ROTA, "rota.filled", N_("fill adopted")) as act:
            count = acts.adopt(act.tx, proposal)
            act.on(self.ctx.who.centre_id)
            act.words = naming.filled(count, len(proposal.removed))
        return Done(count, _CHANGED)

    def adopt_part(self, proposal: Proposal, day: date, half: str, staff_id: str) -> Done[Proposal]:
        """Takes over what a proposal says about one expert on one session; gives what remains of it."""
        taken = adjust.part(proposal, Slot(day, _half(half)), staff_id)
        with self.history.write(self.ctx, May.EDIT_ROTA, "rota.filled", N_("fill adopted")) as act:
            acts.adopt(act.tx, taken)
            act.on(staff_id)
            name, slot = naming.name_of(act.tx, staff_id), naming.SlotWords(Slot(day, half))
            words = N_("{name} taken over from the proposal, {slot}")
            act.words = Note.of("rota.filled", words, name=name, slot=slot)
            act.tx.flush()
            base = show.board_state(self._roster(act.tx, proposal.first, proposal.last))
        return Done(adjust.rest(proposal, taken, base), _CHANGED)

    def still_holds(self, proposal: Proposal) -> bool:
        """Whether it can still be adopted: neither the board nor what the rules go by has changed against it."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return acts.holds(self._roster(tx, proposal.first, proposal.last), proposal)

    def publish(self, first: date, last: date) -> Done[Published]:
        """As PublicationService.publish, without its questions: for scripts."""
        return PublicationService(self.ctx, self.history).publish_as_it_is(first, last)

    def undo(self) -> Done[Note]:
        """撤销: takes back this person's last act on the rota; gives its words. UserError if there is none, or if
        somebody has changed the same duties since."""
        return self.history.undo(self.ctx)

    def redo(self) -> Done[Note]:
        """重做: does again what was undone last."""
        return self.history.redo(self.ctx)

    def undoable(self) -> Undoables:
        """What `undo` and `redo` would do; reads nothing from the file."""
        self.ctx.require(May.SEE_ROTA)
        undo, redo = self.history.done[-1:], self.history.undone[-1:]
        return Undoables(undo[0].words if undo else None, redo[0].words if redo else None)

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

    def _done(self, act: Doing, roster: Roster, slot: Slot, row_id: str) -> Done[AssignmentView]:
        act.on(row_id)
        act.tx.flush()
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


def _half(half: str) -> str:
    if half not in HALVES:
        raise UserError("no-half", N_("A duty session is am or pm."))
    return half
