"""谁有空: the next free expert for what the telephone asks, county centres included.

The rota of all centres is in the one file; bookings are only known of the centre whose desk asks. Whoever works at the
client's school is left out altogether (回避)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select

from app.common import pinyin
from app.common.clock import local, today
from app.common.notes import Note
from app.common.words import N_
from app.rota.avoid import place, workplaces, works_at
from app.rota.bookings import at_clock, overlapping, taken_between
from app.rota.facts import IN_FORCE, ON_BOARD, centre_hours, centre_limits
from app.rota.free_views import FreeAnswer, FreeTimes, FreeView
from app.rota.people import Carried, load_experts
from app.rota.question import FreeQuery, Known, Question, read_question
from app.rota.rules import HALVES, Expert, Limits, Slot, barred, month_end, month_start, obstacles
from app.rota.sessions import Calendar, load_calendar, load_sessions
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Appointment, Assignment, Centre, School, Staff

SITTING, BREAK = 50, 10
"""Minutes of one counselling session, and between two."""
_MOST = 40


class FreeService:
    """For the signed-in person's centre, or for all of them."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def known(self) -> Known:
        """What words and fields can be chosen from."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return _known(tx, self.ctx.who.centre_id)

    def read(self, text: str) -> Question:
        """What a typed line asks for."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return read_question(text, _known(tx, self.ctx.who.centre_id), today(self.ctx.clock))

    def search(self, query: FreeQuery) -> FreeAnswer:
        """Who is on duty then with time left, soonest first; after them whoever could be called in."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            search = _Search(tx, query, self.ctx.who.centre_id, self.ctx.clock.now())
            return search.answer()


def _known(tx: Tx, own: str) -> Known:
    centres = tx.execute(select(Centre.id, Centre.name).order_by(Centre.name)).all()
    schools = tx.execute(select(School.id, School.name).order_by(School.name)).all()
    experts = select(Staff.specialities).where(Staff.expert.is_(True), Staff.active.is_(True)).distinct()
    said = {one for kept in tx.execute(experts).scalars() for one in kept or ()}
    return Known(own, tuple((r[0], r[1]) for r in centres), tuple((r[0], r[1]) for r in schools), tuple(sorted(said)))


@dataclass(slots=True)
class _Centre:
    """One centre in the stretch: its sessions, hours and limits, and everybody's duties around it."""

    id: str
    name: str
    hours: Mapping[Slot, tuple[str, str]]
    usual: Mapping[str, tuple[str, str]]
    limits: Limits

    def hours_of(self, slot: Slot) -> tuple[str, str]:
        return self.hours.get(slot) or self.usual[slot.half]


class _Search:
    """One question being answered; `now` is UTC."""

    def __init__(self, tx: Tx, query: FreeQuery, own: str, now: datetime) -> None:
        self.tx, self.query, self.own, self.now = tx, query, own, now
        self.first = max(query.first, local(now).date())
        self.busy = self.avoided = 0
        self.without = False
        self.held: dict[str, list[Slot]] = defaultdict(list)
        self.gone: set[tuple[str, date]] = set()
        self.coming: list[tuple[Slot, str]] = []

    def answer(self) -> FreeAnswer:
        if self.query.last < self.first:
            return FreeAnswer((), 0, 0)
        staff = self._staff()
        calendar = load_calendar(self.tx, self.first, self.query.last)
        centres = {one: self._centre(one, name, calendar) for one, name in self._centres(staff)}
        self._duties(list(centres))
        nothing = Carried(None, *(defaultdict(int) for _ in range(3)))  # type: ignore[arg-type]
        experts = load_experts(self.tx, staff, self.first, nothing)
        where = {person.id: person.centre_id for person in staff}
        duty = list(self._on_duty(experts, where, centres))
        there = {view.staff_id for view in duty}
        others = [(expert, centres[where[who]]) for who, expert in experts.items() if who not in there]
        found = sorted(duty, key=self._order)[:_MOST]
        found += sorted(self._extra(others), key=self._order)[:_MOST]
        return FreeAnswer(tuple(found), self.avoided, self.busy, self.without)

    # --- who comes into question ---

    def _staff(self) -> list[Staff]:
        query = self.query
        wanted: list[ColumnElement[bool]] = [Staff.expert.is_(True), Staff.active.is_(True)]
        if query.centres:
            wanted.append(Staff.centre_id.in_(query.centres))
        if query.sex:
            wanted.append(Staff.sex == query.sex)
        found = list(self.tx.execute(select(Staff).where(*wanted).order_by(Staff.number)).scalars())
        if query.name:
            found = [person for person in found if _called(person, query.name)]
        if query.specialities:
            fitting = [p for p in found if set(p.specialities or ()) & set(query.specialities)]
            self.without = bool(found) and not fitting
            found = fitting or found
        school = place(query.school_id, query.school)
        works = workplaces(self.tx) if query.school_id or query.school else {}
        kept = [person for person in found if not works_at(works.get(person.id), [school])]
        self.avoided = len(found) - len(kept)
        return kept

    def _centres(self, staff: Sequence[Staff]) -> list[tuple[str, str]]:
        ids = sorted({person.centre_id for person in staff})
        rows = self.tx.execute(select(Centre.id, Centre.name).where(Centre.id.in_(ids))).all()
        return [(row[0], row[1]) for row in rows]

    def _centre(self, centre_id: str, name: str, calendar: Calendar) -> _Centre:
        usual = centre_hours(self.tx, centre_id)
        sessions = load_sessions(self.tx, centre_id, calendar, usual, self.first, self.query.last)
        hours = {slot: one.hours for slot, one in sessions.items() if one.needed and self._asked(slot)}
        return _Centre(centre_id, name, hours, usual, centre_limits(self.tx, centre_id))

    def _asked(self, slot: Slot) -> bool:
        """Whether the question is about that half day."""
        query = self.query
        return (
            self.first <= slot.day <= query.last
            and (not query.weekdays or slot.day.weekday() in query.weekdays)
            and (not query.half or slot.half == query.half)
        )

    def _duties(self, centres: Sequence[str]) -> None:
        """Everybody's duties around the stretch, for the limits; and who is surely coming in it."""
        first, last = month_start(self.first) - timedelta(days=7), month_end(self.query.last) + timedelta(days=7)
        columns = (Assignment.staff_id, Assignment.day, Assignment.half, Assignment.state, Assignment.absent_at)
        wanted = (Assignment.centre_id.in_(centres), Assignment.day >= first, Assignment.day <= last)
        for who, day, half, state, absent in self.tx.execute(
            select(*columns).where(*wanted, Assignment.state != "removed")
        ):
            slot = Slot(day, half)
            if absent is not None:
                self.gone.add((who, day))
                continue
            if state in ON_BOARD:
                self.held[who].append(slot)
            if state in IN_FORCE and self._asked(slot):
                self.coming.append((slot, who))

    # --- on duty then ---

    def _on_duty(
        self, experts: Mapping[str, Expert], where: Mapping[str, str], centres: Mapping[str, _Centre]
    ) -> Iterator[FreeView]:
        booked: dict[str, list[Appointment]] = defaultdict(list)
        mine = [slot.day for slot, who in self.coming if where.get(who) == self.own]
        for row in taken_between(self.tx, self.own, min(mine), max(mine)) if mine else ():
            booked[row.staff_id or ""].append(row)
        enough: Slot | None = None
        count = 0
        for slot, who in sorted(self.coming, key=lambda pair: (pair[0].day, pair[0].half, pair[1])):
            if count >= _MOST and slot != enough:
                return
            expert, centre = experts.get(who), centres.get(where.get(who, ""))
            if expert is None or centre is None or barred(expert, slot) or any(a.covers(slot) for a in expert.leave):
                continue
            times = self._times(slot, centre, booked[who])
            if not times:
                self.busy += self._ahead(slot, centre)
                continue
            known = centre.id == self.own
            count, enough = count + 1, slot
            yield self._view(expert, centre, slot, "duty", times if known else None)

    def _ahead(self, slot: Slot, centre: _Centre) -> bool:
        return at_clock(slot.day, centre.hours_of(slot)[1]) > self.now

    def _times(self, slot: Slot, centre: _Centre, booked: Sequence[Appointment]) -> tuple[datetime, ...]:
        """When a sitting could begin, one after the other through the session."""
        begins, ends = (at_clock(slot.day, clock) for clock in centre.hours_of(slot))
        found = []
        while begins + timedelta(minutes=SITTING) <= ends:
            if begins >= self.now and not overlapping(booked, begins, SITTING):
                found.append(begins)
            begins += timedelta(minutes=SITTING + BREAK)
        return tuple(found)

    # --- could be called in ---

    def _extra(self, others: Sequence[tuple[Expert, _Centre]]) -> Iterator[FreeView]:
        """Each expert's soonest session that was offered and against which nothing speaks, until there are enough."""
        count = 0
        for slot in sorted({slot for _, centre in others for slot in centre.hours}):
            if count >= _MOST:
                return
            rest = []
            for expert, centre in others:
                if self._may_come(expert, centre, slot):
                    count += 1
                    yield self._view(expert, centre, slot, "extra", None)
                else:
                    rest.append((expert, centre))
            others = rest

    def _may_come(self, expert: Expert, centre: _Centre, slot: Slot) -> bool:
        held = self.held[expert.id]
        if slot not in centre.hours or (slot.day.weekday(), slot.half) not in expert.available or slot in held:
            return False
        absent = (expert.id, slot.day) in self.gone
        return self._ahead(slot, centre) and not obstacles(expert, slot, held, centre.limits, absent=absent)

    # --- how it is shown ---

    def _view(
        self, expert: Expert, centre: _Centre, slot: Slot, group: str, times: tuple[datetime, ...] | None
    ) -> FreeView:
        return FreeView(
            staff_id=expert.id,
            number=expert.number,
            name=expert.name,
            sex=expert.sex,
            specialities=expert.specialities,
            telephone=expert.telephone,
            centre_id=centre.id,
            centre=centre.name,
            own_centre=centre.id == self.own,
            slot=slot,
            hours=centre.hours_of(slot),
            group=group,
            minutes=len(times) * SITTING if times is not None else None,
            times=times,
            reasons=tuple(self._reasons(expert, centre, slot, group, times)),
        )

    def _reasons(
        self, expert: Expert, centre: _Centre, slot: Slot, group: str, times: tuple[datetime, ...] | None
    ) -> Iterator[Note]:
        if group == "extra":
            yield Note.of("extra", N_("not on duty then, but has offered this time"))
        elif times is None:
            yield Note.of("elsewhere", N_("on duty; bookings are kept by {centre}: call there"), centre=centre.name)
        else:
            yield Note.of("free-times", N_("free from {times}"), times=FreeTimes(times))
        shared = [one for one in self.query.specialities if one in expert.specialities]
        if shared:
            yield Note.of("fits", N_("speciality: {specialities}"), specialities="、".join(shared))
        wish = expert.wish(slot)
        if group == "extra" and wish:
            yield Note.of("wish", N_("would like this session") if wish > 0 else N_("would rather not"))

    def _order(self, view: FreeView) -> tuple[object, ...]:
        """The soonest; on the same session one's own centre, then the closest speciality."""
        ranks = [n for n, one in enumerate(self.query.specialities) if one in view.specialities]
        soon = view.times[0] if view.times else at_clock(view.slot.day, view.hours[0])
        return (
            view.slot.day,
            HALVES.index(view.slot.half),
            not view.own_centre,
            min(ranks, default=99),
            soon,
            view.number,
        )


def _called(person: Staff, name: str) -> bool:
    keys = pinyin.keys(person.name)
    return any(name in one.casefold() for one in (person.name, person.number, *keys.full, *keys.initials))
