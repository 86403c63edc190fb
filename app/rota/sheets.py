"""What stands on each expert's page, from the rota in force. Paper is Chinese: nothing here is in the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.common.errors import UserError
from app.common.words import N_
from app.printing import words
from app.printing.duty_sheet import DutyLine, DutySheetContent, render_duty_sheets
from app.rota.poster import HALF_WORDS, InForce, footnote, load_in_force, special
from app.rota.rules import HALVES, Slot
from db.engine import Tx
from db.models import Assignment

__all__ = ["people", "render_duty_sheets", "sheet_contents"]

NOTHING = N_("The rota of these days is not published yet.")


def sheet_contents(
    tx: Tx, centre_id: str, first: date, last: date, staff_ids: Sequence[str] | None, printed: date
) -> list[DutySheetContent]:
    """By staff number; without `staff_ids`, everybody with a duty. UserError while nothing is published, or if nobody
    of the stretch is on duty."""
    board = load_in_force(tx, centre_id, first, last, NOTHING)
    duties = duties_by_expert(board)
    wanted = [who for who in (duties if staff_ids is None else staff_ids) if who in board.roster.names]
    if not wanted:
        raise UserError("nobody-on-duty", N_("Nobody is on duty in these days."))
    wanted.sort(key=lambda who: board.roster.names[who])
    return [_sheet(board, who, duties.get(who, []), printed) for who in wanted]


def people(tx: Tx, centre_id: str, first: date, last: date) -> tuple[tuple[str, str], ...]:
    """(staff id, "E001 王子琪") of everybody with a duty in force; empty while nothing is published."""
    try:
        board = load_in_force(tx, centre_id, first, last, NOTHING)
    except UserError as error:
        if error.code != "nothing-published":
            raise
        return ()
    found = sorted((board.roster.names[who], who) for who in duties_by_expert(board))
    return tuple((who, f"{number} {name}") for (number, name), who in found)


def duties_by_expert(board: InForce) -> dict[str, list[Assignment]]:
    """Staff id -> the duties in force, in order."""
    found: dict[str, list[Assignment]] = {}
    for slot in sorted(board.roster.by_slot):
        if board.roster.first <= slot.day <= board.roster.last:
            for row in board.on(slot):
                found.setdefault(row.staff_id, []).append(row)
    return found


def colleagues(board: InForce, row: Assignment) -> list[str]:
    """Who else is there, in the order of the rooms."""
    return [board.name(one) for one in board.on(Slot(row.day, row.half)) if one.staff_id != row.staff_id]


def _sheet(board: InForce, staff_id: str, rows: Sequence[Assignment], printed: date) -> DutySheetContent:
    roster = board.roster
    number, name = roster.names[staff_id]
    return DutySheetContent(
        name,
        number,
        f"{roster.first:%Y-%m-%d} 至 {roster.last:%Y-%m-%d}",
        tuple(_line(board, row) for row in rows),
        _total(board, rows),
        footnote(board, printed),
        centre_name=board.centre_name,
        hotline=board.hotline,
        watermark=board.watermark,
    )


def _line(board: InForce, row: Assignment) -> DutyLine:
    slot = Slot(row.day, row.half)
    return DutyLine(
        row.day.isoformat(),
        words.weekday(row.day),
        HALF_WORDS[row.half],
        "–".join(board.roster.hours_of(slot)),
        board.room(row) or "待定",
        "、".join(colleagues(board, row)) or "—",
        special(board.roster, row.day),
    )


def _total(board: InForce, rows: Sequence[Assignment]) -> str:
    halves = {half: sum(row.half == half for row in rows) for half in HALVES}
    parts = [f"共 {len(rows)} 次"]
    parts += [f"{HALF_WORDS[half]} {count} 次" for half, count in halves.items() if count]
    weekends = sum(Slot(row.day, row.half).weekend for row in rows)
    holidays = sum(row.day in board.roster.holidays for row in rows)
    parts += [f"周末 {weekends} 次"] if weekends else []
    parts += [f"节假日 {holidays} 次"] if holidays else []
    return " · ".join(parts)
