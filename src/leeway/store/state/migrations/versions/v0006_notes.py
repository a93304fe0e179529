"""What a channel noted beside taking a message is kept with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds the column; nothing was noted of what is there."""
    op.add_column("messages", sa.Column("notes", sa.Text, nullable=False, server_default=""))
