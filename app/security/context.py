"""What every service works with: the file, the clock, who is signed in.

`read` and `write` are the only doors to the file: they check the permission, turn faults of the machine into
sentences, and `write` puts the audit entry into the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.common.clock import Clock
from app.common.errors import EnvironmentFault, UserError
from app.common.words import N_
from app.security import audit, membership
from app.security.membership import Membership
from app.security.permissions import May
from app.security.signin import SignIn
from db.crypto.pairs import PublicKeys
from db.engine import Database, Tx
from db.errors import FaultKind, StorageFault

FAULTS: dict[FaultKind, str] = {
    FaultKind.FULL: N_(
        "The disk is full or cannot be written. Free some space, then do it again; nothing saved is lost."
    ),
    FaultKind.DAMAGED: N_(
        "The data file centre.db is damaged or does not belong to this PC. Nothing was changed. "
        "Leave the folder as it is and restore the last backup into a new folder."
    ),
    FaultKind.READ_ONLY: N_("The folder cannot be written. Check its permissions; nothing was changed."),
    FaultKind.BUSY: N_("Another program is using the data file. Close it and try again; nothing was changed."),
    FaultKind.MISSING: N_("The data file centre.db is missing from the folder. Restore the last backup."),
    FaultKind.NEWER: N_("A newer version of this program has written the data file. Update this PC first."),
}


@contextmanager
def environment_faults() -> Iterator[None]:
    """Says in words what the file or the disk did; the transaction is undone by then."""
    try:
        yield
    except StorageFault as fault:
        raise EnvironmentFault(f"storage-{fault.kind.value}", FAULTS[fault.kind]) from None


@dataclass(slots=True)
class Act:
    """One write under way: its transaction, and the rows that the audit entry will name."""

    tx: Tx
    name: str
    subjects: list[str] = field(default_factory=list)
    digest: bytes | None = None

    def on(self, *row_ids: str) -> None:
        """Names rows in the audit entry."""
        self.subjects.extend(row_ids)

    def signed(self, hash_of_signed: bytes) -> None:
        """Puts the hash of a signed row into the audit chain, so that an older one put back is seen."""
        self.digest = hash_of_signed


@dataclass(slots=True)
class Context:
    """Handed to each service by `app.bootstrap`."""

    db: Database
    clock: Clock
    who: SignIn
    root: PublicKeys

    def require(self, may: May) -> None:
        """UserError "not-allowed" unless one of the user's roles has the permission."""
        if may not in self.who.may:
            raise UserError("not-allowed", N_("Your role does not allow this."))

    @contextmanager
    def read(self, may: May) -> Iterator[Tx]:
        """A consistent view of the file, for someone who may."""
        self.require(may)
        with environment_faults(), self.db.read() as tx:
            yield tx

    @contextmanager
    def write(self, may: May, act: str) -> Iterator[Act]:
        """One transaction with its audit entry `act`; both are committed or neither."""
        self.require(may)
        with environment_faults(), self.db.write() as tx:
            doing = Act(tx, act)
            yield doing
            audit.append(tx, self.clock.now(), self.who.user_id, doing.name, doing.subjects, doing.digest)

    def members(self, tx: Tx) -> Membership:
        """The verified membership log, read once per transaction."""
        held: Membership | None = tx.info.get("membership")
        if held is None:
            held = tx.info["membership"] = membership.load(tx, self.who.organisation_id, self.root)
        return held
