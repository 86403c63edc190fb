"""What is typed and not yet signed: kept within a second, sealed to its author, on this PC only.

Sealed under a key derived from the author's private key, and not boxed to her public one: a box anybody could make,
and put words into her mouth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, select

from app.common.errors import UserError
from app.common.words import N_
from app.security.context import Context, environment_faults
from db.crypto.sealing import Place, SealBroken, derive, seal, unseal
from db.engine import Tx
from db.models import Draft
from db.replica.stamping import new_id

_DOMAIN = "longshan draft 1"


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft opened: `content` is what the form gave to `save`."""

    id: str
    kind: str
    subject: str | None
    content: dict[str, Any] = field(repr=False)
    started_at: datetime
    saved_at: datetime


class DraftService:
    """Drafts of the signed-in user. No audit entry: nothing has been done yet."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def save(self, kind: str, subject: str | None, content: dict[str, Any], draft_id: str | None = None) -> DraftView:
        """Writes at once; on the disk when this returns. `draft_id` None starts a new draft."""
        now = self.ctx.clock.now()
        with environment_faults(), self.ctx.db.write() as tx:
            row = self._own(tx, draft_id) if draft_id else None
            if row is None:
                row = Draft(
                    id=draft_id or new_id(tx), author=self.ctx.who.user_id, kind=kind, subject=subject, started_at=now
                )
                tx.add(row)
            place = self._place(row.id, row.kind, row.subject, now)
            row.sealed, row.saved_at = seal(msgspec.msgpack.encode(content), self._key(), place), now
            return DraftView(row.id, row.kind, row.subject, content, row.started_at, row.saved_at)

    def list(self, kind: str, subject: str | None = None) -> list[DraftView]:
        """One's own drafts of a kind, oldest first; of one subject only if it is given."""
        with environment_faults(), self.ctx.db.read() as tx:
            query = select(Draft).where(Draft.author == self.ctx.who.user_id, Draft.kind == kind)
            if subject is not None:
                query = query.where(Draft.subject == subject)
            return [self._view(row) for row in tx.execute(query.order_by(Draft.started_at)).scalars()]

    def get(self, draft_id: str) -> DraftView | None:
        """One draft of one's own, or None."""
        with environment_faults(), self.ctx.db.read() as tx:
            row = self._own(tx, draft_id)
            return self._view(row) if row else None

    def discard(self, draft_id: str) -> None:
        """Deletes one's own draft; what is not there is not missed."""
        with environment_faults(), self.ctx.db.write() as tx:
            drop(tx, self.ctx.who.user_id, draft_id)

    def _own(self, tx: Tx, draft_id: str) -> Draft | None:
        row = tx.get(Draft, draft_id)
        return row if row is not None and row.author == self.ctx.who.user_id else None

    def _key(self) -> bytes:
        return derive(self.ctx.who.keys.box_private, _DOMAIN)

    def _place(self, draft_id: str, kind: str, subject: str | None, saved_at: datetime) -> Place:
        return (_DOMAIN, self.ctx.who.organisation_id, draft_id, kind, subject or "", saved_at.isoformat())

    def _view(self, row: Draft) -> DraftView:
        try:
            plain = unseal(row.sealed, self._key(), self._place(row.id, row.kind, row.subject, row.saved_at))
        except SealBroken:
            raise UserError("draft-altered", N_("A draft on this PC is damaged and cannot be opened.")) from None
        content = msgspec.msgpack.decode(plain)
        return DraftView(row.id, row.kind, row.subject, content, row.started_at, row.saved_at)


def drop(tx: Tx, author: str, draft_id: str) -> None:
    """Deletes a draft in the transaction that makes it final."""
    tx.execute(delete(Draft).where(Draft.id == draft_id, Draft.author == author))
