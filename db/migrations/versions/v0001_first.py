"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BLOB(), nullable=False),
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("kdf_memory", sa.Integer(), nullable=False),
        sa.Column("kdf_passes", sa.Integer(), nullable=False),
        sa.Column("kdf_salt", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_keys", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_login"), ["login"], unique=False)

    op.create_table(
        "appointment",
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("client_id", sa.BLOB(), nullable=False),
        sa.Column("staff_id", sa.BLOB(), nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.BLOB(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("visit_id", sa.BLOB(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appointment_client_id"), ["client_id"], unique=False)
        batch_op.create_index("ix_appointment_start", ["centre_id", "starts_at"], unique=False)

    op.create_table(
        "arrival",
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("registered_by", sa.BLOB(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
    )
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arrival_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BLOB(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("room_id", sa.BLOB(), nullable=True),
        sa.Column("absent_at", sa.BigInteger(), nullable=True),
        sa.Column("replaces_id", sa.BLOB(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index("ix_assignment_day", ["centre_id", "day", "half"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BLOB(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device", "seq", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "audit_subject",
        sa.Column("subject", sa.BLOB(), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("subject", "device", "seq", name=op.f("pk_audit_subject")),
    )
    op.create_table(
        "case",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("client_id", sa.BLOB(), nullable=False),
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("opened_by", sa.BLOB(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_number"), ["number"], unique=False)

    op.create_table(
        "case_document",
        sa.Column("case_id", sa.BLOB(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.BLOB(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("supersedes", sa.BLOB(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_document")),
    )
    with op.batch_alter_table("case_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_document_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_grant",
        sa.Column("case_id", sa.BLOB(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.BLOB(), nullable=False),
        sa.Column("grantor", sa.BLOB(), nullable=False),
        sa.Column("boxed_key", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_grant")),
    )
    with op.batch_alter_table("case_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_grant_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_grant_recipient"), ["recipient"], unique=False)

    op.create_table(
        "centre",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("county", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("hotline", sa.String(), nullable=False),
        sa.Column("idle_minutes", sa.JSON(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centre")),
    )
    op.create_table(
        "client",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("id_number", sa.String(), nullable=True),
        sa.Column("nationality", sa.String(), nullable=True),
        sa.Column("ethnic_group", sa.String(), nullable=True),
        sa.Column("school_id", sa.BLOB(), nullable=True),
        sa.Column("school_name", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("class_name", sa.String(), nullable=True),
        sa.Column("county", sa.String(), nullable=True),
        sa.Column("safe_times", sa.String(), nullable=True),
        sa.Column("emergency_name", sa.String(), nullable=True),
        sa.Column("emergency_telephone", sa.String(), nullable=True),
        sa.Column("remarks", sa.String(), nullable=True),
        sa.Column("merged_into", sa.BLOB(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
    )
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_id_number"), ["id_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_number"), ["number"], unique=False)

    op.create_table(
        "consent_event",
        sa.Column("client_id", sa.BLOB(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("recipient", sa.BLOB(), nullable=True),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("form_version", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.BLOB(), nullable=False),
        sa.Column("supersedes", sa.JSON(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
    )
    with op.batch_alter_table("consent_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_event_client_id"), ["client_id"], unique=False)

    op.create_table(
        "counselling_session",
        sa.Column("case_id", sa.BLOB(), nullable=False),
        sa.Column("visit_id", sa.BLOB(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.String(), nullable=False),
        sa.Column("end", sa.String(), nullable=True),
        sa.Column("room_id", sa.BLOB(), nullable=True),
        sa.Column("counsellor", sa.BLOB(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counselling_session")),
    )
    with op.batch_alter_table("counselling_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counselling_session_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_counselling_session_day"), ["day"], unique=False)

    op.create_table(
        "destination",
        sa.Column("institution", sa.String(), nullable=False),
        sa.Column("clinic", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("telephone", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("organisation_id", sa.BLOB(), nullable=False),
        sa.Column("root_sign", sa.LargeBinary(), nullable=False),
        sa.Column("incarnation", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("clock", sa.LargeBinary(), nullable=False),
        sa.Column("key_pairs", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("author", sa.BLOB(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index("ix_draft_author", ["author", "kind"], unique=False)

    op.create_table(
        "drop_box",
        sa.Column("visit_id", sa.BLOB(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drop_box")),
    )
    with op.batch_alter_table("drop_box", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drop_box_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "duty_pattern",
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("half", sa.String(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_pattern")),
    )
    with op.batch_alter_table("duty_pattern", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_pattern_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "group_version",
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("row_id", sa.BLOB(), nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.Column("base", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "row_id", "group_name", name=op.f("pk_group_version")),
    )
    with op.batch_alter_table("group_version", schema=None) as batch_op:
        batch_op.create_index("ix_group_version_version", ["version"], unique=False)

    op.create_table(
        "guardian",
        sa.Column("client_id", sa.BLOB(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=True),
        sa.Column("telephone", sa.String(), nullable=True),
        sa.Column("person_id", sa.BLOB(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
    )
    with op.batch_alter_table("guardian", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guardian_client_id"), ["client_id"], unique=False)

    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("workday", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("day", "id", name="uq_holiday_day"),
    )
    op.create_table(
        "leave",
        sa.Column("staff_id", sa.BLOB(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leave_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "letter_event",
        sa.Column("letter_id", sa.BLOB(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.BLOB(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.BLOB(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_event")),
    )
    with op.batch_alter_table("letter_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_event_letter_id"), ["letter_id"], unique=False)

    op.create_table(
        "membership_statement",
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signer", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_statement")),
    )
    op.create_table(
        "organisation",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("root_sign", sa.LargeBinary(), nullable=False),
        sa.Column("root_box", sa.LargeBinary(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "released_letter",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("client_id", sa.BLOB(), nullable=False),
        sa.Column("destination_id", sa.BLOB(), nullable=False),
        sa.Column("clinic", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("released_by", sa.BLOB(), nullable=False),
        sa.Column("released_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released_letter")),
    )
    with op.batch_alter_table("released_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_released_letter_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_released_letter_number"), ["number"], unique=False)

    op.create_table(
        "risk_event",
        sa.Column("case_id", sa.BLOB(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.BLOB(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("sealed_rationale", sa.LargeBinary(), nullable=False),
        sa.Column("supersedes", sa.JSON(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_event")),
    )
    with op.batch_alter_table("risk_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_risk_event_case_id"), ["case_id"], unique=False)

    op.create_table(
        "room",
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "scale_done",
        sa.Column("case_id", sa.BLOB(), nullable=False),
        sa.Column("document_id", sa.BLOB(), nullable=False),
        sa.Column("scale", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("author", sa.BLOB(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_done")),
    )
    with op.batch_alter_table("scale_done", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scale_done_case_id"), ["case_id"], unique=False)

    op.create_table(
        "school",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("county", sa.String(), nullable=True),
        sa.Column("telephone", sa.String(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
    )
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_name"), ["name"], unique=False)

    op.create_table(
        "search_entry",
        sa.Column("rowid", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.BLOB(), nullable=False),
        sa.PrimaryKeyConstraint("rowid", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("client_id", name=op.f("uq_search_entry_client_id")),
    )
    op.create_table(
        "session_note",
        sa.Column("case_id", sa.BLOB(), nullable=False),
        sa.Column("session_id", sa.BLOB(), nullable=False),
        sa.Column("amends", sa.BLOB(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.BLOB(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_note")),
    )
    with op.batch_alter_table("session_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_note_author"), ["author"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_note_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_note_session_id"), ["session_id"], unique=False)

    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "staff",
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("employer", sa.String(), nullable=True),
        sa.Column("school_id", sa.BLOB(), nullable=True),
        sa.Column("telephone", sa.String(), nullable=True),
        sa.Column("expert", sa.Boolean(), nullable=False),
        sa.Column("specialities", sa.JSON(), nullable=False),
        sa.Column("availability", sa.JSON(), nullable=False),
        sa.Column("weekly_limit", sa.Integer(), nullable=True),
        sa.Column("last_quarter", sa.Integer(), nullable=False),
        sa.Column("record_check_until", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_number"), ["number"], unique=False)

    op.create_table(
        "stream_key",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "epoch", name=op.f("pk_stream_key")),
    )
    op.create_table(
        "telephone",
        sa.Column("client_id", sa.BLOB(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("digits", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telephone")),
    )
    with op.batch_alter_table("telephone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telephone_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_telephone_digits"), ["digits"], unique=False)

    op.create_table(
        "visit",
        sa.Column("arrival_id", sa.BLOB(), nullable=False),
        sa.Column("client_id", sa.BLOB(), nullable=False),
        sa.Column("centre_id", sa.BLOB(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=True),
        sa.Column("visit_number", sa.Integer(), nullable=False),
        sa.Column("came_as", sa.String(), nullable=False),
        sa.Column("companions", sa.JSON(), nullable=False),
        sa.Column("referral_source", sa.String(), nullable=True),
        sa.Column("concerns", sa.JSON(), nullable=False),
        sa.Column("remark", sa.String(), nullable=True),
        sa.Column("asked_harm", sa.String(), nullable=False),
        sa.Column("asked_plan", sa.String(), nullable=False),
        sa.Column("asked_danger", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_at", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.BLOB(), nullable=True),
        sa.Column("staff_id", sa.BLOB(), nullable=True),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("wanted_staff_id", sa.BLOB(), nullable=True),
        sa.Column("case_id", sa.BLOB(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_arrival_id"), ["arrival_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_client_id"), ["client_id"], unique=False)
        batch_op.create_index("ix_visit_day", ["centre_id", "day"], unique=False)

    op.create_table(
        "visit_event",
        sa.Column("visit_id", sa.BLOB(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.BLOB(), nullable=True),
        sa.Column("room_id", sa.BLOB(), nullable=True),
        sa.Column("undoes", sa.BLOB(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_event")),
    )
    with op.batch_alter_table("visit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_event_visit_id"), ["visit_id"], unique=False)
    op.execute(
        "CREATE VIRTUAL TABLE client_search USING fts5(characters, latin, digits, other, "
        "content='', contentless_delete=1, detail=full, prefix='1 2 3 4', tokenize='unicode61 remove_diacritics 2')"
    )
