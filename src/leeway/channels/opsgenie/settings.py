"""What a channel to Opsgenie or Jira Service Management is told."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from leeway.net import SecretRef, SendSettings, address

Priority = Literal["P1", "P2", "P3", "P4", "P5"]
_ALERTS = "/v2/alerts"


class Settings(SendSettings):
    """One API integration. The address says which product and which region; it has no default, since a key of one is
    refused by the others, and one of them ends."""

    api_key: SecretRef = Field(description="Where the key of the API integration is")
    url: str = Field(
        description="Jira Service Management: https://api.atlassian.com/jsm/ops/integration/v2/alerts; "
        "Opsgenie: https://api.opsgenie.com/v2/alerts, in the EU https://api.eu.opsgenie.com/v2/alerts"
    )
    page: Priority = Field("P1", description="Priority of a page")
    ticket: Priority = Field("P3", description="Priority of a ticket")

    @field_validator("url")
    @classmethod
    def _takes_alerts(cls, url: str) -> str:
        alerts = address(url).rstrip("/")
        if not alerts.endswith(_ALERTS):
            raise ValueError(f"does not end with {_ALERTS} — write it as in https://api.opsgenie.com{_ALERTS}")
        return alerts
