"""Looks a workspace over, from outside and, with somebody's keys, from inside; changes nothing.

Nobody signs in for it: the data file is opened for reading only, so that a damaged one is not touched, an old one not
migrated, and a restored one draws no new incarnation because somebody wanted to look.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from app.cases import soundness
from app.cases.soundness import Tally
from app.common.clock import Clock
from app.common.progress import CancelToken, Progress, silent
from app.common.words import N_, tr
from app.referrals.soundness import examine_letters
from app.security.context import Context
from app.security.permissions import May
from app.security.signin import SignIn
from app.security.workspace import Unlocked, Workspace
from app.upkeep import inside, outside, traffic
from app.upkeep.checks import Check, Examination, Finding, Step, examine_all, listed, sentences
from db.engine import Database

_KINDS = {
    "grants": N_("keys of cases"),
    "notes": N_("notes"),
    "documents": N_("case documents"),
    "risks": N_("risk levels"),
    "consents": N_("consents"),
    "letters": N_("released letters"),
}


def examine_folder(
    place: Path, clock: Clock, progress: Progress = silent, cancel: CancelToken | None = None
) -> list[Check]:
    """What needs no password."""
    return examine_all(_outside(place, clock), progress, cancel or CancelToken())


def examine_workspace(
    workspace: Workspace,
    unlocked: Unlocked,
    clock: Clock,
    progress: Progress = silent,
    cancel: CancelToken | None = None,
) -> list[Check]:
    """Everything, with what a right password has opened. The data file is closed again."""
    said, entry = workspace.accounts, unlocked.entry
    who = SignIn(entry.user_id, "", entry.login, entry.name, frozenset(), said.centre, said.organisation)
    database = Database(workspace.database_path, unlocked.database_key)
    try:
        ctx = Context(database, clock, who, unlocked.root)
        checks = [*_outside(workspace.folder, clock), *_inside(ctx, workspace, unlocked.database_key)]
        return examine_all(checks, progress, cancel or CancelToken())
    finally:
        database.close()


class DoctorService:
    """The doctor in Settings, for whoever is signed in."""

    def __init__(self, ctx: Context, workspace: Workspace, database_key: bytes) -> None:
        self.ctx = ctx
        self.workspace = workspace
        self._key = database_key

    def examine(self, progress: Progress = silent, cancel: CancelToken | None = None) -> list[Check]:
        """All checks, in the order in which they are read; for a worker thread. Writes nothing."""
        self.ctx.require(May.BACK_UP)
        checks = [*_outside(self.workspace.folder, self.ctx.clock), *_inside(self.ctx, self.workspace, self._key)]
        return examine_all(checks, progress, cancel or CancelToken())


def _outside(place: Path, clock: Clock) -> list[tuple[str, Examination]]:
    return [
        ("folder", partial(outside.folder, place)),
        ("accounts", partial(outside.accounts, place)),
        ("data-file", partial(outside.data_file, place)),
        ("disk", partial(outside.disk, place)),
        ("clock", partial(outside.clock, place, clock)),
        ("backups", partial(outside.backups, place, clock)),
        ("spool", partial(traffic.spool, place)),
        ("hub", partial(traffic.hub, place)),
        ("last-sync", partial(traffic.last_sync, place, clock)),
    ]


def _inside(ctx: Context, workspace: Workspace, key: bytes) -> list[tuple[str, Examination]]:
    database: tuple[str, Examination] = ("database", partial(inside.database, workspace.database_path, key))
    if not inside.of_this_version(ctx):
        return [database]
    return [
        database,
        ("sign-in", partial(inside.sign_in, ctx, workspace.accounts.device)),
        ("audit", partial(inside.audit_chain, ctx)),
        ("members", partial(inside.members, ctx)),
        ("segments", partial(inside.segments, ctx, workspace.folder)),
        ("signatures", partial(_signatures, ctx)),
        ("peers", partial(inside.peers, ctx)),
        ("unsent", partial(inside.unsent, ctx, workspace.folder)),
        ("reviews", partial(inside.reviews, ctx)),
        ("numbers", partial(inside.numbers, ctx)),
        ("search", partial(inside.search, ctx)),
    ]


def _signatures(ctx: Context, step: Step) -> Finding:
    """Grants, notes, documents, risk levels, consents and letters, without opening any of them."""
    with ctx.db.read() as tx:
        tallies = [*soundness.examine(tx, ctx, step), examine_letters(tx, ctx, step)]
    altered = [_told(tally, tally.altered) for tally in tallies if tally.altered]
    gone = [_told(tally, tally.gone) for tally in tallies if tally.gone]
    if altered or gone:
        return False, sentences(
            tr("Not as they were signed: {what}.", what=listed(altered)) if altered else "",
            tr("Taken away: {what}.", what=listed(gone)) if gone else "",
            tr("They are not shown to anybody. Call the director; do not write over them."),
        )
    proven = [_told(tally, tally.proven) for tally in tallies if tally.proven]
    if not proven:
        return True, tr("There is nothing signed yet.")
    return True, tr("All as their authors signed them: {what}.", what=listed(proven))


def _told(tally: Tally, n: int) -> str:
    return tr("{what} {n}", what=tr(_KINDS[tally.kind]), n=n)
