"""Native histograms in answers of the API: what is told, what is missing, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from leeway.core.histogram import Exponential, Histogram
from leeway.core.histogram.ladder import Ladder
from leeway.core.window import Span
from leeway.errors import Invalid, NotUnderstood
from leeway.ports.source import Metric, Role
from leeway.sources.prometheus.decode import Series, decode
from leeway.sources.prometheus.increments import Grid, scrapes_of
from leeway.sources.prometheus.native import count, merged
from leeway.sources.prometheus.query import Counter, understand

START = 1_790_000_040
GRID = Grid(Span(START, START + 120), 60, 3_600_000)


def answered(*samples, **more):
    """The histograms of a series of (seconds after the start, count, buckets)."""
    told = [[START + at, {"count": str(count), "sum": "1", "buckets": buckets}] for at, count, buckets in samples]
    series = {"metric": {"job": "shop"}, "histograms": told, **more}
    body = {"status": "success", "data": {"resultType": "matrix", "result": [series]}}
    (found,) = decode(json.dumps(body).encode(), "application/json", "matrix", native=True)
    return found.histograms


def test_edges_become_rungs_and_the_scale_follows_from_them():
    """Only buckets that hold something are told; those between are empty."""
    buckets = [[1, "-2", "-1", "3"], [3, "-0.001", "0.001", "1"], [0, "1", "2", "5"], [0, "4", "8", "7"]]
    (found,) = answered((0, 16, buckets))
    assert found == Histogram(Exponential(0, Ladder(range(1), 0.001, range(3))), (3, 1, 5, 0, 7))


def test_an_edge_that_a_server_computed_a_little_otherwise_is_the_same_edge():
    """The last digit depends on the machine."""
    low, edges = "0.3242098886627524", ("0.35355339059327373", "0.35355339059327379", "0.35355339059327384")
    for high in edges:
        (found,) = answered((0, 1, [[0, low, high, "1"]]))
        assert found.shape == Exponential(3, Ladder(range(0), 0.0, range(-13, -12)))


def test_only_zeros_and_nothing_at_all_are_histograms_too():
    """Of any scale: they can be added to every other."""
    (zeros,) = answered((0, 2, [[3, "-1e-128", "1e-128", "2"]]))
    (nothing,) = answered((0, 0, []))
    (some,) = answered((0, 1, [[0, "1", "2", "1"]]))
    added = zeros + nothing + some
    assert (added.total, added.at(0.5), added.at(2)) == (3, (2, 2), (3, 3))


@pytest.mark.parametrize(
    "sample",
    [
        (0, 3, [[0, "1", "2", "1"]]),
        (0, 1, [[0, "1", "2", "0.5"], [0, "2", "4", "0.5"]]),
        (0, 1, [[0, "2", "1", "1"]]),
        (0, 1, [[0, "1", "1", "1"]]),
        (0, 1, [[0, "x", "1", "1"]]),
        (0, 1, [[0, "1", "+Inf", "1"]]),
        (0, 2, [[0, "1e-300", "1.00001e-300", "1"], [0, "1e300", "1.00001e300", "1"]]),
    ],
)
def test_what_is_no_histogram_is_not_understood(sample):
    """Another total, parts of events, edges the wrong way round, no numbers, buckets too far apart."""
    with pytest.raises(NotUnderstood):
        answered(sample)


def test_a_series_of_numbers_and_histograms_is_not_understood():
    """Nobody could say which of them to count."""
    with pytest.raises(NotUnderstood, match="no native"):
        answered((0, 1, [[0, "1", "2", "1"]]), values=[[START, "1"]])


def counters(*samples, **labels):
    """A series of scale 0: (seconds after the start, counts of (1, 2] and (2, 4])."""
    shape = Exponential(0, Ladder(range(0), 0.0, range(2)))
    time = np.array([round((START + at) * 1000) for at, _ in samples], np.int64)
    histograms = tuple(Histogram(shape, (0, *counts)) for _, counts in samples)
    return Series({"job": "shop", **labels}, time, np.zeros(len(time)), histograms)


def counted(*series):
    series = merged(series, GRID.span)
    return count(series, scrapes_of(series), GRID)


def test_parts_of_an_answer_are_joined_and_differenced():
    """Each moment once, whatever part it came in; a histogram that fell was reset."""
    found = counted(counters((-0.001, (1, 1)), (30, (3, 1))), counters((30, (3, 1)), (90, (2, 5))))
    assert [each.counts for each in found.histograms] == [(0, 2, 0), (0, 2, 5)]
    assert (found.resets, found.born, found.unknown) == (1, 0, 0)


def test_a_birth_is_counted_only_if_the_target_was_there():
    """As with every counter."""
    alone = counted(counters((30, (3, 1)), (90, (4, 1))))
    assert alone.histograms[0] is None
    assert (alone.histograms[1].counts, alone.unknown) == ((0, 1, 0), 1)
    known = counted(counters((-0.001, (0, 0)), path="/old"), counters((30, (3, 1)), path="/new"))
    assert (known.histograms[0].counts, known.born) == ((0, 3, 1), 1)


def test_native_histograms_are_asked_for_by_name():
    """A selector, alone or summed; for thresholds only."""
    spec = {"query": "sum(rate(latency[5m]))", "histogram": "native"}
    assert understand(Metric(Role.VALUE, spec)) == Counter("latency", spec["query"], native=True)
    for wrong in ({**spec, "histogram": "classic"}, {**spec, "query": "latency * 2"}):
        with pytest.raises(Invalid):
            understand(Metric(Role.VALUE, wrong))
    with pytest.raises(Invalid, match="thresholdMetric"):
        understand(Metric(Role.TOTAL, spec))
