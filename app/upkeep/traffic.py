"""What the doctor sees of synchronisation without a password: the packets here, those at the hub, when it last ran."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.common.clock import Clock, local
from app.common.words import ntr, tr
from app.sync import history
from app.sync.hub_file import HUB_FILE, HubFile, read_hub_file
from app.sync.hubs import hub_words, open_hub
from app.sync.spool import SPOOL
from app.upkeep.checks import Finding, Step, listed, sentences
from db.replica.files import Walk, read_regular
from db.replica.hubs import SEGMENTS
from db.replica.names import MAX_SEGMENT_BYTES, fits, parse_name

_STALE = timedelta(days=3)
_NAMED = 3


def packets_here(place: Path) -> dict[str, int]:
    """Path to size of the segments in the spool."""
    return {path: size for path, size in Walk().files(place / SPOOL, "") if parse_name(path) is not None}


def spool(place: Path, step: Step) -> Finding:
    """Every packet holds the bytes that its name promises."""
    if not (place / SPOOL).is_dir():
        return False, tr("The folder spool is missing. The next synchronisation makes it anew.")
    paths = packets_here(place)
    damaged = []
    for path in paths:
        step()
        name, data = parse_name(path), read_regular(place / SPOOL / path, MAX_SEGMENT_BYTES)
        if name is None or data is None or not fits(name, data):
            damaged.append(path)
    if damaged:
        which = listed(f"spool/{path}" for path in sorted(damaged)[:_NAMED])
        return False, sentences(
            ntr(
                "{n} data packet is damaged: {which}.",
                "{n} data packets are damaged: {which}.",
                len(damaged),
                which=which,
            ),
            tr("Remove such a file; the next synchronisation brings it anew. Nothing in the data file is affected."),
        )
    return True, ntr(
        "{n} data packet, as its name promises.", "{n} data packets, all as their names promise.", len(paths)
    )


def hub(place: Path, step: Step) -> Finding:
    """It answers, and holds what it was given in the size in which it was given."""
    settings = read_hub_file(place)
    if settings is None or settings.url is None:
        return True, tr("No hub is set: this PC synchronises with no other.")
    here = packets_here(place)
    streams = {*settings.streams, *(path.partition("/")[0] for path in here)}
    with hub_words(settings.url):
        # "doctor" owns no temporaries, so none is taken for left over; nothing is written
        store = open_hub(settings.url, "doctor")
        there: dict[str, int] = {}
        for stream in sorted(streams):
            for path, size in store.list(f"{SEGMENTS}/{stream}"):
                step()
                there[path[len(SEGMENTS) + 1 :]] = size
        hidden = store.unreadable
    return _compared(here, there, settings, hidden)


def _compared(here: dict[str, int], there: dict[str, int], settings: HubFile, hidden: tuple[str, ...]) -> Finding:
    to_bring = len(here.keys() - there.keys())
    to_fetch = sum(
        path not in here and path.partition("/")[0] in settings.streams and parse_name(path) is not None
        for path in there
    )
    torn = sum(there[path] != here[path] for path in here.keys() & there.keys())
    if hidden:
        return False, tr("In the hub this PC cannot read {n} folders. Have its permissions set.", n=len(hidden))
    if torn:
        return False, tr("{n} data packets at the hub are not whole. The next synchronisation mends them.", n=torn)
    if not there and here:
        return False, tr("The hub is empty, or another folder has its name. The next synchronisation fills it again.")
    return True, sentences(
        tr("The hub answers and holds {n} data packets of ours.", n=len(here.keys() & there.keys())),
        ntr("{n} waits to be brought there.", "{n} wait to be brought there.", to_bring) if to_bring else "",
        ntr("{n} waits to be fetched.", "{n} wait to be fetched.", to_fetch) if to_fetch else "",
    )


def last_sync(place: Path, now: Clock, _step: Step) -> Finding:
    """Within three days, if there is a hub."""
    settings = read_hub_file(place)
    if settings is None or settings.url is None:
        return True, tr("No hub is set: this PC synchronises with no other.")
    runs = history.read(place, 1000)
    good = next((run for run in runs if not run.error), None)
    error = runs[0].error if runs else ""
    if good is None:
        since = datetime.fromtimestamp((place / HUB_FILE).stat().st_mtime, UTC)
        fresh = datetime.now(UTC) - since < _STALE and not runs
        return fresh, sentences(tr("This PC has never synchronised."), error)
    said = tr("The last one that succeeded was on {time}.", time=local(good.at).strftime("%Y-%m-%d %H:%M"))
    return now.now() - good.at < _STALE, sentences(said, error)
