"""Classic histograms of Prometheus: from the counters of buckets to what happened in each step."""

from __future__ import annotations

import asyncio
import math

import numpy as np
import pytest
from aiohttp import web

from leeway.core.histogram import Classic, Histogram
from leeway.core.window import Span
from leeway.errors import Invalid, NotUnderstood, Permanent
from leeway.net import Egress, Outside, read_settings
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer
from leeway.ports.source import Ask, ComputedBy, Metric, Role
from leeway.sources.prometheus import Settings, build
from leeway.sources.prometheus.buckets import count
from leeway.sources.prometheus.decode import Series
from leeway.sources.prometheus.increments import Grid, scrapes_of
from leeway.sources.prometheus.query import Counter, Written, understand

START = 1_790_000_040
SPAN = Span(START, START + 120)
GRID = Grid(SPAN, 60, 3_600_000)
EDGES = ("0.1", "0.3", "+Inf")


def bucket(le, *samples, **labels):
    """A bucket's counter: (seconds after the start, value); a negative time lies before the span."""
    times = np.array([(START + at) * 1000 if at >= 0 else START * 1000 - 1 for at, _ in samples], np.int64)
    return Series({"le": le, "job": "shop", **labels}, times, np.array([value for _, value in samples], np.float64))


def histogram(*scrapes, edges=EDGES, **labels):
    """The buckets of one histogram from (time, cumulative counts)."""
    return [
        bucket(edge, *((at, counts[place]) for at, counts in scrapes), **labels) for place, edge in enumerate(edges)
    ]


def counted(series, grid=GRID):
    return count(series, scrapes_of(series), grid)


def shaped(*counts, edges=(0.1, 0.3)):
    return Histogram(Classic(edges), counts)


def value(query, **spec):
    return Metric(Role.VALUE, {"query": query, **spec})


def test_what_happened_in_a_step_is_a_histogram():
    """The difference of the last scrape before and the last one in each step, bucket by bucket."""
    found = counted(histogram((-1, (10, 20, 30)), (30, (12, 25, 36)), (90, (12, 26, 40))))
    assert found.histograms.tolist() == [shaped(2, 3, 1), shaped(0, 1, 3)]


def test_histograms_of_several_instances_add_up():
    """Bucket by bucket; an instance that was away takes nothing from the other."""
    one = histogram((-1, (0, 0, 0)), (30, (1, 2, 3)), (90, (2, 4, 6)), instance="a")
    two = histogram((-1, (5, 5, 5)), (30, (6, 8, 9)), instance="b")
    assert counted(one + two).histograms.tolist() == [shaped(2, 3, 2), shaped(1, 1, 1)]


def test_a_restart_counts_what_came_after_it():
    """As with every counter: the new value, nothing invented."""
    found = counted(histogram((-1, (100, 200, 300)), (30, (1, 2, 4))))
    assert found.histograms.tolist() == [shaped(1, 1, 2), None]
    assert found.resets == 1


def test_a_histogram_born_while_its_target_was_scraped_counts_from_zero():
    """Another one of the same target had been seen."""
    old = histogram((-1, (0, 0, 0)), (30, (0, 0, 0)), instance="a", path="/")
    new = histogram((30, (1, 1, 2)), instance="a", path="/new")
    found = counted(old + new)
    assert found.histograms[0] == shaped(1, 0, 1)
    assert found.born == 1


def test_other_edges_are_told_by_those_that_both_have():
    """After a deployment with finer buckets nothing is invented between."""
    one = histogram((-1, (0, 0, 0)), (30, (1, 2, 3)), instance="a")
    two = histogram((-1, (0, 0, 0, 0)), (30, (1, 1, 4, 9)), edges=("0.1", "0.2", "0.3", "+Inf"), instance="b")
    assert counted(one + two).histograms[0] == shaped(2, 4, 6)


def test_buckets_that_contradict_each_other_keep_it():
    """So that the point is set aside with the reason, and nobody takes it for a gap."""
    found = counted(histogram((-1, (0, 0, 0)), (30, (5, 3, 9))))
    assert not found.histograms[0].sound


@pytest.mark.parametrize(
    ("series", "words"),
    [
        ([bucket("0.1", (30, 1))], "no bucket"),
        ([bucket("fast", (30, 1)), bucket("+Inf", (30, 1))], "'fast', which is no number"),
        (histogram((-1, (0, 0, 0)), (30, (0.5, 1, 1))), "parts of events"),
    ],
)
def test_what_is_no_histogram_is_refused(series, words):
    """Without +Inf nobody knows of how many; rates are no counts."""
    with pytest.raises(NotUnderstood, match=words):
        counted(series)


@pytest.mark.parametrize(
    "query",
    [
        'latency_bucket{job="shop"}',
        'sum by (le) (rate(latency_bucket{job="shop"}[5m]))',
        'sum without (instance) (increase(latency_bucket{job="shop"}[{{.window}}]))',
        '(sum by (pod, le) (latency_bucket{job="shop"}))',
    ],
)
def test_a_selector_of_buckets_is_a_histogram(query):
    """Whatever sums and rates are around it, as long as the edges are kept."""
    assert understand(value(query)) == Counter('latency_bucket{job="shop"}', query)


@pytest.mark.parametrize("query", ["latency_seconds", "latency_bucket + 1", "avg(latency)", "latency_bucket offset 5m"])
def test_other_values_are_evaluated_as_written(query):
    """They are the server's to answer."""
    assert understand(value(query)) == Written(query)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sum(rate(latency_bucket[5m]))", "all edges together"),
        ("sum without (le) (latency_bucket)", "all edges together"),
        ('latency_bucket{le="0.3"}', "leave le out"),
        ('latency_bucket{job="a",le=~"0.3|0.5"}', "leave le out"),
    ],
)
def test_a_query_that_loses_the_edges_is_refused(query, words):
    """It would give a number that is nobody's latency."""
    with pytest.raises(Invalid, match=words):
        understand(value(query))


async def answering(request):
    """A server with one histogram: two scrapes a step apart."""
    query = dict(await request.post())["query"]
    samples = {"0.1": (1, 5), "0.3": (2, 9), "+Inf": (2, 10)}
    if query.startswith("last_over_time"):
        result = [{"metric": {"le": le}, "value": [0, "0"]} for le in samples]
    elif query.startswith("sum(count_over_time"):
        result = [{"metric": {}, "value": [0, "6"]}]
    else:
        pairs = {le: [[START + 30, str(one)], [START + 90, str(two)]] for le, (one, two) in samples.items()}
        result = [{"metric": {"le": le}, "values": pairs[le]} for le in samples]
    kind = "matrix" if "values" in result[0] else "vector"
    return web.json_response({"status": "success", "data": {"resultType": kind, "result": result}})


def read(**settings):
    async def story():
        async with FaultServer(answering) as running:
            told = read_settings(Settings, {"url": running.url, "tries": 1, **settings})
            source = build(told, Outside(VirtualClock(), Egress(frozenset({"127.0.0.1"}))))
            try:
                return await source.read(Ask((value("latency_bucket"),), SPAN, 60))
            finally:
                await source.close()

    return asyncio.run(story())


def test_a_reading_holds_a_histogram_for_each_step():
    """With the provenance of every reading; the value beside it is none."""
    reading = read()
    assert reading.time.tolist() == [START, START + 60]
    assert reading.histograms.tolist() == [shaped(1, 1, 0), shaped(4, 3, 1)]
    assert all(math.isnan(number) for number in reading.columns[Role.VALUE])
    assert reading.provenance.computed_by is ComputedBy.LEEWAY
    assert reading.provenance.samples == 6


def test_too_many_samples_of_buckets_are_an_error():
    """An estimate by the server would be no histogram of whole events."""
    with pytest.raises(Permanent, match="too many samples"):
        read(most_samples=5, samples_per_answer=5)
