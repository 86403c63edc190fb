"""The new PC's side of joining: from a packet to a workspace that everybody of its centre can open.

The root is pinned here for the first time; the packet proves itself by nothing but that root, so two people compare
its fingerprint. What the packet brings is merged as everything that comes later, and judged by the same log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nacl.utils import random as random_bytes

from app.common.clock import Clock, SystemClock
from app.common.errors import UserError
from app.common.progress import CancelToken, Progress, silent
from app.common.words import N_
from app.security import audit
from app.security.making import new_database, new_workspace
from app.security.membership import load
from app.security.workspace import ACCOUNTS
from app.sync.accounts_file import entries_of
from app.sync.admitting import Admission, CentreChoice, JoinService
from app.sync.engine import rebuild_spool, take_in
from app.sync.expected import expect, still_missing
from app.sync.hub_file import USUAL_INTERVAL, HubFile, write_hub_file
from app.sync.hubs import normal_url
from app.sync.mailbox import fetch_packet, send_request, take_away
from app.sync.packets import Packet, read_packet, root_fingerprint
from app.sync.requests import JoinRequest, JoinRequestView
from app.sync.spool import Spool
from db import keyfile
from db.crypto.sealing import new_key
from db.engine import Database, Tx
from db.models import Centre, Device, Organisation, StreamKey
from db.replica.names import ORG
from db.replica.sealing import seal_greeting

__all__ = [
    "Admission",
    "CentreChoice",
    "JoinOffer",
    "JoinRequest",
    "JoinRequestView",
    "JoinService",
    "fetch_packet",
    "join",
    "open_packet",
    "send_request",
    "still_missing",
    "take_away",
]


@dataclass(frozen=True, slots=True)
class JoinOffer:
    """What the packet says, verified: shown before anything is made. `hub_url` is a suggestion."""

    organisation: str
    centre_name: str
    letter: str
    device_name: str
    root_fingerprint: str
    hub_url: str | None
    demo: bool
    packet: Packet = field(repr=False)


def open_packet(request: JoinRequest, data: bytes) -> JoinOffer:
    """UserError "packet-damaged", "packet-not-for-this-pc", "packet-not-signed" or "packet-newer", in words."""
    packet = read_packet(request, data)
    shown = root_fingerprint(packet.organisation, packet.root)
    names = (packet.organisation_name, packet.centre_name, packet.letter, packet.device_name)
    return JoinOffer(*names, shown, packet.hub_url, packet.demo, packet)


def join(
    folder: Path,
    request: JoinRequest,
    offer: JoinOffer,
    hub_url: str | None = None,
    clock: Clock | None = None,
    progress: Progress = silent,
    cancel: CancelToken | None = None,
) -> None:
    """Makes the workspace in `folder`, whole or not at all. For a worker thread."""
    packet, key, stop, now = offer.packet, new_key(), cancel or CancelToken(), clock or SystemClock()
    url = normal_url(hub_url) if hub_url else None
    with new_workspace(folder) as place:
        with new_database(place, key, now) as database:
            with database.write() as tx:
                _first_rows(tx, request, packet)
                audit.append(tx, now.now(), None, "device.joined", [packet.centre, request.device.hex()])
            _write_spool(Spool(place), packet, stop)
            known = packet.members().devices
            take_in(database, place, packet.organisation, packet.root, now, progress, stop, known=known)
            content = _accounts(database, request, packet, key)
            with database.write() as tx:
                seal_greeting(tx, now.now())
            rebuild_spool(database, place)
        stop.check()
        interval = USUAL_INTERVAL if url else None
        write_hub_file(place, HubFile(request.device.hex(), [ORG, packet.centre], url, interval))
        keyfile.write(place / ACCOUNTS, content)


def _first_rows(tx: Tx, request: JoinRequest, packet: Packet) -> None:
    tx.add(
        Device(
            id=request.device,
            name=packet.device_name,
            letter=packet.letter,
            centre_id=packet.centre,
            organisation_id=packet.organisation,
            root_sign=packet.root_sign,
            incarnation=random_bytes(4),
            clock=bytes(10),
            key_pairs=request.pairs.to_bytes(),
        )
    )
    tx.add_all(StreamKey(stream=one.stream, epoch=one.epoch, key=one.key) for one in packet.keys)
    if packet.first_epoch:
        tx.add(StreamKey(stream=packet.centre, epoch=packet.first_epoch, key=new_key()))
    expect(tx, [head for head in packet.heads if head.stream in (ORG, packet.centre)])
    tx.flush()


def _write_spool(spool: Spool, packet: Packet, cancel: CancelToken) -> None:
    for segment in packet.segments:
        cancel.check()
        name = segment.name()
        if name is not None and name.stream in (ORG, packet.centre):
            spool.put(name, segment.data)


def _accounts(database: Database, request: JoinRequest, packet: Packet, key: bytes) -> keyfile.KeyFile:
    """Boxed to every active member of the centre, who can so sign in at once."""
    with database.read() as tx:
        organisation = tx.get(Organisation, packet.organisation)
        if organisation is None or tx.get(Centre, packet.centre) is None:
            raise _incomplete()
        if (organisation.root_sign, organisation.root_box) != (packet.root_sign, packet.root_box):
            raise _incomplete()
        members = load(tx, packet.organisation, packet.root)
        device = request.device.hex()
        entries = entries_of(tx, members, packet.centre, device, key)
        if not entries:
            raise _incomplete()
        return keyfile.KeyFile(
            keyfile.FORMAT, packet.organisation, packet.centre, packet.centre_name, device, packet.demo, entries
        )


def _incomplete() -> UserError:
    return UserError(
        "packet-incomplete",
        N_("The answer lacks what this PC needs to begin. Synchronise the director's PC, then ask for a new one."),
    )
