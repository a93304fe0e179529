"""Advice on percentiles: refused where they are added, told where they say less than a count, silent elsewhere."""

from __future__ import annotations

import pytest

from leeway.spec.advice.percentiles import on_percentiles
from leeway.spec.codes import SERIOUS
from leeway.spec.documents import SLI, Metadata, Metric, Ratio, RawRatio, RawType, RawValue

QUANTILE = "histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))"


def told(query, wrap=RawValue):
    """The codes for an SLI with this query."""
    metric = Metric({"query": query}, path="spec.thresholdMetric.metricSource")
    return [one.code for one in on_percentiles(SLI(Metadata("latency"), wrap(metric)))]


@pytest.mark.parametrize(
    "query",
    [
        f"avg({QUANTILE})",
        "avg(histogram_quantile(0.99, sum by (le, pod) (rate(latency_bucket[5m]))))",
        "avg_over_time(histogram_quantile(0.9, rate(latency_bucket[1m]))[10m:1m])",
        'sum(rpc_duration_seconds{quantile="0.99", job="shop"})',
        'sum by (pod) (rpc_duration_seconds{job="shop",quantile=~"0.9."})',
    ],
)
def test_a_mean_of_percentiles_is_refused(query):
    """It is nobody's percentile."""
    assert told(query) == ["percentile-averaged"]
    assert "percentile-averaged" in SERIOUS


@pytest.mark.parametrize(
    "query",
    [QUANTILE, f"max({QUANTILE})", 'rpc_duration_seconds{quantile="0.99"}', "http_latency_p99", f"{QUANTILE} * 1e3"],
)
def test_a_percentile_as_a_value_is_advised_against_and_not_refused(query):
    """It is a promise about minutes, which somebody may want."""
    assert told(query) == ["percentile-value"]
    assert "percentile-value" not in SERIOUS


@pytest.mark.parametrize(
    "query",
    [
        "avg without (instance) (http_latency_p99)",
        "avg(shop:latency:p95)",
        "avg:trace.http.request.duration.p99{env:prod}",
        "SELECT avg(p99) FROM minutes",
    ],
)
def test_what_only_a_name_tells_is_told_and_not_refused(query):
    """In any language; the name may be somebody's own."""
    metric = Metric({"query": query}, path="spec.thresholdMetric.metricSource")
    (found,) = on_percentiles(SLI(Metadata("latency"), RawValue(metric)))
    assert found.code == "percentile-value"
    assert "nobody's p99" in found.message


@pytest.mark.parametrize("wrap", [lambda one: Ratio(one, one), lambda one: RawRatio(one, RawType.SUCCESS)])
def test_a_percentile_is_no_count_and_no_ratio(wrap):
    """Neither of events nor of anything."""
    assert set(told(QUANTILE, wrap)) == {"percentile-averaged"}


@pytest.mark.parametrize(
    "query",
    [
        "sum(rate(latency_bucket[5m])) by (le)",
        'sum(rate(http_requests_total{pod="p99"}[5m]))',
        "avg(http_latency_seconds)",
        "sum(rate(latency_count[5m]))",
        'sum(rate(requests_total{path="/quantile="}[5m]))',
        "sum(step99_total)",
    ],
)
def test_other_queries_are_left_alone(query):
    """Sums of counts are what counts are for; texts and names that only look like it are none."""
    assert told(query) == []


def test_how_many_are_above_a_line_may_be_added():
    """A comparison makes a count of a percentile."""
    assert told(f"sum({QUANTILE} > bool 0.3)") == ["percentile-value"]
    assert set(told(f"sum({QUANTILE} < bool 0.3)", lambda one: Ratio(one, one))) == {"percentile-value"}
