"""`longshan letter NUMBER --out FILE`: a released letter, if this user may; `--specimen`: sample pages of names."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path

from app.cli.common import Subparsers, add_command, add_sign_in, emit, signed_in
from app.common.errors import EnvironmentFault, UserError
from app.common.words import N_, ntr, tr


def register(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = add_command(subparsers, "letter", tr("Write a referral letter, or a specimen, as PDF"))
    parser.add_argument("number", nargs="?", metavar=tr("NUMBER"), help=tr("the letter's number: LSA-2026-0118-3"))
    names = tr("print a page for each name of a text file, marked as a specimen; needs no sign-in")
    parser.add_argument("--specimen", type=Path, metavar=tr("NAMES"), help=names)
    parser.add_argument("--out", type=Path, required=True, metavar=tr("FILE"), help=tr("the PDF to write"))
    add_sign_in(parser, required=False)
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Writes one PDF, readable by its owner only, whole or not at all."""
    if (args.specimen is None) == (args.number is None):
        return _usage(args, tr("give either a number or --specimen"))
    if args.specimen is not None:
        return _specimen(args)
    if args.workspace is None or args.user is None:
        return _usage(args, tr("a letter needs --workspace and --user"))
    from app.referrals.service import EXPORTED

    with signed_in(args) as office:
        service = office.services.referrals
        card = service.find(args.number)
        write_private(args.out, service.letter_pdf(card.id, EXPORTED))
    document = {"number": card.number, "file": str(args.out)}
    emit(args, document, tr("Letter {number} is in {path}.", number=card.number, path=args.out))
    return 0


def _usage(args: argparse.Namespace, sentence: str) -> int:
    args.parser.print_usage(sys.stderr)
    print(sentence, file=sys.stderr)
    return 2


def _specimen(args: argparse.Namespace) -> int:
    from app.printing.specimen import read_names, render_specimen

    try:
        data = args.specimen.read_bytes()
    except OSError:
        raise UserError("no-names-file", N_("The file {path} cannot be read."), path=args.specimen) from None
    names = read_names(data)
    write_private(args.out, render_specimen(names))
    text = ntr("{n} page is in {path}.", "{n} pages are in {path}.", len(names), path=args.out)
    emit(args, {"pages": len(names), "file": str(args.out)}, text)
    return 0


def write_private(path: Path, data: bytes) -> None:
    """0600 from its first byte; a file under that name is complete. EnvironmentFault in words if it cannot be."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise EnvironmentFault(
            "cannot-write",
            N_("The file {path} cannot be written. Is the disk full, or the folder read-only?"),
            path=path,
        ) from None
