"""`longshan note CASE`: the notes of a case that this user's keys open; a clear refusal otherwise."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.common import Subparsers, add_command, add_sign_in, emit, signed_in
from app.common.clock import local
from app.common.words import tr


def register(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = add_command(subparsers, "note", tr("Show the session notes of a case"))
    parser.add_argument("case", metavar=tr("CASE"), help=tr("number of the case"))
    add_sign_in(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints the notes; UserError if the keys do not open them."""
    with signed_in(args) as office:
        case = office.services.cases.find(args.case)
        notes = [_document(note) for note in office.services.notes.notes(case.id)]
    emit(args, {"case": case.number, "notes": notes}, _text(notes))
    return 0


def _document(note: Any) -> dict[str, Any]:
    return {
        "id": note.id,
        "date": note.day.isoformat(),
        "author": note.author_name,
        "signed_at": local(note.signed_at).isoformat(timespec="seconds"),
        "verified": note.verified,
        "sections": note.sections,
    }


def _text(notes: list[dict[str, Any]]) -> str:
    blocks = []
    for note in notes:
        lines = [f"{note['date']}  {note['author']}  {note['signed_at']}"]
        lines += [f"{name}: {text}" for name, text in note["sections"].items() if text]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) if blocks else tr("No signed note yet.")
