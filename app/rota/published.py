"""What was published, what is on the board, and how they differ: read inside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from app.common.errors import UserError
from app.common.notes import Note
from app.common.words import N_
from app.rota import show
from app.rota.facts import IN_FORCE, Roster, counts, load_roster
from app.rota.publication_views import ChangeView, Comparison, Pending, PersonChanges, VersionView, Warned
from app.rota.rules import Slot, short
from app.rota.versions import REMOVED, Difference, Line, differences, latest, read_line, told, told_to
from app.rota.views import Published
from db.engine import Tx
from db.models import Assignment, Publication, Room, Staff
from db.replica.stamping import new_id


def load_versions(tx: Tx, centre_id: str, first: date = date.min, last: date = date.max) -> list[Publication]:
    """The centre's that have a day of the stretch, oldest first, also those taken back."""
    wanted = (Publication.centre_id == centre_id, Publication.first <= last, Publication.last >= first)
    query = select(Publication).where(*wanted)
    return list(tx.execute(query.order_by(Publication.at, Publication.number, Publication.id)).scalars())


def version_views(rows: Sequence[Publication]) -> tuple[VersionView, ...]:
    """Newest first."""
    numbers = [row.number for row in rows]
    views = (
        VersionView(
            row.id,
            row.number,
            row.at,
            row.by_name,
            row.first,
            row.last,
            len(row.content),
            row.withdrawn,
            numbers.count(row.number) > 1,
        )
        for row in reversed(rows)
    )
    return tuple(views)


def lines_of(row: Publication) -> list[Line]:
    """Its content."""
    return [read_line(stored) for stored in row.content]


def state_of(rows: Iterable[Publication], first: date, last: date) -> tuple[list[Line], set[date]]:
    """What these versions, oldest first, say of the stretch, and which of its days they cover."""
    lines, days = latest([(row.first, row.last, lines_of(row)) for row in rows if not row.withdrawn])
    inside = {day for day in days if first <= day <= last}
    return [line for slot, found in sorted(lines.items()) if slot.day in inside for line in found], inside


def board_lines(roster: Roster) -> list[Line]:
    """The seats filled on the board, those away and those leaving left out: what a publication puts in force."""
    return [_line(row) for row in _inside(roster) if counts(row)]


def in_force_before(roster: Roster, rows: Sequence[Publication]) -> tuple[list[Line], set[date]]:
    """What the last publications said of the roster's days. A day that no version covers speaks by its duties in force:
    it was published before versions were kept."""
    lines, days = state_of(rows, roster.first, roster.last)
    for row in _inside(roster):
        if row.day not in days and row.state in IN_FORCE and row.replaces_id is None:
            lines.append(_line(row))
    return lines, days | {line.slot.day for line in lines}


def compare(
    tx: Tx, first: date, last: date, before: Sequence[Line], covered: set[date], now: Sequence[Line],
    waits: Mapping[str, bool] | None = None,
    absent: Collection[str] = (),
) -> Comparison:  # fmt: skip
    """`covered`: the days that the earlier state knows. `waits`: assignment id -> not in force yet. `absent`: ids of
    the assignments whose experts called in."""
    known = [line for line in now if line.slot.day in covered]
    found = differences(before, known)
    concerned = _People(tx, {who for one in found for who in one.staff_ids})
    rooms = {row.id: row.name for row in tx.execute(select(Room.id, Room.name))}
    held = waits or {}
    changes = tuple(
        ChangeView(
            one.slot,
            one.kind,
            _told(one, concerned.names, rooms, absent),
            any(held.get(line.id, False) for line in (one.before, one.now) if line is not None),
        )
        for one in found
    )
    return Comparison(first, last, changes, concerned.told(found, rooms), len(now) - len(known))


def _told(one: Difference, names: Mapping[str, str], rooms: Mapping[str, str], absent: Collection[str]) -> Note:
    if one.kind == REMOVED and one.before is not None and one.before.id in absent:
        return Note.of("absent", N_("{name} is absent"), name=names.get(one.before.staff_id, "?"))
    return told(one, names, rooms)


def pending(tx: Tx, centre_id: str, first: date, last: date) -> Pending:
    """What publishing the stretch would change, ask and refuse."""
    roster = load_roster(tx, centre_id, first, last)
    rows = load_versions(tx, centre_id, first, last)
    before, covered = in_force_before(roster, rows)
    now = board_lines(roster)
    waits = {row.id: row.state in ("draft", "leaving") for row in _inside(roster)}
    absent = {row.id for row in _inside(roster) if row.absent_at is not None}
    touching = [one for one in version_views(rows) if not one.withdrawn]
    return Pending(
        first,
        last,
        compare(tx, first, last, before, covered, now, waits, absent),
        touching[0] if touching else None,
        warnings(roster),
        expired(roster),
        sum(waits.values()),
        len(now),
    )


def warnings(roster: Roster) -> tuple[Warned, ...]:
    """Empty seats, and duties that something speaks against; the tokens change when their number does."""
    missing = sum(gap.missing for gap in show.board_gaps(roster, roster.facts()).values())
    clashes = [
        (duty, slot)
        for slot in sorted(roster.by_slot)
        if roster.first <= slot.day <= roster.last
        for duty in show.assignments(roster, slot)
        if duty.warnings
    ]
    found = []
    if missing:
        found.append(Warned(f"gaps-{missing}", Note.of("gaps", N_("Seats still empty: {n}."), n=missing)))
    if clashes:
        duty, slot = clashes[0]
        said = N_("Duties that something speaks against: {n}; the first is {name}, {day} {slot}: {reason}.")
        params = {"name": duty.name, "day": short(slot.day), "slot": slot.words(), "reason": duty.warnings[0].text()}
        found.append(Warned(f"clashes-{len(clashes)}", Note.of("clashes", said, n=len(clashes), **params)))
    return tuple(found)


def expired(roster: Roster) -> Note | None:
    """The first on the board who has no valid check on that day (Law on the Protection of Minors §62)."""
    for row in _inside(roster):
        if counts(row) and row.staff_id in roster.experts:
            notes = roster.obstacles(row.staff_id, Slot(row.day, row.half))
            against = next((note for note in notes if note.code == "check-expired"), None)
            if against is not None:
                said = N_("{name} cannot do duty on {day}: {reason}. Take this duty off first.")
                name = roster.experts[row.staff_id].name
                return Note.of("check-expired", said, name=name, day=row.day.isoformat(), reason=against.text())
    return None


def put_in_force(
    tx: Tx, centre_id: str, first: date, last: date, by_name: str, at: datetime
) -> tuple[Published, list[str]]:
    """Puts the board in force and keeps it as a version; gives the ids of all rows concerned. A board that is published
    as it stands makes no new version, nor does one that is empty and always was (number 0). UserError if anyone on it
    has no valid check (law §62)."""
    roster = load_roster(tx, centre_id, first, last)
    refusal = expired(roster)
    if refusal is not None:
        raise UserError(refusal.code, refusal.message, **refusal.params)
    rows = load_versions(tx, centre_id, first, last)
    lines = board_lines(roster)
    waiting = any(row.state in ("draft", "leaving") for row in _inside(roster))
    if not lines and not waiting and not in_force_before(roster, rows)[0]:
        return Published(0, 0), []
    added, removed = [], []
    for row in _inside(roster):
        if row.state == "draft":
            row.state = "published"
            added.append(row.id)
        elif row.state == "leaving":
            row.state = "removed"
            removed.append(row.id)
    result, made = _new_version(tx, roster, rows, lines, by_name, at)
    return Published(len(added), len(removed), result), [*added, *removed, *made]


def _new_version(
    tx: Tx, roster: Roster, rows: Sequence[Publication], lines: Sequence[Line], by_name: str, at: datetime
) -> tuple[int, list[str]]:
    """Its number, and its id if there is anything new to say."""
    said, covered = state_of(rows, roster.first, roster.last)
    if _ordered(said) == _ordered(lines) and len(covered) == (roster.last - roster.first).days + 1:
        return [row.number for row in rows if not row.withdrawn][-1], []
    highest = tx.execute(select(func.max(Publication.number)).where(Publication.centre_id == roster.centre_id)).scalar()
    made = Publication(
        id=new_id(tx),
        stream="org",
        centre_id=roster.centre_id,
        first=roster.first,
        last=roster.last,
        number=(highest or 0) + 1,
        at=at,
        by_name=by_name,
        content=[line.stored() for line in _ordered(lines)],
    )
    tx.add(made)
    return made.number, [made.id]


def _ordered(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.key)


def _inside(roster: Roster) -> list[Assignment]:
    return [row for row in roster.rows if roster.first <= row.day <= roster.last]


def _line(row: Assignment) -> Line:
    return Line(Slot(row.day, row.half), row.staff_id, row.room_id, row.id)


class _People:
    """Names and telephones of those a comparison speaks of."""

    def __init__(self, tx: Tx, staff_ids: set[str]) -> None:
        query = select(Staff.id, Staff.number, Staff.name, Staff.telephone).where(Staff.id.in_(staff_ids))
        self.rows = {row.id: row for row in tx.execute(query)}
        self.names = {who: row.name for who, row in self.rows.items()}

    def told(self, found: Sequence[Difference], rooms: Mapping[str, str]) -> tuple[PersonChanges, ...]:
        """By staff number."""
        people = [
            PersonChanges(
                who,
                row.number,
                row.name,
                row.telephone,
                tuple(told_to(who, one, self.names, rooms) for one in found if who in one.staff_ids),
            )
            for who, row in self.rows.items()
        ]
        return tuple(sorted(people, key=lambda one: one.number))
