"""`longshan rota holidays|leave|versions|export`: calendar, absence, what was published, files to take along."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.cli.common import emit, signed_in
from app.common.dates import read_day
from app.common.words import ntr, tr
from app.rota.calendar_views import HolidayLine, HolidayYear
from app.rota.exporting import Kind
from app.rota.leave import read_typed

Document = dict[str, Any]


def add_holidays(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("year", type=int, metavar=tr("YEAR"))
    parser.add_argument("--take-over", action="store_true", help=tr("enter the announced days that are at hand"))


def add_leave(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("expert", metavar=tr("STAFFNO"))
    parser.add_argument("when", metavar=tr("WHEN"), help=tr("as on the experts' list: 1.30-2.6, 1.7下午, 每周三下午"))


def add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", required=True, type=Path, metavar=tr("FOLDER"))
    parser.add_argument(
        "--kind", action="append", choices=[kind.value for kind in Kind], help=tr("only this; again for more")
    )
    parser.add_argument("--replace", action="store_true", help=tr("replace other files of these names"))


def run_holidays(args: argparse.Namespace) -> int:
    """The public holidays of a year as the organisation keeps them."""
    with signed_in(args) as office:
        holidays = office.services.holidays
        taken = holidays.take_over(args.year).value if args.take_over else 0
        year = holidays.year(args.year)
        emit(args, {**_year_document(year), "taken_over": taken}, _year_text(year))
    return 0


def _year_document(year: HolidayYear) -> Document:
    return {
        "year": year.year,
        "announced": year.announced,
        "days": [
            {"from": one.first, "to": one.last, "name": one.name, "workday": one.workday, "duty": one.duty}
            for one in year.lines
        ],
    }


def _year_text(year: HolidayYear) -> str:
    lines = [_line(one) for one in year.lines]
    if not year.announced:
        lines.append(tr("The public holidays of {year} are not announced yet.", year=year.year))
    return "\n".join(lines)


def _line(one: HolidayLine) -> str:
    days = one.first.isoformat() + (f"–{one.last.isoformat()}" if one.last != one.first else "")
    name = tr("{name}, a workday", name=one.name) if one.workday else one.name
    return f"{days} {name}"


def run_leave(args: argparse.Namespace) -> int:
    """Enters leave, and says which duties it touches; nothing is moved."""
    with signed_in(args) as office:
        staff_id = office.services.rota.staff_of(args.expert)
        wanted, notes = read_typed(args.when, office.services.rota.today())
        saved = office.services.leave.add(staff_id, wanted).value
        affected = [
            {"date": one.slot.day, "session": one.slot.half, "expert": args.expert, "published": one.published}
            for one in saved.affected
        ]
        told = ntr("{n} duty is affected", "{n} duties are affected", len(affected))
        days = [f"  {one.slot.day.isoformat()} {one.slot.words()}" for one in saved.affected]
        document = {"added": len(saved.ids), "affected": affected, "notes": [note.text() for note in notes]}
        emit(args, document, "\n".join([told, *days, *(note.text() for note in notes)]))
    return 0


def run_versions(args: argparse.Namespace) -> int:
    """What was published, newest first."""
    with signed_in(args) as office:
        versions = office.services.publication.versions()
        document = [
            {
                "id": one.id,
                "number": one.number,
                "at": one.at.isoformat(),
                "by": one.by_name,
                "from": one.first,
                "to": one.last,
                "duties": one.duties,
                "withdrawn": one.withdrawn,
            }
            for one in versions
        ]
        emit(args, document, "\n".join(one.words() for one in versions))
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Posters, a page and a calendar file an expert, and the workbook, into a folder."""
    first, last = read_day(args.first), read_day(args.last)
    kinds = tuple(Kind(kind) for kind in args.kind) if args.kind else tuple(Kind)
    confirmed = frozenset({"replace-files"}) if args.replace else frozenset[str]()
    with signed_in(args) as office:
        done = office.services.publication.export_all(args.out, first, last, kinds, confirmed=confirmed)
        emit(args, {"folder": str(done.folder), "files": list(done.files)}, "\n".join([str(done.folder), *done.files]))
    return 0
