"""Sealing what waits, and taking in what lies in the spool: one segment a transaction, in the order of its causes."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Container, Mapping
from pathlib import Path

from sqlalchemy import select

from app.common.clock import Clock
from app.common.progress import CancelToken, Progress, silent
from app.security.membership import KnownDevice
from app.sync.intake import Fate, Intake, Waiting
from app.sync.spool import Spool
from app.sync.touched import prepare
from app.sync.views import MergeResult
from db.crypto.pairs import PublicKeys
from db.engine import Database, Tx
from db.models import Segment
from db.replica.names import ORG, SegmentName
from db.replica.sealing import seal_heartbeat, seal_next


def seal_all(db: Database, folder: Path, now: Clock, heartbeat: bool = False) -> int:
    """Seals what the outbox holds, each batch in a transaction of its own, and brings the spool up to it. `heartbeat`:
    also says "still here" if there was nothing to seal for a day. Returns how many segments were made."""
    made = 0
    while _in_tx(db, lambda tx: seal_next(tx, now.now())):
        made += 1
    if heartbeat and not made and _in_tx(db, lambda tx: seal_heartbeat(tx, now.now())):
        made += 1
    rebuild_spool(db, folder)
    return made


def _in_tx(db: Database, act: Callable[[Tx], bool]) -> bool:
    with db.write(patient=True) as tx:
        return act(tx)


def rebuild_spool(db: Database, folder: Path) -> int:
    """Writes the own segments that the spool lacks, the very bytes that were sealed; how many."""
    spool = Spool(folder)
    there = {path[-64:] for path in spool.paths()}
    columns = (Segment.stream, Segment.device, Segment.incarnation, Segment.seq, Segment.hash)
    done = 0
    with db.read() as tx:
        known = tx.execute(select(Segment.hash)).scalars()  # of the index alone: the rows hold the bytes
        for lacking in [found for found in known if found.hex() not in there]:
            own = (Segment.hash == lacking, Segment.state == "own")
            row = tx.execute(select(*columns, Segment.sealed).where(*own)).first()
            if row is not None and row.sealed is not None:
                spool.put(SegmentName(*row[:5]), row.sealed)
                done += 1
    return done


class _Order:
    """Causes before effects, the organisation's stream before a centre's, then by their clocks."""

    def __init__(self, waiting: list[Waiting], here: Container[bytes]) -> None:
        self.total, self.done = len(waiting), 0
        self._ready: list[Waiting] = []
        self._held: list[Waiting] = []
        self._effects: dict[bytes, list[Waiting]] = defaultdict(list)
        for one in waiting:
            one.causes = {cause for cause in one.causes if cause not in here}
            for cause in one.causes:
                self._effects[cause].append(one)
            if not one.causes:
                heapq.heappush(self._ready, one)

    def next(self) -> Waiting | None:
        """One whose causes are all here."""
        return heapq.heappop(self._ready) if self._ready else None

    def merged(self, one: Waiting) -> None:
        """Lets go of those that waited for it alone."""
        self.done += 1
        for effect in self._effects.pop(one.name.hash, ()):
            effect.causes.discard(one.name.hash)
            if not effect.causes:
                heapq.heappush(self._ready, effect)

    def hold(self, one: Waiting) -> None:
        """Its causes are here, but its PC is not known yet."""
        self._held.append(one)

    def try_held_again(self) -> None:
        """After the log of members has grown."""
        for one in self._held:
            heapq.heappush(self._ready, one)
        self._held.clear()

    def blocked(self) -> list[Waiting]:
        """Those whose causes have not come."""
        return list({id(one): one for behind in self._effects.values() for one in behind}.values())


def _merged(db: Database, hashes: set[bytes]) -> set[bytes]:
    """Those that this PC sealed or took in; asked for by name, for the rows hold the bytes."""
    every, found = sorted(hashes), set[bytes]()
    with db.read() as tx:
        for at in range(0, len(every), 1_000):
            named = (Segment.hash.in_(every[at : at + 1_000]), Segment.state.in_(("own", "merged")))
            found |= set(tx.execute(select(Segment.hash).where(*named)).scalars())
    return found


def take_in(
    db: Database,
    folder: Path,
    organisation: str,
    root: PublicKeys,
    clock: Clock,
    progress: Progress = silent,
    cancel: CancelToken | None = None,
    *,
    known: Mapping[bytes, KnownDevice] | None = None,
) -> MergeResult:
    """Merges what the spool holds and this PC has not taken in, causes before effects, a transaction a segment.

    `known`: devices to believe in before the log is here (at joining, from the director's packet). Cancelled between
    two segments; what was merged stays. For a worker thread."""
    run = Intake(db, Spool(folder), organisation, root, clock, {}, known or {})
    run.learn()
    stop = cancel or CancelToken()
    waiting = run.waiting()
    order = _Order(waiting, _merged(db, {cause for one in waiting for cause in one.causes}))
    if waiting:
        prepare()
    progress(0, order.total)
    while (one := order.next()) is not None:
        stop.check()
        fate = run.take(one)
        if fate is Fate.HELD:
            order.hold(one)
        elif fate is Fate.MERGED:
            order.merged(one)
            progress(order.done, order.total)
            if one.name.stream == ORG:
                run.forget_held()
                order.try_held_again()
    for one in order.blocked():
        stop.check()
        run.doubt(one)
    if order.done:
        rebuild_spool(db, folder)
    return run.result(order.total - order.done - run.refused if order.total else 0)
