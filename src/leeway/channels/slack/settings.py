"""What a Slack channel is told."""

from __future__ import annotations

from pydantic import Field

from leeway.net import SecretRef, SendSettings


class Settings(SendSettings):
    """An incoming webhook of Slack, or of a server that speaks like it. Whoever knows its address may post there."""

    webhook: SecretRef = Field(description="Where the address is, as in {env: SLACK_WEBHOOK}")
