"""`accounts.json`: who can open `centre.db`. No client content, no readable key.

Per account the Argon2id parameters, the private keys wrapped by the password, and this PC's database key
boxed to the user's public key. Replaced whole: temporary file, fsync, rename, fsync of the folder.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from db.crypto.pairs import SIGNATURE_BYTES, KeyPairs, PublicKeys, box_to, verify
from db.crypto.passwords import KdfParameters, key_from_password
from db.crypto.sealing import KEY_BYTES, Place, SealBroken, seal, unseal

FORMAT = 1
_MAX_BYTES = 4_000_000


class KeyFileDamaged(Exception):
    """Not readable as an accounts file."""


class Entry(msgspec.Struct):
    """One account. Ids are hex; `database_key` is None until an unlocked PC has boxed it to this user."""

    user_id: str
    login: str
    name: str
    generation: int
    kdf_memory: int
    kdf_passes: int
    kdf_salt: bytes
    wrapped_keys: bytes
    sign_public: bytes
    box_public: bytes
    database_key: bytes | None = None

    @property
    def public(self) -> PublicKeys:
        return PublicKeys(self.sign_public, self.box_public)


class KeyFile(msgspec.Struct):
    """The whole file. `next_database_key` has its place for a re-key that power may interrupt."""

    format: int
    organisation: str
    centre: str
    centre_name: str
    device: str
    demo: bool
    entries: list[Entry]
    next_database_key: bool = False

    def entries_of(self, login: str) -> list[Entry]:
        """The account with this login, letter case ignored; more than one if two PCs gave it to two people."""
        return [entry for entry in self.entries if entry.login.casefold() == login.casefold()]


def _place(organisation: str, user_id: str, generation: int) -> Place:
    return ("longshan account 1", organisation, user_id, generation)


def wrap(
    pairs: KeyPairs,
    root: PublicKeys,
    password: str,
    kdf: KdfParameters,
    organisation: str,
    user_id: str,
    generation: int,
) -> bytes:
    """The private keys, and the organisation's root that this user believes in, sealed under the password: whoever
    can write the data file cannot put another root, or another escrow key, in its place.

    64 bytes of the owner's signature come first: what was not wrapped by its owner is taken over by no other PC, so
    that nobody locks others out by writing rubbish into their rows."""
    packed = msgspec.msgpack.encode((pairs.to_bytes(), root.sign, root.box))
    sealed = seal(packed, key_from_password(password, kdf), _place(organisation, user_id, generation))
    return pairs.sign(_statement(organisation, user_id, generation, kdf, sealed)) + sealed


def wrapped_by_owner(entry: Entry, organisation: str) -> bool:
    """Whether the owner of the entry's public keys chose these wrapped keys with these parameters."""
    kdf = KdfParameters(entry.kdf_memory, entry.kdf_passes, entry.kdf_salt)
    sealed = entry.wrapped_keys[SIGNATURE_BYTES:]
    statement = _statement(organisation, entry.user_id, entry.generation, kdf, sealed)
    return verify(entry.sign_public, statement, entry.wrapped_keys[:SIGNATURE_BYTES])


def _statement(organisation: str, user_id: str, generation: int, kdf: KdfParameters, sealed: bytes) -> Place:
    return ("longshan wrapped keys 1", organisation, user_id, generation, kdf.memory, kdf.passes, kdf.salt, sealed)


def unwrap(entry: Entry, organisation: str, password: str) -> tuple[KeyPairs, PublicKeys]:
    """The account's pairs and the root it believes in; SealBroken for a wrong password, KdfRefused for parameters
    out of bounds."""
    kdf = KdfParameters(entry.kdf_memory, entry.kdf_passes, entry.kdf_salt)
    place = _place(organisation, entry.user_id, entry.generation)
    key = key_from_password(password, kdf)
    try:
        opened = unseal(entry.wrapped_keys[SIGNATURE_BYTES:], key, place)
    except SealBroken:
        opened = unseal(entry.wrapped_keys, key, place)  # as the first version wrote it, without a signature
    try:
        packed, root_sign, root_box = msgspec.msgpack.decode(opened, type=tuple[bytes, bytes, bytes])
        pairs = KeyPairs.from_bytes(packed)
    except msgspec.MsgspecError:
        raise SealBroken from None
    if pairs.public != entry.public:
        raise SealBroken
    return pairs, PublicKeys(root_sign, root_box)


def box_database_key(entry: Entry, device: str, key: bytes) -> None:
    """Lets this account open the PC's file."""
    entry.database_key = box_to(entry.box_public, msgspec.msgpack.encode(("longshan database key 1", device, key)))


def open_database_key(entry: Entry, device: str, pairs: KeyPairs) -> bytes | None:
    """The PC's raw key, or None if nobody has boxed it to this account yet; KeyFileDamaged if it is another PC's."""
    if entry.database_key is None:
        return None
    opened = pairs.open_box(entry.database_key)
    try:
        domain, of, key = msgspec.msgpack.decode(opened, type=tuple[str, str, bytes])
    except msgspec.MsgspecError:
        raise KeyFileDamaged from None
    if (domain, of) != ("longshan database key 1", device) or len(key) != KEY_BYTES:
        raise KeyFileDamaged
    return key


def read(path: Path) -> KeyFile:
    """KeyFileDamaged if it is not what `write` wrote; OSError as the system gives it."""
    with path.open("rb") as stream:
        data = stream.read(_MAX_BYTES + 1)
    try:
        if len(data) > _MAX_BYTES:
            raise KeyFileDamaged
        found = msgspec.json.decode(data, type=KeyFile)
    except (msgspec.DecodeError, ValueError) as error:
        raise KeyFileDamaged from error
    if found.format != FORMAT:
        raise KeyFileDamaged
    return found


def write(path: Path, content: KeyFile) -> None:
    """Durable and whole, or not at all; readable by the owner only."""
    replace_file(path, msgspec.json.format(msgspec.json.encode(content), indent=1))


def replace_file(path: Path, data: bytes) -> None:
    """Puts `data` at `path` so that a reader, or a power cut, sees the old bytes or the new, never a part."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """What was renamed in `folder` survives a power cut from here on (Windows: its file system sees to that)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
