"""`/metrics`: Leeway about itself and its budgets, in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from leeway.core.assess import Health as State
from leeway.engine.report import number
from leeway.engine.views import Health, SourceState, Status

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_OWN = ("service", "slo", "objective")


def text(statuses: tuple[Status, ...], sources: tuple[SourceState, ...], health: Health) -> bytes:
    """All metrics of this moment. What is unknown is absent, never zero."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(statuses, sources, health))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(self, statuses: tuple[Status, ...], sources: tuple[SourceState, ...], health: Health) -> None:
        self._statuses, self._sources, self._health = statuses, sources, health

    def collect(self) -> Iterator[Metric]:
        yield from self._of_leeway()
        yield from self._of_objectives()
        yield from self._of_sources()

    def _of_leeway(self) -> Iterator[Metric]:
        health = self._health
        yield GaugeMetricFamily("leeway_ready", "1 when Leeway can write and has evaluated.", float(health.ready))
        yield GaugeMetricFamily("leeway_objectives", "Objectives that are computed.", health.objectives)
        yield GaugeMetricFamily("leeway_series", "Series that are kept.", health.series)
        yield GaugeMetricFamily("leeway_ledger_bytes", "Memory of the running sums.", health.ledger_bytes)
        if health.evaluated_at is not None:
            told = "When the budgets were last computed."
            yield GaugeMetricFamily("leeway_evaluated_timestamp_seconds", told, health.evaluated_at)
        yield CounterMetricFamily("leeway_points_accepted", "Points taken since the start.", health.accepted)
        set_aside = CounterMetricFamily("leeway_points_quarantined", "Points set aside, by reason.", labels=("reason",))
        for reason, count in health.quarantined:
            set_aside.add_metric((reason,), count)
        yield set_aside

    def _of_objectives(self) -> Iterator[Metric]:
        def gauge(name: str, told: str, *labels: str) -> GaugeMetricFamily:
            return GaugeMetricFamily(f"leeway_{name}", told, labels=(*_OWN, *labels))

        target = gauge("target_ratio", "The share that has to be good.")
        sli = gauge("sli_ratio", "Good / total in the window.")
        remaining = gauge("error_budget_remaining_ratio", "Remaining / allowed; below zero when overspent.")
        coverage = gauge("coverage_ratio", "Elapsed steps of the window that have data.")
        data = gauge("data_until_timestamp_seconds", "The end of the newest point.")
        burn = gauge("burn_rate", "Bad share of the span / allowed share.", "span")
        state = gauge("state", "1 for the state that the objective is in.", "state")
        for one in self._statuses:
            own, shown = (one.service, one.slo, one.assessment.objective.name), one.assessment
            for family, value in (
                (target, number(shown.objective.target)),
                (sli, number(shown.budget.sli)),
                (remaining, number(shown.budget.remaining_ratio)),
                (coverage, number(shown.coverage)),
                (data, one.data_until),
            ):
                if value is not None:
                    family.add_metric(own, value)
            for span, rate in shown.burn_rates.items():
                if rate is not None:
                    burn.add_metric((*own, span), float(rate))
            for each in State:
                state.add_metric((*own, each.value), float(each is shown.health))
        yield from (target, sli, remaining, coverage, data, burn, state)

    def _of_sources(self) -> Iterator[Metric]:
        labels = ("slo", "objective", "source")
        failures = GaugeMetricFamily("leeway_source_failures", "Failed attempts since the last success.", labels=labels)
        success = GaugeMetricFamily("leeway_source_success_timestamp_seconds", "The last success.", labels=labels)
        for one in self._sources:
            own = (one.slo, one.objective, one.source)
            failures.add_metric(own, one.failures)
            if one.last_success is not None:
                success.add_metric(own, one.last_success)
        yield from (failures, success)
