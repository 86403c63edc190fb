"""Imports of what offices keep in tables: one transaction a file, every row accounted for.

Good rows go in, refused ones go back in a file of the same layout; the same file again adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from app.common.changes import Changes, Done, Topic
from app.common.clock import today
from app.common.dates import year_in_name
from app.common.errors import UserError
from app.common.progress import CancelToken, Progress, silent
from app.common.words import N_
from app.people import rejects
from app.people.columns import EXPERTS, REGISTER, SCHOOLS
from app.people.expert_rows import ExpertRow, read_experts
from app.people.import_clients import Registered, Registrar, register_rows, warnings_of
from app.people.import_staff import Listed, list_experts, list_schools
from app.people.register_rows import RegisterRow, read_register
from app.people.reports import ImportResult, rendered_report, report_rows
from app.people.rows import Problem, RefusedRow
from app.people.school_rows import SchoolRow, read_schools
from app.people.sheets import Book, read_book
from app.security import audit
from app.security.context import Act, Context
from app.security.permissions import May

Row = TypeVar("Row", RegisterRow, ExpertRow, SchoolRow)


@dataclass(frozen=True, slots=True)
class Options:
    """How to import. `year` for dates without one; `report` is where a report on every odd row goes."""

    year: int | None = None
    dry_run: bool = False
    report: Path | None = None
    progress: Progress = silent
    cancel: CancelToken = field(default_factory=CancelToken)


class _Undone(Exception):
    """Ends a dry run: the transaction is rolled back."""


class ImportService:
    """Takes files; the receptionist clients, the director experts and schools."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def clients(self, path: Path, options: Options | None = None) -> Done[ImportResult]:
        """A visitors' register. Raises UserError for what is no register, Cancelled; then nothing went in."""
        how = options or Options()
        self.ctx.require(May.IMPORT_CLIENTS)
        book = read_book(path, REGISTER)
        year = how.year or year_in_name(path.name)
        rows, refused = read_register(book, year=year, today=today(self.ctx.clock))
        by = Registrar(self.ctx.who.centre_id, self.ctx.who.staff_id)
        written: list[Registered] = []

        def write(act: Act) -> ImportResult:
            done = register_rows(act.tx, rows, by, how.progress, how.cancel)
            written.append(done)
            act.on(*done.touched)
            warned = [(row, warnings_of(row, done.weak)) for row in rows]
            return replace(_counted(book, warned, refused, done.added), clients=done.clients, visits=done.visits)

        return self._run(May.IMPORT_CLIENTS, "clients.imported", (book, refused), how, write, Topic.CLIENTS)

    def experts(self, path: Path, options: Options | None = None) -> Done[ImportResult]:
        """A list of duty experts, matched by staff number and updated."""
        how = options or Options()
        self.ctx.require(May.EDIT_STAFF)
        book = read_book(path, EXPERTS)
        year = how.year or year_in_name(path.name)
        rows, refused = read_experts(book, year=year, today=today(self.ctx.clock))

        def write(act: Act) -> ImportResult:
            done = list_experts(act.tx, rows, self.ctx.who.centre_id, how.progress, how.cancel)
            return _listed(act, book, rows, refused, done)

        return self._run(May.EDIT_STAFF, "experts.imported", (book, refused), how, write, Topic.STAFF, Topic.ROTA)

    def schools(self, path: Path, options: Options | None = None) -> Done[ImportResult]:
        """A directory of schools, matched by name and updated."""
        how = options or Options()
        self.ctx.require(May.EDIT_STAFF)
        book = read_book(path, SCHOOLS)
        rows, refused = read_schools(book)

        def write(act: Act) -> ImportResult:
            return _listed(act, book, rows, refused, list_schools(act.tx, rows, how.progress, how.cancel))

        return self._run(May.EDIT_STAFF, "schools.imported", (book, refused), how, write, Topic.SETTINGS)

    def _run(
        self,
        may: May,
        name: str,
        read: tuple[Book, Sequence[RefusedRow]],
        how: Options,
        write: Callable[[Act], ImportResult],
        *topics: Topic,
    ) -> Done[ImportResult]:
        """The transaction. The files of rejects and report appear only once it is committed."""
        book, refused = read
        files: list[rejects.Draft] = []
        results: list[ImportResult] = []
        try:
            with self.ctx.write(may, name) as act:
                result = write(act)
                results.append(self._files(act, book, refused, how, result, files))
                if how.dry_run:
                    raise _Undone
        except _Undone:
            topics = ()
        except BaseException:
            for file in files:
                file.discard()
            raise
        for file in files:
            file.keep()
        return Done(results[0], Changes.of(*topics))

    def _files(
        self,
        act: Act,
        book: Book,
        refused: Sequence[RefusedRow],
        how: Options,
        result: ImportResult,
        files: list[rejects.Draft],
    ) -> ImportResult:
        """Writes the rejects, unless this is only a trial that asks for no report, and the report."""
        aside = None
        if refused and (not how.dry_run or how.report):
            aside = rejects.free_path(book.path, rejects.folder_for(book.path, how.report))
            files.append(rejects.Draft(aside, rejects.rendered(book, refused)))
            audit.append(act.tx, self.ctx.clock.now(), self.ctx.who.user_id, "rejects.written", [])
        if how.report:
            if how.report.absolute() in (book.path.absolute(), aside and aside.absolute()):
                note = N_("The report would replace {path}. Choose another name.")
                raise UserError("report.taken", note, path=how.report)
            files.append(rejects.Draft(how.report, rendered_report(result.rows)))
        return replace(result, rejects=aside, report=how.report, dry_run=how.dry_run)


def _counted(
    book: Book, taken: Sequence[tuple[Row, Sequence[Problem]]], refused: Sequence[RefusedRow], added: int
) -> ImportResult:
    warned = [(row.table, row.row, problems) for row, problems in taken if problems]
    return ImportResult(
        read=book.count,
        added=added,
        existing=len(taken) - added,
        refused=len(refused),
        warned=len(warned),
        rows=report_rows(book, refused, warned),
        unknown_columns=book.unknown,
    )


def _listed(act: Act, book: Book, rows: Sequence[Row], refused: Sequence[RefusedRow], done: Listed) -> ImportResult:
    act.on(*done.touched)
    taken: list[tuple[Row, Sequence[Problem]]] = []
    for row in rows:
        more = done.warnings.get(id(row))
        problems: tuple[Problem, ...] = row.warnings
        taken.append((row, (*problems, more) if more else problems))
    return replace(_counted(book, taken, refused, done.added), updated=done.updated)
