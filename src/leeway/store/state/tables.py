"""The tables of the state store, for any SQL database. Changed only together with a migration; a test compares them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

documents = Table(
    "documents",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("name", String(253), primary_key=True),
    Column("number", Integer, nullable=False, comment="the current revision, deletions included"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("name", String(253), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("body", Text, comment="OpenSLO YAML; NULL when this revision deleted the document"),
    Column("at", Float, nullable=False),
    Column("author", Text, nullable=False),
)

agreements = Table(
    "agreements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recipient", String(253), nullable=False),
    Column("people", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Column("author", Text, nullable=False),
    sqlite_autoincrement=True,
)

series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slo", Text, nullable=False),
    Column("objective", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("scale", BigInteger, nullable=False),
    Column("born", Float, nullable=False),
    UniqueConstraint("slo", "objective", "digest"),
    sqlite_autoincrement=True,
)

objectives = Table(
    "objectives",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slo", Text, nullable=False),
    Column("objective", Text, nullable=False),
    Column("digest", Text, nullable=False),
    UniqueConstraint("slo", "objective", "digest"),
    sqlite_autoincrement=True,
)

delays = Table(
    "delays",
    metadata,
    Column("series", Integer, ForeignKey("series.id"), primary_key=True),
    Column("delay_s", Float, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Float, nullable=False),
    sqlite_autoincrement=True,
)

standings = Table(
    "standings",
    metadata,
    Column("goal", Integer, primary_key=True, autoincrement=False),
    Column("policy", String(253), primary_key=True),
    Column("life", Text, nullable=False),
    Column("alert", String(512)),
)

alerts = Table(
    "alerts",
    metadata,
    Column("key", String(512), primary_key=True),
    Column("goal", Integer, nullable=False),
    Column("slo", Text, nullable=False),
    Column("objective", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("condition", Text, nullable=False),
    Column("fired_at", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
    Column("consumed_ratio", Float),
    Column("sent_at", BigInteger),
    Column("suppressed_by", String(16)),
    Column("acknowledged_at", Float),
    Column("acknowledged_by", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Index("ix_alerts_fired_at", "fired_at"),
    Index("ix_alerts_watch", "goal", "policy", "fired_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(512), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("first_due_at", Float, nullable=False),
    Column("due_at", Float, comment="NULL: delivered, or given up"),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", Float),
    Column("reference", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("role", String(16), nullable=False, server_default="named"),
    Column("stands_for", Text, nullable=False, server_default=""),
    Column("together", String(512), nullable=False, server_default="", comment="key of what told of it"),
    Column("notes", Text, nullable=False, server_default="", comment="the channel's, one on each line"),
    Index("ix_messages_due_at", "due_at"),
    Index("ix_messages_key", "key"),
    Index("ix_messages_recipient", "recipient", "sent_at"),
    Index("ix_messages_together", "together"),
    Index("ix_messages_waiting", "recipient", "due_at"),
    sqlite_autoincrement=True,
)

silences = Table(
    "silences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slo", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("labels", Text, nullable=False, comment="JSON: pairs of key and value"),
    Column("starts_at", Float, nullable=False),
    Column("ends_at", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("ended_by", Text, nullable=False),
    Index("ix_silences_ends_at", "ends_at"),
    sqlite_autoincrement=True,
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alert", String(512), nullable=False),
    Column("at", Float, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reason", String(16)),
    Column("words", Text, nullable=False),
    Index("ix_decisions_alert", "alert"),
    sqlite_autoincrement=True,
)

guards = Table(
    "guards",
    metadata,
    Column("goal", Integer, primary_key=True, autoincrement=False),
    Column("alpha", Float, nullable=False),
    Column("rho", Float, nullable=False),
    Column("expected", Float),
    Column("days", Float, nullable=False),
    Column("threshold", Float),
    Column("at", Float, nullable=False),
)

notes = Table(
    "annotations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slo", Text, nullable=False),
    Column("starts_at", Float, nullable=False),
    Column("ends_at", Float, comment="NULL: about a moment"),
    Column("text", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Index("ix_annotations_slo", "slo", "starts_at"),
    sqlite_autoincrement=True,
)

answers = Table(
    "answers",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("address", Text, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Column("status", Integer, comment="NULL: begun, and not known to be done"),
    Column("body", LargeBinary, nullable=False, server_default=text("''")),
    Column("media_type", Text, nullable=False, server_default=""),
    Index("ix_answers_at", "at"),
)
