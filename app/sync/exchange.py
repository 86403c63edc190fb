"""What a run of the courier moves: hub ∪= spool, spool ∪= hub. Ciphertext only; trust is judged at merge.

Nothing good is ever deleted, here or there, and a file that the hub does not have means nothing but that it has to be
put there. A kill at any moment leaves whole files, and temporaries that the next run removes. Known files are not
read: two listings, then the differences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from app.common.progress import CancelToken, Progress
from app.common.words import N_
from app.sync.hub_file import HubFile
from app.sync.sentences import Sentence
from app.sync.spool import Refusal, Seen, Spool
from app.sync.views import CourierResult
from db.replica.hubs import SEGMENTS, Hub, HubFault, HubTrouble, marker, prepare
from db.replica.names import MAX_SEGMENT_BYTES, ORG, SegmentName, fits, parse_name

TRIES = 3
LOOK_AGAIN = 24 * 3600.0
"""Seconds after which a refused file is looked at once more: it may have been mended without changing its size."""

EMPTIED = N_("The hub was empty. Everything that this PC has was put back; nothing is lost.")
EXCHANGED = N_("The hub is not the one of the last synchronisation. What it lacked was put there; nothing is lost.")
ROLLED_BACK = N_("Data packets that had been at the hub were gone: {n}. They were put back; nothing is lost.")
MENDED = N_("Damaged data packets at the hub: {n}. They were replaced by good copies.")
REFUSED = N_("Data packets at the hub that are damaged or forged: {n}. They are not taken in.")
COPIED = N_(
    "Data packets at the hub under a second name: {n}. They change nothing; somebody should look who does this."
)
DAMAGED_HERE = N_("Damaged copies of data packets on this PC: {n}. They were set aside; have the disk checked.")
UNREADABLE = N_("Files or folders at the hub that cannot be read: {n}. Have the permissions checked.")
BLOCKED = N_("Data packets that could not be put to the hub, because something else stands there: {n}.")

_COUNTED = (ROLLED_BACK, MENDED, REFUSED, COPIED, DAMAGED_HERE, UNREADABLE, BLOCKED)
_PASSING = (HubTrouble.AWAY, HubTrouble.TORN, HubTrouble.FAULT)
_STOPS_SENDING = (HubTrouble.FULL, HubTrouble.DENIED)
_T = TypeVar("_T")


class Exchange:
    """One run; see `run_courier`."""

    def __init__(
        self,
        settings: HubFile,
        hub: Hub,
        spool: Spool,
        progress: Progress,
        cancel: CancelToken,
        wait: Callable[[float], None],
        now: Callable[[], float],
    ) -> None:
        self.settings, self.hub, self.spool = settings, hub, spool
        self.progress, self.cancel, self.wait, self.now = progress, cancel, wait, now
        self.pushed = self.pulled = self.refused = self.bytes_out = self.bytes_in = 0
        self.counts: Counter[str] = Counter()
        self.alarms: list[Sentence] = []
        self.stopped: HubFault | None = None
        self.blocked: set[str] = set()
        self.hashes: set[str] | None = None
        self.here: dict[str, int] = {}
        self.there: dict[str, int] = {}
        self.refusals: dict[str, Refusal] = {}
        self.seen: Seen | None = None

    def run(self) -> CourierResult:
        """Lists, moves, remembers. What stops the sending alone (hub full, read-only) is raised after the fetching."""
        number = self._tried(lambda: marker(self.hub))
        self.here = self.spool.list()
        self.spool.tidy(self.now())
        self.there = self._tried(self._list_hub)
        known = self.spool.refused()
        self.refusals = {path: old for path, old in known.items() if path in self.there}
        push, both, pull = self._differences()
        self._compare(number, push)
        if number is None:
            number = self._sending(lambda: prepare(self.hub))
        self._all(
            [*((self._push, n) for n in push), *((self._mend, n) for n in both), *((self._pull, n) for n in pull)]
        )
        if self.refusals != known:
            self.spool.remember_refused(self.refusals)
        self._remember(number or "", {_chain(name) for name in (*push, *both, *pull)})
        if self.stopped is not None:
            raise self.stopped
        return self._result()

    # --- what differs

    def _list_hub(self) -> dict[str, int]:
        """The streams that this PC carries or has something of; others are none of its business."""
        streams = {*self.settings.streams, *(path.partition("/")[0] for path in self.here if "/" in path)}
        lead = len(SEGMENTS) + 1
        found = {path[lead:]: size for stream in streams for path, size in self.hub.list(f"{SEGMENTS}/{stream}")}
        self.hub.tidy()
        return found

    def _differences(self) -> tuple[list[SegmentName], list[SegmentName], list[SegmentName]]:
        """To send, to compare (sizes differ, or the hub's was refused), to fetch; each in the order of its chain."""
        here, there, carried = self.here, self.there, set(self.settings.streams)
        hidden = tuple(f"{folder[len(SEGMENTS) + 1 :]}/" for folder in self.hub.unreadable)
        push = [name for name in _names(here.keys() - there.keys()) if not name.path.startswith(hidden)]
        both = _names(p for p in here.keys() & there.keys() if here[p] != there[p] or p in self.refusals)
        pull = [name for name in _names(there.keys() - here.keys()) if name.stream in carried and self._wanted(name)]
        return push, both, pull

    def _wanted(self, name: SegmentName) -> bool:
        """Not what was refused a short while ago and has the same size still."""
        old = self.refusals.get(name.path)
        return old is None or old.size != self.there[name.path] or not 0 <= self.now() - old.at < LOOK_AGAIN

    def _compare(self, number: str | None, push: list[SegmentName]) -> None:
        """Says it if what was at the hub after the last run is there no more."""
        self.seen = seen = self.spool.seen(self.settings.url or "")
        lost = 0 if seen is None else sum(name.seq <= seen.chains.get(_chain(name), 0) for name in push)
        if seen is None or not lost:
            return
        if not self.there:
            self.alarms.append(Sentence(EMPTIED))
        elif number != seen.hub:
            self.alarms.append(Sentence(EXCHANGED))
        else:
            self.counts[ROLLED_BACK] = lost

    # --- moving

    def _all(self, steps: list[tuple[Callable[[SegmentName], None], SegmentName]]) -> None:
        self.progress(0, len(steps))
        for done, (step, name) in enumerate(steps, 1):
            self.cancel.check()
            step(name)
            self.progress(done, len(steps))

    def _push(self, name: SegmentName) -> None:
        if self.stopped is not None or _chain(name) in self.blocked:
            return
        data = self.spool.read(name)
        if data is None:
            self._set_aside(name)
            return
        done = self._sending(lambda: self.hub.create(_at(name), data), name)
        if done:
            self._sent(name, data)
        elif done is False:
            self._replace(name, data)

    def _mend(self, name: SegmentName) -> None:
        """Both sides have a file of this name; at most one of them is what the name says, or both are by now."""
        mine = self.spool.read(name)
        if mine is None:
            self._set_aside(name)
            self._pull(name)
        elif self.there[name.path] != len(mine) or self._tried(lambda: self.hub.read(_at(name), len(mine))) != mine:
            self._replace(name, mine)
        else:
            self.refusals.pop(name.path, None)

    def _replace(self, name: SegmentName, data: bytes) -> None:
        if self.stopped is None and self._sending(lambda: self._over(name, data), name):
            self.refusals.pop(name.path, None)
            self.counts[MENDED] += 1
            self._sent(name, data)

    def _over(self, name: SegmentName, data: bytes) -> bool:
        self.hub.replace(_at(name), data)
        return True

    def _sent(self, name: SegmentName, data: bytes) -> None:
        self.there[name.path] = len(data)
        self.pushed += 1
        self.bytes_out += len(data)

    def _pull(self, name: SegmentName) -> None:
        """Takes what is what its name says; the rest is remembered, so that it is neither read nor counted again."""
        path, size = name.path, self.there[name.path]
        data = self._fetched(name) if 0 < size <= MAX_SEGMENT_BYTES else b""
        if data is None:
            return
        if fits(name, data):
            self.refusals.pop(path, None)
            self._take(name, data)
        else:
            self.refused += path not in self.refusals or self.refusals[path].size != size
            self.refusals[path] = Refusal(size, self.now())

    def _fetched(self, name: SegmentName) -> bytes | None:
        """None for what has gone, is being written at this moment (the next run sees), or may not be read."""
        try:
            data = self._tried(lambda: self.hub.read(_at(name), MAX_SEGMENT_BYTES))
        except HubFault as fault:
            if fault.kind not in (HubTrouble.DENIED, HubTrouble.BLOCKED):
                raise
            self.counts[UNREADABLE] += 1
            return None
        return data if data is not None and len(data) == self.there[name.path] else None

    def _take(self, name: SegmentName, data: bytes) -> None:
        if self.hashes is None:
            self.hashes = {path[-64:] for path in self.here}
        self.counts[COPIED] += name.hash.hex() in self.hashes
        self.hashes.add(name.hash.hex())
        self.spool.put(name, data)
        self.here[name.path] = len(data)
        self.pulled += 1
        self.bytes_in += len(data)

    def _set_aside(self, name: SegmentName) -> None:
        self.spool.drop_damaged(name)
        del self.here[name.path]
        self.counts[DAMAGED_HERE] += 1

    # --- trying

    def _tried(self, action: Callable[[], _T]) -> _T:
        """Up to three tries where waiting may help."""
        for attempt in range(TRIES - 1):
            try:
                return action()
            except HubFault as fault:
                if fault.kind not in _PASSING:
                    raise
                self.wait(2.0**attempt)
        return action()

    def _sending(self, action: Callable[[], _T], name: SegmentName | None = None) -> _T | None:
        """As `_tried`; None if the hub takes nothing more, or not this chain."""
        try:
            return self._tried(action)
        except HubFault as fault:
            if fault.kind in _STOPS_SENDING:
                self.stopped = fault
            elif fault.kind is HubTrouble.BLOCKED and name is not None:
                self.blocked.add(_chain(name))
                self.counts[BLOCKED] += 1
            else:
                raise
            return None

    # --- afterwards

    def _remember(self, number: str, touched: set[str]) -> None:
        """How far each chain is at the hub without a gap. Only chains that something happened to are gone through."""
        old = self.seen
        if old is not None and not touched and old.hub == number:
            return
        marks = {} if old is None else {chain: n for chain, n in old.chains.items() if chain not in touched}
        ended: set[str] = set()
        for name in _names(path for path in self.here if old is None or path.rsplit("/", 2)[0] in touched):
            chain = _chain(name)
            if name.path not in self.there:
                ended.add(chain)
            elif chain not in ended:
                marks[chain] = name.seq
        self.spool.remember_seen(self.settings.url or "", number, marks)

    def _result(self) -> CourierResult:
        self.counts[REFUSED] = len(self.refusals)
        self.counts[UNREADABLE] += len(set(self.hub.unreadable))
        said = (Sentence(words, n=self.counts[words]) for words in _COUNTED if self.counts[words])
        alarms = (*self.alarms, *said)
        return CourierResult(self.pushed, self.pulled, self.refused, self.bytes_out, self.bytes_in, alarms)


def _names(paths: Iterable[str]) -> list[SegmentName]:
    """Those that are names of segments, the organisation's stream first, in the order of the chains."""
    found = (name for name in map(parse_name, paths) if name is not None)
    return sorted(found, key=lambda name: (name.stream != ORG, name))


def _at(name: SegmentName) -> str:
    return f"{SEGMENTS}/{name.path}"


def _chain(name: SegmentName) -> str:
    return f"{name.stream}/{name.device.hex()}/{name.incarnation.hex()}"
