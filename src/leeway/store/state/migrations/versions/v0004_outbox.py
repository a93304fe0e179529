"""Messages know why their recipient gets them, whom they stand for, and which message told of them together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the columns; what is there was for those whom a policy names."""
    op.add_column("messages", sa.Column("role", sa.String(16), nullable=False, server_default="named"))
    op.add_column("messages", sa.Column("stands_for", sa.Text, nullable=False, server_default=""))
    op.add_column("messages", sa.Column("together", sa.String(512), nullable=False, server_default=""))
    op.create_index("ix_messages_recipient", "messages", ["recipient", "sent_at"])
    op.create_index("ix_messages_together", "messages", ["together"])
