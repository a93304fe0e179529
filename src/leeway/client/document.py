"""What every JSON document of the API is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Wish(BaseModel):
    """A request."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def as_json(documents: BaseModel | Sequence[BaseModel] | Mapping[str, BaseModel]) -> Any:
    """Documents as the plain JSON tree that the API sent."""
    if isinstance(documents, BaseModel):
        return documents.model_dump(mode="json")
    if isinstance(documents, Mapping):
        return {name: one.model_dump(mode="json") for name, one in documents.items()}
    return [one.model_dump(mode="json") for one in documents]
