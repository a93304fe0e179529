"""What every JSON document of the API is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Wish(BaseModel):
    """A request."""

    model_config = ConfigDict(frozen=True, extra="forbid")
