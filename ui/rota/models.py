"""What the board draws: a week or a month as it stands, with a proposal laid over it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.common.words import N_, ntr, tr
from app.rota.rules import HALF_WORDS, REFUSED, WEEKDAYS, Slot
from app.rota.views import AssignmentView, CellView, GapView, Proposal, Targets, WeekView

_SHORT = {
    "leave": N_("on leave"),
    "limit": N_("week full"),
    "month": N_("month full"),
    "row": N_("days in a row"),
    "weekends": N_("weekends full"),
    "same-day": N_("same day already"),
    "check-expired": N_("check expired"),
    "check-missing": N_("no check"),
    "unavailable": N_("not her session"),
    "absent": N_("called in absent"),
    "already": N_("already here"),
    "speciality": N_("speciality missing"),
    "not-an-expert": N_("no longer an expert"),
    "twice": N_("booked twice"),
    "room-twice": N_("room taken twice"),
}
CLASHES = frozenset({"twice", "room-twice"})
"""Double bookings; the other warnings are about one expert alone."""

_STATES = {
    "draft": N_("not published yet"),
    "new": N_("proposed"),
    "going": N_("proposed to go"),
    "leaving": N_("goes when published"),
}
_TAGS = {"new": N_("new"), "going": N_("goes"), "leaving": N_("going"), "absent": N_("absent")}
"""The word beside a name, so that a line style never says it alone."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One chip. `kind`: duty, draft, new (proposed), going (proposed to go), leaving, absent or gap.
    `key` is the assignment's id, empty for a gap or what is only proposed. `word` says a warning briefly; `clash`: it
    is a double booking. `faded`: the filter is looking for others."""

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
    word: str = ""
    clash: bool = False
    faded: bool = False

    def says(self) -> str:
        """What a screen reader says."""
        state = tr(_STATES[self.kind]) if self.kind in _STATES else ""
        pinned = tr("pinned") if self.pinned else ""
        absent = tr("absent") if self.kind == "absent" else ""
        parts = (self.text, absent, self.room, state, pinned, self.note, self.warning)
        return "，".join(part for part in parts if part)

    def tag(self) -> str:
        """The small word at its right end."""
        return self.word or (tr(_TAGS[self.kind]) if self.kind in _TAGS else "")

    @property
    def movable(self) -> bool:
        return self.kind in ("duty", "draft")

    @property
    def problem(self) -> bool:
        """Whether F8 stops at it."""
        return self.kind == "gap" or bool(self.warning)


@dataclass(frozen=True, slots=True)
class BoardCell:
    """The chips of one session; `closed` says why there is no duty; `why` stands under a gap; `note` says how it
    differs from the pattern; `full`: nobody is missing."""

    slot: Slot
    seats: tuple[Seat, ...]
    closed: str = ""
    why: str = ""
    note: str = ""
    full: bool = False


@dataclass(frozen=True, slots=True)
class BoardDay:
    """A column's head; `workday`: a make-up workday, which is flagged."""

    day: date
    title: str
    note: str
    tip: str
    closed: bool
    today: bool
    workday: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would come of letting go here. `tone`: accent (free), attention (asks first) or urgent (refused)."""

    tone: str
    short: str
    long: str = ""

    @property
    def refused(self) -> bool:
        return self.tone == "urgent"


def board_days(view: WeekView, today: date) -> tuple[BoardDay, ...]:
    """The days that have duty."""
    found = []
    for day in view.days:
        note = day.holiday or (tr("{name}, a workday", name=day.workday) if day.workday else "")
        if day.away:
            away = ntr("{n} on leave", "{n} on leave", len(day.away))
            note = " · ".join(part for part in (note, away) if part)
        title = tr("{weekday} {day}", weekday=tr(WEEKDAYS[day.day.weekday()]), day=day.day.day)
        tip = tr("On leave: {names}", names=tr(", ").join(day.away)) if day.away else ""
        closed = day.holiday is not None
        found.append(BoardDay(day.day, title, note, tip, closed, day.day == today, day.workday is not None))
    return tuple(found)


def board_cells(
    view: WeekView, proposal: Proposal | None, own: str, wanted: Collection[str] | None = None
) -> dict[Slot, BoardCell]:
    """The cells of the stretch. `own` is the signed-in person's staff id, whose duties stand out; `wanted` are the
    staff ids that a filter looks for (None: no filter)."""
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
        if wanted is not None:
            seats = [replace(seat, faded=True) if seat.staff_id not in wanted else seat for seat in seats]
        closed = (holidays.get(slot.day) or cell.reason or tr("no duty")) if not cell.needed else ""
        note = _note(cell, view) if cell.needed else ""
        cells[slot] = BoardCell(slot, tuple(seats), closed, _why(gap), note, gap is None)
    return cells


def _note(cell: CellView, view: WeekView) -> str:
    """Other hours than the centre's, and why."""
    hours = f"{cell.hours[0]}–{cell.hours[1]}" if cell.hours != view.hours[cell.slot.half] else ""
    wanted = tr("needs: {specialities}", specialities=tr(", ").join(cell.specialities)) if cell.specialities else ""
    return " · ".join(part for part in (hours, cell.reason, wanted) if part)


def _why(gap: GapView | None) -> str:
    """Under a gap: why nobody can; or how many could, where the chip says who is missing."""
    if gap is None or gap.short.code == "gap.free":
        return ""
    return ntr("{n} free", "{n} free", gap.free) if gap.free else gap.long.text()


def _seat(duty: AssignmentView, own: str, view: WeekView) -> Seat:
    kind = "duty"
    if duty.absent_at is not None:
        kind = "absent"
    elif duty.state == "leaving":
        kind = "leaving"
    elif duty.state == "draft":
        kind = "draft" if view.published else "duty"
    worst = sorted(duty.warnings, key=lambda note: note.code not in CLASHES)
    return Seat(
        duty.slot,
        kind,
        duty.name,
        key=duty.id,
        staff_id=duty.staff_id,
        pinned=duty.pinned,
        warning="；".join(note.text() for note in duty.warnings),
        note="、".join(duty.specialities),
        own=duty.staff_id == own,
        room=(duty.room or "") if kind in ("duty", "draft") else "",
        word=short_words(worst[0].code) if worst else "",
        clash=bool(worst) and worst[0].code in CLASHES,
    )


def _proposed(slot: Slot, seats: list[Seat], proposal: Proposal, own: str) -> list[Seat]:
    going = {duty.id for duty in proposal.removed if duty.slot == slot}
    changed = [
        Seat(seat.slot, "going", seat.text, key=seat.key, staff_id=seat.staff_id, note=seat.note, own=seat.own)
        if seat.key in going
        else seat
        for seat in seats
    ]
    return changed + [
        Seat(slot, "new", duty.name, staff_id=duty.staff_id, own=duty.staff_id == own)
        for duty in proposal.duties
        if duty.new and duty.slot == slot
    ]


def verdicts(targets: Targets, cells: Mapping[Slot, BoardCell]) -> dict[Slot, Verdict]:
    """For each cell: what would come of putting the carried expert there."""
    found = {}
    for slot, cell in cells.items():
        if slot == targets.left:
            continue
        notes = targets.slots.get(slot)
        if notes is None or (cell.closed and not cell.seats):
            found[slot] = Verdict("urgent", tr("no duty then"))
            continue
        long = "；".join(note.text() for note in notes)
        if any(note.code in REFUSED for note in notes):
            barrier = next(note for note in notes if note.code in REFUSED)
            found[slot] = Verdict("urgent", tr("not allowed: {reason}", reason=short_words(barrier.code)), long)
        elif notes:
            found[slot] = Verdict("attention", tr(" · ").join(short_words(note.code) for note in notes[:2]), long)
        else:
            found[slot] = Verdict("accent", tr("possible, full") if cell.full else tr("possible"))
    return found


def swap_verdict(targets: Targets, seat: Seat) -> Verdict:
    """What would come of exchanging the carried expert with `seat`."""
    mine = targets.slots.get(seat.slot, ())
    theirs = targets.swaps.get(seat.key, ())
    both = [(targets.name, note) for note in mine] + [(seat.text, note) for note in theirs]
    long = "；".join(f"{name} {note.text()}" for name, note in both)
    barrier = next(((name, note) for name, note in both if note.code in REFUSED), None)
    if barrier is not None:
        return Verdict(
            "urgent", tr("not allowed: {reason}", reason=f"{barrier[0]} {short_words(barrier[1].code)}"), long
        )
    if both:
        words = tr(" · ").join(f"{name} {short_words(note.code)}" for name, note in both[:2])
        return Verdict("attention", words, long)
    return Verdict("accent", tr("exchange with {name}", name=seat.text))


def short_words(code: str) -> str:
    """A reason as briefly as a chip needs it."""
    return tr(_SHORT[code]) if code in _SHORT else tr("look here")


def period_words(first: date, last: date) -> str:
    """11月23–29日, or 11月30日–12月6日."""
    if first.month == last.month:
        return tr("{month}/{first}–{last}", month=first.month, first=first.day, last=last.day)
    return tr("{month}/{day}–{month2}/{day2}", month=first.month, day=first.day, month2=last.month, day2=last.day)


def half_words(half: str) -> str:
    return tr(HALF_WORDS[half])


def slot_words(slot: Slot) -> str:
    """1月4日 周一上午."""
    return tr("{month}/{day} {slot}", month=slot.day.month, day=slot.day.day, slot=slot.words())
