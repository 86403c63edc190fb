"""The published week and month as the wall's posters: who is coming, not what is being planned.

Paper is Chinese whatever language the window speaks, so nothing here goes through the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.common.clock import local
from app.common.errors import UserError
from app.common.words import N_
from app.printing import words
from app.printing.month_poster import MonthContent, MonthDay, MonthHalf, render_month
from app.printing.poster import PosterCell, PosterContent, PosterDay, PosterPerson, PosterRow, render_poster
from app.rota.facts import Roster, in_force, load_roster
from app.rota.published import load_versions, state_of
from app.rota.rules import HALVES, Slot, monday, month_end
from db.engine import Tx
from db.models import Assignment, Centre, Organisation, Publication

__all__ = ["InForce", "load_in_force", "month_content", "render_month", "render_poster", "week_content"]

HALF_WORDS = {"am": "上午", "pm": "下午"}
TITLE = "专家值班表"
NOT_YET = "尚未发布"
CLOSED = "不值班"


@dataclass(frozen=True, slots=True)
class InForce:
    """The rota that people have been told. `days`: those that are published; `version` says which version it is."""

    roster: Roster
    days: frozenset[date]
    version: str
    centre_name: str
    hotline: str
    address: str
    organisation_id: str
    watermark: str

    def on(self, slot: Slot) -> list[Assignment]:
        """Who is coming, in the order of the rooms."""
        order = list(self.roster.rooms)
        rows = [row for row in self.roster.on(slot) if in_force(row) and row.staff_id in self.roster.names]
        place = {room: number for number, room in enumerate(order)}
        return sorted(rows, key=lambda row: (place.get(row.room_id or "", 99), self.roster.names[row.staff_id]))

    def name(self, row: Assignment) -> str:
        return self.roster.names[row.staff_id][1]

    def room(self, row: Assignment) -> str:
        return self.roster.rooms.get(row.room_id or "", "")


def load_in_force(
    tx: Tx, centre_id: str, first: date, last: date, nothing: str, *, taken_back: bool = False
) -> InForce:
    """UserError with the msgid `nothing` while nothing of the stretch is published; `taken_back`: a publication that
    was undone is enough, since somebody may have read it."""
    roster = load_roster(tx, centre_id, first, last)
    versions = load_versions(tx, centre_id, first, last)
    lines, covered = state_of(versions, first, last)
    here = [row for row in roster.rows if first <= row.day <= last and in_force(row)]
    if not here and not covered and not (taken_back and versions):
        raise UserError("nothing-published", nothing)
    changed = {(row.day, row.half, row.staff_id) for row in here if row.day in covered} != {
        (line.slot.day, line.slot.half, line.staff_id) for line in lines
    }
    centre = tx.get(Centre, centre_id)
    organisation = tx.query(Organisation).first()
    return InForce(
        roster,
        frozenset(covered | {row.day for row in here}),
        _version_words([one for one in versions if not one.withdrawn], changed),
        centre.name if centre else "",
        centre.hotline if centre else "",
        centre.address if centre else "",
        organisation.id if organisation else "",
        words.SPECIMEN if organisation and organisation.demo else "",
    )


def _version_words(versions: list[Publication], changed: bool) -> str:
    if not versions:
        return ""
    newest = versions[-1]
    said = f"第 {newest.number} 版 · {local(newest.at):%Y-%m-%d} 发布"
    return f"{said}（含之后的临时调整）" if changed else said


def week_content(tx: Tx, centre_id: str, day: date, printed: date) -> PosterContent:
    """The ISO week of `day`. UserError while nothing of it is published."""
    first = monday(day)
    board = load_in_force(tx, centre_id, first, first + timedelta(days=6), N_("This week's rota is not published yet."))
    roster = board.roster
    days = sorted({slot.day for slot in (*roster.needed, *roster.by_slot) if roster.first <= slot.day <= roster.last})
    return PosterContent(
        period=f"{roster.first:%Y-%m-%d} – {roster.last:%m-%d}",
        days=tuple(PosterDay(words.weekday(day), f"{day:%m-%d}", special(roster, day)) for day in days),
        rows=tuple(
            PosterRow(
                HALF_WORDS[half],
                "–".join(roster.hours[half]),
                tuple(_cell(board, Slot(day, half)) for day in days),
            )
            for half in HALVES
        ),
        title=TITLE,
        footnote=footnote(board, printed),
        centre_name=board.centre_name,
        hotline=board.hotline,
        watermark=board.watermark,
    )


def _cell(board: InForce, slot: Slot) -> PosterCell:
    half = _half(board, slot)
    people = tuple(PosterPerson(board.name(row), board.room(row)) for row in half.rows)
    return PosterCell(people, "closed" if half.kind == "open" else half.kind, half.note)


def month_content(tx: Tx, centre_id: str, month: date, printed: date) -> MonthContent:
    """The calendar month of `month`. UserError while nothing of it is published."""
    first, last = month.replace(day=1), month_end(month)
    board = load_in_force(tx, centre_id, first, last, N_("This month's rota is not published yet."))
    roster = board.roster
    known = {slot.day for slot in (*roster.needed, *roster.by_slot) if first <= slot.day <= last}
    columns = sorted({day.weekday() for day in known})
    weeks, begins = [], monday(first)
    while begins <= last:
        days = [begins + timedelta(days=column) for column in columns]
        if any(first <= day <= last for day in days):
            weeks.append(tuple(_day(board, day, day in known) if first <= day <= last else None for day in days))
        begins += timedelta(days=7)
    return MonthContent(
        period=f"{month.year} 年 {month.month} 月",
        columns=tuple(f"周{words.WEEKDAYS[column]}" for column in columns),
        weeks=tuple(weeks),
        title=TITLE,
        hours="　".join(f"{HALF_WORDS[half]} {'–'.join(roster.hours[half])}" for half in HALVES),
        footnote=footnote(board, printed),
        centre_name=board.centre_name,
        hotline=board.hotline,
        watermark=board.watermark,
    )


def _day(board: InForce, day: date, known: bool) -> MonthDay:
    named_day = special(board.roster, day)
    if not known:
        return MonthDay(str(day.day), named_day, day in board.roster.holidays, (), CLOSED)
    halves = [_half(board, Slot(day, half)) for half in HALVES]
    if all(half.kind in ("closed", "open") for half in halves):
        said = " · ".join(dict.fromkeys(half.note for half in halves if half.note != named_day))
        return MonthDay(str(day.day), named_day, day in board.roster.holidays, (), said)
    named = tuple(
        MonthHalf(HALF_WORDS[half], one.kind, tuple(map(board.name, one.rows)), one.note)
        for half, one in zip(HALVES, halves, strict=True)
    )
    return MonthDay(str(day.day), named_day, day in board.roster.holidays, named)


@dataclass(frozen=True, slots=True)
class _Half:
    """One half day; "open": nothing is published of it yet."""

    kind: Literal["duty", "closed", "gap", "open"]
    rows: tuple[Assignment, ...]
    note: str = ""


def _half(board: InForce, slot: Slot) -> _Half:
    roster = board.roster
    rows = tuple(board.on(slot))
    needed = roster.needed.get(slot, 0)
    if not needed and not rows:
        session = roster.sessions.get(slot)
        return _Half("closed", (), (session.reason if session else "") or roster.holidays.get(slot.day, CLOSED))
    if slot.day not in board.days:
        return _Half("open", (), NOT_YET)
    missing = needed - len(rows)
    return _Half("gap", rows, f"缺 {missing} 人") if missing > 0 else _Half("duty", rows)


def special(roster: Roster, day: date) -> str:
    """The holiday, or that an otherwise free day is worked."""
    if day in roster.holidays:
        return roster.holidays[day]
    if day in roster.workdays:
        name = roster.workdays[day]
        return name if "班" in name else f"{name}调休上班"
    return ""


def footnote(board: InForce, printed: date) -> str:
    """Which version this is, and when it was printed."""
    return " · ".join(part for part in (board.version, f"{printed:%Y-%m-%d} 打印") if part)
