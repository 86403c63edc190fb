"""An arrival taken down: one coming through the door, one visit for each person, what is told in confidence sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from app.cases.dropbox import write_drop
from app.common.clock import local
from app.common.errors import UserError
from app.common.words import N_
from app.intake import rules
from app.intake.returning import renew
from app.people.clients import NewClient, create_client
from app.people.merging_clients import families, family
from app.security.context import Context
from db.engine import Tx
from db.models import Appointment, Arrival, Client, Device, Visit, VisitEvent
from db.replica.stamping import new_id

UNASKED = ("unasked", "unasked", "unasked")


@dataclass(frozen=True, slots=True)
class PersonArriving:
    """One person of an arrival. `client`: a new one, or the id of one who has been here. `told` is sealed.

    `said` is what somebody who has been here says of themselves now: what is filled in replaces what was known.
    """

    client: NewClient | str
    came_as: str = "student"
    concerns: tuple[str, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    safety: tuple[str, str, str] = UNASKED
    wanted_staff_id: str | None = None
    remark: str | None = None
    said: NewClient | None = None


def register(
    tx: Tx,
    ctx: Context,
    people: Sequence[PersonArriving],
    at: datetime,
    companions: Sequence[str] = (),
    referral_source: str | None = None,
) -> list[Visit]:
    """Adds arrival, new clients, visits with tickets, first queue events, and what was told, sealed."""
    _check(people)
    who, day = ctx.who, local(at).date()
    arrival = Arrival(id=new_id(tx), centre_id=who.centre_id, at=at, registered_by=who.staff_id)
    tx.add(arrival)
    visits = []
    for person in people:
        client_id, number = _client(tx, person, at)
        visit = Visit(
            id=new_id(tx),
            arrival_id=arrival.id,
            client_id=client_id,
            centre_id=who.centre_id,
            day=day,
            ticket=next_ticket(tx, who.centre_id, at),
            visit_number=number,
            came_as=person.came_as,
            companions=list(companions),
            referral_source=referral_source,
            concerns=list(person.concerns),
            remark=person.remark,
            asked_harm=person.safety[0],
            asked_plan=person.safety[1],
            asked_danger=person.safety[2],
            status=rules.WAITING,
            status_at=at,
            priority=rules.priority(person.safety),
            wanted_staff_id=person.wanted_staff_id,
        )
        tx.add(visit)
        tx.add(VisitEvent(id=new_id(tx), visit_id=visit.id, status=rules.WAITING, at=at, by=who.staff_id))
        if any(text.strip() for text in person.told.values()):
            write_drop(tx, ctx, visit.id, dict(person.told), at)
        visits.append(visit)
    _meet_bookings(tx, visits, at)
    tx.flush()
    return visits


def _check(people: Sequence[PersonArriving]) -> None:
    if not people:
        raise UserError("nobody", N_("Enter at least one person."))
    for person in people:
        if isinstance(person.client, NewClient) and not person.client.name.strip():
            raise UserError("name-missing", N_("Enter a name; an alias will do."))
        if any(answer not in rules.ANSWERS for answer in person.safety) or person.came_as not in rules.CAME_AS_WORDS:
            raise ValueError(person.came_as)
    known = [person.client for person in people if isinstance(person.client, str)]
    if len(set(known)) != len(known):
        raise UserError("same-person-twice", N_("The same person is entered twice."))


def _client(tx: Tx, person: PersonArriving, at: datetime) -> tuple[str, int]:
    """The client's id and the number of this visit."""
    day = local(at).date()
    if isinstance(person.client, NewClient):
        return create_client(tx, person.client, day).id, 1
    records = family(tx, person.client)
    client = tx.get(Client, records[0])
    if client is None:
        raise UserError("no-client", N_("This client is not on this PC."))
    waiting = select(Visit.ticket).where(Visit.client_id.in_(records), Visit.day == day)
    ticket = tx.execute(waiting.where(Visit.status.in_(rules.PRESENT))).scalar()
    if ticket is not None:
        raise UserError("already-here", N_("This client is in the queue already, ticket {ticket}."), ticket=ticket)
    if person.said is not None:
        renew(tx, client, person.said)
    before = tx.execute(select(func.count()).select_from(Visit).where(Visit.client_id.in_(records))).scalar_one()
    return client.id, before + 1


def next_ticket(tx: Tx, centre_id: str, at: datetime) -> str:
    """A03: PC letter and this PC's running number of the day."""
    held: dict[tuple[str, str], int] = tx.info.setdefault("tickets", {})
    letter: str = tx.info.get("ticket_letter") or tx.execute(select(Device.letter)).scalar_one()
    tx.info["ticket_letter"] = letter
    day = local(at).date()
    slot = (letter, day.isoformat())
    if slot not in held:
        query = select(Visit.ticket).where(Visit.centre_id == centre_id, Visit.day == day)
        given = [t for t in tx.execute(query).scalars() if t and t.startswith(letter) and t[len(letter) :].isdigit()]
        held[slot] = max((int(ticket[len(letter) :]) for ticket in given), default=0)
    held[slot] += 1
    return f"{letter}{held[slot]:02d}"


def _meet_bookings(tx: Tx, visits: Sequence[Visit], at: datetime) -> None:
    """A booking of today of someone who has just come is met."""
    day = local(at).date()
    people = families(tx, [visit.client_id for visit in visits])
    by_client = {record: visit for visit in visits for record in people[visit.client_id]}
    query = select(Appointment).where(Appointment.client_id.in_(by_client), Appointment.status == "booked")
    for booking in tx.execute(query).scalars():
        if local(booking.starts_at).date() == day:
            booking.status, booking.visit_id = "arrived", by_client[booking.client_id].id
            by_client[booking.client_id].wanted_staff_id = (
                by_client[booking.client_id].wanted_staff_id or booking.staff_id
            )
