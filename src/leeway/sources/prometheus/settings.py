"""What a Prometheus source is told."""

from __future__ import annotations

from pydantic import Field

from leeway.net import HttpSettings


class Settings(HttpSettings):
    """Any server with the Prometheus HTTP API: Prometheus, Thanos, Mimir, VictoriaMetrics, …"""

    tenant: str | None = Field(None, min_length=1, pattern=r"^[!-~]+$", description="Sent as X-Scope-OrgID")
    lookback_s: int = Field(3600, ge=60, le=86_400, description="How far back the sample before a span may lie")
    most_samples: int = Field(5_000_000, gt=0, description="Samples to fetch for one ask before the source counts")
    samples_per_answer: int = Field(200_000, gt=0, le=1_000_000, description="Samples wanted in one answer")
