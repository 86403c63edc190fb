"""Alembic's entry: uses the connection that `db.schema` hands over, never one of its own."""

from __future__ import annotations

from alembic import context

from db.models import Base


def mine(name: str | None, kind: str, _parents: object) -> bool:
    """Leaves out the full-text table and its shadow tables, which no model maps."""
    return kind != "table" or not (name or "").startswith("client_search")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    include_name=mine,
)
with context.begin_transaction():
    context.run_migrations()
