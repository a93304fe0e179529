"""Surprise: the same moments are told by a ledger and by a track, and each from the last days alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.core.sparse.surprise import DAY_S, Steps, begin

MINUTE_S = 60


def steps(first, bad, total):
    """Of minutes."""
    return Steps(first, MINUTE_S, np.asarray(bad, np.float64), np.asarray(total, np.float64))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32), cut=st.integers(2, 1_439))
def test_what_comes_later_changes_nothing_of_what_was_said(seed, cut):
    """A day looked at together says of each of its minutes what the minutes before it say alone."""
    dice = np.random.default_rng(seed)
    first = begin(20_000 * DAY_S)
    total = (dice.random(4 * 1_440) < 0.07).astype(float)
    bad = total * (dice.random(4 * 1_440) < 0.3)
    at = first + 3 * DAY_S + MINUTE_S * np.arange(1, 1_440)
    whole = steps(first, bad, total).surprise(at, 0.01, 500.0, 3_600)
    known = 3 * 1_440 + cut
    alone = steps(first, bad[:known], total[:known]).surprise(at[cut - 1 : cut], 0.01, 500.0, 3_600)
    assert whole[cut - 1] == alone[0]


def test_three_failures_in_a_row_surprise_for_an_hour():
    """Four events an hour at a target of 99 %; after the span it is over, if no more came."""
    first = begin(20_000 * DAY_S)
    total, bad = np.zeros(4 * 1_440), np.zeros(4 * 1_440)
    total[::15] = 1
    failed = 3 * 1_440 + 15 * np.arange(30, 33)
    bad[failed] = 1
    at = first + MINUTE_S * np.arange(3 * 1_440 + 1, 4 * 1_440)
    told = steps(first, bad, total).surprise(at, 0.01, 11_520.0, 3_600)
    assert told.any()
    assert 59 <= int(told.sum()) <= 60 + 15
    assert first + MINUTE_S * int(failed[1]) < at[told][0] <= first + MINUTE_S * (int(failed[2]) + 1)


def test_before_anything_came_nothing_surprises():
    """A service that was born a minute ago."""
    told = steps(60, [0.0], [1.0]).surprise(np.array([120]), 0.01, 100.0, 3_600)
    assert told.tolist() == [False]
