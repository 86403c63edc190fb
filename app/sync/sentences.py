"""Sentences that are kept in a file and shown later, perhaps in the other language."""

from __future__ import annotations

from app.common.errors import UserError
from app.common.words import tr


class Sentence(str):
    """A text in the language in force that remembers the msgid and the values it was made of."""

    message: str
    params: dict[str, object]

    def __new__(cls, message: str, /, **params: object) -> Sentence:
        made = super().__new__(cls, tr(message, **params))
        made.message, made.params = message, params
        return made

    @classmethod
    def of(cls, error: UserError) -> Sentence:
        """What an error says."""
        return cls(error.message, **error.params)
