"""The first tables: documents with their history, series, objectives, learned delays, jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "documents",
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("name", sa.String(253), nullable=False),
        sa.Column("number", sa.Integer, nullable=False, comment="the current revision, deletions included"),
        sa.PrimaryKeyConstraint("kind", "name", name="pk_documents"),
    )
    op.create_table(
        "revisions",
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("name", sa.String(253), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, comment="OpenSLO YAML; NULL when this revision deleted the document"),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "number", name="pk_revisions"),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("slo", sa.Text, nullable=False),
        sa.Column("objective", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("scale", sa.BigInteger, nullable=False),
        sa.Column("born", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("slo", "objective", "digest", name="uq_series_slo_objective_digest"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "objectives",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("slo", sa.Text, nullable=False),
        sa.Column("objective", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_objectives"),
        sa.UniqueConstraint("slo", "objective", "digest", name="uq_objectives_slo_objective_digest"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "delays",
        sa.Column("series", sa.Integer, nullable=False),
        sa.Column("delay_s", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_delays"),
        sa.ForeignKeyConstraint(["series"], ["series.id"], name="fk_delays_series"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("units", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sqlite_autoincrement=True,
    )
