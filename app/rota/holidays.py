"""Public holidays and make-up workdays: the editable table, and what is taken over of an announced year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from app.common import clock
from app.common.changes import Changes, Done, Topic
from app.common.errors import UserError
from app.common.words import N_
from app.people.defaults import HOLIDAY_NAMES, add_holidays, holidays_known
from app.rota.calendar_views import HolidayLine, HolidayYear
from app.rota.sessions import is_announced
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Holiday
from db.replica.stamping import new_id

_CHANGED = Changes.of(Topic.ROTA, Topic.SETTINGS)
_MOST_DAYS = 31


class HolidayService:
    """One table for the whole organisation; everybody reads it, the director changes it."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def year(self, year: int) -> HolidayYear:
        """The table of one year. Days of one name in a row are one line; a day that two PCs entered is shown once."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            rows = _rows(tx, year)
            shown = [row for row in rows if not row.withdrawn]
            announced = is_announced(tx, year)
            at_hand = holidays_known(year)
        names = "".join(row.name for row in shown if not row.workday)
        return HolidayYear(
            year=year,
            announced=announced,
            offered=bool(at_hand - {row.day for row in rows}),
            missing=tuple(name for name in HOLIDAY_NAMES if name not in names) if announced else (),
            lines=tuple(lines(shown)),
        )

    def years(self) -> tuple[int, ...]:
        """Those worth looking at: of the table, and from last year to two years ahead."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            held = {day.year for day in tx.execute(select(Holiday.day).where(Holiday.withdrawn.is_(False))).scalars()}
        now = clock.today(self.ctx.clock).year
        return tuple(sorted(held | set(range(now - 1, now + 3))))

    def save(
        self,
        first: date,
        last: date,
        name: str,
        *,
        workday: bool = False,
        duty: bool = False,
        instead: Sequence[str] = (),
    ) -> Done[tuple[str, ...]]:
        """Enters the days from `first` to `last`. A day that is in the table already is changed; `instead` are the ids
        of the line that is being changed: its days outside the new stretch are withdrawn."""
        if not name.strip():
            raise UserError("holiday-name", N_("The holiday needs a name."))
        if not 0 <= (last - first).days < _MOST_DAYS:
            raise UserError("holiday-period", N_("A holiday lasts from 1 to {most} days."), most=_MOST_DAYS)
        wanted = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        with self.ctx.write(May.EDIT_CENTRE, "centre.holiday") as act:
            _withdraw(act.tx, instead, keep=frozenset(wanted))
            for day in wanted:
                rows = list(act.tx.execute(select(Holiday).where(Holiday.day == day)).scalars())
                live = [row for row in rows if not row.withdrawn] or rows[:1]
                if not live:
                    live = [Holiday(id=new_id(act.tx), stream="org", day=day)]
                    act.tx.add(live[0])
                for row in live:
                    row.name, row.workday, row.withdrawn = " ".join(name.split()), workday, False
                    row.duty = duty and not workday
                act.on(*(row.id for row in live))
            ids = tuple(act.subjects)
        return Done(ids, _CHANGED)

    def set_duty(self, ids: Sequence[str], duty: bool) -> Done[None]:
        """Whether experts come all the same on those days."""
        with self.ctx.write(May.EDIT_CENTRE, "centre.holiday") as act:
            for row in _found(act.tx, ids):
                row.duty = duty and not row.workday
                act.on(row.id)
        return Done(None, _CHANGED)

    def withdraw(self, ids: Sequence[str]) -> Done[None]:
        """Takes days out of the table. They stay out when the announced year is taken over again."""
        with self.ctx.write(May.EDIT_CENTRE, "centre.holiday") as act:
            act.on(*_withdraw(act.tx, ids))
        return Done(None, _CHANGED)

    def take_over(self, year: int) -> Done[int]:
        """Adds the days of an announced year that the table does not have; gives how many. What the director changed or
        withdrew stays as it is. UserError if that year is not announced yet."""
        if not holidays_known(year):
            raise UserError(
                "not-announced",
                N_("The State Council has not announced the holidays of {year} yet, or this program is older."),
                year=year,
            )
        with self.ctx.write(May.EDIT_CENTRE, "centre.holidays-taken-over") as act:
            count = add_holidays(act.tx, year, year)
            act.on(self.ctx.who.centre_id)
        return Done(count, _CHANGED)


def lines(rows: Iterable[Holiday]) -> list[HolidayLine]:
    """Neighbouring days that say the same as one line; a day and kind that stands twice counts once."""
    days: dict[tuple[date, bool], list[Holiday]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (one.stamp, one.id)):
        days[row.day, row.workday].append(row)
    found: list[HolidayLine] = []
    for (day, workday), same in sorted(days.items(), key=lambda item: (item[0][1], item[0][0])):
        latest, duty = same[-1], any(row.duty for row in same) and not workday
        ids, clashes = tuple(row.id for row in same), (day, not workday) in days
        last = found[-1] if found else None
        said = (latest.name, workday, duty, clashes)
        if (
            last is not None
            and (last.name, last.workday, last.duty, last.clashes) == said
            and day - last.last == timedelta(days=1)
        ):
            found[-1] = HolidayLine(last.ids + ids, last.first, day, *said)
        else:
            found.append(HolidayLine(ids, day, day, *said))
    return sorted(found, key=lambda line: (line.first, line.workday))


def _rows(tx: Tx, year: int) -> list[Holiday]:
    query = select(Holiday).where(Holiday.day >= date(year, 1, 1), Holiday.day <= date(year, 12, 31))
    return list(tx.execute(query.order_by(Holiday.day, Holiday.stamp, Holiday.id)).scalars())


def _found(tx: Tx, ids: Sequence[str]) -> list[Holiday]:
    rows = [tx.get(Holiday, row_id) for row_id in ids]
    if not rows or any(row is None for row in rows):
        raise UserError("no-holiday", N_("This day is no longer in the table."))
    return [row for row in rows if row is not None]


def _withdraw(tx: Tx, ids: Sequence[str], keep: frozenset[date] = frozenset()) -> list[str]:
    rows = [row for row in _found(tx, ids) if row.day not in keep] if ids else []
    for row in rows:
        row.withdrawn = True
    return [row.id for row in rows]
