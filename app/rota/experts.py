"""The centre's duty experts as the planner keeps them: when they can, how often, what for, what they would like; and
until when their criminal-record check holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from app.common import clock, pinyin
from app.common.changes import Changes, Done, Topic
from app.common.errors import UserError
from app.common.words import N_
from app.people.leave_text import LeaveRead, WishRead
from app.rota.expert_views import (
    WARN_DAYS,
    ExpertLine,
    ExpertView,
    Expiring,
    LeaveLine,
    WishLine,
    check_state,
)
from app.rota.people import away_of
from app.rota.rules import HALVES, Slot
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Assignment, DutyWish, Leave, Staff
from db.replica.stamping import new_id

_CHANGED = Changes.of(Topic.ROTA, Topic.STAFF)
MOST_WEEKLY, MOST_MONTHLY = 14, 40


class ExpertService:
    """Planners see and change every expert of their centre; an expert sees herself and changes her own wishes."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    # --- reading ---

    def list(self) -> tuple[ExpertLine, ...]:
        """By name for a planner: all of the centre; for anybody else at most oneself."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            people = [one for one in experts_of(tx, self.ctx.who.centre_id) if self._sees(one.id)]
            away = self._away(tx, [one.id for one in people])
        today = self._today
        return tuple(sorted((_line(one, today, one.id in away) for one in people), key=lambda one: one.number))

    def one(self, staff_id: str) -> ExpertView:
        """Everything about one of them. UserError if it is none of the centre's, or none of one's business."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            if not self._sees(staff_id):
                self.ctx.require(May.EDIT_ROTA)
            person = find_expert(tx, self.ctx.who.centre_id, staff_id)
            leave, wishes = _leave(tx, staff_id, self._today), _wishes(tx, staff_id)
            return _view(person, leave, wishes, self._today, planner(self.ctx), self._is_own(staff_id))

    def expiring(self, today: date | None = None) -> tuple[Expiring, ...]:
        """Whose check has ended, ends within 60 days or is missing: first those with a duty on the board after it."""
        day = today or self._today
        with self.ctx.read(May.SEE_ROTA) as tx:
            return expiring(tx, self.ctx.who.centre_id, day)

    # --- changing ---

    def set_availability(self, staff_id: str, sessions: Collection[tuple[int, str]]) -> Done[None]:
        """The weekdays (0 is Monday) and halves on which she can be on duty."""
        if any(day not in range(7) or half not in HALVES for day, half in sessions):
            raise UserError("pattern-when", N_("Choose a weekday and a half day."))
        return self._set(staff_id, "staff.availability", availability=[list(one) for one in sorted(set(sessions))])

    def set_limits(self, staff_id: str, weekly: int | None, monthly: int | None, daily: int) -> Done[None]:
        """Duties a week, a calendar month and a day (1 or 2); None: as many as needed."""
        for value, most in ((weekly, MOST_WEEKLY), (monthly, MOST_MONTHLY), (daily, 2)):
            if value is not None and not 1 <= value <= most:
                raise UserError("limits", N_("This limit is out of range."))
        return self._set(staff_id, "staff.limits", weekly_limit=weekly, monthly_limit=monthly, daily_limit=daily)

    def set_specialities(self, staff_id: str, specialities: Sequence[str]) -> Done[None]:
        """In their order, each once."""
        said = [" ".join(one.split()) for one in specialities]
        return self._set(staff_id, "staff.specialities", specialities=list(dict.fromkeys(filter(None, said))))

    def set_check(self, staff_id: str, until: date | None) -> Done[None]:
        """The last day on which the criminal-record check holds. Who keeps the staff list has seen the paper."""
        with self.ctx.write(May.EDIT_STAFF, "staff.record-check") as act:
            find_expert(act.tx, self.ctx.who.centre_id, staff_id).record_check_until = until
            act.on(staff_id)
        return Done(None, _CHANGED)

    def add_wish(self, staff_id: str, prefer: bool, wish: WishRead) -> Done[str]:
        """What she would like, or rather not. Saying the opposite of the same time replaces it; the same again changes
        nothing."""
        if (wish.weekday is None) == (wish.day is None) or (wish.half and wish.half not in HALVES):
            raise UserError("wish", N_("A wish names a weekday or a day."))
        with self.ctx.write(may_for(self.ctx, staff_id), "rota.wish-added") as act:
            find_expert(act.tx, self.ctx.who.centre_id, staff_id)
            for row in _wish_rows(act.tx, staff_id):
                if (row.weekday, row.day, row.half or "") == tuple(wish):
                    row.prefer = prefer
                    act.on(row.id)
                    return Done(row.id, _CHANGED)
            row = DutyWish(id=new_id(act.tx), stream="org", staff_id=staff_id, prefer=prefer)
            row.weekday, row.day, row.half = wish.weekday, wish.day, wish.half or None
            act.tx.add(row)
            act.on(row.id)
            made = row.id
        return Done(made, _CHANGED)

    def withdraw_wish(self, wish_id: str) -> Done[None]:
        """It counts no more."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            found = tx.get(DutyWish, wish_id)
            staff_id = found.staff_id if found is not None else ""
        with self.ctx.write(may_for(self.ctx, staff_id), "rota.wish-withdrawn") as act:
            row = act.tx.get(DutyWish, wish_id)
            if row is None:
                raise UserError("no-wish", N_("This wish is no longer there."))
            find_expert(act.tx, self.ctx.who.centre_id, row.staff_id)
            row.withdrawn = True
            act.on(row.id)
        return Done(None, _CHANGED)

    # --- inside ---

    @property
    def _today(self) -> date:
        return clock.today(self.ctx.clock)

    def _sees(self, staff_id: str) -> bool:
        return planner(self.ctx) or self._is_own(staff_id)

    def _is_own(self, staff_id: str) -> bool:
        return May.OWN_DUTY in self.ctx.who.may and staff_id == self.ctx.who.staff_id

    def _away(self, tx: Tx, ids: Sequence[str]) -> set[str]:
        day = self._today
        near = (Leave.withdrawn.is_(False), Leave.first <= day, Leave.last >= day)
        rows = tx.execute(select(Leave).where(*near)).scalars()
        return {r.staff_id for r in rows if r.staff_id in ids and any(away_of(r).covers(Slot(day, h)) for h in HALVES)}

    def _set(self, staff_id: str, audit: str, **values: object) -> Done[None]:
        may = May.EDIT_ROTA if May.EDIT_ROTA in self.ctx.who.may else May.EDIT_STAFF
        with self.ctx.write(may, audit) as act:
            person = find_expert(act.tx, self.ctx.who.centre_id, staff_id)
            for name, value in values.items():
                setattr(person, name, value)
            act.on(staff_id)
        return Done(None, _CHANGED)


def planner(ctx: Context) -> bool:
    """Whether this person arranges others' duties."""
    return not {May.EDIT_ROTA, May.EDIT_STAFF}.isdisjoint(ctx.who.may)


def may_for(ctx: Context, staff_id: str) -> May:
    """By which right leave and wishes of that expert are changed: the planner's, or one's own."""
    if May.EDIT_ROTA in ctx.who.may or not (staff_id and staff_id == ctx.who.staff_id):
        return May.EDIT_ROTA if May.EDIT_ROTA in ctx.who.may or May.EDIT_STAFF not in ctx.who.may else May.EDIT_STAFF
    return May.OWN_DUTY


def experts_of(tx: Tx, centre_id: str) -> Sequence[Staff]:
    """The active duty experts of a centre, by staff number."""
    here = (Staff.centre_id == centre_id, Staff.expert.is_(True), Staff.active.is_(True))
    return tx.execute(select(Staff).where(*here).order_by(Staff.number, Staff.id)).scalars().all()


def find_expert(tx: Tx, centre_id: str, staff_id: str) -> Staff:
    """UserError unless this is an active expert of the centre."""
    person = tx.get(Staff, staff_id)
    if person is None or not person.expert or not person.active or person.centre_id != centre_id:
        raise UserError("not-an-expert", N_("This person is not a duty expert of the centre."))
    return person


def expiring(tx: Tx, centre_id: str, today: date) -> tuple[Expiring, ...]:
    """See `ExpertService.expiring`."""
    ends = today + timedelta(days=WARN_DAYS)
    people = [p for p in experts_of(tx, centre_id) if p.record_check_until is None or p.record_check_until <= ends]
    duties: dict[str, list[Slot]] = defaultdict(list)
    wanted = (Assignment.state.in_(("draft", "published")), Assignment.absent_at.is_(None), Assignment.day >= today)
    query = select(Assignment.staff_id, Assignment.day, Assignment.half).where(
        *wanted, Assignment.centre_id == centre_id
    )
    for staff_id, day, half in tx.execute(query):
        duties[staff_id].append(Slot(day, half))
    found = []
    for person in people:
        check = check_state(person.record_check_until, today)
        after = [slot for slot in duties[person.id] if check.until is None or slot.day > check.until]
        found.append(Expiring(person.id, person.number, person.name, check, min(after, default=None)))
    far = Slot(date.max, "pm")
    return tuple(sorted(found, key=lambda one: (one.duty or far, one.check.until or date.min, one.number)))


def _line(person: Staff, today: date, away: bool) -> ExpertLine:
    keys = pinyin.keys(person.name)
    specialities = tuple(person.specialities or ())
    words = (person.name, person.number, *specialities, *keys.full, *keys.initials)
    return ExpertLine(
        person.id,
        person.number,
        person.name,
        person.sex,
        specialities,
        check_state(person.record_check_until, today),
        away,
        len(person.availability or ()),
        " ".join(words).casefold(),
    )


def _view(
    person: Staff, leave: tuple[LeaveLine, ...], wishes: tuple[WishLine, ...], today: date, may_plan: bool, own: bool
) -> ExpertView:
    return ExpertView(
        staff_id=person.id,
        number=person.number,
        name=person.name,
        sex=person.sex,
        employer=person.employer,
        telephone=person.telephone,
        specialities=tuple(person.specialities or ()),
        availability=frozenset((int(weekday), str(half)) for weekday, half in person.availability or ()),
        weekly_limit=person.weekly_limit,
        monthly_limit=person.monthly_limit,
        daily_limit=person.daily_limit,
        check=check_state(person.record_check_until, today),
        leave=leave,
        wishes=wishes,
        may_plan=may_plan,
        may_own=own,
    )


def _leave(tx: Tx, staff_id: str, today: date) -> tuple[LeaveLine, ...]:
    """Coming leave first, then that of the last year."""
    since = today - timedelta(days=366)
    mine = (Leave.staff_id == staff_id, Leave.withdrawn.is_(False), Leave.last >= since)
    rows = tx.execute(select(Leave).where(*mine).order_by(Leave.first, Leave.half, Leave.id)).scalars()
    found = [
        LeaveLine(row.id, LeaveRead(row.first, row.last, row.half or "", row.rule or ""), row.last < today)
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: one.over))


def _wish_rows(tx: Tx, staff_id: str) -> Sequence[DutyWish]:
    mine = (DutyWish.staff_id == staff_id, DutyWish.withdrawn.is_(False))
    return tx.execute(select(DutyWish).where(*mine).order_by(DutyWish.id)).scalars().all()


def _wishes(tx: Tx, staff_id: str) -> tuple[WishLine, ...]:
    found = [WishLine(r.id, r.prefer, r.weekday, r.day, r.half or "") for r in _wish_rows(tx, staff_id)]
    return tuple(sorted(found, key=lambda w: (not w.prefer, w.day or date.min, w.weekday or 0, w.half)))
