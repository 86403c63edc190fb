"""`accounts.json` follows what was merged: who of this centre may open this PC, with which wrapped keys.

Parameters, salt and wrapped keys come from the account's row, public keys only from the log of members: a row that
names other keys opens nothing. This PC's database key is boxed to each member once, while somebody is signed in.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec
from sqlalchemy import select

from app.common.words import N_
from app.security.membership import Member, Membership
from app.security.permissions import Role
from app.security.workspace import Workspace
from app.sync.sentences import Sentence
from db import keyfile
from db.crypto.passwords import KdfParameters, KdfRefused
from db.engine import Tx
from db.models import Account

_WEAK = N_(
    "The account {login} came with a password protection that is out of bounds; it was not taken over. "
    "Ask the director."
)
_UNSIGNED = N_(
    "The account {login} came with a password that its owner did not set; it was not taken over. "
    "If somebody cannot sign in, let them change their password where they can."
)
_LETTER = N_(
    "Two PCs of this centre have the letter {letter} ({names}), so numbers may be given out twice. "
    "Let one of them join anew."
)
_TWICE = N_("Two accounts have the login {login}; each opens with its own password.")


def entries_of(tx: Tx, members: Membership, centre: str, device: str, key: bytes) -> list[keyfile.Entry]:
    """The entries with which a new PC of `centre` begins."""
    made = [_entry(account, member) for account, member in _active(tx, members, centre) if _sound(account)]
    found = [entry for entry in made if keyfile.wrapped_by_owner(entry, members.organisation)]
    for entry in found:
        keyfile.box_database_key(entry, device, key)
    return found


def follow(
    tx: Tx, workspace: Workspace, members: Membership, database_key: bytes, signed_in: str | None = None
) -> list[str]:
    """Brings the file into line with the log and the rows, and says what is wrong.

    `tx` must be a writing one: a new account or password of this PC changes the file inside its own transaction, and so
    the two never overlap. Who is signed in stays, and so does the last director: somebody must be able to mend things.
    """
    held = workspace.accounts
    old = {entry.user_id: entry for entry in held.entries}
    alarms: list[str] = []
    active = _active(tx, members, held.centre)
    new: dict[str, keyfile.Entry] = {}
    for account, member in active:
        kept = old.get(account.id)
        entry = _entry(account, member)
        if not _sound(account):
            alarms.append(Sentence(_WEAK, login=account.login))
        elif account.generation == member.generation and keyfile.wrapped_by_owner(entry, held.organisation):
            new[account.id] = _updated(kept, entry, held.device, database_key)
            continue
        elif kept is None or kept.wrapped_keys != account.wrapped_keys:
            alarms.append(Sentence(_UNSIGNED, login=account.login))
        if kept is not None:
            new[account.id] = kept
    for user_id in _must_stay(old, new, members, signed_in):
        new[user_id] = old[user_id]
    entries = [new[user_id] for user_id in old if user_id in new] + [e for uid, e in new.items() if uid not in old]
    if entries != held.entries:
        _save(workspace, entries)
    logins = [entry.login.casefold() for entry in entries]
    alarms += [Sentence(_TWICE, login=login) for login in sorted({one for one in logins if logins.count(one) > 1})]
    return alarms + _shared_letters(members, held.centre)


def _shared_letters(members: Membership, centre: str) -> list[str]:
    """Two directors let PCs in at once, on PCs that had not heard of each other."""
    names: dict[str, list[str]] = defaultdict(list)
    for device in members.devices.values():
        if device.centre_id == centre:
            names[device.letter].append(device.name)
    twice = sorted((letter, sorted(found)) for letter, found in names.items() if len(found) > 1)
    return [Sentence(_LETTER, letter=letter, names=", ".join(found)) for letter, found in twice]


def _active(tx: Tx, members: Membership, centre: str) -> list[tuple[Account, Member]]:
    """Accounts of the centre that the log proves and nobody has closed, by login."""
    rows = tx.execute(select(Account).where(Account.active).order_by(Account.login, Account.id)).scalars()
    proven = ((account, members.members.get(account.id)) for account in rows)
    return [(account, member) for account, member in proven if member is not None and member.centre_id == centre]


def _sound(account: Account) -> bool:
    try:
        KdfParameters(account.kdf_memory, account.kdf_passes, account.kdf_salt).check()
    except KdfRefused:
        return False
    return True


def _entry(account: Account, member: Member) -> keyfile.Entry:
    return keyfile.Entry(
        user_id=account.id,
        login=account.login,
        name=member.name,
        generation=account.generation,
        kdf_memory=account.kdf_memory,
        kdf_passes=account.kdf_passes,
        kdf_salt=account.kdf_salt,
        wrapped_keys=account.wrapped_keys,
        sign_public=member.keys.sign,
        box_public=member.keys.box,
    )


def _updated(kept: keyfile.Entry | None, new: keyfile.Entry, device: str, key: bytes) -> keyfile.Entry:
    """A box that was made for the same keys still opens; it is kept, so that an unchanged file stays unchanged."""
    if kept is not None and kept.database_key is not None and kept.public == new.public:
        return msgspec.structs.replace(new, database_key=kept.database_key)
    keyfile.box_database_key(new, device, key)
    return new


def _must_stay(
    old: dict[str, keyfile.Entry], new: dict[str, keyfile.Entry], members: Membership, signed_in: str | None
) -> list[str]:
    def directs(user_id: str) -> bool:
        member = members.members.get(user_id)
        return member is not None and Role.DIRECTOR in member.roles

    gone = [user_id for user_id in old if user_id not in new]
    stay = [user_id for user_id in gone if user_id == signed_in]
    if not any(directs(user_id) for user_id in (*new, *stay)):
        stay += [user_id for user_id in gone if directs(user_id) and user_id not in stay][:1]
    return stay


def _save(workspace: Workspace, entries: list[keyfile.Entry]) -> None:
    before = workspace.accounts.entries
    workspace.accounts.entries = entries
    try:
        workspace.save_accounts()
    except BaseException:
        workspace.accounts.entries = before
        raise
