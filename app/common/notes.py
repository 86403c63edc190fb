"""What is worth telling about one value or row: a msgid with its parameters, translated where it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.common.errors import UserError
from app.common.words import tr


@dataclass(frozen=True, slots=True)
class Note:
    """`code` is for tests and counting, `message` (a msgid) and `params` are for people."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, code: str, message: str, /, **params: object) -> Note:
        return cls(code, message, params)

    @classmethod
    def from_error(cls, error: UserError) -> Note:
        return cls(error.code, error.message, error.params)

    def text(self) -> str:
        """The sentence in the language in force."""
        return tr(self.message, **self.params)


class Spoken:
    """A parameter of a note whose words are looked up when the note is shown: `__str__` says them."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return str(self)
