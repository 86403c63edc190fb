"""What the board draws: the week as it stands, with a proposal laid over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.common.words import ntr, tr
from app.rota.rules import HALF_WORDS, WEEKDAYS, Slot
from app.rota.views import AssignmentView, GapView, Proposal, WeekView


@dataclass(frozen=True, slots=True)
class Seat:
    """One chip. `kind`: duty, draft, new (proposed), going (proposed to go), leaving, absent or gap.
    `key` is the assignment's id, empty for a gap or a proposal."""

    slot: Slot
    kind: str
    text: str
    key: str = ""
    staff_id: str = ""
    pinned: bool = False
    warning: str = ""
    note: str = ""
    own: bool = False
    room: str = ""

    def says(self) -> str:
        """What a screen reader says."""
        words = {
            "draft": tr("not published yet"),
            "new": tr("proposed"),
            "going": tr("proposed to go"),
            "leaving": tr("goes when published"),
        }
        parts = (
            self.text,
            self.room,
            words.get(self.kind, ""),
            tr("pinned") if self.pinned else "",
            self.note,
            self.warning,
        )
        return "，".join(part for part in parts if part)

    @property
    def movable(self) -> bool:
        return self.kind in ("duty", "draft")


@dataclass(frozen=True, slots=True)
class BoardCell:
    """The chips of one session; `closed` says why there is no duty; `why` stands under a gap."""

    slot: Slot
    seats: tuple[Seat, ...]
    closed: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class BoardDay:
    """A column's head."""

    day: date
    title: str
    note: str
    tip: str
    closed: bool
    today: bool


def board_days(view: WeekView, today: date) -> tuple[BoardDay, ...]:
    """The days that have duty."""
    found = []
    for day in view.days:
        note = day.holiday or (tr("{name}, a workday", name=day.workday) if day.workday else "")
        if not note and day.away:
            note = ntr("{n} on leave", "{n} on leave", len(day.away))
        title = tr("{weekday} {day}", weekday=tr(WEEKDAYS[day.day.weekday()]), day=day.day.day)
        tip = tr("On leave: {names}", names=tr(", ").join(day.away)) if day.away else ""
        found.append(BoardDay(day.day, title, note, tip, day.holiday is not None, day.day == today))
    return tuple(found)


def board_cells(view: WeekView, proposal: Proposal | None, own: str) -> dict[Slot, BoardCell]:
    """The cells of the week; `own` is the signed-in person's staff id, whose duties stand out."""
    holidays = {day.day: day.holiday for day in view.days if day.holiday}
    cells = {}
    for slot, cell in view.cells.items():
        seats = [_seat(duty, own, view) for duty in cell.assignments]
        gap = cell.gap
        if proposal is not None and proposal.first <= slot.day <= proposal.last:
            seats = _proposed(slot, seats, proposal, own)
            gap = next((found for found in proposal.gaps if found.slot == slot), None)
        if gap is not None:
            seats.append(Seat(slot, "gap", gap.short.text(), note=gap.long.text()))
        closed = holidays.get(slot.day, "") if not cell.needed else ""
        cells[slot] = BoardCell(slot, tuple(seats), closed or "", _why(gap))
    return cells


def _why(gap: GapView | None) -> str:
    """Under a gap: why nobody can; or how many could, where the chip says who is missing."""
    if gap is None or gap.short.code == "gap.free":
        return ""
    return ntr("{n} free", "{n} free", gap.free) if gap.free else gap.long.text()


def _seat(duty: AssignmentView, own: str, view: WeekView) -> Seat:
    kind = "duty"
    note = "、".join(duty.specialities)
    if duty.absent_at is not None:
        kind = "absent"
    elif duty.state == "leaving":
        kind = "leaving"
    elif duty.state == "draft":
        kind = "draft" if view.published else "duty"
    return Seat(
        duty.slot,
        kind,
        tr("{name} · absent", name=duty.name) if kind == "absent" else duty.name,
        key=duty.id,
        staff_id=duty.staff_id,
        pinned=duty.pinned,
        warning="；".join(note.text() for note in duty.warnings),
        note=note,
        own=duty.staff_id == own,
        room=(duty.room or "") if kind in ("duty", "draft") else "",
    )


def _proposed(slot: Slot, seats: list[Seat], proposal: Proposal, own: str) -> list[Seat]:
    going = {duty.id for duty in proposal.removed if duty.slot == slot}
    changed = [
        Seat(seat.slot, "going", seat.text, staff_id=seat.staff_id, note=seat.note) if seat.key in going else seat
        for seat in seats
    ]
    return changed + [
        Seat(slot, "new", duty.name, staff_id=duty.staff_id, own=duty.staff_id == own)
        for duty in proposal.duties
        if duty.new and duty.slot == slot
    ]


def period_words(first: date, last: date) -> str:
    """11月23–29日, or 11月30日–12月6日."""
    if first.month == last.month:
        return tr("{month}/{first}–{last}", month=first.month, first=first.day, last=last.day)
    return tr("{month}/{day}–{month2}/{day2}", month=first.month, day=first.day, month2=last.month, day2=last.day)


def half_words(half: str) -> str:
    return tr(HALF_WORDS[half])
