"""What was answered under which Idempotency-Key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "answers",
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("status", sa.Integer, comment="NULL: begun, and not known to be done"),
        sa.Column("body", sa.LargeBinary, nullable=False, server_default=sa.text("''")),
        sa.Column("media_type", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("key", "address", name="pk_answers"),
    )
    op.create_index("ix_answers_at", "answers", ["at"])
