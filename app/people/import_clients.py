"""Puts the people and visits of a register into the file, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from app.common.clock import at_centre
from app.common.identity import IdKind
from app.common.progress import CancelToken, Progress
from app.common.telephone import read_telephone
from app.common.words import N_, tr
from app.people.clients import NewClient, NewGuardian, add_telephones, create_client, reindex_from_rows
from app.people.known_clients import chunks, known_clients
from app.people.matching import Person, group_people, weak_note
from app.people.register_rows import RegisterRow
from app.people.rows import Problem
from db.engine import Tx
from db.models import Arrival, Client, Guardian, School, Telephone, Visit, VisitEvent
from db.replica.stamping import new_id

_ONCE = ("sex", "birth_date", "id_number")
_HOUR = 12  # the register knows the day only


@dataclass(slots=True)
class Registered:
    """What went in. `weak` holds the ids of row objects joined without a number to compare."""

    clients: int = 0
    visits: int = 0
    added: int = 0
    touched: list[str] = field(default_factory=list)
    weak: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who imports, where."""

    centre_id: str
    staff_id: str


def register_rows(
    tx: Tx, rows: Sequence[RegisterRow], by: Registrar, progress: Progress, cancel: CancelToken
) -> Registered:
    """Adds every new person and every new visit. A row that adds neither is one that the centre has."""
    people = group_people(rows, known_clients(tx, {row.name for row in rows}))
    schools = dict(tx.execute(select(School.name, School.id)).all())
    done = Registered()
    for position, person in enumerate(people, 1):
        cancel.check()
        done.weak |= person.weak
        _register(tx, person, schools.get, by, done)
        progress(position, len(people))
    _renumber(tx, done.touched)
    return done


def _register(tx: Tx, person: Person, school_id: Callable[[str], str | None], by: Registrar, done: Registered) -> None:
    fresh = sorted(person.new_visits, key=lambda row: row.visit_date)
    if person.known is None:
        client = create_client(tx, _new_client(person, school_id), fresh[0].visit_date)
        done.clients += 1
    else:
        found = tx.get(Client, person.known.id)
        if found is None:
            raise LookupError(person.known.id)
        client = found
        if not _complete(tx, client, person, school_id) and not fresh:
            return
    for row in fresh:
        _add_visit(tx, client.id, row, by)
    done.visits += len(fresh)
    done.added += len(fresh)
    done.touched.append(client.id)


def _new_client(person: Person, school_id: Callable[[str], str | None]) -> NewClient:
    """Who a person is comes from the first row that says it, where they learn from the latest."""
    rows = sorted(person.rows, key=lambda row: row.visit_date)
    late = [row for row in reversed(rows) if row.school or row.grade]
    school = next((row.school for row in late if row.school), None)
    school_known = school_id(school) if school else None
    guardians = dict.fromkeys(row.guardian for row in rows if row.guardian)
    return NewClient(
        name=rows[0].name,
        kind=rows[0].kind,
        sex=next((row.sex for row in rows if row.sex), None),
        birth_date=person.birth_date,
        id_number=_id_number(rows),
        school_id=school_known,
        school_name=None if school_known else school,
        grade=next((row.grade for row in late if row.grade), None),
        class_name=next((row.class_name for row in reversed(rows) if row.class_name), None),
        telephones=tuple(dict.fromkeys(t.shown for row in rows for t in row.telephones if t.digits)),
        guardians=tuple(NewGuardian(one.name, one.relation) for one in guardians),
        remarks=_kept_aside(rows),
    )


def _id_number(rows: Sequence[RegisterRow]) -> str | None:
    """A valid number before a suspect one."""
    numbers = [row.resident_id for row in rows if row.resident_id.number]
    best = min(numbers, key=lambda one: one.kind is not IdKind.VALID, default=None)
    return best.number if best else None


def _kept_aside(rows: Sequence[RegisterRow]) -> str | None:
    """What cannot be stored where it belongs is never lost: it stands in the remarks as it was written."""
    kept = [
        tr(N_("ID number in the register: {number}"), number=row.resident_id.as_written)
        for row in rows
        if row.resident_id.kind in (IdKind.DAMAGED, IdKind.MALFORMED)
    ]
    kept += [
        tr(N_("Telephone in the register: {number}"), number=t.shown)
        for row in rows
        for t in row.telephones
        if not t.digits
    ]
    return "\n".join(dict.fromkeys(kept)) or None


def _complete(tx: Tx, client: Client, person: Person, school_id: Callable[[str], str | None]) -> bool:
    """Fills what is empty, erases nothing; where they learn, a later visit knows better. Whether it changed."""
    known_days = person.known.days if person.known else frozenset()
    said = _new_client(person, school_id)
    values = {name: getattr(said, name) for name in _ONCE if getattr(client, name) is None}
    later = max(row.visit_date for row in person.rows) > max(known_days, default=date.min)
    if (said.school_id or said.school_name) and (later or not (client.school_id or client.school_name)):
        values |= {"school_id": said.school_id, "school_name": said.school_name}
    for name in ("grade", "class_name"):
        if later or getattr(client, name) is None:
            values[name] = getattr(said, name) or getattr(client, name)
    if said.remarks and not client.id_number and said.remarks not in (client.remarks or ""):
        values["remarks"] = "\n".join(filter(None, (client.remarks, said.remarks)))
    changed = {name: value for name, value in values.items() if getattr(client, name) != value}
    for name, value in changed.items():
        setattr(client, name, value)
    if _add_reached(tx, client.id, said) or changed:
        reindex_from_rows(tx, client)
        return True
    return False


def _add_reached(tx: Tx, client_id: str, said: NewClient) -> bool:
    """Adds telephones and guardians that are not there yet; old ones stay, to be found by."""
    digits = set(tx.execute(select(Telephone.digits).where(Telephone.client_id == client_id)).scalars())
    names = set(tx.execute(select(Guardian.name).where(Guardian.client_id == client_id)).scalars())
    telephones = [written for written in said.telephones if read_telephone(written).digits not in digits]
    guardians = [guardian for guardian in said.guardians if guardian.name not in names]
    for written in telephones:
        add_telephones(tx, client_id, written)
    for guardian in guardians:
        tx.add(Guardian(id=new_id(tx), client_id=client_id, name=guardian.name, relation=guardian.relation))
    return bool(telephones or guardians)


def _add_visit(tx: Tx, client_id: str, row: RegisterRow, by: Registrar) -> None:
    at = at_centre(row.visit_date, _HOUR)
    arrival = Arrival(id=new_id(tx), centre_id=by.centre_id, at=at, registered_by=by.staff_id)
    visit = Visit(
        id=new_id(tx),
        arrival_id=arrival.id,
        client_id=client_id,
        centre_id=by.centre_id,
        day=row.visit_date,
        ticket=None,
        came_as=row.came_as,
        companions=list(row.companions),
        referral_source=row.source,
        concerns=list(row.concerns),
        remark=row.remark,
        status="done",
        status_at=at,
    )
    event = VisitEvent(id=new_id(tx), visit_id=visit.id, status="done", before=None, at=at, by=by.staff_id)
    tx.add_all((arrival, visit, event))


def _renumber(tx: Tx, client_ids: Sequence[str]) -> None:
    """First visit, second visit …: an old register may come before what is already there."""
    tx.flush()
    for part in chunks(dict.fromkeys(client_ids)):
        counted: dict[str, int] = {}
        order = (Visit.day, Visit.status_at, Visit.id)
        for visit in tx.execute(select(Visit).where(Visit.client_id.in_(part)).order_by(*order)).scalars():
            counted[visit.client_id] = counted.get(visit.client_id, 0) + 1
            if visit.visit_number != counted[visit.client_id]:
                visit.visit_number = counted[visit.client_id]


def warnings_of(row: RegisterRow, weak: set[int]) -> tuple[Problem, ...]:
    """The row's own warnings, and that it was matched weakly."""
    return (*row.warnings, Problem("name", weak_note())) if id(row) in weak else row.warnings
