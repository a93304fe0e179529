"""Ways to what waits for a recipient, and to the past of one policy, that do not lead through all that ever was."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the indices."""
    op.create_index("ix_messages_waiting", "messages", ["recipient", "due_at"])
    op.create_index("ix_alerts_watch", "alerts", ["goal", "policy", "fired_at"])
