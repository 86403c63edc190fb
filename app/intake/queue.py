"""The live queue: who waits, who was called, and one key forward or back. Every step is an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app.cases.dropbox import write_drop
from app.common.changes import Changes, Done, Topic
from app.common.clock import at_centre, local
from app.common.dates import age_on
from app.common.errors import UserError
from app.common.words import N_, tr
from app.intake import rules
from app.intake.safety import answers as safety_answers
from app.intake.views import LastAct, QueueEntry, QueueView
from app.people.merging_clients import root, standing_clients
from app.security.context import Act, Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Appointment, Client, Room, Staff, Visit, VisitEvent
from db.replica.stamping import new_id

_CHANGED = Changes.of(Topic.QUEUE, Topic.APPOINTMENTS)


def step(
    tx: Tx, ctx: Context, visit: Visit, status: str, at: datetime, room_id: str | None = None, undoes: str | None = None
) -> VisitEvent:
    """Moves a visit and writes the event; the caller has checked that it may."""
    event = VisitEvent(
        id=new_id(tx),
        visit_id=visit.id,
        status=status,
        before=visit.status,
        at=at,
        by=ctx.who.staff_id,
        room_id=room_id,
        undoes=undoes,
    )
    visit.status, visit.status_at = status, at
    if status in (rules.CALLED, rules.IN_SESSION):
        visit.room_id = room_id or visit.room_id
        visit.staff_id = _caller(ctx, visit)
    elif status == rules.WAITING:
        visit.room_id = visit.staff_id = None
    tx.add(event)
    return event


def _caller(ctx: Context, visit: Visit) -> str | None:
    """A clinician calls for herself; the desk calls for the expert who was wanted, or for none yet."""
    if May.WRITE_NOTES in ctx.who.may:
        return ctx.who.staff_id
    return visit.staff_id or visit.wanted_staff_id


class QueueService:
    """Today's queue of the signed-in user's centre."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def view(self) -> QueueView:
        """Those present, urgent first, then by arrival; counts of the others."""
        with self.ctx.read(May.SEE_QUEUE) as tx:
            return queue_view(tx, self.ctx.who.centre_id, self.ctx.clock.now())

    def name_of(self, visit_id: str) -> str:
        """The client's name, for as long as a key is held."""
        with self.ctx.read(May.SEE_QUEUE) as tx:
            visit = self._visit(tx, visit_id)
            return tx.get_one(Client, root(tx, visit.client_id)).name

    def advance(self, visit_id: str, seen: str | None = None) -> Done[QueueEntry]:
        """The next status: waiting, called, in session, done.

        `seen` is the status on screen: UserError "already-called" or "step-not-now" if somebody was quicker, so that
        two people who press the key at once do not move a visit two steps.
        """
        return self._move(visit_id, None, None, seen)

    def call(self, visit_id: str, room_id: str | None = None) -> Done[QueueEntry]:
        """Calls the ticket to a room. UserError "already-called" if somebody else was quicker."""
        return self._move(visit_id, rules.CALLED, room_id)

    def start(self, visit_id: str, room_id: str | None = None) -> Done[QueueEntry]:
        """The session begins."""
        return self._move(visit_id, rules.IN_SESSION, room_id)

    def finish(self, visit_id: str) -> Done[QueueEntry]:
        """The session is over."""
        return self._move(visit_id, rules.DONE, None)

    def leave(self, visit_id: str) -> Done[QueueEntry]:
        """Left without, or before the end of, a session."""
        return self._move(visit_id, rules.LEFT, None)

    def answer(self, visit_id: str, safety: Sequence[str], words: str = "") -> Done[QueueEntry]:
        """The safety questions, answered after the arrival; a yes puts the visit on top. `words` are sealed.

        An answer once given is not taken back to "unasked" here, and a yes stays urgent whatever is answered later.
        """
        if len(safety) != len(rules.SAFETY_QUESTIONS) or any(one not in rules.ANSWERS for one in safety):
            raise ValueError("safety")
        with self.ctx.write(May.SEE_QUEUE, "visit.safety-asked") as act:
            visit = self._visit(act.tx, visit_id)
            before = (visit.asked_harm, visit.asked_plan, visit.asked_danger)
            now = [old if new == "unasked" else new for old, new in zip(before, safety, strict=True)]
            visit.asked_harm, visit.asked_plan, visit.asked_danger = now
            if rules.priority(now) == "urgent":
                visit.priority = "urgent"
            write_drop(act.tx, self.ctx, visit.id, {"safety": words}, self.ctx.clock.now())
            entry = self._entry(act, visit)
        return Done(entry, _CHANGED)

    def undo(self, visit_id: str) -> Done[QueueEntry]:
        """Takes the visit's last step back; the step and its undoing both stay on record."""
        with self.ctx.write(May.CALL_FROM_QUEUE, "queue.undone") as act:
            visit = self._visit(act.tx, visit_id)
            last = _last_step(act.tx, visit_id)
            if last is None or last.before is None:
                raise UserError("nothing-to-undo", N_("There is no step to take back."))
            before = _step_before(act.tx, last)
            step(act.tx, self.ctx, visit, last.before, self.ctx.clock.now(), undoes=last.id)
            visit.status_at = before.at if before else last.at
            if before is not None and last.before in (rules.CALLED, rules.IN_SESSION):
                visit.room_id, visit.staff_id = before.room_id or visit.room_id, before.by
            entry = self._entry(act, visit)
        return Done(entry, _CHANGED)

    def _move(
        self, visit_id: str, wanted: str | None, room_id: str | None, seen: str | None = None
    ) -> Done[QueueEntry]:
        with self.ctx.write(May.CALL_FROM_QUEUE, "queue.moved") as act:
            visit = self._visit(act.tx, visit_id)
            status = wanted or rules.following(visit.status)
            late = seen is not None and seen != visit.status
            if status is None or late or not rules.allowed(visit.status, status):
                raise _refused(act.tx, visit)
            step(act.tx, self.ctx, visit, status, self.ctx.clock.now(), room_id)
            act.name = f"queue.{status}"
            entry = self._entry(act, visit)
        return Done(entry, _CHANGED)

    def _visit(self, tx: Tx, visit_id: str) -> Visit:
        visit = tx.get(Visit, visit_id)
        if visit is None or visit.centre_id != self.ctx.who.centre_id:
            raise UserError("no-visit", N_("This visit is not on this PC."))
        return visit

    def _entry(self, act: Act, visit: Visit) -> QueueEntry:
        act.on(visit.id)
        act.tx.flush()
        return entries(act.tx, [visit], self.ctx.clock.now())[0]


def _refused(tx: Tx, visit: Visit) -> UserError:
    staff = tx.get(Staff, visit.staff_id) if visit.staff_id else None
    if visit.status in (rules.CALLED, rules.IN_SESSION) and staff is not None:
        return UserError(
            "already-called",
            N_("Ticket {ticket} was called by {name} at {time}."),
            ticket=visit.ticket or "",
            name=staff.name,
            time=f"{local(visit.status_at):%H:%M}",
        )
    state = tr(rules.STATUS_WORDS[visit.status])
    return UserError(
        "step-not-now",
        N_("Ticket {ticket} is at “{state}”; this step is not possible."),
        ticket=visit.ticket or "",
        state=state,
    )


def _live_steps(tx: Tx, visit_id: str) -> list[VisitEvent]:
    query = select(VisitEvent).where(VisitEvent.visit_id == visit_id).order_by(VisitEvent.stamp)
    events = tx.execute(query).scalars().all()
    undone = {event.undoes for event in events if event.undoes}
    return [event for event in events if event.id not in undone and not event.undoes]


def _last_step(tx: Tx, visit_id: str) -> VisitEvent | None:
    live = _live_steps(tx, visit_id)
    return live[-1] if live else None


def _step_before(tx: Tx, event: VisitEvent) -> VisitEvent | None:
    live = _live_steps(tx, event.visit_id)
    place = [one.id for one in live].index(event.id)
    return live[place - 1] if place else None


def queue_view(tx: Tx, centre_id: str, now: datetime) -> QueueView:
    """The queue of the centre's day at `now`."""
    day = local(now).date()
    query = select(Visit).where(Visit.centre_id == centre_id, Visit.day == day, Visit.ticket.is_not(None))
    visits = list(tx.execute(query).scalars())
    present = [visit for visit in visits if visit.status in rules.PRESENT]
    found = sorted(entries(tx, present, now), key=_order)
    waits = [entry.waiting_minutes for entry in found if entry.waiting_minutes is not None]
    return QueueView(
        entries=tuple(found),
        waiting=len(waits),
        done=sum(visit.status == rules.DONE for visit in visits),
        left=sum(visit.status == rules.LEFT for visit in visits),
        missed=_missed(tx, centre_id, day),
        average_wait=round(sum(waits) / len(waits)) if waits else None,
        last=_last_act(tx, visits),
    )


def _order(entry: QueueEntry) -> tuple[bool, bool, int, int, str]:
    """Urgent ones still waiting on top; then those called or in session; then by waiting."""
    waits = entry.status == rules.WAITING
    return (
        not (entry.priority == "urgent" and entry.status != rules.IN_SESSION),
        waits,
        -(entry.waiting_minutes or 0),
        len(entry.ticket),
        entry.ticket,
    )


def before_in_queue(tx: Tx, visit: Visit, now: datetime) -> int:
    """How many are to be called before this one."""
    same = (Visit.centre_id == visit.centre_id, Visit.day == visit.day, Visit.status == rules.WAITING)
    waiting = list(tx.execute(select(Visit).where(*same, Visit.ticket.is_not(None))).scalars())
    found = [entry.visit_id for entry in sorted(entries(tx, waiting, now), key=_order)]
    return found.index(visit.id) if visit.id in found else 0


def _missed(tx: Tx, centre_id: str, day: date) -> int:
    begins = at_centre(day, 0)
    query = select(func.count()).select_from(Appointment)
    wanted = (Appointment.centre_id == centre_id, Appointment.status == "missed")
    span = (Appointment.starts_at >= begins, Appointment.starts_at < begins + timedelta(days=1))
    return tx.execute(query.where(*wanted, *span)).scalar_one()


def _last_act(tx: Tx, visits: Iterable[Visit]) -> LastAct | None:
    by_id = {visit.id: visit for visit in visits}
    if not by_id:
        return None
    query = select(VisitEvent).where(VisitEvent.visit_id.in_(by_id)).order_by(VisitEvent.stamp.desc())
    events = tx.execute(query).scalars().all()
    undone = {event.undoes for event in events if event.undoes}
    for event in events:
        if event.before is not None and not event.undoes and event.id not in undone:
            room = tx.get(Room, event.room_id) if event.room_id else None
            ticket = by_id[event.visit_id].ticket or ""
            return LastAct(event.visit_id, ticket, event.status, event.at, room.name if room else "")
    return None


def entries(tx: Tx, visits: list[Visit], now: datetime) -> list[QueueEntry]:
    """Queue lines of some visits, in their order."""
    if not visits:
        return []
    day = local(now).date()
    clients = standing_clients(tx, {visit.client_id for visit in visits})
    rooms = dict(tx.execute(select(Room.id, Room.name)).all())
    wanted = {staff_id for visit in visits for staff_id in (visit.staff_id, visit.wanted_staff_id) if staff_id}
    names = dict(tx.execute(select(Staff.id, Staff.name).where(Staff.id.in_(wanted))).all())
    arrivals = {visit.arrival_id for visit in visits}
    query = select(Visit.arrival_id, Visit.id, Visit.ticket).where(Visit.arrival_id.in_(arrivals))
    family = tx.execute(query).all()
    since, safety = _waiting_since(tx, visits), safety_answers(tx, visits)
    found = []
    for visit in visits:
        client = clients.get(visit.client_id)
        waits = visit.status in (rules.WAITING, rules.CALLED)
        minutes = max(0, int((now - since[visit.id]).total_seconds() // 60))
        found.append(
            QueueEntry(
                visit_id=visit.id,
                client_id=visit.client_id,
                arrival_id=visit.arrival_id,
                ticket=visit.ticket or "",
                status=visit.status,
                priority="urgent" if rules.priority(safety[visit.id]) == "urgent" else visit.priority,
                came_as=visit.came_as,
                age=age_on(client.birth_date, day) if client else None,
                sex=client.sex if client else None,
                grade=(client.grade or "") if client else "",
                companions=tuple(visit.companions),
                first_visit=visit.visit_number == 1,
                room_name=rooms.get(visit.room_id or "", ""),
                staff_name=names.get(visit.staff_id or "", ""),
                wanted_name=names.get(visit.wanted_staff_id or "", ""),
                waiting_minutes=minutes if waits else None,
                safety=safety[visit.id],
                family=tuple(t for a, i, t in family if a == visit.arrival_id and i != visit.id and t),
                case_id=visit.case_id,
            )
        )
    return found


def _waiting_since(tx: Tx, visits: list[Visit]) -> dict[str, datetime]:
    """When each came: its first event. A call taken back does not begin the wait anew."""
    query = select(VisitEvent.visit_id, VisitEvent.at).where(VisitEvent.visit_id.in_([visit.id for visit in visits]))
    since = {visit.id: visit.status_at for visit in visits}
    for visit_id, at in tx.execute(query):
        since[visit_id] = min(since[visit_id], at)
    return since
