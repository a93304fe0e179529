"""Histograms in pushed rows: three ways to write one, and what is none is set aside with a sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.histogram import Classic, DDSketch, Exponential, Histogram
from leeway.core.histogram.ladder import Ladder
from leeway.sources.json_push import Settings, decode

LIMITS = Settings()
BUCKETS = {"0.1": 600, "0.25": 850, "0.5": 950, "1": 990, "+Inf": 1000}


def pushed(*rows, kind="application/json"):
    """The batch of rows of one SLO, a minute apart."""
    whole = [{"slo": "search", "time": 60 * place, **row} for place, row in enumerate(rows)]
    if kind == "application/json":
        return decode(json.dumps(whole).encode(), kind, LIMITS)
    return decode("\n".join(map(json.dumps, whole)).encode(), kind, LIMITS)


def told(**row):
    """The histogram of one good row."""
    batch = pushed(row)
    assert batch.refused == ()
    return batch.histogram[0]


def refused(**row):
    """Reason and sentence of one bad row."""
    (refusal,) = pushed(row).refused
    return refusal.reason, refusal.message


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
def test_cumulative_buckets_are_a_histogram(kind):
    """As Prometheus writes them; neighbours may hold values."""
    batch = pushed({"buckets": BUCKETS}, {"value": 0.2}, {"buckets": BUCKETS, "total": 1000}, kind=kind)
    expected = Histogram(Classic((0.1, 0.25, 0.5, 1.0)), (600, 250, 100, 40, 10))
    assert batch.histogram.tolist() == [expected, None, expected]
    assert batch.value.tolist()[1] == 0.2
    assert batch.refused == ()


def test_an_exponential_histogram_is_written_as_opentelemetry_does():
    """Counts of 64 bits are texts there; upper edges belong to their buckets, so 1 is at most 1."""
    part = {"offset": -2, "bucketCounts": ["1", 2]}
    row = {"scale": 0, "zeroCount": "3", "positive": part, "negative": {"offset": 0, "bucketCounts": [4]}, "count": 10}
    found = told(exponential={**row, "sum": 1.5})
    assert found == Histogram(Exponential(0, Ladder(range(1), 0.0, range(-2, 0))), (4, 3, 1, 2))
    assert found.at(0.5) == (8, 8)
    assert found.at(0.7) == (8, 10)
    assert found.at(1) == (10, 10)


def test_a_sketch_is_written_by_index():
    """Index i holds what is above gamma^(i−1) and at most gamma^i."""
    found = told(ddsketch={"gamma": 2, "positive": {"1": 5, "3": 2}, "zeroCount": 1})
    assert found == Histogram(DDSketch(2.0, Ladder(range(0), 0.0, range(3))), (1, 5, 0, 2))
    assert found.at(2) == (6, 6)
    assert told(ddsketch={"relativeAccuracy": 0.01, "positive": {"0": 1}}).shape.accuracy == pytest.approx(0.01)


def test_a_fine_histogram_is_kept_in_few_enough_buckets():
    """More than 512 buckets are told more coarsely, and none is lost."""
    found = told(exponential={"scale": 10, "positive": {"offset": -3000, "bucketCounts": [1] * 3000}})
    assert len(found.counts) <= 512
    assert found.total == 3000


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"buckets": {"0.1": 5, "0.2": 3, "+Inf": 9}}, "wider bucket counts fewer"),
        ({"buckets": {"0.1": 5}}, "no bucket"),
        ({"buckets": {"0.1": 5, "+Inf": 9}, "total": 10}, "total is 10, but the buckets hold 9"),
        ({"buckets": {"fast": 5, "+Inf": 9}}, "'fast'"),
        ({"buckets": {"0.1": 5.5, "+Inf": 9}}, "whole number"),
        ({"buckets": {"0.1": -5, "+Inf": 9}}, "neither negative"),
        ({"buckets": {"0.1": 1, "0.10": 1, "+Inf": 9}}, "same edge"),
        ({"buckets": [1, 2]}, "an object"),
        ({"buckets": {"+Inf": 1}, "exponential": {"scale": 0}}, "one histogram"),
        ({"exponential": {"scale": 0, "positive": {"offset": 0, "bucketCounts": [1]}, "count": 2}}, "count is 2"),
        ({"exponential": {"scale": 40}}, "scale lies"),
        ({"exponential": {"scale": 0, "positive": {"offset": 5000, "bucketCounts": [1]}}}, "beyond all numbers"),
        ({"exponential": {"scale": 0, "Positive": {}}}, "unknown key 'Positive'"),
        ({"exponential": {"scale": 0, "positive": {"bucketCounts": 3}}}, "a list"),
        ({"ddsketch": {"positive": {"1": 1}}}, "gamma or its"),
        ({"ddsketch": {"relativeAccuracy": 2, "positive": {"1": 1}}}, "between 0 and 1"),
        ({"ddsketch": {"gamma": 1.0001, "positive": {"1": 1, "90000": 1}}}, "more than 10,000"),
        ({"ddsketch": {"gamma": True, "positive": {}}}, "a number"),
    ],
)
def test_what_is_no_histogram_is_set_aside(row, words):
    """With the reason that all faulty histograms have, and what is wrong with this one."""
    reason, message = refused(**row)
    assert reason == "broken-histogram"
    assert words in message


def test_a_row_holds_a_value_or_a_histogram():
    """Nobody could say which of the two it was."""
    assert refused(buckets=BUCKETS, value=0.2)[0] == "ambiguous"
    assert refused(buckets=BUCKETS, good=1, total=1000)[0] == "ambiguous"


_ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=8,
)
_NAMES = ("scale", "zeroCount", "zeroThreshold", "positive", "negative", "offset", "bucketCounts", "gamma", "+Inf", "1")


@given(
    st.sampled_from(["buckets", "exponential", "ddsketch"]),
    st.dictionaries(st.sampled_from(_NAMES), _ANY | st.dictionaries(st.sampled_from(_NAMES), _ANY)),
)
def test_whatever_is_sent_a_row_is_taken_or_set_aside(key, content):
    """Never an error, never a histogram that cannot be kept."""
    batch = pushed({key: content})
    assert len(batch) + len(batch.refused) == 1
    for found in batch.histogram if batch.histogram is not None else ():
        assert found.sound
        assert len(found.counts) <= 512
