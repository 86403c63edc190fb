"""Audit entries on their way: without what follows from the rest.

An entry's hash is computed where it arrives, from what it says; its link to the entry before is left out where that
one stands before it in the segment; row ids travel as bytes. What does not follow (an entry that was altered in the
file) travels as it stands, so that the other PCs see it too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import msgspec

from db.crypto.sealing import digest, encode_place
from db.replica.segments import AuditLine, SegmentBroken

Stored = tuple[bytes, int, int, bytes | None, str, str, bytes | None, bytes, bytes]
"""As the file holds it: chain, number, microseconds since 1970, user, act, subjects as JSON, digest of what was signed,
previous hash, hash."""

_SUBJECTS = msgspec.json.Decoder(list[str])
_LAST_MOMENT = 253_370_764_800 * 1_000_000  # the year 9999


def entry_hash(
    chain: bytes, seq: int, micros: int, user: str, act: str, subjects: Sequence[str], signed: bytes, previous: bytes
) -> bytes:
    """BLAKE2b-256 over everything that an entry says, the previous hash included; `user` in hex or empty."""
    said = (chain, seq, micros, user, act, "\n".join(subjects), signed, previous)
    return digest(encode_place(("longshan audit 1", *said)))


def _computed(line: Stored, subjects: Sequence[str]) -> bytes:
    chain, seq, micros, user, act, _, signed, previous, _ = line
    return entry_hash(chain, seq, micros, user.hex() if user else "", act, subjects, signed or b"", previous)


def shorten(lines: Iterable[Stored]) -> list[AuditLine]:
    """For the wire."""
    ends: dict[bytes, bytes] = {}
    found: list[AuditLine] = []
    for line in lines:
        chain, seq, micros, user, act, packed, signed, previous, stored = line
        subjects = json.loads(packed)
        named = _packed(subjects, packed)
        link = b"" if previous == ends.get(chain) else previous
        hashed = b"" if stored == _computed(line, subjects) else stored
        found.append((chain, seq, micros, user, act, named, signed, link, hashed))
        ends[chain] = stored
    return found


def _packed(subjects: Sequence[str], packed: str) -> str | list[bytes]:
    try:
        ids = [bytes.fromhex(one) for one in subjects]
    except ValueError:
        return packed
    return ids if _json(ids) == packed else packed


def restore(lines: Iterable[AuditLine]) -> tuple[list[Stored], list[list[str]]]:
    """Back from the wire, and the subjects of each; SegmentBroken "audit" for what no PC writes."""
    ends: dict[bytes, bytes] = {}
    found: list[Stored] = []
    names: list[list[str]] = []
    try:
        for chain, seq, micros, user, act, named, signed, link, hashed in lines:
            if not (0 < seq < 1 << 62 and 0 <= micros < _LAST_MOMENT):
                raise SegmentBroken("audit")
            packed = named if isinstance(named, str) else _json(named)
            subjects = _SUBJECTS.decode(packed)
            previous = link or ends[chain]
            line: Stored = (chain, seq, micros, user, act, packed, signed, previous, hashed)
            if not hashed:
                line = (*line[:8], _computed(line, subjects))
            ends[chain] = line[8]
            found.append(line)
            names.append(subjects)
    except (KeyError, ValueError, RecursionError, msgspec.MsgspecError):
        raise SegmentBroken("audit") from None
    return found, names


def _json(ids: list[bytes]) -> str:
    return json.dumps([one.hex() for one in ids])
