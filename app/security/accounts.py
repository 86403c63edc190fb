"""Accounts: made by a director, proven by the membership log, opened by a password that nobody stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import func, select

from app.common.changes import Changes, Done, Topic
from app.common.errors import UserError
from app.common.words import N_
from app.security import passphrases
from app.security.context import Context
from app.security.membership import Member, state_member
from app.security.permissions import May, Role
from app.security.workspace import Workspace
from db import keyfile
from db.crypto.pairs import KeyPairs, PublicKeys
from db.crypto.passwords import MIB, KdfParameters
from db.engine import Tx
from db.models import Account, Staff
from db.replica.stamping import new_id

KDF_MEMORY = 256 * MIB


@dataclass(frozen=True, slots=True)
class AccountView:
    """One line of the list of accounts. `opens_here`: this PC's file has been boxed to them."""

    user_id: str
    login: str
    name: str
    roles: frozenset[Role]
    opens_here: bool


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is to be made. `passphrase` None: one is generated. `staff_id` None: a staff member is made, too."""

    login: str
    name: str
    roles: frozenset[Role]
    passphrase: str | None = field(default=None, repr=False)
    staff_id: str | None = None


@dataclass(frozen=True, slots=True)
class MadeAccount:
    """The account and the passphrase to hand over, shown once. `entry` goes into the accounts file after commit."""

    user_id: str
    staff_id: str
    passphrase: str = field(repr=False)
    keys: KeyPairs
    entry: keyfile.Entry


def make_account(
    tx: Tx,
    organisation: str,
    centre_id: str,
    signer: KeyPairs,
    root: PublicKeys,
    new: NewAccount,
    at: datetime,
    kdf_memory: int,
    any_password: bool = False,
) -> MadeAccount:
    """Adds staff member, account and membership statement, signed by `signer` (a director, or the root).

    `any_password` is for the demonstration centre, whose passwords are published anyway."""
    login = new.login.strip()
    if not login or not new.name.strip() or not new.roles:
        raise UserError("account-incomplete", N_("A user needs a name, a login and at least one role."))
    if tx.execute(select(Account.id).where(func.lower(Account.login) == login.lower())).first():
        raise UserError("login-taken", N_("The login {login} is taken."), login=login)
    passphrase = new.passphrase or passphrases.generate()
    if not any_password:
        passphrases.check(passphrase)
    staff_id = new.staff_id or _new_staff(tx, centre_id, new.name.strip())
    user_id, keys, kdf = new_id(tx), KeyPairs.new(), KdfParameters.new(kdf_memory)
    wrapped = keyfile.wrap(keys, root, passphrase, kdf, organisation, user_id, 1)
    account = Account(id=user_id, stream="org", login=login, staff_id=staff_id, centre_id=centre_id, generation=1)
    account.kdf_memory, account.kdf_passes, account.kdf_salt = kdf.memory, kdf.passes, kdf.salt
    account.wrapped_keys = wrapped
    tx.add(account)
    member = Member(user_id, new.name.strip(), centre_id, new.roles, keys.public, 1)
    state_member(tx, signer, organisation, member, at)
    public = keys.public
    entry = keyfile.Entry(
        user_id, login, member.name, 1, kdf.memory, kdf.passes, kdf.salt, wrapped, public.sign, public.box
    )
    return MadeAccount(user_id, staff_id, passphrase, keys, entry)


def _new_staff(tx: Tx, centre_id: str, name: str) -> str:
    used = tx.execute(select(func.count()).select_from(Staff).where(Staff.centre_id == centre_id)).scalar_one()
    staff = Staff(id=new_id(tx), stream="org", centre_id=centre_id, number=f"S{used + 1:03d}", name=name)
    tx.add(staff)
    return staff.id


class AccountService:
    """What Settings offers about accounts. Needs the workspace, because the accounts file must follow the log."""

    def __init__(self, ctx: Context, workspace: Workspace, database_key: bytes) -> None:
        self.ctx = ctx
        self.workspace = workspace
        self._database_key = database_key

    def list(self) -> list[AccountView]:
        """The accounts of this organisation that the log proves, by login."""
        with self.ctx.read(May.EDIT_ACCOUNTS) as tx:
            members = self.ctx.members(tx).members
            here = {e.user_id for e in self.workspace.accounts.entries if e.database_key is not None}
            rows = tx.execute(select(Account.id, Account.login).where(Account.active).order_by(Account.login)).all()
            return [
                AccountView(uid, login, members[uid].name, members[uid].roles, uid in here)
                for uid, login in rows
                if uid in members
            ]

    def add(self, new: NewAccount, kdf_memory: int = KDF_MEMORY, centre_id: str | None = None) -> Done[MadeAccount]:
        """Makes an account that can open this PC at once; or one of another centre, for that centre's PCs only."""
        with self.ctx.write(May.EDIT_ACCOUNTS, "account.added") as act:
            who, now, here = self.ctx.who, self.ctx.clock.now(), self.workspace.accounts.centre
            centre = centre_id or who.centre_id
            made = make_account(act.tx, who.organisation_id, centre, who.keys, self.ctx.root, new, now, kdf_memory)
            act.on(made.user_id)
            if centre == here:
                self._admit(made.entry)
        return Done(made, Changes.of(Topic.STAFF, Topic.SETTINGS))

    def change_password(self, old: str, new: str, kdf_memory: int = KDF_MEMORY) -> Done[None]:
        """Wraps one's own private keys anew; grants and notes are untouched. The old password must be right."""
        passphrases.check(new)
        unlocked = self.workspace.unlock(self.ctx.who.login, old, self.ctx.who.user_id)
        entry, kdf = unlocked.entry, KdfParameters.new(kdf_memory)
        organisation = self.workspace.accounts.organisation
        wrapped = keyfile.wrap(unlocked.keys, unlocked.root, new, kdf, organisation, entry.user_id, entry.generation)
        changed = msgspec.structs.replace(
            entry, kdf_memory=kdf.memory, kdf_passes=kdf.passes, kdf_salt=kdf.salt, wrapped_keys=wrapped
        )
        with self.ctx.write(May.OWN_SETTINGS, "account.password-changed") as act:
            account = act.tx.get_one(Account, entry.user_id)
            account.kdf_memory, account.kdf_passes, account.kdf_salt = kdf.memory, kdf.passes, kdf.salt
            account.wrapped_keys = wrapped
            act.on(entry.user_id)
            act.tx.flush()
            self._swap(changed)
        return Done(None, Changes.of(Topic.SETTINGS))

    def _swap(self, new: keyfile.Entry) -> None:
        """The accounts file decides which password is right, so memory follows the disk."""
        held = self.workspace.accounts
        before, held.entries = held.entries, [new if e.user_id == new.user_id else e for e in held.entries]
        try:
            self.workspace.save_accounts()
        except BaseException:
            held.entries = before
            raise

    def _admit(self, entry: keyfile.Entry) -> None:
        """Written before the commit: an entry without its account opens nothing that it should not, and the next
        merge drops it; an account without its entry could not sign in."""
        keyfile.box_database_key(entry, self.workspace.accounts.device, self._database_key)
        self.workspace.accounts.entries.append(entry)
        try:
            self.workspace.save_accounts()
        except BaseException:
            self.workspace.accounts.entries.remove(entry)
            raise
