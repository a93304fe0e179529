"""Prometheus: counters fetched as they were scraped and counted exactly; any other PromQL evaluated as written."""

from leeway.sources.prometheus.settings import Settings
from leeway.sources.prometheus.source import PrometheusSource, build, manifest

__all__ = ["PrometheusSource", "Settings", "build", "manifest"]
