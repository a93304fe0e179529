"""What an Alertmanager channel is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from leeway.net import AccessSettings, SendSettings, address

Peer = Annotated[str, AfterValidator(lambda url: address(url).rstrip("/"))]
Label = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]
OWN = frozenset({"alertname", "leeway_key", "objective", "policy", "service", "severity", "slo"})


class Settings(SendSettings, AccessSettings):
    """Every peer of one cluster: Alertmanagers tell each other what they sent, not what they got."""

    peers: list[Peer] = Field(min_length=1, max_length=16, description="Address of each peer, with its path prefix")
    labels: dict[Label, str] = Field(default_factory=dict, description="Further labels of every alert, for routes")
    holds_s: int = Field(
        86_400, ge=300, le=30 * 86_400, description="Seconds until an alert that nobody resolved ends by itself"
    )

    @field_validator("peers")
    @classmethod
    def _are_different(cls, peers: list[str]) -> list[str]:
        if len(set(peers)) < len(peers):
            raise ValueError("a peer is named twice")
        return peers

    @field_validator("labels")
    @classmethod
    def _are_free(cls, labels: dict[str, str]) -> dict[str, str]:
        if taken := OWN & labels.keys():
            raise ValueError(f"Leeway itself sets {', '.join(sorted(taken))}")
        return labels
