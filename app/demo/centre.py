"""Makes the demonstration organisation: frame, rota, a term of visits, letters in every state, and this morning."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select

from app.bootstrap import Office
from app.common.clock import Clock, SystemClock, at_centre, local, today
from app.common.progress import CancelToken, Progress, silent
from app.demo.history import Cast, letters, play_term
from app.demo.morning import Drafts, play_morning
from app.demo.organisation import make_frame, open_as
from app.demo.pair import join_pair, point_at
from app.demo.term import WEEKS, draw
from app.demo.unfinished import unfinished
from app.people.defaults import DUTY_WEEKDAYS, HALVES
from app.rota.acts import adopt, mark_absent, place, propose
from app.rota.facts import load_roster
from app.rota.published import put_in_force
from app.rota.rules import Slot
from app.security.permissions import May
from db.engine import Tx
from db.models import Assignment, Room, School


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`seed` drives invented data only; keys come from the system's random source. `clients` 0: an empty centre."""

    seed: int = 1
    clients: int = 240
    passwords: Mapping[str, str] = field(default_factory=dict)


DESK, ROOM2, HUB = "desk", "room2", "hub"


def make_demo(
    folder: Path,
    options: DemoOptions,
    clock: Clock | None = None,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> Path:
    """Makes `folder`/desk, /room2 and /hub, all or none, and gives the desk's path; UserError if one is there."""
    now, stop = clock or SystemClock(), cancel or CancelToken()
    show = _Shares(progress or silent)
    with unfinished(folder, (HUB, ROOM2, DESK)) as part:
        desk, room2, hub = part / DESK, part / ROOM2, part / HUB
        drafts = _make(desk, options, now, show.term, stop)
        join_pair(desk, room2, hub, now, options.passwords, show.pair, stop)
        _keep_drafts(room2, drafts, now, options.passwords)
        for workspace in (desk, room2):
            point_at(workspace, hub, folder / HUB)
        stop.check()
    show.all_done()
    return folder / DESK


@dataclass(slots=True)
class _Shares:
    """One progress of several pieces of work, in hundredths: the term takes three quarters, the second PC the rest."""

    show: Progress
    reached: int = 0

    def term(self, done: int, total: int) -> None:
        self._reach(75 * done // total if total else 0)

    def pair(self, done: int, total: int) -> None:
        """Each synchronisation counts twice: what is moved, what is merged."""
        self._reach(75 + (24 * done // total if total else 0))

    def all_done(self) -> None:
        self._reach(100)

    def _reach(self, percent: int) -> None:
        self.reached = max(self.reached, percent)
        self.show(self.reached, 100)


def _make(desk: Path, options: DemoOptions, now: Clock, show: Progress, stop: CancelToken) -> Drafts:
    stop.check()
    random = Random(options.seed)
    make_frame(desk, random, now, options.passwords, experts=options.clients > 0)
    if options.clients == 0:
        return []
    with ExitStack() as stack:
        people = {login: open_as(desk, login, now, options.passwords) for login in ("desk", "psych", "supervisor")}
        director = open_as(desk, "director", now, options.passwords)
        for office in (*people.values(), director):
            stack.callback(office.close)
        _rota(director, people, now, stop)
        with people["desk"].ctx.db.read() as tx:
            schools = list(tx.execute(select(School.id).order_by(School.stamp)).scalars())
        cast = Cast(people["desk"], people["psych"], people["supervisor"], random, now, schools)
        term = draw(random, options.clients, today(now))
        play_term(cast, term, show, stop)
        letters(cast, term)
        return play_morning(cast, term)


def _keep_drafts(room2: Path, drafts: Drafts, now: Clock, passwords: Mapping[str, str]) -> None:
    """Drafts never travel: the half written notes lie on the PC at which they are written."""
    psych = open_as(room2, "psych", now, passwords)
    try:
        for session_id, content in drafts:
            psych.services.notes.keep(session_id, content)
    finally:
        psych.close()


def _rota(director: Office, people: Mapping[str, Office], clock: Clock, cancel: CancelToken) -> None:
    """Filled and published from the term's beginning to the end of next week; the week after is a draft.

    Today the psychologist who signs in is on duty, pinned; one expert of the other half has just phoned in sick."""
    day = today(clock)
    monday, centre = day - timedelta(days=day.weekday()), director.who.centre_id
    for week in range(-WEEKS, 3):
        cancel.check()
        first = monday + timedelta(days=7 * week)
        last = first + timedelta(days=6)
        with director.ctx.write(May.EDIT_ROTA, "rota.adopted") as act:
            if week == 0 and day.weekday() in DUTY_WEEKDAYS:
                _pin_today(act.tx, director, people, day, first, last)
            adopt(act.tx, propose(act.tx, centre, first, last))
            act.tx.flush()
            if week < 2:
                friday = min(first, monday) - timedelta(days=3)
                at = at_centre(friday, 17, 5) + timedelta(minutes=max(0, week))
                put_in_force(act.tx, centre, first, last, director.who.name, at)
            if week == 0:
                act.tx.flush()
                _phone_in_sick(act.tx, people, centre, day, clock)


def _pin_today(tx: Tx, director: Office, people: Mapping[str, Office], day: date, first: date, last: date) -> None:
    roster = load_roster(tx, director.who.centre_id, first, last)
    query = select(Room.id).where(Room.centre_id == director.who.centre_id).order_by(Room.position)
    rooms = tx.execute(query).scalars().all()
    for half in HALVES:
        place(tx, roster, Slot(day, half), people["psych"].who.staff_id, pinned=True, room_id=rooms[1])
    place(tx, roster, Slot(day, HALVES[0]), people["supervisor"].who.staff_id, room_id=rooms[2])
    tx.flush()


def _phone_in_sick(tx: Tx, people: Mapping[str, Office], centre: str, day: date, clock: Clock) -> None:
    ours = [office.who.staff_id for office in people.values()]
    half = HALVES[0] if local(clock.now()).hour < 12 else HALVES[1]
    wanted = (Assignment.centre_id == centre, Assignment.day == day, Assignment.half == half)
    query = select(Assignment.staff_id).where(*wanted, Assignment.staff_id.not_in(ours))
    sick = tx.execute(query.order_by(Assignment.stamp)).scalars().first()
    if sick is not None:
        mark_absent(tx, centre, sick, day, (half,), clock.now() - timedelta(hours=2))
