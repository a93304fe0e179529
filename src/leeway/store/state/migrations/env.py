"""Run by Alembic for each migration; the connection is the one that `migrate` opened."""

from __future__ import annotations

from alembic import context

from leeway.store.state.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
