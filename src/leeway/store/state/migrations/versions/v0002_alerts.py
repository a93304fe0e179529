"""Where alerts stand, what they were, and the messages to deliver."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "standings",
        sa.Column("goal", sa.Integer, nullable=False),
        sa.Column("policy", sa.String(253), nullable=False),
        sa.Column("life", sa.Text, nullable=False),
        sa.Column("alert", sa.String(512)),
        sa.PrimaryKeyConstraint("goal", "policy", name="pk_standings"),
    )
    op.create_table(
        "alerts",
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("goal", sa.Integer, nullable=False),
        sa.Column("slo", sa.Text, nullable=False),
        sa.Column("objective", sa.Text, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("fired_at", sa.BigInteger, nullable=False),
        sa.Column("resolved_at", sa.BigInteger),
        sa.Column("consumed_ratio", sa.Float),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("suppressed_by", sa.String(16)),
        sa.Column("acknowledged_at", sa.Float),
        sa.Column("acknowledged_by", sa.Text, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_alerts"),
    )
    op.create_index("ix_alerts_fired_at", "alerts", ["fired_at"])
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("first_due_at", sa.Float, nullable=False),
        sa.Column("due_at", sa.Float, comment="NULL: delivered, or given up"),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sent_at", sa.Float),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_due_at", "messages", ["due_at"])
    op.create_index("ix_messages_key", "messages", ["key"])
