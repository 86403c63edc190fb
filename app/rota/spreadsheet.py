"""The board as a workbook: by session, by expert with counts, and every gap with each candidate's reason.

Every cell of words is stored as text, so that a name which begins with "=" is a name.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.common.words import tr
from app.rota import show
from app.rota.facts import Roster, counts, load_roster
from app.rota.rules import HALF_WORDS, HALVES, WEEKDAYS, Slot
from app.rota.views import CellView, GapView, WeekView
from db.engine import Tx

Cell = Any
"""A text, a whole number or a date."""
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: `widths` in characters, a column each."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]


def book_content(tx: Tx, centre_id: str, first: date, last: date) -> tuple[Page, ...]:
    """In the language in force."""
    roster = load_roster(tx, centre_id, first, last)
    view = show.week_view(roster)
    return _by_session(roster, view), _by_expert(roster), _gaps(roster, view)


def _by_session(roster: Roster, view: WeekView) -> Page:
    seats = max((len(_seated(cell)) for cell in view.cells.values()), default=0)
    header = (
        *(tr("Date"), tr("Weekday"), tr("Session"), tr("Hours"), tr("Needed"), tr("Assigned"), tr("Missing")),
        *(tr("Expert {n}", n=number + 1) for number in range(seats)),
        tr("State"),
        tr("Remarks"),
    )
    rows = tuple(_session(roster, cell, seats) for _, cell in sorted(view.cells.items()))
    return Page(tr("By session"), header, rows, (12, 8, 8, 13, 8, 8, 8, *(16 for _ in range(seats)), 14, 40))


def _session(roster: Roster, cell: CellView, seats: int) -> tuple[Cell, ...]:
    slot, people = cell.slot, _seated(cell)
    named = [f"{one.name}（{one.room}）" if one.room else one.name for one in people]
    waiting = sum(one.state != "published" for one in cell.assignments)
    absent = [one.name for one in cell.assignments if one.absent_at is not None]
    leaving = [one.name for one in cell.assignments if one.state == "leaving"]
    remarks = [
        roster.holidays.get(slot.day, "") or roster.workdays.get(slot.day, ""),
        cell.reason,
        tr("absent: {names}", names=tr(", ").join(absent)) if absent else "",
        tr("taken off, not published: {names}", names=tr(", ").join(leaving)) if leaving else "",
    ]
    return (
        *_when(slot),
        "–".join(cell.hours),
        cell.needed,
        len(people),
        max(0, cell.needed - len(people)),
        *named,
        *("" for _ in range(seats - len(named))),
        tr("draft") if waiting else tr("published") if people else "",
        tr("; ").join(part for part in remarks if part),
    )


def _seated(cell: CellView) -> list[Any]:
    return [one for one in cell.assignments if one.state != "leaving" and one.absent_at is None]


def _when(slot: Slot) -> tuple[Cell, Cell, Cell]:
    return slot.day, tr(WEEKDAYS[slot.day.weekday()]), tr(HALF_WORDS[slot.half])


def _by_expert(roster: Roster) -> Page:
    header = (
        *(tr("Number"), tr("Name"), tr("Duties"), tr("Mornings"), tr("Afternoons")),
        *(tr("Weekends"), tr("Public holidays"), tr("Carried over"), tr("Together"), tr("Days of duty")),
    )
    held: dict[str, list[Slot]] = {who: [] for who in roster.experts}
    for row in roster.rows:
        if counts(row) and roster.first <= row.day <= roster.last:
            held.setdefault(row.staff_id, []).append(Slot(row.day, row.half))
    rows = [_expert(roster, who, sorted(slots)) for who, slots in held.items()]
    rows.sort(key=lambda row: str(row[0]))
    return Page(tr("By expert"), header, tuple(rows), (10, 12, 8, 8, 8, 8, 10, 10, 8, 80))


def _expert(roster: Roster, who: str, slots: Sequence[Slot]) -> tuple[Cell, ...]:
    number, name = roster.names.get(who, ("", ""))
    carried = roster.experts[who].load if who in roster.experts else 0
    return (
        number,
        name,
        len(slots),
        *(sum(slot.half == half for slot in slots) for half in HALVES),
        sum(slot.weekend for slot in slots),
        sum(slot.day in roster.holidays for slot in slots),
        carried,
        carried + len(slots),
        tr(", ").join(f"{slot.day:%m-%d} {slot.words()}" for slot in slots),
    )


def _gaps(roster: Roster, view: WeekView) -> Page:
    header = (
        *(tr("Date"), tr("Weekday"), tr("Session"), tr("Missing"), tr("Why")),
        *(tr("Number"), tr("Name"), tr("Why not")),
    )
    names = {expert.number: expert.name for expert in roster.experts.values()}
    gaps = [(slot, cell.gap) for slot, cell in sorted(view.cells.items()) if cell.gap is not None]
    rows = tuple(row for slot, gap in gaps for row in _gap(slot, gap, names))
    return Page(tr("Gaps"), header, rows, (12, 8, 8, 8, 50, 10, 12, 50))


def _gap(slot: Slot, gap: GapView, names: dict[str, str]) -> Iterable[tuple[Cell, ...]]:
    """A row for each expert, so that the sheet can be filtered by reason."""
    head = (*_when(slot), gap.missing, gap.long.text())
    if not gap.reasons:
        yield (*head, "", "", "")
    for number, reason in sorted(gap.reasons.items()):
        yield (*head, number, names.get(number, ""), reason)


def render_book(pages: Sequence[Page]) -> bytes:
    """The XLSX file."""
    from openpyxl import Workbook  # slow to import
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    bold, wrapped = Font(bold=True), Alignment(vertical="top", wrap_text=True)
    for page in pages:
        sheet = book.create_sheet(page.title[:31])
        for number, width in enumerate(page.widths, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(page.header))}{len(page.rows) + 1}"
        for line, row in enumerate((page.header, *page.rows)):
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=_UNPRINTABLE.sub("", value) if isinstance(value, str) else value)
                if isinstance(value, str):
                    cell.data_type = "s"  # also for what begins with "="
                    cell.number_format = "@"
                elif isinstance(value, date):
                    cell.number_format = "yyyy-mm-dd"
                cell.alignment = wrapped
                if line == 0:
                    cell.font = bold
                cells.append(cell)
            sheet.append(cells)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
