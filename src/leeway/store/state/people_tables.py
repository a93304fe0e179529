"""The tables of people, of keys and of the audit log."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from leeway.store.state.tables import metadata

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("roles", Text, nullable=False, comment="JSON: role by project"),
    Column("password", Text, nullable=False, comment="argon2, or empty"),
    Column("subject", Text, comment="NULL: nobody signs this person in"),
    Column("made_at", Float, nullable=False),
    Column("made_by", Text, nullable=False),
    UniqueConstraint("name"),
    UniqueConstraint("subject"),
    sqlite_autoincrement=True,
)

keys = Table(
    "keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("person", Integer, ForeignKey("people.id")),
    Column("name", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("made_at", Float, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("expires_at", Float),
    Column("used_at", Float),
    UniqueConstraint("digest"),
    sqlite_autoincrement=True,
)

acts = Table(
    "acts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("what", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Index("ix_acts_at", "at"),
    sqlite_autoincrement=True,
)
