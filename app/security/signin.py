"""A login: who it is and, while unlocked, the private keys that make their acts theirs."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.common.errors import UserError
from app.common.words import N_
from app.security.permissions import May, Role, permitted
from db.crypto.pairs import KeyPairs


@dataclass(slots=True)
class SignIn:
    """`user_id` is the account's id. Keys are gone after `forget_keys` (lock) until given again (unlock)."""

    user_id: str
    staff_id: str
    login: str
    name: str
    roles: frozenset[Role]
    centre_id: str
    organisation_id: str
    may: frozenset[May] = field(init=False)
    _keys: KeyPairs | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.may = permitted(self.roles)

    @property
    def keys(self) -> KeyPairs:
        """The user's pairs; UserError "locked" while the screen is locked."""
        if self._keys is None:
            raise UserError("locked", N_("The screen is locked. Enter your password first."))
        return self._keys

    @property
    def locked(self) -> bool:
        return self._keys is None

    def remember_keys(self, keys: KeyPairs) -> None:
        """At sign-in and unlock."""
        self._keys = keys

    def forget_keys(self) -> None:
        """At lock; case keys are derived from these at each use and never kept."""
        self._keys = None
