"""Keeps what is typed: the latest text is written, never an older one over it, whichever thread comes first."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime
from typing import Any

from app.referrals.writing import DRAFT
from app.security.drafts import DraftService


class DraftKeeper:
    """One letter's draft. `put` on every change, `write` from the writer lane or, before locking, at once."""

    def __init__(self, drafts: DraftService, case_id: str, draft_id: str | None) -> None:
        self.case_id = case_id
        self.draft_id = draft_id or secrets.token_hex(12)
        self.exists = draft_id is not None
        self._drafts = drafts
        self._content: dict[str, Any] | None = None
        self._closed = False
        self._writing = threading.Lock()
        self._guard = threading.Lock()

    def put(self, content: dict[str, Any]) -> None:
        """What is to be written next."""
        with self._guard:
            self._content = content

    @property
    def waiting(self) -> bool:
        """Whether something is typed and not yet on the disk."""
        with self._guard:
            return self._content is not None and not self._closed

    def write(self) -> datetime | None:
        """Writes the latest; None if there was nothing to write. A failed write keeps the text for the next."""
        with self._writing:
            with self._guard:
                content, self._content = self._content, None
                if self._closed or content is None:
                    return None
            try:
                saved = self._drafts.save(DRAFT, self.case_id, content, self.draft_id)
            except BaseException:
                self._restore(content)
                raise
            self.exists = True
            return saved.saved_at

    def _restore(self, content: dict[str, Any]) -> None:
        """Back, unless something newer was typed meanwhile."""
        with self._guard:
            if self._content is None:
                self._content = content

    def close(self) -> None:
        """No more writes: the letter is about to be released or thrown away."""
        with self._writing, self._guard:
            self._closed = True

    def reopen(self) -> None:
        """It was not released after all."""
        with self._guard:
            self._closed = False
