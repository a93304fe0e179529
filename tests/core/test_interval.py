"""Wilson's interval: published values, and how it moves."""

from __future__ import annotations

import csv
from math import isclose
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.stats import wilson

with (Path(__file__).parents[1] / "data" / "wilson.csv").open() as file:
    PUBLISHED = list(csv.DictReader(file))

events = st.integers(1, 10**12)


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row['errors']} of {row['events']} at {row['confidence']}")
def test_the_interval_is_the_published_one(row):
    """60 cases from one event to a hundred thousand, of errors and of their complement."""
    errors, total, confidence = int(row["errors"]), int(row["events"]), float(row["confidence"])
    low, high = float(row["low"]), float(row["high"])
    of_errors = wilson(errors, total, confidence)
    assert (of_errors.low, of_errors.high) == pytest.approx((low, high), rel=1e-10, abs=1e-12)
    of_good = wilson(total - errors, total, confidence)
    assert (of_good.low, of_good.high) == pytest.approx((1 - high, 1 - low), rel=1e-10, abs=1e-12)


def test_one_error_of_four_says_little():
    """Three of four: anything from 30 % to 95 %."""
    interval = wilson(3, 4)
    assert (interval.low, interval.high) == pytest.approx((0.3006418425824019, 0.9544127391902995), rel=1e-10)
    assert interval.confidence == 0.95


def test_nothing_seen_has_no_interval():
    """Not 0..1: nothing is known, and it says so."""
    assert wilson(0, 0) is None


@pytest.mark.parametrize("confidence", [0, 1, 1.5, -0.1])
def test_a_confidence_that_is_none_is_refused(confidence):
    """Certainty has no interval either."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(1, 2, confidence)


@given(events, st.floats(0, 1))
def test_the_interval_holds_the_share_within_0_to_1(total, share):
    """At both ends too, and for fractions of events."""
    good = share * total
    interval = wilson(good, total)
    assert 0 <= interval.low <= good / total + 1e-15
    assert good / total - 1e-15 <= interval.high <= 1


@given(st.integers(1, 10**6), st.data())
def test_more_good_moves_both_ends_up(total, data):
    """Monotone in the good events."""
    fewer = data.draw(st.integers(0, total - 1))
    low, high = wilson(fewer, total), wilson(fewer + 1, total)
    assert low.low <= high.low + 1e-15
    assert low.high <= high.high + 1e-15


@given(st.integers(1, 10**6), st.floats(0, 1), st.integers(2, 1000))
def test_more_events_of_the_same_share_say_more(total, share, times):
    """The interval narrows with evidence."""
    some, more = wilson(share * total, total), wilson(share * total * times, total * times)
    assert more.high - more.low < some.high - some.low


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_more_confidence_needs_more_room(total, share):
    """90 % lies within 95 %, that within 99 %."""
    narrow, usual, wide = (wilson(share * total, total, confidence) for confidence in (0.9, 0.95, 0.99))
    assert wide.low <= usual.low + 1e-15 <= narrow.low + 2e-15
    assert narrow.high <= usual.high + 1e-15 <= wide.high + 2e-15


@given(st.integers(1, 10**6), st.data())
def test_good_and_bad_mirror_each_other(total, data):
    """The interval of the errors is the interval of the good, seen from the other side."""
    good = data.draw(st.integers(0, total))
    one, other = wilson(good, total), wilson(total - good, total)
    assert isclose(one.low, 1 - other.high, abs_tol=1e-12)
    assert isclose(one.high, 1 - other.low, abs_tol=1e-12)
