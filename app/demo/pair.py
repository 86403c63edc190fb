"""The demonstration's second PC, which joins as every other does, and the two of them synchronised."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import msgspec

from app.bootstrap import Office
from app.common.clock import Clock
from app.common.errors import EnvironmentFault
from app.common.progress import CancelToken, Progress
from app.common.words import N_
from app.demo.organisation import open_as
from app.sync.hub_file import read_hub_file, write_hub_file
from app.sync.joining import JoinRequest, fetch_packet, join, open_packet, send_request, take_away
from app.sync.spool import Spool
from app.sync.views import SyncResult
from db.replica.hubs import folder_url

ROOM2 = "咨询室二"
BY = "interval"
"""As an open window does it; also says the first "still here" of the day, so that nothing is left to say."""
_ROUNDS = 6


def join_pair(
    desk: Path, room2: Path, hub: Path, clock: Clock, passwords: Mapping[str, str], show: Progress, stop: CancelToken
) -> None:
    """The director sets the hub, the second PC asks through it and is let in, both synchronise until all is alike."""
    url = folder_url(hub)
    hub.mkdir()
    with ExitStack() as stack:
        first = open_as(desk, "director", clock, passwords)
        stack.callback(first.close)
        first.services.sync.set_hub(url)
        first.services.sync.sync(BY, cancel=stop)
        _join(first, room2, url, clock, stop)
        second = open_as(room2, "director", clock, passwords)
        stack.callback(second.close)
        second.services.sync.sync(BY, progress=show, cancel=stop)
        first.services.sync.sync(BY, cancel=stop)
        settle(first, second, stop)


def _join(director: Office, room2: Path, url: str, clock: Clock, stop: CancelToken) -> None:
    request = JoinRequest.new(ROOM2)
    send_request(url, request)
    (asked,) = director.services.joining.requests()
    if (asked.code, asked.fingerprint) != (request.code, request.fingerprint):
        raise differs()
    director.services.joining.admit(request.data, director.who.centre_id, ROOM2)
    packet = fetch_packet(url, request)
    if packet is None:
        raise differs()
    offer = open_packet(request, packet)
    if offer.root_fingerprint != director.services.joining.root_fingerprint():
        raise differs()
    join(room2, request, offer, url, clock, cancel=stop)
    take_away(url, request)


def settle(first: Office, second: Office, cancel: CancelToken | None = None) -> tuple[SyncResult, SyncResult]:
    """Both synchronise until neither has anything for the other; gives the last two results, which moved nothing."""
    for _ in range(_ROUNDS):
        last = first.services.sync.sync(BY, cancel=cancel).value, second.services.sync.sync(BY, cancel=cancel).value
        if not any(moved(one) for one in last):
            return last
    raise differs()


def moved(result: SyncResult) -> int:
    """How much one synchronisation did, in all directions."""
    return result.pushed + result.pulled + result.merged + result.refused


def differs() -> EnvironmentFault:
    """The two PCs of the demonstration did not come to the same; never meant to be read."""
    return EnvironmentFault("demo-differs", N_("The two PCs of the demonstration do not agree."))


def point_at(workspace: Path, before: Path, after: Path) -> None:
    """The hub's place after the move, with what is remembered of it."""
    held, spool = read_hub_file(workspace), Spool(workspace)
    if held is None:
        raise differs()
    seen = spool.seen(folder_url(before))
    if seen is not None:
        spool.remember_seen(folder_url(after), seen.hub, seen.chains)
    write_hub_file(workspace, msgspec.structs.replace(held, url=folder_url(after)))
