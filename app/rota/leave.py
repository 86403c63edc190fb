"""请假: entered, changed and withdrawn; what falls into it on the board is told at once, and nothing is moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from app.common import clock
from app.common.changes import Changes, Done, Topic
from app.common.errors import UserError
from app.common.notes import Note
from app.common.recurrence import check_rule, parts_of
from app.common.words import N_
from app.people.leave_text import SEPARATORS, LeaveRead, WishRead, read_leaves, read_wishes
from app.rota.calendar_rows import affected
from app.rota.calendar_views import AffectedDuty
from app.rota.expert_views import LeaveSaved
from app.rota.experts import find_expert, may_for
from app.rota.history import History
from app.rota.people import away_of
from app.rota.rules import HALVES, Away, Slot
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Assignment, Leave
from db.replica.stamping import new_id

_CHANGED = Changes.of(Topic.ROTA, Topic.STAFF)
_LONGEST = timedelta(days=3 * 366)


class LeaveService:
    """Planners for every expert of the centre, an expert for herself. Every act can be undone on the board."""

    def __init__(self, ctx: Context, history: History) -> None:
        self.ctx = ctx
        self.history = history

    def collides(self, staff_id: str, leave: Sequence[LeaveRead]) -> tuple[AffectedDuty, ...]:
        """The duties on the board, from today on, that would fall into it; nothing is saved."""
        for one in leave:
            check_leave(one)
        with self.ctx.read(may_for(self.ctx, staff_id)) as tx:
            find_expert(tx, self.ctx.who.centre_id, staff_id)
            return self._affected(tx, staff_id, leave)

    def add(self, staff_id: str, leave: Sequence[LeaveRead]) -> Done[LeaveSaved]:
        """Enters all of it in one act; what is there already is not entered twice. UserError for what cannot be."""
        for one in leave:
            check_leave(one)
        with self.history.write(self.ctx, may_for(self.ctx, staff_id), "rota.leave-added", N_("leave entered")) as act:
            person = find_expert(act.tx, self.ctx.who.centre_id, staff_id)
            act.words = Note.of("rota.leave-added", N_("leave of {name} entered"), name=person.name)
            held = {_read(row) for row in _rows(act.tx, staff_id)}
            ids = []
            for one in dict.fromkeys(leave):
                if one not in held:
                    row = Leave(id=new_id(act.tx), stream="org", staff_id=staff_id)
                    _write(row, one)
                    act.tx.add(row)
                    ids.append(row.id)
            act.on(staff_id, *ids)
            saved = LeaveSaved(tuple(ids), self._affected(act.tx, staff_id, leave))
        return Done(saved, _CHANGED)

    def change(self, leave_id: str, leave: LeaveRead) -> Done[LeaveSaved]:
        """Puts it on other days."""
        check_leave(leave)
        staff_id = self._whose(leave_id)
        may = may_for(self.ctx, staff_id)
        with self.history.write(self.ctx, may, "rota.leave-changed", N_("leave changed")) as act:
            person = find_expert(act.tx, self.ctx.who.centre_id, staff_id)
            act.words = Note.of("rota.leave-changed", N_("leave of {name} changed"), name=person.name)
            row = _find(act.tx, leave_id)
            _write(row, leave)
            act.on(staff_id, row.id)
            saved = LeaveSaved((row.id,), self._affected(act.tx, staff_id, [leave]))
        return Done(saved, _CHANGED)

    def withdraw(self, leave_id: str) -> Done[None]:
        """She is there after all."""
        staff_id = self._whose(leave_id)
        may = may_for(self.ctx, staff_id)
        with self.history.write(self.ctx, may, "rota.leave-withdrawn", N_("leave withdrawn")) as act:
            person = find_expert(act.tx, self.ctx.who.centre_id, staff_id)
            act.words = Note.of("rota.leave-withdrawn", N_("leave of {name} withdrawn"), name=person.name)
            row = _find(act.tx, leave_id)
            row.withdrawn = True
            act.on(staff_id, row.id)
        return Done(None, _CHANGED)

    def _whose(self, leave_id: str) -> str:
        with self.ctx.read(May.SEE_ROTA) as tx:
            return _find(tx, leave_id).staff_id

    def _affected(self, tx: Tx, staff_id: str, leave: Sequence[LeaveRead]) -> tuple[AffectedDuty, ...]:
        away = [Away(*one) for one in leave]
        if not away:
            return ()
        first = max(clock.today(self.ctx.clock), min(one.first for one in away))
        wanted = (Assignment.staff_id == staff_id, Assignment.day >= first, Assignment.absent_at.is_(None))
        query = select(Assignment).where(*wanted, Assignment.state.in_(("draft", "published")))
        rows = tx.execute(query.order_by(Assignment.day, Assignment.half)).scalars().all()
        return affected(tx, [row for row in rows if any(one.covers(Slot(row.day, row.half)) for one in away)])


def check_leave(leave: LeaveRead) -> None:
    """UserError in words unless it can be kept."""
    if leave.last < leave.first:
        raise UserError("leave.backwards", N_("The last day lies before the first."))
    if leave.last - leave.first > _LONGEST:
        raise UserError("leave.long", N_("Leave is entered for at most three years at a time."))
    if leave.half and leave.half not in HALVES:
        raise UserError("pattern-when", N_("Choose a weekday and a half day."))
    if leave.rule:
        check_rule(leave.rule, leave.first)


def read_typed(text: str, today: date) -> tuple[list[LeaveRead], list[Note]]:
    """What a planner types: as in the experts' list, but a day without a year is the next one to come, and recurring
    leave begins today at the earliest. UserError for what cannot be read."""
    found: list[LeaveRead] = []
    notes: list[Note] = []
    for item in SEPARATORS.split(text):
        if item.strip():
            rows, said = read_leaves(item, year=today.year)
            if all(row.last < today for row in rows):
                rows, said = read_leaves(item, year=today.year + 1)
            found += (_from_today(row, today) for row in rows)
            notes += (note for note in said if note.code != "leave.turn")
    return found, notes


def read_typed_wishes(text: str, today: date) -> tuple[list[WishRead], list[Note]]:
    """Wishes as a planner types them; a day without a year is the next one to come."""
    found: list[WishRead] = []
    notes: list[Note] = []
    for item in SEPARATORS.split(text):
        rows, said = read_wishes(item, year=today.year)
        if any(row.day is not None and row.day < today for row in rows):
            rows, said = read_wishes(item, year=today.year + 1)
        found += rows
        notes += said
    return list(dict.fromkeys(found)), notes


def _from_today(leave: LeaveRead, today: date) -> LeaveRead:
    """Recurring leave without an end of its own goes on to the end of the next year."""
    if not leave.rule:
        return leave
    step = timedelta(days=7 * int(parts_of(leave.rule).get("INTERVAL", "1")))
    first, last = leave.first, leave.last
    while first < today:
        first += step
    if last == date(today.year, 12, 31):
        last = date(today.year + 1, 12, 31)
    return leave._replace(first=first, last=max(first, last))


def _read(row: Leave) -> LeaveRead:
    away = away_of(row)
    return LeaveRead(away.first, away.last, away.half, away.rule)


def _write(row: Leave, leave: LeaveRead) -> None:
    row.first, row.last = leave.first, leave.last
    row.half, row.rule = leave.half or None, leave.rule or None


def _rows(tx: Tx, staff_id: str) -> Sequence[Leave]:
    mine = (Leave.staff_id == staff_id, Leave.withdrawn.is_(False))
    return tx.execute(select(Leave).where(*mine).order_by(Leave.first, Leave.id)).scalars().all()


def _find(tx: Tx, leave_id: str) -> Leave:
    row = tx.get(Leave, leave_id)
    if row is None or row.withdrawn:
        raise UserError("no-leave", N_("This leave is no longer there."))
    return row
