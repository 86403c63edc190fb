"""The answer to a join request: what a new PC must know, sealed to its key and signed by a director.

File: magic, BLAKE2b-256 of the rest, msgpack of (hash of the request, content's key boxed to the PC, sealed content).
The content is signed together with the request's hash, so that a packet answers one request only. It pins the
organisation's root, hence the people who compare its fingerprint.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.common.errors import UserError
from app.common.words import N_
from app.security.membership import Membership, SignedStatement, judge
from app.security.permissions import Role
from app.sync.requests import Bytes32, Bytes64, JoinRequest, Name, RequestFile, fingerprint, request_hash
from db.crypto.pairs import KeyPairs, PublicKeys, box_to, verify
from db.crypto.sealing import Place, SealBroken, digest, encode_place, new_key, seal, unseal
from db.replica.names import SegmentName, fits, parse_name

FORMAT = 1
SUFFIX = ".packet"
MAX_BYTES = 64_000_000
_MAGIC = b"LSJOIN1\n"
_DOMAIN = "longshan join packet 1"


class PacketKey(msgspec.Struct, array_like=True, frozen=True):
    """One stream's key of one epoch."""

    stream: str
    epoch: int
    key: Bytes32


class PacketHead(msgspec.Struct, array_like=True, frozen=True):
    """The newest segment of one chain that the director's PC has seen."""

    stream: str
    device: bytes
    incarnation: bytes
    seq: int
    hash: Bytes32


class PacketSegment(msgspec.Struct, array_like=True, frozen=True):
    """A segment's bytes under its name."""

    path: str
    data: bytes

    def name(self) -> SegmentName | None:
        """None if the bytes are not the ones that the name promises."""
        name = parse_name(self.path)
        return name if name is not None and fits(name, self.data) else None


class Packet(msgspec.Struct, array_like=True, frozen=True):
    """The content. `first_epoch`: the epoch of the centre's stream key that the new PC makes itself, or 0."""

    format: int
    organisation: str
    organisation_name: str
    root_sign: Bytes32
    root_box: Bytes32
    demo: bool
    centre: str
    centre_name: str
    letter: str
    device_name: Name
    first_epoch: int
    keys: list[PacketKey]
    statements: list[tuple[bytes, Bytes32, Bytes64]]
    heads: list[PacketHead]
    segments: list[PacketSegment]
    hub_url: str | None

    @property
    def root(self) -> PublicKeys:
        return PublicKeys(self.root_sign, self.root_box)

    def members(self) -> Membership:
        """The log that came along, as far as the root inside proves it."""
        return judge([SignedStatement(*one) for one in self.statements], self.organisation, self.root)


class _Format(msgspec.Struct, array_like=True):
    format: int


class _Outer(msgspec.Struct, array_like=True):
    request: Bytes32
    key: bytes
    sealed: bytes


class _Signed(msgspec.Struct, array_like=True):
    content: bytes
    signer: Bytes32
    signature: Bytes64


def root_fingerprint(organisation: str, root: PublicKeys) -> str:
    """What the director's screen and the new PC's must show alike."""
    return fingerprint(encode_place(("longshan root 1", organisation, root.sign, root.box)))


def make_packet(packet: Packet, request: RequestFile, request_data: bytes, signer: KeyPairs) -> bytes:
    """The file for one PC. UserError "packet-too-large" beyond the limit that the other end accepts."""
    answered = request_hash(request_data)
    content, key = msgspec.msgpack.encode(packet), new_key()
    signed = _Signed(content, signer.public.sign, signer.sign(_statement(answered, content)))
    sealed = seal(msgspec.msgpack.encode(signed), key, _place(answered))
    rest = msgspec.msgpack.encode(_Outer(answered, box_to(request.box, key), sealed))
    if len(rest) > MAX_BYTES - 100:
        sentence = N_("The organisation's data are too large for the answer to a join request.")
        raise UserError("packet-too-large", sentence)
    return _MAGIC + digest(rest, 32) + rest


def read_packet(request: JoinRequest, data: bytes) -> Packet:
    """The verified content; a sentence for each way in which it can be the wrong file."""
    outer = _outer(data)
    if outer.request != request_hash(request.data):
        raise UserError(
            "packet-not-for-this-pc",
            N_("This file answers another request. Ask for the answer to the code on this screen."),
        )
    try:
        opened = unseal(outer.sealed, request.pairs.open_box(outer.key), _place(outer.request))
        signed = msgspec.msgpack.decode(opened, type=_Signed)
        packet = _content(signed.content)
    except (SealBroken, msgspec.MsgspecError, ValueError):
        raise _damaged() from None
    if any(segment.name() is None for segment in packet.segments):
        raise _damaged()
    _check_signed(packet, signed, outer.request, request)
    return packet


def chain_heads(names: Sequence[SegmentName]) -> list[PacketHead]:
    """The newest of each chain."""
    newest: dict[tuple[str, bytes, bytes], SegmentName] = {}
    for name in sorted(names):
        newest[name.stream, name.device, name.incarnation] = name
    return [PacketHead(n.stream, n.device, n.incarnation, n.seq, n.hash) for n in newest.values()]


def _outer(data: bytes) -> _Outer:
    start = len(_MAGIC) + 32
    if not start < len(data) <= MAX_BYTES or not data.startswith(_MAGIC):
        raise _damaged()
    if digest(data[start:], 32) != data[len(_MAGIC) : start]:
        raise _damaged()
    try:
        return msgspec.msgpack.decode(data[start:], type=_Outer)
    except (msgspec.MsgspecError, ValueError):
        raise _damaged() from None


def _content(content: bytes) -> Packet:
    if msgspec.msgpack.decode(content, type=_Format).format > FORMAT:
        raise UserError("packet-newer", N_("A newer version of this program made the answer. Update this PC first."))
    return msgspec.msgpack.decode(content, type=Packet)


def _check_signed(packet: Packet, signed: _Signed, answered: bytes, request: JoinRequest) -> None:
    """The signature is a director's, and the log lets in exactly this PC, with this letter, to this centre."""
    log = packet.members()
    mine = log.devices.get(request.device)
    directors = {member.keys.sign for member in log.members.values() if Role.DIRECTOR in member.roles}
    if (
        signed.signer not in directors
        or not verify(signed.signer, _statement(answered, signed.content), signed.signature)
        or mine is None
        or mine.keys != request.pairs.public
        or (mine.centre_id, mine.letter, mine.name) != (packet.centre, packet.letter, packet.device_name)
    ):
        raise UserError(
            "packet-not-signed",
            N_("No director of this organisation has signed the answer. Do not use it; ask for a new one."),
        )


def _statement(answered: bytes, content: bytes) -> Place:
    return (_DOMAIN, answered, digest(content, 32))


def _place(answered: bytes) -> Place:
    return (_DOMAIN, "content", answered)


def _damaged() -> UserError:
    return UserError("packet-damaged", N_("The answer is damaged or incomplete. Copy it again, or ask for a new one."))
