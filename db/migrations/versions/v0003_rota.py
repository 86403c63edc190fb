"""The complete rota: recurring patterns and leave, wishes, limits, extra days, publications, swaps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ADDED: dict[str, tuple[sa.Column[object], ...]] = {
    "centre": (sa.Column("duty_limits", sa.JSON(), nullable=False, server_default="{}"),),
    "staff": (
        sa.Column("monthly_limit", sa.Integer(), nullable=True),
        sa.Column("daily_limit", sa.Integer(), nullable=False, server_default="1"),
    ),
    "duty_pattern": (
        sa.Column("starts", sa.String(), nullable=True),
        sa.Column("ends", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("room_ids", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("specialities", sa.JSON(), nullable=False, server_default="[]"),
    ),
    "leave": (
        sa.Column("half", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=True),
    ),
    "holiday": (sa.Column("duty", sa.Boolean(), nullable=False, server_default="0"),),
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    _table(
        "duty_day",
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("starts", sa.String(), nullable=True),
        sa.Column("ends", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_duty_day_centre_id", "duty_day", ["centre_id"])
    _table(
        "duty_wish",
        sa.Column("staff_id", sa.BLOB(), nullable=False),
        sa.Column("prefer", sa.Boolean(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("half", sa.String(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_duty_wish_staff_id", "duty_wish", ["staff_id"])
    _table(
        "publication",
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_publication_centre_id", "publication", ["centre_id"])
    _table(
        "swap_request",
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("assignment_id", sa.BLOB(), nullable=False),
        sa.Column("to_staff_id", sa.BLOB(), nullable=False),
        sa.Column("return_id", sa.BLOB(), nullable=True),
        sa.Column("asked_by", sa.BLOB(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.BLOB(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_how", sa.String(), nullable=True),
        sa.Column("ended", sa.String(), nullable=True),
        sa.Column("ended_by", sa.BLOB(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("ix_swap_request_centre_id", "swap_request", ["centre_id"])
    op.create_index("ix_swap_request_to_staff_id", "swap_request", ["to_staff_id"])


def _table(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        *columns,
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
