"""One segment after the other is judged, proven and merged; what was refused, waits or is in doubt is counted.

Trust is judged here: a segment counts only if the membership log believes its device and lets it carry the stream.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sqlalchemy import exc, select

from app.common.clock import Clock
from app.common.words import N_
from app.security import membership
from app.security.membership import KnownDevice
from app.sync.sentences import Sentence
from app.sync.spool import Spool
from app.sync.touched import follow
from app.sync.views import MergeResult
from db.crypto.pairs import PublicKeys
from db.engine import Database, Tx
from db.models import Device, Segment, StreamKey
from db.replica.incarnations import renew_incarnation
from db.replica.merge import Taken, Unfolded, take_audit, take_body, unfold
from db.replica.names import ORG, SegmentName, parse_name, segment_hash
from db.replica.sealing import milliseconds, remember, seal_next
from db.replica.segments import (
    NO_SEGMENT,
    Envelope,
    Header,
    SegmentBroken,
    open_segment,
    proven_by,
    read_envelope,
)
from db.schema import LATEST

CLONED = N_(
    "Another PC works with the identity of this one: its folder was copied, or a backup of it runs elsewhere too. "
    "Nothing is lost, but numbers may be given out twice. Let one of the two PCs join anew."
)
FORKED = N_("Two PCs work with the identity of PC {letter} ({name}). Let one of them join anew; nothing is lost.")
NEWER = N_("Data packets of a newer version of this program wait: {n}. Update this PC; they are kept until then.")
STRANGER = N_("Data packets of a PC that the organisation does not know wait: {n}.")
REFUSED = N_("Data packets were refused, because they are forged or damaged inside: {n}. Nothing of them was taken in.")
DOUBTFUL = N_("Time in doubt: {n} changes come from a PC whose clock runs more than a day ahead. Have its clock set.")
NOT_TAKEN = N_("{n} changes were not taken in, because their sender may not make them. Their data packet is kept.")
WAITING = N_("Data packets wait for others that have not arrived yet: {n}.")


MISNAMED = "name"


class Fate(Enum):
    """Of a segment whose causes are here. HELD: its PC, its key or its schema are not known here yet."""

    MERGED, HELD, OUT = range(3)


def _mark(name: SegmentName) -> bytes:
    return segment_hash(name.path.encode())


@dataclass(slots=True)
class Waiting:
    """A segment in the spool, with what must be merged before it."""

    name: SegmentName
    at: int
    causes: set[bytes]

    def __lt__(self, other: Waiting) -> bool:
        return self.order < other.order

    @property
    def order(self) -> tuple[bool, int, int, bytes]:
        return (self.name.stream != ORG, self.at, self.name.seq, self.name.hash)


@dataclass(slots=True)
class Intake:
    db: Database
    spool: Spool
    organisation: str
    root: PublicKeys
    clock: Clock
    devices: Mapping[bytes, KnownDevice]
    given: Mapping[bytes, KnownDevice]
    own: bytes = b""
    streams: frozenset[str] = frozenset()
    merged: int = 0
    rows: int = 0
    refused: int = 0
    conflicts: int = 0
    doubtful: int = 0
    not_taken: int = 0
    newer: int = 0
    strangers: int = 0
    cloned: bool = False
    forked: set[bytes] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)

    def waiting(self) -> list[Waiting]:
        """What lies in the spool and was not taken in yet, of the streams that this PC carries."""
        with self.db.read() as tx:
            self.own = tx.execute(select(Device.id)).scalar_one()
            self.streams = frozenset(tx.execute(select(StreamKey.stream)).scalars())
            known = set(tx.execute(select(Segment.hash)).scalars())
        taken = {one.hex() for one in known}
        names = filter(None, (parse_name(path) for path in self.spool.paths() if path[-64:] not in taken))
        fresh = [name for name in names if name.stream in self.streams and _mark(name) not in known]
        return [one for one in map(self._looked_at, fresh) if one is not None]

    def _looked_at(self, name: SegmentName) -> Waiting | None:
        try:
            envelope = self._envelope(name)
        except SegmentBroken as broken:
            self._refuse(name, broken.reason)
            return None
        if envelope is None:
            return None
        header = envelope.header
        causes = {head.hash for head in header.heads} | {header.previous}
        return Waiting(name, header.at, causes - {NO_SEGMENT})

    def _envelope(self, name: SegmentName) -> Envelope | None:
        """None if the file is not what its name says, and was dropped: the courier fetches it again."""
        data = self.spool.read(name)
        if data is None:
            self.spool.drop_damaged(name)
            return None
        envelope = read_envelope(data)
        header = envelope.header
        said = (header.stream, header.device, header.incarnation, header.seq, header.organisation)
        if said != (name.stream, name.device, name.incarnation, name.seq, self.organisation):
            raise SegmentBroken(MISNAMED)
        return envelope

    def take(self, one: Waiting) -> Fate:
        """Merges it, if it may be."""
        try:
            envelope = self._envelope(one.name)
            if envelope is None:
                return Fate.OUT
            key = None if self._must_wait(envelope) else self._key(envelope.header)
            if key is None:
                return Fate.HELD
            body = self._opened(envelope, key)
            with self.db.write(patient=True) as tx:
                taken = self._merge(tx, one.name, envelope.header, body)
        except SegmentBroken as broken:
            self._refuse(one.name, broken.reason)
            return Fate.OUT
        except (exc.IntegrityError, exc.StatementError) as bad:
            if isinstance(bad, exc.OperationalError):
                raise
            self._refuse(one.name, "rows")
            return Fate.OUT
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
            self.refused += 1  # not for good, for this program may be wrong; nothing of it was taken, the rest goes on
            return Fate.OUT
        if taken is not None:
            self._count(taken)
        return Fate.MERGED

    def forget_held(self) -> None:
        """Those that were held are tried again."""
        self.strangers = self.newer = 0

    def _must_wait(self, envelope: Envelope) -> bool:
        header = envelope.header
        if header.device not in self.devices:
            self.strangers += 1
            return True
        if not proven_by(envelope, self.devices[header.device].keys.sign):
            raise SegmentBroken("signature")
        if header.schema > LATEST:
            self.newer += 1
            return True
        return False

    def doubt(self, one: Waiting) -> None:
        """A segment whose causes have not come is refused if its device did not sign it: it may name anything."""
        try:
            envelope = self._envelope(one.name)
            device = self.devices.get(one.name.device)
            if envelope is not None and device is not None and not proven_by(envelope, device.keys.sign):
                raise SegmentBroken("signature")
        except SegmentBroken as broken:
            self._refuse(one.name, broken.reason)

    def _key(self, header: Header) -> bytes | None:
        """Of the stream in the segment's epoch; None if this PC was not given it yet."""
        epoch = (StreamKey.stream == header.stream, StreamKey.epoch == header.epoch)
        with self.db.read() as tx:
            return tx.execute(select(StreamKey.key).where(*epoch)).scalar()

    def _opened(self, envelope: Envelope, key: bytes) -> Unfolded:
        """Proves and opens it, before anybody has to wait for the merge."""
        header = envelope.header
        device = self.devices[header.device]
        if header.stream != ORG and header.stream not in device.streams:
            raise SegmentBroken("stream")
        return unfold(open_segment(envelope, device.keys.sign, key), header.stream, header.device, header.schema)

    def _merge(self, tx: Tx, name: SegmentName, header: Header, body: Unfolded) -> Taken | None:
        """None if another window on this folder was quicker."""
        now = self.clock.now()
        if tx.get(Segment, name.hash) is not None:
            return None
        while seal_next(tx, now):
            pass  # what was typed here was typed in ignorance of what comes now: it goes first, and says so
        self._only_own_causes(tx, header)
        taken = take_body(tx, header.stream, body, now, milliseconds(now))
        taken.not_taken += take_audit(tx, header.device, body)
        self._watch_for_twins(tx, name)
        follow(tx, taken.touched)
        remember(tx, header, name.hash, "merged", now)
        return taken

    def _only_own_causes(self, tx: Tx, header: Header) -> None:
        """What is sealed here after it will name it: whoever lacks the stream of a cause would wait for ever."""
        causes = [header.previous, *(head.hash for head in header.heads)]
        foreign = (Segment.hash.in_(causes), Segment.stream.not_in((header.stream, ORG)))
        if tx.execute(select(Segment.hash).where(*foreign)).first() is not None:
            raise SegmentBroken("heads")

    def _watch_for_twins(self, tx: Tx, name: SegmentName) -> None:
        """Two segments with one number, or one of our own present chain that we did not seal: a copied folder."""
        chain = (Segment.stream == name.stream, Segment.device == name.device, Segment.incarnation == name.incarnation)
        taken = (Segment.seq == name.seq, Segment.state.in_(("own", "merged")), Segment.hash != name.hash)
        if tx.execute(select(Segment.hash).where(*chain, *taken)).first() is not None:
            self.forked.add(name.device)
        if name.device != self.own:
            return
        if tx.execute(select(Device.incarnation)).scalar_one() == name.incarnation:
            renew_incarnation(tx)
            self.cloned = True

    def _refuse(self, name: SegmentName, reason: str) -> None:
        """Remembered by its name alone: nothing that it says of itself is proven. Good bytes under a name that is not
        theirs are marked by that name, and so do not stand in the way of the segment that they are."""
        with self.db.write(patient=True) as tx:
            now = self.clock.now()
            key = _mark(name) if reason == MISNAMED else name.hash
            if tx.get(Segment, key) is not None:
                return
            where = (name.stream, name.device, name.incarnation, name.seq)
            fields = dict(zip(("stream", "device", "incarnation", "seq"), where, strict=True))
            tx.add(
                Segment(
                    hash=key, **fields, previous=NO_SEGMENT, at=now, rows=0, state="refused", reason=reason,
                    taken_at=now, audit_seq=0, audit_head=NO_SEGMENT,
                )
            )  # fmt: skip
        self.refused += 1

    def _count(self, taken: Taken) -> None:
        self.merged += 1
        self.rows += taken.rows
        self.conflicts += taken.conflicts
        self.doubtful += taken.doubtful
        self.not_taken += taken.not_taken
        self.tables |= taken.touched.keys()
        if "membership_statement" in taken.touched:
            self.learn()

    def learn(self) -> None:
        """Reads the membership log again."""
        with self.db.read() as tx:
            believed = membership.load(tx, self.organisation, self.root)
        self.devices = {**self.given, **believed.devices}

    def result(self, left: int) -> MergeResult:
        """What happened, in numbers and sentences."""
        alarms: list[str] = [Sentence(CLONED)] if self.cloned else []
        for device in sorted(self.forked - ({self.own} if self.cloned else set())):
            known = self.devices.get(device)
            if known is not None:
                alarms.append(Sentence(FORKED, letter=known.letter, name=known.name))
        counted = (
            (NEWER, self.newer),
            (STRANGER, self.strangers),
            (REFUSED, self.refused),
            (DOUBTFUL, self.doubtful),
            (NOT_TAKEN, self.not_taken),
            (WAITING, left - self.newer - self.strangers),
        )
        alarms += [Sentence(sentence, n=n) for sentence, n in counted if n > 0]
        return MergeResult(
            self.merged, self.rows, self.refused, left, self.conflicts, tuple(alarms), frozenset(self.tables)
        )
