"""What a pushed body may cost."""

from __future__ import annotations

from pydantic import BaseModel, Field

from leeway.errors import Invalid
from leeway.net import STRICT


class Settings(BaseModel):
    """Caps of one request; what is above is refused before it can take memory or time."""

    model_config = STRICT

    max_bytes: int = Field(16 << 20, gt=0, description="Bytes of a body, unpacked")
    max_ratio: int = Field(100, gt=1, description="How far gzip may swell; telemetry reaches 30, a bomb 1,000")
    max_rows: int = Field(100_000, gt=0, description="Rows of a body")


def too_many(limits: Settings) -> Invalid:
    """The refusal of a body with more rows than the caps allow."""
    return Invalid(f"more than {limits.max_rows:,} rows in one body", place="body", mend="send smaller batches")
