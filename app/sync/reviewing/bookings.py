"""A room or an expert twice at one time, because two PCs booked without knowing of each other. Both bookings stay.

What one PC booked twice is no matter here: it asked before it did. Past times are no task.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.common.clock import at_centre, local
from app.common.words import N_, tr
from app.security.context import Context
from app.security.permissions import May
from app.sync.reviewing.left import left_alone
from app.sync.reviewing.values import Names
from app.sync.reviewing.writers import Writers, devices_of
from app.sync.views import ReviewView, SideView
from db.engine import Tx
from db.models import Account, Appointment, Case, CounsellingSession, Synced
from db.replica.settling import when

REBOOK = N_("Both bookings are kept. Book one of them anew in the Intake tab, and cancel the old one.")
_LONGEST = timedelta(hours=12)
_USUAL = timedelta(minutes=50)


@dataclass(frozen=True, slots=True)
class Taken:
    """A room and an expert held from `begins` to `ends`. `visit_id`: a session of that very visit is no clash."""

    row: Synced
    begins: datetime
    ends: datetime
    room_id: str | None
    staff_id: str | None
    client_id: str
    visit_id: str | None
    devices: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two of them; `why` says what they share."""

    first: Taken
    second: Taken
    why: str

    @property
    def id(self) -> str:
        return "booking:" + ":".join(sorted((self.first.row.id, self.second.row.id)))


def open_clashes(tx: Tx, ctx: Context) -> list[Clash]:
    """From now on, at this centre."""
    if May.BOOK not in ctx.who.may:
        return []
    now, centre = ctx.clock.now(), ctx.who.centre_id
    taken = [*_appointments(tx, centre, now), *_sessions(tx, centre, now)]
    found: dict[str, Clash] = {}
    for share, why in (("room_id", N_("One room twice at a time")), ("staff_id", N_("One expert twice at a time"))):
        for clash in _overlapping(taken, share, why):
            if clash.first.ends > now and clash.second.ends > now:
                found.setdefault(clash.id, clash)
    left = left_alone(tx, (one.row.id for clash in found.values() for one in (clash.first, clash.second)))
    return [clash for clash in found.values() if frozenset((clash.first.row.id, clash.second.row.id)) not in left]


def _overlapping(taken: Iterable[Taken], share: str, why: str) -> Iterable[Clash]:
    by_shared: dict[str, list[Taken]] = defaultdict(list)
    for one in taken:
        shared = getattr(one, share)
        if shared:
            by_shared[shared].append(one)
    for held in by_shared.values():
        held.sort(key=lambda one: (one.begins, one.row.id))
        running: list[Taken] = []
        for one in held:
            running = [other for other in running if other.ends > one.begins]
            yield from (Clash(other, one, why) for other in running if _clash(other, one))
            running.append(one)


def _clash(one: Taken, other: Taken) -> bool:
    if one.client_id == other.client_id or (one.visit_id and one.visit_id == other.visit_id):
        return False
    return one.devices != other.devices or len(one.devices) > 1


def _appointments(tx: Tx, centre_id: str, now: datetime) -> Iterable[Taken]:
    query = select(Appointment).where(
        Appointment.centre_id == centre_id,
        Appointment.starts_at >= now - _LONGEST,
        Appointment.status.in_(("booked", "arrived")),
    )
    rows = list(tx.execute(query).scalars())
    devices = devices_of(tx, "appointment", rows, ("when", "who"))
    for row in rows:
        ends = row.starts_at + timedelta(minutes=row.minutes)
        yield Taken(row, row.starts_at, ends, row.room_id, row.staff_id, row.client_id, row.visit_id, devices[row.id])


def _sessions(tx: Tx, centre_id: str, now: datetime) -> Iterable[Taken]:
    session = CounsellingSession
    query = (
        select(session, Case.client_id, Account.staff_id)
        .join(Case, Case.id == session.case_id)
        .join(Account, Account.id == session.counsellor)
        .where(Case.centre_id == centre_id, session.day >= local(now).date(), session.withdrawn.is_(False))
    )
    rows = tx.execute(query).all()
    devices = devices_of(tx, "counselling_session", [row[0] for row in rows], ("when", "who"))
    for row, client_id, staff_id in rows:
        begins = _moment(row.day, row.start)
        ends = _moment(row.day, row.end) if row.end else (begins + _USUAL if begins else None)
        if begins and ends:
            room = row.room_id if row.form == "face" else None
            yield Taken(row, begins, ends, room, staff_id, client_id, row.visit_id, devices[row.id])


def _moment(day: date, written: str) -> datetime | None:
    hour, _, minute = written.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        return None
    return at_centre(day, int(hour), int(minute))


def views(tx: Tx, ctx: Context, clashes: Sequence[Clash]) -> list[ReviewView]:
    """In words."""
    both = [one for clash in clashes for one in (clash.first, clash.second)]
    names = Names(tx, ctx)
    for table, ids in (("client", {o.client_id for o in both}), ("room", {o.room_id for o in both if o.room_id})):
        names.learn((table, row_id) for row_id in ids)
    names.learn(("staff", one.staff_id) for one in both if one.staff_id)
    writers = Writers(tx, ctx, (one.row.id for one in both))
    return [
        ReviewView(
            id=clash.id,
            kind="booking",
            subject=_shared(clash, names),
            what=tr(clash.why),
            sides=tuple(_side(one, names, writers) for one in (clash.first, clash.second)),
            found_at=max(when(clash.first.row.stamp), when(clash.second.row.stamp)),
            client_id=clash.second.client_id,
        )
        for clash in clashes
    ]


def _shared(clash: Clash, names: Names) -> str:
    time = f"{local(clash.second.begins):%Y-%m-%d %H:%M}"
    one, other = clash.first, clash.second
    if one.room_id and one.room_id == other.room_id:
        return f"{time} · {names.of('room', one.room_id)}"
    return f"{time} · {names.of('staff', one.staff_id)}" if one.staff_id else time


def _side(one: Taken, names: Names, writers: Writers) -> SideView:
    nothing = tr("not filled in")
    kind = tr("Booking") if isinstance(one.row, Appointment) else tr("Counselling session")
    fields = (
        (tr("What"), kind),
        (tr("Time"), f"{local(one.begins):%Y-%m-%d %H:%M}–{local(one.ends):%H:%M}"),
        (tr("Client"), names.of("client", one.client_id)),
        (tr("Expert"), names.of("staff", one.staff_id) if one.staff_id else nothing),
        (tr("Room"), names.of("room", one.room_id) if one.room_id else nothing),
    )
    written_by = writers.name(one.row.id, one.row.version, one.row.stamp)
    return SideView(one.row.id, fields, written_by, when(one.row.stamp), True)
