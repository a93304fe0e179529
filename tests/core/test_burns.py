"""Pieces in which a budget went."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.burns import FAST, densest, pieces

MINUTE = 60


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_the_densest_piece_is_the_best_of_all_pieces(amounts):
    """Compared with every piece there is."""
    begin, end = densest(np.array(amounts, float))
    best = max(sum(amounts[one:other]) for one in range(len(amounts)) for other in range(one, len(amounts) + 1))
    assert sum(amounts[begin:end]) == max(best, 0)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=400), st.sampled_from([5 * MINUTE, 60 * MINUTE]))
def test_pieces_share_no_slice_and_come_in_order(bad, over_s):
    """Whatever burned: each begins and ends with a slice that is worse than FAST times even."""
    count = len(bad)
    start, spent = MINUTE * np.arange(count), np.array(bad, float)
    beyond, sums = spent - FAST, np.concatenate(([0.0], np.cumsum(spent)))
    at, back = start + MINUTE, over_s // MINUTE
    first = np.maximum(np.arange(count) + 1 - back, 0)
    burn = (sums[1:] - sums[first]) / (np.arange(count) + 1 - first)
    found = list(pieces(start, beyond, at, burn, over_s))
    for one in found:
        assert beyond[one.slices.start] > 0
        assert beyond[one.slices.stop - 1] > 0
        assert (burn[[one.moments.start, one.moments.stop - 1]] > FAST).all()
    for one, later in itertools.pairwise(found):
        assert one.slices.stop <= later.slices.start
        assert at[later.moments.start] - at[one.moments.stop - 1] > over_s
