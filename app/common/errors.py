"""The one tree of errors: what a person can be told, asked, or has stopped.

A message is an English msgid marked with `N_` where it is raised; it is translated where it is shown,
so that one error reads rightly in a window, on a command line and in a rejects file.
"""

from __future__ import annotations

from app.common.words import tr


class LongshanError(Exception):
    """Root of the tree; never raised itself."""


class UserError(LongshanError):
    """Refused or invalid input. `code` is for tests and scripts, `message` (a msgid) and `params` for people."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = params

    def text(self) -> str:
        """The sentence in the current language."""
        return tr(self.message, **self.params)

    def __str__(self) -> str:
        return self.text()


class EnvironmentFault(UserError):
    """The machine's fault, not the person's: disk full, folder read-only, hub away. Says what to do."""


class Confirmation(LongshanError):
    """A question: ask `text()`, then call again with `token` in the call's `confirmed` set."""

    def __init__(self, token: str, message: str, **params: object) -> None:
        super().__init__(token)
        self.token = token
        self.message = message
        self.params = params

    def text(self) -> str:
        """The question in the current language."""
        return tr(self.message, **self.params)


class Cancelled(LongshanError):
    """The person cancelled; the transaction is gone, nothing else is."""
