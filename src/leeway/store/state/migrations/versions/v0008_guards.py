"""How rare a chance must be before an objective's burns page, as its traffic was measured."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Adds an empty table: nothing was measured before."""
    op.create_table(
        "guards",
        sa.Column("goal", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("alpha", sa.Float, nullable=False),
        sa.Column("rho", sa.Float, nullable=False),
        sa.Column("expected", sa.Float),
        sa.Column("days", sa.Float, nullable=False),
        sa.Column("threshold", sa.Float),
        sa.Column("at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("goal", name="pk_guards"),
    )
