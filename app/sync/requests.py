"""What a new PC shows to be let in: who it is, in a file that holds no secret.

The keys are drawn when the request is made and live in memory until the packet is opened. If power fails in between,
one starts over with another request: nothing is lost, and a packet made for the first one opens nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import msgspec
from nacl.utils import random as random_bytes

from app.common.errors import UserError
from app.common.words import N_
from db.crypto.pairs import KeyPairs, PublicKeys, verify
from db.crypto.sealing import Place, digest

MAGIC = "longshan join request 1"
SUFFIX = ".join"
NAME_LENGTH = 40
MAX_BYTES = 1024
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # as people read them aloud: no I, L, O, U

Bytes8 = Annotated[bytes, msgspec.Meta(min_length=8, max_length=8)]
Bytes16 = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
Bytes32 = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Bytes64 = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LENGTH)]


class RequestFile(msgspec.Struct, array_like=True, frozen=True):
    """The file, in msgpack. `signature`: by its own key, over everything before."""

    magic: str
    device: Bytes8
    sign: Bytes32
    box: Bytes32
    name: Name
    nonce: Bytes16
    signature: Bytes64

    @property
    def keys(self) -> PublicKeys:
        return PublicKeys(self.sign, self.box)


@dataclass(frozen=True, slots=True)
class JoinRequestView:
    """A request as the director sees it; `code` and `fingerprint` must equal those on the new PC's screen."""

    code: str
    fingerprint: str
    device_name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """A request as the new PC holds it. `data` is the file to hand over; the pairs never leave memory."""

    device: bytes
    data: bytes = field(repr=False)
    pairs: KeyPairs = field(repr=False)

    @classmethod
    def new(cls, device_name: str) -> JoinRequest:
        """Draws an id and keys for this PC."""
        name = checked_name(device_name)
        device, nonce, pairs = random_bytes(8), random_bytes(16), KeyPairs.new()
        public = pairs.public
        signature = pairs.sign(_statement(device, public.sign, public.box, name, nonce))
        content = RequestFile(MAGIC, device, public.sign, public.box, name, nonce, signature)
        return cls(device, msgspec.msgpack.encode(content), pairs)

    @property
    def code(self) -> str:
        """Short enough to be said: "7K3M-Q9TX". Also the file's name."""
        return code_of(self.data)

    @property
    def fingerprint(self) -> str:
        """Six groups of five digits, to be compared with the director's screen."""
        return fingerprint(self.data)

    @property
    def device_name(self) -> str:
        return decode_request(self.data).name


def decode_request(data: bytes) -> RequestFile:
    """UserError "request-damaged" for anything that is not a whole request."""
    try:
        if len(data) > MAX_BYTES:
            raise msgspec.ValidationError
        found = msgspec.msgpack.decode(data, type=RequestFile)
    except (msgspec.MsgspecError, ValueError):
        raise _damaged() from None
    said = _statement(found.device, found.sign, found.box, found.name, found.nonce)
    if found.magic != MAGIC or not found.name.isprintable() or not verify(found.sign, said, found.signature):
        raise _damaged()
    return found


def view_request(data: bytes) -> JoinRequestView:
    """What the director compares."""
    return JoinRequestView(code_of(data), fingerprint(data), decode_request(data).name, data)


def request_hash(data: bytes) -> bytes:
    """What a packet names as the request that it answers."""
    return digest(data, 32)


def code_of(data: bytes) -> str:
    """Eight characters out of the request's hash."""
    number = int.from_bytes(digest(b"code" + request_hash(data), 5), "big")
    letters = "".join(_LETTERS[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def fingerprint(data: bytes) -> str:
    """30 digits (100 bits) of a hash, in groups that two people can compare."""
    digits = f"{int.from_bytes(digest(data, 32), 'big') % 10**30:030d}"
    return " ".join(digits[at : at + 5] for at in range(0, 30, 5))


def checked_name(name: str) -> str:
    """A PC's name: one printable line of at most 40 characters."""
    told = name.strip()
    if not told or len(told) > NAME_LENGTH or not told.isprintable():
        raise UserError("device-name", N_("The PC needs a name of at most {most} characters."), most=NAME_LENGTH)
    return told


def _statement(device: bytes, sign: bytes, box: bytes, name: str, nonce: bytes) -> Place:
    return (MAGIC, device, sign, box, name, nonce)


def _damaged() -> UserError:
    return UserError("request-damaged", N_("This is not a whole join request. Make a new one on the new PC."))
