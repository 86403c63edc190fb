"""A director lets a PC in: its letter, its place in the log of members, its packet.

Who makes a centre's stream key: the first PC of that centre, itself, so that no other PC ever holds it. Further PCs
get it from a PC of that centre, where a director admits them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select

from app.common.changes import Changes, Done, Topic
from app.common.errors import Confirmation, UserError
from app.common.words import N_
from app.security.context import Act, Context
from app.security.membership import KnownDevice, Membership, state_device, statements
from app.security.permissions import May
from app.security.workspace import Workspace
from app.sync import mailbox
from app.sync.engine import seal_all
from app.sync.hub_file import HubFile, read_hub_file, write_hub_file
from app.sync.packets import Packet, PacketKey, PacketSegment, chain_heads, make_packet, root_fingerprint
from app.sync.requests import (
    JoinRequestView,
    RequestFile,
    checked_name,
    code_of,
    decode_request,
    view_request,
)
from app.sync.spool import Spool
from db.engine import Tx
from db.models import Account, Centre, Device, Organisation, Segment, StreamKey
from db.replica.names import ORG, SegmentName

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SMALL_STREAM = 4_000_000
NEVER_JOINED = "first-pc-never-joined"


@dataclass(frozen=True, slots=True)
class CentreChoice:
    """A centre that a PC may belong to. `users`: how many of its accounts could sign in there."""

    id: str
    name: str
    users: int
    own: bool


@dataclass(frozen=True, slots=True)
class Admission:
    """What to carry to the new PC. `delivered`: the packet lies in the hub, too."""

    packet: bytes = field(repr=False)
    code: str
    letter: str
    root_fingerprint: str
    delivered: bool


class JoinService:
    """The director's side of joining; all of it needs May.ADMIT_DEVICES."""

    def __init__(self, ctx: Context, workspace: Workspace) -> None:
        self.ctx = ctx
        self.workspace = workspace

    def read_request(self, data: bytes) -> JoinRequestView:
        """A request file; UserError "request-damaged"."""
        self.ctx.require(May.ADMIT_DEVICES)
        return view_request(data)

    def requests(self) -> list[JoinRequestView]:
        """Those that lie in the hub; EnvironmentFault if it is away. Empty if there is no hub."""
        self.ctx.require(May.ADMIT_DEVICES)
        hub = read_hub_file(self.workspace.folder)
        return mailbox.waiting_requests(hub.url) if hub is not None and hub.url else []

    def centres(self) -> list[CentreChoice]:
        """This PC's own centre first."""
        with self.ctx.read(May.ADMIT_DEVICES) as tx:
            own, members = _device(tx).centre_id, self.ctx.members(tx)
            rows = tx.execute(select(Centre.id, Centre.name)).all()
            choices = [CentreChoice(i, name, len(_users(tx, members, i)), i == own) for i, name in rows]
            return sorted(choices, key=lambda choice: (not choice.own, choice.name))

    def root_fingerprint(self) -> str:
        """To be compared with the new PC's screen."""
        self.ctx.require(May.ADMIT_DEVICES)
        return root_fingerprint(self.ctx.who.organisation_id, self.ctx.root)

    def admit(
        self, data: bytes, centre_id: str, device_name: str, confirmed: frozenset[str] = frozenset()
    ) -> Done[Admission]:
        """Signs the PC into the log and makes its packet. A request already admitted gets the same letter again and a
        fresh packet."""
        request, signer = decode_request(data), self.ctx.who.keys
        with self.ctx.write(May.ADMIT_DEVICES, "device.admitted") as act:
            act.on(centre_id)
            device, first_epoch = self._let_in(act, request, centre_id, checked_name(device_name), confirmed)
            self._begin_to_synchronise(act.tx)
        seal_all(self.ctx.db, self.workspace.folder, self.ctx.clock)
        hub = read_hub_file(self.workspace.folder)
        url = hub.url if hub is not None else None
        with self.ctx.read(May.ADMIT_DEVICES) as tx:
            content = self._content(tx, device, first_epoch, url)
        packet = make_packet(content, request, data, signer)
        code, shown = code_of(data), root_fingerprint(content.organisation, content.root)
        made = Admission(packet, code, device.letter, shown, _delivered(url, code, packet))
        return Done(made, Changes.of(Topic.SETTINGS))

    def _let_in(
        self, act: Act, request: RequestFile, centre_id: str, name: str, confirmed: frozenset[str]
    ) -> tuple[KnownDevice, int]:
        tx, who = act.tx, self.ctx.who
        members = self.ctx.members(tx)
        if not _users(tx, members, centre_id):
            raise UserError(
                "centre-without-users",
                N_("This centre has no user who could sign in on the new PC. Make an account for it first."),
            )
        known = members.devices.get(request.device)
        if known is not None:
            if (known.keys, known.centre_id) != (request.keys, centre_id):
                raise UserError(
                    "admitted-otherwise",
                    N_("This request was admitted for another centre. Make a new one on the new PC."),
                )
            if request.device in _heard(tx):
                raise UserError("already-joined", N_("This PC has already joined; nothing more is needed."))
            act.name = "device.packet-again"
        first_epoch = _first_epoch(tx, members, centre_id, request.device, confirmed)
        if known is None:
            letter = _next_letter(tx, members, centre_id)
            known = KnownDevice(request.device, name, letter, centre_id, (centre_id,), request.keys)
            state_device(tx, who.keys, who.organisation_id, known, self.ctx.clock.now())
        act.on(request.device.hex())
        return known, first_epoch

    def _begin_to_synchronise(self, tx: Tx) -> None:
        """From now on this PC seals what it writes; where to, a hub or a stick, is set later."""
        folder, mine = self.workspace.folder, _device(tx)
        if read_hub_file(folder) is None:
            known = self.ctx.members(tx).devices.get(mine.id)
            streams = known.streams if known is not None else (mine.centre_id,)
            write_hub_file(folder, HubFile(mine.id.hex(), [ORG, *streams]))

    def _content(self, tx: Tx, device: KnownDevice, first_epoch: int, url: str | None) -> Packet:
        organisation = tx.get_one(Organisation, self.ctx.who.organisation_id)
        streams = (ORG, device.centre_id)
        keys = tx.execute(select(StreamKey).where(StreamKey.stream.in_(streams))).scalars()
        names = list(_names(tx, streams))
        return Packet(
            format=1,
            organisation=organisation.id,
            organisation_name=organisation.name,
            root_sign=self.ctx.root.sign,
            root_box=self.ctx.root.box,
            demo=organisation.demo,
            centre=device.centre_id,
            centre_name=tx.get_one(Centre, device.centre_id).name,
            letter=device.letter,
            device_name=device.name,
            first_epoch=first_epoch,
            keys=[PacketKey(key.stream, key.epoch, key.key) for key in keys],
            statements=[(one.body, one.signer, one.signature) for one in statements(tx)],
            heads=chain_heads(names),
            segments=[*self._segments(names, ORG), *_if_small(self._segments(names, device.centre_id))],
            hub_url=url,
        )

    def _segments(self, names: list[SegmentName], stream: str) -> list[PacketSegment]:
        read = ((name, Spool(self.workspace.folder).read(name)) for name in names if name.stream == stream)
        return [PacketSegment(name.path, data) for name, data in read if data is not None]


def _device(tx: Tx) -> Device:
    return tx.execute(select(Device)).scalars().one()


def _users(tx: Tx, members: Membership, centre_id: str) -> list[str]:
    """The centre's accounts that could sign in on its PCs."""
    active = set(tx.execute(select(Account.id).where(Account.active)).scalars())
    return [m.user_id for m in members.members.values() if m.centre_id == centre_id and m.user_id in active]


def _names(tx: Tx, streams: tuple[str, ...]) -> Iterator[SegmentName]:
    columns = (Segment.stream, Segment.device, Segment.incarnation, Segment.seq, Segment.hash)
    query = select(*columns).where(Segment.stream.in_(streams), Segment.state != "refused")
    for row in tx.execute(query):
        yield SegmentName(*row)


def _heard(tx: Tx) -> set[bytes]:
    """The PCs of which a segment has come here."""
    return set(tx.execute(select(Segment.device).distinct()).scalars())


def _first_epoch(tx: Tx, members: Membership, centre_id: str, joining: bytes, confirmed: frozenset[str]) -> int:
    """0 if the centre's stream key is here; else the epoch of the one that the new PC, the centre's first, makes.

    Each admitted PC counts, so that a key made by one that never came to work is never taken for the new one."""
    if tx.execute(select(StreamKey.epoch).where(StreamKey.stream == centre_id)).first():
        return 0
    before = [d for d in members.devices.values() if d.centre_id == centre_id and d.device != joining]
    heard = _heard(tx)
    if any(device.device in heard for device in before):
        raise UserError(
            "admit-there",
            N_("This centre already has a PC. A director must admit the new one on a PC of that centre."),
        )
    if before and NEVER_JOINED not in confirmed:
        raise Confirmation(
            NEVER_JOINED,
            N_(
                "A PC of this centre was admitted before ({names}), but nothing has come from it. If it is in use, "
                "admit the new one there, or the two could not read each other. Did that PC never begin to work?"
            ),
            names=", ".join(sorted(device.name for device in before)),
        )
    return len(before) + 1


def _next_letter(tx: Tx, members: Membership, centre_id: str) -> str:
    """The first that no PC of the centre ever had: human numbers carry it."""
    used = {device.letter for device in members.devices.values() if device.centre_id == centre_id}
    mine = _device(tx)
    if mine.centre_id == centre_id:
        used.add(mine.letter)
    free = next((letter for letter in LETTERS if letter not in used), None)
    if free is None:
        raise UserError(
            "no-letter-left", N_("This centre already has {most} PCs; no letter is left."), most=len(LETTERS)
        )
    return free


def _if_small(segments: list[PacketSegment]) -> list[PacketSegment]:
    """A centre's own history, unless the packet would become too large to send about: the hub has it."""
    return segments if sum(len(segment.data) for segment in segments) < SMALL_STREAM else []


def _delivered(url: str | None, code: str, packet: bytes) -> bool:
    """Whether it lies in the hub; if not, the file goes by stick."""
    if not url:
        return False
    try:
        mailbox.put_packet(url, code, packet)
    except UserError:
        return False
    return True
