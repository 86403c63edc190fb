"""One PC's folder, before and after somebody opens it: accounts, instance lock, from a password to the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from app.common.errors import EnvironmentFault, UserError
from app.common.locking import only_one
from app.common.words import N_
from db import keyfile
from db.crypto.pairs import KeyPairs, PublicKeys
from db.crypto.passwords import KdfRefused
from db.crypto.sealing import SealBroken

DATABASE, ACCOUNTS, LOCK, HUB = "centre.db", "accounts.json", "window.lock", "hub.json"


@dataclass(frozen=True, slots=True)
class AccountCard:
    """What the sign-in window shows of an account."""

    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What a right password opens."""

    entry: keyfile.Entry
    keys: KeyPairs
    root: PublicKeys
    database_key: bytes = field(repr=False)


class Workspace:
    """A folder with `accounts.json` and `centre.db`. Reads no database and imports no ORM: it is there at sign-in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reload()

    def reload(self) -> None:
        """Reads `accounts.json` again; a sentence for what is missing or damaged."""
        self.accounts = _read_accounts(self.folder)

    @property
    def database_path(self) -> Path:
        return self.folder / DATABASE

    @property
    def demo(self) -> bool:
        return self.accounts.demo

    @property
    def centre_name(self) -> str:
        return self.accounts.centre_name

    def cards(self) -> list[AccountCard]:
        """Who may sign in here, in the order of the file."""
        return [AccountCard(entry.login, entry.name) for entry in self.accounts.entries]

    def unlock(self, login: str, password: str, user_id: str | None = None) -> Unlocked:
        """Takes about half a second (Argon2id). One sentence for each way in which it can fail. Two accounts made on
        two PCs may have one login: the password decides, or `user_id`."""
        entries = [e for e in self.accounts.entries_of(login.strip()) if user_id in (None, e.user_id)]
        if not entries and (self.folder / HUB).exists():
            raise UserError("ask-colleague", NOT_HERE_YET, login=login.strip())
        for entry in entries:
            with suppress(SealBroken, UnicodeEncodeError):
                return self._unlocked(entry, password)
        raise UserError("wrong-password", N_("User name or password is wrong."))

    def _unlocked(self, entry: keyfile.Entry, password: str) -> Unlocked:
        try:
            keys, root = keyfile.unwrap(entry, self.accounts.organisation, password)
        except KdfRefused:
            raise EnvironmentFault("accounts-damaged", DAMAGED_ACCOUNTS) from None
        try:
            key = keyfile.open_database_key(entry, self.accounts.device, keys)
        except (SealBroken, keyfile.KeyFileDamaged):
            raise EnvironmentFault("accounts-damaged", DAMAGED_ACCOUNTS) from None
        if key is None:
            raise UserError("ask-colleague", N_("Ask a colleague to sign in on this PC once first."))
        return Unlocked(entry, keys, root, key)

    def save_accounts(self) -> None:
        """Writes `accounts.json` whole; EnvironmentFault if the folder cannot be written."""
        try:
            keyfile.write(self.folder / ACCOUNTS, self.accounts)
        except OSError as error:
            raise not_writable(self.folder, error) from None


NOT_HERE_YET = N_(
    "This PC does not know the login {login} yet. If it is new, ask a colleague to sign in on this PC once first."
)
DAMAGED_ACCOUNTS = N_("The file accounts.json is damaged. Put it back from the last backup; nothing was changed.")


def not_writable(folder: Path, error: OSError) -> EnvironmentFault:
    """The sentence for a folder that the system does not let us write."""
    return EnvironmentFault(
        "folder-not-writable",
        N_("The folder {folder} cannot be written ({reason}). Nothing was changed."),
        folder=folder,
        reason=error.strerror or "",
    )


def exists(folder: Path) -> bool:
    """Whether a workspace is there (even a damaged one)."""
    return (folder / ACCOUNTS).exists() or (folder / DATABASE).exists()


def _read_accounts(folder: Path) -> keyfile.KeyFile:
    try:
        return keyfile.read(folder / ACCOUNTS)
    except FileNotFoundError:
        if not folder.exists():
            raise EnvironmentFault("no-folder", N_("There is no folder {folder}."), folder=folder) from None
        raise EnvironmentFault(
            "no-workspace", N_("The folder {folder} holds no centre: accounts.json is missing."), folder=folder
        ) from None
    except keyfile.KeyFileDamaged:
        raise EnvironmentFault("accounts-damaged", DAMAGED_ACCOUNTS) from None
    except OSError:
        raise EnvironmentFault(
            "folder-not-readable", N_("The folder {folder} cannot be read. Check its permissions."), folder=folder
        ) from None


@contextmanager
def only_window(folder: Path) -> Iterator[None]:
    """Held by a window as long as it lives; a second one on the same folder is refused. The OS drops it at a crash."""
    already = N_("The program is already open with this folder. Use the window that is open.")
    with alone(folder, LOCK, EnvironmentFault("second-instance", already)):
        yield


@contextmanager
def alone(folder: Path, lock: str, busy: UserError) -> Iterator[None]:
    """Holds a lock file of the folder for the length of the block, or raises `busy`."""
    with ExitStack() as held:
        try:
            mine = held.enter_context(only_one(folder / lock))
        except OSError as error:
            raise not_writable(folder, error) from None
        if not mine:
            raise busy
        yield
