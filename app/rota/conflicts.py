"""Double bookings: an expert twice on one session, a room given to two. They come about when two PCs work apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from app.common.notes import Note
from app.common.words import N_
from app.rota.facts import ON_BOARD
from app.rota.naming import name_of, slot_of
from app.rota.rules import Slot
from app.rota.views import Conflict
from db.engine import Tx
from db.models import Assignment, Room

Doubles = dict[tuple[Slot, str], list[Assignment]]
"""(session, staff id or room id) -> the duties that share it, two or more."""


def experts_twice(rows: Iterable[Assignment]) -> Doubles:
    """Who sits on one session more than once, whatever the centre."""
    return _shared((slot_of(row), row.staff_id, row) for row in rows)


def rooms_twice(rows: Iterable[Assignment]) -> Doubles:
    """Which room was given to different experts on one session."""
    found = _shared((slot_of(row), row.room_id, row) for row in rows if row.room_id)
    return {place: held for place, held in found.items() if len({row.staff_id for row in held}) > 1}


def _shared(placed: Iterable[tuple[Slot, str, Assignment]]) -> Doubles:
    held: Doubles = defaultdict(list)
    for slot, what, row in placed:
        held[slot, what].append(row)
    return {place: rows for place, rows in held.items() if len(rows) > 1}


def find_conflicts(tx: Tx, centre_id: str, first: date, last: date) -> tuple[Conflict, ...]:
    """All of the days from `first` to `last`, the earliest first."""
    wanted = (Assignment.centre_id == centre_id, Assignment.day >= first, Assignment.day <= last)
    query = select(Assignment).where(*wanted, Assignment.state.in_(ON_BOARD), Assignment.absent_at.is_(None))
    rows = list(tx.execute(query.order_by(Assignment.id)).scalars())
    found = [_twice(tx, slot, held) for (slot, _staff), held in experts_twice(rows).items()]
    found += [_same_room(tx, slot, room_id, held) for (slot, room_id), held in rooms_twice(rows).items()]
    return tuple(sorted(found, key=lambda one: (one.slot, one.note.code, one.assignment_ids)))


def _twice(tx: Tx, slot: Slot, rows: list[Assignment]) -> Conflict:
    words = N_("{name} is on it twice")
    name = name_of(tx, rows[0].staff_id)
    return Conflict(slot, Note.of("twice", words, name=name), tuple(row.id for row in rows))


def _same_room(tx: Tx, slot: Slot, room_id: str, rows: list[Assignment]) -> Conflict:
    room = tx.get(Room, room_id)
    names = list(dict.fromkeys(name_of(tx, row.staff_id) for row in rows))
    words = N_("{name} and {other} both in {room}")
    note = Note.of("room-twice", words, name=names[0], other=names[1], room=room.name if room else "")
    return Conflict(slot, note, tuple(row.id for row in rows))
