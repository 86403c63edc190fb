"""What the doctor says: one check, one sentence or two, in words that a director understands.

A check that finds something wrong, or cannot be made, never stops the others, and never says what a row holds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.common.errors import Cancelled, UserError
from app.common.progress import CancelToken, Progress
from app.common.words import N_, language, tr
from app.security.context import FAULTS
from db.errors import StorageFault

_log = logging.getLogger(__name__)

TITLES = {
    "folder": N_("Folder and permissions"),
    "accounts": N_("Accounts file"),
    "data-file": N_("Data file"),
    "disk": N_("Free disk space"),
    "clock": N_("Clock of this PC"),
    "backups": N_("Backups"),
    "spool": N_("Data packets on this PC"),
    "hub": N_("Hub"),
    "last-sync": N_("Last synchronisation"),
    "sign-in": N_("Your account"),
    "database": N_("Inside the data file"),
    "audit": N_("Audit chain"),
    "members": N_("Members and PCs"),
    "segments": N_("Signatures of data packets"),
    "signatures": N_("Signatures of records"),
    "peers": N_("Other PCs"),
    "unsent": N_("Not sent yet"),
    "reviews": N_("To be decided"),
    "numbers": N_("Numbers"),
    "search": N_("Search box"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's. `name` is for scripts, `title` and `says` for people, in the language of the day."""

    name: str
    ok: bool
    says: str

    @property
    def title(self) -> str:
        return tr(TITLES[self.name])


Finding = tuple[bool, str]
"""Whether all is well, and the sentence."""
Step = Callable[[], None]
"""Called between pieces of long work: raises Cancelled once that was asked for."""
Examination = Callable[[Step], Finding]


def examine_all(checks: Iterable[tuple[str, Examination]], progress: Progress, cancel: CancelToken) -> list[Check]:
    """Makes the checks in turn."""
    todo = list(checks)
    found: list[Check] = []
    for done, (name, examination) in enumerate(todo):
        cancel.check()
        progress(done, len(todo))
        found.append(_made(name, examination, cancel.check))
    progress(len(todo), len(todo))
    return found


def _made(name: str, examination: Examination, step: Step) -> Check:
    try:
        ok, says = examination(step)
    except Cancelled:
        raise
    except UserError as error:
        return Check(name, False, error.text())
    except StorageFault as fault:
        return Check(name, False, tr(FAULTS[fault.kind]))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Check(name, False, tr("This could not be examined: {reason}.", reason=reason))
    except Exception as bug:  # by its type alone: its values may be a client's
        _log.debug("a check failed", exc_info=bug)
        return Check(name, False, tr("This could not be examined: {reason}.", reason=type(bug).__name__))
    return Check(name, ok, says)


def sentences(*parts: str) -> str:
    """Those that say something, one after the other."""
    return ("" if language() == "zh" else " ").join(part for part in parts if part)


def listed(parts: Iterable[str]) -> str:
    """An enumeration."""
    return ("、" if language() == "zh" else ", ").join(parts)
