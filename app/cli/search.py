"""`longshan search TEXT`: as the search box."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from app.cli.common import Subparsers, add_command, add_sign_in, emit, signed_in
from app.common.words import tr

if TYPE_CHECKING:
    from app.people.search import FoundClient


def register(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = add_command(subparsers, "search", tr("Find clients, as the search box does"))
    parser.add_argument("text", metavar=tr("TEXT"), help=tr("name, pinyin, initials, telephone, guardian or school"))
    add_sign_in(parser)
    parser.add_argument("--limit", type=int, default=20, metavar=tr("N"), help=tr("at most so many"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints who was found, the best first."""
    with signed_in(args) as office:
        found = office.services.search.search(args.text, args.limit)
    emit(args, [document(one) for one in found], "\n".join(map(line, found)) or tr("Nobody was found."))
    return 0


def document(found: FoundClient) -> dict[str, Any]:
    """The JSON that scripts count on."""
    return {
        "id": found.id,
        "number": found.number,
        "name": found.name,
        "age": found.age,
        "school": found.school,
        "grade": found.grade,
        "matched": found.matched.value,
        "hint": found.hint,
        "last_visit": found.last_visit.isoformat() if found.last_visit else None,
    }


def line(found: FoundClient) -> str:
    """One client in words."""
    from app.people.search import MATCHED_WORDS

    age = "" if found.age is None else str(found.age)
    why = tr(MATCHED_WORDS[found.matched]) + (f" {found.hint}" if found.hint else "")
    return "  ".join(filter(None, (found.number, found.name, age, found.school, found.grade, why)))
