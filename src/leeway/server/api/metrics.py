"""`/metrics`: Leeway about itself and its budgets, in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from leeway.engine.series import ALERT_LABELS, ALERT_UP, FAMILIES, OWN
from leeway.engine.views import Health, SourceState, Status
from leeway.ports.alerts import Alert

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def text(
    statuses: tuple[Status, ...], sources: tuple[SourceState, ...], health: Health, alerts: tuple[Alert, ...]
) -> bytes:
    """All metrics of this moment. What is unknown is absent, never zero."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(statuses, sources, health, alerts))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(
        self, statuses: tuple[Status, ...], sources: tuple[SourceState, ...], health: Health, alerts: tuple[Alert, ...]
    ) -> None:
        self._statuses, self._sources, self._health, self._alerts = statuses, sources, health, alerts

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
        owners = [((one.service, one.slo, one.assessment.objective.name), one) for one in self._statuses]
        for family in FAMILIES:
            gauge = GaugeMetricFamily(family.name, family.told, labels=family.labels)
            for own, one in owners:
                for value, told in family.of(one.assessment):
                    gauge.add_metric((*own, value) if family.label else own, told)
            yield gauge
        data = GaugeMetricFamily("leeway_data_until_timestamp_seconds", "The end of the newest point.", labels=OWN)
        for own, one in owners:
            if one.data_until is not None:
                data.add_metric(own, one.data_until)
        yield data
        services = {one.slo: one.service for one in self._statuses}
        up = GaugeMetricFamily(*ALERT_UP, labels=ALERT_LABELS)
        for labels in {_alert(one, services.get(one.slo, "")) for one in self._alerts}:
            up.add_metric(labels, 1.0)
        yield up

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


def _alert(one: Alert, service: str) -> tuple[str, ...]:
    """The labels of an alert that is up."""
    return service, one.slo, one.objective, one.policy, one.severity.value
