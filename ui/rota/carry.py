"""An expert picked up from the board, by key or by pointer, until she is put down: who, from where, and what each place
would mean. Pure bookkeeping of the board; it asks nobody."""

from __future__ import annotations

from collections.abc import Mapping

from app.common.words import tr
from app.rota.rules import Slot
from app.rota.views import Targets
from ui.rota.models import BoardCell, Seat, Verdict, swap_verdict, verdicts


class Carry:
    """`seat` is None while nobody is carried. Without `targets` (not known yet) nothing has a verdict."""

    def __init__(self) -> None:
        self.seat: Seat | None = None
        self.targets: Targets | None = None
        self._slots: dict[Slot, Verdict] = {}

    @property
    def key(self) -> str:
        """The carried duty's assignment id, "" while nobody is carried."""
        return self.seat.key if self.seat is not None else ""

    def pick(self, seat: Seat) -> None:
        self.seat, self.targets, self._slots = seat, None, {}

    def put_down(self) -> None:
        self.seat, self.targets, self._slots = None, None, {}

    def know(self, targets: Targets, cells: Mapping[Slot, BoardCell]) -> bool:
        """Takes the answer if it is about who is carried now."""
        if self.seat is None or targets.staff_id != self.seat.staff_id:
            return False
        self.targets = targets
        self._slots = verdicts(targets, cells)
        return True

    def at(self, slot: Slot) -> Verdict | None:
        """What moving to a session would mean."""
        return self._slots.get(slot)

    def on(self, seat: Seat) -> Verdict | None:
        """What letting go on a chip would mean: an exchange on somebody else's duty, else a move."""
        if self.exchanges(seat) and self.targets is not None:
            return swap_verdict(self.targets, seat)
        return self.at(seat.slot)

    def exchanges(self, seat: Seat | None) -> bool:
        """Whether letting go on it exchanges the two."""
        mine = self.seat
        if mine is None or seat is None:
            return False
        return seat.movable and seat.key != mine.key and seat.staff_id != mine.staff_id and seat.slot != mine.slot

    def over(self, verdict: Verdict | None) -> str:
        """The foot line while the pointer is over something."""
        reason = (verdict.long or verdict.short) if verdict is not None else ""
        return (
            "　".join(part for part in (tr("Carrying {name}", name=self.seat.text), reason) if part)
            if self.seat
            else ""
        )

    def words(self, seat: Seat | None, slot: Slot | None) -> str:
        """The foot line while the keyboard is on `seat` or on the empty cell of `slot`."""
        if self.seat is None:
            return ""
        verdict = self.on(seat) if seat is not None else self.at(slot) if slot is not None else None
        reason = (verdict.long or verdict.short) if verdict is not None else ""
        if self.exchanges(seat) and seat is not None:
            act = tr("Ctrl+V exchanges with {name}, Ctrl+Shift+V adds here, Esc lets go", name=seat.text)
        else:
            act = tr("Ctrl+V moves here, Esc lets go")
        carried = tr("Carrying {name}", name=self.seat.text)
        return "　".join(part for part in (carried, reason, act) if part)
