"""What a source of files is told. Its folders are not here: an admin declares them for the whole of Leeway."""

from __future__ import annotations

from pydantic import BaseModel, Field

from leeway.net import STRICT


class Settings(BaseModel):
    """Files below the declared folders."""

    model_config = STRICT

    max_bytes: int = Field(256 << 20, gt=0, description="Bytes of one file")
    delay_s: int = Field(0, ge=0, description="Seconds until the rows of a step are in the file")
