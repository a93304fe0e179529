"""The tables of hooks, of what waits for them, and of how everything stood when it was last told."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from leeway.store.state.tables import metadata

hooks = Table(
    "hooks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False, comment="JSON: where it is"),
    Column("wanted", Text, nullable=False, comment="JSON: kinds, slos, projects"),
    Column("active", Boolean, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", Float, nullable=False),
    sqlite_autoincrement=True,
)

parcels = Table(
    "parcels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hook", Integer, ForeignKey("hooks.id"), nullable=False),
    Column("event", String(64), nullable=False),
    Column("type", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
    Column("first_due_at", Float, nullable=False),
    Column("due_at", Float, comment="NULL: delivered, or given up"),
    Column("attempts", Integer, nullable=False),
    Column("delivered_at", Float),
    Column("status", Integer),
    Column("answer", Text, nullable=False),
    Column("error", Text, nullable=False),
    Index("ix_parcels_hook", "hook", "due_at"),
    Index("ix_parcels_due_at", "due_at"),
    sqlite_autoincrement=True,
)

marks = Table(
    "marks",
    metadata,
    Column("name", String(700), primary_key=True),
    Column("stood", Text, nullable=False),
)
