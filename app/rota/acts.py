"""What is done to the rota, inside a transaction: the import, the demonstration and the services call these."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.common.errors import Confirmation, UserError
from app.common.notes import Note
from app.common.words import N_
from app.rota.facts import Roster, counts, load_roster
from app.rota.fill import fill
from app.rota.gaps import reason_text
from app.rota.problem import slots_of
from app.rota.rules import Duty, Slot, obstacles, refused
from app.rota.show import board_state, proposal
from app.rota.views import Proposal
from db.engine import Tx
from db.models import Assignment
from db.replica.stamping import new_id


def propose(tx: Tx, centre_id: str, first: date, last: date) -> Proposal:
    """Fills the stretch as a proposal; saves nothing."""
    roster = load_roster(tx, centre_id, first, last)
    return proposal(roster, fill(roster.facts()))


def adopt(tx: Tx, wanted: Proposal) -> int:
    """Saves a proposal as draft and gives rooms. UserError if the board has changed since it was made."""
    roster = load_roster(tx, wanted.centre_id, wanted.first, wanted.last)
    if not holds(roster, wanted):
        raise UserError("proposal-stale", N_("The rota was changed in the meantime. Fill it once more."))
    rows = {row.id: row for row in roster.rows}
    for duty in wanted.removed:
        take_off(rows[duty.id])
    for duty in wanted.added:
        lost = next(iter(roster.uncovered(duty.slot)), None)
        place(tx, roster, duty.slot, duty.expert_id, replaces=lost.id if lost else None)
    for slot in {duty.slot for duty in (*wanted.added, *wanted.removed)}:
        part_rooms(roster, slot)
    return len(wanted.added)


def part_rooms(roster: Roster, slot: Slot) -> None:
    """Drafts that share a room, because two PCs gave it to each, get one that is free; whoever was told or pinned
    keeps hers."""
    taken: set[str] = set()
    for row in sorted(roster.on(slot), key=lambda row: (row.state == "draft" and not row.pinned, row.id)):
        if not counts(row) or not row.room_id:
            continue
        if row.room_id in taken and row.state == "draft" and not row.pinned:
            row.room_id = _free_room(roster, slot, row.staff_id) or row.room_id
        taken.add(row.room_id)


def holds(roster: Roster, wanted: Proposal) -> bool:
    """Whether a proposal may be taken over as it is: the board is as it was when it was made, and nothing that was
    entered since (leave, a limit, a closed day) speaks against a duty that it adds."""
    if board_state(roster) != wanted.base:
        return False
    facts, gone = roster.facts(), {duty.id for duty in wanted.removed}
    standing = (duty for duty in (*facts.standing, *facts.outside) if duty.id not in gone)
    held = slots_of((*standing, *wanted.added))

    def stands(duty: Duty) -> bool:
        expert = roster.experts.get(duty.expert_id)
        if expert is None or not roster.needed.get(duty.slot):
            return False
        others = [slot for slot in held[expert.id] if slot != duty.slot]
        absent = (duty.slot, expert.id) in facts.barred
        return not obstacles(expert, duty.slot, others, roster.limits, absent=absent)

    return all(stands(duty) for duty in wanted.added)


def place(
    tx: Tx,
    roster: Roster,
    slot: Slot,
    staff_id: str,
    *,
    pinned: bool = False,
    state: str = "draft",
    room_id: str | None = None,
    replaces: str | None = None,
) -> Assignment:
    """Puts an expert on a session; a duty about to leave it comes back instead. No rule is asked."""
    for row in roster.on(slot):
        if row.staff_id == staff_id and row.state == "leaving" and row.absent_at is None:
            row.state, row.pinned = "published", pinned
            roster.held[staff_id].append(slot)
            if any(one.id != row.id and one.room_id == row.room_id and counts(one) for one in roster.on(slot)):
                row.room_id = _free_room(roster, slot, staff_id)
            return row
    made = Assignment(
        id=new_id(tx),
        stream="org",
        centre_id=roster.centre_id,
        day=slot.day,
        half=slot.half,
        staff_id=staff_id,
        state=state,
        pinned=pinned,
        room_id=room_id or _free_room(roster, slot, staff_id),
        replaces_id=replaces,
    )
    tx.add(made)
    roster.add(made)
    return made


def take_off(row: Assignment) -> None:
    """A draft goes at once; what is published goes with the next publication."""
    row.state = "removed" if row.state == "draft" else "leaving"
    row.pinned = False


def _free_room(roster: Roster, slot: Slot, staff_id: str) -> str | None:
    """The room of the same expert's other half, else the first that nobody has, those of the pattern before others."""
    taken = {row.room_id for row in roster.on(slot) if counts(row)}
    session = roster.sessions.get(slot)
    other = Slot(slot.day, "pm" if slot.half == "am" else "am")
    same = [row.room_id for row in roster.on(other) if row.staff_id == staff_id and counts(row)]
    for room_id in (*same, *(session.room_ids if session else ()), *roster.rooms):
        if room_id in roster.rooms and room_id not in taken:
            return room_id
    return None


def ask_if_room_taken(roster: Roster, row: Assignment, room_id: str | None) -> None:
    """Confirmation "room-taken" if somebody else on the same session has that room."""
    for other in roster.on(Slot(row.day, row.half)):
        if room_id and other.id != row.id and other.room_id == room_id and counts(other):
            name = roster.names.get(other.staff_id, ("", ""))[1]
            question = N_("{room} is {name}'s then. Use it all the same?")
            raise Confirmation("room-taken", question, room=roster.rooms[room_id], name=name)


def check(roster: Roster, slot: Slot, staff_id: str, confirmed: frozenset[str], *, leaving: Slot | None = None) -> bool:
    """Whether it is against a rule that was knowingly set aside. UserError where none may be; else Confirmation."""
    expert = roster.expert(staff_id)
    against = roster.obstacles(staff_id, slot, leaving=leaving)
    refuse(roster, slot, staff_id, against)
    if against and "against-rule" not in confirmed:
        raise Confirmation(
            "against-rule",
            N_("{name}, {slot}: {reason}. Assign anyway?"),
            name=expert.name,
            slot=slot.words(),
            reason=reason_text(against),
        )
    return bool(against)


def refuse(roster: Roster, slot: Slot, staff_id: str, against: Sequence[Note]) -> None:
    """UserError if nobody may wave through what speaks against it."""
    barrier = refused(against)
    if barrier is not None:
        name = roster.expert(staff_id).name
        raise UserError(
            barrier.code, N_("{name}, {slot}: {reason}."), name=name, slot=slot.words(), reason=barrier.text()
        )


def find(tx: Tx, centre_id: str, assignment_id: str) -> Assignment:
    """UserError if it is gone or another centre's."""
    row = tx.get(Assignment, assignment_id)
    if row is None or row.centre_id != centre_id or row.state == "removed":
        raise UserError("no-assignment", N_("This duty is no longer on the rota."))
    return row


def find_standing(tx: Tx, centre_id: str, assignment_id: str) -> Assignment:
    """As `find`; UserError also if it only waits to be taken off, or if she is absent."""
    row = find(tx, centre_id, assignment_id)
    if row.absent_at is not None:
        raise UserError("absent", N_("This duty was marked absent; find a stand-in instead."))
    if not counts(row):
        raise UserError("not-standing", N_("This duty is no longer on the rota."))
    return row


def mark_absent(
    tx: Tx, centre_id: str, staff_id: str, day: date, halves: Sequence[str], at: datetime
) -> list[Assignment]:
    """Records the absence on each duty of that day that does not have it yet; gives those."""
    wanted = (Assignment.centre_id == centre_id, Assignment.staff_id == staff_id, Assignment.day == day)
    query = select(Assignment).where(*wanted, Assignment.half.in_(halves), Assignment.state != "removed")
    rows = [row for row in tx.execute(query.order_by(Assignment.half)).scalars() if row.absent_at is None]
    for row in rows:
        row.absent_at = at
    return rows


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday."""
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6)


def restore(tx: Tx, centre_id: str, assignment_id: str) -> Assignment:
    """Brings back what was just taken off; UserError if the seat was given to the same expert again, or if she may be
    on duty no more."""
    row = tx.get(Assignment, assignment_id)
    if row is None or row.centre_id != centre_id or row.state not in ("removed", "leaving"):
        raise UserError("no-assignment", N_("This duty is no longer on the rota."))
    roster = load_roster(tx, centre_id, row.day, row.day)
    if row.staff_id in roster.seated(Slot(row.day, row.half)):
        raise UserError("already", N_("This expert is already on that duty session."))
    slot = Slot(row.day, row.half)
    refuse(roster, slot, row.staff_id, roster.obstacles(roster.expert(row.staff_id).id, slot))
    row.state = "published" if row.state == "leaving" else "draft"
    return row
