"""What an inbox is told."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field

from leeway.net import STRICT


class Settings(BaseModel):
    """A folder below one of those that an admin declared for files; it must be there."""

    model_config = STRICT

    folder: Path = Field(description="Where inbox.jsonl is kept")
