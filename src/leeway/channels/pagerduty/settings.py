"""What a PagerDuty channel is told."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from leeway.net import SecretRef, SendSettings, address

Level = Literal["critical", "error", "warning", "info"]


class Settings(SendSettings):
    """One integration of type *Events API v2* of a PagerDuty service."""

    routing_key: SecretRef = Field(description="Where the integration key is")
    url: str = Field(
        "https://events.pagerduty.com/v2/enqueue",
        description="For accounts in the EU: https://events.eu.pagerduty.com/v2/enqueue",
    )
    page: Level = Field("critical", description="PagerDuty's severity of a page")
    ticket: Level = Field("warning", description="PagerDuty's severity of a ticket")

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str) -> str:
        return address(url)
