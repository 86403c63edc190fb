"""Key pairs of users, devices and the organisation's root: one to sign with, one to receive with."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from nacl import bindings
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.utils import random as random_bytes

from db.crypto.sealing import Place, SealBroken, derive, digest, encode_place

SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """Ed25519 and X25519 public keys, 32 bytes each."""

    sign: bytes
    box: bytes


@dataclass(frozen=True, slots=True, repr=False)
class KeyPairs:
    """An Ed25519 seed and an X25519 private key, 32 bytes each. Never printed, never logged."""

    sign_seed: bytes
    box_private: bytes

    @classmethod
    def new(cls) -> KeyPairs:
        return cls(random_bytes(32), random_bytes(32))

    @classmethod
    def from_secret(cls, secret: bytes) -> KeyPairs:
        """The pairs that belong to a master secret (the organisation's root, rebuilt from its shares)."""
        return cls(
            derive(secret, "longshan root signing"),
            derive(secret, "longshan root escrow"),
        )

    @classmethod
    def from_bytes(cls, packed: bytes) -> KeyPairs:
        sign_seed, box_private = msgspec.msgpack.decode(packed, type=tuple[bytes, bytes])
        return cls(sign_seed, box_private)

    def to_bytes(self) -> bytes:
        return msgspec.msgpack.encode((self.sign_seed, self.box_private))

    @property
    def public(self) -> PublicKeys:
        sign, _ = bindings.crypto_sign_seed_keypair(self.sign_seed)
        return PublicKeys(sign, bindings.crypto_scalarmult_base(self.box_private))

    def sign(self, statement: Place) -> bytes:
        """A detached Ed25519 signature (64 bytes) over the encoded statement."""
        _, secret = bindings.crypto_sign_seed_keypair(self.sign_seed)
        return bindings.crypto_sign(encode_place(statement), secret)[: bindings.crypto_sign_BYTES]

    def open_box(self, sealed: bytes) -> bytes:
        """What was boxed to this pair's public key, or SealBroken."""
        public = bindings.crypto_scalarmult_base(self.box_private)
        try:
            return bindings.crypto_box_seal_open(sealed, public, self.box_private)
        except (CryptoError, ValueError, TypeError) as broken:
            raise SealBroken from broken


def box_to(public_box: bytes, plain: bytes) -> bytes:
    """Bytes that only the holder of the private key opens; the sender cannot open them again."""
    return bindings.crypto_box_seal(plain, public_box)


_MOST_KNOWN = 200_000
_known_good: set[bytes] = set()


def verify(public_sign: bytes, statement: Place, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) is that key's over this statement. What verified once is known by its hash,
    since lists prove the same hundreds of rows at each refresh."""
    said = encode_place(statement)
    mark = digest(encode_place((public_sign, signature, said)), 16)
    if mark in _known_good:
        return True
    try:
        bindings.crypto_sign_open(signature + said, public_sign)
    except (BadSignatureError, CryptoError, ValueError, TypeError):
        return False
    if len(_known_good) >= _MOST_KNOWN:
        _known_good.clear()
    _known_good.add(mark)
    return True
