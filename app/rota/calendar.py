"""The duty calendar of a centre: which half days are staffed, on which days it is different, what nobody may exceed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from app.common import clock
from app.common.changes import Changes, Done, Topic
from app.common.errors import Confirmation, UserError
from app.common.words import N_
from app.rota import calendar_rows as rows_of
from app.rota.calendar_views import DutyDayLine, PatternLine, PreviewDay, Saved
from app.rota.facts import centre_limits
from app.rota.pattern import Pattern, occurrences
from app.rota.pattern_change import MOST, check, check_hours, clash, half_day_words, has_held, split
from app.rota.rules import HALVES, Limits, Slot
from app.rota.sessions import centre_hours, pattern_of
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Centre, DutyDay, DutyPattern
from db.replica.stamping import new_id

_CHANGED = Changes.of(Topic.ROTA, Topic.SETTINGS)
_AHEAD = timedelta(days=371)
TWICE, INTO = "pattern-twice", "pattern-hours"


class CalendarService:
    """Everybody reads it, the director changes it. `confirmed` holds the tokens of questions answered with yes."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    # --- patterns ---

    def patterns(self, *, past: bool = False) -> tuple[PatternLine, ...]:
        """The centre's duty patterns by weekday and half; with `past` also those that have ended."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            lines = rows_of.pattern_lines(tx, self._centre, self._today)
        return tuple(line for line in lines if past or line.stands != "past")

    def rooms(self) -> dict[str, str]:
        """Room id -> name, for choosing in which order they are given."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return rows_of.rooms_of(tx, self._centre)

    def hours(self) -> dict[str, tuple[str, str]]:
        """The centre's hours of both halves, HH:MM."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return centre_hours(tx, self._centre)

    def specialities(self) -> tuple[str, ...]:
        """Those of the centre's experts, the most frequent first."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return rows_of.specialities_of(tx, self._centre)

    def grid(self) -> dict[tuple[int, str], int]:
        """Experts needed by weekday (0 is Monday) and half, of the patterns that hold every week now."""
        found: dict[tuple[int, str], int] = {}
        for line in self.patterns():
            at = (line.pattern.weekday, line.pattern.half)
            if line.stands == "now" and not line.pattern.rule:
                found[at] = max(found.get(at, 0), line.pattern.needed)
        return found

    def set_needed(self, weekday: int, half: str, needed: int) -> Done[Saved]:
        """Sets how many experts that half day needs every week from today on; 0 closes it. Earlier days stay."""
        if not 0 <= needed <= MOST or weekday not in range(7):
            raise UserError("pattern-needed", N_("Between 1 and {most} experts can be on duty."), most=MOST)
        with self.ctx.write(May.EDIT_CENTRE, "centre.duty-pattern") as act:
            today = self._today
            rows = rows_of.pattern_rows(act.tx, self._centre)
            ids = self._set_weekly(act.tx, rows, Pattern(weekday, half, needed, valid_from=today))
            act.on(*ids)
            act.tx.flush()
            days = occurrences(Pattern(weekday, half, 1), *self._coming)
            saved = Saved(ids, rows_of.overfull(act.tx, self._centre, days, today))
        return Done(saved, _CHANGED)

    def save(
        self,
        pattern: Pattern,
        pattern_id: str | None = None,
        from_day: date | None = None,
        *,
        confirmed: frozenset[str] = frozenset(),
    ) -> Done[Saved]:
        """Adds a pattern, or changes one: from `from_day` on, so that earlier days stay as they were; None corrects it
        for all days. UserError for what cannot be; asks where another pattern names the same days."""
        with self.ctx.write(May.EDIT_CENTRE, "centre.duty-pattern") as act:
            old = rows_of.find_pattern(act.tx, self._centre, pattern_id) if pattern_id else None
            before = pattern_of(old) if old is not None else None
            self._check(act.tx, pattern, pattern_id, from_day, confirmed)
            if old is None:
                ids: tuple[str, ...] = (rows_of.new_pattern(act.tx, self._centre, pattern).id,)
            else:
                ids = self._from(act.tx, old, pattern, from_day)
            act.on(*ids)
            act.tx.flush()
            both = [pattern] if before is None else [before, pattern]
            days = [day for one in both for day in occurrences(replace(one, rule="", valid_to=None), *self._coming)]
            saved = Saved(ids, rows_of.overfull(act.tx, self._centre, days, self._today))
        return Done(saved, _CHANGED)

    def end(self, pattern_id: str, last: date) -> Done[Saved]:
        """It holds for the last time on `last`."""
        with self.ctx.write(May.EDIT_CENTRE, "centre.duty-pattern") as act:
            row = rows_of.find_pattern(act.tx, self._centre, pattern_id)
            if row.valid_from is not None and last < row.valid_from:
                raise UserError("pattern-period", N_("The last day lies before the first."))
            days = occurrences(pattern_of(row), last + timedelta(days=1), last + _AHEAD)
            row.valid_to = last
            act.on(row.id)
            act.tx.flush()
            saved = Saved((row.id,), rows_of.overfull(act.tx, self._centre, days, self._today))
        return Done(saved, _CHANGED)

    def remove(self, pattern_id: str) -> Done[Saved]:
        """From today on it holds no more; the days before stay true."""
        with self.ctx.write(May.EDIT_CENTRE, "centre.duty-pattern") as act:
            row = rows_of.find_pattern(act.tx, self._centre, pattern_id)
            days = occurrences(pattern_of(row), *self._coming)
            self._stop(row, self._today)
            act.on(row.id)
            act.tx.flush()
            saved = Saved((row.id,), rows_of.overfull(act.tx, self._centre, days, self._today))
        return Done(saved, _CHANGED)

    def preview(
        self, pattern: Pattern, pattern_id: str | None = None, from_day: date | None = None, weeks: int = 13
    ) -> tuple[PreviewDay, ...]:
        """What the next weeks look like before and after `save`; nothing is saved. UserError as `save`."""
        first = max(self._today, from_day or self._today, pattern.valid_from or self._today)
        with self.ctx.read(May.SEE_ROTA) as tx:
            self._check(tx, pattern, pattern_id, from_day, frozenset({TWICE}))

            def change(rows: Sequence[tuple[str, Pattern]]) -> list[Pattern]:
                found = [one for row_id, one in rows if row_id != pattern_id]
                old = dict(rows).get(pattern_id or "")
                stays, new = split(old, pattern, from_day) if old is not None else (None, pattern)
                return [*found, *((stays,) if stays else ()), new]

            last = first + timedelta(days=7 * weeks - 1)
            return rows_of.preview_days(tx, self._centre, change, pattern, first, last)

    # --- single days ---

    def days(self, first: date, last: date) -> tuple[DutyDayLine, ...]:
        """The half days of the stretch that differ from the pattern."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return tuple(rows_of.day_lines(tx, self._centre, first, last))

    def save_day(
        self, day: date, halves: Sequence[str], needed: int, reason: str, *, starts: str = "", ends: str = ""
    ) -> Done[Saved]:
        """Extra duty, or none (`needed` 0), on those halves of one day, holiday or not; with the reason that the board
        shows. What was said of the same half day before is replaced. UserError without a reason."""
        if not halves or not set(halves) <= set(HALVES):
            raise UserError("pattern-when", N_("Choose a weekday and a half day."))
        if not reason.strip():
            raise UserError("day-reason", N_("Say why this day is different; the board shows it."))
        if not 0 <= needed <= MOST:
            raise UserError("pattern-needed", N_("Between 1 and {most} experts can be on duty."), most=MOST)
        with self.ctx.write(May.EDIT_CENTRE, "centre.duty-day") as act:
            for half in halves:
                check_hours(half, starts, ends, centre_hours(act.tx, self._centre))
                row = self._day_row(act.tx, Slot(day, half))
                row.needed, row.reason, row.withdrawn = needed, " ".join(reason.split()), False
                row.starts, row.ends = starts or None, ends or None
                act.on(row.id)
            ids = tuple(act.subjects)
            act.tx.flush()
            saved = Saved(ids, rows_of.overfull(act.tx, self._centre, [day], self._today))
        return Done(saved, _CHANGED)

    def withdraw_day(self, day_id: str) -> Done[Saved]:
        """The pattern holds again on that half day."""
        with self.ctx.write(May.EDIT_CENTRE, "centre.duty-day") as act:
            row = act.tx.get(DutyDay, day_id)
            if row is None or row.centre_id != self._centre:
                raise UserError("no-day", N_("This exception is no longer there."))
            same = (DutyDay.centre_id == self._centre, DutyDay.day == row.day, DutyDay.half == row.half)
            for one in act.tx.execute(select(DutyDay).where(*same, DutyDay.withdrawn.is_(False))).scalars():
                one.withdrawn = True
                act.on(one.id)
            ids = tuple(act.subjects)
            act.tx.flush()
            saved = Saved(ids, rows_of.overfull(act.tx, self._centre, [row.day], self._today))
        return Done(saved, _CHANGED)

    # --- limits ---

    def limits(self) -> Limits:
        """What the centre lets no expert exceed."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return centre_limits(tx, self._centre)

    def set_limits(self, limits: Limits) -> Done[None]:
        """Days in a row (1 to 31) and weekend duties a month (0 to 20); None: no such limit."""
        row, weekends = limits.consecutive_days, limits.weekend_duties
        if (row is not None and not 1 <= row <= 31) or (weekends is not None and not 0 <= weekends <= 20):
            raise UserError("limits", N_("This limit is out of range."))
        with self.ctx.write(May.EDIT_CENTRE, "centre.duty-limits") as act:
            centre = act.tx.get_one(Centre, self._centre)
            said = {"consecutive_days": row, "weekend_duties": weekends}
            centre.duty_limits = {name: value for name, value in said.items() if value is not None}
            act.on(centre.id)
        return Done(None, _CHANGED)

    # --- inside ---

    @property
    def _centre(self) -> str:
        return self.ctx.who.centre_id

    @property
    def _today(self) -> date:
        return clock.today(self.ctx.clock)

    @property
    def _coming(self) -> tuple[date, date]:
        return self._today, self._today + _AHEAD

    def _check(
        self, tx: Tx, pattern: Pattern, pattern_id: str | None, from_day: date | None, confirmed: frozenset[str]
    ) -> None:
        hours = centre_hours(tx, self._centre)
        rows = rows_of.pattern_rows(tx, self._centre)
        old = next((pattern_of(row) for row in rows if row.id == pattern_id), None)
        kept = old.room_ids if old else ()
        new = split(old, pattern, from_day)[1] if old else pattern
        check(new, hours, (*rows_of.rooms_of(tx, self._centre), *kept))
        others = [pattern_of(row) for row in rows if row.id != pattern_id]
        twice, into = clash(others, new, hours, self._today)
        if into is not None:
            slot, ends, starts = into
            raise UserError(
                INTO,
                N_("On {day} the morning would last until {end}, but the afternoon begins at {start}."),
                day=slot.day.isoformat(),
                end=ends,
                start=starts,
            )
        if twice is not None and TWICE not in confirmed:
            raise Confirmation(
                TWICE,
                N_("Another pattern already names {when}. Keep both? The larger number of experts counts."),
                when=half_day_words(new.weekday, new.half),
            )

    def _from(self, tx: Tx, row: DutyPattern, pattern: Pattern, day: date | None) -> tuple[str, ...]:
        """Changes a row from that day on; needing nobody ends it."""
        if not pattern.needed:
            self._stop(row, day or self._today)
            return (row.id,)
        stays, new = split(pattern_of(row), pattern, day)
        if stays is None:
            rows_of.write_pattern(row, new)
            return (row.id,)
        rows_of.write_pattern(row, stays)
        return row.id, rows_of.new_pattern(tx, self._centre, new).id

    def _set_weekly(self, tx: Tx, rows: Sequence[DutyPattern], wanted: Pattern) -> tuple[str, ...]:
        """The weekly pattern of that half day from today on. One that came twice by sync becomes one; going back to
        what was until yesterday takes that up again."""
        today = self._today
        mine = [row for row in rows if (row.weekday, row.half, row.rule) == (wanted.weekday, wanted.half, None)]
        held = [row for row in mine if rows_of.stands(pattern_of(row), today) == "now"]
        new = replace(pattern_of(held[0]), needed=wanted.needed) if held else wanted
        again = rows_of.reopened(mine, new, today - timedelta(days=1)) if new.needed else None
        if again is not None and (not held or held[0].valid_from == today):
            until = held[0].valid_to if held else None
            for row in held:
                self._stop(row, today)
            again.valid_to = until
            return again.id, *(row.id for row in held)
        for row in held[1:]:
            self._stop(row, today)
        if held:
            return *self._from(tx, held[0], new, today), *(row.id for row in held[1:])
        return (rows_of.new_pattern(tx, self._centre, new).id,) if new.needed else ()

    def _stop(self, row: DutyPattern, day: date) -> None:
        if has_held(pattern_of(row), day):
            row.valid_to = min(row.valid_to or day, day - timedelta(days=1))
        else:
            row.active = False

    def _day_row(self, tx: Tx, slot: Slot) -> DutyDay:
        """The row of that half day; others of the same half day, which came by sync, are withdrawn."""
        same = (DutyDay.centre_id == self._centre, DutyDay.day == slot.day, DutyDay.half == slot.half)
        query = (
            select(DutyDay).where(*same, DutyDay.withdrawn.is_(False)).order_by(DutyDay.stamp.desc(), DutyDay.id.desc())
        )
        found = list(tx.execute(query).scalars())
        for other in found[1:]:
            other.withdrawn = True
        if found:
            return found[0]
        made = DutyDay(id=new_id(tx), stream="org", centre_id=self._centre, day=slot.day, half=slot.half)
        tx.add(made)
        return made
