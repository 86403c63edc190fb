"""From a password to a key: Argon2id, with a floor that no file can undercut and a ceiling against a trap."""

from __future__ import annotations

from dataclasses import dataclass

from nacl import bindings
from nacl.pwhash import argon2id
from nacl.utils import random as random_bytes

MIB = 1024 * 1024
FLOOR_MEMORY, FLOOR_PASSES = 64 * MIB, 3
CEILING_MEMORY, CEILING_PASSES = 1024 * MIB, 12


class KdfRefused(Exception):
    """Parameters below the floor or above the ceiling: the file was tampered with or is damaged."""


@dataclass(frozen=True, slots=True)
class KdfParameters:
    """Argon2id: memory in bytes, passes, 16-byte salt."""

    memory: int
    passes: int
    salt: bytes

    @classmethod
    def new(cls, memory: int = 256 * MIB, passes: int = 3) -> KdfParameters:
        return cls(memory, passes, random_bytes(argon2id.SALTBYTES))

    def check(self) -> None:
        """Raises KdfRefused outside floor and ceiling."""
        if not (
            FLOOR_MEMORY <= self.memory <= CEILING_MEMORY
            and FLOOR_PASSES <= self.passes <= CEILING_PASSES
            and len(self.salt) == argon2id.SALTBYTES
        ):
            raise KdfRefused


def key_from_password(password: str, parameters: KdfParameters) -> bytes:
    """32 bytes; takes about 0.4 s at the default. Raises KdfRefused for parameters out of bounds."""
    parameters.check()
    return bindings.crypto_pwhash_alg(
        32,
        password.encode(),
        parameters.salt,
        parameters.passes,
        parameters.memory,
        bindings.crypto_pwhash_ALG_ARGON2ID13,
    )
