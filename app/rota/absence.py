"""An expert who cannot come: which bookings that touches, and every other expert with the reason why or why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.common.notes import Note
from app.common.words import N_, ntr, tr
from app.people.contact import Contact, contacts
from app.people.merging_clients import standing_clients
from app.rota.avoid import OWN_SCHOOL, Place, schools_of, workplaces, works_at
from app.rota.bookings import bookings_of, half_of, taken_between
from app.rota.facts import Roster, counts
from app.rota.gaps import reason_text
from app.rota.rebooking import to_later, to_somebody
from app.rota.rules import Expert, Slot
from app.rota.settled import settled_bookings
from app.rota.show import total_load
from app.rota.views import Absence, BookingView, Replacement
from db.engine import Tx
from db.models import Appointment, Assignment, Client

NOTHING_THAT_DAY = N_("{name} has neither duty nor bookings on {day}.")
GROUPS = ("free", "ask", "there", "not")

_TO_ASK = frozenset({"unavailable", "limit", "month", "row", "weekends"})
"""What an expert can agree to on the telephone. Nobody is asked to come from leave, or for a second duty of one day."""


@dataclass(frozen=True, slots=True)
class Touched:
    """The bookings of one half, and what decides who may take them."""

    bookings: Sequence[Appointment]
    day: Sequence[Appointment]
    schools: Mapping[str, Place]
    workplaces: Mapping[str, Place]


def absence_view(
    tx: Tx,
    roster: Roster,
    staff_id: str,
    day: date,
    halves: tuple[str, ...],
    changed: int,
    *,
    name_clients: bool,
    now: datetime,
) -> Absence:
    """What the absence of `staff_id` changes; `roster` covers the week of `day`."""
    number, name = roster.names[staff_id]
    rows = {row.half: row for half in halves for row in roster.on(Slot(day, half)) if row.staff_id == staff_id}
    booked = bookings_of(tx, roster, staff_id, day, halves)
    settled = settled_bookings(tx, roster, rows.values(), booked)
    cover = {half: who for half, row in rows.items() if (who := _covered_by(roster, row)) is not None}
    replacements = [
        one
        for half, row in rows.items()
        if half not in cover
        for one in find_replacements(roster, row, touched(tx, roster, booked, day, half))
    ]
    later = to_later(tx, roster, booked, staff_id, Slot(day, halves[-1]), now) if booked else None
    times = {move.booking_id: move.at for move in later.moves} if later else {}
    view = _Viewer(tx, roster, (*booked, *settled), name_clients=name_clients)
    return Absence(
        staff_id=staff_id,
        number=number,
        name=name,
        day=day,
        assignments={half: row.id for half, row in rows.items()},
        changed=changed,
        bookings=tuple(view.booking(row, later=times.get(row.id)) for row in booked),
        replacements=tuple(replacements),
        settled=tuple(view.booking(row, outcome=note) for row, note in settled.items()),
        marked=frozenset(half for half, row in rows.items() if row.absent_at is not None),
        covered=cover,
        hours={half: roster.hours_of(Slot(day, half)) for half in halves},
    )


def touched(tx: Tx, roster: Roster, booked: Sequence[Appointment], day: date, half: str) -> Touched:
    """Those of `booked` that lie in one half, with what may keep them from going to somebody else."""
    mine = [row for row in booked if half_of(row.starts_at, roster.hours) == half]
    if not mine:
        return Touched((), (), {}, {})
    schools = schools_of(tx, {row.client_id for row in mine})
    return Touched(mine, taken_between(tx, roster.centre_id, day, day), schools, workplaces(tx, roster.centre_id))


def find_replacements(roster: Roster, absent: Assignment, about: Touched) -> list[Replacement]:
    """Every other expert of the centre. First who is free: of the same speciality, fewest duties, who wished for it;
    then who could be asked, in the same order; who is there anyway; and who cannot. An expert of the school of a client
    who is booked then is among the last, whatever else (回避)."""
    slot = Slot(absent.day, absent.half)
    gone = roster.experts.get(absent.staff_id)
    wanted = gone.specialities if gone else ()
    ranked = []
    for who, expert in roster.experts.items():
        if who == absent.staff_id:
            continue
        against, group = _judged(roster, who, slot, about)
        shared = tuple(one for one in wanted if one in expert.specialities)
        load, wish = total_load(roster, who), expert.wish(slot)
        key = (GROUPS.index(group), not shared, load, -wish, expert.number)
        ranked.append((key, _replacement(roster, absent, expert, against, group, _why(load, shared, wish), about)))
    return [found for _, found in sorted(ranked, key=lambda pair: pair[0])]


def _judged(roster: Roster, who: str, slot: Slot, about: Touched) -> tuple[tuple[Note, ...], str]:
    """What speaks against an expert, the gravest first, and the group that this makes."""
    against = roster.obstacles(who, slot)
    if works_at(about.workplaces.get(who), about.schools.values()):
        return (OWN_SCHOOL, *against), "not"
    codes = {note.code for note in against}
    if "already" in codes:
        return tuple(note for note in against if note.code == "already"), "there"
    if not codes:
        return against, "free"
    return against, "ask" if codes <= _TO_ASK else "not"


def _replacement(
    roster: Roster,
    absent: Assignment,
    expert: Expert,
    against: tuple[Note, ...],
    group: str,
    why: list[str],
    about: Touched,
) -> Replacement:
    if against:
        reason = reason_text(against)
        why = [tr("to be asked: {reason}", reason=reason) if group == "ask" else reason, *why]
    workplace = about.workplaces.get(expert.id)
    plan = to_somebody(roster, about.bookings, about.day, expert.id, workplace, about.schools)
    return Replacement(
        expert.id,
        expert.number,
        expert.name,
        absent.half,
        group == "free",
        tr("; ").join(why),
        expert.telephone,
        roster.rooms.get(absent.room_id or ""),
        group,
        any(note.code in ("check-expired", "own-school") for note in against),
        plan.stays,
    )


def _why(duties: int, shared: Collection[str], wish: int) -> list[str]:
    parts = [tr("same speciality: {specialities}", specialities=tr(", ").join(shared))] if shared else []
    parts.append(ntr("{n} duty in two quarters", "{n} duties in two quarters", duties))
    if wish:
        parts.append(tr("would like this session") if wish > 0 else tr("would rather not"))
    return parts


def _covered_by(roster: Roster, absent: Assignment) -> str | None:
    """The name of whoever stands in."""
    here = roster.on(Slot(absent.day, absent.half))
    row = next((one for one in here if one.replaces_id == absent.id and counts(one)), None)
    return roster.names.get(row.staff_id, ("", ""))[1] if row is not None else None


class _Viewer:
    """Bookings as they are shown: with the client and how to reach them only for those who may."""

    def __init__(self, tx: Tx, roster: Roster, rows: Sequence[Appointment], *, name_clients: bool) -> None:
        self._hours = roster.hours
        self._clients: Mapping[str, Client] = standing_clients(tx, {r.client_id for r in rows} if name_clients else ())
        self._reached = contacts(tx, self._clients)

    def booking(self, row: Appointment, *, later: datetime | None = None, outcome: Note | None = None) -> BookingView:
        client = self._clients.get(row.client_id)
        reached: Contact | None = self._reached.get(row.client_id)
        return BookingView(
            id=row.id,
            half=half_of(row.starts_at, self._hours),
            at=row.starts_at,
            kind=row.kind,
            client_number=client.number if client else None,
            client_name=client.name if client else None,
            telephones=reached.telephones if reached else (),
            safe_times=(reached.safe_times or None) if reached else None,
            guardians=tuple(one.text() for one in reached.guardians) if reached else (),
            later=later,
            outcome=outcome,
        )


def duties_on_leave(tx: Tx, roster: Roster, staff_id: str) -> list[Assignment]:
    """Duties of the stretch on which the expert is on leave and nobody stands in yet: what a late leave leaves open."""
    expert = roster.expert(staff_id)
    query = select(Assignment.replaces_id).where(Assignment.replaces_id.is_not(None), Assignment.state != "removed")
    covered = set(tx.execute(query).scalars())
    return [
        row
        for row in roster.rows
        if row.staff_id == staff_id
        and roster.first <= row.day <= roster.last
        and row.state in ("draft", "published")
        and row.id not in covered
        and any(away.covers(Slot(row.day, row.half)) for away in expert.leave)
    ]
