"""Who somebody is, proven: the membership log.

A set of signed statements. The root signs directors, directors sign users and devices; each statement names
the heads it has seen. A public key is believed only if a chain of signatures leads from it to the root that
this PC has pinned. Revocations and quorum statements have their place in `kind`; nothing makes them yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from app.security.permissions import Role
from db.crypto.pairs import KeyPairs, PublicKeys, verify
from db.crypto.sealing import digest
from db.engine import Tx
from db.models import MembershipStatement

_DOMAIN = "longshan membership 1"


@dataclass(frozen=True, slots=True)
class Member:
    """A user as the log proves them: account id, centre, roles and public keys of the newest generation."""

    user_id: str
    name: str
    centre_id: str
    roles: frozenset[Role]
    keys: PublicKeys
    generation: int


@dataclass(frozen=True, slots=True)
class Membership:
    """What the log proves at one moment."""

    organisation: str
    root: PublicKeys
    members: dict[str, Member]
    devices: dict[bytes, PublicKeys]
    heads: tuple[bytes, ...] = field(default=())

    def of_centre(self, centre_id: str, *roles: Role) -> list[Member]:
        """Members of a centre who hold any of `roles`, in the order of their ids."""
        wanted = set(roles)
        found = (m for m in self.members.values() if m.centre_id == centre_id and m.roles & wanted)
        return sorted(found, key=lambda m: m.user_id)


class _Statement(msgspec.Struct, array_like=True):
    domain: str
    organisation: str
    kind: str
    subject: bytes
    content: dict[str, Any]
    at: str
    heads: list[bytes]


def _append(tx: Tx, signer: KeyPairs, statement: _Statement) -> None:
    body = msgspec.msgpack.encode(statement)
    tx.add(
        MembershipStatement(stream="org", body=body, signer=signer.public.sign, signature=signer.sign((_DOMAIN, body)))
    )
    tx.flush()


def _heads(tx: Tx) -> list[bytes]:
    seen: set[bytes] = set()
    named: set[bytes] = set()
    for body in tx.execute(select(MembershipStatement.body)).scalars():
        seen.add(digest(body, 16))
        named.update(msgspec.msgpack.decode(body, type=_Statement).heads)
    return sorted(seen - named)


def state_member(tx: Tx, signer: KeyPairs, organisation: str, member: Member, at: datetime) -> None:
    """Adds "this is a user, with these roles and keys", signed by a director (the first one by the root)."""
    content = {
        "name": member.name,
        "centre": member.centre_id,
        "roles": sorted(member.roles),
        "sign": member.keys.sign,
        "box": member.keys.box,
        "generation": member.generation,
    }
    subject = bytes.fromhex(member.user_id)
    _append(tx, signer, _Statement(_DOMAIN, organisation, "user", subject, content, at.isoformat(), _heads(tx)))


def state_device(
    tx: Tx, signer: KeyPairs, organisation: str, device: bytes, keys: PublicKeys, centre_id: str, at: datetime
) -> None:
    """Adds "this PC belongs to us", signed by a director or, at set-up, the root."""
    content = {"sign": keys.sign, "box": keys.box, "centre": centre_id}
    _append(tx, signer, _Statement(_DOMAIN, organisation, "device", device, content, at.isoformat(), _heads(tx)))


def _member_of(statement: _Statement) -> Member:
    content = statement.content
    return Member(
        user_id=statement.subject.hex(),
        name=content["name"],
        centre_id=content["centre"],
        roles=frozenset(Role(role) for role in content["roles"]),
        keys=PublicKeys(content["sign"], content["box"]),
        generation=content["generation"],
    )


def load(tx: Tx, organisation: str, root: PublicKeys) -> Membership:
    """Reads and verifies the log; statements that no chain of signatures ties to `root` count for nothing."""
    waiting: list[tuple[bytes, _Statement]] = []
    named: set[bytes] = set()
    seen: set[bytes] = set()
    for row in tx.execute(select(MembershipStatement).order_by(MembershipStatement.stamp)).scalars():
        if not verify(row.signer, (_DOMAIN, row.body), row.signature):
            continue
        statement = msgspec.msgpack.decode(row.body, type=_Statement)
        if statement.domain != _DOMAIN or statement.organisation != organisation:
            continue
        waiting.append((row.signer, statement))
        seen.add(digest(row.body, 16))
        named.update(statement.heads)
    members, devices = _believe(waiting, root)
    return Membership(organisation, root, members, devices, tuple(sorted(seen - named)))


def _replaces(member: Member, known: Member) -> bool:
    """Roles may change within a generation; other keys need a higher one."""
    if member.generation == known.generation:
        return member.keys == known.keys
    return member.generation > known.generation


def _believe(
    waiting: list[tuple[bytes, _Statement]], root: PublicKeys
) -> tuple[dict[str, Member], dict[bytes, PublicKeys]]:
    trusted = {root.sign}
    members: dict[str, Member] = {}
    devices: dict[bytes, PublicKeys] = {}
    progress = True
    while waiting and progress:
        believed = [pair for pair in waiting if pair[0] in trusted]
        waiting = [pair for pair in waiting if pair[0] not in trusted]
        progress = bool(believed)
        for _, statement in believed:
            if statement.kind == "user":
                member = _member_of(statement)
                known = members.get(member.user_id)
                if known is None or _replaces(member, known):
                    members[member.user_id] = member
                if Role.DIRECTOR in member.roles:
                    trusted.add(member.keys.sign)
            elif statement.kind == "device":
                devices[statement.subject] = PublicKeys(statement.content["sign"], statement.content["box"])
    return members, devices
