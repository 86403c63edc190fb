"""Authenticated encryption bound to its place.

Everything sealed carries associated data that says where it belongs (domain, organisation, case, row,
version, kind), so that ciphertext moved to another row, or an older version put back, does not open.
"""

from __future__ import annotations

import msgspec
from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.utils import random as random_bytes

KEY_BYTES = 32
_NONCE = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

Place = tuple[str | int | bytes, ...]


class SealBroken(Exception):
    """Wrong key, wrong place or altered bytes; which of them cannot be told."""


def new_key() -> bytes:
    """32 bytes from the operating system's random source."""
    return random_bytes(KEY_BYTES)


def encode_place(place: Place) -> bytes:
    """One unambiguous byte string for a tuple: msgpack, so that ("a", "bc") and ("ab", "c") differ."""
    return msgspec.msgpack.encode(list(place))


def seal(plain: bytes, key: bytes, place: Place) -> bytes:
    """nonce(24) + ciphertext + tag(16), XChaCha20-Poly1305 (IETF)."""
    nonce = random_bytes(_NONCE)
    return nonce + bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, encode_place(place), nonce, key)


def unseal(sealed: bytes, key: bytes, place: Place) -> bytes:
    """The plain bytes, or SealBroken."""
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed[_NONCE:], encode_place(place), sealed[:_NONCE], key
        )
    except (CryptoError, ValueError, TypeError) as broken:
        raise SealBroken from broken


def digest(data: bytes, size: int = 32) -> bytes:
    """BLAKE2b of `data`, `size` bytes."""
    return bindings.crypto_generichash_blake2b_salt_personal(data, digest_size=size)


def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose from one secret: keyed BLAKE2b over the purpose's name."""
    return bindings.crypto_generichash_blake2b_salt_personal(purpose.encode(), digest_size=32, key=secret)
