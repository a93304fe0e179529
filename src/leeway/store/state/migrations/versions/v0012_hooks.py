"""Who subscribed to events, what waits for them, and how everything stood when it was last told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "hooks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False, comment="JSON: where it is"),
        sa.Column("wanted", sa.Text, nullable=False, comment="JSON: kinds, slos, projects"),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hooks"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "parcels",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("hook", sa.Integer, nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("first_due_at", sa.Float, nullable=False),
        sa.Column("due_at", sa.Float, comment="NULL: delivered, or given up"),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("delivered_at", sa.Float),
        sa.Column("status", sa.Integer),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_parcels"),
        sa.ForeignKeyConstraint(["hook"], ["hooks.id"], name="fk_parcels_hook"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_parcels_hook", "parcels", ["hook", "due_at"])
    op.create_index("ix_parcels_due_at", "parcels", ["due_at"])
    op.create_table(
        "marks",
        sa.Column("name", sa.String(700), nullable=False),
        sa.Column("stood", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
