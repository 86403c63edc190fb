"""Hubs in words: what an address means, and what to do when one does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.common.errors import EnvironmentFault, UserError
from app.common.words import N_
from db.replica import hubs
from db.replica.files import Disk
from db.replica.hubs import Hub, HubFault, HubTrouble

_WORDS: dict[HubTrouble, str] = {
    HubTrouble.AWAY: N_(
        "The hub {place} cannot be reached. Is the network up, the drive plugged in? "
        "Nothing is lost: the next synchronisation carries on."
    ),
    HubTrouble.FULL: N_(
        "The hub {place} is full. Make room there; nothing is lost, the next synchronisation carries on."
    ),
    HubTrouble.DENIED: N_("This PC may not write to the hub {place}. Have its permissions set."),
    HubTrouble.BLOCKED: N_("In the hub {place} something else stands where our folders belong. Have it looked at."),
    HubTrouble.TORN: N_("The hub {place} gave back other data than was written to it. Have it checked."),
    HubTrouble.UNSAFE: N_("The hub {place} overwrites a file that is there already, so it cannot be used."),
    HubTrouble.FAULT: N_("The hub {place} refused: {reason}."),
}
_UNKNOWN = N_(
    "“{place}” is no address of a hub. Write folder: and the whole path of a folder; S3 stores cannot be used yet."
)


def in_words(fault: HubFault, url: str) -> UserError:
    """The sentence for a fault: "hub-away", "hub-full", … (the machine's) or "hub-unknown" (the address is wrong)."""
    place = url.removeprefix("folder:")
    if fault.kind is HubTrouble.UNKNOWN:
        return UserError("hub-unknown", _UNKNOWN, place=place)
    return EnvironmentFault(f"hub-{fault.kind.value}", _WORDS[fault.kind], place=place, reason=fault.reason)


@contextmanager
def hub_words(url: str) -> Iterator[None]:
    """Around any use of a hub: its faults come out as UserError and EnvironmentFault."""
    try:
        yield
    except HubFault as fault:
        raise in_words(fault, url) from None


def normal_url(url: str) -> str:
    """The address as it is kept, a relative folder made absolute; UserError "hub-unknown"."""
    with hub_words(url):
        return hubs.normal_url(url)


def open_hub(url: str, owner: str = "0", disk: Disk | None = None) -> Hub:
    """UserError "hub-unknown" for an address that nobody knows. Its methods raise HubFault: use `hub_words` around."""
    with hub_words(url):
        return hubs.open_hub(url, owner, disk)


def accept_hub(url: str) -> None:
    """Tries a hub before it is believed in, then marks it as one."""
    hub = open_hub(url)
    with hub_words(url):
        hubs.probe(hub)
        hubs.prepare(hub)
