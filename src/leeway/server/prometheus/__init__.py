"""The read interface of Prometheus over budgets, so that whatever reads Prometheus reads Leeway."""

from leeway.server.prometheus.routes import PREFIX, prometheus

__all__ = ["PREFIX", "prometheus"]
