"""How an act on the rota is called when it is undone: the person, the session, in the language then in force."""

from __future__ import annotations

from dataclasses import dataclass

from app.common.notes import Note, Spoken
from app.common.words import N_, tr
from app.rota.rules import Slot
from db.engine import Tx
from db.models import Assignment, Room, Staff


@dataclass(frozen=True, slots=True)
class SlotWords(Spoken):
    """ "1月4日 周一上午", looked up when shown."""

    slot: Slot

    def __str__(self) -> str:
        return tr("{month}/{day} {slot}", month=self.slot.day.month, day=self.slot.day.day, slot=self.slot.words())


def slot_of(row: Assignment) -> Slot:
    """The session that a duty is on."""
    return Slot(row.day, row.half)


def name_of(tx: Tx, staff_id: str) -> str:
    """A person's name; empty for one who is not in the file."""
    person = tx.get(Staff, staff_id)
    return person.name if person is not None else ""


def assigned(tx: Tx, row: Assignment) -> Note:
    return _at(tx, row, "rota.assigned", N_("{name} assigned to {slot}"))


def taken_off(tx: Tx, row: Assignment) -> Note:
    return _at(tx, row, "rota.unassigned", N_("{name} taken off {slot}"))


def put_back(tx: Tx, row: Assignment) -> Note:
    return _at(tx, row, "rota.restored", N_("{name} put back on {slot}"))


def pinned(tx: Tx, row: Assignment) -> Note:
    if row.pinned:
        return _at(tx, row, "rota.pinned", N_("{name} pinned to {slot}"))
    return _at(tx, row, "rota.unpinned", N_("{name} no longer pinned to {slot}"))


def present(tx: Tx, row: Assignment) -> Note:
    return _at(tx, row, "rota.present", N_("{name} comes on {slot} after all"))


def absent(name: str, rows: tuple[Assignment, ...] | list[Assignment]) -> Note:
    """One half day, or two of one day."""
    if len(rows) == 1:
        return Note.of("rota.absent", N_("{name} absent on {slot}"), name=name, slot=SlotWords(slot_of(rows[0])))
    day = rows[0].day
    return Note.of("rota.absent", N_("{name} absent all day on {month}/{day}"), name=name, month=day.month, day=day.day)


def moved(tx: Tx, row: Assignment, to: Slot) -> Note:
    """`row` is the duty that was left."""
    name = name_of(tx, row.staff_id)
    words = N_("{name} moved from {left} to {slot}")
    return Note.of("rota.moved", words, name=name, left=SlotWords(slot_of(row)), slot=SlotWords(to))


def exchanged(tx: Tx, one: Assignment, other: Assignment) -> Note:
    return Note.of(
        "rota.exchanged",
        N_("{name} ({slot}) and {other} ({there}) exchanged"),
        name=name_of(tx, one.staff_id),
        slot=SlotWords(slot_of(one)),
        other=name_of(tx, other.staff_id),
        there=SlotWords(slot_of(other)),
    )


def replaced(tx: Tx, absent_row: Assignment, staff_id: str) -> Note:
    return Note.of(
        "rota.replaced",
        N_("{name} stands in for {absent} on {slot}"),
        name=name_of(tx, staff_id),
        absent=name_of(tx, absent_row.staff_id),
        slot=SlotWords(slot_of(absent_row)),
    )


def room_set(tx: Tx, row: Assignment) -> Note:
    room = tx.get(Room, row.room_id) if row.room_id else None
    if room is None:
        return _at(tx, row, "rota.room", N_("{name} without a room on {slot}"))
    words = N_("{name} in {room} on {slot}")
    name = name_of(tx, row.staff_id)
    return Note.of("rota.room", words, name=name, room=room.name, slot=SlotWords(slot_of(row)))


def filled(count: int, gone: int) -> Note:
    """`count` duties came, `gone` went."""
    if gone:
        return Note.of("rota.filled", N_("proposal adopted: {count} added, {gone} taken off"), count=count, gone=gone)
    return Note.of("rota.filled", N_("proposal adopted: {count} added"), count=count)


def published(added: int, removed: int) -> Note:
    words = N_("published: {added} added, {removed} taken off")
    return Note.of("rota.published", words, added=added, removed=removed)


def _at(tx: Tx, row: Assignment, code: str, words: str) -> Note:
    return Note.of(code, words, name=name_of(tx, row.staff_id), slot=SlotWords(slot_of(row)))
