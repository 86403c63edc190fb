"""`longshan hub set URL`: where this PC synchronises; tried before it is accepted."""

from __future__ import annotations

import argparse

from app.cli.common import Subparsers, add_command, add_sign_in, emit, signed_in
from app.common.words import tr


def register(subparsers: Subparsers) -> None:
    """Adds the command."""
    hub = subparsers.add_parser("hub", help=tr("Set the hub"), description=tr("Set the hub"))
    acts = hub.add_subparsers(dest="act", required=True, metavar=tr("ACT"))
    parser = add_command(acts, "set", tr("Set where this PC synchronises; the place is tried first"))
    parser.add_argument("url", metavar=tr("URL"), help=tr("folder: and the path of a folder: a share, a drive"))
    add_sign_in(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Makes a relative folder absolute from here: the scheduled job runs elsewhere."""
    from app.sync.hubs import normal_url

    url = normal_url(args.url)
    with signed_in(args) as office:
        office.services.sync.set_hub(url)
    emit(args, {"hub": url}, tr("This PC synchronises with {place} from now on.", place=url.removeprefix("folder:")))
    return 0
