"""Who somebody is, proven: the membership log.

A set of signed statements. The root signs directors, directors sign users and devices; each statement names
the heads it has seen. A public key is believed only if a chain of signatures leads from it to the root that
this PC has pinned. Revocations and quorum statements have their place in `kind`; nothing makes them yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select

from app.security.permissions import Role
from db.crypto.pairs import KeyPairs, PublicKeys, verify
from db.crypto.sealing import Place, digest
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
class KnownDevice:
    """A PC as the log proves it. `streams`: what it carries besides the organisation's own stream."""

    device: bytes
    name: str
    letter: str
    centre_id: str
    streams: tuple[str, ...]
    keys: PublicKeys


@dataclass(frozen=True, slots=True)
class Membership:
    """What the log proves at one moment. `history`: every believed statement on a user, in the order of the log."""

    organisation: str
    root: PublicKeys
    members: dict[str, Member]
    devices: dict[bytes, KnownDevice]
    history: dict[str, tuple[Member, ...]]

    def of_centre(self, centre_id: str, *roles: Role) -> list[Member]:
        """Members of a centre who hold any of `roles`, in the order of their ids."""
        wanted = set(roles)
        found = (m for m in self.members.values() if m.centre_id == centre_id and m.roles & wanted)
        return sorted(found, key=lambda m: m.user_id)

    def signed(self, user_id: str, statement: Place, signature: bytes, roles: frozenset[Role] | None = None) -> bool:
        """Whether this user signed it, with any generation of their keys, and ever held one of `roles`.

        A later change of role or keys does not undo what was rightly signed before; it takes the rights to sign
        more, which the services check against today's roles.
        """
        past = self.history.get(user_id, ())
        if roles is not None and not any(member.roles & roles for member in past):
            return False
        return any(verify(key, statement, signature) for key in {member.keys.sign for member in past})


class SignedStatement(NamedTuple):
    """One statement as it is kept and sent: msgpack, the signer's Ed25519 public key, the signature."""

    body: bytes
    signer: bytes
    signature: bytes


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


def _decoded(body: bytes) -> _Statement | None:
    try:
        return msgspec.msgpack.decode(body, type=_Statement)
    except msgspec.MsgspecError:
        return None


def _heads(tx: Tx) -> list[bytes]:
    seen: set[bytes] = set()
    named: set[bytes] = set()
    for body in tx.execute(select(MembershipStatement.body)).scalars():
        statement = _decoded(body)
        if statement is not None:
            seen.add(digest(body, 16))
            named.update(statement.heads)
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


def state_device(tx: Tx, signer: KeyPairs, organisation: str, known: KnownDevice, at: datetime) -> None:
    """Adds "this PC belongs to us", signed by a director or, at set-up, the root."""
    content = {
        "sign": known.keys.sign,
        "box": known.keys.box,
        "centre": known.centre_id,
        "name": known.name,
        "letter": known.letter,
        "streams": list(known.streams),
    }
    _append(tx, signer, _Statement(_DOMAIN, organisation, "device", known.device, content, at.isoformat(), _heads(tx)))


def _device_of(statement: _Statement) -> KnownDevice | None:
    content = statement.content
    try:
        return KnownDevice(
            device=statement.subject,
            name=content["name"],
            letter=content["letter"],
            centre_id=content["centre"],
            streams=tuple(content["streams"]),
            keys=PublicKeys(content["sign"], content["box"]),
        )
    except (KeyError, TypeError):
        return None


def _member_of(statement: _Statement) -> Member | None:
    content = statement.content
    try:
        return Member(
            user_id=statement.subject.hex(),
            name=content["name"],
            centre_id=content["centre"],
            roles=frozenset(Role(role) for role in content["roles"]),
            keys=PublicKeys(content["sign"], content["box"]),
            generation=content["generation"],
        )
    except (KeyError, ValueError, TypeError):
        return None


def load(tx: Tx, organisation: str, root: PublicKeys) -> Membership:
    """Reads and verifies the log; statements that no chain of signatures ties to `root` count for nothing, whatever
    they say. Their order is the signed one: after the heads that they name, then by their signed time."""
    return judge(statements(tx), organisation, root)


def statements(tx: Tx) -> list[SignedStatement]:
    """The log as it lies in the file, unjudged."""
    columns = (MembershipStatement.body, MembershipStatement.signer, MembershipStatement.signature)
    return [SignedStatement(*row) for row in tx.execute(select(*columns))]


def judge(log: Sequence[SignedStatement], organisation: str, root: PublicKeys) -> Membership:
    """As `load`, for statements that came by another way: in the packet that a joining PC opens."""
    believed = _believe(list(log), organisation, root)
    history: dict[str, tuple[Member, ...]] = {}
    members: dict[str, Member] = {}
    devices: dict[bytes, KnownDevice] = {}
    for statement in _in_signed_order(believed):
        member = _member_of(statement) if statement.kind == "user" else None
        if member is not None:
            known = members.get(member.user_id)
            if known is None or _replaces(member, known):
                members[member.user_id] = member
                history[member.user_id] = (*history.get(member.user_id, ()), member)
        known_device = _device_of(statement) if statement.kind == "device" else None
        if known_device is not None:
            devices.setdefault(known_device.device, known_device)
    return Membership(organisation, root, members, devices, history)


def unproven(log: Sequence[SignedStatement], organisation: str, root: PublicKeys) -> int:
    """How many statements count for nothing, because nothing ties them to `root`."""
    believed = _believe(list(log), organisation, root)
    return sum(digest(one.body, 16) not in believed for one in log)


def _replaces(member: Member, known: Member) -> bool:
    """Roles may change within a generation; other keys need a higher one."""
    if member.generation == known.generation:
        return member.keys == known.keys
    return member.generation > known.generation


def _believe(waiting: list[SignedStatement], organisation: str, root: PublicKeys) -> dict[bytes, _Statement]:
    """Hash -> statement, for those signed by the root or by a director whom a believed statement names."""
    trusted, found = {root.sign}, dict[bytes, _Statement]()
    progress = True
    while waiting and progress:
        ready = [one for one in waiting if one.signer in trusted]
        waiting = [one for one in waiting if one.signer not in trusted]
        progress = bool(ready)
        for body, signer, signature in ready:
            if not verify(signer, (_DOMAIN, body), signature):
                continue
            statement = _decoded(body)
            if statement is None or (statement.domain, statement.organisation) != (_DOMAIN, organisation):
                continue
            found[digest(body, 16)] = statement
            member = _member_of(statement) if statement.kind == "user" else None
            if member is not None and Role.DIRECTOR in member.roles:
                trusted.add(member.keys.sign)
    return found


def _in_signed_order(believed: dict[bytes, _Statement]) -> list[_Statement]:
    depth: dict[bytes, int] = {}
    rest = dict(believed)
    while rest:
        ready = [name for name, statement in rest.items() if not any(head in rest for head in statement.heads)]
        for name in ready or list(rest):
            depth[name] = 1 + max((depth.get(head, 0) for head in believed[name].heads), default=0)
            del rest[name]
    order = sorted(believed, key=lambda name: (depth[name], believed[name].at, name))
    return [believed[name] for name in order]
