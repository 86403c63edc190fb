"""The ways from the window into `app`, each imported when it is first used.

The sign-in window is on screen before the ORM is imported (0.75 s); `warm` brings it in while the password is typed.
"""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from app.common.progress import CancelToken, Progress


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

    def make_demo(self, folder: Path, *, progress: Progress, cancel: CancelToken) -> None:
        """Makes the demonstration centre in `folder`/desk; cancelled or failed, nothing of it stays."""
        centre = importlib.import_module("app.demo.centre")
        unfinished = folder.with_name(f"{folder.name}-unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            centre.make_demo(unfinished, centre.DemoOptions(), progress=progress, cancel=cancel)
            folder.mkdir(parents=True, exist_ok=True)
            for made in unfinished.iterdir():
                made.rename(folder / made.name)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def _load(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found
