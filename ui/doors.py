"""The ways from the window into `app`, each imported when it is first used.

The sign-in window is on screen before the ORM is imported (0.75 s); `warm` brings it in while the password is typed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from app.common.errors import EnvironmentFault, UserError
from app.common.progress import CancelToken, Progress
from app.common.words import N_


class Card(Protocol):
    """One account in the list of the sign-in window."""

    @property
    def login(self) -> str: ...
    @property
    def name(self) -> str: ...


class Workspace(Protocol):
    """A folder that holds a centre, before anybody opened it."""

    @property
    def folder(self) -> Path: ...
    @property
    def demo(self) -> bool: ...
    @property
    def centre_name(self) -> str: ...
    def cards(self) -> list[Any]: ...


class Office(Protocol):
    """An open workspace with somebody signed in."""

    services: Any
    ctx: Any

    @property
    def who(self) -> Any: ...
    def lock(self) -> None: ...
    def unlock(self, password: str) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What the set-up assistant has asked."""

    organisation: str
    centre: str
    address: str
    hotline: str
    name: str
    login: str
    passphrase: str = field(repr=False)


class Doors:
    """The real ones; a test hands in others."""

    def exists(self, folder: Path) -> bool:
        """Whether a centre is there, even a damaged one; told from names alone, before anything is imported."""
        return any((folder / name).exists() for name in ("accounts.json", "centre.db"))

    def open_workspace(self, folder: Path) -> Workspace:
        """Reads the accounts file; EnvironmentFault in words if it cannot."""
        made: Workspace = _load("app.security.workspace", "Workspace")(folder)
        return made

    def only_window(self, folder: Path) -> AbstractContextManager[None]:
        """Held as long as the window is open on the folder."""
        held: AbstractContextManager[None] = _load("app.security.workspace", "only_window")(folder)
        return held

    def warm(self) -> None:
        """Imports what a sign-in needs; on a worker."""
        importlib.import_module("app.bootstrap")

    def sign_in(self, workspace: Workspace, login: str, password: str) -> Office:
        """From a password to the services."""
        office: Office = _load("app.bootstrap", "sign_in")(workspace, login, password)
        return office

    def passphrase(self) -> str:
        """A fresh passphrase, made of words."""
        return str(_load("app.security.passphrases", "generate")())

    def create(self, folder: Path, wanted: NewOrganisation) -> list[str]:
        """Founds an organisation; answers the three shares of its root, which exist nowhere else."""
        founding = importlib.import_module("app.security.founding")
        accounts = importlib.import_module("app.security.accounts")
        roles = importlib.import_module("app.security.permissions").Role
        centre = founding.CentreSpec(wanted.centre, address=wanted.address, hotline=wanted.hotline)
        director = accounts.NewAccount(wanted.login, wanted.name, frozenset({roles.DIRECTOR}), wanted.passphrase)
        spec = founding.FoundingSpec(wanted.organisation, centre, director)
        return list(_load("app.bootstrap", "create_organisation")(folder, spec).shares)

    def join_request(self, name: str) -> Any:
        """The request of a new PC: `code`, `fingerprint`, `device_name`, `data`; UserError if the name cannot be."""
        return importlib.import_module("app.sync.requests").JoinRequest.new(name)

    def save_request(self, path: Path, request: Any) -> None:
        """Into a file; EnvironmentFault in words."""
        try:
            path.write_bytes(request.data)
        except OSError:
            refused = N_("The file {path} cannot be written. Is the disk full, or the folder read-only?")
            raise EnvironmentFault("cannot-write", refused, path=path) from None

    def share_request(self, folder: Path, request: Any) -> None:
        """Into the folder that the PCs share."""
        _load("app.sync.joining", "send_request")(f"folder:{folder}", request)

    def look_for_packet(self, folder: Path, request: Any) -> Any:
        """What a director has answered in the shared folder, opened and verified; None as long as nothing has come."""
        data = _load("app.sync.joining", "fetch_packet")(f"folder:{folder}", request)
        return None if data is None else _load("app.sync.joining", "open_packet")(request, data)

    def read_offer(self, path: Path, request: Any) -> Any:
        """The answer in a file, opened and verified; UserError in words for a wrong one."""
        try:
            data = path.read_bytes()
        except OSError:
            unread = N_("The file {path} cannot be read. Is the stick still plugged in?")
            raise EnvironmentFault("cannot-read", unread, path=path) from None
        return _load("app.sync.joining", "open_packet")(request, data)

    def join(
        self,
        folder: Path,
        request: Any,
        offer: Any,
        shared: Path | None,
        *,
        progress: Progress,
        cancel: CancelToken,
    ) -> None:
        """Makes the workspace in `folder`, whole or not at all. `shared`: the folder by which the request went, which
        is this PC's hub from now on; without it, the packet's if it can be reached from here."""
        joining = importlib.import_module("app.sync.joining")
        offered = _load("app.sync.offered_hub", "reachable_hub")
        hub = f"folder:{shared}" if shared is not None else offered(offer)
        joining.join(folder, request, offer, hub, progress=progress, cancel=cancel)
        if hub is not None:
            with suppress(UserError):  # joined all the same; two small files stay in the hub
                joining.take_away(hub, request)

    def make_demo(self, folder: Path, *, progress: Progress, cancel: CancelToken) -> None:
        """Makes the demonstration's two PCs and their hub below `folder`; cancelled or failed, nothing of it stays."""
        centre = importlib.import_module("app.demo.centre")
        centre.make_demo(folder, centre.DemoOptions(), progress=progress, cancel=cancel)


def _load(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found
