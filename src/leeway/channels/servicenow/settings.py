"""What a ServiceNow channel is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from leeway.net import AccessSettings, SendSettings, address

Column = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
OWN = frozenset({"short_description", "description", "correlation_id", "correlation_display", "urgency"})


class Settings(SendSettings, AccessSettings):
    """One table of one instance, as a user with `basic`, an OAuth token as `bearer`, or an API key in `headers`."""

    url: str = Field(description="Address of the instance, as in https://example.service-now.com")
    table: Column = Field("incident", description="The table, or one that extends task and has the same fields")
    page: str = Field("1", description="Urgency of a page, as its stored value; empty: left to the table")
    ticket: str = Field("3", description="Urgency of a ticket")
    fields: dict[Column, str] = Field(default_factory=dict, description="Further fields of a new record, stored values")
    state: str = Field("", description="State of a record whose alert is over, as its stored value; empty: unchanged")
    close_code: str = Field("", description="Resolution code that goes with the state")

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str) -> str:
        return address(url).rstrip("/")

    @field_validator("fields")
    @classmethod
    def _are_free(cls, fields: dict[str, str]) -> dict[str, str]:
        if taken := OWN & fields.keys():
            raise ValueError(f"Leeway itself sets {', '.join(sorted(taken))}")
        return fields
