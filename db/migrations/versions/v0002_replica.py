"""What synchronisation remembers; everything written before it is noted as not sent yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# As the schema of 0001 had them: later tables have their own way in.
TRAVELLING = (
    "account", "appointment", "arrival", "assignment", "case", "case_document", "case_grant", "centre", "client",
    "consent_event", "counselling_session", "destination", "drop_box", "duty_pattern", "guardian", "holiday", "leave",
    "letter_event", "membership_statement", "organisation", "released_letter", "risk_event", "room", "scale_done",
    "school", "session_note", "staff", "telephone", "visit", "visit_event",
)  # fmt: skip


def upgrade() -> None:
    _outbox_and_segments()
    _losers_and_removed()
    for table in TRAVELLING:
        op.execute(
            f"INSERT INTO outbox(stream, table_name, row_id, part, supersedes) "
            f"SELECT stream, '{table}', id, '', x'' FROM \"{table}\" ORDER BY stamp, version"
        )
        op.execute(
            f"INSERT INTO outbox(stream, table_name, row_id, part, supersedes) "
            f"SELECT t.stream, '{table}', t.id, g.group_name, t.version FROM group_version AS g "
            f"JOIN \"{table}\" AS t ON t.id = g.row_id WHERE g.table_name = '{table}' ORDER BY g.stamp"
        )
    op.execute(
        "INSERT INTO outbox(stream, table_name, row_id, part, supersedes) "
        "SELECT lower(hex(d.centre_id)), 'audit_entry', a.device, a.seq, x'' "
        "FROM audit_entry AS a JOIN device AS d ON d.id = a.device ORDER BY a.seq"
    )


def _outbox_and_segments() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("row_id", sa.BLOB(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("supersedes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("table_name", "row_id", "part", name="uq_outbox_change"),
    )
    op.create_table(
        "segment",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("incarnation", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_head", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_segment")),
    )
    op.create_index("ix_segment_chain", "segment", ["stream", "device", "incarnation", "seq"])
    op.create_index("ix_segment_previous", "segment", ["previous"])


def _losers_and_removed() -> None:
    op.create_table(
        "loser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("row_id", sa.BLOB(), nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.Column("against", sa.LargeBinary(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loser")),
        sa.UniqueConstraint("table_name", "row_id", "group_name", "version", name="uq_loser_version"),
    )
    op.create_index("ix_loser_open", "loser", ["settled_at"])
    op.create_table(
        "loser_value",
        sa.Column("loser_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("column_name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("loser_id", "column_name", name=op.f("pk_loser_value")),
    )
    op.create_table(
        "removed",
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("row_id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.Column("known", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("beaten", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "row_id", name=op.f("pk_removed")),
    )
    op.create_index("ix_client_merged_into", "client", ["merged_into"], sqlite_where=sa.text("merged_into IS NOT NULL"))
