"""What a run of the courier moves: hub ∪= spool, spool ∪= hub. Ciphertext only; trust is judged at merge.

Nothing good is ever deleted, here or there, and a file that the hub does not have means nothing but that it has to be
put there. A kill at any moment leaves whole files, and temporaries that the next run removes. Known files are not
read: two listings, then the differences. A file that is damaged without another size shows in no listing; whoever
fetched it in vain leaves a mark in `again/`, and any PC that has a good copy answers it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from app.common.progress import CancelToken, Progress
from app.sync import alarms as told
from app.sync.alarms import Alarms
from app.sync.hub_file import HubFile
from app.sync.spool import Refusal, Seen, Spool
from app.sync.views import CourierResult
from db.replica.hubs import AGAIN, SEGMENTS, Hub, HubFault, HubTrouble, marker, prepare
from db.replica.names import MAX_SEGMENT_BYTES, ORG, SegmentName, fits, parse_name

TRIES = 3
LOOK_AGAIN = 24 * 3600.0
"""Seconds after which a refused file is looked at once more though nobody answered."""
MOST_ASKED = 1000

_PASSING = (HubTrouble.AWAY, HubTrouble.TORN, HubTrouble.FAULT)
_THIS_CHAIN = (HubTrouble.BLOCKED, HubTrouble.DENIED)
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
        self.alarms = Alarms()
        self.fault: HubFault | None = None
        self.full = False
        self.blocked: set[str] = set()
        self.hashes: set[str] | None = None
        self.here: dict[str, int] = {}
        self.there: dict[str, int] = {}
        self.asked: set[str] = set()
        self.refusals: dict[str, Refusal] = {}
        self.seen: Seen | None = None

    def run(self) -> CourierResult:
        """Lists, moves, remembers. What stops the sending alone (hub full, read-only) is raised after the fetching."""
        number = self._tried(lambda: marker(self.hub))
        self.here = self.spool.list()
        self.spool.tidy(self.now())
        self.there = self._tried(self._list_hub)
        self.asked = {path.partition("/")[2] for path, _ in self._tried(lambda: list(self.hub.list(AGAIN)))}
        self._tried(self.hub.tidy)
        known = self.spool.refused()
        self.refusals = {path: old for path, old in known.items() if path in self.there}
        push, both, pull = self._differences()
        self._compare(number, push)
        if number is None:
            number = self._sending(lambda: prepare(self.hub))
        self._all(
            [*((self._push, n) for n in push), *((self._mend, n) for n in both), *((self._pull, n) for n in pull)]
        )
        self._take_back(path for path, old in known.items() if old.asked and path not in self.refusals)
        if self.refusals != known:
            self.spool.remember_refused(self.refusals)
        self._remember(number or "", {_chain(name) for name in (*push, *both, *pull)})
        if self.fault is not None:
            raise self.fault
        return self._result()

    # --- what differs

    def _list_hub(self) -> dict[str, int]:
        """The streams that this PC carries or has something of; others are none of its business."""
        streams = {*self.settings.streams, *(path.partition("/")[0] for path in self.here if "/" in path)}
        lead = len(SEGMENTS) + 1
        return {path[lead:]: size for stream in streams for path, size in self.hub.list(f"{SEGMENTS}/{stream}")}

    def _differences(self) -> tuple[list[SegmentName], list[SegmentName], list[SegmentName]]:
        """To send, to compare (sizes differ, or somebody fetched it in vain), to fetch; each in its chain's order."""
        here, there, carried = self.here, self.there, set(self.settings.streams)
        hidden = tuple(f"{folder[len(SEGMENTS) + 1 :]}/" for folder in self.hub.unreadable)
        push = [name for name in _names(here.keys() - there.keys()) if not name.path.startswith(hidden)]
        doubted = {*sorted(self.asked & here.keys())[:MOST_ASKED], *self.refusals}
        both = _names(p for p in here.keys() & there.keys() if here[p] != there[p] or p in doubted)
        pull = [name for name in _names(there.keys() - here.keys()) if name.stream in carried and self._wanted(name)]
        return push, both, pull

    def _wanted(self, name: SegmentName) -> bool:
        """Not what was refused before and is the same still, as far as one can see from outside."""
        old = self.refusals.get(name.path)
        if old is None or old.size != self.there[name.path]:
            return True
        answered = old.asked and name.path not in self.asked
        return answered or not 0 <= self.now() - old.at < LOOK_AGAIN

    def _compare(self, number: str | None, push: list[SegmentName]) -> None:
        """Says it if what was at the hub after the last run is there no more."""
        self.seen = seen = self.spool.seen(self.settings.url or "")
        lost = 0 if seen is None else sum(name.seq <= seen.chains.get(_chain(name), 0) for name in push)
        if seen is None or not lost:
            return
        if not self.there:
            self.alarms.say(told.EMPTIED)
        elif number != seen.hub:
            self.alarms.say(told.EXCHANGED)
        else:
            self.alarms.counts[told.ROLLED_BACK] = lost

    # --- moving

    def _all(self, steps: list[tuple[Callable[[SegmentName], None], SegmentName]]) -> None:
        self.progress(0, len(steps))
        for done, (step, name) in enumerate(steps, 1):
            self.cancel.check()
            step(name)
            self.progress(done, len(steps))

    def _push(self, name: SegmentName) -> None:
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
            return
        if self.there[name.path] == len(mine) and self._fetched(name) == mine:
            self.refusals.pop(name.path, None)
        elif not self._replace(name, mine):
            return
        if name.path in self.asked:
            self._take_back([name.path])

    def _replace(self, name: SegmentName, data: bytes) -> bool:
        def over() -> bool:
            self.hub.replace(_at(name), data)
            return True

        if not self._sending(over, name):
            return False
        self.refusals.pop(name.path, None)
        self.alarms.counts[told.MENDED] += 1
        self._sent(name, data)
        return True

    def _sent(self, name: SegmentName, data: bytes) -> None:
        self.there[name.path] = len(data)
        self.pushed += 1
        self.bytes_out += len(data)

    def _pull(self, name: SegmentName) -> None:
        size = self.there[name.path]
        data = self._fetched(name) if 0 < size <= MAX_SEGMENT_BYTES else b""
        if data is None:
            return
        if fits(name, data):
            self.refusals.pop(name.path, None)
            self._take(name, data)
        else:
            self._refuse(name.path, size)

    def _fetched(self, name: SegmentName) -> bytes | None:
        """None for what has gone, is being written at this moment (the next run sees), or may not be read."""
        try:
            data = self._tried(lambda: self.hub.read(_at(name), MAX_SEGMENT_BYTES))
        except HubFault as fault:
            if fault.kind not in _THIS_CHAIN:
                raise
            self.alarms.counts[told.UNREADABLE] += 1
            return None
        return data if data is not None and len(data) == self.there[name.path] else None

    def _take(self, name: SegmentName, data: bytes) -> None:
        if self.hashes is None:
            self.hashes = {path[-64:] for path in self.here}
        self.alarms.counts[told.COPIED] += name.hash.hex() in self.hashes
        self.hashes.add(name.hash.hex())
        self.spool.put(name, data)
        self.here[name.path] = len(data)
        self.pulled += 1
        self.bytes_in += len(data)

    def _refuse(self, path: str, size: int) -> None:
        """Remembered, so that it is neither read nor counted again; and marked, so that somebody may mend it."""
        old = self.refusals.get(path)
        self.refused += old is None or old.size != size
        room = path not in self.asked and len(self.asked) < MOST_ASKED
        if room and self._sending(lambda: self.hub.create(f"{AGAIN}/{path}", b"again\n"), quiet=True):
            self.asked.add(path)
        self.refusals[path] = Refusal(size, self.now(), path in self.asked)

    def _take_back(self, paths: Iterable[str]) -> None:
        for path in paths:
            self._sending(lambda path=path: self.hub.delete(f"{AGAIN}/{path}"), quiet=True)  # type: ignore[misc]

    def _set_aside(self, name: SegmentName) -> None:
        self.spool.drop_damaged(name)
        del self.here[name.path]
        self.alarms.counts[told.DAMAGED_HERE] += 1

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

    def _sending(self, action: Callable[[], _T], name: SegmentName | None = None, quiet: bool = False) -> _T | None:
        """As `_tried`; None if the hub takes nothing more, or not this chain. Own packets that it does not take are a
        fault, others' an alarm: their own PC brings them. `quiet`: nothing that matters."""
        chain = _chain(name) if name is not None else ""
        try:
            if not self.full and chain not in self.blocked:
                return self._tried(action)
        except HubFault as fault:
            if fault.kind is HubTrouble.FULL:
                self.full = True
            elif fault.kind not in _THIS_CHAIN:
                raise
            elif name is not None:
                self.blocked.add(chain)
            if not quiet and (self.full or name is None or name.device.hex() == self.settings.device):
                self.fault = fault
        self.alarms.counts[told.BLOCKED] += chain in self.blocked
        return None

    # --- afterwards

    def _remember(self, number: str, touched: set[str]) -> None:
        """How far each chain is at the hub without a gap. Only chains that something happened to are gone through."""
        old = self.seen
        touched = touched | self._brought_by_others()
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

    def _brought_by_others(self) -> set[str]:
        """Chains of which more is at the hub than was remembered: a join packet takes our segments to a PC that may
        put them there before us."""
        upto = {} if self.seen is None else self.seen.chains
        known = (path.rpartition("/") for path in self.here.keys() & self.there.keys())
        pairs = ((folder.rpartition("/")[0], name[:12]) for folder, _, name in known)
        return {chain for chain, seq in pairs if seq > f"{upto.get(chain, 0):012}"}

    def _result(self) -> CourierResult:
        counts = self.alarms.counts
        counts[told.REFUSED] = len(self.refusals)
        counts[told.UNREADABLE] += len(set(self.hub.unreadable))
        said = self.alarms.sentences()
        return CourierResult(self.pushed, self.pulled, self.refused, self.bytes_out, self.bytes_in, said)


def _names(paths: Iterable[str]) -> list[SegmentName]:
    """Those that are names of segments, the organisation's stream first, in the order of the chains."""
    in_order = sorted(paths, key=lambda path: (not path.startswith(f"{ORG}/"), path))
    return [name for name in map(parse_name, in_order) if name is not None]


def _at(name: SegmentName) -> str:
    return f"{SEGMENTS}/{name.path}"


def _chain(name: SegmentName) -> str:
    return f"{name.stream}/{name.device.hex()}/{name.incarnation.hex()}"
