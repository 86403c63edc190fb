"""How two states of the rota differ, in words that an expert can be told: pure comparison of lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.common.notes import Note, Spoken
from app.common.words import N_, tr
from app.rota.naming import SlotWords
from app.rota.rules import Slot

ADDED, REMOVED, ROOM, HANDS = "added", "removed", "room", "hands"


@dataclass(frozen=True, slots=True)
class Line:
    """One duty of a state: who is on which session, in which room (None: none)."""

    slot: Slot
    staff_id: str
    room_id: str | None = None
    id: str = ""

    @property
    def key(self) -> tuple[Slot, str, str, str]:
        """The order that lines are kept in."""
        return self.slot, self.staff_id, self.id, self.room_id or ""

    def stored(self) -> list[Any]:
        """As a publication keeps it."""
        return [self.id, self.slot.day.isoformat(), self.slot.half, self.staff_id, self.room_id]


def read_line(stored: Sequence[Any]) -> Line:
    """What `Line.stored` made."""
    assignment_id, day, half, staff_id, room_id = stored
    return Line(Slot(date.fromisoformat(day), half), staff_id, room_id, assignment_id)


@dataclass(frozen=True, slots=True)
class Difference:
    """One change of one session. `kind`: "added" (only `now`), "removed" (only `before`), "room" (the same expert
    elsewhere) or "hands" (`now` sits where `before` sat)."""

    slot: Slot
    kind: str
    before: Line | None = None
    now: Line | None = None

    @property
    def staff_ids(self) -> tuple[str, ...]:
        """Whom it concerns, whoever goes first."""
        return tuple(dict.fromkeys(line.staff_id for line in (self.before, self.now) if line is not None))


def differences(before: Iterable[Line], now: Iterable[Line]) -> tuple[Difference, ...]:
    """Session by session, in order. An expert who stands twice on one session counts once. Somebody who goes and
    somebody who comes on the same session are one change of hands, those of the same room first."""
    old, new = _by_slot(before), _by_slot(now)
    found: list[Difference] = []
    for slot in sorted({*old, *new}):
        found += _of_slot(slot, old.get(slot, {}), new.get(slot, {}))
    return tuple(found)


def _by_slot(lines: Iterable[Line]) -> dict[Slot, dict[str, Line]]:
    found: dict[Slot, dict[str, Line]] = defaultdict(dict)
    for line in sorted(lines, key=lambda line: line.key):
        found[line.slot].setdefault(line.staff_id, line)
    return found


def _of_slot(slot: Slot, old: Mapping[str, Line], new: Mapping[str, Line]) -> list[Difference]:
    moved = [
        Difference(slot, ROOM, line, new[who])
        for who, line in old.items()
        if who in new and new[who].room_id != line.room_id
    ]
    gone = [line for who, line in old.items() if who not in new]
    come = [line for who, line in new.items() if who not in old]
    pairs: list[tuple[Line, Line]] = []
    for same_room in (True, False):
        for line in list(gone):
            match = next((one for one in come if not same_room or (one.room_id and one.room_id == line.room_id)), None)
            if match is not None:
                pairs.append((line, match))
                gone.remove(line)
                come.remove(match)
    return [
        *(Difference(slot, HANDS, one, other) for one, other in pairs),
        *(Difference(slot, REMOVED, before=line) for line in gone),
        *(Difference(slot, ADDED, now=line) for line in come),
        *moved,
    ]


def latest(lines_of: Sequence[tuple[date, date, Sequence[Line]]]) -> tuple[dict[Slot, list[Line]], set[date]]:
    """What the newest of several versions, given oldest first as (first, last, lines), says of each of its days: the
    lines by session, and the days that any version covers."""
    lines: dict[Slot, list[Line]] = {}
    days: set[date] = set()
    for first, last, content in lines_of:
        for slot in [slot for slot in lines if first <= slot.day <= last]:
            del lines[slot]
        days |= {date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)}
        for line in content:
            lines.setdefault(line.slot, []).append(line)
    return lines, days


def told(difference: Difference, names: Mapping[str, str], rooms: Mapping[str, str]) -> Note:
    """What changes on the session, for who keeps the rota."""
    old, new = difference.before, difference.now
    who = names.get((new or old or Line(difference.slot, "")).staff_id, "?")
    there, here = _room(new, rooms), _room(old, rooms)
    if difference.kind == HANDS:
        return Note.of(HANDS, N_("{name} instead of {other}"), name=who, other=names.get(_who(old), "?"))
    if difference.kind == ROOM:
        return Note.of(ROOM, N_("{name}: {room} instead of {other}"), name=who, room=there, other=here)
    return Note.of(
        difference.kind, N_("{name} added") if difference.kind == ADDED else N_("{name} taken off"), name=who
    )


def told_to(staff_id: str, difference: Difference, names: Mapping[str, str], rooms: Mapping[str, str]) -> Note:
    """The same as it is told to one of the experts concerned."""
    old, new = difference.before, difference.now
    slot = SlotWords(difference.slot)
    if difference.kind == ROOM:
        said = N_("{slot}: {room} instead of {other}")
        return Note.of(ROOM, said, slot=slot, room=_room(new, rooms), other=_room(old, rooms))
    if _who(new) == staff_id:
        room = _room(new, rooms)
        if difference.kind == HANDS:
            said = N_("{slot}: new duty, {room}, in place of {name}")
            return Note.of(ADDED, said, slot=slot, room=room, name=names.get(_who(old), "?"))
        return Note.of(ADDED, N_("{slot}: new duty, {room}"), slot=slot, room=room)
    if difference.kind == HANDS:
        said = N_("{slot}: no longer on duty, {name} comes")
        return Note.of(REMOVED, said, slot=slot, name=names.get(_who(new), "?"))
    return Note.of(REMOVED, N_("{slot}: no longer on duty"), slot=slot)


def _who(line: Line | None) -> str:
    return line.staff_id if line is not None else ""


class _NoRoom(Spoken):
    """Looked up when the note around it is shown."""

    def __str__(self) -> str:
        return tr("no room yet")


def _room(line: Line | None, rooms: Mapping[str, str]) -> object:
    return rooms.get((line.room_id if line else None) or "") or _NoRoom()
