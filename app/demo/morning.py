"""The demonstration's morning: a queue with everything in it, bookings, notes still unsigned."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from app.bootstrap import Office
from app.cases.risk_rules import RiskLevel
from app.common.clock import at_centre, local
from app.demo import invented, texts
from app.demo.clinical import at, note_content
from app.demo.history import Cast
from app.demo.term import Person
from app.intake.appointments import book
from app.intake.arrivals import PersonArriving, register
from app.intake.queue import step
from app.people.clients import NewClient
from app.security.context import Act
from app.security.permissions import May
from app.sessions.content import HEADER
from app.sessions.sessions import start_session
from db.models import Assignment, Case, Room, Visit

Drafts = list[tuple[str, dict[str, str]]]
Plan = tuple[int, str, tuple[str, str, str], list[str]]
_QUEUE: tuple[Plan, ...] = (
    (100, "done", ("no", "no", "no"), ["mother"]),
    (80, "done", ("no", "no", "no"), []),
    (64, "left", ("unasked",) * 3, []),
    (52, "in_session", ("no", "no", "no"), []),
    (31, "waiting", ("no", "no", "no"), ["father"]),
    (12, "waiting", ("unasked",) * 3, ["grandparent"]),
    (6, "waiting", ("yes", "no", "unasked"), ["mother"]),
    (4, "waiting", ("unasked",) * 3, []),
)


def play_morning(cast: Cast, people: list[Person]) -> Drafts:
    """Fills today up to now; gives the notes that are still being written, by session."""
    now = cast.clock.now()
    rooms = _rooms(cast)
    regulars = [p for p in people if p.case_id and p.clinician == "psych" and p.who.name != "王子琪"]
    drafts = _queue(cast, regulars, now, rooms)
    _bookings(cast, people, now, rooms)
    return drafts + _unsigned(cast, regulars, now)


def _rooms(cast: Cast) -> list[str]:
    with cast.desk.ctx.db.read() as tx:
        query = select(Room.id).where(Room.centre_id == cast.desk.who.centre_id).order_by(Room.position)
        return list(tx.execute(query).scalars())


def _queue(cast: Cast, regulars: list[Person], now: datetime, rooms: list[str]) -> Drafts:
    midnight = at_centre(local(now).date(), 0)
    in_session: tuple[str, str] | None = None
    with cast.desk.ctx.write(May.REGISTER_VISITS, "visit.registered") as act:
        for n, (minutes, status, safety, companions) in enumerate(_QUEUE):
            moment = max(midnight + timedelta(minutes=n), now - timedelta(minutes=minutes))
            person = _who(cast, regulars, n, now, safety)
            (visit,) = register(act.tx, cast.desk.ctx, [person], moment, companions, "school" if n == 7 else "parent")
            path = {"done": ("called", "in_session", "done"), "in_session": ("called", "in_session")}.get(status)
            for offset, one in enumerate(path or ((status,) if status == "left" else ())):
                room = rooms[2] if status == "done" else rooms[1]
                step(
                    act.tx, cast.desk.ctx, visit, one, min(now, moment + timedelta(minutes=3 + 40 * (offset > 1))), room
                )
            if status == "in_session":
                visit.staff_id = cast.psych.who.staff_id
                in_session = (visit.id, regulars[n % len(regulars)].case_id) if regulars else None
            act.on(visit.id)
    return [_sitting(cast.psych, *in_session, now - timedelta(minutes=45))] if in_session else []


def _who(cast: Cast, regulars: list[Person], n: int, now: datetime, safety: tuple[str, str, str]) -> PersonArriving:
    if n in (0, 3) and len(regulars) > n:
        return PersonArriving(regulars[n].client_id, safety=safety, concerns=("情绪低落",))
    if n == 4:
        parent = NewClient(invented.name(cast.random), kind="parent", telephones=(invented.telephone(cast.random),))
        return PersonArriving(parent, came_as="parent", safety=safety, told={"reason": texts.REASONS[3]})
    if n == 7:
        teacher = NewClient(invented.name(cast.random), kind="third_party")
        return PersonArriving(teacher, came_as="third_party", safety=safety)
    someone = invented.student(cast.random, local(now).date())
    new = NewClient(
        someone.name,
        sex=someone.sex,
        birth_date=someone.birth_date,
        school_name=invented.SCHOOLS[someone.school][0],
        school_id=cast.schools[someone.school],
        grade=someone.grade,
        telephones=(someone.telephone,),
    )
    return PersonArriving(new, concerns=("睡眠", "厌学"), safety=safety, told={"reason": texts.REASONS[0]})


def _sitting(psych: Office, visit_id: str, case_id: str, moment: datetime) -> tuple[str, dict[str, str]]:
    """The session that is going on, its note half written."""
    with at(psych, moment), psych.ctx.write(May.WRITE_NOTES, "session.started") as act:
        visit = act.tx.get_one(Visit, visit_id)
        visit.case_id = case_id
        session = start_session(act.tx, psych.ctx, act.tx.get_one(Case, case_id), moment, visit)
        act.on(session.id)
    header = {name: value for name, value in note_content(Random(0), moment, RiskLevel.NONE).items() if name in HEADER}
    content = header | {"room_id": session.room_id or ""}
    content |= {"presenting": texts.PRESENTING[0], "observed": texts.OBSERVED[0], "intervention": texts.INTERVENTION[0]}
    psych.services.notes.keep(session.id, content)
    return session.id, content


def _bookings(cast: Cast, people: list[Person], now: datetime, rooms: list[str]) -> None:
    """Two met or missed this morning, the rest to come; always on today's date."""
    day = local(now).date()
    plans = (
        (9, 0, "missed", 2),
        (10, 30, "cancelled", 1),
        (14, 0, "booked", 1),
        (15, 0, "booked", 2),
        (16, 0, "booked", 1),
    )
    known = [person for person in people if person.client_id][1:]
    with cast.desk.ctx.write(May.BOOK, "appointment.booked") as act:
        girl = people[0]
        if girl.client_id:
            book(act.tx, cast.desk.ctx, girl.client_id, at_centre(day, 10, 30), cast.psych.who.staff_id, rooms[1])
        for (hour, minute, status, room), person in zip(plans, known, strict=False):
            starts = at_centre(day, hour, minute)
            row = book(act.tx, cast.desk.ctx, person.client_id, starts, cast.psych.who.staff_id, rooms[room])
            row.status = status if starts < now or status == "cancelled" else "booked"
            act.on(row.id)
        _with_another(act, cast, known[len(plans) :], now)


def _with_another(act: Act, cast: Cast, known: list[Person], now: datetime) -> None:
    """Two bookings with an expert of the next duty session to begin: whoever is called if she phones in sick."""
    day, clock = local(now).date(), f"{local(now):%H:%M}"
    ours = [office.who.staff_id for office in (cast.psych, cast.supervisor)]
    query = select(Assignment).where(
        Assignment.centre_id == cast.desk.who.centre_id,
        Assignment.state == "published",
        Assignment.absent_at.is_(None),
        Assignment.staff_id.not_in(ours),
        Assignment.day >= day,
    )
    rows = act.tx.execute(query.order_by(Assignment.day, Assignment.half, Assignment.stamp)).scalars()
    seat = next((row for row in rows if row.day > day or _TIMES[row.half][0] > clock), None)
    if seat is None:
        return
    for time, person in zip(_TIMES[seat.half], known, strict=False):
        hour, minute = time.split(":")
        starts = at_centre(seat.day, int(hour), int(minute))
        act.on(book(act.tx, cast.desk.ctx, person.client_id, starts, seat.staff_id).id)


_TIMES = {"am": ("09:30", "10:30"), "pm": ("15:10", "16:10")}


def _unsigned(cast: Cast, regulars: list[Person], now: datetime) -> Drafts:
    """Yesterday's session, written down and not signed."""
    drafts: Drafts = []
    for person, hours in zip(regulars[5:6], (22,), strict=False):
        moment = now - timedelta(hours=hours)
        with at(cast.psych, moment), cast.psych.ctx.write(May.WRITE_NOTES, "session.started") as act:
            case = act.tx.get_one(Case, person.case_id)
            session = start_session(act.tx, cast.psych.ctx, case, moment)
            act.on(session.id)
        content = note_content(cast.random, moment, RiskLevel.ATTENTION) | {"plan": ""}
        cast.psych.services.notes.keep(session.id, content)
        drafts.append((session.id, content))
    return drafts
