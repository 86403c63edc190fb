"""发布: versions of the rota, what changed since the last one, and all that leaves the screen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from app.common.changes import Changes, Done, Topic
from app.common.clock import today
from app.common.errors import Confirmation, UserError
from app.common.progress import CancelToken, Progress, silent
from app.common.words import N_
from app.rota import calendar_file, exporting, naming, poster, published, sheets, spreadsheet
from app.rota.exporting import Exported, Kind
from app.rota.facts import load_roster
from app.rota.history import History
from app.rota.publication_views import Comparison, Pending, VersionView, Warned
from app.rota.views import Published
from app.security.context import Context
from app.security.permissions import May
from db.models import Publication

_CHANGED = Changes.of(Topic.ROTA)


class PublicationService:
    """Publishing takes the right to approve; seeing and printing takes the right to see the rota."""

    def __init__(self, ctx: Context, history: History) -> None:
        self.ctx = ctx
        self.history = history

    # --- versions ---

    def publish(self, first: date, last: date, *, confirmed: Collection[str] = frozenset()) -> Done[Published]:
        """Puts drafts in force, takes off what was taken off, and keeps the result as a version. UserError if a check
        has expired. Confirmation where seats are empty or duties collide: its token changes with their number."""
        return self._publish(first, last, confirmed)

    def publish_as_it_is(self, first: date, last: date) -> Done[Published]:
        """As `publish`, without asking: for scripts, and where the questions were answered."""
        return self._publish(first, last, None)

    def _publish(self, first: date, last: date, confirmed: Collection[str] | None) -> Done[Published]:
        with self.history.write(self.ctx, May.APPROVE_ROTA, "rota.published", N_("rota published")) as act:
            centre = self.ctx.who.centre_id
            if confirmed is not None:
                _ask(published.warnings(load_roster(act.tx, centre, first, last)), confirmed)
            now = self.ctx.clock.now()
            result, ids = published.put_in_force(act.tx, centre, first, last, self.ctx.who.name, now)
            act.on(*ids)
            act.words = naming.published(result.added, result.removed)
        return Done(result, _CHANGED)

    def pending(self, first: date, last: date) -> Pending:
        """What publishing the stretch now would change since it was last published, ask and refuse."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return published.pending(tx, self.ctx.who.centre_id, first, last)

    def versions(self) -> tuple[VersionView, ...]:
        """The centre's, newest first, also those taken back and those with the same number from two PCs."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return published.version_views(published.load_versions(tx, self.ctx.who.centre_id))

    def changes_of(self, version_id: str) -> Comparison:
        """How a version differs from what had been published of its days before."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            rows = published.load_versions(tx, self.ctx.who.centre_id)
            one = _find(rows, version_id)
            earlier = rows[: rows.index(one)]
            before, covered = published.state_of(earlier, one.first, one.last)
            return published.compare(tx, one.first, one.last, before, covered, published.lines_of(one))

    def between(self, older_id: str, newer_id: str) -> Comparison:
        """How two versions differ on the days that both have. UserError if there are none."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            rows = published.load_versions(tx, self.ctx.who.centre_id)
            older, newer = _find(rows, older_id), _find(rows, newer_id)
            first, last = max(older.first, newer.first), min(older.last, newer.last)
            if first > last:
                raise UserError("no-common-days", N_("These two versions have no day in common."))
            before, now = (
                [line for line in published.lines_of(row) if first <= line.slot.day <= last] for row in (older, newer)
            )
            covered = {date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)}
            return published.compare(tx, first, last, before, covered, now)

    # --- paper and files ---

    def week_poster(self, day: date) -> bytes:
        """The published week of `day` as an A4 landscape PDF. UserError while nothing of it is published."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            content = poster.week_content(tx, self.ctx.who.centre_id, day, self.today())
        return poster.render_poster(content)

    def month_poster(self, year: int, month: int) -> bytes:
        """The published month as an A4 landscape PDF. UserError while nothing of it is published."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            content = poster.month_content(tx, self.ctx.who.centre_id, date(year, month, 1), self.today())
        return poster.render_month(content)

    def duty_sheets(self, first: date, last: date, staff_ids: Sequence[str] | None = None) -> bytes:
        """每人一页: an A4 page for each expert with published duties in the stretch, or for those named."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            content = sheets.sheet_contents(tx, self.ctx.who.centre_id, first, last, staff_ids, self.today())
        return sheets.render_duty_sheets(content)

    def calendar_file(self, staff_id: str, first: date, last: date) -> bytes:
        """One expert's published duties as an iCalendar file (RFC 5545); what was taken off is in it as cancelled."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            content = calendar_file.calendar_content(tx, self.ctx.who.centre_id, staff_id, first, last)
        return calendar_file.render_calendar(content, self.ctx.clock.now())

    def spreadsheet(self, first: date, last: date) -> bytes:
        """The board as it stands as an XLSX file, drafts marked: by session, by expert, and its gaps with reasons."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            content = spreadsheet.book_content(tx, self.ctx.who.centre_id, first, last)
        return spreadsheet.render_book(content)

    def on_paper(self, first: date, last: date) -> tuple[tuple[str, str], ...]:
        """(staff id, "E001 王子琪") of everybody with published duties in the stretch."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            return sheets.people(tx, self.ctx.who.centre_id, first, last)

    def export_all(
        self,
        folder: Path,
        first: date,
        last: date,
        kinds: Collection[Kind] = tuple(Kind),
        progress: Progress = silent,
        cancel: CancelToken | None = None,
        *,
        confirmed: Collection[str] = frozenset(),
    ) -> Exported:
        """Writes every kind of file into `folder`: posters of the months, one PDF and one calendar file an expert, the
        spreadsheet. All are made before the first appears under its name. Confirmation "replace-files" if other files
        have these names; EnvironmentFault if the folder cannot be written; Cancelled leaves nothing."""
        return exporting.export_all(self, folder, (first, last), kinds, progress, cancel, confirmed)

    def today(self) -> date:
        """The centre's date."""
        return today(self.ctx.clock)


def _ask(warned: Sequence[Warned], confirmed: Collection[str]) -> None:
    for one in warned:
        if one.token not in confirmed:
            question = N_("{warning} Publish all the same?")
            raise Confirmation(one.token, question, warning=one.note.text())


def _find(rows: Sequence[Publication], version_id: str) -> Publication:
    found = next((row for row in rows if row.id == version_id), None)
    if found is None:
        raise UserError("no-version", N_("This version does not exist."))
    return found


__all__ = ["Exported", "Kind", "PublicationService"]
