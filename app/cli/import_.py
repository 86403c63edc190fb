"""`longshan import clients|experts|schools FILE`: takes a table as an office keeps it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.common import Subparsers, add_command, add_sign_in, emit, signed_in
from app.common.words import N_, ntr, tr

if TYPE_CHECKING:
    from app.people.reports import ImportResult

_MOST_LINES = 200


def register(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = add_command(subparsers, "import", tr("Take clients, experts or schools from a table"))
    parser.add_argument("what", choices=("clients", "experts", "schools"), help=tr("what the table lists"))
    parser.add_argument("file", type=Path, metavar=tr("FILE"), help=tr("CSV (UTF-8 or GB18030) or XLSX"))
    add_sign_in(parser)
    parser.add_argument("--year", type=_year, metavar=tr("YEAR"), help=tr("for dates written without a year"))
    parser.add_argument("--dry-run", action="store_true", help=tr("say what would happen, change nothing"))
    parser.add_argument("--report", type=Path, metavar=tr("FILE"), help=tr("write a line for every odd row (CSV)"))
    parser.set_defaults(run=run)


def _year(text: str) -> int:
    year = int(text)
    if not 1900 <= year <= 2999:
        raise ValueError(text)
    return year


def run(args: argparse.Namespace) -> int:
    """Imports, and prints counts that add up."""
    from app.people.importing import Options

    options = Options(year=args.year, dry_run=args.dry_run, report=args.report)
    with signed_in(args) as office:
        take = getattr(office.services.imports, args.what)
        result: ImportResult = take(args.file, options).value
    emit(args, document(result), summary(result, args.what))
    return 0


def document(result: ImportResult) -> dict[str, Any]:
    """The JSON that scripts count on."""
    return {
        "read": result.read,
        "added": result.added,
        "existing": result.existing,
        "refused": result.refused,
        "warned": result.warned,
        "clients": result.clients,
        "visits": result.visits,
        "updated": result.updated,
        "rejects": str(result.rejects) if result.rejects else None,
        "report": str(result.report) if result.report else None,
        "dry_run": result.dry_run,
        "unknown_columns": list(result.unknown_columns),
        "rows": [asdict(row) for row in result.rows],
    }


def summary(result: ImportResult, what: str) -> str:
    """The same in words: counts, then a line for each odd row."""
    lines = [tr("Nothing was changed: this was only a trial.")] if result.dry_run else []
    counts = {name: getattr(result, name) for name in ("read", "added", "existing", "refused", "warned")}
    told = N_("{read} rows read: {added} added, {existing} already there, {refused} refused; {warned} with a warning.")
    lines.append(tr(told, **counts))
    if what == "clients":
        lines.append(tr("New clients: {clients}; new visits: {visits}.", clients=result.clients, visits=result.visits))
    if result.unknown_columns:
        lines.append(tr("Columns that were not read: {columns}.", columns="、".join(result.unknown_columns)))
    for row in result.rows[:_MOST_LINES]:
        place = f"{row.sheet} {row.row}" if row.sheet else str(row.row)
        told = N_("Row {row}, refused: {text}") if row.verdict == "refused" else N_("Row {row}: {text}")
        lines.append(tr(told, row=place, text=row.text))
    if len(result.rows) > _MOST_LINES:
        more = len(result.rows) - _MOST_LINES
        lines.append(ntr("… and {n} more line.", "… and {n} more lines.", more))
    if result.rejects:
        lines.append(tr("The refused rows are in {path}.", path=result.rejects))
    return "\n".join(lines)
